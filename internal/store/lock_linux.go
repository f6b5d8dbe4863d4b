package store

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// How long to wait before the lock is tried again: the kernel's own waiting would not end with a context.
const (
	firstWait = 500 * time.Microsecond
	lastWait  = 25 * time.Millisecond
)

// Lock resolves the name again when it has the lock: who held it before may have made name lead elsewhere.
func (s *realStore) Lock(ctx context.Context, name string) (func() error, error) {
	for {
		at, err := s.resolve(name)
		if err != nil {
			return nil, err
		}
		unlock, err := s.acquire(ctx, at)
		if err != nil {
			return nil, err
		}
		same, err := s.leadsTo(name, at)
		if same {
			return unlock, nil
		}
		if err = also(err, unlock()); err != nil {
			return nil, err
		}
	}
}

// leadsTo says whether name still leads to the place.
func (s *realStore) leadsTo(name string, at place) (bool, error) {
	now, err := s.resolve(name)
	if err != nil {
		return false, err
	}
	defer now.close()
	a, err := s.dirKey(at)
	if err != nil {
		return false, err
	}
	b, err := s.dirKey(now)
	return a == b && now.base == at.base, err
}

// acquire locks the directory of a place and takes it over: unlock closes it, and so does an error.
func (s *realStore) acquire(ctx context.Context, at place) (unlock func() error, err error) {
	key, err := s.dirKey(at)
	if err != nil {
		at.close()
		return nil, err
	}
	leave, err := inProcess.lock(ctx, key)
	if err != nil {
		at.close()
		return nil, fail("lock", at.dirName(), err)
	}
	fd, err := s.lockDirectory(ctx, at)
	if err != nil {
		leave()
		at.close()
		return nil, err
	}
	var unlocked atomic.Bool
	return func() error {
		if unlocked.Swap(true) {
			return fail("unlock", at.dirName(), fs.ErrClosed)
		}
		defer leave()
		defer at.close()
		return s.release(fd, at)
	}, nil
}

// lockDirectory gives the descriptor that has the lock: the directory's, or that of a lock file where directories can't
// be locked. NFS wants a writable descriptor, which a directory has not.
func (s *realStore) lockDirectory(ctx context.Context, at place) (fd int, err error) {
	err = s.flock(ctx, at.dir, at.dirName())
	if errors.Is(err, unix.EBADF) || isUnsupported(err) {
		return s.lockFile(ctx, at)
	}
	return at.dir, err
}

// lockFile locks a file beside the target. Nobody removes it: the next one would then lock another file than the one
// that still waits. If somebody does all the same, it is made again.
func (s *realStore) lockFile(ctx context.Context, at place) (fd int, err error) {
	const flags = unix.O_RDWR | unix.O_CREAT | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC
	name := "." + at.base + ".lock"
	path := at.in(name)
	for {
		err := again(func() (err error) {
			fd, err = s.sys.openat(at.dir, name, flags, 0o600)
			return err
		})
		if err != nil {
			return -1, fail("openat", path, err)
		}
		err = s.flock(ctx, fd, path)
		var mine, there unix.Stat_t
		if err == nil {
			err = s.sys.fstat(fd, &mine)
		}
		if err == nil {
			err = s.sys.fstatat(at.dir, name, &there, unix.AT_SYMLINK_NOFOLLOW)
		}
		if err == nil && mine.Dev == there.Dev && mine.Ino == there.Ino {
			return fd, nil
		}
		closeFD(fd)
		if err != nil && !errors.Is(err, unix.ENOENT) {
			return -1, failed("fstat", path, err)
		}
	}
}

func (s *realStore) flock(ctx context.Context, fd int, path string) error {
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		err := again(func() error { return s.sys.flock(fd, unix.LOCK_EX|unix.LOCK_NB) })
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return fail("flock", path, err)
		}
		timer := time.NewTimer(wait/2 + rand.N(wait/2))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fail("flock", path, ctx.Err())
		}
	}
}

// release unlocks before it closes: a process that was just forked shares the lock until it executes its program.
func (s *realStore) release(fd int, at place) error {
	err := again(func() error { return s.sys.flock(fd, unix.LOCK_UN) })
	if fd != at.dir {
		closeFD(fd)
	}
	if err != nil {
		return fail("flock", at.dirName(), err)
	}
	return nil
}
