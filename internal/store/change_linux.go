package store

import (
	"context"
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// change is one Replace that really writes.
type change struct {
	*realStore
	at    place
	old   version
	base  Stamp // of old
	data  []byte
	stamp Stamp // of data
	perm  fs.FileMode
}

// make stages the new version and puts it into place. It falls back to writing in place if that is allowed.
func (c *change) make(ctx context.Context) (Stamp, error) {
	c.sweep()
	err := c.replace(ctx)
	instead := errors.Is(err, ErrNotReplaceable) || errors.Is(err, ErrOwner)
	if instead && c.options.InPlace && c.old.exists() {
		err = c.writeInPlace()
	}
	written := err == nil || errors.Is(err, ErrNotDurable)
	if displaced, ok := errors.AsType[*DisplacedError](err); ok {
		written = displaced.Written
	}
	if !written {
		return Stamp{}, err
	}
	return c.stamp, err
}

func (c *change) replace(ctx context.Context) error {
	next, err := c.stage()
	if err != nil {
		return err
	}
	defer next.close()
	err = c.fill(next)
	if err == nil && ctx.Err() != nil {
		err = fail("replace", c.at.path, ctx.Err())
	}
	if err != nil {
		c.remove(next.name)
		return err
	}
	if !c.old.exists() {
		return c.create(next)
	}
	return c.exchange(next)
}

// remove removes a file of ours. If that fails it is a leftover, which the next writer removes.
func (c *change) remove(name string) {
	_ = again(func() error { return c.sys.unlinkat(c.at.dir, name, 0) })
}

// rename renames within the directory.
func (s *realStore) rename(at place, from, to string, flags uint) error {
	return again(func() error { return s.sys.renameat2(at.dir, from, at.dir, to, flags) })
}

// syncDir makes a change of names durable. Some file systems can't sync a directory; there is nothing to do about it.
func (s *realStore) syncDir(at place) error {
	err := again(func() error { return s.sys.fsync(at.dir) })
	if err == nil || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		return nil
	}
	return fail("fsync", at.dirName(), err)
}

// notDurable is the error of a sync of the directory whose change stays.
func notDurable(err error) error {
	if err == nil {
		return nil
	}
	return because(ErrNotDurable, err)
}

// refused is the error of a call that could not put the new version beside the old one, or in its place.
func (c *change) refused(call, path string, err error) error {
	if wrapped, ok := errors.AsType[*fs.PathError](err); ok {
		path, err = wrapped.Path, wrapped.Err
	}
	if !c.old.exists() {
		return fail(call, path, err)
	}
	for _, reason := range []error{unix.EBUSY, unix.EXDEV, unix.EPERM, unix.EACCES, unix.EROFS} {
		if errors.Is(err, reason) {
			return fail(call, path, because(ErrNotReplaceable, err))
		}
	}
	return fail(call, path, err)
}
