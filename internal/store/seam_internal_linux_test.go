package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// hooked gives the system calls, each of them asking first whether it is to fail. A hook may also do something. There
// are thousands of runs, so none really syncs.
func hooked(hook func(call string) error) calls {
	c := systemCalls()
	guard := func(call string, do func() error) error {
		if err := hook(call); err != nil {
			return err
		}
		return do()
	}
	return calls{
		openat: func(dir int, name string, flags int, perm uint32) (fd int, err error) {
			fd = -1
			err = guard("openat", func() error { fd, err = c.openat(dir, name, flags, perm); return err })
			return fd, err
		},
		fstat: func(fd int, st *unix.Stat_t) error {
			return guard("fstat", func() error { return c.fstat(fd, st) })
		},
		fstatat: func(dir int, name string, st *unix.Stat_t, flags int) error {
			return guard("fstatat", func() error { return c.fstatat(dir, name, st, flags) })
		},
		readlinkat: func(dir int, name string, buf []byte) (n int, err error) {
			err = guard("readlinkat", func() error { n, err = c.readlinkat(dir, name, buf); return err })
			return n, err
		},
		getdents: func(dir int, buf []byte) (n int, err error) {
			err = guard("getdents", func() error { n, err = c.getdents(dir, buf); return err })
			return n, err
		},
		read: func(fd int, data []byte) (n int, err error) {
			err = guard("read", func() error { n, err = c.read(fd, data); return err })
			return n, err
		},
		flock: func(fd, how int) error {
			return guard("flock", func() error { return c.flock(fd, how) })
		},
		stage: func(dir, base string) (file *os.File, err error) {
			err = guard("stage", func() error { file, err = c.stage(dir, base); return err })
			return file, err
		},
		write: func(fd int, data []byte) (n int, err error) {
			err = guard("write", func() error { n, err = c.write(fd, data); return err })
			return n, err
		},
		fchown: func(fd, uid, gid int) error {
			return guard("fchown", func() error { return c.fchown(fd, uid, gid) })
		},
		fchmod: func(fd int, mode uint32) error {
			return guard("fchmod", func() error { return c.fchmod(fd, mode) })
		},
		flistxattr: func(fd int, names []byte) (n int, err error) {
			err = guard("flistxattr", func() error { n, err = c.flistxattr(fd, names); return err })
			return n, err
		},
		fgetxattr: func(fd int, name string, value []byte) (n int, err error) {
			err = guard("fgetxattr", func() error { n, err = c.fgetxattr(fd, name, value); return err })
			return n, err
		},
		fsetxattr: func(fd int, name string, value []byte, flags int) error {
			return guard("fsetxattr", func() error { return c.fsetxattr(fd, name, value, flags) })
		},
		fremovexattr: func(fd int, name string) error {
			return guard("fremovexattr", func() error { return c.fremovexattr(fd, name) })
		},
		fsync: func(int) error { return guard("fsync", func() error { return nil }) },
		renameat2: func(fromDir int, from string, toDir int, to string, flags uint) error {
			return guard("renameat2", func() error { return c.renameat2(fromDir, from, toDir, to, flags) })
		},
		linkat: func(fromDir int, from string, toDir int, to string, flags int) error {
			return guard("linkat", func() error { return c.linkat(fromDir, from, toDir, to, flags) })
		},
		symlinkat: func(target string, dir int, name string) error {
			return guard("symlinkat", func() error { return c.symlinkat(target, dir, name) })
		},
		unlinkat: func(dir int, name string, flags int) error {
			return guard("unlinkat", func() error { return c.unlinkat(dir, name, flags) })
		},
		pwrite: func(fd int, data []byte, offset int64) (n int, err error) {
			err = guard("pwrite", func() error { n, err = c.pwrite(fd, data, offset); return err })
			return n, err
		},
		ftruncate: func(fd int, size int64) error {
			return guard("ftruncate", func() error { return c.ftruncate(fd, size) })
		},
	}
}

// oldSystem takes away what older kernels and other file systems do not have.
func oldSystem(sys calls, hasNoReplace, hasHardLinks bool) calls {
	rename, link := sys.renameat2, sys.linkat
	sys.renameat2 = func(fromDir int, from string, toDir int, to string, flags uint) error {
		if flags == unix.RENAME_EXCHANGE || flags == unix.RENAME_NOREPLACE && !hasNoReplace {
			return unix.EINVAL
		}
		return rename(fromDir, from, toDir, to, flags)
	}
	sys.linkat = func(fromDir int, from string, toDir int, to string, flags int) error {
		if !hasHardLinks {
			return unix.EPERM
		}
		return link(fromDir, from, toDir, to, flags)
	}
	return sys
}

const (
	oldText = "old content\n"
	newText = "the new content, which is longer\n"
	foreign = "foreign content\n"
)

func mustWrite(t *testing.T, name, data string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(data), 0o640); err != nil {
		t.Fatal(err)
	}
}

// contents gives what the regular files of a directory have, links by their targets.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, entry := range entries {
		name := filepath.Join(dir, entry.Name())
		switch entry.Type() {
		case fs.ModeSymlink:
			target, err := os.Readlink(name)
			if err != nil {
				t.Fatal(err)
			}
			all[entry.Name()] = "-> " + target
		case fs.ModeDir:
			all[entry.Name()] = "directory"
		default:
			all[entry.Name()] = readSecret(t, name)
		}
	}
	return all
}

// readSecret reads a file that even its owner may not read, unless that is root, and leaves its mode as it was: it tells
// what a writer left behind.
func readSecret(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrPermission) {
		data, err = readWithMode(name, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// readWithMode reads a file that has another mode meanwhile.
func readWithMode(name string, mode fs.FileMode) (data []byte, err error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(name, mode); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.Chmod(name, info.Mode().Perm())) }()
	return os.ReadFile(name)
}

// checkPathError wants an error that names call and path.
func checkPathError(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*fs.PathError](err)
	if !ok || e.Op == "" || !strings.HasPrefix(e.Path, "/") || e.Err == nil {
		t.Errorf("the error %q (%T) does not name call and path", err, err)
	}
}
