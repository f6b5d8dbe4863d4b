package ctdbtest

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// defaultRelease is simulated unless the options name another.
func defaultRelease() release.Release { return release.Release{Major: 4, Minor: 22, Patch: 11} }

// Options describe a simulated cluster. The zero value is three nodes, 10.0.0.1 to 10.0.0.3, all well.
type Options struct {
	// Release is the release of CTDB that all nodes run; zero means 4.22.11.
	Release release.Release
	// Nodes is how many nodes the nodes file has, deleted ones included; 0 means 3, or as many as there are Addresses.
	Nodes int
	// Addresses are the nodes' private addresses, from node 0 on. Nodes beyond them get one from 10.0.0.0/8.
	Addresses []netip.Addr
	// Deleted are nodes that are commented out in the nodes file.
	Deleted []nodes.PNN
}

// Cluster is a simulated cluster. It is safe for concurrent use, and a ctdb.Runner: see [Cluster.Run].
type Cluster struct {
	release release.Release

	mu         sync.Mutex
	nodes      []*node
	leader     status.Value[nodes.PNN]
	generation status.Generation
}

// node is a node of a simulated cluster. Its index is its number.
type node struct {
	address   netip.Addr
	deleted   bool
	running   bool
	flags     status.Flags // without those of a node that is not running or deleted
	partially bool         // an interface has no link
	noLeader  bool         // it may not lead
	noLMaster bool         // it may not be an lmaster
	level     config.LogLevel
	tunables  map[string]uint32 // those that were set, by their names as CTDB spells them

	// What it took part in last.
	generation status.Generation
	lmasters   []nodes.PNN
}

// New gives a cluster whose nodes all run and are well.
func New(options Options) *Cluster {
	c := &Cluster{release: options.Release, generation: 1919983054}
	if c.release.IsZero() {
		c.release = defaultRelease()
	}
	for i := range options.count() {
		n := &node{address: addressOf(i), running: true, level: config.LevelNotice}
		if i < len(options.Addresses) {
			n.address = options.Addresses[i]
		}
		if slices.Contains(options.Deleted, nodes.PNN(i)) {
			n.deleted, n.running = true, false
		}
		c.nodes = append(c.nodes, n)
	}
	c.recover()
	return c
}

func (o Options) count() int {
	switch {
	case o.Nodes > 0:
		return o.Nodes
	case len(o.Addresses) > 0:
		return len(o.Addresses)
	}
	return 3
}

// addressOf makes up an address for a node.
func addressOf(i int) netip.Addr {
	const block = 250
	return netip.AddrFrom4([4]byte{10, byte(i / block / block), byte(i / block), byte(i%block + 1)})
}

// Release gives the release that the cluster simulates.
func (c *Cluster) Release() release.Release { return c.release }

// Client gives a client that asks the node with that number, as a program that runs there would.
func (c *Cluster) Client(pnn nodes.PNN) *ctdb.Client {
	return ctdb.New(ctdb.Config{Runner: c.Runner(pnn)})
}

// Disable sets the flag that ctdb disable sets.
func (c *Cluster) Disable(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagDisabled, true) }

// Enable lifts what Disable set.
func (c *Cluster) Enable(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagDisabled, false) }

// Ban bans a node, until Unban.
func (c *Cluster) Ban(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagBanned, true) }

// Unban lifts what Ban set.
func (c *Cluster) Unban(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagBanned, false) }

// Stop stops a node, as ctdb stop does; its daemon goes on.
func (c *Cluster) Stop(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagStopped, true) }

// Continue lifts what Stop set.
func (c *Cluster) Continue(pnn nodes.PNN) error { return c.setFlag(pnn, status.FlagStopped, false) }

// SetUnhealthy tells whether a node's monitor event fails.
func (c *Cluster) SetUnhealthy(pnn nodes.PNN, unhealthy bool) error {
	return c.setFlag(pnn, status.FlagUnhealthy, unhealthy)
}

// SetPartiallyOnline tells whether one of a node's interfaces has no link.
func (c *Cluster) SetPartiallyOnline(pnn nodes.PNN, partially bool) error {
	return c.change(pnn, func(n *node) { n.partially = partially })
}

