package store

import (
	"io"

	"golang.org/x/sys/unix"
)

// writeInPlace writes into the file itself. It truncates last: a file that does not grow then needs no space.
func (c *change) writeInPlace() error {
	fd := -1
	err := again(func() (err error) {
		const flags = unix.O_RDWR | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC
		fd, err = c.sys.openat(c.at.dir, c.at.base, flags, 0)
		return err
	})
	if err != nil {
		return fail("openat", c.at.path, err)
	}
	defer closeFD(fd)
	now := version{fd: fd}
	if err := c.readOpened(&now, c.at.path); err != nil {
		return err
	}
	if !c.isOld(now) {
		return c.difference(now, nil)
	}
	if err := c.overwrite(fd, c.data); err != nil {
		if undo := c.overwrite(fd, c.old.data); undo != nil {
			return because(ErrHalfWritten, also(err, undo))
		}
		return err
	}
	return nil
}

// overwrite makes data the content of an open file.
func (c *change) overwrite(fd int, data []byte) error {
	for written := 0; written < len(data); {
		var n int
		err := again(func() (err error) {
			n, err = c.sys.pwrite(fd, data[written:], int64(written))
			return err
		})
		if err == nil && n <= 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return fail("pwrite", c.at.path, err)
		}
		written += n
	}
	if err := again(func() error { return c.sys.ftruncate(fd, int64(len(data))) }); err != nil {
		return fail("ftruncate", c.at.path, err)
	}
	if err := again(func() error { return c.sys.fsync(fd) }); err != nil {
		return fail("fsync", c.at.path, err)
	}
	return nil
}
