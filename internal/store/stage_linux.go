package store

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// staged is the new version while it has a name of its own.
type staged struct {
	file *os.File // keeps fd open
	fd   int
	name string
	path string
	st   unix.Stat_t
}

// close has nothing to report: the file was synced, or is worthless.
func (n staged) close() { _ = n.file.Close() }

var errMoved = errors.New("the directory was replaced by another one")

// stage makes the file of the new version. It is locked, so that nobody takes it for a leftover. renameio wants a path;
// whether that still led to the directory that everything else uses is looked at afterwards.
func (c *change) stage() (staged, error) {
	file, err := c.sys.stage(c.at.cleanDir(), stagedName(c.at.base, c.base, c.stamp))
	if err != nil {
		return staged{}, c.refused("openat", c.at.dirName(), err)
	}
	next := staged{file: file, fd: int(file.Fd()), name: filepath.Base(file.Name())}
	next.path = c.at.in(next.name)
	_ = again(func() error { return c.sys.flock(next.fd, unix.LOCK_EX|unix.LOCK_NB) }) // not all file systems can
	if err := c.findStaged(&next); err != nil {
		_ = c.sys.unlinkat(unix.AT_FDCWD, file.Name(), 0)
		next.close()
		return staged{}, err
	}
	return next, nil
}

func (c *change) findStaged(next *staged) error {
	if err := c.sys.fstat(next.fd, &next.st); err != nil {
		return fail("fstat", next.path, err)
	}
	same, err := c.isStaged(next, next.name)
	if err == nil && !same {
		err = fail("fstatat", next.path, errMoved)
	}
	return err
}

// isStaged says whether a name in the directory is the staged file.
func (c *change) isStaged(next *staged, name string) (bool, error) {
	var st unix.Stat_t
	err := again(func() error { return c.sys.fstatat(c.at.dir, name, &st, unix.AT_SYMLINK_NOFOLLOW) })
	if errors.Is(err, unix.ENOENT) {
		return false, nil
	}
	if err != nil {
		return false, fail("fstatat", c.at.in(name), err)
	}
	return st.Dev == next.st.Dev && st.Ino == next.st.Ino, nil
}

// fill writes the bytes and the attributes of the new version to the disk. Its mode says that it has all bytes, so that
// one comes last; the attributes may have lists of permissions, which are about the mode, so they follow it.
func (c *change) fill(next staged) error {
	if err := c.writeAll(next); err != nil {
		return err
	}
	if c.old.exists() {
		if err := c.keepAttributes(next); err != nil {
			return err
		}
	} else if err := c.setMode(next, unixMode(c.perm)); err != nil {
		return err
	}
	if err := again(func() error { return c.sys.fsync(next.fd) }); err != nil {
		return fail("fsync", next.path, err)
	}
	return nil
}

func (c *change) writeAll(next staged) error {
	for data := c.data; len(data) > 0; {
		var n int
		err := again(func() (err error) {
			n, err = c.sys.write(next.fd, data)
			return err
		})
		if err == nil && n <= 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return fail("write", next.path, err)
		}
		data = data[n:]
	}
	return nil
}
