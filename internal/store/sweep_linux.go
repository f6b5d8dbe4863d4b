package store

import (
	"errors"

	"golang.org/x/sys/unix"
)

// sweep removes what writers of this file left behind when they were killed. It only ever removes a file with the name
// of a staged one that either never got all its bytes, or has exactly one of the two contents that its name tells. A
// staged name with other bytes has those of a foreign writer, which were displaced at the moment of the kill: they get
// a name that lasts. Links that never took their place, or lost it, go too. What can't be removed stays; that is no
// reason not to write.
func (c *change) sweep() {
	for _, name := range c.namesIn(c.at) {
		from, to, isStaged := parseStaged(c.at.base, name)
		if isLinkName(c.at.base, name) || isStaged && from == to { // of a Link; of a Detach
			c.removeLink(c.at, name)
		}
		if isStaged {
			c.sweepStaged(name, from, to)
		}
	}
}

func (c *change) sweepStaged(name, from, to string) {
	var st unix.Stat_t
	if c.sys.fstatat(c.at.dir, name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return
	}
	isPart := st.Size == 0 || st.Mode&0o777 == unfinished
	if c.isLocked(name, isPart) {
		return
	}
	if !isPart {
		found, err := c.lookAgain(name)
		defer found.close()
		if err != nil || !found.exists() {
			return
		}
		if tag := found.stamp().tag(); tag != from && tag != to {
			_ = c.renameNew(c.at, name, displacedName(c.at.base))
			return
		}
	}
	c.remove(name)
}

// isLocked says whether a writer still has the file. That one does not hold the lock of the directory, as it should.
func (c *change) isLocked(name string, isPart bool) bool {
	access := unix.O_RDONLY
	if isPart {
		access = unix.O_WRONLY // an unfinished file can't be read
	}
	fd, err := c.sys.openat(c.at.dir, name, access|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer closeFD(fd)
	return errors.Is(c.sys.flock(fd, unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// namesIn lists the directory, as far as that works.
func (s *realStore) namesIn(at place) (names []string) {
	buf := make([]byte, 8192)
	for {
		n, err := s.sys.getdents(at.dir, buf)
		if err != nil || n <= 0 {
			return names
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
}
