package config

import (
	"cmp"
	"path"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Paths are the places of CTDB on a host: directories, which are fixed when CTDB is compiled, and what can't be derived
// from them. It is plain data; whoever knows a host better can change a field. [Layout] knows those of distributions,
// and ctdb.FindPaths asks a host. They are paths of Linux, with slashes, whatever this program runs on.
//
// The zero value knows no place. A field that is empty is not known, and so is what a method derives from it: it is
// empty too, never a relative path.
//
// Similar to: ctdb-path.
type Paths struct {
	// EtcDir is the directory of the configuration: ctdb.conf, nodes, public_addresses, the event scripts that are
	// enabled. Similar to: ctdb-path etcdir, ETCDIR, $CTDB_BASE.
	EtcDir string
	// DataDir is that of the event scripts as they were installed. Similar to: ctdb-path datadir, DATADIR.
	DataDir string
	// VarDir is that of what scripts keep, and of the databases. Similar to: ctdb-path vardir, VARDIR.
	VarDir string
	// DatabaseDir is where the directories of the databases are, unless ctdb.conf puts them elsewhere. It is VARDIR,
	// also in test mode, where VarDir is another directory.
	DatabaseDir string
	// LockDir, PIDDir and SocketDir are those of the daemons' locks, pid files and sockets. Up to 4.24 they are one,
	// RUNDIR. Similar to: ctdb-path lockdir, piddir and socketdir; ctdb-path rundir.
	LockDir, PIDDir, SocketDir string
	// HelperDir is that of the programs that are not in PATH: ctdb-config, ctdb-event, ctdb-path.
	HelperDir string
	// Socket is where ctdbd listens for clients, which need not be in SocketDir. Similar to: ctdb-path socket ctdbd.
	Socket string
	// LogFile is where the daemons log, unless ctdb.conf says otherwise, as that of Debian's package does.
	LogFile string
	// SysconfigFile is a shell script with settings. Up to 4.4 it is the configuration. From 4.5 to 4.8 it is read
	// besides ctdbd.conf. Later it is for what starts ctdbd, and often missing.
	SysconfigFile string
}

// Or gives p with its empty fields taken from other. It adds what is assumed to what is known:
//
//	paths, err := ctdb.FindPaths(ctx, runner)
//	paths = paths.Or(config.Layout{Release: r}.Paths())
func (p Paths) Or(other Paths) Paths {
	return Paths{
		EtcDir:        cmp.Or(p.EtcDir, other.EtcDir),
		DataDir:       cmp.Or(p.DataDir, other.DataDir),
		VarDir:        cmp.Or(p.VarDir, other.VarDir),
		DatabaseDir:   cmp.Or(p.DatabaseDir, other.DatabaseDir),
		LockDir:       cmp.Or(p.LockDir, other.LockDir),
		PIDDir:        cmp.Or(p.PIDDir, other.PIDDir),
		SocketDir:     cmp.Or(p.SocketDir, other.SocketDir),
		HelperDir:     cmp.Or(p.HelperDir, other.HelperDir),
		Socket:        cmp.Or(p.Socket, other.Socket),
		LogFile:       cmp.Or(p.LogFile, other.LogFile),
		SysconfigFile: cmp.Or(p.SysconfigFile, other.SysconfigFile),
	}
}

// ConfFile is the configuration of a release: ctdb.conf since 4.9, ctdbd.conf from 4.5 on, and SysconfigFile before.
// The last two are shell scripts. Similar to: ctdb-path config, ctdb.conf(5).
func (p Paths) ConfFile(r release.Release) string {
	switch {
	case r.AtLeast(4, 9, 0):
		return inDir(p.EtcDir, "ctdb.conf")
	case r.AtLeast(4, 5, 0):
		return inDir(p.EtcDir, "ctdbd.conf")
	}
	return p.SysconfigFile
}

// NodesFile is the file of the nodes' addresses. From 4.22 on, ctdb.conf may name another.
func (p Paths) NodesFile() string { return inDir(p.EtcDir, "nodes") }

// PublicAddressesFile is the file of the addresses that the node can serve.
func (p Paths) PublicAddressesFile() string { return inDir(p.EtcDir, "public_addresses") }

// TunablesFile is ctdb.tunables, which exists since 4.9. Similar to: ctdb-tunables(7).
func (p Paths) TunablesFile() string { return inDir(p.EtcDir, "ctdb.tunables") }

// TunablesDir is tunables.d, whose files whose names end in ".tunables" ctdbd reads after TunablesFile, since 4.23.
func (p Paths) TunablesDir() string { return inDir(p.EtcDir, "tunables.d") }

// ScriptOptionsFile is script.options, the settings that all event scripts read, since 4.9. Before, they are in
// ConfFile and SysconfigFile. Similar to: ctdb-script.options(5).
func (p Paths) ScriptOptionsFile() string { return inDir(p.EtcDir, "script.options") }

// OptionsFile is the file of the settings for one event script, such as "50.samba", which it reads after those for all,
// since 4.9. The name is the one that ctdb event script list shows, without ".script". What is no plain name, such as
// one with a slash, has no file: the result is empty.
func (p Paths) OptionsFile(script string) string {
	const suffix = ".options"
	if !isPlainName(script, suffix) {
		return ""
	}
	return inDir(p.EtcDir, "events", "legacy", script+suffix)
}

// ScriptDir is the directory of the event scripts that run, as links or as files: events/legacy since 4.9, events.d
// before.
func (p Paths) ScriptDir(r release.Release) string {
	if r.AtLeast(4, 9, 0) {
		return inDir(p.EtcDir, "events", "legacy")
	}
	return inDir(p.EtcDir, "events.d")
}

// InstalledScriptDir is the directory of the event scripts that came with CTDB, enabled or not, since 4.9.
func (p Paths) InstalledScriptDir() string { return inDir(p.DataDir, "events", "legacy") }

// NotificationDir is the directory of the scripts that notify.sh runs when the node's state changes:
// events/notification since 4.9, notify.d before.
func (p Paths) NotificationDir(r release.Release) string {
	if r.AtLeast(4, 9, 0) {
		return inDir(p.EtcDir, "events", "notification")
	}
	return inDir(p.EtcDir, "notify.d")
}

// VolatileDir is the directory of the databases that are empty after a start of ctdbd, unless ctdb.conf names another:
// "volatile" since 4.9, and DatabaseDir itself before.
func (p Paths) VolatileDir(r release.Release) string {
	if r.AtLeast(4, 9, 0) {
		return inDir(p.DatabaseDir, "volatile")
	}
	return p.DatabaseDir
}

// PersistentDir is the directory of the persistent databases, unless ctdb.conf names another.
func (p Paths) PersistentDir() string { return inDir(p.DatabaseDir, "persistent") }

// StateDir is the directory of the databases that ctdbd keeps for itself, unless ctdb.conf names another.
func (p Paths) StateDir() string { return inDir(p.DatabaseDir, "state") }

// PIDFile is ctdbd's pid file. Similar to: ctdb-path pidfile ctdbd.
func (p Paths) PIDFile() string { return inDir(p.PIDDir, "ctdbd.pid") }

// EventdSocket is where the event daemon listens: eventd.socket since 4.9, eventd.sock from 4.6 on. Before there is no
// such daemon, and the result is empty. Similar to: ctdb-path socket eventd.
func (p Paths) EventdSocket(r release.Release) string {
	switch {
	case r.AtLeast(4, 9, 0):
		return inDir(p.SocketDir, "eventd.socket")
	case r.AtLeast(4, 6, 0):
		return inDir(p.SocketDir, "eventd.sock")
	}
	return ""
}

// Helper is a program in HelperDir, such as "ctdb-config". What is no plain name has no path: the result is empty,
// which a ctdb.Runner refuses to run.
func (p Paths) Helper(program string) string {
	if !isPlainName(program, "") {
		return ""
	}
	return inDir(p.HelperDir, program)
}

// inDir gives the path of a name in a directory, and nothing if the directory is not known.
func inDir(dir string, names ...string) string {
	if dir == "" {
		return ""
	}
	return path.Join(dir, path.Join(names...))
}

// isPlainName tells whether a name with a suffix is that of one file, and no option, hidden file or path.
func isPlainName(name, suffix string) bool {
	const longest = 255 // of a file name, on Linux
	return name != "" && len(name)+len(suffix) <= longest &&
		name[0] != '.' && name[0] != '-' && !strings.ContainsAny(name, "/\x00")
}
