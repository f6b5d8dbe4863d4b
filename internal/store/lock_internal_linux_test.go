package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// noDirectoryLocks is a file system that can't lock directories, as NFS.
func noDirectoryLocks(errno unix.Errno) calls {
	sys := systemCalls()
	sys.flock = func(fd, how int) error {
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil {
			return err
		}
		if st.Mode&unix.S_IFMT == unix.S_IFDIR {
			return errno
		}
		return unix.Flock(fd, how)
	}
	return sys
}

func TestLockFile(t *testing.T) {
	t.Parallel()
	for _, errno := range []unix.Errno{unix.EBADF, unix.ENOTSUP, unix.EINVAL} {
		t.Run(errno.Error(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			name, lock := filepath.Join(dir, "nodes"), filepath.Join(dir, ".nodes.lock")
			s := &realStore{sys: noDirectoryLocks(errno)}
			unlock, err := s.Lock(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			checkLocked(t, lock, true)
			if err := unlock(); err != nil {
				t.Fatal(err)
			}
			checkLocked(t, lock, false)
			if info, err := os.Stat(lock); err != nil || info.Mode() != 0o600 {
				t.Errorf("the lock file has %v (%v)", info, err)
			}
		})
	}
}

// checkLocked looks with another descriptor, as another process would.
func checkLocked(t *testing.T, name string, want bool) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if got := errors.Is(err, unix.EWOULDBLOCK); got != want {
		t.Errorf("%s is locked: %v (%v), want %v", name, got, err, want)
	}
}

// TestLockFileRemoved removes the lock file at the moment when it was locked, or puts another one in its place: that
// lock is worthless, and another one must be taken.
func TestLockFileRemoved(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]intruder{"removed": removeFile, "replaced": replaceFile} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			name := filepath.Join(t.TempDir(), "nodes")
			lock := filepath.Join(filepath.Dir(name), ".nodes.lock")
			sys := noDirectoryLocks(unix.EBADF)
			flock, done := sys.flock, false
			sys.flock = func(fd, how int) error {
				err := flock(fd, how)
				if err == nil && !done {
					done = true
					do(t, lock)
				}
				return err
			}
			unlock, err := (&realStore{sys: sys}).Lock(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			checkLocked(t, lock, true)
			if err := unlock(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLockFileIsALink makes sure that nobody can have another file locked, or made.
func TestLockFileIsALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink("elsewhere", filepath.Join(dir, ".nodes.lock")); err != nil {
		t.Fatal(err)
	}
	_, err := (&realStore{sys: noDirectoryLocks(unix.EBADF)}).Lock(t.Context(), filepath.Join(dir, "nodes"))
	if !errors.Is(err, unix.ELOOP) {
		t.Errorf("the error is %v", err)
	}
	checkPathError(t, err)
	if _, err := os.Lstat(filepath.Join(dir, "elsewhere")); err == nil {
		t.Error("the target of the link was made")
	}
}

// TestInterrupted has signals in all calls.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nodes")
	mustWrite(t, file, oldText)
	last := ""
	quiet := map[string]bool{ // these can't be interrupted
		"fstat": true, "readlinkat": true, "getdents": true, "stage": true, "fchown": true,
		"flistxattr": true, "fgetxattr": true, "fsetxattr": true, "fremovexattr": true,
	}
	s := &realStore{sys: hooked(func(call string) error {
		if quiet[call] || last == call {
			last = ""
			return nil
		}
		last = call
		return unix.EINTR
	})}
	unlock, err := s.Lock(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if err := replaceOld(s, file); err != nil {
		t.Error(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != newText {
		t.Errorf("the file has %q (%v)", data, err)
	}
}

// TestShortWrites has a disk that takes one byte at a time, and one that takes none.
func TestShortWrites(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nodes")
	mustWrite(t, file, oldText)
	sys := systemCalls()
	sys.write = func(int, []byte) (int, error) { return 0, nil }
	if err := replaceOld(&realStore{sys: sys}, file); err == nil {
		t.Error("no error")
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != oldText {
		t.Errorf("the file has %q (%v)", data, err)
	}
	sys.write = func(fd int, data []byte) (int, error) { return unix.Write(fd, data[:1]) }
	if err := replaceOld(&realStore{sys: sys}, file); err != nil {
		t.Error(err)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != newText {
		t.Errorf("the file has %q (%v)", data, err)
	}
}

// TestKeyedLocksAreFreed looks whether anything stays when nobody holds a lock or waits for one.
func TestKeyedLocksAreFreed(t *testing.T) {
	t.Parallel()
	var locks keyedLocks
	var workers sync.WaitGroup
	for i := range 100 {
		workers.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%3)*time.Millisecond)
			defer cancel()
			if i%3 == 0 {
				ctx = t.Context()
			}
			if unlock, err := locks.lock(ctx, i%5); err == nil {
				unlock()
			} else if !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}
	workers.Wait()
	if len(locks.locks) != 0 {
		t.Errorf("%d locks are left", len(locks.locks))
	}
}

// TestDescriptorsAreClosed counts the descriptors of this process; it can't run beside other tests.
func TestDescriptorsAreClosed(t *testing.T) {
	dir := t.TempDir()
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	use := func() {
		for name, op := range operations() {
			if name == "replace" || name == "link again" {
				var n int
				op.run(t, func(string) error { n++; return nil })
				for i := range n {
					at := -1
					op.run(t, func(string) error {
						if at++; at == i {
							return unix.EIO
						}
						return nil
					})
				}
			}
		}
		if err := os.Symlink("loop", filepath.Join(dir, "loop")); err == nil {
			_ = replaceOld(&realStore{sys: systemCalls()}, filepath.Join(dir, "loop"))
		}
	}
	use()
	before := count()
	use()
	if after := count(); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}
