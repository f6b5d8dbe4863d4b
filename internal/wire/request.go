package wire

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Request is a control with its data. Functions of this package make them, and there is one for each control that is
// safe to send. It is a plain value that can be sent any number of times. The zero Request is a ping.
type Request struct {
	opcode Opcode
	flags  uint32
	srvid  Srvid
	data   []byte // nobody changes it
}

// Opcode gives the control.
func (r Request) Opcode() Opcode {
	if r.opcode == 0 && r.data == nil {
		return OpPing
	}
	return r.opcode
}

// AppendControl appends the packet of a request to dst. The reply to it has the same id, which is the caller's choice.
// Several packets can be put into one buffer and sent at once. Nothing is allocated if dst has the room.
func AppendControl(dst []byte, to Destination, id uint32, r Request) []byte {
	start := len(dst)
	dst = slices.Grow(dst, padded(controlDataAt+len(r.data)))
	dst = appendHeader(dst, OperationControl, to.selector(), id)
	dst = binary.NativeEndian.AppendUint32(dst, uint32(r.Opcode()))
	dst = binary.NativeEndian.AppendUint32(dst, 0)
	dst = binary.NativeEndian.AppendUint64(dst, uint64(r.srvid))
	dst = binary.NativeEndian.AppendUint32(dst, 0) // the client, which ctdbd fills in
	dst = binary.NativeEndian.AppendUint32(dst, r.flags)
	dst = binary.NativeEndian.AppendUint32(dst, uint32(len(r.data)))
	dst = append(dst, r.data...)
	return finish(dst, start)
}

// words makes a request whose data are numbers of 32 bits.
func words(opcode Opcode, numbers ...uint32) Request {
	data := make([]byte, 0, 4*len(numbers))
	for _, n := range numbers {
		data = binary.NativeEndian.AppendUint32(data, n)
	}
	return Request{opcode: opcode, data: data}
}

// appendText appends a text behind its length, with the NUL that both count.
func appendText(dst []byte, text string) []byte {
	dst = binary.NativeEndian.AppendUint32(dst, uint32(len(text)+1))
	dst = append(dst, text...)
	return append(dst, 0)
}

// checkText refuses a text that can't be sent: an empty one, one with a NUL in it, and one of more bytes than most.
func checkText(opcode Opcode, what, text string, most int) error {
	if text != "" && len(text) <= most && !strings.Contains(text, "\x00") {
		return nil
	}
	return requestError(opcode, fmt.Sprintf("%s of 1 to %d bytes without NUL", what, most), clip(text))
}

func requestError(opcode Opcode, want, got string) error {
	return &Error{Packet: "request " + opcode.String(), Opcode: opcode, Want: want, Got: got}
}
