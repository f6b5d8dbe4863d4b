package ctdbtest

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// runIP prints the public addresses of a node, or of all active ones.
func (c *Cluster) runIP(q *query) ctdb.Result {
	all := len(q.words) > 1
	var addresses []netip.Addr
	switch {
	case all && q.words[1] != "all":
		return usage()
	case all && c.allBanned():
		return refused(wordsAllBanned)
	case all:
		for _, pnn := range c.active() {
			if c.unanswered(q, pnn) {
				return refused(noAnswer("GET_PUBLIC_IPS", pnn))
			}
		}
		addresses = c.allAddresses()
	default:
		if result, ok := c.lost(q, "GET_PUBLIC_IPS"); ok {
			return result
		}
		addresses = c.nodes[q.target].addresses()
	}
	var b strings.Builder
	b.WriteString(q.ipTitle(all))
	for _, addr := range addresses {
		b.WriteString(c.ipRow(q, addr, all))
	}
	return printed(b.String())
}

func (q *query) ipTitle(all bool) string {
	switch {
	case q.machine && q.verbose:
		return row(q.sep, "Public IP", "Node", "ActiveInterfaces", "AvailableInterfaces", "ConfiguredInterfaces")
	case q.machine:
		return row(q.sep, "Public IP", "Node")
	case all:
		return "Public IPs on ALL nodes\n"
	}
	return fmt.Sprintf("Public IPs on node %d\n", q.target)
}

// ipRow prints an address. Its interfaces are those of the node that hosts it if all nodes are asked, and of the node
// that is asked else.
func (c *Cluster) ipRow(q *query, addr netip.Addr, all bool) string {
	host, number, active := nodes.NoPNN, "-1", ""
	if place, ok := c.places[addr]; ok {
		host, number = place.pnn, place.pnn.String()
	}
	if !q.verbose {
		if q.machine {
			return row(q.sep, addr.String(), number)
		}
		return fmt.Sprintf("%v %s\n", addr, number)
	}
	teller := q.target
	if all {
		teller = host
	}
	if teller == host {
		active = c.places[addr].iface
	}
	available, configured := c.interfacesOf(teller, addr)
	if q.machine {
		return row(q.sep, addr.String(), number, active, available, configured)
	}
	return fmt.Sprintf("%v node[%s] active[%s] available[%s] configured[%s]\n", addr, number, active, available, configured)
}

// interfacesOf gives the interfaces of a node that have a link and may have an address, and all that may have it.
func (c *Cluster) interfacesOf(pnn nodes.PNN, addr netip.Addr) (available, configured string) {
	n, ok := c.node(pnn)
	if !ok {
		return "", ""
	}
	p, _ := n.knows(addr)
	var up []string
	for _, name := range p.interfaces {
		if n.links[name] {
			up = append(up, name)
		}
	}
	return strings.Join(up, ","), strings.Join(p.interfaces, ",")
}

func (c *Cluster) runIPInfo(q *query) ctdb.Result {
	addr, err := netip.ParseAddr(q.words[1])
	if err != nil || addr.Zone() != "" {
		return refused("Invalid IP address " + q.words[1])
	}
	if result, ok := c.lost(q, "GET_PUBLIC_IP_INFO"); ok {
		return result
	}
	addr = addr.Unmap()
	n := c.nodes[q.target]
	p, ok := n.knows(addr)
	if !ok {
		result := refused("Control GET_PUBLIC_IP_INFO failed, ret=-1")
		result.Stdout = fmt.Appendf(nil, "Node %d does not know about IP %s\n", q.target, q.words[1])
		return result
	}
	place, hosted := c.places[addr]
	if !hosted {
		place.pnn = nodes.NoPNN
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Public IP[%v] info on node %d\nIP:%v\nCurrentNode:%d\nNumInterfaces:%d\n",
		addr, q.target, addr, uint32(place.pnn), len(p.interfaces))
	for i, name := range p.interfaces {
		active := ""
		if place.pnn == q.target && place.iface == name {
			active = " (active)"
		}
		fmt.Fprintf(&b, "Interface[%d]: Name:%s Link:%s References:%d%s\n", i+1, name, upDown(n.links[name]),
			c.references(q.target, name), active)
	}
	return printed(b.String())
}

func (c *Cluster) runIfaces(q *query) ctdb.Result {
	n := c.nodes[q.target]
	if len(n.interfaces) == 0 {
		return printed(fmt.Sprintf("No interfaces configured on node %d\n", q.target))
	}
	var b strings.Builder
	if q.machine {
		b.WriteString(row(q.sep, "Name", "LinkStatus", "References"))
	} else {
		fmt.Fprintf(&b, "Interfaces on node %d\n", q.target)
	}
	for _, name := range n.interfaces {
		count := c.references(q.target, name)
		if q.machine {
			b.WriteString(row(q.sep, name, bit(n.links[name]), fmt.Sprint(count)))
		} else {
			fmt.Fprintf(&b, "name:%s link:%s references:%d\n", name, upDown(n.links[name]), count)
		}
	}
	return printed(b.String())
}

func upDown(up bool) string {
	if up {
		return "up"
	}
	return "down"
}

// addresses gives a node's public addresses in order.
func (n *node) addresses() []netip.Addr {
	all := make([]netip.Addr, len(n.public))
	for i, p := range n.public {
		all[i] = p.address
	}
	return sorted(all)
}
