package store

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// accessList is the attribute with a file's list of permissions. A new file may inherit one from its directory.
const accessList = "system.posix_acl_access"

// keepAttributes gives the staged file owner, group, extended attributes and mode of the old one, in this order:
// changing the owner clears the setuid and setgid bits; a mode without write permission makes attributes read-only;
// and a list of permissions is more than a mode, so that one comes last.
func (c *change) keepAttributes(next staged) error {
	mode := c.old.st.Mode & 0o7777
	if kept, err := c.keepOwner(next); err != nil {
		return err
	} else if !kept {
		mode &^= unix.S_ISUID | unix.S_ISGID
	}
	names, err := c.listAttributes(c.old.fd, c.at.path)
	if err != nil {
		return err
	}
	hasList := slices.Contains(names, accessList)
	if !hasList {
		if err := c.dropInherited(next); err != nil {
			return err
		}
	}
	for _, name := range names {
		if name != accessList {
			if err := c.keepAttribute(next, name); err != nil {
				return err
			}
		}
	}
	if err := c.setMode(next, mode); err != nil || !hasList {
		return err
	}
	return c.keepAttribute(next, accessList)
}

// dropInherited removes a list of permissions that the staged file has from its directory.
func (c *change) dropInherited(next staged) error {
	err := c.sys.fremovexattr(next.fd, accessList)
	if err == nil || errors.Is(err, unix.ENODATA) || errors.Is(err, unix.ENOTSUP) {
		return nil
	}
	return fail("fremovexattr", next.path, err)
}

// keepOwner says whether owner and group are those of the old file now. It comes before the mode: changing the owner
// clears the setuid and setgid bits.
func (c *change) keepOwner(next staged) (bool, error) {
	uid, gid := int(c.old.st.Uid), int(c.old.st.Gid)
	if c.old.st.Uid == next.st.Uid && c.old.st.Gid == next.st.Gid {
		return true, nil
	}
	err := c.sys.fchown(next.fd, uid, gid)
	if err == nil {
		return true, nil
	}
	mayNot := errors.Is(err, unix.EPERM) || errors.Is(err, unix.EINVAL) // EINVAL: no such owner in a user namespace
	switch {
	case !mayNot:
		return false, fail("fchown", next.path, err)
	case !c.options.AnyOwner:
		return false, fail("fchown", next.path, because(ErrOwner, err))
	}
	_ = c.sys.fchown(next.fd, -1, gid) // the group, if it may be kept
	return false, nil
}

func (c *change) setMode(next staged, mode uint32) error {
	if err := again(func() error { return c.sys.fchmod(next.fd, mode) }); err != nil {
		return fail("fchmod", next.path, err)
	}
	return nil
}

// listAttributes gives the names of the extended attributes that this process may see, but for those that the kernel
// computes from the content.
func (s *realStore) listAttributes(fd int, path string) ([]string, error) {
	list, err := readAttribute(func(buf []byte) (int, error) { return s.sys.flistxattr(fd, buf) })
	if errors.Is(err, unix.ENOTSUP) {
		return nil, nil
	}
	if err != nil {
		return nil, fail("flistxattr", path, err)
	}
	names := strings.FieldsFunc(string(list), func(r rune) bool { return r == 0 })
	return slices.DeleteFunc(names, func(name string) bool {
		return name == "security.ima" || name == "security.evm"
	}), nil
}

// keepAttribute copies an attribute that the staged file does not have already. A label of SELinux, for example, is
// mostly right from the start, and may not be set by everybody.
func (c *change) keepAttribute(next staged, name string) error {
	want, err := readAttribute(func(buf []byte) (int, error) { return c.sys.fgetxattr(c.old.fd, name, buf) })
	if errors.Is(err, unix.ENODATA) || errors.Is(err, unix.ENOTSUP) {
		return nil // removed meanwhile
	}
	if err != nil {
		return fail("fgetxattr", c.at.path, err)
	}
	have, err := readAttribute(func(buf []byte) (int, error) { return c.sys.fgetxattr(next.fd, name, buf) })
	if err == nil && bytes.Equal(want, have) {
		return nil
	}
	err = c.sys.fsetxattr(next.fd, name, want, 0)
	mayNot := errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES)
	switch {
	case err == nil, errors.Is(err, unix.ENOTSUP), mayNot && c.options.AnyOwner:
		return nil
	case mayNot:
		return fail("fsetxattr", next.path, because(ErrOwner, err))
	}
	return fail("fsetxattr", next.path, err)
}

// readAttribute calls read with buffers that grow until one is large enough. Linux has a limit of 64 KiB.
func readAttribute(read func(buf []byte) (int, error)) ([]byte, error) {
	for size := 256; ; size *= 4 {
		buf := make([]byte, size)
		n, err := read(buf)
		if errors.Is(err, unix.ERANGE) && size < 1<<20 {
			continue
		}
		return buf[:max(n, 0)], err
	}
}

// unixMode gives the permissions of a new file.
func unixMode(perm fs.FileMode) uint32 {
	mode := uint32(perm.Perm())
	for bit, special := range map[fs.FileMode]uint32{
		fs.ModeSetuid: unix.S_ISUID, fs.ModeSetgid: unix.S_ISGID, fs.ModeSticky: unix.S_ISVTX,
	} {
		if perm&bit != 0 {
			mode |= special
		}
	}
	return mode
}
