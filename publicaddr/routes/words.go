package routes

import (
	"net/netip"
	"strings"
)

// parseDestination reads what the ip command takes for a destination: "default", a network, or an address, which is a
// network of itself. A network must not have bits of a host.
func parseDestination(text string, ipv4 bool) (netip.Prefix, bool) {
	if text == "default" {
		if ipv4 {
			return netip.PrefixFrom(netip.IPv4Unspecified(), 0), true
		}
		return netip.PrefixFrom(netip.IPv6Unspecified(), 0), true
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		addr, err := netip.ParseAddr(text)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, false
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	return prefix, prefix == prefix.Masked() && prefix.Addr().Is4() == ipv4
}

func isDestination(text string, ipv4 bool) bool {
	_, ok := parseDestination(text, ipv4)
	return ok
}

// sameDestination tells whether two texts are the same destination.
func sameDestination(a, b string) bool {
	for _, ipv4 := range []bool{true, false} {
		first, ok := parseDestination(a, ipv4)
		second, okToo := parseDestination(b, ipv4)
		if ok && okToo {
			return first == second
		}
	}
	return a == b
}

func isGateway(text string, ipv4 bool) bool {
	addr, err := netip.ParseAddr(text)
	return err == nil && addr.Zone() == "" && addr.Is4() == ipv4
}

// isInterface tells whether Linux can have an interface of that name, and the file name it.
func isInterface(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= 15 && name[0] != '#' &&
		!strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '/' || r == ':' || r == '\\' })
}
