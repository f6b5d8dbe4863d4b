package store

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"golang.org/x/sys/unix"
)

// calls are the system calls of the real store, so that tests can make each of them fail. Those of a directory take a
// descriptor and a name in it: what happens to the directory's path meanwhile does not matter.
type calls struct {
	openat     func(dir int, name string, flags int, perm uint32) (int, error)
	fstat      func(fd int, st *unix.Stat_t) error
	fstatat    func(dir int, name string, st *unix.Stat_t, flags int) error
	readlinkat func(dir int, name string, buf []byte) (int, error)
	getdents   func(dir int, buf []byte) (int, error)
	read       func(fd int, data []byte) (int, error)
	flock      func(fd, how int) error

	stage        func(dir, base string) (*os.File, error)
	write        func(fd int, data []byte) (int, error)
	fchown       func(fd, uid, gid int) error
	fchmod       func(fd int, mode uint32) error
	flistxattr   func(fd int, names []byte) (int, error)
	fgetxattr    func(fd int, name string, value []byte) (int, error)
	fsetxattr    func(fd int, name string, value []byte, flags int) error
	fremovexattr func(fd int, name string) error
	fsync        func(fd int) error

	renameat2 func(fromDir int, from string, toDir int, to string, flags uint) error
	linkat    func(fromDir int, from string, toDir int, to string, flags int) error
	symlinkat func(target string, dir int, name string) error
	unlinkat  func(dir int, name string, flags int) error

	pwrite    func(fd int, data []byte, offset int64) (int, error)
	ftruncate func(fd int, size int64) error
}

func systemCalls() calls {
	return calls{
		openat: unix.Openat, fstat: unix.Fstat, fstatat: unix.Fstatat, readlinkat: unix.Readlinkat,
		getdents: unix.ReadDirent, read: unix.Read, flock: unix.Flock,
		stage: stageWithRenameio, write: unix.Write, fchown: unix.Fchown, fchmod: unix.Fchmod,
		flistxattr: unix.Flistxattr, fgetxattr: unix.Fgetxattr, fsetxattr: unix.Fsetxattr,
		fremovexattr: unix.Fremovexattr, fsync: unix.Fsync,
		renameat2: unix.Renameat2, linkat: unix.Linkat, symlinkat: unix.Symlinkat, unlinkat: unix.Unlinkat,
		pwrite: unix.Pwrite, ftruncate: unix.Ftruncate,
	}
}

// unfinished is the mode of a staged file that may lack bytes. No file that somebody uses has it.
const unfinished = 0o300

// stageWithRenameio makes a new file beside the target. The temporary directory must be given: renameio would choose
// another one, after trying it out with files in the directory of the target. No other option is used that calls chmod:
// renameio leaves the file behind when that fails.
func stageWithRenameio(dir, base string) (*os.File, error) {
	pending, err := renameio.NewPendingFile(filepath.Join(dir, base),
		renameio.WithTempDir(dir), renameio.WithPermissions(unfinished))
	if err != nil {
		return nil, err
	}
	return pending.File, nil
}

// again repeats a call that a signal interrupted.
func again(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// closeFD closes what was only read, or was synced before, so that there is nothing to report.
func closeFD(fd int) { _ = unix.Close(fd) }

// isUnsupported says whether the kernel or the file system does not have the call, or not with these flags.
func isUnsupported(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENOTSUP)
}
