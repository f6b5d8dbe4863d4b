package config

import (
	"path"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Distribution says who compiled CTDB, and so where things are.
type Distribution int

const (
	// Debian is Debian and what is made from it, such as Ubuntu. Its paths were seen in Debian's packages of 4.13,
	// 4.17, 4.22 and 4.25. Those of 4.13 are assumed for all up to 4.15, and those of 4.22 up to 4.24.
	Debian Distribution = iota
	// RedHat is Fedora, RHEL and what is made from them. Its paths are from packages' build instructions and upstream's
	// defaults, and were not seen on a host. They are known up to 4.24; for later releases they are assumed to be the
	// same.
	RedHat
	// SUSE is openSUSE and SLES. What is said of RedHat holds for it too.
	SUSE
	// Upstream is CTDB as it comes from its makers, compiled without options. Its paths are those of the source, and
	// were not seen on a host.
	Upstream
)

// String gives the name.
func (d Distribution) String() string {
	switch d {
	case Debian:
		return "Debian"
	case RedHat:
		return "Red Hat"
	case SUSE:
		return "SUSE"
	case Upstream:
		return "upstream"
	}
	return "unknown"
}

// Layout says which CTDB it is whose places are wanted. The zero value is Debian's newest. The places of configuration,
// scripts and databases are the same in all distributions' packages; those of sockets, logs and helpers are not.
//
// Layouts are for the releases from 4.5 on. A host knows better: see ctdb.FindPaths.
type Layout struct {
	// Distribution is who compiled it; one that this package does not know counts as Debian.
	Distribution Distribution
	// Release is the release; the zero value is the newest.
	Release release.Release
	// Triplet is the name that Debian has for the host's architecture, such as "aarch64-linux-gnu"; "", and what can't
	// be the name of a directory, is "x86_64-linux-gnu". It is part of the path of the helpers in Debian's packages up
	// to 4.15. In SUSE's it says whether they are in lib or lib64. Similar to: dpkg-architecture -qDEB_HOST_MULTIARCH.
	Triplet string
}

// Paths gives the places that this CTDB was compiled for. No field is empty.
func (l Layout) Paths() Paths {
	p := packaged()
	switch l.Distribution {
	case RedHat:
	case SUSE:
		l.suse(&p)
	case Upstream:
		upstream(&p)
	default:
		l.debian(&p)
	}
	return p
}

// TestPaths gives the places that this CTDB uses when the environment has CTDB_TEST_MODE, with any value, and a
// directory, base, as CTDB_BASE, since 4.10. It is how several nodes run on one host.
//
// Not all is in that directory. DatabaseDir and LogFile are those of the host unless its ctdb.conf says otherwise, so
// that nodes on one host need the three database directories and the log's location set. HelperDir is the host's too,
// but from 4.23 on the ctdb tool looks for helpers in $CTDB_TEST_HELPER_BINDIR, and crashes without it. $CTDB_SOCKET
// puts Socket elsewhere. SysconfigFile is empty.
//
// The directory must be absolute. The paths are clean, where CTDB would keep a double slash.
func (l Layout) TestPaths(base string) Paths {
	p := l.Paths()
	p.EtcDir = path.Clean(base)
	p.DataDir = path.Join(p.EtcDir, "share")
	p.VarDir = path.Join(p.EtcDir, "var")
	p.setRun(path.Join(p.EtcDir, "run"))
	p.SysconfigFile = ""
	return p
}

// setRun makes one directory RUNDIR, with ctdbd's socket in it.
func (p *Paths) setRun(dir string) {
	p.LockDir, p.PIDDir, p.SocketDir = dir, dir, dir
	p.Socket = path.Join(dir, "ctdbd.socket")
}

// packaged gives what packages have in common. The run directory is compiled in as /var/run/ctdb by some, which is the
// same.
func packaged() Paths {
	p := Paths{
		EtcDir:        "/etc/ctdb",
		DataDir:       "/usr/share/ctdb",
		VarDir:        "/var/lib/ctdb",
		DatabaseDir:   "/var/lib/ctdb",
		HelperDir:     "/usr/libexec/ctdb",
		LogFile:       "/var/log/log.ctdb",
		SysconfigFile: "/etc/sysconfig/ctdb",
	}
	p.setRun("/run/ctdb")
	return p
}

func (l Layout) debian(p *Paths) {
	p.LogFile = "/var/log/ctdb/log.ctdb"
	p.SysconfigFile = "/etc/default/ctdb"
	switch {
	case l.Release.AtLeast(4, 25, 0):
		socket := p.Socket // an option of its own when it is compiled
		p.setRun("/run/samba/ctdb")
		p.Socket = socket
	case !l.Release.AtLeast(4, 16, 0):
		p.setRun("/var/run/ctdb")
		p.HelperDir = multiarch(l.triplet())
	}
}

func (l Layout) suse(p *Paths) {
	p.HelperDir = "/usr/lib64/ctdb"
	if !strings.Contains(l.triplet(), "64") && !strings.HasPrefix(l.triplet(), "s390x") {
		p.HelperDir = "/usr/lib/ctdb"
	}
	if !l.Release.AtLeast(4, 10, 0) {
		p.Socket = "/var/lib/ctdb/ctdb.socket"
	}
}

func upstream(p *Paths) {
	p.EtcDir = "/usr/local/etc/ctdb"
	p.DataDir = "/usr/local/share/ctdb"
	p.VarDir = "/usr/local/var/lib/ctdb"
	p.DatabaseDir = p.VarDir
	p.HelperDir = "/usr/local/libexec/ctdb"
	p.LogFile = "/usr/local/var/log/log.ctdb"
	p.setRun("/usr/local/var/run/ctdb")
}

func (l Layout) triplet() string {
	if !isPlainName(l.Triplet, "") {
		return triplets[0]
	}
	return l.Triplet
}

// triplets are those of the architectures that Debian 11, the newest with a triplet in the path, was made for.
var triplets = []string{
	"x86_64-linux-gnu", "aarch64-linux-gnu", "arm-linux-gnueabihf", "arm-linux-gnueabi", "i386-linux-gnu",
	"powerpc64le-linux-gnu", "s390x-linux-gnu", "mips64el-linux-gnuabi64", "mipsel-linux-gnu",
}

func multiarch(triplet string) string { return path.Join("/usr/lib", triplet, "ctdb") }

// HelperDirs gives the directories in which the layouts have their helpers, on all architectures, the usual ones first:
// where to look for a helper on a host of which nothing is known. The slice is the caller's.
func HelperDirs() []string {
	dirs := []string{"/usr/libexec/ctdb", "/usr/lib64/ctdb", "/usr/lib/ctdb", "/usr/local/libexec/ctdb"}
	for _, triplet := range triplets {
		dirs = append(dirs, multiarch(triplet))
	}
	return dirs
}
