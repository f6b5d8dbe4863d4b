package ctdbtest

import (
	"fmt"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Disable sets the flag that ctdb disable sets.
func (c *Cluster) Disable(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagDisabled, true) }

// Enable lifts what Disable set.
func (c *Cluster) Enable(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagDisabled, false) }

// Ban bans a node, until Unban.
func (c *Cluster) Ban(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagBanned, true) }

// Unban lifts what Ban set, or the command ctdb ban before its time.
func (c *Cluster) Unban(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagBanned, false) }

// Stop stops a node, as ctdb stop does; its daemon goes on.
func (c *Cluster) Stop(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagStopped, true) }

// Continue lifts what Stop set.
func (c *Cluster) Continue(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagStopped, false) }

// SetUnhealthy tells whether a node's monitor event fails, without a script that would say so. See also
// [Cluster.FailScript].
func (c *Cluster) SetUnhealthy(pnn nodes.PNN, unhealthy bool) error {
	return c.setFlag(pnn, status.FlagUnhealthy, unhealthy)
}

// SetPartiallyOnline tells whether one of a node's interfaces has no link, without saying which. See also
// [Cluster.SetLink].
func (c *Cluster) SetPartiallyOnline(pnn nodes.PNN, partially bool) error {
	return c.change(pnn, func(n *node) { n.partially = partially })
}

// Kill ends a node's daemon. Its administrator's flags are gone with it, but for the ban, which others remember, and so
// are its tunables, roles, addresses of ctdb addip and views.
func (c *Cluster) Kill(pnn nodes.PNN) error { return c.change(pnn, (*node).end) }

// Start starts the daemon of a node that was killed, or lets one that [Cluster.StartUp] started come up. It comes up
// well, and reads the machine's public_addresses file.
func (c *Cluster) Start(pnn nodes.PNN) error {
	return c.change(pnn, func(n *node) {
		switch {
		case !n.running:
			n.start(c.release)
		case n.state != "":
			n.state = ""
			n.flags &^= status.FlagUnhealthy
		}
	})
}

// StartUp starts the daemon of a node anew and lets it come as far as a run state before RUNNING: INIT, SETUP,
// FIRST_RECOVERY or STARTUP. It stays there until [Cluster.Start]. A daemon that runs is killed first. Until it has come
// to FIRST_RECOVERY, the others do not see it; until STARTUP, it has no part in the databases.
func (c *Cluster) StartUp(pnn nodes.PNN, state status.RunState) error {
	switch state {
	case status.RunStateInit, status.RunStateSetup, status.RunStateFirstRecovery, status.RunStateStartup:
	default:
		return fmt.Errorf("%w: run state %q", ctdb.ErrArgument, state)
	}
	return c.change(pnn, func(n *node) {
		if n.running {
			n.end()
		}
		n.start(c.release)
		n.state = state
		n.flags = status.FlagUnhealthy
		n.lmasters = c.present()
	})
}

// SetRecovering tells whether the cluster recovers its databases, without an end: the recovery mode is active on all
// active nodes, addresses stay where they are, and what waits for the end of a recovery waits for its limit.
func (c *Cluster) SetRecovering(recovering bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.recovering == recovering {
		return
	}
	c.recovering = recovering
	now := time.Now()
	for _, pnn := range c.active() {
		n := c.nodes[pnn]
		if recovering {
			n.began = latest(now, n.ended.Add(time.Millisecond)) // it is later than the end of the last one
			n.ran(now, "startrecovery")
		}
	}
	if !recovering {
		c.recover()
		c.takeover()
	}
}

// SetNoLeader tells whether no node gets to lead, as without a cluster lock that could be taken. Then no public
// addresses move, and what waits for the leader waits for its limit.
func (c *Cluster) SetNoLeader(none bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaderless = none
	c.recover()
	c.takeover()
}

// SetReloadFails tells whether a node fails to reload its nodes file and its public_addresses file when ctdb reloadnodes
// and ctdb reloadips ask it to.
func (c *Cluster) SetReloadFails(pnn nodes.PNN, fails bool) error {
	return c.change(pnn, func(n *node) { n.failsReload = fails })
}

func (c *Cluster) setFlag(pnn nodes.PNN, flag status.Flags, set bool) error {
	return c.change(pnn, func(n *node) {
		n.flags &^= flag
		if set {
			n.flags |= flag
		}
		if flag == status.FlagBanned {
			n.bannedUntil = time.Time{}
		}
	})
}

// change changes a node, and lets the cluster react to it.
func (c *Cluster) change(pnn nodes.PNN, change func(n *node)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok := c.node(pnn)
	if !ok || n.deleted {
		return fmt.Errorf("node %v: %w", pnn, ctdb.ErrNoSuchNode)
	}
	c.react(func() { change(n) })
	return nil
}

// tryChange is change for a change that can be refused.
func (c *Cluster) tryChange(pnn nodes.PNN, change func(n *node) error) error {
	var refusal error
	if err := c.change(pnn, func(n *node) { refusal = change(n) }); err != nil {
		return err
	}
	if refusal != nil {
		return fmt.Errorf("node %v: %w", pnn, refusal)
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// tick does what time brings: bans end.
func (c *Cluster) tick() {
	now := time.Now()
	for _, n := range c.nodes {
		if n.flags.Has(status.FlagBanned) && !n.bannedUntil.IsZero() && !now.Before(n.bannedUntil) {
			c.react(func() { n.flags &^= status.FlagBanned })
		}
	}
}
