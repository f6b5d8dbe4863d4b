package eventscript

import (
	"iter"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Packaged is a script that comes with CTDB.
type Packaged struct {
	// Name is that of the script, without ".script".
	Name string
	// Since is the first release that has it, Until the first one that does not any more. Zero is 4.2, the first that this
	// package knows of, and none.
	Since, Until release.Release
	// Service is the service that the script belongs to: see [Services]. Empty for what CTDB itself needs.
	Service string
	// Default: it is enabled when CTDB was installed.
	Default bool
	// Seen: it was seen in the package of a release that has it. The others are known from CTDB's source only.
	Seen bool
	// Doc says what it does.
	Doc string
}

// In tells whether a release has it. The zero release is the newest.
func (p Packaged) In(r release.Release) bool {
	return r.AtLeast(p.Since.Major, p.Since.Minor, p.Since.Patch) &&
		(p.Until.IsZero() || !r.AtLeast(p.Until.Major, p.Until.Minor, p.Until.Patch))
}

// Catalogue gives the scripts that come with a release, in the order in which CTDB runs them. The zero release is the
// newest. Those of Debian's packages of 4.13, 4.17, 4.22 and 4.25 were compared with the packages; the rest is from
// CTDB's source, from 4.2 on. A vendor's package may have fewer, or more.
func Catalogue(r release.Release) iter.Seq[Packaged] {
	return func(yield func(Packaged) bool) {
		for _, p := range catalogue {
			if p.In(r) && !yield(p) {
				return
			}
		}
	}
}

func minor(number int) release.Release { return release.Release{Major: 4, Minor: number} }

// catalogue has all scripts of all releases, in order. The first script of a service is what the service is about.
var catalogue = []Packaged{
	{Name: "00.ctdb", Default: true, Seen: true, Doc: "CTDB's own state, and up to 4.21 its databases."},
	{Name: "01.reclock", Default: true, Seen: true, Doc: "Whether the cluster lock's file can be reached."},
	{Name: "05.system", Since: minor(4), Default: true, Seen: true, Doc: "The use of file systems and memory."},
	{
		Name: "06.nfs", Since: minor(5), Until: minor(21), Service: "nfs", Seen: true,
		Doc: "What NFS needs before addresses move.",
	},
	{
		Name: "10.external", Since: minor(4), Until: minor(9), Service: "external",
		Doc: "Addresses that another program moves.",
	},
	{Name: "10.interface", Default: true, Seen: true, Doc: "The public addresses on their interfaces."},
	{Name: "11.natgw", Service: "natgw", Seen: true, Doc: "The NAT gateway."},
	{Name: "11.routing", Service: "routing", Seen: true, Doc: "Static routes."},
	{Name: "13.per_ip_routing", Service: "per_ip_routing", Seen: true, Doc: "Routes for each public address."},
	{Name: "15.network", Since: minor(25), Service: "network", Seen: true, Doc: "Whether other hosts can be reached."},
	{Name: "20.multipathd", Service: "multipathd", Seen: true, Doc: "Multipath devices."},
	{Name: "31.clamd", Service: "clamd", Seen: true, Doc: "The virus scanner clamd."},
	{Name: "40.fs_use", Until: minor(4), Service: "fs_use", Doc: "The use of file systems."},
	{Name: "40.vsftpd", Service: "vsftpd", Seen: true, Doc: "The FTP server vsftpd."},
	{Name: "41.httpd", Service: "httpd", Seen: true, Doc: "The web server Apache."},
	{
		Name: "46.update-keytabs", Since: minor(21), Service: "update-keytabs", Seen: true,
		Doc: "Kerberos keys of the machine's account.",
	},
	{
		Name: "47.samba-dcerpcd", Since: minor(20), Service: "samba", Seen: true,
		Doc: "Samba's samba-dcerpcd as a service of its own, for which smbd must be configured.",
	},
	{
		Name: "48.netbios", Since: minor(13), Service: "samba", Seen: true,
		Doc: "Samba's nmbd; up to 4.12 50.samba does that.",
	},
	{Name: "49.winbind", Service: "winbind", Seen: true, Doc: "Samba's winbindd."},
	{Name: "50.samba", Service: "samba", Seen: true, Doc: "Samba's smbd."},
	{Name: "60.ganesha", Until: minor(4), Service: "ganesha", Doc: "The NFS server Ganesha; later 60.nfs does that."},
	{Name: "60.nfs", Service: "nfs", Seen: true, Doc: "The NFS server."},
	{Name: "62.cnfs", Until: minor(4), Service: "cnfs", Doc: "Clustered NFS of GPFS."},
	{Name: "70.iscsi", Service: "iscsi", Seen: true, Doc: "The iSCSI target tgtd."},
	{Name: "91.lvs", Service: "lvs", Seen: true, Doc: "The load balancer LVS."},
	{Name: "95.database", Since: minor(22), Default: true, Seen: true, Doc: "Checks and backups of databases."},
	{Name: "99.timeout", Until: minor(9), Service: "timeout", Doc: "An event that takes too long, for tests."},
}
