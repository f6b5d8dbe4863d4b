package ctdb

import (
	"context"
	"errors"
	"time"
)

// BanState tells whether a node is banned, by an administrator or by itself.
type BanState struct {
	Banned bool `json:"banned"`
	// For is how long the ban is in all, in whole seconds; some of it may have passed.
	For time.Duration `json:"for"`
}

// BanState asks the node whether and for how long it is banned, over its ctdbd's socket. The tool has no command for it:
// without the socket the error is an errors.ErrUnsupported. ([Client.Status] has the flag.)
func (c *Client) BanState(ctx context.Context) (BanState, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if c.session == nil {
		return BanState{}, &CommandError{Command: Command{Name: c.config.Tool}, Err: errors.ErrUnsupported}
	}
	state, _, err := overSocket(ctx, c, asker.banState)
	return state, err
}
