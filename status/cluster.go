package status

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// Cluster is what one node reports of its cluster. Similar to: ctdb status.
//
// Two nodes can report different things, above all when they can't reach each other. A Cluster is plain data that
// belongs to its holder.
type Cluster struct {
	// Form is the form of output that it was read from; it tells what can be missing below.
	Form Form `json:"form"`
	// NodeCount counts the nodes with the deleted ones, DeletedCount only those. Not in the machine form.
	NodeCount    Value[int] `json:"node_count,omitzero"`
	DeletedCount Value[int] `json:"deleted_count,omitzero"`
	// Nodes has the nodes that are not deleted, in the order of the output, which is that of their numbers unless
	// nodestatus was asked otherwise. A number is not an index: deleted nodes leave gaps; see [Cluster.Node].
	Nodes []Node `json:"nodes"`
	// Generation changes with every recovery. Unknown when it is invalid. Not in the machine form.
	Generation Value[Generation] `json:"generation,omitzero"`
	// LMasters is the vnnmap: the node that is lmaster of each hash. Nil when the form lacks it.
	LMasters []nodes.PNN `json:"lmasters,omitzero"`
	// RecoveryMode tells whether the databases are being recovered. Not in the machine form.
	RecoveryMode Value[RecoveryMode] `json:"recovery_mode,omitzero"`
	// Leader is the node that leads the cluster ("recovery master" up to 4.15). Not in the machine form.
	Leader Value[nodes.PNN] `json:"leader,omitzero"`
	// LeaderHeard is when the leader last said that it leads, by this process's clock. Only with FormSocket; the zero time
	// if it never did.
	LeaderHeard time.Time `json:"leader_heard,omitzero"`
	// Light: nobody asked for interfaces and run states, so that no node is known to be PARTIALLYONLINE, nor one to be
	// UNKNOWN whose flags are not, while the node that was asked starts. Nobody waited for the leader either, who is not
	// reported if nothing was heard of one.
	Light bool `json:"light,omitempty"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
	// Warnings are what the tool said on standard error while it answered, line by line: "Control GET_IFACES failed to
	// node 2, ret=110" of a node that hangs, for one. Parsers leave it empty; ctdb.Client fills it.
	Warnings []string `json:"warnings,omitempty"`
}

// Node gives the node with that number. There is none for a deleted node.
func (c *Cluster) Node(pnn nodes.PNN) (Node, bool) {
	for _, n := range c.Nodes {
		if n.PNN == pnn {
			return n, true
		}
	}
	return Node{}, false
}

// ThisNode gives the node that was asked. There is none if nodestatus was asked for other nodes only.
func (c *Cluster) ThisNode() (Node, bool) {
	for _, n := range c.Nodes {
		if n.ThisNode {
			return n, true
		}
	}
	return Node{}, false
}

// Healthy gives the nodes without flags.
func (c *Cluster) Healthy() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for _, n := range c.Nodes {
			if n.Healthy() && !yield(n) {
				return
			}
		}
	}
}

// String gives what "ctdb status" of a new release prints, without the lines that were not reported. [Parse] reads it
// back if nothing was left out.
func (c *Cluster) String() string {
	var b strings.Builder
	if n, ok := c.NodeCount.Get(); ok {
		fmt.Fprintf(&b, "%s%d", keyNumber, n)
		if d, ok := c.DeletedCount.Get(); ok && d > 0 {
			fmt.Fprintf(&b, " (including %d deleted nodes)", d)
		}
		b.WriteByte('\n')
	}
	for _, n := range c.Nodes {
		fmt.Fprintln(&b, n)
	}
	writeLine(&b, keyGeneration, c.Generation, "INVALID")
	if c.LMasters != nil {
		fmt.Fprintf(&b, "%s%d\n", keySize, len(c.LMasters))
		for hash, lmaster := range c.LMasters {
			fmt.Fprintf(&b, "%s%d lmaster:%d\n", keyHash, hash, uint32(lmaster))
		}
	}
	if mode, ok := c.RecoveryMode.Get(); ok {
		fmt.Fprintf(&b, "%s%s (%d)\n", keyRecoveryMode, mode, uint32(mode))
	}
	writeLine(&b, keyLeader, c.Leader, "UNKNOWN")
	return b.String()
}

func writeLine[T comparable](b *strings.Builder, key string, v Value[T], unknown string) {
	if !v.IsReported() {
		return
	}
	text := unknown
	if value, ok := v.Get(); ok {
		text = fmt.Sprint(value)
	}
	fmt.Fprintf(b, "%s%s\n", key, text)
}

// Generation identifies one recovery of the cluster's databases. Nodes of one cluster share it.
type Generation uint32

// String gives the generation in decimal.
func (g Generation) String() string { return strconv.FormatUint(uint64(g), 10) }

// RecoveryMode tells whether a cluster's databases are being recovered, and so are out of reach for a moment.
type RecoveryMode uint32

// The recovery modes. CTDB prints any other number as RECOVERY.
const (
	RecoveryNormal RecoveryMode = 0
	RecoveryActive RecoveryMode = 1
)

// String gives CTDB's word: "NORMAL" or "RECOVERY".
func (m RecoveryMode) String() string {
	if m == RecoveryNormal {
		return "NORMAL"
	}
	return "RECOVERY"
}

// MarshalText gives what String gives.
func (m RecoveryMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads "NORMAL" or "RECOVERY".
func (m *RecoveryMode) UnmarshalText(text []byte) error {
	mode, ok := parseRecoveryMode(string(text))
	if !ok {
		return fmt.Errorf("want NORMAL or RECOVERY, got %s", clip(string(text)))
	}
	*m = mode
	return nil
}

func parseRecoveryMode(word string) (RecoveryMode, bool) {
	switch word {
	case RecoveryNormal.String():
		return RecoveryNormal, true
	case RecoveryActive.String():
		return RecoveryActive, true
	}
	return 0, false
}
