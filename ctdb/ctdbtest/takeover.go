package ctdbtest

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// takeover distributes the public addresses: those on nodes that can't keep them are taken away, those without a node go
// to the node with the fewest, and nodes that have none get some of the node with the most. All ties go to the lowest
// number. Without a leader, and during a recovery, addresses are only taken away from nodes that are not there. It
// reports whether all scripts that it would run succeed.
func (c *Cluster) takeover() bool {
	c.drop()
	if _, led := c.leader.Get(); !led || c.recovering {
		return true
	}
	c.withdraw()
	candidates, all := c.idle(), c.allAddresses()
	done := c.placeAll(all)
	if leader, _ := c.leader.Get(); c.nodes[leader].value("NoIPFailback") == 0 {
		c.balance(candidates, all)
	}
	now := time.Now()
	for _, pnn := range c.active() {
		c.nodes[pnn].ran(now, "ipreallocated")
	}
	return done
}

// drop takes addresses from nodes that are not there, do not take part or do not know them any more.
func (c *Cluster) drop() {
	for addr, place := range c.places {
		n := c.nodes[place.pnn]
		if _, ok := n.knows(addr); !ok || !n.isActive() || c.moving[addr] {
			c.unplace(addr)
		}
	}
}

// withdraw takes addresses from nodes that can't keep them, and moves those whose interface has lost its link.
func (c *Cluster) withdraw() {
	for _, addr := range slices.SortedFunc(maps.Keys(c.places), netip.Addr.Compare) {
		place := c.places[addr]
		n := c.nodes[place.pnn]
		p, _ := n.knows(addr)
		switch iface, ok := c.bestInterface(place.pnn, p); {
		case !ok || !c.isServing(n):
			c.unplace(addr)
		case !n.links[place.iface]:
			place.iface = iface
			c.places[addr] = place
			n.ran(time.Now(), "updateip")
		}
	}
}

// isServing tells whether a node may host public addresses.
func (c *Cluster) isServing(n *node) bool { return n.isActive() && n.state == "" && n.own() == 0 }

// canHost tells whether a node may be given an address.
func (c *Cluster) canHost(pnn nodes.PNN, addr netip.Addr) bool {
	n := c.nodes[pnn]
	p, ok := n.knows(addr)
	_, linked := c.bestInterface(pnn, p)
	return ok && linked && c.isServing(n) && !c.moving[addr] && n.value("NoIPTakeover") == 0
}

// idle gives the nodes that may host addresses and host none.
func (c *Cluster) idle() []nodes.PNN {
	load := c.load()
	var idle []nodes.PNN
	for i, n := range c.nodes {
		if c.isServing(n) && len(n.public) > 0 && load[nodes.PNN(i)] == 0 {
			idle = append(idle, nodes.PNN(i))
		}
	}
	return idle
}

// load counts the addresses that nodes host.
func (c *Cluster) load() map[nodes.PNN]int {
	load := map[nodes.PNN]int{}
	for place := range maps.Values(c.places) {
		load[place.pnn]++
	}
	return load
}

// placeAll gives each address without a node to the node with the fewest.
func (c *Cluster) placeAll(all []netip.Addr) (done bool) {
	done = true
	for _, addr := range all {
		if _, ok := c.places[addr]; ok {
			continue
		}
		load, best, found := c.load(), nodes.NoPNN, false
		for i := range c.nodes {
			pnn := nodes.PNN(i)
			if (!found || load[pnn] < load[best]) && c.canHost(pnn, addr) {
				best, found = pnn, true
			}
		}
		if found && !c.place(addr, best) {
			done = false
		}
	}
	return done
}

// balance gives nodes that had no addresses some of those that have the most.
func (c *Cluster) balance(candidates []nodes.PNN, all []netip.Addr) {
	for _, to := range candidates {
		for c.relieve(to, all) {
		}
	}
}

// relieve moves an address to a node from the one that has the most, if that has at least two more.
func (c *Cluster) relieve(to nodes.PNN, all []netip.Addr) bool {
	load := c.load()
	from, most := nodes.NoPNN, load[to]+1
	var what netip.Addr
	for _, addr := range all {
		place, ok := c.places[addr]
		if !ok {
			continue
		}
		count := load[place.pnn]
		more := count > most || count == most && from != nodes.NoPNN && place.pnn <= from
		if more && c.canHost(to, addr) {
			from, most, what = place.pnn, count, addr
		}
	}
	return from != nodes.NoPNN && c.place(what, to)
}

// allAddresses gives the public addresses of all nodes that take part, in order.
func (c *Cluster) allAddresses() []netip.Addr {
	seen := map[netip.Addr]bool{}
	for _, pnn := range c.active() {
		for _, p := range c.nodes[pnn].public {
			seen[p.address] = true
		}
	}
	return slices.SortedFunc(maps.Keys(seen), netip.Addr.Compare)
}

// place puts an address on a node, unless a script of the event takeip fails there.
func (c *Cluster) place(addr netip.Addr, pnn nodes.PNN) bool {
	n := c.nodes[pnn]
	p, _ := n.knows(addr)
	iface, ok := c.bestInterface(pnn, p)
	if !ok {
		return false
	}
	if n.ran(time.Now(), "takeip"); n.events["takeip"].result != 0 {
		return false
	}
	c.unplace(addr)
	c.places[addr] = place{pnn, iface}
	return true
}

// unplace takes an address away from where it is.
func (c *Cluster) unplace(addr netip.Addr) {
	if old, ok := c.places[addr]; ok {
		delete(c.places, addr)
		if n := c.nodes[old.pnn]; n.running {
			n.ran(time.Now(), "releaseip")
		}
	}
}
