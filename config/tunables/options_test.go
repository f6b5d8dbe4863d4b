package tunables_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func onMemory(t *testing.T, files map[string]string) tunables.Options {
	t.Helper()
	fsys := afero.NewMemMapFs()
	for name, text := range files {
		if err := afero.WriteFile(fsys, name, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return tunables.Options{FS: fsys}
}

func contentOf(t *testing.T, o tunables.Options) string {
	t.Helper()
	data, err := afero.ReadFile(o.FS, tunables.DefaultPath)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLoad(t *testing.T) {
	t.Parallel()
	o := onMemory(t, map[string]string{tunables.DefaultPath: "RecoverTimeout=1\n", "/bad": "x\n", "/large": string(make([]byte, tunables.MaxSize+1))})
	if f, err := tunables.Load(o); err != nil || f.Len() != 1 {
		t.Errorf("Load: %v, %v", f, err)
	}
	o.Path = "/nowhere"
	if f, err := tunables.Load(o); !errors.Is(err, fs.ErrNotExist) || f != nil {
		t.Errorf("a missing file: %v, %v", f, err)
	}
	o.Path = "/bad"
	f, err := tunables.Load(o)
	if first, ok := errors.AsType[*tunables.ParseError](err); !ok || first.Name != "/bad" || string(f.Bytes()) != "x\n" {
		t.Errorf("a refused file: %v", err)
	}
	o.Path = "/large"
	if f, err := tunables.Load(o); !errors.Is(err, tunables.ErrTooLarge) || f != nil {
		t.Errorf("a large file: %v", err)
	}
}

func TestEdit(t *testing.T) {
	t.Parallel()
	failed := errors.New("no")
	set := func(f *tunables.File) error { return f.Set("RecoverTimeout", 41) }
	tests := []struct {
		name, before string
		edit         func(*tunables.File) error
		after        string
		want         error
	}{
		{"set", "# a\n", set, "# a\nRecoverTimeout=41\n", nil},
		{"nothing", "# a", func(*tunables.File) error { return nil }, "# a", nil},
		{"fails", "# a\n", func(f *tunables.File) error { return errors.Join(set(f), failed) }, "# a\n", failed},
		{"refused", "x\n", set, "x\n", tunables.ErrNoValue},
		{"still refused", "x\n", func(*tunables.File) error { return nil }, "x\n", tunables.ErrNoValue},
		{"mended", "x\n", func(f *tunables.File) error { return f.SetBytes([]byte("#\n")) }, "#\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := onMemory(t, map[string]string{tunables.DefaultPath: test.before})
			if err := tunables.Edit(t.Context(), o, test.edit); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if got := contentOf(t, o); got != test.after {
				t.Errorf("content %q, want %q", got, test.after)
			}
		})
	}
	o := onMemory(t, map[string]string{"/etc/ctdb/nodes": ""})
	if err := tunables.Edit(t.Context(), o, set); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
	o.Create = true
	if err := tunables.Edit(t.Context(), o, set); err != nil || contentOf(t, o) != "RecoverTimeout=41\n" {
		t.Errorf("with Create: %v", err)
	}
}

// TestEditReal edits on a real disk, from several goroutines.
func TestEditReal(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("files are edited on Linux")
	}
	o := tunables.Options{Path: filepath.Join(t.TempDir(), "ctdb.tunables"), Create: true}
	names := []string{"RecoverTimeout", "MonitorInterval", "KeepaliveLimit", "KeepaliveInterval"}
	var group sync.WaitGroup
	for _, name := range names {
		group.Go(func() {
			if err := tunables.Edit(t.Context(), o, func(f *tunables.File) error { return f.Set(name, 7) }); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	f, err := tunables.Load(o)
	if err != nil || f.Len() != len(names) {
		t.Errorf("%d settings, %v", f.Len(), err)
	}
}

func TestLoadAll(t *testing.T) {
	t.Parallel()
	const dir = "/etc/ctdb/tunables.d/"
	o := onMemory(t, map[string]string{
		tunables.DefaultPath: "RecoverTimeout=1\nKeepaliveLimit=1\nNope=1\n",
		dir + "b.tunables":   "RecoverTimeout=3\nx\n", dir + "B.tunables": "RecoverTimeout=2\nRecdFailCount=2\n",
		dir + "z": "RecoverTimeout=4\n", dir + "d.tunables/x": "",
	})
	files, err := tunables.LoadAll(o)
	if reasons(err) != "2:1 no-value" {
		t.Errorf("error %v", err)
	}
	for r, want := range map[release.Release]string{
		{}:        "KeepaliveLimit=1 RecdFailCount=2 RecoverTimeout=3",
		minor(23): "KeepaliveLimit=1 RecdFailCount=2 RecoverTimeout=3",
		minor(22): "KeepaliveLimit=1 RecoverTimeout=1",
	} {
		values, err := files.Effective(r)
		if diff := cmp.Diff(want, show(values)); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s%v", r, diff, err)
		}
	}
	if values, err := files.Effective(minor(16)); reasons(err) != "3:1 unknown" || len(values) > 0 {
		t.Errorf("4.16: %v, %v", values, err)
	}
	if err := files.CheckFor(minor(22)); reasons(err) != "3:1 unknown" {
		t.Errorf("CheckFor: %v", err)
	}
	if err := files.CheckFor(minor(23)); !errors.Is(err, tunables.ErrUnknown) || !errors.Is(err, tunables.ErrNoValue) {
		t.Errorf("CheckFor: %v", err)
	}
	if got := ids(files.Validate(minor(23))); got != "3:1 error unknown, 1:1 note override, 1:1 note override, 2:1 error no-value" {
		t.Errorf("Validate: %s", got)
	}
	if got := ids(files.Validate(minor(22))); got != "3:1 error unknown, 0:0 warning not-read, 0:0 warning not-read" {
		t.Errorf("Validate: %s", got)
	}
	var none tunables.Files
	if values, err := none.Effective(release.Release{}); len(values) > 0 || err != nil {
		t.Errorf("no files: %v, %v", values, err)
	}
}

func TestLoadAllErrors(t *testing.T) {
	t.Parallel()
	files, err := tunables.LoadAll(onMemory(t, nil))
	if err != nil || files.Main.Len() != 0 || len(files.Directory) != 0 {
		t.Errorf("nothing: %v, %v", files, err)
	}
	large := strings.Repeat("# a long comment\n", tunables.MaxSize/30)
	all := map[string]string{tunables.DefaultPath: large, "/etc/ctdb/tunables.d/a.tunables": large}
	if files, err := tunables.LoadAll(onMemory(t, all)); !errors.Is(err, tunables.ErrTooLarge) || files != nil {
		t.Errorf("too large together: %v", err)
	}
	many := map[string]string{}
	for i := range 1001 {
		many[fmt.Sprintf("/etc/ctdb/tunables.d/%d.tunables", i)] = ""
	}
	if files, err := tunables.LoadAll(onMemory(t, many)); !errors.Is(err, tunables.ErrTooManyFiles) || files != nil {
		t.Errorf("too many: %v", err)
	}
	if files, err := tunables.LoadAll(onMemory(t, map[string]string{"/etc/ctdb/tunables.d": ""})); err == nil || files != nil {
		t.Errorf("no directory: %v", err)
	}
}

// TestLoadAllReal has links in a directory on a real disk.
func TestLoadAllReal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tunables.d"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "target"), []byte("RecoverTimeout=5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"a.tunables": "../target", "b.tunables": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(dir, "tunables.d", name)); err != nil {
			t.Skip(err)
		}
	}
	files, err := tunables.LoadAll(tunables.Options{Path: filepath.Join(dir, "ctdb.tunables")})
	if err != nil || len(files.Directory) != 1 || files.Directory[0].Len() != 1 {
		t.Errorf("LoadAll: %+v, %v", files, err)
	}
}
