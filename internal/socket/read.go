package socket

import (
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// readSize is how much is read at once, and how much memory a connection has for it as a rule.
const readSize = 16 << 10

// read delivers packets until the connection is over.
func (c *Conn) read() {
	defer close(c.done)
	buf, filled := make([]byte, readSize), 0
	for {
		n, err := c.stream.Read(buf[filled:])
		filled += n
		used, need, bad := c.deliverAll(buf[:filled])
		switch {
		case bad != nil:
			c.end(bad)
			return
		case err != nil:
			c.end(err)
			return
		}
		buf, filled = room(buf, used, filled, need)
	}
}

// deliverAll delivers the packets that are whole.
func (c *Conn) deliverAll(buffered []byte) (used, need int, err error) {
	for {
		packet, need, err := c.splitter.Next(buffered[used:])
		if err != nil || packet == nil {
			return used, need, err
		}
		if err := c.deliver(packet); err != nil {
			return used, 0, err
		}
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

// deliver hands a packet to the call or to those who listen that it is for.
func (c *Conn) deliver(packet []byte) error {
	header, err := wire.ParseHeader(packet)
	if err != nil {
		return err
	}
	if header.Operation == wire.OperationMessage {
		message, err := wire.ParseMessage(packet)
		if err != nil {
			return err
		}
		c.spread(message)
		return nil
	}
	if _, err := wire.ParseReply(packet); err != nil { // the stream can't be trusted any more, whoever it is for
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if call := c.waiting[header.ID]; call != nil { // else nobody waits any more
		delete(c.waiting, header.ID)
		call.take(header.ID, packet)
	}
	return nil
}
