package ctdb

import (
	"context"
	"net/netip"

	"github.com/go-ctdb/go-ctdb/status"
)

// PublicIPs gives the public addresses that the node is configured for, with their interfaces and the node that hosts
// each. An address that is on no node, as while it moves, is unassigned, which is no error. Similar to: ctdb ip -v.
func (c *Client) PublicIPs(ctx context.Context) (*status.PublicIPs, error) {
	return publicIPs("-v", "ip").askSocket(ctx, c, asker.publicIPs)
}

// AllPublicIPs gives the public addresses that any active node is configured for. What is said of interfaces is what the
// asked node knows of its own. Similar to: ctdb ip -v all.
func (c *Client) AllPublicIPs(ctx context.Context) (*status.PublicIPs, error) {
	return publicIPs("-v", "ip", "all").askSocket(ctx, c, asker.allPublicIPs)
}

func publicIPs(words ...string) query[*status.PublicIPs] {
	return query[*status.PublicIPs]{machineWays(words...), status.ParsePublicIPs, func(ips *status.PublicIPs) status.Lines { return ips.Unparsed }}
}

// PublicIPInfo gives what the node knows of one of its public addresses. An address that it is not configured for is an
// error. Similar to: ctdb ipinfo.
func (c *Client) PublicIPInfo(ctx context.Context, addr netip.Addr) (*status.PublicIPInfo, error) {
	addr, err := checkAddress("ipinfo", addr)
	if err != nil {
		return nil, err
	}
	return query[*status.PublicIPInfo]{
		ways("ipinfo", addr.String()), status.ParsePublicIPInfo,
		func(info *status.PublicIPInfo) status.Lines { return info.Unparsed },
	}.askSocket(ctx, c, publicIPInfo(addr))
}

// Interfaces gives the interfaces that the node has public addresses on. Similar to: ctdb ifaces.
func (c *Client) Interfaces(ctx context.Context) (*status.Interfaces, error) {
	return query[*status.Interfaces]{
		machineWays("ifaces"), status.ParseInterfaces,
		func(all *status.Interfaces) status.Lines { return all.Unparsed },
	}.askSocket(ctx, c, asker.interfaces)
}

// Tickles gives the TCP connections to a public address that the node remembers, so that clients can be told when the
// address moves. Similar to: ctdb gettickles.
func (c *Client) Tickles(ctx context.Context, addr netip.Addr) (*status.Tickles, error) {
	addr, err := checkAddress("gettickles", addr)
	if err != nil {
		return nil, err
	}
	return query[*status.Tickles]{
		machineWays("gettickles", addr.String()), status.ParseTickles,
		func(all *status.Tickles) status.Lines { return all.Unparsed },
	}.askSocket(ctx, c, tickles(addr))
}
