package socket

import (
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// readSize is how much is read at once, and how much memory a connection has for it as a rule.
const readSize = 16 << 10

// input is what was read and is not delivered yet, and who may read.
type input struct {
	reading chan struct{} // holds a token while somebody reads
	buf     []byte        // of whoever has the token
	filled  int

	interrupt   func()        // ends what is being read
	interrupted chan struct{} // gets a token when it has done so

	turns atomic.Uint64 // how often a call has read
}

func newInput(stream *net.UnixConn) *input {
	in := &input{reading: make(chan struct{}, 1), buf: make([]byte, readSize), interrupted: make(chan struct{}, 1)}
	in.interrupt = func() {
		_ = stream.SetReadDeadline(time.Now())
		in.interrupted <- struct{}{}
	}
	return in
}

// await waits for the end of a call. Whoever waits reads, for all, if nobody else does: to be handed the replies by
// another goroutine would take longer than everything else. Replies that are there count, also when there is no more
// time.
func (c *Conn) await(ctx context.Context, call *call) error {
	for !call.isOver() {
		select {
		case <-call.done:
			return call.err
		case c.input.reading <- struct{}{}:
			c.readFor(ctx, call)
			<-c.input.reading
		case <-ctx.Done():
		}
		if err := ctx.Err(); err != nil && !call.isOver() {
			return err
		}
	}
	<-call.done
	return call.err
}

// readFor reads until a call is over, or the context.
func (c *Conn) readFor(ctx context.Context, call *call) {
	stop := context.AfterFunc(ctx, c.input.interrupt)
	var err error
	for err == nil && !call.isOver() {
		_, err = c.read()
	}
	if !stop() {
		<-c.input.interrupted
		_ = c.stream.SetReadDeadline(time.Time{})
	}
	c.input.turns.Add(1)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		c.end(err)
	}
}

// attend reads when no call does, until the connection is over: messages come at any time, and so does the end. Then it
// waits for the call that reads, if one does.
func (c *Conn) attend() {
	defer func() {
		c.input.reading <- struct{}{} // for good
		close(c.done)
	}()
	for {
		select {
		case c.input.reading <- struct{}{}:
		case <-c.over:
			return
		}
		replied, err := c.read()
		<-c.input.reading
		if err != nil {
			c.end(err)
			return
		}
		if replied && !c.standBack() {
			return
		}
	}
}

// lull is how long no call has to have read before somebody else does. Messages wait for twice that at most.
const lull = time.Millisecond

// standBack leaves the reading to calls as long as there are any. It reports whether the connection lives.
func (c *Conn) standBack() bool {
	timer := time.NewTimer(lull)
	defer timer.Stop()
	for {
		before := c.input.turns.Load()
		select {
		case <-timer.C:
		case <-c.over:
			return false
		}
		if c.input.turns.Load() == before {
			return true
		}
		timer.Reset(lull)
	}
}

// read reads once, and delivers the packets that are whole. It tells whether there was a reply among them.
func (c *Conn) read() (replied bool, err error) {
	in := c.input
	n, err := c.stream.Read(in.buf[in.filled:])
	in.filled += n
	used, need, replied, bad := c.deliverAll(in.buf[:in.filled])
	if bad != nil {
		return replied, bad
	}
	if err == nil {
		in.buf, in.filled = room(in.buf, used, in.filled, need)
	}
	return replied, err
}

// deliverAll delivers the packets that are whole, and tells whether there was a reply among them.
func (c *Conn) deliverAll(buffered []byte) (used, need int, replied bool, err error) {
	for {
		packet, need, err := c.splitter.Next(buffered[used:])
		if err != nil || packet == nil {
			return used, need, replied, err
		}
		reply, err := c.deliver(packet)
		if err != nil {
			return used, 0, replied, err
		}
		replied = replied || reply
		used += len(packet)
	}
}

// room moves what is not used yet to the beginning of the buffer, or of a larger one if more is needed. One that was
// needed for a large packet is given up afterwards.
func room(buf []byte, used, filled, need int) ([]byte, int) {
	rest := buf[used:filled]
	switch size := len(rest) + need; {
	case size > len(buf):
		larger := make([]byte, size)
		return larger, copy(larger, rest)
	case len(buf) > readSize && size <= readSize:
		usual := make([]byte, readSize)
		return usual, copy(usual, rest)
	}
	return buf, copy(buf, rest)
}

// deliver hands a packet to the call or to those who listen that it is for, and tells whether it is a reply.
func (c *Conn) deliver(packet []byte) (reply bool, err error) {
	header, err := wire.ParseHeader(packet)
	if err != nil {
		return false, err
	}
	if header.Operation == wire.OperationMessage {
		message, err := wire.ParseMessage(packet)
		if err != nil {
			return false, err
		}
		c.spread(message)
		return false, nil
	}
	if _, err := wire.ParseReply(packet); err != nil { // the stream can't be trusted any more, whoever it is for
		return false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if call := c.waiting[header.ID]; call != nil { // else nobody waits any more
		delete(c.waiting, header.ID)
		call.take(header.ID, packet)
	}
	return true, nil
}
