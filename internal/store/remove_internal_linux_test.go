package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// TestForeignRemoval has something else put in the place of what is about to be removed, at the last moment.
func TestForeignRemoval(t *testing.T) {
	t.Parallel()
	newLink := func(t *testing.T, name string) {
		removeFile(t, name)
		if err := os.Symlink("elsewhere", name); err != nil {
			t.Fatal(err)
		}
	}
	newFile := func(t *testing.T, name string) { removeFile(t, name); mustWrite(t, name, foreign) }
	tests := map[string]struct {
		before   func(t *testing.T, dir string)
		do       func(s *realStore, name string) error
		intruder intruder
		want     map[string]string
	}{
		"a link instead of a link": {oldLink, unlinkOld, newLink, map[string]string{"nodes": "-> elsewhere"}},
		"a file instead of a link": {oldLink, unlinkOld, newFile, map[string]string{"nodes": foreign}},
		"a directory instead of a link": {
			oldLink, unlinkOld, replaceByDirectory, map[string]string{"nodes": "directory"},
		},
		"a link instead of a file": {oldFile, removeOld, newLink, map[string]string{"nodes": "-> elsewhere"}},
		"a file instead of a file": {oldFile, removeOld, newFile, map[string]string{"nodes": foreign}},
		"a directory instead of a file": {
			oldFile, removeOld, replaceByDirectory, map[string]string{"nodes": "directory"},
		},
		"nothing instead of a file": {oldFile, removeOld, removeFile, map[string]string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for system, sys := range map[string]func(calls) calls{
				"new": func(sys calls) calls { return sys },
				"old": func(sys calls) calls { return oldSystem(sys, false, false) },
			} {
				dir := t.TempDir()
				file := filepath.Join(dir, "nodes")
				test.before(t, dir)
				err := test.do(&realStore{sys: sys(before("renameat2", 0, func() { test.intruder(t, file) }))}, file)
				checkPathError(t, err)
				if want := map[bool]error{true: fs.ErrNotExist, false: ErrConflict}[len(test.want) == 0]; !errors.Is(err, want) {
					t.Errorf("%s: the error is %v, want %v", system, err, want)
				}
				if diff := cmp.Diff(test.want, contents(t, dir)); diff != "" {
					t.Errorf("%s: files (-want +got):\n%s", system, diff)
				}
			}
		})
	}
}

// TestForeignRemovalAndNoWayBack has a second stranger, who takes the name before the first one's file can have it back.
func TestForeignRemovalAndNoWayBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "nodes")
	oldFile(t, dir)
	n := 0
	sys := hooked(func(call string) error {
		if call == "renameat2" {
			if n++; n == 1 {
				mustWrite(t, file, foreign)
			} else if n == 2 {
				mustWrite(t, file, "second\n")
			}
		}
		return nil
	})
	err := removeOld(&realStore{sys: sys}, file)
	displaced, ok := errors.AsType[*DisplacedError](err)
	if !ok || displaced.Written || !errors.Is(err, ErrConflict) {
		t.Fatalf("the error is %v", err)
	}
	want := map[string]string{"nodes": "second\n", filepath.Base(displaced.Kept): foreign}
	if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestForeignChmod has the file replaced while its mode is changed: neither may have another mode then.
func TestForeignChmod(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		call   string
		do     func(t *testing.T, file string)
		reason error
	}{
		"replaced":         {"fsync", moveAway, ErrConflict},
		"replaced earlier": {"openat", moveAway, nil}, // by a file that is as good
		"removed":          {"fsync", removeFile, fs.ErrNotExist},
		"made a directory": {"fsync", replaceByDirectory, ErrConflict},
		"made a link": {"fstat", func(t *testing.T, file string) {
			rename(t, file, filepath.Join(filepath.Dir(file), "backup"))
			if err := os.Symlink("backup", file); err != nil {
				t.Fatal(err)
			}
		}, ErrConflict},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "nodes")
			mustWrite(t, file, oldText)
			// The first openat is that of the directory; the first two fstats are its, for the lock.
			at := map[string]int{"fsync": 0, "openat": 1, "fstat": 1}[test.call]
			changed, err := (&realStore{sys: before(test.call, at, func() { test.do(t, file) })}).
				Chmod(t.Context(), file, 0o111, 0)
			if !errors.Is(err, test.reason) || changed != (err == nil) {
				t.Errorf("changed %v, error %v, want %v", changed, err, test.reason)
			}
			for name := range contents(t, dir) {
				info, err := os.Stat(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				if want := fs.FileMode(0o640); info.Mode().IsRegular() && info.Mode() != want && test.reason != nil {
					t.Errorf("%s has the mode %v", name, info.Mode())
				}
			}
		})
	}
}

// TestChmodFaults lets each call fail: after an error the mode is what it was, unless that says otherwise.
func TestChmodFaults(t *testing.T) {
	t.Parallel()
	for fail := 0; ; fail++ {
		file := filepath.Join(t.TempDir(), "nodes")
		mustWrite(t, file, oldText)
		n, failed := -1, ""
		sys := hooked(func(call string) error {
			if n++; n == fail {
				failed = call
				return unix.EIO
			}
			return nil
		})
		changed, err := (&realStore{sys: sys}).Chmod(t.Context(), file, 0o111, 0)
		info, statErr := os.Stat(file)
		if statErr != nil {
			t.Fatal(statErr)
		}
		if isExecutable := info.Mode() == 0o751; changed != isExecutable || err == nil && !changed {
			t.Errorf("%s fails: changed %v, error %v, mode %v", failed, changed, err, info.Mode())
		}
		if failed == "" {
			break
		}
	}
}
