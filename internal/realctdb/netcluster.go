//go:build linux

package realctdb

import (
	"net/netip"
	"testing"
)

// A NetCluster is a cluster whose nodes have namespaces of their own for the network, mounts and processes, as if each
// were a machine: public addresses move from one to another, and interfaces lose their links. It has all methods of
// [Cluster]; functions for the one take the embedded Cluster of the other.
type NetCluster struct {
	*Cluster
	network *network
}

// EachNet is [Each] for clusters of namespaces. Where there can't be any, it skips or fails as [StartNet] says.
func EachNet(t *testing.T, options NetOptions, fn func(t *testing.T, c *NetCluster)) {
	t.Helper()
	for _, install := range Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			fn(t, StartNet(t, install, options))
		})
	}
}

// StartNet is [Start] for a cluster of namespaces. Where this host does not let root make namespaces, or lacks a program
// that is needed, it skips the test; with GOCTDB_REQUIRE_REAL=1 it fails it instead. That the nodes are healthy, which it
// waits for, does not mean that they host all addresses yet.
func StartNet(t testing.TB, install Install, options NetOptions) *NetCluster {
	t.Helper()
	situation{
		root: true, required: isRequired(), installs: []Install{install}, lacks: lacksForNet(install, options),
	}.enforce(t)
	n := &network{install: install, interfaces: options.publicInterfaces(), ipv6: options.PrivateIPv6}
	o := owner{Root: install.Root, Namespaces: true}
	c := start(t, o, install, options.options(), func(octet int) ground {
		n.octet = octet
		return n
	})
	return &NetCluster{Cluster: c, network: n}
}

// PublicAddress6 gives the address of that number in fd78:OCTET::/64, which is the cluster's own; the octet counts as a
// hexadecimal number there.
func (c *NetCluster) PublicAddress6(number int) netip.Addr { return c.network.publicAddress6(number) }

// Addresses gives the addresses that a node has on its interfaces, its private one among them, as "ip address" in the
// node's namespace reports them, in order. Those that count on one machine (127.0.0.1) or one link only are left out.
func (c *NetCluster) Addresses(t testing.TB, pnn int) []netip.Addr {
	t.Helper()
	held, err := c.network.held(pnn)
	if err != nil {
		t.Fatalf("addresses of node %d: %v", pnn, err)
	}
	return held
}

// LinkDown takes the link away from one of a node's interfaces, as if its cable were pulled out. The event script
// 10.interface notices at the next monitor event, a few seconds later. Without eth0 a node is cut off from the others.
func (c *NetCluster) LinkDown(t testing.TB, pnn int, networkInterface string) {
	t.Helper()
	c.setLink(t, pnn, networkInterface, false)
}

// LinkUp gives an interface its link back.
func (c *NetCluster) LinkUp(t testing.TB, pnn int, networkInterface string) {
	t.Helper()
	c.setLink(t, pnn, networkInterface, true)
}

func (c *NetCluster) setLink(t testing.TB, pnn int, networkInterface string, up bool) {
	t.Helper()
	if err := c.network.setLink(pnn, networkInterface, up); err != nil {
		t.Fatalf("link of %s of node %d: %v", networkInterface, pnn, err)
	}
}