// Kill ends a node's daemon. Its administrator's flags are gone with it, but for the ban, which others remember.
func (c *Cluster) Kill(pnn nodes.PNN) error { return c.change(pnn, (*node).end) }

func (n *node) end() {
	n.running = false
	n.flags = n.flags&status.FlagBanned | status.FlagUnhealthy
}

// Start starts the daemon of a node that was killed. It comes up well.
func (c *Cluster) Start(pnn nodes.PNN) error {
	return c.change(pnn, func(n *node) {
		if !n.running {
			*n = node{address: n.address, running: true, level: config.LevelNotice}
		}
	})
}

func (c *Cluster) setFlag(pnn nodes.PNN, flag status.Flags, set bool) error {
	return c.change(pnn, func(n *node) {
		n.flags &^= flag
		if set {
			n.flags |= flag
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

// react makes a change and recovers if it has changed who takes part in what. The caller holds the lock.
func (c *Cluster) react(change func()) {
	active, lmasters, leaders := c.active(), c.lmasters(), c.leaders()
	change()
	if !slices.Equal(active, c.active()) || !slices.Equal(lmasters, c.lmasters()) || !slices.Equal(leaders, c.leaders()) {
		c.recover()
	}
}

// node gives a node. The caller holds the lock.
func (c *Cluster) node(pnn nodes.PNN) (*node, bool) {
	if uint64(pnn) >= uint64(len(c.nodes)) {
		return nil, false
	}
	return c.nodes[pnn], true
}

// view gives a node's flags as others see them.
func (n *node) view() status.Flags {
	switch {
	case n.deleted:
		return status.FlagDisconnected | status.FlagDeleted
	case !n.running:
		return n.flags | status.FlagDisconnected
	}
	return n.flags
}

// active gives the nodes that take part in the cluster's databases.
func (c *Cluster) active() []nodes.PNN {
	var active []nodes.PNN
	for i, n := range c.nodes {
		if !n.view().Inactive() {
			active = append(active, nodes.PNN(i))
		}
	}
	return active
}

// lmasters gives the active nodes that may be lmasters.
func (c *Cluster) lmasters() []nodes.PNN {
	return slices.DeleteFunc(c.active(), func(pnn nodes.PNN) bool { return c.nodes[pnn].noLMaster })
}

// leaders gives the active nodes that may lead.
func (c *Cluster) leaders() []nodes.PNN {
	return slices.DeleteFunc(c.active(), func(pnn nodes.PNN) bool { return c.nodes[pnn].noLeader })
}

// recover is a recovery: the active nodes share a new generation and a new vnnmap, and one of them leads. The others
// keep the vnnmap that they had. Without a node that may lead there is none.
func (c *Cluster) recover() {
	leaders, lmasters := c.leaders(), c.lmasters()
	if len(leaders) == 0 {
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
	for _, pnn := range c.active() {
		c.nodes[pnn].generation, c.nodes[pnn].lmasters = c.generation, lmasters
	}
}

// status gives the cluster as a node reports it.
func (c *Cluster) status(pnn nodes.PNN) *status.Cluster {
	self := c.nodes[pnn]
	deleted := 0
	report := &status.Cluster{
		Generation:   status.Unknown[status.Generation](),
		RecoveryMode: status.Known(status.RecoveryActive),
		LMasters:     append([]nodes.PNN{}, self.lmasters...),
		Leader:       c.leader,
	}
	if !self.view().Inactive() {
		report.Generation, report.RecoveryMode = status.Known(self.generation), status.Known(status.RecoveryNormal)
	}
	for i, n := range c.nodes {
		if n.deleted {
			deleted++
			continue
		}
		report.Nodes = append(report.Nodes, status.Node{
			PNN: nodes.PNN(i), Address: n.address, Flags: n.view(),
			PartiallyOnline: n.view() == 0 && n.partially, ThisNode: nodes.PNN(i) == pnn,
		})
	}
	report.NodeCount, report.DeletedCount = status.Known(len(c.nodes)), status.Known(deleted)
	return report
}
