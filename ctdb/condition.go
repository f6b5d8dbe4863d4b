package ctdb

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Condition is something that [Client.WaitFor] waits for. The zero value holds as soon as the cluster answers.
// Conditions can be shared and used at the same time.
type Condition struct {
	what  string
	holds func(*status.Cluster) bool
}

// NewCondition makes a condition of a function. What describes it in messages, behind "waiting for": "node 3 to lead".
// The function gets each answer of the cluster; it must not keep or change it.
func NewCondition(what string, holds func(*status.Cluster) bool) Condition {
	return Condition{what, holds}
}

// Holds tells whether a state fulfils the condition.
func (c Condition) Holds(cluster *status.Cluster) bool { return c.holds == nil || c.holds(cluster) }

// String describes the condition.
func (c Condition) String() string {
	if c.what == "" {
		return "an answer"
	}
	return c.what
}

// Healthy waits until no node has any flag, and the databases are not being recovered.
func Healthy() Condition {
	return NewCondition("all nodes to be healthy", func(cluster *status.Cluster) bool {
		for _, n := range cluster.Nodes {
			if !n.Healthy() {
				return false
			}
		}
		return len(cluster.Nodes) > 0 && !cluster.RecoveryMode.Is(status.RecoveryActive)
	})
}

// NodeIs waits until a node has all of some flags, whatever others it has. Without flags it waits until the node has
// none at all. A node that is not reported, as a deleted one, does not fulfil it.
func NodeIs(pnn nodes.PNN, flags status.Flags) Condition {
	what := fmt.Sprintf("node %v to be %v", pnn, flags)
	return nodeCondition(pnn, what, func(n status.Node) bool {
		if flags == 0 {
			return n.Healthy()
		}
		return n.Flags.Has(flags)
	})
}

// NodeIsNot waits until a node has none of some flags. A node that is not reported does not fulfil it, nor does one
// whose flags the node that is asked does not know yet.
func NodeIsNot(pnn nodes.PNN, flags status.Flags) Condition {
	what := fmt.Sprintf("node %v not to be %v", pnn, flags)
	return nodeCondition(pnn, what, func(n status.Node) bool { return n.Flags&(flags|status.FlagUnknown) == 0 })
}

func nodeCondition(pnn nodes.PNN, what string, holds func(status.Node) bool) Condition {
	return NewCondition(what, func(cluster *status.Cluster) bool {
		n, ok := cluster.Node(pnn)
		return ok && holds(n)
	})
}

// LeaderKnown waits until the cluster has a leader.
func LeaderKnown() Condition {
	return NewCondition("a leader", func(cluster *status.Cluster) bool {
		_, ok := cluster.Leader.Get()
		return ok
	})
}
