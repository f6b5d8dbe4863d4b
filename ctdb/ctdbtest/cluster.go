package ctdbtest

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Cluster is a simulated cluster. It is safe for concurrent use, and a ctdb.Runner: see [Cluster.Run].
type Cluster struct {
	release release.Release

	mu         sync.Mutex
	nodes      []*node
	leader     status.Value[nodes.PNN]
	leaderless bool // no node gets to lead
	recovering bool // a recovery goes on and on
	generation status.Generation

	places      map[netip.Addr]place // of public addresses that a node hosts
	moving      map[netip.Addr]bool  // public addresses that no node may host now
	connections []status.Connection
	records     map[string]map[string]string // by database and key
	backups     map[string]backup            // by file
}

// node is a node of a simulated cluster. Its index is its number.
type node struct {
	machine
	daemon
	address netip.Addr
	deleted bool
	running bool
	flags   status.Flags // without those that follow from its other state
}

// machine is what stays when a daemon ends.
type machine struct {
	pid         int // of the last daemon
	partially   bool
	failsReload bool
	lock        string
	files       files
	links       map[string]bool // the interfaces, and which have a link
	persistent  []attached      // databases on its disk
	scripts     []Script
	outcomes    map[scriptEvent]Outcome
	scripted    time.Time // when scripts or outcomes changed
}

// files are configuration files of a machine. Nil is a file that is not there.
type files struct{ nodes, public, natgw, lvs []byte }

// daemon is what a daemon has in its memory.
type daemon struct {
	started     time.Time
	state       status.RunState // "" is RUNNING
	hung        chan struct{}   // closed when it goes on; nil while it does not hang
	doomed      bool            // it was told to shut down while it hung
	bannedUntil time.Time       // zero: until it is unbanned
	noLeader    bool            // it may not lead
	noLMaster   bool            // it may not be an lmaster
	level       config.LogLevel
	tunables    map[string]uint32 // those that were set, by their names as CTDB spells them
	public      []publicAddress
	interfaces  []string // those that it has public addresses for, the latest first
	databases   []attached
	events      map[string]eventRun
	counters    counters
	view        view

	// What it took part in last.
	generation status.Generation
	lmasters   []nodes.PNN
	recoveries uint64
	began      time.Time // the last recovery
	ended      time.Time
}

// New gives a cluster whose nodes all run and are well.
func New(options Options) *Cluster {
	c := &Cluster{
		release: options.Release, generation: 1919983054, places: map[netip.Addr]place{}, moving: map[netip.Addr]bool{},
		records: map[string]map[string]string{}, backups: map[string]backup{},
	}
	if c.release.IsZero() {
		c.release = defaultRelease()
	}
	list := options.nodesFile()
	for i := range options.count() {
		n := &node{address: options.address(i), machine: options.machine(c.release, nodes.PNN(i))}
		n.files.nodes = slices.Clone(list)
		n.deleted = slices.Contains(options.Deleted, nodes.PNN(i))
		if !n.deleted {
			n.start(c.release)
		}
		n.databases = options.attached()
		c.nodes = append(c.nodes, n)
	}
	c.recover()
	c.takeover()
	return c
}

// Release gives the release that the cluster simulates.
func (c *Cluster) Release() release.Release { return c.release }

// Client gives a client that asks the node with that number, as a program that runs there would.
func (c *Cluster) Client(pnn nodes.PNN) *ctdb.Client {
	return ctdb.New(ctdb.Config{Runner: c.Runner(pnn)})
}

// start starts a daemon, which comes up well.
func (n *node) start(r release.Release) {
	now := time.Now()
	n.pid++
	n.running, n.flags = true, 0
	n.daemon = daemon{
		started: now, began: now, ended: now, level: config.LevelNotice, databases: slices.Clone(n.persistent),
		events: map[string]eventRun{}, counters: newCounters(now),
	}
	n.loadPublicAddresses(r)
	n.ran(now, "init", "setup", "startup")
}

// end ends a daemon. Its administrator's flags are gone with it, but for the ban, which others remember.
func (n *node) end() {
	if n.hung != nil {
		close(n.hung)
		n.hung = nil
	}
	n.persistent = persistent(n.databases)
	n.running, n.doomed = false, false
	n.flags = n.flags&status.FlagBanned | status.FlagUnhealthy
}

// node gives a node. The caller holds the lock.
func (c *Cluster) node(pnn nodes.PNN) (*node, bool) {
	if uint64(pnn) >= uint64(len(c.nodes)) {
		return nil, false
	}
	return c.nodes[pnn], true
}
