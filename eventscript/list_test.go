package eventscript_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/eventscript"
)

const packagedDir = "/usr/share/ctdb/events/legacy/"

func TestList(t *testing.T) {
	t.Parallel()
	for what, s := range states() {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			i := newImage("50.samba")
			defer i.remove()
			s.make(i)
			before := snapshot(i.dir())
			l, err := eventscript.Files{Root: i.root, Release: debian12}.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(s.name, ".script")
			if _, ok := l.Script(name); !ok {
				name = s.name
			}
			got, ok := l.Script(name)
			if !ok {
				t.Fatalf("no script %s in %v", s.name, l.Scripts)
			}
			if diff := cmp.Diff(s.want, briefOf(got)); diff != "" {
				t.Errorf("script (-want +got):\n%s", diff)
			}
			if want := "/etc/ctdb/events/legacy/" + s.name; got.Path != want || got.Installed != (s.name == "50.samba.script") {
				t.Errorf("path %q, want %q; installed %v", got.Path, want, got.Installed)
			}
			if l.Enabled(name) != s.want.Enabled {
				t.Errorf("Enabled(%q) = %v", name, l.Enabled(name))
			}
			want := strings.ReplaceAll(strings.TrimSuffix(s.listed, "|")+"\n", "|", "\n\n")
			if diff := cmp.Diff(want, l.Tool.String()); diff != "" {
				t.Errorf("what the tool prints (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, snapshot(i.dir())); diff != "" {
				t.Errorf("List changed something:\n%s", diff)
			}
		})
	}
}

// TestListReleases has what depends on the release.
func TestListReleases(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		state string
		r     release.Release
		want  []string
	}{
		"dangling, later":   {"dangling", release.Release{Major: 4, Minor: 22}, []string{"dangling warning"}},
		"dangling, unknown": {"dangling", release.Release{}, []string{"dangling warning"}},
		"loop, later":       {"loop", release.Release{Major: 4, Minor: 25}, []string{"dangling error"}},
		"interpreter, later": {
			"interpreter missing", release.Release{Major: 4, Minor: 22}, []string{"interpreter warning"},
		},
		"text through a directory, 4.10": {
			"through a directory", release.Release{Major: 4, Minor: 10}, []string{"link-text warning"},
		},
	}
	for what, test := range tests {
		i := newImage("50.samba")
		s := states()[test.state]
		s.make(i)
		l, err := eventscript.Files{Root: i.root, Release: test.r}.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, _ := l.Script(strings.TrimSuffix(s.name, ".script"))
		if diff := cmp.Diff(test.want, briefOf(got).Findings); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", what, diff)
		}
		i.remove()
	}
}

// TestListedText has directories behind links: 4.9 wants the path as it was compiled in, later releases the real one.
func TestListedText(t *testing.T) {
	t.Parallel()
	for minor, want := range map[int]string{9: "/usr/share/ctdb/events/legacy/", 10: "/srv/ctdb/events/legacy/"} {
		t.Run(fmt.Sprint(minor), func(t *testing.T) {
			t.Parallel()
			i := newImage("50.samba")
			defer i.remove()
			must(os.Mkdir(filepath.Join(i.root, "srv"), 0o755))
			must(os.Rename(filepath.Join(i.root, "usr/share/ctdb"), filepath.Join(i.root, "srv/ctdb")))
			must(os.Symlink("/srv/ctdb", filepath.Join(i.root, "usr/share/ctdb")))
			f := eventscript.Files{Root: i.root, Release: release.Release{Major: 4, Minor: minor}}
			if err := f.Enable(t.Context(), "50.samba"); err != nil {
				t.Fatal(err)
			}
			target, err := os.Readlink(filepath.Join(i.dir(), "50.samba.script"))
			if err != nil || target != want+"50.samba.script" {
				t.Errorf("the link leads to %q (%v)", target, err)
			}
			l, err := f.List(t.Context())
			if err != nil || l.Tool.String() != "* 50.samba\n" || len(l.Findings()) > 0 || !l.Enabled("50.samba") {
				t.Errorf("the tool lists %v, findings %v (%v)", l.Tool, l.Findings(), err)
			}
		})
	}
}

