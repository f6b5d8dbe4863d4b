package socket

import (
	"context"
	"slices"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// listeners are those who listen to messages to one address.
type listeners struct {
	registering chan struct{} // holds a token while somebody waits for ctdbd's answer
	asked       *call         // the request to register, as long as nobody got its answer
	registered  bool
	all         []*func(wire.Message) // replaced, never changed: the reader may be going through it
}

// Listen has f called for each message to an address, until stop is called or the connection is over. It is called by
// whoever reads, one message at a time: it must not block, and must not call the connection. What the message holds is
// valid only as long as f runs. After stop, which f may call, f may still be running once. Errors are an ErrEnded, the
// context's, or a *wire.StatusError.
//
// ctdbd goes on sending the messages after the last stop: registering costs more than that. So an address stays with
// the connection as long as that lives, and answers to different requests should come to the same one.
func (c *Conn) Listen(ctx context.Context, srvid wire.Srvid, f func(wire.Message)) (stop func(), err error) {
	mine := &f
	l := c.join(srvid, mine)
	if err := c.register(ctx, srvid, l); err != nil {
		c.leave(l, mine)
		return nil, err
	}
	return func() { c.leave(l, mine) }, nil
}

func (c *Conn) join(srvid wire.Srvid, f *func(wire.Message)) *listeners {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.listeners[srvid]
	if l == nil {
		l = &listeners{registering: make(chan struct{}, 1)}
		c.listeners[srvid] = l
	}
	l.all = append(slices.Clip(l.all), f)
	return l
}

func (c *Conn) leave(l *listeners, f *func(wire.Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l.all = slices.DeleteFunc(slices.Clone(l.all), func(other *func(wire.Message)) bool { return other == f })
}

// register tells ctdbd, if nobody did yet. Who gives up in waiting leaves the request to the next one: a second request
// would double the messages.
func (c *Conn) register(ctx context.Context, srvid wire.Srvid, l *listeners) error {
	select {
	case l.registering <- struct{}{}:
		defer func() { <-l.registering }()
	case <-ctx.Done():
		return ctx.Err()
	}
	err := c.Err()
	if err != nil || l.registered {
		return err
	}
	request := wire.RegisterSrvid(srvid)
	if l.asked == nil {
		l.asked, err = c.begin(ctx, 1, func(out []byte, first uint32) []byte {
			return wire.AppendControl(out, wire.Destination{}, first, request)
		})
		if err != nil {
			return err
		}
	}
	if err := c.await(ctx, l.asked); err != nil {
		return err
	}
	reply, err := l.asked.reply(l.asked.first)
	if err == nil {
		err = reply.Err(request.Opcode())
	}
	l.asked.free()
	l.asked, l.registered = nil, err == nil
	return err
}

// spread gives a message to all who listen.
func (c *Conn) spread(message wire.Message) {
	c.mu.Lock()
	l := c.listeners[message.Srvid]
	var all []*func(wire.Message)
	if l != nil {
		all = l.all
	}
	c.mu.Unlock()
	for _, f := range all {
		(*f)(message)
	}
}

// Send sends a message that nobody answers over this connection as a reply, such as that of wire.AppendTakeoverRun.
func (c *Conn) Send(ctx context.Context, put func(out []byte) []byte) error {
	if err := c.Err(); err != nil {
		return err
	}
	return c.send(ctx, put)
}
