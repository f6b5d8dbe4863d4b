//go:build !linux

package ctdb

import (
	"errors"
	"io/fs"
)

// isMountPoint can't tell here. CTDB runs on Linux.
func isMountPoint(path string) (bool, error) {
	return false, &fs.PathError{Op: "statx", Path: path, Err: errors.ErrUnsupported}
}
