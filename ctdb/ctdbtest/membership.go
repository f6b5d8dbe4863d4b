package ctdbtest

import (
	"slices"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// react makes a change, recovers if it has changed who takes part in what, and distributes the public addresses anew.
// The caller holds the lock.
func (c *Cluster) react(change func()) {
	active, lmasters, leaders := c.active(), c.lmasters(), c.leaders()
	change()
	if !slices.Equal(active, c.active()) || !slices.Equal(lmasters, c.lmasters()) || !slices.Equal(leaders, c.leaders()) {
		c.recover()
	}
	c.takeover()
}

// own gives a node's flags as it sees itself.
func (n *node) own() status.Flags {
	if n.failing() {
		return n.flags | status.FlagUnhealthy
	}
	return n.flags
}

// isConnected tells whether other nodes reach a node's daemon.
func (n *node) isConnected() bool {
	return n.running && n.state != status.RunStateInit && n.state != status.RunStateSetup
}

// flagsOf gives a node's flags as others see them.
func (n *node) flagsOf() status.Flags {
	switch {
	case n.deleted:
		return status.FlagDisconnected | status.FlagDeleted
	case !n.isConnected():
		return n.flags | status.FlagDisconnected
	}
	return n.own()
}

// seen gives the flags of a node as another one sees them.
func (c *Cluster) seen(by, of nodes.PNN) status.Flags {
	self, n := c.nodes[by], c.nodes[of]
	flags, ok := self.view.flags[of]
	switch {
	case ok:
		return flags
	case by == of && !n.deleted && n.running:
		return n.own()
	case !n.deleted && self.isYoung() && !c.release.HasUnknownFlag():
		return status.FlagDisconnected | status.FlagUnhealthy
	}
	return n.flagsOf()
}

// told gives the flags of a node as the tool on one node tells them when it is asked about another, the target. A target
// that has not recovered yet can't know those of others.
func (c *Cluster) told(local, target, of nodes.PNN) status.Flags {
	flags := c.seen(local, of)
	unsure := c.release.HasUnknownFlag() && c.nodes[target].isYoung() && of != target
	if unsure && flags&(status.FlagDisconnected|status.FlagDeleted) == 0 {
		return status.FlagUnknown
	}
	return flags
}

// isYoung tells whether a daemon has no part in the cluster yet.
func (n *node) isYoung() bool {
	return n.state != "" && n.state != status.RunStateStartup
}

// isActive tells whether a node takes part in the cluster's databases.
func (n *node) isActive() bool { return n.running && !n.isYoung() && !n.flagsOf().Inactive() }

// present gives all nodes that are not deleted.
func (c *Cluster) present() []nodes.PNN {
	return c.those(func(n *node) bool { return !n.deleted })
}

// active gives the nodes that take part in the cluster's databases.
func (c *Cluster) active() []nodes.PNN { return c.those((*node).isActive) }

// lmasters gives the active nodes that may be lmasters.
func (c *Cluster) lmasters() []nodes.PNN {
	return c.those(func(n *node) bool { return n.isActive() && !n.noLMaster })
}

// leaders gives the active nodes that may lead. Up to 4.15 any will do when there is no other.
func (c *Cluster) leaders() []nodes.PNN {
	leaders := c.those(func(n *node) bool { return n.isActive() && !n.noLeader })
	if len(leaders) == 0 && !c.release.HasLeader() {
		return c.active()
	}
	return leaders
}

func (c *Cluster) those(want func(n *node) bool) []nodes.PNN {
	var all []nodes.PNN
	for i, n := range c.nodes {
		if want(n) {
			all = append(all, nodes.PNN(i))
		}
	}
	return all
}

func (c *Cluster) allBanned() bool {
	return !slices.ContainsFunc(c.nodes, func(n *node) bool { return n.isConnected() && !n.flags.Has(status.FlagBanned) })
}

// recoveryTime is how long a recovery took.
const recoveryTime = 400 * time.Millisecond

// recover is a recovery: the active nodes share a new generation, a new vnnmap and their databases, and one of them
// leads. The others keep the vnnmap that they had. Without a node that may lead there is none.
func (c *Cluster) recover() {
	leaders, lmasters := c.leaders(), c.lmasters()
	if len(leaders) == 0 || c.leaderless {
		c.leader = status.Unknown[nodes.PNN]()
		return
	}
	leader, ok := c.leader.Get()
	if !ok || !slices.Contains(leaders, leader) {
		leader = leaders[0]
		c.leader = status.Known(leader)
	}
	if len(lmasters) == 0 {
		lmasters = []nodes.PNN{leader}
	}
	// Any number that was not there will do, but for 0 and 1, which is CTDB's invalid one.
	c.generation = (c.generation*1103515245+12345)&0x7fffffff | 2
	now := time.Now()
	for _, pnn := range c.active() {
		n := c.nodes[pnn]
		n.generation, n.lmasters, n.ended = c.generation, lmasters, now
		n.began = now.Add(-recoveryTime)
		if c.recovering {
			n.began = now.Add(recoveryTime)
		}
		n.recoveries++
		n.ran(now, "startrecovery", "recovered")
	}
	c.shareDatabases(leader)
}

// isRecovering tells whether a node's recovery mode is active.
func (c *Cluster) isRecovering(n *node) bool {
	_, led := c.leader.Get()
	return !n.isActive() || c.recovering || !led
}

// status gives the cluster as a node reports it to a tool on another.
func (c *Cluster) status(local, pnn nodes.PNN) *status.Cluster {
	self := c.nodes[pnn]
	deleted := 0
	report := &status.Cluster{
		Generation:   c.generationAt(self),
		RecoveryMode: status.Known(status.RecoveryNormal),
		LMasters:     append([]nodes.PNN{}, self.lmasters...),
		Leader:       c.leaderFor(local, pnn),
	}
	if c.isRecovering(self) {
		report.RecoveryMode = status.Known(status.RecoveryActive)
	}
	for i, n := range c.nodes {
		if n.deleted {
			deleted++
			continue
		}
		flags := c.told(local, pnn, nodes.PNN(i))
		report.Nodes = append(report.Nodes, status.Node{
			PNN: nodes.PNN(i), Address: n.address, Flags: flags,
			PartiallyOnline: flags == 0 && n.isPartial(), ThisNode: nodes.PNN(i) == pnn,
		})
	}
	report.NodeCount, report.DeletedCount = status.Known(len(c.nodes)), status.Known(deleted)
	return report
}

// isPartial tells whether an interface has no link.
func (n *node) isPartial() bool {
	return n.partially || slices.ContainsFunc(n.interfaces, func(name string) bool { return !n.links[name] })
}
