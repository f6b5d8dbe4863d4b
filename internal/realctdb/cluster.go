//go:build linux

package realctdb

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// A Cluster is a number of CTDB daemons on this host. Its methods are safe for concurrent use as long as no two change
// the same node. Node numbers are CTDB's own (pnn), from 0.
type Cluster struct {
	t       testing.TB
	install Install
	options Options
	claim   *claim
	ground  ground
}

// Each runs fn in one subtest for each install, each with a cluster of its own. The test and its subtests run in parallel
// with others, as far as -parallel allows: a cluster spends its time waiting. It skips or fails as [Releases] says.
func Each(t *testing.T, options Options, fn func(t *testing.T, c *Cluster)) {
	t.Helper()
	eachInstall(t, func(t *testing.T, install Install) { fn(t, Start(t, install, options)) })
}

// eachInstall runs fn in one parallel subtest for each install, beside other tests.
func eachInstall(t *testing.T, fn func(t *testing.T, install Install)) {
	t.Helper()
	installs := Releases(t)
	t.Parallel()
	for _, install := range installs {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			fn(t, install)
		})
	}
}

// Start starts a cluster and waits until all its nodes are healthy, unless the options say otherwise. It stops the test
// when that fails. When the test and its subtests have ended, it stops the cluster and removes all of it; if they
// failed, it logs the end of the daemons' logs first.
func Start(t testing.TB, install Install, options Options) *Cluster {
	t.Helper()
	return start(t, owner{Root: install.Root}, install, options, func(octet int) ground {
		return loopback{install, octet}
	})
}

// start starts a cluster on the ground that found gives for an octet.
func start(t testing.TB, o owner, install Install, options Options, found func(octet int) ground) *Cluster {
	t.Helper()
	if options.Nodes == 0 {
		options.Nodes = defaultNodes
	}
	o.PID, o.Test = os.Getpid(), t.Name()
	claim, err := claimOctet(o)
	if err != nil {
		t.Fatalf("no place for a cluster: %v", err)
	}
	c := &Cluster{t: t, install: install, options: options, claim: claim, ground: found(claim.octet)}
	t.Cleanup(c.cleanUp)
	if err := c.writeFiles(); err != nil {
		t.Fatalf("the files of a cluster: %v", err)
	}
	if err := c.ground.open(c.dirs()); err != nil {
		t.Fatalf("the ground of a cluster: %v", err)
	}
	for pnn := range c.nodes() {
		if !c.isDeleted(pnn) {
			c.StartNode(t, pnn)
		}
	}
	if !options.DontWait {
		c.WaitHealthy(t)
	}
	return c
}

// Release gives the release of CTDB that the cluster runs.
func (c *Cluster) Release() release.Release { return c.install.Release }

// Address gives a node's address.
func (c *Cluster) Address(pnn int) netip.Addr { return c.ground.address(pnn) }

// PublicAddress gives the address of that number in 127.78.OCTET.0/24, which is the cluster's own; for a [NetCluster] it
// is 10.78.OCTET.0/24.
func (c *Cluster) PublicAddress(number int) netip.Addr { return c.ground.publicAddress(number) }

// Dir gives the path of a node's directory (its CTDB_BASE, or /etc/ctdb of a [NetCluster]) on this host, outside any
// chroot.
func (c *Cluster) Dir(pnn int) string { return filepath.Join(c.install.Root, c.base(pnn)) }

// Root gives the directory that the cluster's programs see as "/"; empty for this machine's own.
func (c *Cluster) Root() string { return c.install.Root }

// Runner gives a [ctdb.Runner] that runs any program as the node would: in the install's root, with CTDB_BASE set or, for
// a [NetCluster], in the node's namespaces.
func (c *Cluster) Runner(pnn int) ctdb.Runner { return c.ground.runner(pnn) }

// Client gives a client whose ctdb program talks to the node's daemon.
func (c *Cluster) Client(pnn int) *ctdb.Client { return ctdb.New(ctdb.Config{Runner: c.Runner(pnn)}) }

// nodes is the number of nodes that the cluster starts with.
func (c *Cluster) nodes() int { return c.options.Nodes }

// dirs is the number of nodes that have a directory.
func (c *Cluster) dirs() int { return c.options.Nodes + c.options.Spare }

func (c *Cluster) isDeleted(pnn int) bool { return slices.Contains(c.options.Deleted, pnn) }

// dir is the cluster's directory as its daemons see it.
func (c *Cluster) dir() string { return clusterDir(c.claim.octet) }

// hostDir is the cluster's directory outside any chroot.
func (c *Cluster) hostDir() string { return filepath.Join(c.install.Root, c.dir()) }

// base is a node's directory as its daemons see it.
func (c *Cluster) base(pnn int) string { return nodeDir(c.claim.octet, pnn) }

// cleanUp stops everything and gives the octet back. If it can't, the octet stays recorded for the next process.
func (c *Cluster) cleanUp() {
	err := c.ground.close(c.dirs())
	if c.t.Failed() {
		c.logTails()
	}
	if err := errors.Join(err, c.claim.owner.destroy(c.dir())); err != nil {
		c.t.Errorf("the cluster's end: %v", err)
		c.claim.close()
		return
	}
	if err := c.claim.release(); err != nil {
		c.t.Errorf("the cluster's lock: %v", err)
	}
}
