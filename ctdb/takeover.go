package ctdb

import (
	"context"
	"errors"
)

// ErrTakeover says that the takeover run that a command ends with failed. The command's own effect is there, but not
// every public address may be where it belongs: a script of the event takeip or releaseip failed, or a node did not
// answer. CTDB tries again by itself; its log has the reason.
var ErrTakeover = errors.New("the takeover run failed")

// IPReallocate has the leader distribute the public addresses anew, and waits until that is done. It takes a second or
// so. Without a leader it takes all the time it is given and ends with [ErrTimeout]; [ErrTakeover] is a takeover run
// that failed. Similar to: ctdb ipreallocate, and ctdb sync before it.
func (c *Client) IPReallocate(ctx context.Context) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	_, settled, why := act(ctx, c, func(a asker, ctx context.Context) (struct{}, error) {
		return struct{}{}, a.takeoverRun(ctx)
	})
	if settled {
		return why
	}
	_, _, err := c.changeAddresses(ctx, "ipreallocate")
	return c.worse(why, err)
}

// Recover has the leader run a recovery of all databases, and waits until there is a new generation. Clients are frozen
// out meanwhile, so that it is for repairs only. Similar to: ctdb recover.
func (c *Client) Recover(ctx context.Context) error {
	_, err := c.change(ctx, "recover")
	return err
}
