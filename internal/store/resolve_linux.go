package store

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// maxLinks is how many symbolic links lead to a file at most, as in the kernel.
const maxLinks = 40

// place is where a name leads: an open directory and a name in it that is no symbolic link.
type place struct {
	dir     int
	dirPath string // of dir, as the links have it; ".." in it is not to be cleaned away
	base    string
	path    string // for messages
	st      unix.Stat_t
	exists  bool
	linked  bool // the name is a symbolic link
}

func (p place) close() { closeFD(p.dir) }

// dirKey identifies a directory in this process.
type dirKey struct{ dev, ino uint64 }

// resolve follows the symbolic links at the end of name, one by one, each from the directory that it is in.
func (s *realStore) resolve(name string) (place, error) {
	at, err := s.openPlace(unix.AT_FDCWD, "", name)
	if err != nil {
		return place{}, err
	}
	for range maxLinks {
		target, err := s.look(&at)
		if err != nil {
			at.close()
			return place{}, err
		}
		if target == "" {
			return at, nil
		}
		next, err := s.openPlace(at.dir, at.dirPath, target)
		at.close()
		if err != nil {
			return place{}, err
		}
		at = next
		at.linked = true
	}
	at.close()
	return place{}, fail("readlinkat", name, unix.ELOOP)
}

// openPlace opens the directory of name, which is relative to another one, and looks at nothing else.
func (s *realStore) openPlace(from int, fromPath, name string) (place, error) {
	if name == "" {
		return place{}, fail("openat", name, unix.ENOENT)
	}
	dirPath, base := splitPath(name)
	open := dirPath
	if !strings.HasPrefix(dirPath, "/") {
		dirPath = joinPath(fromPath, dirPath)
	}
	at := place{dirPath: dirPath, base: base, path: joinPath(dirPath, base)}
	if base == "" || base == "." || base == ".." {
		return place{}, fail("open", at.path, irregular(fileMode(unix.S_IFDIR)))
	}
	if open == "" {
		open = "."
	}
	err := again(func() (err error) {
		at.dir, err = s.sys.openat(from, open, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return place{}, fail("openat", at.dirName(), err)
	}
	return at, nil
}

// look finds out what is at the place, and gives the target if that is a symbolic link.
func (s *realStore) look(at *place) (target string, err error) {
	err = again(func() error { return s.sys.fstatat(at.dir, at.base, &at.st, unix.AT_SYMLINK_NOFOLLOW) })
	if errors.Is(err, unix.ENOENT) {
		return "", nil
	}
	if err != nil {
		return "", fail("fstatat", at.path, err)
	}
	if at.st.Mode&unix.S_IFMT != unix.S_IFLNK {
		at.exists = true
		return "", nil
	}
	if err := s.mayFollow(at); err != nil {
		return "", err
	}
	return s.readlink(at)
}

func (s *realStore) readlink(at *place) (target string, err error) {
	buf := make([]byte, unix.PathMax)
	n, err := s.sys.readlinkat(at.dir, at.base, buf)
	if err == nil && n == 0 {
		err = unix.ENOENT
	}
	if err != nil {
		return "", fail("readlinkat", at.path, err)
	}
	return string(buf[:n]), nil
}

// mayFollow has the rule of fs.protected_symlinks, which the kernel can't apply to links that a program reads: in a
// directory like /tmp only links of this user or of the directory's owner are followed.
func (s *realStore) mayFollow(at *place) error {
	var dir unix.Stat_t
	if err := s.sys.fstat(at.dir, &dir); err != nil {
		return fail("fstat", at.dirName(), err)
	}
	const shared = unix.S_ISVTX | unix.S_IWOTH
	if dir.Mode&shared == shared && at.st.Uid != uint32(unix.Geteuid()) && at.st.Uid != dir.Uid {
		return fail("readlinkat", at.path, unix.EACCES)
	}
	return nil
}

func (s *realStore) dirKey(at place) (dirKey, error) {
	var st unix.Stat_t
	if err := s.sys.fstat(at.dir, &st); err != nil {
		return dirKey{}, fail("fstat", at.dirName(), err)
	}
	return dirKey{st.Dev, st.Ino}, nil
}

func (p place) dirName() string {
	if p.dirPath == "" {
		return "."
	}
	return p.dirPath
}

// in gives the path of another name in the same directory.
func (p place) in(name string) string { return joinPath(p.dirPath, name) }

// cleanDir gives a path of the directory that can be cleaned, as the packages of paths do.
func (p place) cleanDir() string {
	if slices.Contains(strings.Split(p.dirPath, "/"), "..") {
		if dir, err := filepath.EvalSymlinks(p.dirPath); err == nil {
			return dir
		}
	}
	return p.dirName()
}

// splitPath cuts a path before its last name and changes nothing else, because "a/../b" need not be "b".
func splitPath(name string) (dir, base string) {
	i := strings.LastIndexByte(name, '/')
	switch i {
	case -1:
		return "", name
	case 0:
		return "/", name[1:]
	}
	return name[:i], name[i+1:]
}

func joinPath(dir, name string) string {
	switch {
	case dir == "":
		return name
	case name == "":
		return dir
	case strings.HasSuffix(dir, "/"):
		return dir + name
	}
	return dir + "/" + name
}
