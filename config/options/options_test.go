package options_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config/options"
)

func setA(f *options.File) error { return f.Set("A", "1") }

func onMemory(t *testing.T, text string) options.Options {
	t.Helper()
	fsys := afero.NewMemMapFs()
	if err := afero.WriteFile(fsys, options.DefaultPath, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	return options.Options{FS: fsys}
}

func contentOf(t *testing.T, o options.Options) string {
	t.Helper()
	fsys, path := o.FS, o.Path
	if fsys == nil {
		fsys = afero.NewOsFs()
	}
	if path == "" {
		path = options.DefaultPath
	}
	data, err := afero.ReadFile(fsys, path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLoad(t *testing.T) {
	o := onMemory(t, "A=2\n")
	file, err := options.Load(o)
	if err != nil || file.Len() != 1 {
		t.Errorf("Load: %v, %v", file, err)
	}
	o.Path = "/nowhere"
	if file, err := options.Load(o); !errors.Is(err, fs.ErrNotExist) || file != nil {
		t.Errorf("a missing file: %v, %v", file, err)
	}
	file, err = options.Load(onMemory(t, "x='\n"))
	if first, ok := errors.AsType[*options.ParseError](err); !ok || first.Name != options.DefaultPath || string(file.Bytes()) != "x='\n" {
		t.Errorf("a refused file: %v", err)
	}
	if file, err := options.Load(onMemory(t, string(make([]byte, options.MaxSize+1)))); !errors.Is(err, options.ErrTooLarge) || file != nil {
		t.Errorf("a large file: %v", err)
	}
}

func TestEdit(t *testing.T) {
	failed := errors.New("no")
	tests := []struct {
		name, before string
		edit         func(*options.File) error
		after        string
		want         error
	}{
		{"add", "# a\n", setA, "# a\nA=1\n", nil},
		{"nothing", "# a", func(*options.File) error { return nil }, "# a", nil},
		{"fails", "# a\n", func(f *options.File) error { return errors.Join(setA(f), failed) }, "# a\n", failed},
		{"refused", "x='\n", setA, "x='\n", options.ErrQuote},
		{"still refused", "x='\n", func(*options.File) error { return nil }, "x='\n", options.ErrQuote},
		{"mended", "x='\n", func(f *options.File) error { return f.SetBytes([]byte("#\n")) }, "#\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := onMemory(t, test.before)
			if err := options.Edit(t.Context(), o, test.edit); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if got := contentOf(t, o); got != test.after {
				t.Errorf("content %q, want %q", got, test.after)
			}
		})
	}
}

func TestEditMissing(t *testing.T) {
	o := options.Options{FS: afero.NewMemMapFs(), Path: "/etc/ctdb/script.options"}
	if err := o.FS.MkdirAll("/etc/ctdb", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := options.Edit(t.Context(), o, setA); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
	o.Create = true
	if err := options.Edit(t.Context(), o, setA); err != nil || contentOf(t, o) != "A=1\n" {
		t.Errorf("with Create: %v", err)
	}
}

// TestEditReal edits through a symbolic link on a real disk, from several goroutines. The link stays, and so does the
// mode.
func TestEditReal(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("files are edited on Linux")
	}
	dir := t.TempDir()
	target, link := filepath.Join(dir, "shared"), filepath.Join(dir, "script.options")
	if err := os.WriteFile(target, []byte("# head\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("shared", link); err != nil {
		t.Fatal(err)
	}
	o := options.Options{Path: link}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			err := options.Edit(t.Context(), o, func(f *options.File) error {
				return f.Set(fmt.Sprintf("A%d", i), "1")
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	file, err := options.Load(o)
	if err != nil || file.Len() != 8 {
		t.Errorf("%d entries, %v, want 8", file.Len(), err)
	}
	if got, err := os.Readlink(link); err != nil || got != "shared" {
		t.Errorf("the link leads to %q, %v", got, err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestForScript(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ path, script, want string }{
		{"", "11.natgw", "/etc/ctdb/events/legacy/11.natgw.options"},
		{"/x/script.options", "10.a b", "/x/events/legacy/10.a b.options"},
		{"", options.DebugHungScript, "/etc/ctdb/debug-hung-script.sh.options"},
	} {
		o, err := options.Options{Path: test.path, Create: true}.ForScript(test.script)
		if err != nil || o.Path != test.want || !o.Create {
			t.Errorf("%s: %+v, %v", test.script, o, err)
		}
	}
	for _, script := range []string{"", "-x", ".x", "..", "a/b", "a\\b", "a\nb", "11.natgw.script", "11.natgw.options", "a\x00"} {
		if _, err := (options.Options{}).ForScript(script); !errors.Is(err, options.ErrScript) {
			t.Errorf("%q: %v", script, err)
		}
	}
}

func TestLoadMerged(t *testing.T) {
	o := onMemory(t, "A=1\nB=2\n")
	m, err := options.LoadMerged(o, "11.natgw")
	if err != nil || m.Lookup("A").Value != "1" {
		t.Fatalf("%+v, %v", m, err)
	}
	if err := afero.WriteFile(o.FS, "/etc/ctdb/events/legacy/11.natgw.options", []byte("B=3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err = options.LoadMerged(o, "11.natgw")
	if err != nil || m.Lookup("A").Value != "1" || m.Lookup("B").Value != "3" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := options.LoadMerged(o, "../x"); !errors.Is(err, options.ErrScript) {
		t.Error(err)
	}
	if _, err := options.LoadMerged(onMemory(t, "'"), "11.natgw"); !errors.Is(err, options.ErrQuote) {
		t.Error(err)
	}
}
