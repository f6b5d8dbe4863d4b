package api

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
)

// checkLink refuses a link that leads nowhere: most likely the cluster file system is not mounted. To CTDB the file is
// missing then, but it is not one that should be shown as empty, or made anew.
func checkLink(path string) error {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		return nil // what is wrong with it shows when it is read
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fail(http.StatusInternalServerError, CodeDangling,
		"%s is a link that leads nowhere: is the cluster file system mounted?", path)
}
