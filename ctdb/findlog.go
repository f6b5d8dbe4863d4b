package ctdb

import (
	"errors"
	"io/fs"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// FindLog tells where the daemons of a host log to: what "location" in its ctdb.conf says, or what the release was built
// with, which is paths.LogFile ([FindPaths] does not know that; config.Layout does). A file is for package ctdblog, and
// what goes to syslog is in the journal ([Journal]) or wherever syslog puts it.
//
// The ctdb.conf is options.Path, or that of paths for the release if it is "". One that is not there is one without
// settings. One that the release refuses or drops is an error, and with it comes what the release does then.
func FindLog(options config.Options, r release.Release, paths config.Paths) (config.Location, error) {
	if options.Path == "" {
		options.Path = paths.ConfFile(r)
	}
	file, err := config.Load(options)
	if errors.Is(err, fs.ErrNotExist) {
		return config.Defaults(r, paths).Logging.Location, nil
	}
	if file == nil {
		return config.Location{}, err
	}
	effective, refused := file.Effective(r, config.Env{Paths: paths, FS: options.FS})
	settings, unreadable := effective.Settings()
	return settings.Logging.Location, errors.Join(err, refused, unreadable)
}
