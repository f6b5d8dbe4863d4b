package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

func TestRemove(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		checkError(t, f.Remove(t.Context(), f.file, store.StampOf(nil)), fs.ErrNotExist)
		checkError(t, f.Remove(t.Context(), filepath.Join(f.dir, "missing", "nodes"), store.Stamp{}), fs.ErrNotExist)
		stamp := f.put(t, "first\n")
		f.put(t, "theirs\n")
		err := f.Remove(t.Context(), f.file, stamp)
		checkError(t, err, store.ErrConflict)
		got, ok := errors.AsType[*store.ConflictError](err)
		if !ok || got.Path != f.file || got.Base != stamp || string(got.Current) != "theirs\n" {
			t.Errorf("the error is %#v", err)
		}
		checkError(t, f.Remove(t.Context(), f.file, store.Stamp{}), store.ErrConflict)
		f.check(t, "theirs\n")

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		checkError(t, f.Remove(ctx, f.file, store.StampOf([]byte("theirs\n"))), context.Canceled)
		f.check(t, "theirs\n")
		if err := f.Remove(t.Context(), f.file, store.StampOf([]byte("theirs\n"))); err != nil {
			t.Error(err)
		}
		f.checkNames(t)
		checkError(t, f.Remove(t.Context(), f.dir, store.StampOf(nil)), store.ErrNotRegular)
	})
}

func TestChmod(t *testing.T) {
	onAll(t, store.Options{}, func(t *testing.T, f fixture) {
		_, err := f.Chmod(t.Context(), f.file, 0o111, 0)
		checkError(t, err, fs.ErrNotExist)
		f.put(t, "#!/bin/sh\n")
		for _, step := range []struct {
			set, unset, want fs.FileMode
			changed          bool
		}{
			{0o111, 0, 0o751, true},
			{0o111, 0, 0o751, false},
			{0, 0o111, 0o640, true},
			{0, 0o111, 0o640, false},
			{0o100, 0o777, 0o100, true}, // a bit that is in both is set
			{0o640, 0o777, 0o640, true},
			{fs.ModeDir, fs.ModeSymlink, 0o640, false},
		} {
			changed, err := f.Chmod(t.Context(), f.file, step.set, step.unset)
			if step.want == 0o640 && runtime.GOOS == "linux" && os.Geteuid() != 0 && err != nil {
				t.Skip("only root can read a file that its owner may not")
			}
			if err != nil || changed != step.changed {
				t.Errorf("set %v, unset %v: changed %v and error %v", step.set, step.unset, changed, err)
			}
			f.checkMode(t, step.want)
		}
		f.check(t, "#!/bin/sh\n")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = f.Chmod(ctx, f.file, 0o111, 0)
		checkError(t, err, context.Canceled)
		f.checkMode(t, 0o640)
		_, err = f.Chmod(t.Context(), f.dir, 0o111, 0)
		checkError(t, err, store.ErrNotRegular)
	})
}

// testUnlink is the contract of Unlink, and of what the others do with links, on the real disk.
func testUnlink(t *testing.T, s store.Store) {
	dir := t.TempDir()
	name, file := filepath.Join(dir, "nodes"), filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	checkError(t, s.Unlink(t.Context(), "x", name), fs.ErrNotExist)
	checkError(t, s.Unlink(t.Context(), "x", file), store.ErrNotLink)
	checkError(t, s.Unlink(t.Context(), "x", filepath.Join(dir, "missing", "nodes")), fs.ErrNotExist)
	if err := os.Symlink("file", name); err != nil {
		t.Fatal(err)
	}
	checkError(t, s.Unlink(t.Context(), "./file", name), store.ErrConflict)
	checkError(t, s.Remove(t.Context(), name, store.StampOf([]byte("old\n"))), store.ErrNotRegular)
	_, err := s.Chmod(t.Context(), name, 0o111, 0)
	checkError(t, err, store.ErrNotRegular)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	checkError(t, s.Unlink(ctx, "file", name), context.Canceled)
	if target, err := os.Readlink(name); err != nil || target != "file" {
		t.Errorf("the link leads to %q (%v)", target, err)
	}
	if err := s.Unlink(t.Context(), "file", name); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory has %v (%v)", entries, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("the target of the link is %v (%v)", info, err)
	}
}

// testLinkNew is the contract of Link with LinkOptions.New.
func testLinkNew(t *testing.T, s store.Store) {
	name := filepath.Join(t.TempDir(), "nodes")
	for _, want := range []bool{true, false} {
		result, err := s.Link(t.Context(), "target", name, store.LinkOptions{New: true})
		if err != nil || result.Changed != want {
			t.Errorf("result %v and error %v", result, err)
		}
	}
	_, err := s.Link(t.Context(), "elsewhere", name, store.LinkOptions{New: true})
	checkError(t, err, store.ErrConflict)
	checkError(t, err, fs.ErrExist)
	if target, err := os.Readlink(name); err != nil || target != "target" {
		t.Errorf("the link leads to %q (%v)", target, err)
	}
}

func TestAferoUnlinkWhereItWorks(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege")
	}
	testUnlink(t, store.For(linkFs{}, store.Options{}))
	testLinkNew(t, store.For(linkFs{}, store.Options{}))
}

// TestAferoRemoveFaults has file systems that can't do it.
func TestAferoRemoveFaults(t *testing.T) {
	t.Parallel()
	mem := afero.NewMemMapFs()
	if err := afero.WriteFile(mem, "/nodes", []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := store.For(afero.NewReadOnlyFs(mem), store.Options{})
	checkError(t, s.Remove(t.Context(), "/nodes", store.StampOf([]byte("old\n"))), syscall.EPERM)
	_, err := s.Chmod(t.Context(), "/nodes", 0o111, 0)
	checkError(t, err, syscall.EPERM)
	_, err = store.For(faultyFs{mem, "chmod"}, store.Options{}).Chmod(t.Context(), "/nodes", 0o111, 0)
	checkError(t, err, errFault)
	if info, err := mem.Stat("/nodes"); err != nil || info.Mode() != 0o644 {
		t.Errorf("the file is %v (%v)", info, err)
	}
}
