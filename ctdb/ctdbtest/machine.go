package ctdbtest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

func (o Options) count() int {
	const most = 1 << 20
	switch {
	case o.Nodes > 0:
		return min(o.Nodes, most)
	case len(o.Addresses) > 0:
		return len(o.Addresses)
	}
	return 3
}

// address gives the private address of a node.
func (o Options) address(i int) netip.Addr {
	if i < len(o.Addresses) {
		return o.Addresses[i]
	}
	const block = 250
	return netip.AddrFrom4([4]byte{10, byte(i / block / block), byte(i / block), byte(i%block + 1)})
}

// nodesFile gives the text of the nodes file.
func (o Options) nodesFile() []byte {
	var b strings.Builder
	for i := range o.count() {
		if slices.Contains(o.Deleted, nodes.PNN(i)) {
			b.WriteByte('#')
		}
		fmt.Fprintln(&b, o.address(i))
	}
	return []byte(b.String())
}

// machine gives the machine of a node before its daemon starts.
func (o Options) machine(r release.Release, pnn nodes.PNN) machine {
	m := machine{
		pid: firstPID + int(pnn), lock: o.Lock, links: map[string]bool{"lo": true, defaultInterface: true},
		scripts: o.scripts(r), outcomes: map[scriptEvent]Outcome{},
	}
	m.files.public = o.publicAddresses(pnn)
	if o.NATGWNodes != "" {
		m.files.natgw = []byte(o.NATGWNodes)
	}
	if o.LVSNodes != "" {
		m.files.lvs = []byte(o.LVSNodes)
	}
	return m
}

// firstPID is before the process numbers of the daemons.
const firstPID = 4000

// defaultInterface has public addresses that no interface is named for.
const defaultInterface = "eth0"

// publicAddresses gives the text of a node's public_addresses file.
func (o Options) publicAddresses(pnn nodes.PNN) []byte {
	var b strings.Builder
	for _, a := range o.PublicAddresses {
		if len(a.Nodes) > 0 && !slices.Contains(a.Nodes, pnn) {
			continue
		}
		interfaces := a.Interfaces
		if len(interfaces) == 0 {
			interfaces = []string{defaultInterface}
		}
		fmt.Fprintf(&b, "%v %s\n", a.Prefix, strings.Join(interfaces, ","))
	}
	return []byte(b.String())
}
