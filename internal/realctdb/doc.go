// Package realctdb starts real CTDB daemons for tests: whole clusters on this host's loopback addresses or in namespaces
// of their own, one for each release of CTDB that is installed here. It is for tests only, on Linux, and needs root.
//
// The parent test starts one cluster per release, and its subtests share it:
//
//	func TestReal(t *testing.T) {
//		realctdb.Each(t, realctdb.Options{}, func(t *testing.T, c *realctdb.Cluster) {
//			client := c.Client(0)
//			t.Run("status", func(t *testing.T) { … })
//			t.Run("ban", func(t *testing.T) { … })
//		})
//	}
//
// A cluster takes some six seconds to become healthy and next to nothing to keep, so a package should start few and put
// many subtests on each. Subtests that disturb the cluster (bans, kills) run one after the other and leave it healthy,
// see [Cluster.WaitHealthy]; those that only read may call t.Parallel. Use go test -count=1: the go command does not
// know that the installs are an input, and would show an old result.
//
// From CTDB 4.16 on, each "ctdb status" waits for the leader's next broadcast, up to a second in a healthy cluster;
// "ctdb nodestatus all" does not, and does better for polling.
//
// # Two kinds of clusters
//
// On loopback addresses, a [Cluster] runs in CTDB's test mode: everything is below CTDB_BASE, and all nodes share one
// network, so that public addresses are on paper only. It needs nothing but CTDB.
//
// In a [NetCluster] each node is like a machine: it has namespaces for its network, its mounts and its processes.
// CTDB runs as installed, with the node's own /etc/ctdb, and public addresses move:
//
//	realctdb.EachNet(t, realctdb.NetOptions{Public: 6}, func(t *testing.T, c *realctdb.NetCluster) {
//		c.Kill(t, 2)
//		c.LinkDown(t, 1, "eth1")
//		c.Addresses(t, 0)
//	})
//
// It needs a kernel and a sandbox that let root make namespaces, and the programs ip and nsenter; in each install ip and
// ethtool, which CTDB's script 10.interface uses. Tests that see what addresses do need this kind, others do not.
//
// # Which releases
//
// The daemons of this machine are one install; each directory of $GOCTDB_TREES (default /var/cache/go-ctdb/trees) that
// holds usr/sbin/ctdbd and a mounted proc is another. Without an install, without root or with -short the test is
// skipped, and so is one that wants a NetCluster where there can't be any. With GOCTDB_REQUIRE_REAL=1 it fails instead,
// and it also fails when a release that GOCTDB_RELEASES names is missing: "4.13 4.17 4.22 4.25+" wants three exact
// releases and one that is 4.25 or later.
//
// # What a cluster owns
//
// Cluster number O (1 to 254) has the node addresses 127.77.O.1 to 127.77.O.N, may use 127.78.O.0/24 for public
// addresses, and keeps everything in /tmp/goctdb/O, inside the tree for a tree. The lock file /tmp/goctdb/O.lock
// belongs to the test process that uses it, so that test processes which run at the same time do not collide. The
// daemons are CTDB's own binaries in CTDB's test mode: all paths are below CTDB_BASE, nothing else of the machine is
// touched except that public addresses are added to the interface that they name.
//
// A NetCluster has that directory and lock file too. Its addresses (10.77.O.0/24, 10.78.O.0/24, fd78:O::/64), interfaces
// and mounts are in its own namespaces, and nothing of this machine's is touched.
//
// When the test ends, everything stops and goes. A test process that dies first leaves its cluster behind; the next one
// that starts a cluster finds the lock free and the record in it, and clears that up. Of a NetCluster, only files are
// left: its processes and namespaces end with the test process.
package realctdb
