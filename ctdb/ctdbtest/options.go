package ctdbtest

import (
	"net/netip"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// defaultRelease is simulated unless the options name another.
func defaultRelease() release.Release { return release.Release{Major: 4, Minor: 22, Patch: 11} }

// Options describe a simulated cluster. The zero value is three nodes, 10.0.0.1 to 10.0.0.3, all well, with the databases
// of a Samba file server and the event scripts of an installation that nobody changed. It has no public addresses, no
// cluster lock and no groups of nodes.
type Options struct {
	// Release is the release of CTDB that all nodes run; zero means 4.22.11.
	Release release.Release
	// Nodes is how many nodes the nodes file has, deleted ones included; 0 means 3, or as many as there are Addresses.
	Nodes int
	// Addresses are the nodes' private addresses, from node 0 on. Nodes beyond them get one from 10.0.0.0/8.
	Addresses []netip.Addr
	// Deleted are nodes that are commented out in the nodes file.
	Deleted []nodes.PNN
	// PublicAddresses are what the nodes' public_addresses files have, in that order.
	PublicAddresses []PublicAddress
	// Databases are attached in that order, so that the last comes first in ctdb getdbmap. Nil means
	// [DefaultDatabases]; an empty list, none.
	Databases []Database
	// Scripts are the event scripts of all nodes. Nil means [PackagedScripts]; an empty list, none.
	Scripts []Script
	// Lock is the cluster lock of all nodes as ctdb.conf has it; "" is none.
	Lock string
	// NATGWNodes and LVSNodes are the text of the files natgw_nodes and lvs_nodes of all nodes; "" is no such file.
	NATGWNodes, LVSNodes string
}

// PublicAddress is a line of public_addresses files.
type PublicAddress struct {
	// Prefix is the address and the length of its network's mask.
	Prefix netip.Prefix
	// Interfaces can have the address; none means eth0.
	Interfaces []string
	// Nodes have the line in their files; none means all.
	Nodes []nodes.PNN
}

// Database is a database that all nodes have attached.
type Database struct {
	// Name is its name, such as "locking.tdb".
	Name string
	// Kind says how CTDB keeps it.
	Kind ctdb.DatabaseKind
	// ReadOnly and Sticky are what ctdb setdbreadonly and setdbsticky set.
	ReadOnly, Sticky bool
}

// DefaultDatabases gives the databases that a cluster has without [Options.Databases]: those that Samba's daemons attach
// on a file server, and CTDB's own ctdb.tdb.
func DefaultDatabases() []Database {
	var all []Database
	for _, name := range []string{
		"ctdb.tdb", "secrets.tdb", "registry.tdb", "passdb.tdb", "account_policy.tdb", "group_mapping.tdb", "share_info.tdb",
	} {
		all = append(all, Database{Name: name, Kind: ctdb.PersistentDatabase})
	}
	for _, name := range []string{
		"g_lock.tdb", "smbXsrv_version_global.tdb", "smbXsrv_client_global.tdb", "smbXsrv_session_global.tdb",
		"smbXsrv_tcon_global.tdb", "smbXsrv_open_global.tdb", "locking.tdb", "leases.tdb", "brlock.tdb",
	} {
		all = append(all, Database{Name: name})
	}
	return all
}
