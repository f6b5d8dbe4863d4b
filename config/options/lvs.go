package options

import (
	"net/netip"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// LVS has the options of 91.lvs. Each has the state of its variable.
//
// See the section LVS of ctdb(7).
type LVS struct {
	Nodes           Setting // CTDB_LVS_NODES: the path of the lvs_nodes file; if it is not set, there is no LVS
	PublicIP        Setting // CTDB_LVS_PUBLIC_IP: an IPv4 address without a mask
	PublicInterface Setting // CTDB_LVS_PUBLIC_IFACE

	files string
}

// LVS gives the options of 91.lvs.
func (m *Merged) LVS() LVS {
	return LVS{
		Nodes: m.Lookup("CTDB_LVS_NODES"), PublicIP: m.Lookup("CTDB_LVS_PUBLIC_IP"),
		PublicInterface: m.Lookup("CTDB_LVS_PUBLIC_IFACE"), files: m.name(),
	}
}

// Validate reports what 91.lvs refuses and what can't work. Values that only a shell can tell are not looked at. There
// are no findings if nothing is set. The manual says that a node which is follower-only needs no public address; the
// script wants it all the same.
//
// Similar to: the setup event of 91.lvs, which looks only whether the variables are set and the file is there.
func (g LVS) Validate(h Host) []finding.Finding {
	c := checker{Host: h, files: g.files}
	if !c.on(g.Nodes, g.PublicIP, g.PublicInterface) {
		return c.done()
	}
	follower := c.nodes(g.Nodes)
	if value, ok := c.value(g.PublicIP, true); ok {
		if addr, err := netip.ParseAddr(value); err != nil || !isUsable(addr) {
			c.add(FindingAddress, finding.Error, g.PublicIP, "want an IPv4 address without a mask, got %q", finding.Clip(value))
		} else {
			c.notPublic(g.PublicIP, addr)
		}
	}
	c.iface(g.PublicInterface, !follower)
	return c.done()
}
