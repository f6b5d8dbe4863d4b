package store

import (
	"context"
	"io/fs"
)

// keptMode has the bits of a mode that a file can have by itself.
const keptMode = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky

// Unlink needs an Fs that can read symbolic links.
func (s *aferoStore) Unlink(ctx context.Context, target, name string) error {
	return s.locked(ctx, name, func(info fs.FileInfo) error {
		if info.Mode()&fs.ModeSymlink == 0 {
			return fail("unlink", name, ErrNotLink)
		}
		now, err := s.readlink(name)
		if err == nil && now != target {
			err = fail("unlink", name, ErrConflict)
		}
		if err != nil {
			return err
		}
		return s.remove(name)
	})
}

// Remove compares at the beginning.
func (s *aferoStore) Remove(ctx context.Context, name string, base Stamp) error {
	return s.locked(ctx, name, func(info fs.FileInfo) error {
		if !info.Mode().IsRegular() {
			return fail("remove", name, irregular(info.Mode()))
		}
		data, _, err := s.read(name)
		if err != nil {
			return err
		}
		if found := StampOf(data); found != base {
			return &ConflictError{Path: name, Base: base, Current: data, CurrentStamp: found}
		}
		return s.remove(name)
	})
}

func (s *aferoStore) remove(name string) error {
	if err := s.fsys.Remove(name); err != nil {
		return failed("remove", name, err)
	}
	return nil
}

// Chmod changes the mode of what has the name at that moment.
func (s *aferoStore) Chmod(ctx context.Context, name string, set, unset fs.FileMode) (changed bool, err error) {
	err = s.locked(ctx, name, func(info fs.FileInfo) error {
		if !info.Mode().IsRegular() {
			return fail("chmod", name, irregular(info.Mode()))
		}
		before := info.Mode() & keptMode
		mode := before&^unset | set&keptMode
		if mode == before {
			return nil
		}
		if err := s.fsys.Chmod(name, mode); err != nil {
			return failed("chmod", name, err)
		}
		changed = true
		return nil
	})
	return changed, err
}

// locked does something to what has a name, under its lock.
func (s *aferoStore) locked(ctx context.Context, name string, do func(fs.FileInfo) error) (err error) {
	unlock, err := s.lock(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = also(err, unlock()) }()
	info, err := s.lstat(name)
	if err != nil {
		return err
	}
	return do(info)
}
