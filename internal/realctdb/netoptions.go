//go:build linux

package realctdb

import (
	"fmt"
	"net/netip"
	"strings"
)

// NetOptions say what cluster of namespaces a test needs. The zero value is three healthy nodes without public
// addresses. Fields that [Options] has too mean the same.
type NetOptions struct {
	Nodes   int
	Deleted []int
	Spare   int
	// Public is the number of IPv4 public addresses: those with the numbers from 1 on, see [Cluster.PublicAddress].
	Public int
	// Public6 is the number of IPv6 public addresses: those with the numbers from 1 on, see
	// [NetCluster.PublicAddress6].
	Public6 int
	// Interfaces is the number of each node's interfaces for public addresses, 1 without it: eth1 and so on. Addresses
	// are dealt out to them in turn, the first to eth1. Private addresses are on eth0.
	Interfaces int
	// PrivateIPv6 gives the nodes private addresses of IPv6.
	PrivateIPv6 bool
	// PublicAddresses gives a node's public_addresses file, instead of that of Public and Public6.
	PublicAddresses func(octet, pnn int) string

	Config   string
	Tunables map[string]uint32
	// Scripts are event scripts besides 00.ctdb and 10.interface.
	Scripts       map[string]string
	ScriptOptions string
	DontWait      bool
}

// options gives what the two kinds of clusters share.
func (o NetOptions) options() Options {
	public := o.PublicAddresses
	if public == nil {
		public = o.publicAddresses
	}
	return Options{
		Nodes: o.Nodes, Deleted: o.Deleted, Spare: o.Spare,
		PublicAddresses: public,
		Config:          o.Config, Tunables: o.Tunables,
		Scripts: o.Scripts, ScriptOptions: o.ScriptOptions,
		DontWait: o.DontWait,
	}
}

func (o NetOptions) publicInterfaces() int { return max(o.Interfaces, 1) }

// publicAddresses gives the public_addresses file of all nodes.
func (o NetOptions) publicAddresses(octet, _ int) string {
	var b strings.Builder
	n := network{octet: octet}
	add := func(addr netip.Addr, bits, number int) {
		fmt.Fprintf(&b, "%v/%d eth%d\n", addr, bits, 1+(number-1)%o.publicInterfaces())
	}
	for number := 1; number <= o.Public; number++ {
		add(n.publicAddress(number), 24, number)
	}
	for number := 1; number <= o.Public6; number++ {
		add(n.publicAddress6(number), 64, number)
	}
	return b.String()
}
