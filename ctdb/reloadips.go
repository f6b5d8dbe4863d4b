package ctdb

import (
	"context"
	"errors"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// ErrTakingOver says that a takeover run was on its way, for which the tool does not wait. Nothing was done.
var ErrTakingOver = errors.New("a takeover run is in the way")

// ReloadIPs has nodes read their public_addresses files again: all that are connected, or those that are given.
// Addresses that are new are added, those that are gone are deleted, and all are distributed anew, which it waits for.
// What [Client.AddIP] and [Client.DelIP] did is undone. A changed mask or interface of an address that stays is NOT
// taken over: it takes one reload without the address and one with it.
//
// Nodes that are deleted, disconnected or not there are found out first: [ErrDeleted], [ErrDisconnected],
// [ErrNoSuchNode]. Where some nodes did not reload, the error is a [*PartialError], which can't name them. A file that
// ctdbd refuses is no error: the node goes on with its old addresses and says so in its log; package publicaddr checks
// files beforehand. [ErrTakeover] is as in [Client.IPReallocate]. As long as another takeover run is in the way it tries
// again, with growing pauses, until its time is over; then the error is the last one, an [ErrTakingOver], with the
// context's. The client must not be one for another node. Similar to: ctdb reloadips all.
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
	return insist(ctx, ErrTakingOver, func() error { return c.reloadIPs(ctx, which) })
}

func (c *Client) reloadIPs(ctx context.Context, which string) error {
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
