package ctdb

import (
	"context"
	"net/netip"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// SetIfaceLink tells the node whether an interface has a link, as the event script 10.interface does. Without a link it
// hosts no public addresses on that interface, and if it has no other, addresses go to other nodes at the next takeover
// run. It takes effect at once, and lasts until the script says otherwise, some seconds later. It is done too if it is
// so already. An interface that carries no public addresses is an [ErrRefused]. Similar to: ctdb setifacelink.
func (c *Client) SetIfaceLink(ctx context.Context, iface string, up bool) error {
	if err := checkInterface("setifacelink", iface); err != nil {
		return err
	}
	state := "down"
	if up {
		state = "up"
	}
	_, err := c.change(ctx, "setifacelink", iface, state)
	return err
}

// GratARP has the node tell its network that an address is its own, by gratuitous ARP, or by neighbor advertisement for
// IPv6, from an interface. CTDB does so itself for addresses that move. Success means that ctdbd has taken it up: it
// reports no failure, not even for an interface that is not there. Similar to: ctdb gratarp.
func (c *Client) GratARP(ctx context.Context, addr netip.Addr, iface string) error {
	addr, err := checkAddress("gratarp", addr)
	if err != nil {
		return err
	}
	if err := checkInterface("gratarp", iface); err != nil {
		return err
	}
	request, err := wire.SendGratuitousARP(addr, iface)
	return c.changeBy(ctx, request, err, "gratarp", addr.String(), iface)
}
