package wire

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Version is the version of ctdbd's protocol, in all releases.
const Version = 1

// Sizes of the parts of a packet that are always there, in bytes.
const (
	HeaderSize      = 32 // of each packet
	controlDataAt   = 60 // where the data of a request begins
	replyDataAt     = 44
	messageDataAt   = 44
	packetAlignment = 8 // ctdbd pads what it sends, and its own clients do
)

// magic is "CTDB" as a number.
const magic = 0x43544442

// Operation is what a packet is for.
type Operation uint32

// The operations that there are without databases.
const (
	OperationMessage Operation = 5 // to ctdbd and from it
	OperationControl Operation = 7 // to ctdbd
	OperationReply   Operation = 8 // from ctdbd: the answer to a control
)

// String gives the name, or the number of any other operation.
func (o Operation) String() string {
	switch o {
	case OperationMessage:
		return "message"
	case OperationControl:
		return "control"
	case OperationReply:
		return "reply"
	default:
		return fmt.Sprintf("operation %d", uint32(o))
	}
}

// Header is what each packet of a ctdbd begins with.
type Header struct {
	// Operation is OperationMessage or OperationReply.
	Operation Operation
	// Generation is that of the daemon's vnnmap.
	Generation status.Generation
	// Source is the node that the socket belongs to, also of what came from another node.
	Source nodes.PNN
	// ID is that of the request that this is the reply to, and 0 of a message.
	ID uint32
}

// ParseHeader reads the header of a whole packet, as [Splitter.Next] gives it. Anything else is an [*Error].
func ParseHeader(packet []byte) (Header, error) {
	if len(packet) < HeaderSize {
		return Header{}, headerError(0, fmt.Sprintf("a packet of at least %d bytes", HeaderSize), len(packet))
	}
	if err := checkHeader(packet, math.MaxUint32); err != nil {
		return Header{}, err
	}
	if length := binary.NativeEndian.Uint32(packet); uint64(length) != uint64(len(packet)) {
		return Header{}, headerError(0, fmt.Sprintf("a packet of %d bytes", length), len(packet))
	}
	return Header{
		Operation:  Operation(binary.NativeEndian.Uint32(packet[16:])),
		Generation: status.Generation(binary.NativeEndian.Uint32(packet[12:])),
		Source:     nodes.PNN(binary.NativeEndian.Uint32(packet[24:])),
		ID:         binary.NativeEndian.Uint32(packet[28:]),
	}, nil
}

// checkHeader looks at as much of a header as is there.
func checkHeader(start []byte, limit uint32) error {
	if len(start) < 4 {
		return nil
	}
	length := binary.NativeEndian.Uint32(start)
	switch {
	case length < HeaderSize:
		return headerError(0, fmt.Sprintf("a length of at least %d", HeaderSize), int(length))
	case length > limit:
		return tooLarge("header", length, limit)
	case len(start) < HeaderSize:
		return nil
	}
	if got := binary.NativeEndian.Uint32(start[4:]); got != magic {
		return headerError(4, fmt.Sprintf("the magic number %#x", uint32(magic)), fmt.Sprintf("%#x", got))
	}
	if got := binary.NativeEndian.Uint32(start[8:]); got != Version {
		return headerError(8, fmt.Sprintf("protocol version %d", Version), got)
	}
	if got := Operation(binary.NativeEndian.Uint32(start[16:])); got != OperationMessage && got != OperationReply {
		return headerError(16, "a message or a reply", got)
	}
	return nil
}

func headerError(offset int, want string, got any) error {
	return &Error{Packet: "header", Opcode: NoOpcode, Offset: offset, Want: want, Got: fmt.Sprint(got)}
}

func tooLarge(packet string, length, limit uint32) error {
	return &Error{
		Packet: packet, Opcode: NoOpcode,
		Want: fmt.Sprintf("a packet of at most %d bytes", limit), Got: fmt.Sprintf("one of %d", length), Err: ErrTooLarge,
	}
}

// appendHeader begins a packet from a client. [finish] sets its length.
func appendHeader(dst []byte, operation Operation, selector, id uint32) []byte {
	dst = binary.NativeEndian.AppendUint32(dst, 0) // the length
	dst = binary.NativeEndian.AppendUint32(dst, magic)
	dst = binary.NativeEndian.AppendUint32(dst, Version)
	dst = binary.NativeEndian.AppendUint32(dst, 0) // the generation, which ctdbd ignores
	dst = binary.NativeEndian.AppendUint32(dst, uint32(operation))
	dst = binary.NativeEndian.AppendUint32(dst, selector)
	dst = binary.NativeEndian.AppendUint32(dst, 0) // the source, which ctdbd ignores
	return binary.NativeEndian.AppendUint32(dst, id)
}

// padded gives the size of a packet with its padding.
func padded(size int) int { return (size + packetAlignment - 1) / packetAlignment * packetAlignment }

// finish pads the packet that begins at start, and sets its length.
func finish(dst []byte, start int) []byte {
	for size := len(dst) - start; size < padded(size); size++ {
		dst = append(dst, 0)
	}
	binary.NativeEndian.PutUint32(dst[start:], uint32(len(dst)-start))
	return dst
}
