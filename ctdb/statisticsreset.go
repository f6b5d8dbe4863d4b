package ctdb

import "context"

// StatisticsReset sets the node's counters to zero. Similar to: ctdb statisticsreset.
func (c *Client) StatisticsReset(ctx context.Context) error {
	_, err := c.change(ctx, "statisticsreset")
	return err
}
