package ctdb

import (
	"context"

	"github.com/go-ctdb/go-ctdb/status"
)

// query is a question and what reads its answer.
type query[T any] struct {
	words    []string
	read     func(out []byte) (T, error)
	unparsed func(T) status.Lines // lines that are unknown; nil if each of them is an error anyway
}

// ask runs a query.
func (q query[T]) ask(ctx context.Context, c *Client) (answer T, err error) {
	cmd, result, err := c.run(ctx, q.words...)
	switch {
	case err != nil:
		return answer, err
	case wentAway(result):
		return answer, newCommandError(cmd, result, causes{ErrNotReady})
	case result.ExitCode != 0:
		return answer, failed(cmd, result)
	}
	return q.understand(c, cmd, result)
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
