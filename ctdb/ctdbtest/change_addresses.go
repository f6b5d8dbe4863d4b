package ctdbtest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
	"github.com/go-ctdb/go-ctdb/status"
)

func sorted(all []netip.Addr) []netip.Addr {
	slices.SortFunc(all, netip.Addr.Compare)
	return all
}

// The tool tries some things several times, with pauses between, in seconds. No time passes here; only whether the tool
// has enough of it counts.
const (
	attempts = 5
	pause    = 3
)

// tryAgain gives the answer of a tool that tries in vain: the words of each attempt, and its last ones unless its time is
// up before.
func (q *query) tryAgain(attempt, last string, code int) ctdb.Result {
	var b strings.Builder
	for i := range attempts {
		if i*pause < q.maxRun {
			b.WriteString(attempt + "\n")
		}
	}
	if attempts*pause >= q.maxRun {
		return refused(b.String() + wordsOver)
	}
	result := refused(b.String() + last)
	result.ExitCode = code
	return result
}

func (c *Cluster) runMoveIP(q *query) ctdb.Result {
	addr, err := netip.ParseAddr(q.words[1])
	if err != nil || addr.Zone() != "" {
		return refused("Invalid IP address " + q.words[1])
	}
	n := readNumber(q.words[2], 10)
	to := nodes.PNN(uint32(n.value)) //nolint:gosec // the tool drops the rest too
	if n.none || to == nodes.NoPNN {
		return refused("Invalid PNN " + q.words[2])
	}
	if bad, code := c.cannotMove(q, addr.Unmap(), to); bad != "" {
		if strings.HasPrefix(bad, "Control TAKEOVER_IP ") { // all others have given it up by then
			c.unplace(addr.Unmap())
		}
		return q.tryAgain(bad, fmt.Sprintf("Failed to move IP %s to node %d", q.words[1], uint32(to)), code)
	}
	c.place(addr.Unmap(), to)
	return ctdb.Result{}
}

// cannotMove tells why an address can't be moved to a node, in the tool's words, and the exit code for that.
func (c *Cluster) cannotMove(q *query, addr netip.Addr, to nodes.PNN) (bad string, code int) {
	n, ok := c.node(to)
	if !ok || c.seen(q.local, to).Has(status.FlagDisconnected) {
		return fmt.Sprintf("Control GET_PUBLIC_IPS failed, ret=-1\nFailed to get Public IPs from node %d", uint32(to)), 1
	}
	if c.unanswered(q, to) {
		return fmt.Sprintf("%s\nFailed to get Public IPs from node %d", noAnswer("GET_PUBLIC_IPS", to), to), etimedout
	}
	p, ok := n.knows(addr)
	switch {
	case !ok:
		return fmt.Sprintf("Node %d CANNOT host IP address %v", to, addr), 1
	case c.allBanned():
		return wordsAllBanned, 1
	}
	for _, pnn := range c.active() {
		if c.unanswered(q, pnn) {
			return "Failed to release IP on nodes", 1
		}
	}
	const enoexec = 8
	switch _, linked := c.bestInterface(to, p); {
	case c.isRecovering(n) || !linked || c.moving[addr]:
		return fmt.Sprintf("Control TAKEOVER_IP failed, ret=-1\nFailed to takeover IP on node %d", to), 1
	case n.runs("takeip").result != 0:
		return fmt.Sprintf("Control TAKEOVER_IP failed, ret=8\nFailed to takeover IP on node %d", to), enoexec
	}
	return "", 0
}

func (c *Cluster) runAddIP(q *query) ctdb.Result {
	p, ok := c.addressWithMask(q.words[1])
	if !ok {
		return refused("Invalid IP/Mask " + q.words[1])
	}
	if result, ok := c.lost(q, "GET_PUBLIC_IPS", "Failed to get Public IPs from node "+q.target.String()); ok {
		result.ExitCode = 1
		return result
	}
	n := c.nodes[q.target]
	if _, ok := n.knows(p.address); ok {
		return said(fmt.Sprintf("Node already knows about IP %v", p.address))
	}
	for name := range strings.SplitSeq(q.words[2], ",") {
		if name != "" {
			p.interfaces = append(p.interfaces, name)
		}
	}
	for _, name := range p.interfaces {
		if _, ok := n.links[name]; !ok {
			const last = "Failed to add public IP to node %d. Giving up"
			return q.tryAgain("Control ADD_PUBLIC_IP failed, ret=-1", fmt.Sprintf(last, q.target), 1)
		}
	}
	c.react(func() {
		n.public = append(n.public, p)
		n.findInterfaces()
	})
	return ctdb.Result{}
}

