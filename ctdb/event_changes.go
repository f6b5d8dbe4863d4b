package ctdb

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Change is what an [Event] tells: one of [FullView], [ConnectionLost], [ConnectionRegained], [NodeAdded],
// [NodeDeleted], [NodeFlagsChanged], [LeaderChanged], [RecoveryChanged], [GenerationChanged], [RunStateChanged] and
// [AddressMoved]. It is meant to be switched on.
type Change interface {
	// Type gives the change's type in JSON, such as "node-flags".
	Type() string
	// String describes it in one line.
	String() string

	// apply brings a view from before the change to after it.
	apply(v *View)
}

// FullView is the whole state. It is the first event of a watch, and comes after each reconnect, before the differences.
type FullView struct {
	View View `json:"view"`
	// Err is why there is no connection, if there is none.
	Err string `json:"error,omitempty"`
}

// Type gives "view".
func (FullView) Type() string { return "view" }

// String gives the state in a line.
func (c FullView) String() string {
	if c.Err != "" {
		return c.View.String() + ": " + c.Err
	}
	return c.View.String()
}

func (c FullView) apply(v *View) { *v = c.View.Clone() }

// ConnectionLost says that ctdbd does not answer: it ended, hangs, or is out of reach. What was seen last stays in the
// view until it answers again.
type ConnectionLost struct {
	// Err is why, in words.
	Err string `json:"error"`
	// Why is why, for errors.Is: ErrNotRunning, ErrTimeout and so on. It is not in JSON.
	Why error `json:"-"`
}

// Type gives "connection-lost".
func (ConnectionLost) Type() string { return "connection-lost" }

// String says that and why.
func (c ConnectionLost) String() string { return "connection lost: " + c.Err }

func (c ConnectionLost) apply(v *View) { v.Connected = false }

// ConnectionRegained says that ctdbd answers again, or for the first time. A FullView follows, and then what differs
// from what was seen before.
type ConnectionRegained struct{}

// Type gives "connection-regained".
func (ConnectionRegained) Type() string { return "connection-regained" }

// String says so.
func (ConnectionRegained) String() string { return "connection regained" }

func (ConnectionRegained) apply(v *View) { v.Connected = true }

// NodeAdded is a node that was not there, or was deleted. A node that got another address was deleted and added.
type NodeAdded struct {
	Node NodeView `json:"node"`
}

// Type gives "node-added".
func (NodeAdded) Type() string { return "node-added" }

// String names the node.
func (c NodeAdded) String() string {
	return fmt.Sprintf("node %v added: %v, %s", c.Node.PNN, c.Node.Address, c.Node.State())
}

func (c NodeAdded) apply(v *View) {
	at, found := findNode(v.Nodes, c.Node.PNN)
	if found {
		v.Nodes[at] = c.Node
		return
	}
	v.Nodes = slices.Insert(v.Nodes, at, c.Node)
}

// NodeDeleted is a node that is deleted.
type NodeDeleted struct {
	Node NodeView `json:"node"`
}

// Type gives "node-deleted".
func (NodeDeleted) Type() string { return "node-deleted" }

// String names the node.
func (c NodeDeleted) String() string {
	return fmt.Sprintf("node %v deleted: %v, was %s", c.Node.PNN, c.Node.Address, c.Node.State())
}

func (c NodeDeleted) apply(v *View) {
	if at, found := findNode(v.Nodes, c.Node.PNN); found {
		v.Nodes = slices.Delete(v.Nodes, at, at+1)
	}
}

// NodeFlagsChanged is a node whose flags changed.
type NodeFlagsChanged struct {
	PNN nodes.PNN    `json:"pnn"`
	Old status.Flags `json:"old"`
	New status.Flags `json:"new"`
	// OldOther and NewOther are names of flags that this module does not know, joined by "|".
	OldOther string `json:"old_other,omitempty"`
	NewOther string `json:"new_other,omitempty"`
}

// Type gives "node-flags".
func (NodeFlagsChanged) Type() string { return "node-flags" }

// String gives the node and its flags before and after.
func (c NodeFlagsChanged) String() string {
	before, after := NodeView{Flags: c.Old, OtherFlags: c.OldOther}, NodeView{Flags: c.New, OtherFlags: c.NewOther}
	return fmt.Sprintf("node %v: %s -> %s", c.PNN, before.State(), after.State())
}

