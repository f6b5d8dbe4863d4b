package wire

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Reply is the answer to a control. What it holds is valid as long as the packet that it was read from; the Decode
// functions give values that share no memory with it.
type Reply struct {
	Header
	// Status is 0 for success; the answer itself to some controls; and else most often -1.
	Status int32
	// Data is the answer, and Text why there is none.
	Data, Text []byte
}

// ParseReply reads a packet of [OperationReply]. Anything else is an [*Error]. Padding is ignored.
func ParseReply(packet []byte) (Reply, error) {
	header, err := parseHeaderOf(packet, OperationReply, replyDataAt)
	if err != nil {
		return Reply{}, err
	}
	data, text := binary.NativeEndian.Uint32(packet[36:]), binary.NativeEndian.Uint32(packet[40:])
	rest := packet[replyDataAt:]
	if uint64(data)+uint64(text) > uint64(len(rest)) {
		return Reply{}, &Error{
			Packet: "reply", Opcode: NoOpcode, Offset: 36,
			Want: fmt.Sprintf("%d bytes of data and %d of text", data, text), Got: fmt.Sprintf("%d", len(rest)),
		}
	}
	return Reply{
		Header: header,
		Status: int32(binary.NativeEndian.Uint32(packet[32:])),
		Data:   rest[:data:data],
		Text:   rest[data : data+text : data+text],
	}, nil
}

// parseHeaderOf reads the header of a packet that must be of one operation and have so many bytes.
func parseHeaderOf(packet []byte, operation Operation, size int) (Header, error) {
	header, err := ParseHeader(packet)
	switch {
	case err != nil:
		return Header{}, err
	case header.Operation != operation:
		return Header{}, headerError(16, "a "+operation.String(), header.Operation)
	case len(packet) < size:
		return Header{}, headerError(0, fmt.Sprintf("a %v of at least %d bytes", operation, size), len(packet))
	}
	return header, nil
}

// Err gives a [*StatusError] if the status is not 0, which for most controls is a refusal. It is all that there is to
// decode of the answer to an action.
func (r Reply) Err(opcode Opcode) error {
	if r.Status == 0 {
		return nil
	}
	return r.refused(opcode)
}

func (r Reply) refused(opcode Opcode) error {
	const most = 200
	text := strings.TrimRight(string(r.Text[:min(len(r.Text), most)]), "\x00")
	return &StatusError{Opcode: opcode, Status: r.Status, Text: text}
}

// number gives the status where that is the answer, and negative ones are refusals.
func (r Reply) number(opcode Opcode) (uint32, error) {
	if r.Status < 0 {
		return 0, r.refused(opcode)
	}
	return uint32(r.Status), nil
}

// reader begins to read the data. The reader gives nothing if the status is not 0.
func (r Reply) reader(opcode Opcode) reader {
	return reader{packet: "reply to", opcode: opcode, data: r.Data, base: replyDataAt, err: r.Err(opcode)}
}
