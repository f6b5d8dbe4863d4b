package config

import (
	"net/netip"
	"time"
)

// Settings are the options of ctdb.conf as typed values. They have today's names for what old releases call something
// else: see [Cluster.Lock] and [Cluster.LeaderCapability]. They are plain values and compare with ==; there is JSON for
// them, with the options' names in snake case, levels, locations, locks and lists as ctdb.conf has them, and timeouts
// in nanoseconds.
//
// The zero value is not what CTDB does without a ctdb.conf: see [Defaults].
//
// Similar to: ctdb.conf(5).
type Settings struct {
	Logging  Logging  `json:"logging"`
	Cluster  Cluster  `json:"cluster"`
	Database Database `json:"database"`
	Event    Event    `json:"event"`
	Failover Failover `json:"failover"`
	Legacy   Legacy   `json:"legacy"`
}

// Logging is the section "logging": where CTDB's log goes, and how much of it.
type Logging struct {
	// Location is "location", where ctdbd logs to. The default depends on how CTDB was compiled.
	Location Location `json:"location"`
	// LogLevel is "log level". The default is NOTICE since 4.19, and ERROR before.
	LogLevel LogLevel `json:"log_level"`
}

// Cluster is the section "cluster": what the node has to know to be in a cluster.
type Cluster struct {
	// Transport is "transport", by default tcp. There is no other.
	Transport string `json:"transport"`
	// NodeAddress is "node address", the private address that ctdbd binds to. Without it, ctdbd takes the first in the
	// list of nodes that it can bind to. It has no zone.
	NodeAddress netip.Addr `json:"node_address"`
	// Lock is the cluster lock that is in force, by default none: since 4.16 "cluster lock", or "recovery lock" if that
	// is not set; up to 4.15 "recovery lock".
	Lock Lock `json:"cluster_lock"`
	// NodesList is "nodes list", by default the file "nodes" beside ctdb.conf. The option is there since 4.22.
	NodesList NodesList `json:"nodes_list"`
	// LeaderTimeout is "leader timeout": for so long, in whole seconds, a node waits for a sign of the leader before it
	// calls an election. The default is 5, and it is never 0. The option is there since 4.16; before, the field is 0.
	LeaderTimeout time.Duration `json:"leader_timeout"`
	// LeaderCapability is "leader capability", by default true: whether the node may lead. Up to 4.15 it is "recmaster
	// capability" of section "legacy", which later releases ignore.
	LeaderCapability bool `json:"leader_capability"`
}

// Database is the section "database": where the node's databases are, and how they are locked.
type Database struct {
	// VolatileDirectory is "volatile database directory", where databases are that a start of ctdbd empties. The
	// default depends on how CTDB was compiled. ctdbd does not start if another one does not exist.
	VolatileDirectory string `json:"volatile_database_directory"`
	// PersistentDirectory is "persistent database directory", where databases are that outlive ctdbd. What is said of
	// VolatileDirectory holds for it too.
	PersistentDirectory string `json:"persistent_database_directory"`
	// StateDirectory is "state database directory", where ctdbd has databases of its own. What is said of
	// VolatileDirectory holds for it too.
	StateDirectory string `json:"state_database_directory"`
	// LockDebugScript is "lock debug script", by default none: what runs when ctdbd waits long for the lock of a
	// database. CTDB looks for its base name in the directory of ctdb.conf.
	LockDebugScript string `json:"lock_debug_script"`
	// TDBMutexes is "tdb mutexes", by default true: whether volatile databases are locked with mutexes where they can
	// be.
	TDBMutexes bool `json:"tdb_mutexes"`
}

// Event is the section "event": the event daemon.
type Event struct {
	// DebugScript is "debug script", by default none: what runs when an event script takes too long. CTDB looks for its
	// base name in the directory of ctdb.conf.
	DebugScript string `json:"debug_script"`
}

// Failover is the section "failover": public addresses.
type Failover struct {
	// Disabled is "disabled", by default false: whether public addresses stay where they are.
	Disabled bool `json:"disabled"`
	// ShutdownExtraTimeout is "shutdown extra timeout": for so long, in whole seconds, ctdbd goes on when it shuts down
	// and its addresses have moved, by default 0. The option is there since 4.23.0, 4.22.2 and 4.21.6.
	ShutdownExtraTimeout time.Duration `json:"shutdown_extra_timeout"`
	// ShutdownFailoverTimeout is "shutdown failover timeout": for so long, in whole seconds, ctdbd waits for its
	// addresses to move when it shuts down. The default is 10, and 0 means not at all. The option is there since
	// 4.23.0, 4.22.2 and 4.21.6; in releases without it the field is 0.
	ShutdownFailoverTimeout time.Duration `json:"shutdown_failover_timeout"`
}

// Legacy is the section "legacy": what has no better place yet.
type Legacy struct {
	// RealtimeScheduling is "realtime scheduling", by default true: whether ctdbd runs with real-time priority.
	RealtimeScheduling bool `json:"realtime_scheduling"`
	// LmasterCapability is "lmaster capability", by default true: whether the node may be the location master of
	// records, and so be in the map of such nodes (vnnmap).
	LmasterCapability bool `json:"lmaster_capability"`
	// StartAsStopped is "start as stopped", by default false: whether the node is STOPPED when ctdbd starts, until ctdb
	// continue.
	StartAsStopped bool `json:"start_as_stopped"`
	// StartAsDisabled is "start as disabled", by default false: whether the node is DISABLED when ctdbd starts, until
	// ctdb enable.
	StartAsDisabled bool `json:"start_as_disabled"`
	// ScriptLogLevel is "script log level", by default ERROR: the level that the output of event scripts is logged at.
	ScriptLogLevel LogLevel `json:"script_log_level"`
}
