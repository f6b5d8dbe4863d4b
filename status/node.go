package status

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// Node is a node of a cluster as another node, or itself, sees it.
type Node struct {
	PNN     nodes.PNN  `json:"pnn"`
	Address netip.Addr `json:"address"` // private address, as in the nodes file
	Flags   Flags      `json:"flags"`
	// PartiallyOnline: the node has no flags, and some interface that carries public addresses has no link.
	PartiallyOnline bool `json:"partially_online"`
	// ThisNode: it is the node that was asked.
	ThisNode bool `json:"this_node"`
	// OtherFlags are names of flags that this package does not know. A node with any of them is not taken for healthy.
	OtherFlags []string `json:"other_flags,omitempty"`
	// Extra holds columns or keys that this package does not know, by name.
	Extra map[string]string `json:"extra,omitempty"`
}

// Healthy tells whether the node has no flags at all, so that it hosts public addresses. A partially online node is
// healthy in this sense, as it is for CTDB.
func (n Node) Healthy() bool { return n.Flags == 0 && len(n.OtherFlags) == 0 }

// State gives the node's state as "ctdb status" prints it: "OK", "PARTIALLYONLINE", or the names of the flags joined by
// "|" with those that this package does not know last.
func (n Node) State() string {
	switch {
	case !n.Healthy():
		words := n.OtherFlags
		if n.Flags != 0 {
			words = append([]string{n.Flags.String()}, words...)
		}
		return strings.Join(words, "|")
	case n.PartiallyOnline:
		return wordPartiallyOnline
	default:
		return wordOK
	}
}

// String gives the node's line in "ctdb status", without the newline.
func (n Node) String() string {
	this := ""
	if n.ThisNode {
		this = thisNodeMark
	}
	return fmt.Sprintf("pnn:%d %-16s %s%s", uint32(n.PNN), n.Address, n.State(), this)
}

// setState takes over a state as the text form prints it.
func (n *Node) setState(state string) {
	n.Flags, n.OtherFlags = ParseFlags(state)
	for i, word := range n.OtherFlags {
		if word == wordPartiallyOnline {
			n.PartiallyOnline = true
			n.OtherFlags = append(n.OtherFlags[:i:i], n.OtherFlags[i+1:]...)
			break
		}
	}
	if len(n.OtherFlags) == 0 {
		n.OtherFlags = nil
	}
}
