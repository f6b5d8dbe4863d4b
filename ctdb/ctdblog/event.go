package ctdblog

import (
	"net/netip"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Event is what an entry says, as a value: one of the types below, such as [NodeFlags]. A type switch tells which.
//
// Which messages there are, and how they are worded, depends on the release; this package knows the wordings of all
// since 4.2. Up to 4.18 the default log level is ERROR, which leaves out most of them; at NOTICE all are there. An
// entry that this package does not know is no event.
type Event interface {
	// Kind names the type, such as "node-flags". Names do not change between releases of this module.
	Kind() Kind
}

// Kind names a type of events.
type Kind string

// The kinds.
const (
	KindNodeFlags         Kind = "node-flags"
	KindNodeConnected     Kind = "node-connected"
	KindNodeUnresponsive  Kind = "node-unresponsive"
	KindNodeDead          Kind = "node-dead"
	KindTakeoverStarted   Kind = "takeover-started"
	KindTakeoverFinished  Kind = "takeover-finished"
	KindTakeoverFailed    Kind = "takeover-failed"
	KindAddressTaken      Kind = "address-taken"
	KindAddressReleased   Kind = "address-released"
	KindAddressesDropped  Kind = "addresses-dropped"
	KindAddressFailed     Kind = "address-failed"
	KindAddressUnhosted   Kind = "address-unhosted"
	KindRecoveryInitiated Kind = "recovery-initiated"
	KindRecoveryStarted   Kind = "recovery-started"
	KindRecoveryFinished  Kind = "recovery-finished"
	KindRecoveryFailed    Kind = "recovery-failed"
	KindElectionStarted   Kind = "election-started"
	KindElectionEnded     Kind = "election-ended"
	KindLeaderElected     Kind = "leader-elected"
	KindLeaderLost        Kind = "leader-lost"
	KindBanOrdered        Kind = "ban-ordered"
	KindBanned            Kind = "banned"
	KindBanEnded          Kind = "ban-ended"
	KindLockTaken         Kind = "lock-taken"
	KindLockReleased      Kind = "lock-released"
	KindLockContended     Kind = "lock-contended"
	KindLockFailed        Kind = "lock-failed"
	KindLockLost          Kind = "lock-lost"
	KindUnhealthy         Kind = "unhealthy"
	KindHealthy           Kind = "healthy"
	KindScriptReport      Kind = "script-report"
	KindEventFailed       Kind = "event-failed"
	KindStarted           Kind = "started"
	KindRunState          Kind = "run-state"
	KindShutdownStarted   Kind = "shutdown-started"
	KindShutdownFinished  Kind = "shutdown-finished"
	KindDied              Kind = "died"
)

// NodeFlags means that the flags of a node changed. Newer releases do not say so of the node itself, whose log it is:
// see [Unhealthy] and [Banned]. That a node is disconnected is not said this way either: see [NodeDead].
type NodeFlags struct {
	Node nodes.PNN    `json:"node"`
	Old  status.Flags `json:"old"`
	New  status.Flags `json:"new"`
}

// NodeConnected means that a connection to another node was made.
type NodeConnected struct {
	Address netip.Addr `json:"address"`
	// Connected is how many nodes are connected now, without this one.
	Connected int `json:"connected"`
	// Node is known to a [Tracker] that has seen the node die.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
}

// NodeUnresponsive means that another node has not been heard of for KeepaliveInterval times KeepaliveLimit seconds.
// [NodeDead] follows.
type NodeUnresponsive struct {
	Node nodes.PNN `json:"node"`
}

// NodeDead means that the connection to another node is gone.
type NodeDead struct {
	Address netip.Addr `json:"address"`
	// Connected is how many nodes are connected still, without this one.
	Connected int `json:"connected"`
	// Node is known to a [Tracker].
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
}

// TakeoverStarted means that the leader, which is this node, began a takeover run: it distributes the public addresses
// anew.
type TakeoverStarted struct{}

// TakeoverFinished means that the takeover run is done.
type TakeoverFinished struct {
	// Duration is known to a [Tracker].
	Duration time.Duration `json:"duration,omitzero"`
}

// TakeoverFailed means that a takeover run was not done. The leader tries again.
type TakeoverFailed struct {
	// Duration and Reason are known to a [Tracker]. Reason is what was said about it meanwhile.
	Duration time.Duration `json:"duration,omitzero"`
	Reason   string        `json:"reason,omitempty"`
}

// AddressTaken means that this node takes a public address.
type AddressTaken struct {
	Address   netip.Addr `json:"address"`
	Mask      int        `json:"mask"` // as in the public_addresses file, which takes more than what is one
	Interface string     `json:"interface"`
	// Node is this node, which a [Tracker] knows that has seen it start.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
}

// AddressReleased means that this node gives up a public address.
type AddressReleased struct {
	Address   netip.Addr `json:"address"`
	Mask      int        `json:"mask"`
	Interface string     `json:"interface"`
	// Node is the one that has it from now on, unknown if there is none.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
}

// AddressesDropped means that this node gives up all of its public addresses, since it was stopped or banned, or is not
// part of the cluster any more. There is no [AddressReleased] for each.
type AddressesDropped struct{}

// AddressFailed means that a node could not take or release a public address.
type AddressFailed struct {
	Address   netip.Addr `json:"address"`
	Interface string     `json:"interface,omitempty"` // if it is this node that says so
	Release   bool       `json:"release"`
	// Node is the one that could not, where the leader says so or a [Tracker] knows this node.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
}

// AddressUnhosted means that there is no node that can have a public address.
type AddressUnhosted struct {
	Address netip.Addr `json:"address"`
}

// RecoveryInitiated means that the leader, which is this node, begins a recovery, and says which node made it
// necessary.
type RecoveryInitiated struct {
	Node nodes.PNN `json:"node"`
}

// RecoveryStarted means that a recovery of the databases began. All active nodes say so.
type RecoveryStarted struct{}

// RecoveryFinished means that a recovery was done.
type RecoveryFinished struct {
	// Duration is known to a [Tracker].
	Duration time.Duration `json:"duration,omitzero"`
}

// RecoveryFailed means that a recovery was not done. The leader, which is this node, tries again.
type RecoveryFailed struct {
	// Reason is known to a [Tracker]: what was said about it before.
	Reason string `json:"reason,omitempty"`
}

// ElectionStarted means that this node calls for an election of the leader.
type ElectionStarted struct {
	// Reason is given up to 4.15.
	Reason string `json:"reason,omitempty"`
}

// ElectionEnded means that an election is over.
type ElectionEnded struct {
	// Node won it; not reported up to 4.9.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
}

// LeaderElected means that there is a leader, or another one.
type LeaderElected struct {
	Node nodes.PNN `json:"node"`
}

// LeaderLost means that the leader has not been heard of, or can't be it any more.
type LeaderLost struct {
	// Node was it. Where the entry does not say it, a [Tracker] may know it.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
	// Reason is in CTDB's words: "Leader broadcast timeout".
	Reason string `json:"reason"`
}

// BanOrdered means that the leader, which is this node, bans a node.
type BanOrdered struct {
	Node nodes.PNN     `json:"node"`
	For  time.Duration `json:"for"`
	// Reason is known to a [Tracker]: what was said about it before.
	Reason string `json:"reason,omitempty"`
}

// Banned means that this node is banned.
type Banned struct {
	For time.Duration `json:"for"`
	// Node is this node, which a [Tracker] knows that has seen it start.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
	// Reason is known to a [Tracker]: what was said about it before. It is empty for a ban that an administrator or
	// another node has ordered.
	Reason string `json:"reason,omitempty"`
}

// BanEnded means that this node is not banned any more.
type BanEnded struct {
	Expired bool `json:"expired"` // its time was over; else it was ended with ctdb unban
	// Node is this node, which a [Tracker] knows that has seen it start.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
}

// LockTaken means that this node has the cluster lock.
type LockTaken struct{}

// LockReleased means that this node gave the cluster lock up.
type LockReleased struct{}

// LockContended means that another one has the cluster lock.
type LockContended struct{}

// LockFailed means that the cluster lock can't be taken, for another reason.
type LockFailed struct {
	// Reason is in CTDB's words: "timeout", "unknown error".
	Reason string `json:"reason"`
}

// LockLost means that this node had the cluster lock and has it no longer.
type LockLost struct {
	// Reason is in CTDB's words.
	Reason string `json:"reason"`
}

// Unhealthy means that this node's monitor event failed, and it is UNHEALTHY from now on.
type Unhealthy struct {
	// Node is this node, which a [Tracker] knows that has seen it start.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
	// Script and Reason are known to a [Tracker], if the script said anything: see [EventFailed].
	Script string `json:"script,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Healthy means that this node's monitor event succeeded again.
type Healthy struct {
	// Node is this node, which a [Tracker] knows that has seen it start.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
}

// ScriptReport means that an event script printed a line with a level, as CTDB's own scripts do.
type ScriptReport struct {
	Script string          `json:"script"` // "05.system"
	Level  config.LogLevel `json:"level"`  // ERROR, WARNING, NOTICE or INFO
	Text   string          `json:"text"`   // behind that
	// Usage is there if that is what it is about.
	Usage status.Value[Usage] `json:"usage,omitzero"`
}

// Usage is how much of something is used, as 05.system reports it.
type Usage struct {
	Of        string `json:"of"`        // "Filesystem /", "System memory"
	Percent   int    `json:"percent"`   // that are used
	Threshold int    `json:"threshold"` // in percent, from which on that is too much
}

// EventFailed means that a script failed or timed out when it handled an event of CTDB.
type EventFailed struct {
	Event    string `json:"event"` // "monitor", "takeip"
	TimedOut bool   `json:"timed_out"`
	// Script is which. An entry says so up to 4.5; of later releases a [Tracker] takes the one that printed something
	// last, since the first script that fails is the last one that runs, or at DEBUG the one that is said to have failed.
	Script string `json:"script,omitempty"`
	// Reason is what the script printed last, as far as a [Tracker] has seen it.
	Reason string `json:"reason,omitempty"`
}

// Started means that ctdbd starts.
type Started struct {
	Version string `json:"version"` // "4.17.12-Debian"; package release reads it
}

// RunState means that this node's ctdbd has come so far. Similar to: ctdb runstate.
type RunState struct {
	State status.RunState `json:"state"`
}

// ShutdownStarted means that ctdbd begins to end.
type ShutdownStarted struct{}

// ShutdownFinished means that ctdbd has ended.
type ShutdownFinished struct{}

// Died means that ctdbd gave up or crashed.
type Died struct {
	// Reason is in CTDB's words.
	Reason string `json:"reason"`
}
