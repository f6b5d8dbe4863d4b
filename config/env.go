package config

import (
	"path"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Env is what a release looks at besides the bytes of a ctdb.conf: where things are on the host, and which of them are
// there. The zero value is this host, with Debian's paths.
type Env struct {
	// Paths are the places of CTDB on the host. Those that are not known are taken from [Layout] for the release.
	Paths Paths
	// FS is the host's file system; nil is the real one of this host. Some options name directories and scripts that must
	// be there. It is only read.
	FS afero.Fs
	// Dir is the directory that relative paths in the file start from: the working directory of the program that reads it.
	// "" is "/", that of a daemon.
	Dir string
}

// with fills what is not known.
func (e Env) with(r release.Release) Env {
	e.Paths = e.Paths.Or(Layout{Release: r}.Paths())
	if e.FS == nil {
		e.FS = afero.NewOsFs()
	}
	if e.Dir == "" {
		e.Dir = "/"
	}
	return e
}

// path makes a path absolute.
func (e Env) path(name string) string {
	if path.IsAbs(name) {
		return name
	}
	return path.Join(e.Dir, name)
}

// isDir tells whether there is a directory of that name. An empty name is none.
func (e Env) isDir(name string) bool {
	if name == "" {
		return false
	}
	info, err := e.FS.Stat(e.path(name))
	return err == nil && info.IsDir()
}
