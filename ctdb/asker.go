package ctdb

import (
	"context"
	"errors"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// asker asks a node over a connection.
type asker struct {
	conn *connection
	to   wire.Destination
	pnn  nodes.PNN // NoPNN: the node that the socket belongs to
}

// asker gives what asks the client's node.
func (c *Client) asker(conn *connection) (asker, error) { return askerFor(conn, c.pnn) }

func askerFor(conn *connection, pnn nodes.PNN) (asker, error) {
	if pnn == nodes.NoPNN {
		return asker{conn: conn, pnn: pnn}, nil
	}
	to, err := wire.ToNode(pnn)
	if err != nil {
		return asker{}, &SocketError{Socket: conn.path, Call: "node " + pnn.String(), Err: ErrNoSuchNode}
	}
	return asker{conn, to, pnn}, nil
}

// ask sends requests at once and reads their replies in order.
func (a asker) ask(ctx context.Context, read func(i int, reply wire.Reply) error, requests ...wire.Request) error {
	err := a.conn.Call(ctx, a.to, requests, read)
	if err == nil {
		return nil
	}
	return a.failure(ctx, requests[0].Opcode().String(), err)
}

// one sends a request and decodes its reply.
func one[T any](ctx context.Context, a asker, request wire.Request, decode func(wire.Reply) (T, error)) (answer T, err error) {
	err = a.ask(ctx, func(_ int, reply wire.Reply) error {
		answer, err = decode(reply)
		return err
	}, request)
	return answer, err
}

// failure gives the error of a call.
func (a asker) failure(ctx context.Context, call string, err error) error {
	if errors.Is(err, wire.ErrDisconnected) {
		err = errors.Join(a.absence(ctx), err)
	}
	return socketError(a.conn.path, call, err)
}

// absence tells why a node can't be asked. To ctdbd a node that is not there is one that is not connected; the node map
// knows more.
func (a asker) absence(ctx context.Context) error {
	var all []status.Node
	request := wire.GetNodeMap()
	err := a.conn.Call(ctx, wire.Destination{}, []wire.Request{request}, func(_ int, reply wire.Reply) (err error) {
		all, err = wire.DecodeNodeMap(reply, nil)
		return err
	})
	if err != nil {
		return nil
	}
	for _, n := range all {
		if n.PNN == a.pnn {
			if n.Flags.Has(status.FlagDeleted) {
				return ErrDeleted
			}
			return nil
		}
	}
	return ErrNoSuchNode
}

// overSocket asks over the client's socket. The second result is whether it is settled; else the tool is to be asked. A
// question can be asked twice: if the connection ends meanwhile, it is.
func overSocket[T any](ctx context.Context, c *Client, ask func(asker, context.Context) (T, error)) (answer T, settled bool, err error) {
	if c.session == nil {
		return answer, false, nil
	}
	for attempt := 0; ; attempt++ {
		conn, err := c.session.connect(ctx)
		if err != nil {
			return answer, !c.mayFallBack(ctx, err), err
		}
		a, err := c.asker(conn)
		if err != nil {
			return answer, true, err
		}
		answer, err = ask(a, ctx)
		if attempt == 0 && errors.Is(err, socket.ErrEnded) && ctx.Err() == nil {
			continue
		}
		settled := err == nil || !errors.Is(err, errors.ErrUnsupported) || c.config.Transport == TransportSocket
		return answer, settled, err
	}
}

// mayFallBack tells whether the tool is to be tried after the socket could not be opened. It would talk to the same
// socket: where that is somebody else's, it had better not.
func (c *Client) mayFallBack(ctx context.Context, err error) bool {
	return c.config.Transport == TransportAuto && ctx.Err() == nil && !errors.Is(err, ErrSocketOwner)
}
