package ctdb

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

func (c *checker) leaders() {
	var all []said
	unknown := false
	for _, v := range c.views {
		if leader, ok := v.cluster.Leader.Get(); ok {
			all = append(all, v.says(nodeText(leader)))
		}
		unknown = unknown || v.cluster.Leader.IsUnknown()
	}
	c.differ(nodes.NoPNN, FindingLeadersDiffer, finding.Error, all, func(voices []voice) string {
		return "nodes name other leaders: " + eachSays(voices)
	})
	if unknown && len(all) == 0 {
		c.add(FindingNoLeader, c.unlessUnsettled(finding.Error), "no active node knows a leader")
	}
}

// says gives what a view says in its status.
func (v view) says(what string) said { return said{v.PNN, what, v.Status.At, v.settled} }

func (c *checker) generations() {
	var all []said
	for _, v := range c.views {
		if generation, ok := v.cluster.Generation.Get(); ok {
			all = append(all, v.says(generation.String()))
		}
	}
	c.differ(nodes.NoPNN, FindingGenerationsDiffer, finding.Error, all, func(voices []voice) string {
		return "nodes are of other generations: " + eachSays(voices)
	})
}

func (c *checker) locks() {
	var all []said
	none := true
	for _, n := range c.nodes {
		lock, ok := n.Lock.Get()
		if !ok {
			continue
		}
		text := "none"
		if lock != (config.Lock{}) {
			none, text = false, strconv.Quote(finding.Clip(lock.String()))
		}
		all = append(all, said{n.PNN, text, n.Lock.At, true})
	}
	c.differ(nodes.NoPNN, FindingLocksDiffer, finding.Error, all, func(voices []voice) string {
		return "nodes run with other cluster locks: " + eachSays(voices)
	})
	if none && len(all) > 0 && len(c.nodes) > 1 {
		c.add(FindingNoLock, finding.Warning, "there is no cluster lock: nothing keeps two halves of the cluster apart")
	}
}

// nodeLists compares nodes files.
func (c *checker) nodeLists() {
	var all []said
	for _, n := range c.nodes {
		if list, ok := listedNodes(n); ok {
			all = append(all, said{n.PNN, list, n.NodeList.At, true})
		}
	}
	c.differ(nodes.NoPNN, FindingNodesDiffer, finding.Error, all, func(voices []voice) string {
		return "nodes files differ: " + unlikeFirst(voices)
	})
}

// members compares what nodes the ctdbds have loaded.
func (c *checker) members() {
	var all []said
	for _, v := range c.views {
		all = append(all, v.says(memberNodes(v.cluster)))
	}
	c.differ(nodes.NoPNN, FindingMembersDiffer, finding.Error, all, func(voices []voice) string {
		return "nodes have loaded other nodes files: " + unlikeFirst(voices)
	})
}

// reloads compares each node's file with what its ctdbd has loaded.
func (c *checker) reloads() {
	for _, n := range c.nodes {
		list, listed := listedNodes(n)
		_, cluster, ok := n.self()
		if !listed || !ok {
			continue
		}
		if loaded := memberNodes(cluster); loaded != list {
			c.addTo(n.PNN, FindingNodesNotLoaded, finding.Warning,
				"its nodes file is not what its ctdbd has loaded, but %s; ctdb reloadnodes loads it",
				listChange(strings.Split(loaded, "\n"), strings.Split(list, "\n")))
		}
	}
}

// listedNodes gives the nodes of a node's nodes file, a line for each.
func listedNodes(n *NodeSnapshot) (string, bool) {
	list, ok := answer(n.NodeList)
	if !ok {
		return "", false
	}
	lines := make([]string, len(list.Nodes))
	for i, listed := range list.Nodes {
		pnn, ok := listed.PNN.Get()
		if !ok {
			return "", false // in a form that has no numbers
		}
		lines[i] = memberText(pnn, listed.Address)
	}
	return strings.Join(lines, "\n"), true
}

// memberNodes gives the nodes that a ctdbd has loaded, a line for each.
func memberNodes(cluster *status.Cluster) string {
	lines := make([]string, len(cluster.Nodes))
	for i, n := range cluster.Nodes {
		lines[i] = memberText(n.PNN, n.Address)
	}
	return strings.Join(lines, "\n")
}

func memberText(pnn nodes.PNN, address netip.Addr) string {
	return nodeText(pnn) + " at " + address.String()
}

// flags compares the states that active nodes see each node in.
func (c *checker) flags() {
	seen := map[nodes.PNN][]said{}
	for _, v := range c.views {
		for _, n := range v.cluster.Nodes {
			if !n.Flags.Has(status.FlagUnknown) {
				n.PartiallyOnline = false // no flag: interfaces are asked for anew each time
				seen[n.PNN] = append(seen[n.PNN], v.says(n.State()))
			}
		}
	}
	for _, pnn := range slices.Sorted(maps.Keys(seen)) {
		c.differ(pnn, FindingFlagsDiffer, finding.Warning, seen[pnn], func(voices []voice) string {
			return "nodes see it in other states: " + eachSays(voices)
		})
	}
}

// place is what nodes say of where a public address is.
type place struct {
	hosts []said             // those that say that they host it
	heard bool               // a node that counts said something of it
	on    map[nodes.PNN]bool // where those that count say that it is
}

// addresses looks for public addresses that are on several nodes or on none.
func (c *checker) addresses() {
	places := c.places()
	for _, addr := range slices.SortedFunc(maps.Keys(places), netip.Addr.Compare) {
		switch at := places[addr]; {
		case len(at.hosts) > 1:
			hosts := voicesOf(at.hosts)[0].by
			c.add(FindingAddressTwice, c.unlessUnsettled(finding.Error),
				"%v is on %s, by their own answers%s", addr, nodesText(hosts), within(at.hosts))
		case len(at.hosts) == 0 && at.heard && c.deny(at.on):
			where := "no node"
			if len(at.on) > 0 {
				where = nodesText(slices.Sorted(maps.Keys(at.on))) + " for others, but not by their own answers"
			}
			c.add(FindingAddressUnassigned, c.unlessUnsettled(finding.Error), "%v is on %s; it may be on its way", addr, where)
		}
	}
}

// deny tells whether nodes that are said to host an address all answered; each says that it does not.
func (c *checker) deny(hosts map[nodes.PNN]bool) bool {
	denied := 0
	for _, n := range c.nodes {
		if _, ok := answer(n.PublicIPs); ok && hosts[n.PNN] {
			denied++
		}
	}
	return denied == len(hosts)
}

// places finds out where the public addresses are. Where others have them, nodes that are not active do not know; they
// count only if no node is active.
func (c *checker) places() map[netip.Addr]*place {
	active := map[nodes.PNN]bool{}
	for _, v := range c.views {
		active[v.PNN] = true
	}
	places := map[netip.Addr]*place{}
	for _, n := range c.nodes {
		ips, ok := answer(n.PublicIPs)
		if !ok {
			continue
		}
		for _, ip := range ips.IPs {
			at := places[ip.Address]
			if at == nil {
				at = &place{on: map[nodes.PNN]bool{}}
				places[ip.Address] = at
			}
			if ip.Node.Is(n.PNN) {
				at.hosts = append(at.hosts, said{by: n.PNN, at: n.PublicIPs.At})
			}
			if active[n.PNN] || len(active) == 0 {
				at.add(ip)
			}
		}
	}
	return places
}

// add takes over what a node that counts says.
func (p *place) add(ip status.PublicIP) {
	p.heard = true
	if pnn, ok := ip.Node.Get(); ok {
		p.on[pnn] = true
	}
}
