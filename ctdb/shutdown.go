package ctdb

import (
	"context"
	"errors"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Shutdown ends the node's ctdbd, which gives up its public addresses first, and waits until it is gone: until nothing
// answers there any more, or, for another node ([Client.On]), until it is disconnected, a little before it has ended.
// Only a service manager starts it again. A ctdbd that does not run is an [ErrNotRunning] or, on another node, an
// [ErrDisconnected]. If it takes too long, that is a [*WaitError] or an [ErrTimeout], and ctdbd may still be about to
// end. Similar to: ctdb shutdown.
func (c *Client) Shutdown(ctx context.Context) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if _, err := c.change(ctx, "shutdown"); err != nil {
		return err
	}
	return c.wait(ctx, "ctdbd to end", func(ctx context.Context) (bool, *status.Cluster, error) {
		_, _, cluster, err := c.On(nodes.NoPNN).nodeStates(ctx, "all")
		over := errors.Is(err, ErrNotRunning) || err == nil && c.isGone(cluster)
		return over, cluster, err
	})
}

// isGone tells whether another node is disconnected.
func (c *Client) isGone(cluster *status.Cluster) bool {
	n, ok := cluster.Node(c.pnn)
	return ok && n.Flags.Has(status.FlagDisconnected)
}
