package store

import (
	"context"
	"io/fs"

	"golang.org/x/sys/unix"
)

// Chmod changes the mode of the file that it has opened, which can't become another one, and looks afterwards whether
// that still has the name.
func (s *realStore) Chmod(ctx context.Context, name string, set, unset fs.FileMode) (bool, error) {
	at, err := s.openPlace(unix.AT_FDCWD, "", name)
	if err != nil {
		return false, err
	}
	unlock, err := s.acquire(ctx, at)
	if err != nil {
		return false, err
	}
	defer func() { _ = unlock() }() // the mode counts; and closing the directory unlocks it too
	var before unix.Stat_t
	fd, err := s.openRegular(at, &before)
	if err != nil {
		return false, err
	}
	defer closeFD(fd)
	if err := ctx.Err(); err != nil {
		return false, fail("chmod", at.path, err)
	}
	mode := before.Mode&^unixMode(unset)&^unix.S_IFMT | unixMode(set)
	if mode == before.Mode&^unix.S_IFMT {
		return false, nil
	}
	return s.chmod(at, fd, &before, mode)
}

// openRegular opens a regular file without waiting for it, and tells what it is.
func (s *realStore) openRegular(at place, st *unix.Stat_t) (fd int, err error) {
	if err := again(func() error { return s.sys.fstatat(at.dir, at.base, st, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return -1, fail("fstatat", at.path, err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return -1, fail("chmod", at.path, irregular(fileMode(st.Mode)))
	}
	const flags = unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC
	err = again(func() (err error) {
		fd, err = s.sys.openat(at.dir, at.base, flags, 0)
		return err
	})
	if err != nil {
		return -1, fail("openat", at.path, err)
	}
	if err = s.sys.fstat(fd, st); err != nil {
		err = fail("fstat", at.path, err)
	} else if st.Mode&unix.S_IFMT != unix.S_IFREG {
		err = fail("chmod", at.path, irregular(fileMode(st.Mode)))
	}
	if err != nil {
		closeFD(fd)
		return -1, err
	}
	return fd, nil
}

// chmod changes the mode to another one. On an error it is what it was before.
func (s *realStore) chmod(at place, fd int, before *unix.Stat_t, mode uint32) (bool, error) {
	if err := again(func() error { return s.sys.fchmod(fd, mode) }); err != nil {
		return false, fail("fchmod", at.path, err)
	}
	err := again(func() error { return s.sys.fsync(fd) })
	if err != nil {
		err = fail("fsync", at.path, err)
	} else {
		err = s.wantSame(at, before)
	}
	if err == nil {
		return true, nil
	}
	if undo := again(func() error { return s.sys.fchmod(fd, before.Mode&^unix.S_IFMT) }); undo != nil {
		return true, because(ErrNotDurable, also(err, fail("fchmod", at.path, undo)))
	}
	return false, err
}

// wantSame wants the name to be that of the file.
func (s *realStore) wantSame(at place, file *unix.Stat_t) error {
	var now unix.Stat_t
	if err := again(func() error { return s.sys.fstatat(at.dir, at.base, &now, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return fail("fstatat", at.path, err)
	}
	if now.Dev != file.Dev || now.Ino != file.Ino {
		return fail("chmod", at.path, ErrConflict)
	}
	return nil
}
