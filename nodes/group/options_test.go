package group_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/nodes/group"
)

func TestLoadAndEdit(t *testing.T) {
	for kind, path := range map[group.Kind]string{
		group.NATGW: "/etc/ctdb/natgw_nodes", group.LVS: "/etc/ctdb/lvs_nodes",
	} {
		o := group.Options{FS: afero.NewMemMapFs(), Kind: kind}
		if err := o.FS.MkdirAll("/etc/ctdb", 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := group.Load(o); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: a missing file: %v", kind, err)
		}
		if err := group.Edit(t.Context(), o, add("10.0.0.1", true, newest)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: Edit of a missing file: %v", kind, err)
		}
		o.Create = true
		if err := group.Edit(t.Context(), o, add("10.0.0.1", true, newest)); err != nil {
			t.Fatal(err)
		}
		if err := group.Edit(t.Context(), o, remove("10.0.0.9")); !errors.Is(err, group.ErrNoSuchMember) {
			t.Errorf("%v: a failing edit: %v", kind, err)
		}
		if data, err := afero.ReadFile(o.FS, path); err != nil || string(data) != "10.0.0.1 follower-only\n" {
			t.Errorf("%v: %q, %v", kind, data, err)
		}
		if file, err := group.Load(o); err != nil || file.Len() != 1 {
			t.Errorf("%v: Load: %v", kind, err)
		}
		if err := afero.WriteFile(o.FS, path, []byte("x y\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := group.Edit(t.Context(), o, translate(newest)); !errors.Is(err, group.ErrOption) {
			t.Errorf("%v: Edit of a refused file: %v", kind, err)
		}
		if file, err := group.Load(o); !errors.Is(err, group.ErrOption) || string(file.Bytes()) != "x y\n" {
			t.Errorf("%v: Load of a refused file: %v", kind, err)
		}
		if err := afero.WriteFile(o.FS, path, make([]byte, group.MaxSize+1), 0o644); err != nil {
			t.Fatal(err)
		}
		if file, err := group.Load(o); !errors.Is(err, group.ErrTooLarge) || file != nil {
			t.Errorf("%v: Load of a large file: %v", kind, err)
		}
	}
	if group.LVS.String() != "lvs" || group.NATGW.String() != "natgw" || group.Kind(7).String() != "Kind(7)" {
		t.Error("names of kinds")
	}
}

// TestEditReal edits through a symbolic link on a real disk. The link stays, and so does the mode.
func TestEditReal(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("files are edited on Linux")
	}
	dir := t.TempDir()
	target, link := filepath.Join(dir, "shared"), filepath.Join(dir, "natgw_nodes")
	if err := os.WriteFile(target, []byte("10.0.0.1 # x\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("shared", link); err != nil {
		t.Fatal(err)
	}
	o := group.Options{Path: link}
	err := group.Edit(t.Context(), o, func(f *group.File) error { return f.SetBytes([]byte("10.0.0.1\n")) })
	if err != nil {
		t.Fatal(err)
	}
	if err := group.Edit(t.Context(), o, add("10.0.0.2", true, oldRelease)); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(target); err != nil || string(data) != "10.0.0.1\n10.0.0.2 slave-only\n" {
		t.Errorf("%q, %v", data, err)
	}
	if got, err := os.Readlink(link); err != nil || got != "shared" {
		t.Errorf("the link leads to %q, %v", got, err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
