package store

import (
	"bytes"
	"errors"

	"golang.org/x/sys/unix"
)

// exchange gives the staged file and the target each other's name. What the target was at that moment then has the name
// of the staged file, whoever wrote it, and can be compared with what it should be.
//
// The old version goes last, after the directory was synced: until then everything can be undone.
func (c *change) exchange(next staged) error {
	err := c.rename(c.at, next.name, c.at.base, unix.RENAME_EXCHANGE)
	switch {
	case err == nil:
		return c.afterExchange(next)
	case isUnsupported(err):
		return c.renameOver(next)
	}
	return c.notInPlace(next, err)
}

// notInPlace is the error of a rename that failed: somebody changed what is there, or it can't be replaced.
func (c *change) notInPlace(next staged, err error) error {
	c.remove(next.name)
	found, readErr := c.lookAgain(c.at.base)
	defer found.close()
	if readErr == nil && c.isOld(found) {
		return c.refused("renameat2", c.at.path, err)
	}
	if readErr = c.difference(found, readErr); !errors.Is(readErr, ErrConflict) {
		return also(c.refused("renameat2", c.at.path, err), readErr)
	}
	return readErr
}

func (c *change) afterExchange(next staged) error {
	displaced, err := c.lookAgain(next.name)
	defer displaced.close()
	if err != nil || !c.isOld(displaced) {
		return c.giveBack(next, true, c.difference(displaced, err))
	}
	if err := c.syncDir(c.at); err != nil {
		return c.giveBack(next, false, err)
	}
	c.remove(next.name)
	return nil
}

// lookAgain reads what has a name in the directory now. A missing file is no error here, and anything that is no
// regular file is one.
func (c *change) lookAgain(name string) (version, error) {
	none := noVersion()
	var st unix.Stat_t
	err := again(func() error { return c.sys.fstatat(c.at.dir, name, &st, unix.AT_SYMLINK_NOFOLLOW) })
	if errors.Is(err, unix.ENOENT) {
		return none, nil
	}
	if err != nil {
		return none, fail("fstatat", c.at.in(name), err)
	}
	found, err := c.readVersion(c.at.dir, name, c.at.in(name), st, unix.O_NOFOLLOW)
	switch {
	case errors.Is(err, unix.ENOENT):
		return none, nil
	case err != nil:
		return none, err
	}
	return found, nil
}

// isOld says whether the content is that of the old version, or both are missing.
func (c *change) isOld(found version) bool {
	return found.exists() == c.old.exists() && bytes.Equal(found.data, c.old.data)
}

// difference is the error about a file that is not the old version, or could not be read. It is a conflict unless the
// disk is the reason.
func (c *change) difference(found version, reason error) error {
	e := conflict(c.at, c.base, found, c.data)
	if reason == nil {
		return e
	}
	for _, theirs := range []error{ErrNotRegular, ErrTooLarge, unix.EACCES, unix.EPERM, unix.ELOOP} {
		if errors.Is(reason, theirs) {
			e.Reason = reason
			return e
		}
	}
	return reason
}

// giveBack undoes an exchange, so that the target is again what it was at that moment, and gives the cause. What was
// displaced may be foreign, or is known to be the old version.
func (c *change) giveBack(next staged, foreign bool, cause error) error {
	if err := c.rename(c.at, next.name, c.at.base, unix.RENAME_EXCHANGE); err != nil {
		err = fail("renameat2", c.at.path, err)
		switch {
		case errors.Is(cause, ErrConflict):
			isMine, lookErr := c.isStaged(&next, c.at.base)
			return c.keepAside(next.name, isMine || lookErr != nil, also(cause, err))
		case !foreign:
			c.remove(next.name)
		}
		// Else nobody knows what was displaced. The next writer does, by its name.
		return because(ErrNotDurable, also(cause, err))
	}
	// Between the two exchanges, others saw the new version and could have changed that.
	back, err := c.lookAgain(next.name)
	defer back.close()
	if err != nil || !bytes.Equal(back.data, c.data) {
		return c.keepAside(next.name, false, cause)
	}
	c.remove(next.name)
	return cause
}

// keepAside gives foreign bytes a name that lasts.
func (c *change) keepAside(name string, written bool, cause error) error {
	kept := displacedName(c.at.base)
	if err := c.renameNew(c.at, name, kept); err != nil {
		kept = name // no later writer removes it: its content is not what the name says
		cause = also(cause, fail("renameat2", c.at.in(name), err))
	}
	return &DisplacedError{Path: c.at.path, Kept: c.at.in(kept), Written: written, Err: cause}
}

// renameOver is for kernels and file systems without an exchange. It can't tell what it replaced, so it looks at the
// last moment. What somebody writes between that look and the rename is lost.
func (c *change) renameOver(next staged) error {
	found, err := c.lookAgain(c.at.base)
	defer found.close()
	if err != nil || !c.isOld(found) {
		c.remove(next.name)
		return c.difference(found, err)
	}
	if err := c.rename(c.at, next.name, c.at.base, 0); err != nil {
		return c.notInPlace(next, err)
	}
	return notDurable(c.syncDir(c.at))
}

// create gives the staged file the name of the target if that does not exist.
func (c *change) create(next staged) error {
	if err := c.renameNew(c.at, next.name, c.at.base); err != nil {
		return c.notInPlace(next, err)
	}
	return notDurable(c.syncDir(c.at))
}

// renameNew renames a file to a name that must not exist, with the means that there are: a rename that refuses to
// replace, a hard link, or a look and a rename.
func (s *realStore) renameNew(at place, from, to string) error {
	err := s.rename(at, from, to, unix.RENAME_NOREPLACE)
	if !isUnsupported(err) {
		return err
	}
	err = s.sys.linkat(at.dir, from, at.dir, to, 0)
	if err == nil {
		_ = s.sys.unlinkat(at.dir, from, 0) // else it is a leftover
		return nil
	}
	if !isUnsupported(err) && !errors.Is(err, unix.EPERM) {
		return err
	}
	var st unix.Stat_t
	err = s.sys.fstatat(at.dir, to, &st, unix.AT_SYMLINK_NOFOLLOW)
	switch {
	case errors.Is(err, unix.ENOENT):
		return s.rename(at, from, to, 0)
	case err == nil:
		return unix.EEXIST
	}
	return err
}
