package eventscript

import "github.com/go-ctdb/go-ctdb/ctdb/release"

// needs is what a script needs besides itself.
type needs struct {
	// programs that it runs. Any of those in one of them will do.
	programs []program
	// service that it starts, stops or asks for, as systemd or the init scripts know it.
	service service
	// option without which it does nothing, and does what without.
	option  string
	without string
	// hint is an option that is worth a thought, and why.
	hint, why string
	// script that must run too, in releases that have it.
	script string
	// manages is the variable that makes it work before 4.9.
	manages string
	// clients: it serves clients, who come to the public addresses.
	clients bool
	// callout: it needs the callout for the NFS server.
	callout bool
	// file in CTDB's directory without which it does nothing.
	file string
}

// program is one that must be in the PATH of scripts, under any of its names, and Debian's package that has it.
type program struct {
	names  []string
	debian string
	until  release.Release // the first release that does not run it any more, if there is one
}

// service is one that must be known to the system, under any of its names, or that which an option names.
type service struct {
	names  []string
	option string
}

func named(debian string, names ...string) program { return program{names: names, debian: debian} }

// in tells whether a release runs it. The zero release is the newest.
func (p program) in(r release.Release) bool {
	return p.until.IsZero() || !r.AtLeast(p.until.Major, p.until.Minor, p.until.Patch)
}

var (
	ip       = named("iproute2", "ip")
	iptables = named("iptables", "iptables")
	killall  = named("psmisc", "killall")
	tdbtool  = named("tdb-tools", "tdbtool")
)

const doesNothing = "the script does nothing"

// needed is what each script needs, as far as it is worth to be said. It is from reading the scripts of 4.13, 4.17,
// 4.22 and 4.25; the options are those since 4.9.
var needed = map[string]needs{
	"00.ctdb":      {programs: []program{{names: tdbtool.names, debian: tdbtool.debian, until: minor(22)}}},
	"06.nfs":       {callout: true, manages: "CTDB_MANAGES_NFS"},
	"10.interface": {programs: []program{ip, named("ethtool", "ethtool")}, file: "public_addresses"},
	"11.natgw":     {programs: []program{ip, iptables}, option: "CTDB_NATGW_NODES", without: doesNothing},
	"11.routing":   {programs: []program{ip}, file: "static-routes"},
	"13.per_ip_routing": {
		programs: []program{ip}, option: "CTDB_PER_IP_ROUTING_CONF", without: doesNothing,
	},
	"15.network": {
		programs: []program{named("bind9-host", "host"), named("iputils-ping", "ping")},
		option:   "CTDB_MONITOR_HOSTS", without: doesNothing,
	},
	"20.multipathd": {
		programs: []program{named("multipath-tools", "multipath")}, option: "CTDB_MONITOR_MPDEVICES", without: doesNothing,
	},
	"31.clamd": {
		service: service{names: []string{"clamav", "clamd"}}, manages: "CTDB_MANAGES_CLAMD",
		option: "CTDB_CLAMD_SOCKET", without: "monitoring has no socket to look at",
	},
	"40.vsftpd": {service: service{names: []string{"vsftpd"}}, manages: "CTDB_MANAGES_VSFTPD", clients: true},
	"41.httpd": {
		programs: []program{killall}, service: service{names: []string{"apache2", "httpd"}},
		manages: "CTDB_MANAGES_HTTPD", clients: true,
	},
	"46.update-keytabs": {programs: []program{named("samba-common-bin", "net")}},
	"47.samba-dcerpcd": {
		programs: []program{killall},
		service:  service{names: []string{"samba-dcerpcd"}, option: "CTDB_SERVICE_SAMBA_DCERPCD"},
	},
	"48.netbios": {
		programs: []program{named("samba", "nmbd"), killall},
		service:  service{names: []string{"nmbd", "nmb"}, option: "CTDB_SERVICE_NMB"},
	},
	"49.winbind": {
		programs: []program{named("winbind", "winbindd"), named("winbind", "wbinfo"), killall},
		service:  service{names: []string{"winbind"}, option: "CTDB_SERVICE_WINBIND"}, manages: "CTDB_MANAGES_WINBIND",
	},
	"50.samba": {
		programs: []program{named("samba", "smbd"), named("samba-common-bin", "testparm"), killall},
		service:  service{names: []string{"smbd", "smb"}, option: "CTDB_SERVICE_SMB"},
		manages:  "CTDB_MANAGES_SAMBA", clients: true,
		hint: "CTDB_SAMBA_CHECK_PORTS",
		why:  "the script asks testparm for the ports to check, which takes its time with a registry configuration",
	},
	"60.nfs": {
		programs: []program{named("rpcbind", "rpcinfo")}, script: "06.nfs", manages: "CTDB_MANAGES_NFS",
		clients: true, callout: true,
	},
	"70.iscsi": {
		programs: []program{named("tgt", "tgtd"), iptables, killall}, manages: "CTDB_MANAGES_ISCSI", clients: true,
		option: "CTDB_START_ISCSI_SCRIPTS", without: doesNothing,
	},
	"91.lvs": {
		programs: []program{ip, named("ipvsadm", "ipvsadm")}, option: "CTDB_LVS_NODES", without: doesNothing,
	},
	"95.database": {programs: []program{tdbtool}},
}
