package eventscript_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/eventscript"
)

func TestNotifications(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		minor     int
		dir, file string
	}{{25, "etc/ctdb/events/notification", "mail.script"}, {8, "etc/ctdb/notify.d", "mail"}} {
		i := newImage()
		dir := filepath.Join(i.root, test.dir)
		must(os.MkdirAll(dir, 0o755))
		n := eventscript.Files{Root: i.root, Release: v(test.minor)}.Notifications()
		if n.Path() != "/"+test.dir {
			t.Errorf("the directory is %s", n.Path())
		}
		install := func(text string, perm fs.FileMode, changed bool) {
			t.Helper()
			got, err := n.Install(t.Context(), "mail", []byte(text), perm)
			if err != nil || got != changed {
				t.Errorf("install: changed %v, error %v", got, err)
			}
		}
		check := func(mode, text string) {
			t.Helper()
			if diff := cmp.Diff(test.file+" "+mode+" "+text+"\n", snapshot(dir)); diff != "" {
				t.Errorf("4.%d: the directory (-want +got):\n%s", test.minor, diff)
			}
		}
		install("one", 0o755, true)
		check("-rwxr-xr-x", "one")
		install("one", 0o755, false)
		install("two", 0o755, true)
		install("two", 0o640, true)
		check("-rw-r-----", "two")
		install("three", 0o750|fs.ModeSetuid, true)
		check("-rwxr-x---", "three")
		if err := n.Disable(t.Context(), test.file); err != nil {
			t.Error(err)
		}
		check("-rw-r-----", "three")
		if err := n.Enable(t.Context(), "mail"); err != nil {
			t.Error(err)
		}
		check("-rwxr-x--x", "three")
		if err := n.Remove(t.Context(), test.file); err != nil {
			t.Error(err)
		}
		if got := snapshot(dir); got != "" {
			t.Errorf("the directory has %s", got)
		}
		i.remove()
	}
}

func TestNotificationList(t *testing.T) {
	t.Parallel()
	i := newImage()
	defer i.remove()
	dir := "../notification/"
	i.file(dir+"b.script", "#!/bin/sh\n")
	i.mode(dir+"a.script", "#!/bin/sh\n", 0o644)
	i.mode(dir+"c d.script", "#!/bin/sh\n", 0o601)
	i.link(dir+"e.script", "/bin/sh")
	i.link(dir+"f.script", "/nonexistent")
	i.file(dir+"g.script.bak", "")
	must(os.Mkdir(filepath.Join(i.dir(), dir, "h.script"), 0o755))
	i.file(dir+".hidden.script", "")
	i.file(dir+"README", "")
	all, err := eventscript.Files{Root: i.root}.Notifications().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range all {
		words := []string{n.Name, n.Kind.String(), map[bool]string{true: "on", false: "off"}[n.Enabled], n.Target}
		for _, f := range n.Findings {
			words = append(words, f.ID)
		}
		got = append(got, strings.Join(words, " "))
	}
	want := []string{
		"a file off ", "b file on ", "c d file on ", "e link on /bin/sh", "f link off /nonexistent eventscript/dangling",
		"g.script.bak file off  eventscript/bad-name", "h other off  eventscript/not-file",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scripts (-want +got):\n%s", diff)
	}
}

func TestNotificationErrors(t *testing.T) {
	t.Parallel()
	i := newImage()
	defer i.remove()
	dir := "../notification/"
	i.link(dir+"link.script", "/bin/sh")
	must(os.Mkdir(filepath.Join(i.dir(), dir, "dir.script"), 0o755))
	before := i.snapshot()
	n := eventscript.Files{Root: i.root}.Notifications()
	install := func(name string) error {
		_, err := n.Install(t.Context(), name, []byte("x"), 0o755)
		return err
	}
	for _, test := range []struct {
		what string
		err  error
		want error
	}{
		{"install over a link", install("link"), eventscript.ErrExists},
		{"install over a link", install("link"), fs.ErrExist},
		{"install over a directory", install("dir"), eventscript.ErrNotFile},
		{"install with a bad name", install("../x"), eventscript.ErrName},
		{"install an option", install("-x"), eventscript.ErrName},
		{"install a hidden one", install(".x"), eventscript.ErrName},
		{"install without a name", install(""), eventscript.ErrName},
		{"install only a suffix", install(".script"), eventscript.ErrName},
		{"install a long name", install(strings.Repeat("x", 250)), eventscript.ErrName},
		{"remove a directory", n.Remove(t.Context(), "dir"), eventscript.ErrNotFile},
		{"remove nothing", n.Remove(t.Context(), "none"), eventscript.ErrNoSuchScript},
		{"remove a bad name", n.Remove(t.Context(), "a/b"), eventscript.ErrName},
		{"enable nothing", n.Enable(t.Context(), "none"), eventscript.ErrNoSuchScript},
		{"disable nothing", n.Disable(t.Context(), "none"), fs.ErrNotExist},
		{"enable a link", n.Enable(t.Context(), "link"), eventscript.ErrNotFile},
		{"disable a directory", n.Disable(t.Context(), "dir"), eventscript.ErrNotFile},
	} {
		if !errors.Is(test.err, test.want) {
			t.Errorf("%s: %v, want %v", test.what, test.err, test.want)
		}
		if _, ok := errors.AsType[*eventscript.ScriptError](test.err); !ok {
			t.Errorf("%s: the error is %#v", test.what, test.err)
		}
	}
	_, err := n.Install(t.Context(), "x", make([]byte, eventscript.MaxNotification+1), 0o755)
	if !errors.Is(err, eventscript.ErrTooLarge) {
		t.Errorf("much too much: %v", err)
	}
	if diff := cmp.Diff(before, i.snapshot()); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
	if err := n.Remove(t.Context(), "link"); err != nil {
		t.Error(err)
	}
	must(os.RemoveAll(filepath.Join(i.root, "etc/ctdb/events/notification")))
	if err := install("x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the directory: %v", err)
	}
	if _, err := n.List(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the directory: %v", err)
	}
}

// TestNotificationMemory has a file system without links.
func TestNotificationMemory(t *testing.T) {
	t.Parallel()
	memory := afero.NewMemMapFs()
	must(memory.MkdirAll("/etc/ctdb/events/notification", 0o755))
	n := eventscript.Files{FS: memory}.Notifications()
	if _, err := n.Install(t.Context(), "mail", []byte("x"), 0o644); err != nil {
		t.Error(err)
	}
	for _, do := range []error{n.Enable(t.Context(), "mail"), n.Disable(t.Context(), "mail"),
		n.Remove(t.Context(), "mail")} {
		if do != nil {
			t.Error(do)
		}
	}
	if all, err := n.List(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("%v (%v)", all, err)
	}
}

// TestWebhook runs the script of the example with a curl that says what it was asked.
func TestWebhook(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no shell")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"webhook": webhook, "curl": "#!/bin/sh\necho curl \"$@\"\n", "hostname": "#!/bin/sh\necho node7\n",
	} {
		must(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755))
	}
	for event, want := range map[string]string{
		"unhealthy": "curl --silent --show-error --fail --max-time 5 --data-urlencode node=node7 " +
			"--data-urlencode health=unhealthy https://monitoring.example.com/ctdb\n",
		"init": "",
	} {
		cmd := exec.CommandContext(t.Context(), "/bin/sh", filepath.Join(dir, "webhook"), event)
		cmd.Env = []string{"PATH=" + dir}
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("%s: %q (%v)", event, out, err)
		}
	}
}
