package ctdb

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// View is what a watch knows of a cluster, as the node that it asks sees it. It is plain data that belongs to its holder.
type View struct {
	// Connected tells whether ctdbd answers. If not, all else is what was seen last.
	Connected bool `json:"connected"`
	// Nodes has the nodes that are not deleted, in the order of their numbers.
	Nodes []NodeView `json:"nodes"`
	// Leader is unknown while there is none, or none was heard of.
	Leader status.Value[nodes.PNN] `json:"leader,omitzero"`
	// Generation changes with every recovery.
	Generation status.Value[status.Generation] `json:"generation,omitzero"`
	// RecoveryMode tells whether the databases are being recovered.
	RecoveryMode status.Value[status.RecoveryMode] `json:"recovery_mode,omitzero"`
	// RunState tells how far the ctdbd that is asked has come.
	RunState status.Value[status.RunState] `json:"run_state,omitzero"`
	// Addresses are the public addresses that any active node is configured for, in their order.
	Addresses []AddressView `json:"addresses"`
}

// NodeView is a node in a [View].
type NodeView struct {
	PNN     nodes.PNN    `json:"pnn"`
	Address netip.Addr   `json:"address"` // private address, as in the nodes file
	Flags   status.Flags `json:"flags"`
	// OtherFlags are names of flags that this module does not know, joined by "|".
	OtherFlags string `json:"other_flags,omitempty"`
}

// State gives the node's flags as "ctdb status" prints them: "OK", or their names joined by "|".
func (n NodeView) State() string {
	switch {
	case n.OtherFlags == "":
		return n.Flags.String()
	case n.Flags == 0:
		return n.OtherFlags
	default:
		return n.Flags.String() + "|" + n.OtherFlags
	}
}

// AddressView is a public address in a [View].
type AddressView struct {
	Address netip.Addr `json:"address"`
	// Node is the node that hosts the address, unknown if none does.
	Node status.Value[nodes.PNN] `json:"node"`
}

// Node gives the node with that number.
func (v *View) Node(pnn nodes.PNN) (NodeView, bool) {
	at, found := findNode(v.Nodes, pnn)
	if !found {
		return NodeView{}, false
	}
	return v.Nodes[at], true
}

// Address gives where a public address is.
func (v *View) Address(addr netip.Addr) (AddressView, bool) {
	at, found := findAddress(v.Addresses, addr)
	if !found {
		return AddressView{}, false
	}
	return v.Addresses[at], true
}

// Apply brings the view from before a change to after it. Applied in their order, the events of a watch lead from its
// first view to the newest state.
func (v *View) Apply(change Change) { change.apply(v) }

// Clone gives a copy that shares no memory with the view.
func (v *View) Clone() View {
	clone := *v
	clone.Nodes, clone.Addresses = slices.Clone(v.Nodes), slices.Clone(v.Addresses)
	return clone
}

// String gives the view in one line.
func (v *View) String() string {
	healthy := 0
	for _, n := range v.Nodes {
		if n.Flags == 0 && n.OtherFlags == "" {
			healthy++
		}
	}
	hosted := 0
	for _, a := range v.Addresses {
		if _, known := a.Node.Get(); known {
			hosted++
		}
	}
	text := fmt.Sprintf("%d of %d nodes OK, %d of %d addresses hosted, leader %v",
		healthy, len(v.Nodes), hosted, len(v.Addresses), v.Leader)
	if !v.Connected {
		return "not connected; " + text
	}
	return text
}

func findNode(all []NodeView, pnn nodes.PNN) (at int, found bool) {
	return slices.BinarySearchFunc(all, pnn, func(n NodeView, pnn nodes.PNN) int { return cmp.Compare(n.PNN, pnn) })
}

func findAddress(all []AddressView, addr netip.Addr) (at int, found bool) {
	return slices.BinarySearchFunc(all, addr, func(a AddressView, addr netip.Addr) int { return a.Address.Compare(addr) })
}
