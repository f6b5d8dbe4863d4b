package socket

import (
	"context"
	"net"
	"sync"
	"syscall"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// Conn is a connection to a ctdbd. It is safe for concurrent use. It has to be closed.
type Conn struct {
	stream   *net.UnixConn
	raw      syscall.RawConn
	splitter wire.Splitter
	writing  chan struct{} // holds a token while somebody writes
	out      []byte        // what is being written; of whoever has the token, as is the next one
	attempt  *attempt
	input    *input
	over     chan struct{} // closed when the connection is over
	done     chan struct{} // closed when nothing runs any more that belongs to it

	mu        sync.Mutex
	waiting   map[uint32]*call // by the numbers of requests that are not answered yet
	next      uint32           // the next number
	listeners map[wire.Srvid]*listeners
	err       error // why the connection is over; nil while it is not
}

// newConn takes a stream over, and starts to read it.
func newConn(stream *net.UnixConn, splitter wire.Splitter) (*Conn, error) {
	raw, err := stream.SyscallConn()
	if err != nil {
		_ = stream.Close()
		return nil, err
	}
	c := &Conn{
		stream: stream, raw: raw, splitter: splitter,
		writing: make(chan struct{}, 1), attempt: newAttempt(), input: newInput(stream),
		over: make(chan struct{}), done: make(chan struct{}),
		waiting: map[uint32]*call{}, next: 1, listeners: map[wire.Srvid]*listeners{},
	}
	go c.attend()
	return c, nil
}

// Close ends the connection, and with it all calls. It returns when nothing runs any more that belongs to it, and does
// no harm a second time.
func (c *Conn) Close() {
	c.end(ErrClosed)
	<-c.done
}

// Done is closed when the connection is over.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err gives why the connection is over, an ErrEnded, or nil.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// end ends the connection for a reason; the first one counts.
func (c *Conn) end(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = ended(why)
	close(c.over)
	for id, call := range c.waiting {
		delete(c.waiting, id)
		call.fail(c.err)
	}
	_ = c.stream.Close() // who reads and who writes fail with it
}

// Call sends requests to a node in one go, and waits until all are answered. Then it calls read for each reply, in the
// order of the requests; the replies are valid only as long as read runs. The first error of read ends Call, which
// returns it.
//
// Other errors are an ErrEnded, or the context's. Either way the requests may have been sent or not.
func (c *Conn) Call(
	ctx context.Context, to wire.Destination, requests []wire.Request, read func(i int, reply wire.Reply) error,
) error {
	return c.exchange(ctx, len(requests), func(out []byte, first uint32) []byte {
		for i, r := range requests {
			out = wire.AppendControl(out, to, first+uint32(i), r)
		}
		return out
	}, func(i int, _ uint32, reply wire.Reply) error { return read(i, reply) })
}

// Light asks a node for a light status, into memory that can be used again. Errors are as in Call.
func (c *Conn) Light(ctx context.Context, to wire.Destination, light *wire.Light) error {
	return c.exchange(ctx, wire.LightRequests, func(out []byte, first uint32) []byte {
		return wire.AppendLight(out, to, first)
	}, func(_ int, first uint32, reply wire.Reply) error { return light.Take(reply, first) })
}

// exchange sends what put makes of the number of the first of some requests, and takes the replies.
func (c *Conn) exchange(
	ctx context.Context, count int,
	put func(out []byte, first uint32) []byte, take func(i int, first uint32, reply wire.Reply) error,
) error {
	call, err := c.begin(ctx, count, put)
	if err != nil {
		return err
	}
	defer call.free()
	if err := c.await(ctx, call); err != nil {
		c.forget(call)
		return err
	}
	for i := range count {
		reply, err := call.reply(call.first + uint32(i))
		if err == nil {
			err = take(i, call.first, reply)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begin sends the requests of a call. After an error nothing of them was sent, or the connection is over.
func (c *Conn) begin(ctx context.Context, count int, put func(out []byte, first uint32) []byte) (*call, error) {
	call := newCall(count)
	err := c.enlist(call)
	if err == nil {
		err = c.send(ctx, func(out []byte) []byte { return put(out, call.first) })
	}
	if err != nil {
		c.forget(call)
		call.free()
		return nil, err
	}
	return call, nil
}

// enlist gives a call numbers for its requests, one after the other, that no reply is waited for.
func (c *Conn) enlist(call *call) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	call.first = c.free(uint32(call.want))
	for i := range uint32(call.want) {
		c.waiting[call.first+i] = call
	}
	c.next = call.first + uint32(call.want)
	return nil
}

// free gives the first of some numbers in a row that no reply is waited for.
func (c *Conn) free(count uint32) uint32 {
	first := c.next
	for i := uint32(0); i < count; i++ {
		if _, taken := c.waiting[first+i]; taken {
			first, i = first+i+1, ^uint32(0) // begin anew behind it
		}
	}
	return first
}

// forget takes a call off the list. After that nothing touches it any more.
func (c *Conn) forget(call *call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range uint32(call.want) {
		if c.waiting[call.first+i] == call {
			delete(c.waiting, call.first+i)
		}
	}
}
