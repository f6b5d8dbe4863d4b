package publicaddr_test

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

	"github.com/go-ctdb/go-ctdb/publicaddr"
)

func addEntry(f *publicaddr.File) error { return f.Add(entry("10.0.0.1/24", "eth0")) }

func onMemory(t *testing.T, text string) publicaddr.Options {
	t.Helper()
	fsys := afero.NewMemMapFs()
	if err := afero.WriteFile(fsys, publicaddr.DefaultPath, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	return publicaddr.Options{FS: fsys}
}

func contentOf(t *testing.T, o publicaddr.Options) string {
	t.Helper()
	fsys, path := o.FS, o.Path
	if fsys == nil {
		fsys = afero.NewOsFs()
	}
	if path == "" {
		path = publicaddr.DefaultPath
	}
	data, err := afero.ReadFile(fsys, path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLoad(t *testing.T) {
	o := onMemory(t, "10.0.0.9/24 eth0\n")
	file, err := publicaddr.Load(o)
	if err != nil || file.Len() != 1 {
		t.Errorf("Load: %v, %v", file, err)
	}
	o.Path = "/nowhere"
	if file, err := publicaddr.Load(o); !errors.Is(err, fs.ErrNotExist) || file != nil {
		t.Errorf("a missing file: %v, %v", file, err)
	}
	file, err = publicaddr.Load(onMemory(t, "x y\n"))
	if first, ok := errors.AsType[*publicaddr.ParseError](err); !ok || first.Name != publicaddr.DefaultPath || string(file.Bytes()) != "x y\n" {
		t.Errorf("a refused file: %v", err)
	}
	if file, err := publicaddr.Load(onMemory(t, string(make([]byte, publicaddr.MaxSize+1)))); !errors.Is(err, publicaddr.ErrTooLarge) || file != nil {
		t.Errorf("a large file: %v", err)
	}
}

func TestEdit(t *testing.T) {
	failed := errors.New("no")
	tests := []struct {
		name, before string
		edit         func(*publicaddr.File) error
		after        string
		want         error
	}{
		{"add", "# a\n", addEntry, "# a\n10.0.0.1/24 eth0\n", nil},
		{"nothing", "# a", func(*publicaddr.File) error { return nil }, "# a", nil},
		{"fails", "# a\n", func(f *publicaddr.File) error { return errors.Join(addEntry(f), failed) }, "# a\n", failed},
		{"refused", "x y\n", addEntry, "x y\n", publicaddr.ErrNoMask},
		{"still refused", "x y\n", func(*publicaddr.File) error { return nil }, "x y\n", publicaddr.ErrNoMask},
		{"mended", "x y\n", func(f *publicaddr.File) error { return f.SetBytes([]byte("#\n")) }, "#\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := onMemory(t, test.before)
			if err := publicaddr.Edit(t.Context(), o, test.edit); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if got := contentOf(t, o); got != test.after {
				t.Errorf("content %q, want %q", got, test.after)
			}
		})
	}
}

func TestEditMissing(t *testing.T) {
	o := publicaddr.Options{FS: afero.NewMemMapFs(), Path: "/etc/ctdb/public_addresses"}
	if err := o.FS.MkdirAll("/etc/ctdb", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := publicaddr.Edit(t.Context(), o, addEntry); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
	o.Create = true
	if err := publicaddr.Edit(t.Context(), o, addEntry); err != nil || contentOf(t, o) != "10.0.0.1/24 eth0\n" {
		t.Errorf("with Create: %v", err)
	}
}

// TestEditReal edits through a symbolic link on a real disk, from several goroutines. The link stays, and so does the mode.
func TestEditReal(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("files are edited on Linux")
	}
	dir := t.TempDir()
	target, link := filepath.Join(dir, "shared"), filepath.Join(dir, "public_addresses")
	if err := os.WriteFile(target, []byte("# head\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("shared", link); err != nil {
		t.Fatal(err)
	}
	o := publicaddr.Options{Path: link}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			err := publicaddr.Edit(t.Context(), o, func(f *publicaddr.File) error {
				return f.Add(entry(fmt.Sprintf("10.0.0.%d/24", i+1), "eth0"))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	file, err := publicaddr.Load(o)
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
