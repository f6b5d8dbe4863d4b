package store

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"
)

// Detach stages a copy, with the attributes of the file that the link leads to, and exchanges that with the link, so
// that it can be seen what was replaced.
func (s *realStore) Detach(ctx context.Context, name string) error {
	at, err := s.openPlace(unix.AT_FDCWD, "", name)
	if err != nil {
		return err
	}
	unlock, err := s.acquire(ctx, at)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }() // the file counts; and closing the directory unlocks it too
	target, err := s.look(&at)
	if err != nil {
		return err
	}
	if target == "" {
		return fail("detach", at.path, because(ErrNotLink, unix.EINVAL))
	}
	source, err := s.resolve(name)
	if err != nil {
		return err
	}
	defer source.close()
	if !source.exists {
		return fail("detach", at.path, because(ErrDangling, unix.ENOENT))
	}
	v, err := s.readVersion(source.dir, source.base, source.path, source.st, unix.O_NOFOLLOW)
	if err != nil {
		return err
	}
	defer v.close()
	c := change{realStore: s, at: at, old: v, base: v.stamp(), data: v.data, stamp: v.stamp()}
	return c.detach(ctx, target)
}

// detach puts the staged copy in the place of the link that leads to target.
func (c *change) detach(ctx context.Context, target string) error {
	c.sweep()
	next, err := c.stage()
	if err != nil {
		return err
	}
	defer next.close()
	err = c.fill(next)
	if err == nil && ctx.Err() != nil {
		err = fail("detach", c.at.path, ctx.Err())
	}
	if err != nil {
		c.remove(next.name)
		return err
	}
	err = c.rename(c.at, next.name, c.at.base, unix.RENAME_EXCHANGE)
	if err == nil {
		return c.afterDetach(next, target)
	}
	if isUnsupported(err) { // then what somebody puts in the place of the link at this moment is lost
		err = c.rename(c.at, next.name, c.at.base, 0)
	}
	if err != nil {
		c.remove(next.name)
		return fail("renameat2", c.at.path, err)
	}
	return notDurable(c.syncDir(c.at))
}

// afterDetach removes the link that was displaced, or undoes the exchange if something else was, or on an error.
func (c *change) afterDetach(next staged, target string) error {
	displaced := c.at
	displaced.base, displaced.path = next.name, c.at.in(next.name)
	now, err := c.readlink(&displaced)
	switch {
	case errors.Is(err, unix.EINVAL), err == nil && now != target: // EINVAL: not a link
		err = fail("detach", c.at.path, because(ErrConflict, unix.EEXIST))
	case err == nil:
		err = c.syncDir(c.at)
	}
	if err == nil {
		c.removeLink(c.at, next.name)
		return nil
	}
	if undo := c.rename(c.at, next.name, c.at.base, unix.RENAME_EXCHANGE); undo != nil {
		err = also(err, fail("renameat2", c.at.path, undo))
		if errors.Is(err, ErrConflict) {
			return c.keepAside(next.name, true, err)
		}
		return because(ErrNotDurable, err)
	}
	if isMine, lookErr := c.isStaged(&next, next.name); lookErr == nil && !isMine { // the copy was replaced meanwhile
		return c.keepAside(next.name, false, err)
	}
	c.remove(next.name)
	return err
}
