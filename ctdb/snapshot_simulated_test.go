package ctdb_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestSnapshotSimulated takes snapshots of simulated clusters of all releases.
func TestSnapshotSimulated(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*ctdbtest.Cluster) error
		want   []string
	}{
		"well": {func(*ctdbtest.Cluster) error { return nil }, nil},
		"hung": {func(c *ctdbtest.Cluster) error { return c.Hang(2) }, []string{"error node 2 cluster/hung"}},
		"killed": {func(c *ctdbtest.Cluster) error { return c.Kill(2) },
			[]string{"error node 2 cluster/node-disconnected"}},
		"disabled": {func(c *ctdbtest.Cluster) error { return c.Disable(2) }, []string{"note node 2 cluster/node-disabled"}},
		"banned":   {func(c *ctdbtest.Cluster) error { return c.Ban(2) }, []string{"error node 2 cluster/node-banned"}},
		"stopped":  {func(c *ctdbtest.Cluster) error { return c.Stop(2) }, []string{"note node 2 cluster/node-stopped"}},
		"lock": {func(c *ctdbtest.Cluster) error { return c.SetLock(2, "/other") },
			[]string{"error cluster/locks-differ"}},
		"leader": {func(c *ctdbtest.Cluster) error { return c.SetLeaderView(2, status.Known[nodes.PNN](2)) },
			[]string{"error cluster/leaders-differ"}},
		"generation": {func(c *ctdbtest.Cluster) error { return c.SetGenerationView(2, status.Known[status.Generation](7)) },
			[]string{"error cluster/generations-differ"}},
		"nodes file": {func(c *ctdbtest.Cluster) error { return c.SetNodesFile(2, "10.0.0.1\n10.0.0.2\n10.0.0.7\n") },
			[]string{"error cluster/nodes-differ", "warning node 2 cluster/nodes-not-loaded"}},
		"flags": {func(c *ctdbtest.Cluster) error { return c.SetFlagsView(1, 2, status.FlagUnhealthy) },
			[]string{"warning node 2 cluster/flags-differ"}},
	}
	for _, minor := range []int{13, 17, 22, 25} {
		for name, test := range tests {
			t.Run(fmt.Sprintf("4.%d %s", minor, name), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					cluster := ctdbtest.New(ctdbtest.Options{
						Release: release.Release{Major: 4, Minor: minor}, Lock: "/shared/lock",
					})
					time.Sleep(time.Minute) // so that the first recovery is long ago
					if err := test.change(cluster); err != nil {
						t.Fatal(err)
					}
					wantSimulated(t, cluster, name == "hung", test.want)
				})
			})
		}
	}
}

func wantSimulated(t *testing.T, cluster *ctdbtest.Cluster, hung bool, want []string) {
	t.Helper()
	each := func(pnn nodes.PNN, _ netip.Addr) ctdb.Runner { return cluster.Runner(pnn) }
	all := snapshotAll(t, cluster.Client(0), ctdb.SnapshotOptions{Runner: each})
	wantFindings(t, all, want...)
	for pnn := range nodes.PNN(2) {
		wantParts(t, node(t, all, pnn), noGroups, nil)
	}
	if n := node(t, all, 2); hung && !errors.Is(n.Err(), ctdb.ErrTimeout) {
		t.Errorf("the node that hangs: %v", n.Err())
	}
}