// TestPackagedLink has a script that came with CTDB as a link: ctdb enables it by a link that it lists as a local one.
func TestPackagedLink(t *testing.T) {
	t.Parallel()
	i := newImage()
	defer i.remove()
	i.put("/opt/x.sh", "#!/bin/sh\n", 0o755)
	must(os.Symlink("/opt/x.sh", filepath.Join(i.root, packagedDir, "50.x.script")))
	f := eventscript.Files{Root: i.root, Release: debian12}
	if err := f.Enable(t.Context(), "50.x"); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(filepath.Join(i.dir(), "50.x.script")); err != nil || target != "/opt/x.sh" {
		t.Errorf("the link leads to %q (%v)", target, err)
	}
	l, err := f.List(t.Context())
	if err != nil || l.Tool.String() != "  50.x\n\n* 50.x\n" {
		t.Fatalf("the tool lists %v (%v)", l.Tool, err)
	}
	if diff := cmp.Diff(brief{installed, link, true, []string{"link-text warning"}}, briefOf(l.Scripts[0])); diff != "" {
		t.Errorf("script (-want +got):\n%s", diff)
	}
}

// TestListOrder has names whose order is not that of their files.
func TestListOrder(t *testing.T) {
	t.Parallel()
	i := newImage("50.a", "50.a-b", "50.a.b", "10.z")
	defer i.remove()
	i.file("99.a.script", "#!/bin/sh\n")
	i.file("20.a.script", "#!/bin/sh\n")
	i.file("README", "")
	i.file("50.a.options", "")
	i.file(".50.a.script.swp", "")
	l, err := eventscript.Files{Root: i.root}.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range l.Scripts {
		got = append(got, fmt.Sprint(s.Name, " ", s.Order))
	}
	want := []string{"10.z 10", "20.a 20", "50.a-b 50", "50.a.b 50", "50.a 50", "99.a 99"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scripts (-want +got):\n%s", diff)
	}
	if want := "  10.z\n  50.a-b\n  50.a.b\n  50.a\n\n* 20.a\n* 99.a\n"; l.Tool.String() != want {
		t.Errorf("the tool lists %q, want %q", l.Tool, want)
	}
}

// TestListPassed has what the tool shows as disabled and local, and runs.
func TestListPassed(t *testing.T) {
	t.Parallel()
	for n, test := range passed {
		i := newImage()
		defer i.remove()
		want := i.makePassed(n)
		l, err := eventscript.Files{Root: i.root}.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, l.Tool.String()); diff != "" {
			t.Errorf("%s with %s (-ctdb +ours):\n%s", test.packaged, test.enabled, diff)
		}
		if !l.Enabled("50.d") {
			t.Errorf("%s with %s: 50.d is not enabled", test.packaged, test.enabled)
		}
	}
}

// TestListOld has the layout before 4.9, which no test has seen a CTDB use.
func TestListOld(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		r    release.Release
		want []string
	}{
		"4.8": {release.Release{Major: 4, Minor: 8}, []string{
			"5.x - bad-name", "50.samba enabled", "51.x disabled", "52.a.b - bad-name", "53.x~ - bad-name", "54.link enabled",
			"x - bad-name",
		}},
		"4.5": {release.Release{Major: 4, Minor: 5}, []string{
			"5.x enabled", "50.samba enabled", "51.x disabled", "52.a.b enabled", "53.x~ - bad-name", "54.link enabled",
			"x enabled",
		}},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			i := newOldImage()
			defer i.remove()
			l, err := eventscript.Files{Root: i.root, Release: test.r}.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range l.Scripts {
				word := map[bool]string{true: "enabled", false: "disabled"}[s.Enabled]
				if len(s.Findings) > 0 {
					word = "- " + strings.TrimPrefix(s.Findings[0].ID, "eventscript/")
				}
				got = append(got, s.Name+" "+word)
				if s.Origin != eventscript.OriginLocal || s.Installed {
					t.Errorf("%s is not local: %+v", s.Name, s)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("scripts (-want +got):\n%s", diff)
			}
			if l.Tool != nil {
				t.Errorf("the tool lists %v", l.Tool)
			}
		})
	}
}

// newOldImage makes an image of a host before 4.9.
func newOldImage() image {
	i := newImage()
	must(os.RemoveAll(filepath.Join(i.root, "usr")))
	must(os.RemoveAll(filepath.Join(i.root, "etc/ctdb/events")))
	for name, mode := range map[string]os.FileMode{
		"50.samba": 0o755, "51.x": 0o644, "52.a.b": 0o755, "53.x~": 0o755, "5.x": 0o755, "README": 0o644, "x": 0o755,
	} {
		i.mode("../../events.d/"+name, "#!/bin/sh\n", mode)
	}
	i.put("/opt/x", "#!/bin/sh\n", 0o755)
	must(os.Symlink("/opt/x", filepath.Join(i.root, "etc/ctdb/events.d/54.link")))
	return i
}

