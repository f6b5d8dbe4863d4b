package socket

import (
	"context"
	"net"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// New makes a connection of a stream.
func New(stream *net.UnixConn, limit uint32) (*Conn, error) {
	return newConn(stream, wire.Splitter{Limit: limit})
}

// SetNext sets the number that the next request has if it is free.
func (c *Conn) SetNext(id uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = id
}

// Waiting gives how many requests are not answered yet.
func (c *Conn) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting)
}

// WaitForNone waits for a call that is over already.
func WaitForNone(ctx context.Context) error {
	c := newCall(0)
	defer c.free()
	return new(Conn).await(ctx, c)
}
