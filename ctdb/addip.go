package ctdb

import (
	"context"
	"net/netip"
	"strings"
)

// AddIP lets the node host another public address, on one of the interfaces, until its restart: the public_addresses
// file stays as it is, and [Client.ReloadIPs] takes the address away again. Then the addresses are distributed anew
// ([Client.IPReallocate]). The prefix is the address with its network's length, 10.1.1.7/24.
//
// Added is false if the node has the address already, whatever its mask and interfaces; nothing is done then. With
// [ErrTakeover] it was added, and may not be hosted. An interface that the node lacks is an [ErrRefused], after 15
// seconds; with less time than that, as [DefaultTimeout] is, it is an [ErrTimeout]. Similar to: ctdb addip.
func (c *Client) AddIP(ctx context.Context, prefix netip.Prefix, interfaces ...string) (added bool, err error) {
	addr, err := checkAddress("addip", prefix.Addr())
	if err != nil {
		return false, err
	}
	if !prefix.IsValid() || addr != prefix.Addr() { // a mapped IPv4 address counts the mapping's bits
		return false, refuse("addip", "prefix", prefix.String(), "want an address and the length of its network")
	}
	if len(interfaces) == 0 {
		return false, refuse("addip", "interface", "", "there is none")
	}
	for _, name := range interfaces {
		if err := checkInterface("addip", name); err != nil {
			return false, err
		}
	}
	return c.withTakeover(ctx, "Node already knows about IP ", "addip", prefix.String(), strings.Join(interfaces, ","))
}

// DelIP keeps the node from hosting a public address, until its restart: the public_addresses file stays as it is, and
// [Client.ReloadIPs] brings the address back. If the node hosts it, it goes to another node, or from the cluster if no
// other has it, and DelIP waits for that. Deleted is false if the node does not know the address. [ErrTakeover] is as
// in [Client.AddIP]. Similar to: ctdb delip, ctdb ipreallocate.
func (c *Client) DelIP(ctx context.Context, addr netip.Addr) (deleted bool, err error) {
	addr, err = checkAddress("delip", addr)
	if err != nil {
		return false, err
	}
	return c.withTakeover(ctx, "Node does not know about IP address ", "delip", addr.String())
}

// withTakeover runs a command, which says so if there is nothing to do, and then the takeover run that completes it.
func (c *Client) withTakeover(ctx context.Context, nothing string, words ...string) (changed bool, err error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	_, result, err := c.changeAddresses(ctx, words...)
	if err != nil {
		return false, err
	}
	for line := range firstLines(result.Stderr) {
		if strings.HasPrefix(line, nothing) {
			return false, nil
		}
	}
	return true, c.IPReallocate(ctx)
}
