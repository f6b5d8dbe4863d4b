package store

import (
	"bytes"
	"context"
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// realStore is the store of the real file system. It has no state, so all values of it are one store.
type realStore struct {
	options Options
	sys     calls
}

func newReal(options Options) Store { return &realStore{options, systemCalls()} }

// Read opens the name itself and not a directory first: it must work in a directory that may only be searched.
func (s *realStore) Read(name string) ([]byte, Stamp, error) {
	var st unix.Stat_t
	if err := again(func() error { return s.sys.fstatat(unix.AT_FDCWD, name, &st, 0) }); err != nil {
		return nil, Stamp{}, fail("fstatat", name, err)
	}
	v, err := s.readVersion(unix.AT_FDCWD, name, name, st, 0)
	if err != nil {
		return nil, Stamp{}, err
	}
	v.close()
	return v.data, v.stamp(), nil
}

// Replace looks at the file as it is now, and changes it only if that is what the caller knows.
func (s *realStore) Replace(
	ctx context.Context, name string, data []byte, perm fs.FileMode, base Stamp,
) (Stamp, error) {
	if int64(len(data)) > s.options.maxSize() {
		return Stamp{}, fail("replace", name, tooLarge(s.options.maxSize()))
	}
	if err := ctx.Err(); err != nil {
		return Stamp{}, fail("replace", name, err)
	}
	at, err := s.resolve(name)
	if err != nil {
		return Stamp{}, err
	}
	defer at.close()
	if at.linked && !at.exists && !base.Exists() && !s.options.CreateTarget {
		return Stamp{}, fail("replace", name, because(ErrDangling, unix.ENOENT))
	}
	old, err := s.current(at)
	if err != nil {
		return Stamp{}, err
	}
	defer old.close()
	if old.stamp() != base {
		return Stamp{}, conflict(at, base, old, data)
	}
	if old.exists() && bytes.Equal(old.data, data) {
		return base, nil
	}
	c := change{realStore: s, at: at, old: old, base: base, data: data, stamp: StampOf(data), perm: perm}
	return c.make(ctx)
}

// current is the version of the target that is there, which can be none.
func (s *realStore) current(at place) (version, error) {
	if !at.exists {
		return noVersion(), nil
	}
	v, err := s.readVersion(at.dir, at.base, at.path, at.st, unix.O_NOFOLLOW)
	if errors.Is(err, unix.ENOENT) {
		return noVersion(), nil
	}
	return v, err
}

func conflict(at place, base Stamp, found version, data []byte) *ConflictError {
	return &ConflictError{
		Path: at.path, Base: base, Current: found.data, CurrentStamp: found.stamp(), Data: bytes.Clone(data),
	}
}
