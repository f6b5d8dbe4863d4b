package options

import "github.com/go-ctdb/go-ctdb/ctdb/release"

// since names a release 4.MINOR.PATCH.
func since(minor, patch int) release.Release {
	return release.Release{Major: 4, Minor: minor, Patch: patch}
}

var (
	yesNo  = []string{"yes", "no"}
	natgw  = []string{"11.natgw"}
	perIP  = []string{"13.per_ip_routing"}
	lvs    = []string{"91.lvs"}
	nfs    = []string{"60.nfs"}
	samba  = []string{"50.samba"}
	system = []string{"05.system"}
	data   = []string{"95.database"}
	hung   = []string{DebugHungScript}
)

// catalogue has all variables, by name, and those of one name by release.
var catalogue = []Variable{
	{Name: "CTDB_CLAMD_SOCKET", Scripts: []string{"31.clamd"}, Documented: true, Doc: "The socket of clamd to check."},
	{Name: "CTDB_DEBUG_HUNG_SCRIPT_LOGFILE", Scripts: hung, Doc: "The file that gets the report; CTDB's log if not set."},
	{
		Name: "CTDB_DEBUG_HUNG_SCRIPT_STACKPAT", Scripts: hung, Documented: true,
		Default: "exportfs|rpcinfo", //nolint:misspell // a program
		Doc:     "An extended regular expression for the processes whose stacks are reported.",
	},
	{
		Name: "CTDB_KILLTCP_DEBUGLEVEL", Scripts: []string{"10.interface", "91.lvs"}, Since: since(17, 11),
		Doc: "The debug level of ctdb_killtcp; CTDB's own if not set.",
	},
	{
		Name: "CTDB_KILLTCP_USE_SS_KILL", Scripts: []string{"10.interface", "91.lvs"}, Since: since(22, 0), Documented: true,
		Default: "no", Values: []string{"yes", "try", "no"},
		Doc: "Whether ss -K resets the connections to an address that goes.",
	},
	{Name: "CTDB_LVS_NODES", Scripts: lvs, Documented: true, Doc: "The lvs_nodes file; without it there is no LVS."},
	{Name: "CTDB_LVS_PUBLIC_IFACE", Scripts: lvs, Documented: true, Doc: "The interface that clients of LVS come to."},
	{Name: "CTDB_LVS_PUBLIC_IP", Scripts: lvs, Documented: true, Doc: "The IPv4 address of LVS, without a mask."},
	{
		Name: "CTDB_MAX_CORRUPT_DB_BACKUPS", Scripts: []string{"00.ctdb"}, Until: since(22, 0), Documented: true,
		Default: "10",
		Doc:     "How many copies of a corrupt volatile database are kept.",
	},
	{
		Name: "CTDB_MAX_CORRUPT_DB_BACKUPS", Scripts: data, Since: since(22, 0), Documented: true, Default: "10",
		Doc: "How many copies of a corrupt volatile database are kept.",
	},
	{
		Name: "CTDB_MONITOR_FILESYSTEM_USAGE", Scripts: system, Documented: true,
		Doc: "A list of DIRECTORY:WARN[:FAIL] in percent; if not set, a warning from 90 on where the databases are.",
	},
	{
		Name: "CTDB_MONITOR_HOSTS", Scripts: []string{"15.network"}, Since: since(25, 0), Documented: true,
		Doc: "A list of CHECK:HOST[,TIMEOUT][:WARN[:FAIL]]; none if not set.",
	},
	{
		Name: "CTDB_MONITOR_MEMORY_USAGE", Scripts: system, Documented: true, Default: "80",
		Doc: "WARN[:FAIL] for the use of memory in percent.",
	},
	{
		Name: "CTDB_MONITOR_MPDEVICES", Scripts: []string{"20.multipathd"}, Documented: true,
		Doc: "A list of multipath devices to check; none if not set.",
	},
	{
		Name: "CTDB_MONITOR_SWAP_USAGE", Scripts: system, Until: since(11, 0), Documented: true,
		Doc: "WARN[:FAIL] for the use of swap in percent.",
	},
	{Name: "CTDB_NATGW_DEFAULT_GATEWAY", Scripts: natgw, Documented: true, Doc: "The gateway of the node that leads."},
	{
		Name: "CTDB_NATGW_NODES", Scripts: natgw, Documented: true,
		Doc: "The natgw_nodes file; without it there is no NAT gateway.",
	},
	{
		Name: "CTDB_NATGW_PRIVATE_NETWORK", Scripts: natgw, Documented: true,
		Doc: "The network that is routed through the NAT gateway.",
	},
	{Name: "CTDB_NATGW_PUBLIC_IFACE", Scripts: natgw, Documented: true, Doc: "The interface of the gateway's address."},
	{Name: "CTDB_NATGW_PUBLIC_IP", Scripts: natgw, Documented: true, Doc: "The gateway's IPv4 address, with its mask."},
	{
		Name: "CTDB_NATGW_STATIC_ROUTES", Scripts: natgw, Documented: true, Default: "0.0.0.0/0",
		Doc: "A list of NETWORK[@GATEWAY] to route instead of everything.",
	},
	{
		Name: "CTDB_NFS_CALLOUT", Scripts: nfs, Documented: true, Default: "/etc/ctdb/nfs-linux-kernel-callout",
		Doc: "The program that handles the NFS server.",
	},
	{
		Name: "CTDB_NFS_CHECKS_DIR", Scripts: nfs, Documented: true, Default: "/etc/ctdb/nfs-checks.d",
		Doc: "The directory with the checks of the NFS services.",
	},
	{
		Name: "CTDB_NFS_EXPORTS_FILE", Scripts: nfs, Since: since(21, 0), Documented: true, Default: "/var/lib/nfs/etab",
		Doc: "The file with the exports, for the callout; the default is that of the callout for the kernel's server.",
	},
	{
		Name: "CTDB_NFS_SHARED_STATE_DIR", Scripts: nfs, Since: since(22, 0), Documented: true,
		Doc: "A directory in a cluster file system for the state of NFS.",
	},
	{
		Name: "CTDB_NFS_SKIP_SHARE_CHECK", Scripts: nfs, Documented: true, Default: "no", Values: yesNo,
		Doc: "Whether the directories of exports are not checked.",
	},
	{
		Name: "CTDB_NFS_STATE_FS_TYPE", Scripts: nfs, Until: since(22, 0), Documented: true,
		Doc: "The kind of file system of the shared state, for the callout.",
	},
	{
		Name: "CTDB_NFS_STATE_MNT", Scripts: nfs, Until: since(22, 0), Documented: true,
		Doc: "The directory of the shared state, for the callout.",
	},
	{
		Name: "CTDB_PARTIALLY_ONLINE_INTERFACES", Scripts: []string{"10.interface"}, Documented: true,
		Default: "no", Values: yesNo,
		Doc: "Whether a node stays healthy while one of its interfaces is up.",
	},
	{
		Name: "CTDB_PERSISTENT_DB_BACKUP_DIR", Scripts: data, Since: since(22, 0), Documented: true,
		Doc: "The directory of the daily backups of persistent databases; there are none if not set.",
	},
	{
		Name: "CTDB_PERSISTENT_DB_BACKUP_LIMIT", Scripts: data, Since: since(22, 0), Documented: true, Default: "14",
		Doc: "How many backups are kept.",
	},
	{
		Name: "CTDB_PERSISTENT_DB_BACKUP_MODE", Scripts: data, Since: since(24, 3), Documented: true, Default: "0700",
		Doc: "The mode of the directory of the backups.",
	},
	{
		Name: "CTDB_PER_IP_ROUTING_CONF", Scripts: perIP, Documented: true,
		Doc: "The file with the routes, or __auto_link_local__.",
	},
	{Name: "CTDB_PER_IP_ROUTING_RULE_PREF", Scripts: perIP, Documented: true, Doc: "The preference of the rules."},
	{Name: "CTDB_PER_IP_ROUTING_TABLE_ID_HIGH", Scripts: perIP, Documented: true, Doc: "The last routing table to use."},
	{Name: "CTDB_PER_IP_ROUTING_TABLE_ID_LOW", Scripts: perIP, Documented: true, Doc: "The first routing table to use."},
	{
		Name: "CTDB_RPCINFO_LOCALHOST", Scripts: nfs, Documented: true, Default: "127.0.0.1",
		Doc: "The address for checks of services over IPv4.",
	},
	{
		Name: "CTDB_RPCINFO_LOCALHOST6", Scripts: nfs, Documented: true, Default: "::1",
		Doc: "The address for checks of services over IPv6.",
	},
	{
		Name: "CTDB_SAMBA_CHECK_PORTS", Scripts: samba, Documented: true,
		Doc: "A list of the TCP ports to check; those of Samba's configuration if not set.",
	},
	{
		Name: "CTDB_SAMBA_INTERFACES_EXTRA", Scripts: samba, Since: since(21, 0), Documented: true,
		Doc: "More interfaces for the file that CTDB_SAMBA_INTERFACES_FILE names.",
	},
	{
		Name: "CTDB_SAMBA_INTERFACES_FILE", Scripts: samba, Since: since(21, 0), Documented: true,
		Doc: "A file that gets the interfaces for smb.conf; none if not set.",
	},
	{
		Name: "CTDB_SAMBA_SKIP_SHARE_CHECK", Scripts: samba, Documented: true, Default: "no", Values: yesNo,
		Doc: "Whether the directories of shares are not checked.",
	},
	{
		Name: "CTDB_SERVICE_NMB", Scripts: samba, Until: since(13, 0), Documented: true,
		Doc: "The service of nmbd; nmbd on Debian and nmb elsewhere if not set.",
	},
	{
		Name: "CTDB_SERVICE_NMB", Scripts: []string{"48.netbios"}, Since: since(13, 0), Documented: true,
		Doc: "The service of nmbd; nmbd on Debian and nmb elsewhere if not set.",
	},
	{
		Name: "CTDB_SERVICE_SAMBA_DCERPCD", Scripts: []string{"47.samba-dcerpcd"}, Since: since(20, 0),
		Default: "samba-dcerpcd",
		Doc:     "The service of samba-dcerpcd.",
	},
	{
		Name: "CTDB_SERVICE_SMB", Scripts: samba, Documented: true,
		Doc: "The service of smbd; smbd on Debian and smb elsewhere if not set.",
	},
	{
		Name: "CTDB_SERVICE_WINBIND", Scripts: []string{"49.winbind"}, Documented: true, Default: "winbind",
		Doc: "The service of winbindd.",
	},
	{
		Name: "CTDB_START_ISCSI_SCRIPTS", Scripts: []string{"70.iscsi"}, Documented: true,
		Doc: "A directory with scripts that start tgtd, one for each public address.",
	},
	{
		Name: "CTDB_STATD_CALLOUT_SHARED_STORAGE", Scripts: nfs, Since: since(22, 0), Documented: true,
		Default: "persistent_db",
		Doc:     "Where the state of statd is: persistent_db[:TDB], shared_dir[:DIRECTORY] or none.",
	},
	{
		Name: "CTDB_VSFTPD_MONITOR_THRESHOLDS", Scripts: []string{"40.vsftpd"}, Since: since(20, 0), Documented: true,
		Default: "1:2",
		Doc:     "WARN[:FAIL] for the number of failed checks.",
	},
}

