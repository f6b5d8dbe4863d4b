package ctdb

import (
	"context"
	"net/netip"
	"strconv"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// MoveIP moves a public address to a node, and waits until it is there. It is moved too if it is there already. The
// next takeover run may move it elsewhere: with the algorithms that balance, it does not, unless nodes come or go; with
// IPAllocAlgorithm 0 (deterministic) it does, unless NoIPFailback is set.
//
// A node that is deleted, disconnected or not there is found out first: [ErrDeleted], [ErrDisconnected],
// [ErrNoSuchNode]. The tool tries five times, three seconds apart, whatever the reason, so that a move that is
// impossible takes 15 seconds to fail: as [ErrRefused] if the node can't host the address, or with its scripts' exit
// code. With less time than that, which is so for [DefaultTimeout], it is an [ErrTimeout], and the address may or may
// not have moved. The client must not be one for another node. Similar to: ctdb moveip.
func (c *Client) MoveIP(ctx context.Context, addr netip.Addr, to nodes.PNN) error {
	addr, err := checkAddress("moveip", addr)
	if err != nil {
		return err
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if err := c.checkNodes(ctx, to); err != nil {
		return err
	}
	// The last -t counts.
	_, err = c.change(ctx, "moveip", addr.String(), to.String(), "-t", strconv.Itoa(c.moveLimit(ctx)))
	return err
}

// moveLimit gives the time for one request of a move, in seconds. The tool has the nodes leave the addresses alone for
// twice that, so that they do not undo the move half-way, and does not lift that when it is done: with a third of a
// long deadline, no takeover run would come for as long.
func (c *Client) moveLimit(ctx context.Context) int {
	const most = 5
	deadline, _ := ctx.Deadline()
	_, request := limits(time.Until(deadline))
	return min(request, most)
}
