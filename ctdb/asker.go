package ctdb

import (
	"context"
	"errors"
	"slices"

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

// number gives the number of the node that was asked. ctdbd gives its own in all that it sends.
func (a asker) number(reply wire.Reply) nodes.PNN {
	if a.pnn != nodes.NoPNN {
		return a.pnn
	}
	return reply.Source
}

// mostAtOnce is how many requests are sent at once. It is a multiple of the number of questions about a database.
const mostAtOnce = 192

// ask sends requests, many at once, and reads their replies in order.
func (a asker) ask(ctx context.Context, read func(i int, reply wire.Reply) error, requests ...wire.Request) error {
	first := 0
	for some := range slices.Chunk(requests, mostAtOnce) {
		err := a.conn.Call(ctx, a.to, some, func(i int, reply wire.Reply) error { return read(first+i, reply) })
		if err != nil {
			return a.failure(ctx, some[0].Opcode().String(), err)
		}
		first += len(some)
	}
	a.conn.brought()
	return nil
}

// brought notes that the connection is of use.
func (c *connection) brought() {
	if !c.useful.Load() {
		c.useful.Store(true)
	}
}

// one sends a request and decodes its reply.
func one[T any](ctx context.Context, a asker, request wire.Request, decode func(wire.Reply) (T, error)) (answer T, err error) {
	err = a.ask(ctx, func(_ int, reply wire.Reply) error {
		answer, err = decode(reply)
		return err
	}, request)
	return answer, err
}

// asked makes a question of a request.
func asked[T any](request wire.Request, decode func(wire.Reply) (T, error)) func(asker, context.Context) (T, error) {
	return func(a asker, ctx context.Context) (T, error) { return one(ctx, a, request, decode) }
}

// failure gives the error of a call.
func (a asker) failure(ctx context.Context, call string, err error) error {
	if _, answered := errors.AsType[*wire.StatusError](err); answered {
		a.conn.brought()
	}
	if errors.Is(err, wire.ErrDisconnected) {
		if cause := a.absence(ctx); cause != nil {
			return &SocketError{Socket: a.conn.path, Call: call, Err: causes{cause, err}}
		}
	}
	return socketError(a.conn.path, call, err)
}

// absence tells why a node can't be asked, if it is not for being disconnected. To ctdbd a node that is not there is one
// that is not connected; the node map knows more.
func (a asker) absence(ctx context.Context) error {
	var all []status.Node
	request := wire.GetNodeMap()
	err := a.conn.Call(ctx, wire.Destination{}, []wire.Request{request}, func(_ int, reply wire.Reply) (err error) {
		all, err = wire.DecodeNodeMap(reply, nil)
		return err
	})
	if err != nil || a.pnn == nodes.NoPNN {
		return nil
	}
	at := slices.IndexFunc(all, func(n status.Node) bool { return n.PNN == a.pnn })
	switch {
	case at < 0:
		return ErrNoSuchNode
	case all[at].Flags.Has(status.FlagDeleted):
		return ErrDeleted
	}
	return nil
}

// refused is an error of a node that can't be asked something in this way, without that it was asked.
func (a asker) refused(call string, why error) error {
	return &SocketError{Socket: a.conn.path, Call: call, Err: why}
}

// overSocket asks over the client's socket. The second result is whether it is settled; else the tool is to be asked, and
// the error is why. A question can be asked twice: if the connection ends meanwhile, it is.
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
		conn.note(err)
		if attempt == 0 && errors.Is(err, socket.ErrEnded) && ctx.Err() == nil {
			continue
		}
		return answer, err == nil || !c.mayAskTool(err), err
	}
}

// mayFallBack tells whether the tool is to be tried after the socket could not be opened. It would talk to the same
// socket: where that is somebody else's, it had better not.
func (c *Client) mayFallBack(ctx context.Context, err error) bool {
	return c.config.Transport == TransportAuto && ctx.Err() == nil && !errors.Is(err, ErrSocketOwner)
}

// mayAskTool tells whether the tool may know what ctdbd did not tell: what has no packet, or one that is not understood,
// or that this ctdbd refuses, as a release may that has it no more.
func (c *Client) mayAskTool(err error) bool {
	return c.config.Transport == TransportAuto &&
		(errors.Is(err, errors.ErrUnsupported) || errors.Is(err, ErrProtocol) || errors.Is(err, ErrRefused))
}

// worse gives the error of a call that failed in both ways. Where there is no tool, what the socket said counts, but for
// its not being there where it usually is.
func (c *Client) worse(socket, tool error) error {
	if socket != nil && errors.Is(tool, ErrToolMissing) && (c.config.Socket != "" || !errors.Is(socket, ErrNotRunning)) {
		return socket
	}
	return tool
}
