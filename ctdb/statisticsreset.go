package ctdb

import (
	"context"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// StatisticsReset sets the node's counters to zero. Similar to: ctdb statisticsreset.
func (c *Client) StatisticsReset(ctx context.Context) error {
	return c.changeBy(ctx, wire.ResetStatistics(), nil, "statisticsreset")
}
