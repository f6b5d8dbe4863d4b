package ctdb

import (
	"bytes"
	"context"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// change runs a command that changes something. The error is nil only if the tool ended with exit code 0.
func (c *Client) change(ctx context.Context, words ...string) (Result, error) {
	return c.changeIn(ctx, ways(words...))
}

// changeIn is change for a command that has other words in other releases.
func (c *Client) changeIn(ctx context.Context, ways []way) (Result, error) {
	cmd, result, err := c.try(ctx, ways)
	switch {
	case err != nil:
		return result, err
	case result.ExitCode == 0:
		return result, nil
	case isSilent(result):
		return result, newCommandError(cmd, result, causes{ErrNotReady})
	}
	return result, failed(cmd, result)
}

// changeAddresses runs a command that ends with a takeover run. If that fails, the tool fails without a word, as it
// does when ctdbd goes away; so ctdbd is asked whether it is there.
func (c *Client) changeAddresses(ctx context.Context, words ...string) (Command, Result, error) {
	cmd, result, err := c.run(ctx, words...)
	switch {
	case err != nil:
		return cmd, result, err
	case result.ExitCode == 0:
		return cmd, result, nil
	case !isSilent(result):
		return cmd, result, failed(cmd, result)
	}
	cause := ErrTakeover
	if _, pnn, err := c.On(nodes.NoPNN).run(ctx, "pnn"); err != nil || pnn.ExitCode != 0 {
		cause = ErrNotReady
	}
	return cmd, result, newCommandError(cmd, result, causes{cause})
}

// isSilent tells whether a command failed without a word.
func isSilent(result Result) bool {
	return wentAway(result) && len(bytes.TrimSpace(result.Stdout)) == 0
}

// bounded gives a context with a deadline: its own, or one after Config.Timeout.
func (c *Client) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, c.config.Timeout)
}
