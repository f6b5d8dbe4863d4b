package options

import (
	"net/netip"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// NATGateway has the options of 11.natgw. Each has the state of its variable.
//
// See the section NAT GATEWAY of ctdb(7).
type NATGateway struct {
	Nodes           Setting // CTDB_NATGW_NODES: the path of the natgw_nodes file; if not set, there is no NAT gateway
	PublicIP        Setting // CTDB_NATGW_PUBLIC_IP: ADDRESS/BITS
	PublicInterface Setting // CTDB_NATGW_PUBLIC_IFACE
	PrivateNetwork  Setting // CTDB_NATGW_PRIVATE_NETWORK: ADDRESS/BITS
	DefaultGateway  Setting // CTDB_NATGW_DEFAULT_GATEWAY: ADDRESS, may be missing
	StaticRoutes    Setting // CTDB_NATGW_STATIC_ROUTES: a list of ADDRESS/BITS[@GATEWAY], may be missing

	files string
}

// NATGateway gives the options of 11.natgw.
func (m *Merged) NATGateway() NATGateway {
	return NATGateway{
		Nodes: m.Lookup("CTDB_NATGW_NODES"), PublicIP: m.Lookup("CTDB_NATGW_PUBLIC_IP"),
		PublicInterface: m.Lookup("CTDB_NATGW_PUBLIC_IFACE"), PrivateNetwork: m.Lookup("CTDB_NATGW_PRIVATE_NETWORK"),
		DefaultGateway: m.Lookup("CTDB_NATGW_DEFAULT_GATEWAY"), StaticRoutes: m.Lookup("CTDB_NATGW_STATIC_ROUTES"),
		files: m.name(),
	}
}

// Validate reports what 11.natgw refuses and what can't work. Values that only a shell can tell are not looked at.
// There are no findings if nothing is set.
//
// Similar to: the setup event of 11.natgw, which looks only whether the variables are set and the file is there.
func (g NATGateway) Validate(h Host) []finding.Finding {
	c := checker{Host: h, files: g.files}
	if !c.on(g.Nodes, g.PublicIP, g.PublicInterface, g.PrivateNetwork, g.DefaultGateway, g.StaticRoutes) {
		return c.done()
	}
	follower := c.nodes(g.Nodes)
	public := c.publicIP(g.PublicIP, !follower)
	c.iface(g.PublicInterface, !follower)
	if value, ok := c.value(g.PrivateNetwork, true); ok {
		if prefix, err := netip.ParsePrefix(value); err != nil || !prefix.Addr().Is4() {
			c.add(FindingAddress, finding.Error, g.PrivateNetwork, "want an IPv4 network such as 192.168.1.0/24, got %q",
				finding.Clip(value))
		}
	}
	if value, ok := c.value(g.DefaultGateway, false); ok {
		gateway, err := netip.ParseAddr(value)
		switch {
		case err != nil || !isUsable(gateway):
			c.add(FindingAddress, finding.Error, g.DefaultGateway, "want the IPv4 address of a gateway, got %q",
				finding.Clip(value))
		case public.IsValid() && !public.Contains(gateway):
			c.add(FindingRoute, finding.Warning, g.DefaultGateway,
				"the gateway %v is not in the network %v of the public address", gateway, public.Masked())
		}
	}
	c.routes(g.StaticRoutes)
	return c.done()
}

// publicIP looks at the address of the gateway.
func (c *checker) publicIP(s Setting, needed bool) netip.Prefix {
	value, ok := c.value(s, needed)
	if !ok {
		return netip.Prefix{}
	}
	prefix, err := netip.ParsePrefix(value)
	if err != nil || !isUsable(prefix.Addr()) || prefix.Bits() == 0 {
		c.add(FindingAddress, finding.Error, s, "want an IPv4 address with its mask such as 10.0.0.227/24, got %q",
			finding.Clip(value))
		return netip.Prefix{}
	}
	c.notPublic(s, prefix.Addr())
	return prefix
}

// notPublic wants an address that no public address is.
func (c *checker) notPublic(s Setting, addr netip.Addr) {
	if c.Public == nil {
		return
	}
	if _, ok := c.Public.Lookup(addr); ok {
		c.add(FindingPublic, finding.Error, s, "%v is one of the public addresses", addr)
	}
}

// routes looks at a list of networks, with or without gateways.
func (c *checker) routes(s Setting) {
	for item := range strings.FieldsSeq(s.Or("")) {
		network, via, hasGateway := strings.Cut(item, "@")
		prefix, err := netip.ParsePrefix(network)
		if addr, addrErr := netip.ParseAddr(network); addrErr == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil || !prefix.Addr().Is4() || prefix != prefix.Masked() {
			c.add(FindingRoute, finding.Error, s, "want an IPv4 network without bits of a host, got %q", finding.Clip(network))
		}
		gateway, err := netip.ParseAddr(via)
		if hasGateway && (err != nil || !isUsable(gateway)) {
			c.add(FindingRoute, finding.Error, s, "want the IPv4 address of a gateway behind the @, got %q", finding.Clip(via))
		}
	}
}