func (c NodeFlagsChanged) apply(v *View) {
	if at, found := findNode(v.Nodes, c.PNN); found {
		v.Nodes[at].Flags, v.Nodes[at].OtherFlags = c.New, c.NewOther
	}
}

// LeaderChanged says that another node leads, or none: then New is unknown.
type LeaderChanged struct {
	Old status.Value[nodes.PNN] `json:"old,omitzero"`
	New status.Value[nodes.PNN] `json:"new,omitzero"`
}

// Type gives "leader".
func (LeaderChanged) Type() string { return "leader" }

// String gives the leader before and after.
func (c LeaderChanged) String() string { return fmt.Sprintf("leader: %v -> %v", c.Old, c.New) }

// Lost tells whether there is no leader now.
func (c LeaderChanged) Lost() bool {
	_, known := c.New.Get()
	return !known
}

func (c LeaderChanged) apply(v *View) { v.Leader = c.New }

// RecoveryChanged says that a recovery of the databases started or ended. One that is over before the watch looks is
// seen by the generation only, which changes with each.
type RecoveryChanged struct {
	Old status.Value[status.RecoveryMode] `json:"old,omitzero"`
	New status.Value[status.RecoveryMode] `json:"new,omitzero"`
}

// Type gives "recovery".
func (RecoveryChanged) Type() string { return "recovery" }

// Started tells whether a recovery started.
func (c RecoveryChanged) Started() bool {
	mode, known := c.New.Get()
	return known && mode != status.RecoveryNormal
}

// String gives "recovery started" or "recovery ended".
func (c RecoveryChanged) String() string {
	if c.Started() {
		return "recovery started"
	}
	return "recovery ended"
}

func (c RecoveryChanged) apply(v *View) { v.RecoveryMode = c.New }

// GenerationChanged says that the databases were recovered, or that the node takes no part in them (unknown).
type GenerationChanged struct {
	Old status.Value[status.Generation] `json:"old,omitzero"`
	New status.Value[status.Generation] `json:"new,omitzero"`
}

// Type gives "generation".
func (GenerationChanged) Type() string { return "generation" }

// String gives the generation before and after.
func (c GenerationChanged) String() string { return fmt.Sprintf("generation: %v -> %v", c.Old, c.New) }

func (c GenerationChanged) apply(v *View) { v.Generation = c.New }

// RunStateChanged says how far the ctdbd that is asked has come.
type RunStateChanged struct {
	Old status.Value[status.RunState] `json:"old,omitzero"`
	New status.Value[status.RunState] `json:"new,omitzero"`
}

// Type gives "run-state".
func (RunStateChanged) Type() string { return "run-state" }

// String gives the run state before and after.
func (c RunStateChanged) String() string { return fmt.Sprintf("run state: %v -> %v", c.Old, c.New) }

func (c RunStateChanged) apply(v *View) { v.RunState = c.New }

// AddressMoved is a public address that is on another node, or on none: then New is unknown. An address that no node
// was configured for before has an Old that is not reported, and one that none is configured for any more, such a New.
type AddressMoved struct {
	Address netip.Addr              `json:"address"`
	Old     status.Value[nodes.PNN] `json:"old,omitzero"`
	New     status.Value[nodes.PNN] `json:"new,omitzero"`
}

// Type gives "address".
func (AddressMoved) Type() string { return "address" }

// String gives the address and its place before and after.
func (c AddressMoved) String() string {
	return fmt.Sprintf("address %v: %s -> %s", c.Address, placeName(c.Old), placeName(c.New))
}

func placeName(node status.Value[nodes.PNN]) string {
	pnn, known := node.Get()
	switch {
	case known:
		return "node " + pnn.String()
	case node.IsUnknown():
		return "no node"
	default:
		return "not configured"
	}
}

func (c AddressMoved) apply(v *View) {
	at, found := findAddress(v.Addresses, c.Address)
	place := AddressView{c.Address, c.New}
	switch {
	case !c.New.IsReported() && found:
		v.Addresses = slices.Delete(v.Addresses, at, at+1)
	case c.New.IsReported() && found:
		v.Addresses[at] = place
	case c.New.IsReported():
		v.Addresses = slices.Insert(v.Addresses, at, place)
	}
}
