package config

import "github.com/go-ctdb/go-ctdb/ctdb/release"

// Defaults gives what a release does without a ctdb.conf, on a host with those paths. Of an option that the release
// does not have, the field is zero. Paths that are not known are empty. The zero release is the newest.
//
// Similar to: ctdb-config dump of an empty file.
func Defaults(r release.Release, p Paths) Settings {
	var s Settings
	for o := range Known(r) {
		if text := defaultText(o, p); text != "" {
			_ = s.set(o, text) // can only fail for paths that are none: then there is no default
		}
	}
	return s
}

// defaultText gives the default of an option on a host, as ctdb-config dump prints it; "" is none, or one that is not
// known.
func defaultText(o Option, p Paths) string {
	if !o.HostDefault {
		return o.Default
	}
	switch o.name() {
	case locationName:
		if p.LogFile == "" {
			return ""
		}
		return "file:" + p.LogFile
	case volatileDirectoryName:
		return p.VolatileDir(release.Release{}) // there is no other since there is a ctdb.conf
	case persistentDirectoryName:
		return p.PersistentDir()
	case stateDirectoryName:
		return p.StateDir()
	}
	return ""
}
