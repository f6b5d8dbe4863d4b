package ctdb

import (
	"context"
	"net/netip"
	"strconv"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// MoveIP moves a public address to a node, and waits until it is there. It is moved too if it is there already. The
// next takeover run may move it elsewhere: with the algorithms that balance, it does not, unless nodes come or go; with
// IPAllocAlgorithm 0 (deterministic) it does, unless NoIPFailback is set. A disabled node takes the address, until the
// next takeover run.
//
// A node that is deleted, disconnected or not there is found out first: [ErrDeleted], [ErrDisconnected],
// [ErrNoSuchNode]. So is one that is stopped or banned: [ErrRefused]. The address stays where it is then, and also if the
// node is not configured for it, which takes longer: the tool tries five times, three seconds apart, whatever the reason,
// so that a move that is impossible takes 15 seconds to fail. It is an [ErrRefused] then. With less time than that, which
// is so for [DefaultTimeout], it is an [ErrTimeout].
//
// Otherwise a move that fails can leave the address on NO node. The tool has the other nodes give it up before it finds
// that the node does not take it, as when the interface there has no link or the node is stopped at that moment. These
// are an ErrRefused or an ErrTimeout too, as is the failure of a script of the event takeip, after which the address may
// be on the node all the same. [Client.AllPublicIPs] tells; for [Client.PublicIPs] the address is on the node even so.
// The next takeover run gives it to a node again. That can take long, so start one: [Client.IPReallocate].
//
// The client must not be one for another node. Similar to: ctdb moveip.
func (c *Client) MoveIP(ctx context.Context, addr netip.Addr, to nodes.PNN) error {
	addr, err := checkAddress("moveip", addr)
	if err != nil {
		return err
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if err := c.checkTarget(ctx, to); err != nil {
		return err
	}
	// The last -t counts.
	_, err = c.change(ctx, "moveip", addr.String(), to.String(), "-t", strconv.Itoa(c.moveLimit(ctx)))
	return err
}

// checkTarget makes sure that a node can be moved to. The tool would move to an inactive one, in vain.
func (c *Client) checkTarget(ctx context.Context, to nodes.PNN) error {
	if to > maxPNN {
		return c.checkNodes(ctx, to) // which knows without asking
	}
	cmd, result, cluster, err := c.On(nodes.NoPNN).nodeStates(ctx, to.String())
	if err != nil {
		return err
	}
	switch n, ok := cluster.Node(to); {
	case !ok:
		err = ErrDeleted
	case n.Flags.Has(status.FlagDisconnected):
		err = ErrDisconnected
	case n.Flags.Inactive():
		err = ErrRefused
	default:
		return nil
	}
	return newCommandError(cmd, result, causes{err})
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