// addressWithMask reads an address and its mask as the file of public addresses has them.
func (c *Cluster) addressWithMask(word string) (publicAddress, bool) {
	f, err := publicaddr.Parse("", []byte(word+" x"))
	if err != nil || f.CheckFor(c.release) != nil || f.Len() != 1 || strings.ContainsAny(word, blanks) {
		return publicAddress{}, false
	}
	for e := range f.All() {
		return publicAddress{address: e.Address}, true
	}
	return publicAddress{}, false
}

func (c *Cluster) runDelIP(q *query) ctdb.Result {
	addr, err := netip.ParseAddr(q.words[1])
	if err != nil || addr.Zone() != "" {
		return refused("Invalid IP address " + q.words[1])
	}
	if result, ok := c.lost(q, "GET_PUBLIC_IPS", "Failed to get Public IPs from node "+q.target.String()); ok {
		result.ExitCode = 1
		return result
	}
	n := c.nodes[q.target]
	if _, ok := n.knows(addr.Unmap()); !ok {
		return said(fmt.Sprintf("Node does not know about IP address %v", addr.Unmap()))
	}
	c.react(func() {
		n.public = slices.DeleteFunc(slices.Clone(n.public), func(p publicAddress) bool { return p.address == addr.Unmap() })
		n.findInterfaces()
	})
	return ctdb.Result{}
}

func (c *Cluster) runReloadIPs(q *query) ctdb.Result {
	asked, bad := c.asked(q)
	if bad != "" {
		return refused(bad)
	}
	asked = slices.DeleteFunc(asked, func(pnn nodes.PNN) bool { return c.seen(q.local, pnn).Inactive() })
	if len(asked) == 0 {
		return refused("Memory allocation error")
	}
	words := ""
	for _, pnn := range asked {
		if c.unanswered(q, pnn) || c.nodes[pnn].failsReload {
			words = "Failed to reload IPs on some nodes.\n"
		}
	}
	if q.await != nil {
		return ctdb.Result{}
	}
	c.react(func() {
		for _, pnn := range asked {
			if n := c.nodes[pnn]; !q.late[pnn] && !n.failsReload {
				n.loadPublicAddresses(c.release)
			}
		}
	})
	result := c.runTakeover(q)
	if q.await != nil {
		q.await.said, q.await.result.Stderr = words, []byte(words)
	}
	result.Stderr = append([]byte(words), result.Stderr...)
	return result
}

func (c *Cluster) runSetIfaceLink(q *query) ctdb.Result {
	const longest = 16 // a byte more than Linux has
	name, n := q.words[1], c.nodes[q.target]
	if len(name) > longest {
		return refused("Interface name '" + name + "' too long")
	}
	if result, ok := c.lost(q, "GET_IFACES", "Failed to get interface information from node "+q.target.String()); ok {
		return result
	}
	switch {
	case !slices.Contains(n.interfaces, name):
		return failure(fmt.Sprintf("Interface %s not configured on node %d", name, q.target))
	case q.words[2] != "up" && q.words[2] != "down":
		return usage()
	}
	c.react(func() { n.links[name] = q.words[2] == "up" })
	return ctdb.Result{}
}

func (c *Cluster) runGratARP(q *query) ctdb.Result {
	if addr, err := netip.ParseAddr(q.words[1]); err != nil || addr.Zone() != "" {
		return refused("Invalid IP address " + q.words[1])
	}
	if result, ok := c.lost(q, "SEND_GRATUITOUS_ARP", "Unable to send gratuitous arp from node "+q.target.String()); ok {
		return result
	}
	return ctdb.Result{}
}
