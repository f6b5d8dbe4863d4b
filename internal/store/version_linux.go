package store

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// version is what a file was when it was read. It stays open, for the attributes.
type version struct {
	fd   int // -1 if there was no file
	st   unix.Stat_t
	data []byte
}

func (v version) exists() bool { return v.fd >= 0 }

func (v version) stamp() Stamp {
	if !v.exists() {
		return Stamp{}
	}
	return StampOf(v.data)
}

// noVersion is that of a file that does not exist.
func noVersion() version { return version{fd: -1} }

func (v version) close() {
	if v.exists() {
		closeFD(v.fd)
	}
}

// readVersion opens and reads a file in a directory; st is what it was a moment ago, flags are more flags for open.
//
// Opening a pipe could wait, and opening a device can do things, so the type is looked at before. It may change
// meanwhile: O_NONBLOCK, and another look.
func (s *realStore) readVersion(dir int, name, path string, st unix.Stat_t, flags int) (version, error) {
	if mode := fileMode(st.Mode); !mode.IsRegular() {
		return noVersion(), fail("open", path, irregular(mode))
	}
	v := noVersion()
	err := again(func() (err error) {
		v.fd, err = s.sys.openat(dir, name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC|flags, 0)
		return err
	})
	if err != nil {
		return noVersion(), fail("openat", path, err)
	}
	if err := s.readOpened(&v, path); err != nil {
		v.close()
		return noVersion(), err
	}
	return v, nil
}

func (s *realStore) readOpened(v *version, path string) error {
	if err := s.sys.fstat(v.fd, &v.st); err != nil {
		return fail("fstat", path, err)
	}
	if mode := fileMode(v.st.Mode); !mode.IsRegular() {
		return fail("open", path, irregular(mode))
	}
	limit := s.options.maxSize()
	if v.st.Size > limit {
		return fail("read", path, tooLarge(limit))
	}
	data, err := s.readAll(v.fd, v.st.Size, limit)
	if err != nil {
		return fail("read", path, err)
	}
	v.data = data
	return nil
}

// readAll reads to the end, but never more than limit bytes and one. The size is a hint only: files of /proc have none.
func (s *realStore) readAll(fd int, size, limit int64) ([]byte, error) {
	data := make([]byte, 0, min(size, limit)+1)
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		room := min(int64(cap(data)), limit+1)
		var n int
		err := again(func() (err error) {
			n, err = s.sys.read(fd, data[len(data):room])
			return err
		})
		if err != nil {
			return nil, err
		}
		data = data[:len(data)+n]
		switch {
		case n == 0:
			return data, nil
		case int64(len(data)) > limit:
			return nil, tooLarge(limit)
		}
	}
}

// fileMode gives Go's form of the type of a file.
func fileMode(mode uint32) fs.FileMode {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return 0
	case unix.S_IFDIR:
		return fs.ModeDir
	case unix.S_IFLNK:
		return fs.ModeSymlink
	case unix.S_IFIFO:
		return fs.ModeNamedPipe
	case unix.S_IFSOCK:
		return fs.ModeSocket
	case unix.S_IFCHR, unix.S_IFBLK:
		return fs.ModeDevice
	}
	return fs.ModeIrregular
}