// internal are variables that scripts use and that are not for options files: scripts or ctdbd set them, some of them
// before the options are read.
var internal = map[string]bool{
	"CTDB_BASE": true, "CTDB_DBDIR": true, "CTDB_DBDIR_PERSISTENT": true, "CTDB_DBDIR_STATE": true,
	"CTDB_DEBUGLEVEL":    true,
	"CTDB_HELPER_BINDIR": true, "CTDB_INIT_STYLE": true, "CTDB_LOGGING": true, "CTDB_MY_PUBLIC_IPS_CACHE": true,
	"CTDB_NFS_CALLOUT_STATE_DIR": true, "CTDB_NFS_DISTRO_STYLE": true, "CTDB_PLATFORM_STYLE": true,
	"CTDB_SCRIPT_VARDIR": true, "CTDB_STATD_CALLOUT_CONFIG_FILE": true, "CTDB_SYS_ETCDIR": true, "CTDB_TEST_MODE": true,
	"CTDB_TEST_TMP_DIR": true, "CTDB_VARDIR": true,
}

// moved are variables of ctdbd.conf, which was there up to 4.8, that are in ctdb.conf now.
var moved = map[string]string{
	"CTDB_CAPABILITY_LMASTER":          `"lmaster capability" in section [legacy] of ctdb.conf`,
	"CTDB_CAPABILITY_RECMASTER":        `"leader capability" in section [cluster] of ctdb.conf`,
	"CTDB_DBDIR":                       `"volatile database directory" in section [database] of ctdb.conf`,
	"CTDB_DBDIR_PERSISTENT":            `"persistent database directory" in section [database] of ctdb.conf`,
	"CTDB_DBDIR_STATE":                 `"state database directory" in section [database] of ctdb.conf`,
	"CTDB_DEBUGLEVEL":                  `"log level" in section [logging] of ctdb.conf`,
	"CTDB_DEBUG_HUNG_SCRIPT":           `"debug script" in section [event] of ctdb.conf`,
	"CTDB_DEBUG_LOCKS":                 `"lock debug script" in section [database] of ctdb.conf`,
	"CTDB_EVENT_SCRIPT_DIR":            "nothing",
	"CTDB_LOGGING":                     `"location" in section [logging] of ctdb.conf`,
	"CTDB_MANAGED_SERVICES":            "the event scripts that are enabled",
	"CTDB_MANAGES_NFS":                 "the event script 60.nfs, if it is enabled",
	"CTDB_MANAGES_SAMBA":               "the event script 50.samba, if it is enabled",
	"CTDB_MANAGES_WINBIND":             "the event script 49.winbind, if it is enabled",
	"CTDB_NODES":                       "nothing",
	"CTDB_NODE_ADDRESS":                `"node address" in section [cluster] of ctdb.conf`,
	"CTDB_NOSETSCHED":                  `"realtime scheduling" in section [legacy] of ctdb.conf`,
	"CTDB_NOTIFY_SCRIPT":               "nothing",
	"CTDB_PIDFILE":                     "nothing",
	"CTDB_PUBLIC_ADDRESSES":            "nothing",
	"CTDB_PUBLIC_INTERFACE":            "the interfaces in public_addresses",
	"CTDB_RECOVERY_LOCK":               `"cluster lock" in section [cluster] of ctdb.conf`,
	"CTDB_SCRIPT_LOG_LEVEL":            `"script log level" in section [legacy] of ctdb.conf`,
	"CTDB_SOCKET":                      "nothing",
	"CTDB_START_AS_DISABLED":           `"start as disabled" in section [legacy] of ctdb.conf`,
	"CTDB_START_AS_STOPPED":            `"start as stopped" in section [legacy] of ctdb.conf`,
	"CTDB_TRANSPORT":                   `"transport" in section [cluster] of ctdb.conf`,
	"CTDB_MAX_PERSISTENT_CHECK_ERRORS": "nothing",
}