func TestListMissing(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"usr/share/ctdb/events/legacy", "etc/ctdb/events/legacy"} {
		i := newImage("50.samba")
		must(os.RemoveAll(filepath.Join(i.root, dir)))
		_, err := eventscript.Files{Root: i.root}.List(t.Context())
		e, ok := errors.AsType[*fs.PathError](err)
		if !errors.Is(err, fs.ErrNotExist) || !ok || e.Path != "/"+dir {
			t.Errorf("without %s: %v", dir, err)
		}
		must(os.WriteFile(filepath.Join(i.root, dir), nil, 0o644))
		if _, err := (eventscript.Files{Root: i.root}).List(t.Context()); err == nil {
			t.Errorf("%s is a file, and there is no error", dir)
		}
		i.remove()
	}
	_, err := eventscript.Files{Paths: config.Paths{EtcDir: "etc/ctdb"}}.List(t.Context())
	if err == nil || !strings.Contains(err.Error(), "absolute") {
		t.Errorf("a relative path: %v", err)
	}
}

func TestListCanceled(t *testing.T) {
	t.Parallel()
	i := newImage("50.samba")
	defer i.remove()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (eventscript.Files{Root: i.root}).List(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if _, err := (eventscript.Files{Root: i.root}).Notifications().List(ctx); err != nil &&
		!errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestListTooMany(t *testing.T) {
	t.Parallel()
	memory := afero.NewMemMapFs()
	must(memory.MkdirAll("/usr/share/ctdb/events/legacy", 0o755))
	for n := range eventscript.MaxScripts + 1 {
		must(afero.WriteFile(memory, fmt.Sprintf("/etc/ctdb/events/legacy/50.%d.script", n), []byte("#!/bin/sh\n"), 0o755))
	}
	f := eventscript.Files{FS: memory}
	if _, err := f.List(t.Context()); !errors.Is(err, eventscript.ErrTooMany) {
		t.Errorf("the error is %v", err)
	}
	must(memory.Remove("/etc/ctdb/events/legacy/50.7.script"))
	l, err := f.List(t.Context())
	if err != nil || len(l.Scripts) != eventscript.MaxScripts {
		t.Errorf("the error is %v", err)
	}
}

// TestListMemory has a file system without links.
func TestListMemory(t *testing.T) {
	t.Parallel()
	memory := afero.NewMemMapFs()
	must(afero.WriteFile(memory, packagedDir+"50.samba.script", []byte("#!/bin/sh\n"), 0o755))
	must(afero.WriteFile(memory, "/etc/ctdb/events/legacy/81.mine.script", []byte("#!/bin/sh\n"), 0o644))
	must(afero.WriteFile(memory, "/bin/sh", nil, 0o755))
	f := eventscript.Files{FS: memory}
	l, err := f.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []eventscript.Script{
		{Name: "50.samba", Order: 50, Origin: installed, Installed: true, Kind: none,
			Path: "/etc/ctdb/events/legacy/50.samba.script"},
		{Name: "81.mine", Order: 81, Origin: local, Kind: file, Path: "/etc/ctdb/events/legacy/81.mine.script"},
	}
	if diff := cmp.Diff(want, l.Scripts, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("scripts (-want +got):\n%s", diff)
	}
	if err := f.Enable(t.Context(), "81.mine"); err != nil {
		t.Error(err)
	}
	if err := f.Enable(t.Context(), "50.samba"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a link in memory: %v", err)
	}
	if l, err = f.List(t.Context()); err != nil || !l.Enabled("81.mine") || l.Enabled("50.samba") ||
		len(l.Findings()) > 0 {
		t.Errorf("%v %v (%v)", l.Scripts, l.Findings(), err)
	}
}

// TestMessages holds what people read.
func TestMessages(t *testing.T) {
	t.Parallel()
	i := newImage("50.samba")
	defer i.remove()
	i.link("50.samba.script", "/nonexistent")
	l, err := eventscript.Files{Root: i.root}.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []finding.Finding{{
		ID: eventscript.FindingDangling, Severity: finding.Warning, File: "/etc/ctdb/events/legacy/50.samba.script",
		Message: `it leads to "/nonexistent": there is nothing`,
	}}
	if diff := cmp.Diff(want, l.Findings()); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if got := l.Scripts[0].String(); got != "  50.samba" {
		t.Errorf("the script is %q", got)
	}
}
