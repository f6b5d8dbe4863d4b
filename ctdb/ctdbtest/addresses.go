package ctdbtest

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// publicAddress is a public address that a daemon has loaded.
type publicAddress struct {
	address    netip.Addr
	interfaces []string
}

// place is where a public address is hosted.
type place struct {
	pnn   nodes.PNN
	iface string
}

// SetPublicAddressesFile writes a node's public_addresses file. The daemon reads it for ctdb reloadips, or when it is
// started. The interfaces that it names are there, and have a link unless [Cluster.SetLink] says otherwise. A text that
// the release refuses is no error here, as it is none to ctdb reloadips: the daemon keeps the addresses that it has.
func (c *Cluster) SetPublicAddressesFile(pnn nodes.PNN, text string) error {
	return c.change(pnn, func(n *node) {
		n.files.public = []byte(text)
		entries, _ := n.publicFile(c.release)
		for _, e := range entries {
			n.addInterfaces(e.interfaces)
		}
	})
}

// SetLink tells whether an interface of a node has a link, as ctdb setifacelink does. Addresses on it go to another
// interface that may have them, or to another node. The node is partially online then, and stays healthy, as with
// CTDB_PARTIALLY_ONLINE_INTERFACES=yes; without that, the event script 10.interface fails: see [Cluster.FailScript]. The
// error is an ErrArgument of package ctdb if the node has no such interface.
func (c *Cluster) SetLink(pnn nodes.PNN, iface string, up bool) error {
	return c.tryChange(pnn, func(n *node) error {
		if _, ok := n.links[iface]; !ok {
			return fmt.Errorf("%w: there is no interface %q", ctdb.ErrArgument, iface)
		}
		n.links[iface] = up
		return nil
	})
}

// SetMoving tells whether a public address is on its way, so that no node hosts it.
func (c *Cluster) SetMoving(addr netip.Addr, moving bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if moving {
		c.moving[addr.Unmap()] = true
	} else {
		delete(c.moving, addr.Unmap())
	}
	c.takeover()
}

// Host gives the node that hosts a public address. There is none if no node does.
func (c *Cluster) Host(addr netip.Addr) (nodes.PNN, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	place, ok := c.places[addr.Unmap()]
	return place.pnn, ok
}

// publicFile reads a machine's public_addresses file, as the release does.
func (m *machine) publicFile(r release.Release) ([]publicAddress, error) {
	f, err := publicaddr.Parse("public_addresses", m.files.public)
	if err == nil {
		err = f.CheckFor(r)
	}
	if err != nil {
		return nil, err
	}
	var all []publicAddress
	for e := range f.All() {
		all = append(all, publicAddress{e.Address, slices.Clone(e.Interfaces)})
	}
	return all, nil
}

// loadPublicAddresses has a daemon take over what the file has: addresses that it has already stay as they are. A file
// that it refuses changes nothing.
func (n *node) loadPublicAddresses(r release.Release) {
	entries, err := n.publicFile(r)
	if err != nil {
		return
	}
	var all []publicAddress
	for _, e := range entries {
		if old, ok := n.knows(e.address); ok {
			e = old
		}
		all = append(all, e)
		n.addInterfaces(e.interfaces)
	}
	n.public = all
	n.findInterfaces()
}

// knows gives a public address of a node.
func (n *node) knows(addr netip.Addr) (publicAddress, bool) {
	i := slices.IndexFunc(n.public, func(p publicAddress) bool { return p.address == addr })
	if i < 0 {
		return publicAddress{}, false
	}
	return n.public[i], true
}

// addInterfaces makes interfaces be there.
func (m *machine) addInterfaces(names []string) {
	for _, name := range names {
		if _, ok := m.links[name]; !ok {
			m.links[name] = true
		}
	}
}

// findInterfaces finds the interfaces that the node's public addresses have. New ones come first.
func (n *node) findInterfaces() {
	used := map[string]bool{}
	var fresh []string
	for _, p := range n.public {
		for _, name := range p.interfaces {
			if !used[name] && !slices.Contains(n.interfaces, name) {
				fresh = append([]string{name}, fresh...)
			}
			used[name] = true
		}
	}
	old := slices.DeleteFunc(slices.Clone(n.interfaces), func(name string) bool { return !used[name] })
	n.interfaces = append(fresh, old...)
}

// references counts the public addresses that a node hosts on an interface.
func (c *Cluster) references(pnn nodes.PNN, iface string) int {
	count := 0
	for place := range maps.Values(c.places) {
		if place.pnn == pnn && place.iface == iface {
			count++
		}
	}
	return count
}

// bestInterface gives the interface that a node puts an address on: one with a link and the fewest addresses.
func (c *Cluster) bestInterface(pnn nodes.PNN, p publicAddress) (iface string, ok bool) {
	fewest := 0
	for _, name := range p.interfaces {
		if !c.nodes[pnn].links[name] {
			continue
		}
		if count := c.references(pnn, name); !ok || count < fewest {
			iface, fewest, ok = name, count, true
		}
	}
	return iface, ok
}
