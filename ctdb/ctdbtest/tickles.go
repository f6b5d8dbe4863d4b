package ctdbtest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// runTickle sends a packet that nobody looks at.
func (c *Cluster) runTickle(q *query) ctdb.Result {
	all, result, ok := c.connectionsIn(q)
	if !ok {
		return result
	}
	for _, one := range all {
		if one.Source.Addr().Is4() != one.Destination.Addr().Is4() {
			return refused("Failed sendto (Address family not supported by protocol)\nFailed to send tickle ack")
		}
	}
	return ctdb.Result{}
}

// runAddTickle has the nodes remember connections. They learn of each other's at once.
func (c *Cluster) runAddTickle(q *query) ctdb.Result {
	all, result, ok := c.connectionsIn(q)
	if !ok {
		return result
	}
	if result, ok := c.lost(q, "TCP_ADD_DELAYED_UPDATE", "Failed to register connection"); ok {
		return result
	}
	if len(c.nodes[q.target].public) == 0 { // a node without public addresses drops all of them
		return ctdb.Result{}
	}
	for _, one := range all {
		if _, ok := c.nodes[q.target].knows(one.Destination.Addr()); !ok {
			return refused("Control TCP_ADD_DELAYED_UPDATE failed, ret=-1\nFailed to register connection")
		}
		if !slices.Contains(c.connections, one) {
			c.connections = append(c.connections, one)
		}
	}
	return ctdb.Result{}
}

func (c *Cluster) runDelTickle(q *query) ctdb.Result {
	all, result, ok := c.connectionsIn(q)
	if !ok {
		return result
	}
	if result, ok := c.lost(q, "TCP_REMOVE", "Failed to unregister connection"); ok {
		return result
	}
	c.connections = slices.DeleteFunc(c.connections, func(one status.Connection) bool { return slices.Contains(all, one) })
	return ctdb.Result{}
}

// connectionsIn reads the connections that a command is given: one in two words, or else one a line on standard input.
func (c *Cluster) connectionsIn(q *query) (all []status.Connection, result ctdb.Result, ok bool) {
	switch words := q.words[1:]; len(words) {
	case 0:
		return c.connectionLines(string(q.stdin))
	case 2:
		one, bad := c.connection(words)
		if bad != "" {
			return nil, refused("Invalid IP address " + bad), false
		}
		return []status.Connection{one}, ctdb.Result{}, true
	}
	return nil, usage(), false
}

// connectionLines reads the lines of standard input. What is wrong with one the tool does not say.
func (c *Cluster) connectionLines(text string) (all []status.Connection, result ctdb.Result, ok bool) {
	const einval, longest = 22, 127
	if !c.release.AtLeast(4, 18, 0) { // 4.17 ends lines at a NUL too, and leaves out a last line without an end
		text = strings.ReplaceAll(text, "\x00", "\n")
		text = text[:strings.LastIndexByte(text, '\n')+1]
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		long := len(line) > longest
		line, _, _ = strings.Cut(line, "\x00")
		if line == "" || line[0] == '#' {
			continue
		}
		words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
		if long || len(words) < 2 {
			return nil, ctdb.Result{ExitCode: einval}, false
		}
		one, bad := c.connection(words)
		if bad != "" || one.Source.Addr().Is4() != one.Destination.Addr().Is4() {
			return nil, ctdb.Result{ExitCode: einval}, false
		}
		all = append(all, one)
	}
	return all, ctdb.Result{}, true
}

// connection reads the two ends of a connection. An end that is none comes back.
func (c *Cluster) connection(words []string) (one status.Connection, bad string) {
	var ok bool
	if one.Source, ok = c.socket(words[0]); !ok {
		return one, words[0]
	}
	if one.Destination, ok = c.socket(words[1]); !ok {
		return one, words[1]
	}
	return one, ""
}

// socket reads an address with a port behind the last colon.
func (c *Cluster) socket(word string) (netip.AddrPort, bool) {
	const longest = 63
	at := strings.LastIndexByte(word, ':')
	if at < 0 || len(word) > longest {
		return netip.AddrPort{}, false
	}
	host, bracketed := word[:at], false
	if c.release.ReadsBracketedIPv6() && strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host, bracketed = host[1:len(host)-1], true
	}
	addr, err := netip.ParseAddr(host)
	port := readNumber(word[at+1:], 10)
	if err != nil || addr.Zone() != "" || bracketed && addr.Is4() || port.none || port.over || port.rest != "" {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port.value)), true //nolint:gosec // the tool drops the rest too
}

func (c *Cluster) runGetTickles(q *query) ctdb.Result {
	port := number{none: true}
	if len(q.words) > 2 {
		const einval = 22
		if port = readNumber(q.words[2], 10); port.none {
			return ctdb.Result{ExitCode: einval}
		}
	}
	addr, err := netip.ParseAddr(q.words[1])
	if err != nil || addr.Zone() != "" {
		return refused("Invalid IP address " + q.words[1])
	}
	const failed = "Failed to get list of connections"
	if result, ok := c.lost(q, "GET_TCP_TICKLE_LIST", failed); ok {
		return result
	}
	if _, ok := c.nodes[q.target].knows(addr.Unmap()); !ok {
		return refused("Control GET_TCP_TICKLE_LIST failed, ret=1\n" + failed)
	}
	var found []status.Connection
	for _, one := range c.connections {
		anyPort := port.none || port.value == 0 || port.value == uint64(one.Destination.Port())
		if one.Destination.Addr() == addr.Unmap() && anyPort {
			found = append(found, one)
		}
	}
	if q.machine {
		return printed(c.ticklesTable(q.sep, found))
	}
	return printed(c.ticklesText(addr.Unmap(), found))
}

func (c *Cluster) ticklesTable(sep string, all []status.Connection) string {
	destination := "Destination IP"
	if !c.release.AtLeast(4, 18, 0) {
		destination = "Destiation IP" // as 4.13 and 4.17 have it
	}
	var table strings.Builder
	table.WriteString(row(sep, "Source IP", "Port", destination, "Port"))
	for _, one := range all {
		table.WriteString(row(sep, one.Source.Addr().String(), fmt.Sprint(one.Source.Port()),
			one.Destination.Addr().String(), fmt.Sprint(one.Destination.Port())))
	}
	return table.String()
}

func (c *Cluster) ticklesText(addr netip.Addr, all []status.Connection) string {
	var text strings.Builder
	fmt.Fprintf(&text, "Connections for IP: %v\nNum connections: %d\n", addr, len(all))
	for _, one := range all {
		line := one.String()
		if !c.release.ReadsBracketedIPv6() {
			line = strings.NewReplacer("[", "", "]", "").Replace(line)
		}
		text.WriteString(line + "\n")
	}
	return text.String()
}
