package ctdb

import (
	"context"

	"github.com/go-ctdb/go-ctdb/status"
)

// query is a question, in the ways to ask it, the best one first, and what reads its answer.
type query[T any] struct {
	ways     []way
	read     func(out []byte) (T, error)
	unparsed func(T) status.Lines // lines that are unknown; nil if each of them is an error anyway
}

// ask runs a query.
func (q query[T]) ask(ctx context.Context, c *Client) (answer T, err error) {
	cmd, result, err := c.answer(ctx, q.ways)
	if err != nil {
		return answer, err
	}
	return q.understand(c, cmd, result)
}

// askSocket asks over the socket if the client uses it, or else runs the query.
func (q query[T]) askSocket(ctx context.Context, c *Client, over func(asker, context.Context) (T, error)) (answer T, err error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	answer, settled, why := overSocket(ctx, c, over)
	if settled {
		return answer, why
	}
	answer, err = q.ask(ctx, c)
	return answer, c.worse(why, err)
}

// answer runs the tool for an answer. The error is nil only if it ended with exit code 0.
func (c *Client) answer(ctx context.Context, ways []way) (Command, Result, error) {
	cmd, result, err := c.try(ctx, ways)
	switch {
	case err != nil:
		return cmd, result, err
	case wentAway(result):
		return cmd, result, newCommandError(cmd, result, causes{ErrNotReady})
	case result.ExitCode != 0:
		return cmd, result, failed(cmd, result)
	}
	return cmd, result, nil
}

// understand reads an answer.
func (q query[T]) understand(c *Client, cmd Command, result Result) (T, error) {
	answer, err := q.read(result.Stdout)
	if err == nil && q.unparsed != nil && c.config.Strict {
		err = q.unparsed(answer).Err()
	}
	if err != nil {
		var none T
		return none, notUnderstood(cmd, result, err)
	}
	return answer, nil
}
