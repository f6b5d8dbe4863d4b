package ctdb

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// isMountPoint tells whether something is mounted at a path. A symbolic link is followed.
func isMountPoint(path string) (bool, error) {
	var st unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_BASIC_STATS, &st); err != nil {
		return false, &fs.PathError{Op: "statx", Path: path, Err: err}
	}
	if st.Attributes_mask&unix.STATX_ATTR_MOUNT_ROOT != 0 {
		return st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0, nil
	}
	// Before Linux 5.8: another device than its parent's. This overlooks bind mounts of the same file system.
	var parent unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path+"/..", 0, unix.STATX_BASIC_STATS, &parent); err != nil {
		return false, &fs.PathError{Op: "statx", Path: path + "/..", Err: err}
	}
	return st.Dev_major != parent.Dev_major || st.Dev_minor != parent.Dev_minor || st.Ino == parent.Ino, nil
}
