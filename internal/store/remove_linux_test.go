package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

func TestUnlink(t *testing.T) {
	t.Parallel()
	testUnlink(t, onDisk())
	testLinkNew(t, onDisk())
}

// TestModeBits has bits that a plain mode has not, and a file that is none.
func TestModeBits(t *testing.T) {
	t.Parallel()
	file := write(t, "old\n", t.TempDir(), "nodes")
	if err := os.Chmod(file, 0o755|fs.ModeSetuid|fs.ModeSetgid); err != nil {
		t.Fatal(err)
	}
	if changed, err := onDisk().Chmod(t.Context(), file, fs.ModeSticky, 0o111|fs.ModeSetgid); err != nil || !changed {
		t.Errorf("changed %v, error %v", changed, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o644|fs.ModeSetuid|fs.ModeSticky {
		t.Errorf("the mode is %v (%v)", info.Mode(), err)
	}
	pipe := filepath.Join(filepath.Dir(file), "pipe")
	if err := unix.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := onDisk().Chmod(t.Context(), pipe, 0o111, 0)
	checkError(t, err, store.ErrNotRegular)
	checkError(t, onDisk().Remove(t.Context(), pipe, store.Stamp{}), store.ErrNotRegular)
}

// TestRemovalsWait holds the lock that Unlink, Remove and Chmod need.
func TestRemovalsWait(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := write(t, "old\n", dir, "nodes"), symlink(t, "nodes", dir, "link")
	unlock, err := onDisk().Lock(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, chmod := onDisk().Chmod(ctx, file, 0o111, 0)
	for _, err := range []error{
		chmod, onDisk().Remove(ctx, file, store.StampOf([]byte("old\n"))), onDisk().Unlink(ctx, "nodes", link),
	} {
		checkError(t, err, context.DeadlineExceeded)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
	if err := errors.Join(
		onDisk().Remove(t.Context(), file, store.StampOf([]byte("old\n"))), onDisk().Unlink(t.Context(), "nodes", link),
	); err != nil {
		t.Error(err)
	}
	wantNames(t, dir)
}
