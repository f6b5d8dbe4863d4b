package ctdb

import (
	"context"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// SetDebug sets how much the node's ctdbd logs, until its restart; the option "log level" of ctdb.conf is for good. It
// takes effect at once. What is no level is an [ErrArgument]. Similar to: ctdb setdebug.
func (c *Client) SetDebug(ctx context.Context, level config.LogLevel) error {
	name, err := level.MarshalText()
	if err != nil {
		return refuse("setdebug", "level", level.String(), "there is no such level")
	}
	request, err := wire.SetLogLevel(level)
	return c.changeBy(ctx, request, err, "setdebug", string(name))
}
