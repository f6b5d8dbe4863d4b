//go:build linux

package ctdb_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// overSocket gives a client that asks a node over its socket only.
func overSocket(t testing.TB, c *realctdb.Cluster, pnn int) *ctdb.Client {
	t.Helper()
	client := ctdb.New(ctdb.Config{
		Transport: ctdb.TransportSocket, Socket: filepath.Join(c.Dir(pnn), "run", "ctdbd.socket"),
	})
	t.Cleanup(client.Close)
	return client
}

func TestRealSocketStatus(t *testing.T) {
	realctdb.Each(t, realctdb.Options{Nodes: realNodes, Deleted: []int{realDeleted}}, func(t *testing.T, c *realctdb.Cluster) {
		client := overSocket(t, c, 0)
		for _, on := range []nodes.PNN{nodes.NoPNN, 0, 1, 3} {
			start := time.Now()
			got := ask(t, client.On(on))
			t.Logf("%v: %v", on, time.Since(start))
			want := ask(t, c.Client(0).On(on))
			ignore := cmpopts.IgnoreFields(status.Cluster{}, "Form", "LeaderHeard")
			if diff := cmp.Diff(want, got, addresses, ignore); diff != "" {
				t.Errorf("node %v: mismatch (-tool +socket)\n%s", on, diff)
			}
		}
	})
}
