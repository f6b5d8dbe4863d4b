package ctdb

import (
	"context"
	"errors"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// act does over the client's socket what changes something. The second result is whether it is settled; else the tool is
// to do it, and the error is why. Nothing is ever done twice: the tool gets only what was not sent, or what ctdbd has no
// control for and so did not do.
func act[T any](ctx context.Context, c *Client, do func(asker, context.Context) (T, error)) (answer T, settled bool, err error) {
	if c.session == nil {
		return answer, false, nil
	}
	conn, err := c.session.connect(ctx)
	if err != nil {
		return answer, !c.mayFallBack(ctx, err), err
	}
	a, err := c.asker(conn)
	if err != nil {
		return answer, true, err
	}
	answer, err = do(a, ctx)
	conn.note(err)
	unsupported := errors.Is(err, errors.ErrUnsupported) && c.config.Transport == TransportAuto
	return answer, !unsupported, err
}

// tell sends one request that changes something, and wants it to be done.
func (a asker) tell(ctx context.Context, request wire.Request) error {
	return a.ask(ctx, func(_ int, reply wire.Reply) error { return reply.Err(request.Opcode()) }, request)
}

// changeBy sends one request that changes something, or runs the command that does the same.
func (c *Client) changeBy(ctx context.Context, request wire.Request, why error, words ...string) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if why == nil {
		_, settled, err := act(ctx, c, func(a asker, ctx context.Context) (struct{}, error) {
			return struct{}{}, a.tell(ctx, request)
		})
		if settled {
			return err
		}
		why = err
	}
	_, err := c.change(ctx, words...)
	return c.worse(why, err)
}
