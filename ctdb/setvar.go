package ctdb

import (
	"context"
	"errors"
	"strconv"
)

// ErrNoSuchTunable says that the node's release has no tunable of that name.
var ErrNoSuchTunable = errors.New("no such tunable")

// SetVar sets a tunable of the node until its restart; ctdb.tunables is for good. It takes effect at once. Upper and
// lower case are the same in names. A name that the release does not know is an [ErrNoSuchTunable], one that can't be a
// name an [ErrArgument]. CTDB checks no values. Similar to: ctdb setvar.
func (c *Client) SetVar(ctx context.Context, name string, value uint32) error {
	if err := checkName("setvar", "tunable", name); err != nil {
		return err
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	_, settled, why := act(ctx, c, func(a asker, ctx context.Context) (struct{}, error) {
		return struct{}{}, a.setTunable(ctx, name, value)
	})
	if settled {
		return why
	}
	_, err := c.change(ctx, "setvar", name, strconv.FormatUint(uint64(value), 10))
	return c.worse(why, err)
}
