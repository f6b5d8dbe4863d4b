package wire

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
)

// DefaultLimit is how large a packet may be, in bytes, unless a [Splitter] says otherwise. Without databases, the
// largest known one is the history of statistics, with 48,856 bytes.
const DefaultLimit = 1 << 20

// Splitter finds the packets in a stream of bytes. The zero value is ready for use.
type Splitter struct {
	// Limit is how large a packet may be, in bytes; 0 is DefaultLimit.
	Limit uint32
}

// Next looks at the bytes that came from a ctdbd and were not used yet. It gives the first packet, whole, with its
// padding and in the memory of buffered; or nil and how many more bytes are needed at least before it is worth while
// to ask again.
//
// An error is an [*Error]: a packet with a bad length, magic number, version or operation, or one that is larger than
// the limit, which is an [ErrTooLarge]. Then nothing that follows can be understood, and the connection has to be
// closed.
func (s Splitter) Next(buffered []byte) (packet []byte, need int, err error) {
	limit := s.limit()
	if err := checkHeader(buffered, limit); err != nil {
		return nil, 0, err
	}
	return split(buffered, HeaderSize)
}

// NextEvent is Next for the bytes that came from an event daemon. It looks at lengths only.
func (s Splitter) NextEvent(buffered []byte) (packet []byte, need int, err error) {
	if len(buffered) >= 4 {
		length, limit := binary.NativeEndian.Uint32(buffered), s.limit()
		if length < eventReplySize {
			return nil, 0, &Error{
				Packet: "event header", Opcode: NoOpcode,
				Want: fmt.Sprintf("a length of at least %d", eventReplySize), Got: fmt.Sprint(length),
			}
		}
		if length > limit {
			return nil, 0, tooLarge("event header", length, limit)
		}
	}
	return split(buffered, eventReplySize)
}

// limit is also what an int holds on all systems.
func (s Splitter) limit() uint32 { return min(cmp.Or(s.Limit, DefaultLimit), math.MaxInt32) }

// split cuts off the first packet, whose length, if it is there, is no smaller than smallest and no larger than the
// limit.
func split(buffered []byte, smallest int) (packet []byte, need int, err error) {
	if len(buffered) < smallest {
		return nil, smallest - len(buffered), nil
	}
	length := int(binary.NativeEndian.Uint32(buffered))
	if len(buffered) < length {
		return nil, length - len(buffered), nil
	}
	return buffered[:length:length], 0, nil
}
