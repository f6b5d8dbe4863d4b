//go:build linux

package realctdb

// Options say what cluster a test needs. The zero value is three healthy nodes without public addresses.
type Options struct {
	// Nodes is the number of lines in the nodes file, 3 without it.
	Nodes int
	// Deleted are node numbers whose line in the nodes file is commented out. They have a directory but no daemon.
	Deleted []int
	// Spare is the number of nodes behind those that have a directory and an address, but no line in the nodes file and
	// no daemon. A test can add them.
	Spare int
	// Config is text for the end of ctdb.conf, with its section headers. For a key that is there twice, the last
	// value counts.
	Config string
	// Tunables are set besides those that make a cluster quick, and win over them.
	Tunables map[string]uint32
	// PublicAddresses gives a node's public_addresses file. Use addresses of 127.78.OCTET.0/24 on the interface lo:
	// these are the cluster's own. It also enables the event script 10.interface.
	PublicAddresses func(octet, pnn int) string
	// Scripts are event scripts besides 00.ctdb, by name ("60.test"), put into events/legacy of each node.
	Scripts map[string]string
	// ScriptOptions is the text of each node's script.options, which the packaged scripts read.
	ScriptOptions string
	// DontWait makes Start return as soon as the daemons have been started, when they are not ready yet.
	DontWait bool
}

const defaultNodes = 3

// quickTunables make a cluster notice failures and get over them in seconds. All releases have them. What else might be
// shortened (elections, controls, recoveries, takeover runs) does not make a cluster healthy any sooner and stays as it
// is.
func quickTunables() map[string]uint32 {
	return map[string]uint32{
		"KeepaliveInterval": 1,
		"KeepaliveLimit":    3,
		"MonitorInterval":   2,
		"RerecoveryTimeout": 1,
		// Up to 4.15 a node that can't have the recovery lock bans itself, as when the master hangs; by default for
		// five minutes.
		"RecoveryBanPeriod": 10,
	}
}
