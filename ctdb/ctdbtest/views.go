package ctdbtest

import (
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// view is what a node reports of its cluster instead of what is so.
type view struct {
	leader     *status.Value[nodes.PNN]
	generation *status.Value[status.Generation]
	flags      map[nodes.PNN]status.Flags
}

// SetLock has a node's daemon run with a cluster lock, as an administrator's mistake in its ctdb.conf would.
func (c *Cluster) SetLock(pnn nodes.PNN, lock string) error {
	return c.change(pnn, func(n *node) { n.lock = lock })
}

// SetLeaderView has a node report a leader, whoever leads, until [Cluster.ClearViews] or its daemon's end. From 4.16 on
// the tool hears of the leader on the node that it runs on, whichever node it is asked about.
func (c *Cluster) SetLeaderView(pnn nodes.PNN, leader status.Value[nodes.PNN]) error {
	return c.change(pnn, func(n *node) { n.view.leader = &leader })
}

// SetGenerationView has a node report a generation, whatever it is, as half of a cluster that has come apart would. It
// lasts as [Cluster.SetLeaderView] does.
func (c *Cluster) SetGenerationView(pnn nodes.PNN, generation status.Value[status.Generation]) error {
	return c.change(pnn, func(n *node) { n.view.generation = &generation })
}

// SetFlagsView has a node see flags of another one, or of its own, that this one may not have: FlagDisconnected makes
// the other one out of reach for it. It lasts as [Cluster.SetLeaderView] does.
func (c *Cluster) SetFlagsView(pnn, of nodes.PNN, flags status.Flags) error {
	return c.change(pnn, func(n *node) {
		if n.view.flags == nil {
			n.view.flags = map[nodes.PNN]status.Flags{}
		}
		n.view.flags[of] = flags
	})
}

// ClearViews has a node report again what is so.
func (c *Cluster) ClearViews(pnn nodes.PNN) error {
	return c.change(pnn, func(n *node) { n.view = view{} })
}

// generationAt gives the generation that a node reports. Only nodes that take part have one; without a leader it is the
// last one.
func (c *Cluster) generationAt(n *node) status.Value[status.Generation] {
	switch {
	case n.view.generation != nil:
		return *n.view.generation
	case !n.isActive() || n.generation == 0:
		return status.Unknown[status.Generation]()
	}
	return status.Known(n.generation)
}

// leaderFor gives the leader that a tool on a node is told when it asks about another.
func (c *Cluster) leaderFor(local, pnn nodes.PNN) status.Value[nodes.PNN] {
	teller := local
	if !c.release.HasLeader() {
		teller = pnn
	}
	switch n := c.nodes[teller]; {
	case n.view.leader != nil:
		return *n.view.leader
	case n.isYoung() && !c.release.HasLeader():
		return status.Unknown[nodes.PNN]()
	}
	return c.leader
}
