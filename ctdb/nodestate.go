package ctdb

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Disable keeps the node from hosting public addresses until [Client.Enable] or its restart: its addresses go to other
// nodes, and it goes on taking part in the databases. It returns when the node has the flag and the takeover run that
// follows is over, which takes some seconds.
//
// Changed is false if the node was disabled already. With [ErrTakeover] the node is disabled, and its addresses may not
// be where they belong. [ErrTimeout] can mean either. Similar to: ctdb disable.
func (c *Client) Disable(ctx context.Context) (changed bool, err error) {
	return c.setState(ctx, disabling, "disable")
}

// Enable lifts what [Client.Disable] did, and waits as that does. Changed is false if the node was not disabled.
// Similar to: ctdb enable.
func (c *Client) Enable(ctx context.Context) (changed bool, err error) {
	return c.setState(ctx, enabling, "enable")
}

// Stop takes the node out of the cluster's databases and from its public addresses until [Client.Continue] or its
// restart. Its ctdbd goes on. It waits for the flag and the takeover run, see [Client.Disable]; results and errors are
// the same.
//
// The last active node: it is stopped, and as no leader is left to run the takeover, the call ends with [ErrTimeout].
// Similar to: ctdb stop.
func (c *Client) Stop(ctx context.Context) (changed bool, err error) {
	return c.setState(ctx, stopping, "stop")
}

// Continue lifts what [Client.Stop] did, and waits as that does. Changed is false if the node was not stopped. Similar
// to: ctdb continue.
func (c *Client) Continue(ctx context.Context) (changed bool, err error) {
	return c.setState(ctx, continuing, "continue")
}

// Ban takes the node out of the cluster for a time, in whole seconds, rounded up. It is meant for nodes that misbehave;
// for maintenance there is [Client.Stop]. It waits for the flag and the takeover run, see [Client.Disable].
//
// Changed is false if the node was banned already, and then that ban's time stays as it was. A time of nothing or less
// is an [ErrArgument]. With [ErrAllBanned] the node is banned, and so are all others. Similar to: ctdb ban.
func (c *Client) Ban(ctx context.Context, d time.Duration) (changed bool, err error) {
	seconds, err := wholeSeconds("ban", "time", d)
	if err != nil {
		return false, err
	}
	return c.setState(ctx, banning(time.Duration(seconds)*time.Second), "ban", strconv.Itoa(seconds))
}

// Unban ends a ban before its time, and waits as [Client.Ban] does. Changed is false if the node was not banned.
// Similar to: ctdb unban.
func (c *Client) Unban(ctx context.Context) (changed bool, err error) {
	return c.setState(ctx, unbanning, "unban")
}

func (c *Client) setState(ctx context.Context, how nodeChange, words ...string) (changed bool, err error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	changed, settled, why := act(ctx, c, func(a asker, ctx context.Context) (bool, error) {
		return how.change(ctx, a)
	})
	if settled {
		return changed, why
	}
	_, result, err := c.changeAddresses(ctx, words...)
	if err != nil {
		return errors.Is(err, ErrTakeover), c.worse(why, err)
	}
	return !wasSo(result), nil
}

// wasSo tells whether the tool found that there was nothing to do: "Node 1 is already disabled", "Node 1 is not
// stopped".
func wasSo(result Result) bool {
	for line := range firstLines(result.Stderr) {
		rest, ok := strings.CutPrefix(line, "Node ")
		if ok && (strings.Contains(rest, " is already ") || strings.Contains(rest, " is not ")) {
			return true
		}
	}
	return false
}
