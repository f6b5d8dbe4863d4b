//go:build linux

package ctdb_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

// TestRealIPv6 asks clusters whose nodes have addresses of IPv6.
func TestRealIPv6(t *testing.T) {
	options := realctdb.NetOptions{Nodes: 2, PrivateIPv6: true, Public6: 2}
	realctdb.EachNet(t, options, func(t *testing.T, net *realctdb.NetCluster) {
		c := commands{net.Cluster}
		var want, got []netip.Addr
		cluster := ask(t, c.Client(0))
		for pnn, node := range cluster.Nodes {
			want, got = append(want, c.Address(pnn)), append(got, node.Address)
		}
		if diff := cmp.Diff(want, got, addresses); diff != "" || len(got) != 2 || !got[0].Is6() {
			t.Errorf("addresses (-configured +reported)\n%s", diff)
		}
		text := strings.Replace(string(c.Tool(t, 0, "status").Stdout), "Recovery master:", "Leader:", 1)
		if diff := cmp.Diff(text, cluster.String()); diff != "" {
			t.Errorf("mismatch (-tool +client)\n%s", diff)
		}
		list, err := c.Client(1).NodeList(t.Context())
		if err != nil || len(list.Nodes) != 2 || list.Nodes[1].Address != c.Address(1) {
			t.Errorf("nodes list %+v, %v", list, err)
		}
		if err := c.Client(0).Attach(c.context(t), statesDB, ctdb.VolatileDatabase); err != nil {
			t.Fatal(err)
		}
		c.everything(t, 1)
		c.local(t, 0)
	})
}
