package ctdb

import (
	"context"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// ReloadIPs has nodes read their public_addresses files again: all that are connected, or those that are given.
// Addresses that are new are added, those that are gone are deleted, and all are distributed anew, which it waits for.
// What [Client.AddIP] and [Client.DelIP] did is undone. A changed mask or interface of an address that stays is NOT
// taken over: it takes one reload without the address and one with it.
//
// Nodes that are deleted, disconnected or not there are found out first: [ErrDeleted], [ErrDisconnected],
// [ErrNoSuchNode]. Where some nodes did not reload, the error is a [*PartialError], which can't name them. A file that
// ctdbd refuses is no error: the node goes on with its old addresses and says so in its log; package publicaddr checks
// files beforehand. [ErrTakeover] is as in [Client.IPReallocate]. The client must not be one for another node. Similar
// to: ctdb reloadips all.
//
// The tool keeps takeover runs off the cluster meanwhile, so that this is the tool's even where there is a socket. With
// [TransportSocket] one node can be given: it reloads, and a takeover run follows, but another one may come in between.
func (c *Client) ReloadIPs(ctx context.Context, pnns ...nodes.PNN) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if c.config.Transport == TransportSocket && len(pnns) == 1 {
		_, _, err := act(ctx, c.On(pnns[0]), asker.reloadIPs)
		return err
	}
	which := "all"
	if len(pnns) > 0 {
		if err := c.checkNodes(ctx, pnns...); err != nil {
			return err
		}
		which = joinPNNs(pnns)
	}
	cmd, result, err := c.changeAddresses(ctx, "reloadips", which)
	if err != nil {
		return err
	}
	for line := range firstLines(result.Stderr) {
		if strings.HasPrefix(line, "Failed to reload IPs on some nodes") {
			return newCommandError(cmd, result, causes{&PartialError{}})
		}
	}
	return nil
}
