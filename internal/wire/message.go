package wire

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Message is a message that this connection is registered for. What it holds is valid as long as the packet that it was
// read from. The node that it comes from is not told; [Header.Source] is the one of the socket.
type Message struct {
	Header
	Srvid Srvid
	Data  []byte
}

// ParseMessage reads a packet of [OperationMessage]. Anything else is an [*Error]. Padding is ignored.
func ParseMessage(packet []byte) (Message, error) {
	header, err := parseHeaderOf(packet, OperationMessage, messageDataAt)
	if err != nil {
		return Message{}, err
	}
	length, rest := binary.NativeEndian.Uint32(packet[40:]), packet[messageDataAt:]
	if uint64(length) > uint64(len(rest)) {
		return Message{}, &Error{
			Packet: "message", Opcode: NoOpcode, Offset: 40,
			Want: fmt.Sprintf("%d bytes of data", length), Got: fmt.Sprint(len(rest)),
		}
	}
	return Message{Header: header, Srvid: Srvid(binary.NativeEndian.Uint64(packet[32:])), Data: rest[:length:length]}, nil
}

func (m Message) reader(name string) reader {
	return reader{packet: "message " + name, opcode: NoOpcode, data: m.Data, base: messageDataAt}
}

// word reads data of one number.
func (m Message) word(name string) (uint32, error) {
	r := m.reader(name)
	r.size(4)
	n := r.uint32()
	return n, r.err
}

// DecodeLeader reads a message to [SrvidLeader]: the node that leads, unknown during an election.
func DecodeLeader(m Message) (status.Value[nodes.PNN], error) {
	n, err := m.word("LEADER")
	if err != nil {
		return status.Value[nodes.PNN]{}, err
	}
	return nodeOrNone(n), nil
}

// DecodeAddress reads a message to [SrvidTakeIP] or [SrvidReleaseIP]: the public address that it is about.
func DecodeAddress(m Message) (netip.Addr, error) {
	r := m.reader("about an address")
	text := r.rest()
	addr, err := netip.ParseAddr(text)
	if err != nil || !isAddress(addr) {
		r.fail(0, "an address", clip(text))
	}
	return addr, r.err
}

// FlagChange is a change of a node's flags.
type FlagChange struct {
	PNN      nodes.PNN
	New, Old status.Flags
}

// DecodeFlagChange reads a message to [SrvidSetNodeFlags] or [SrvidHealth].
func DecodeFlagChange(m Message) (FlagChange, error) {
	r := m.reader("about flags")
	r.size(12)
	change := FlagChange{nodes.PNN(r.uint32()), status.Flags(r.uint32()), status.Flags(r.uint32())}
	return change, r.err
}

// AppendTakeoverRun appends the packet of a message that asks the leader, whoever that is, to look whether public
// addresses are where they should be and to move them. The answer is a message to an address that this connection has
// registered for, at the node that the socket belongs to, whose number is from: see [DecodeTakeoverRun]. A node that
// does not lead does not answer, and during an election or a recovery nobody does: then it has to be sent again after
// some seconds. Nothing is allocated if dst has the room. Similar to: ctdb ipreallocate.
func AppendTakeoverRun(dst []byte, from nodes.PNN, answerTo Srvid) []byte {
	const size = 16
	start := len(dst)
	dst = slices.Grow(dst, padded(messageDataAt+size))
	dst = appendHeader(dst, OperationMessage, selectAllConnected, 0)
	dst = binary.NativeEndian.AppendUint64(dst, uint64(srvidTakeoverRun))
	dst = binary.NativeEndian.AppendUint32(dst, size)
	dst = binary.NativeEndian.AppendUint32(dst, uint32(from))
	dst = binary.NativeEndian.AppendUint32(dst, 0)
	dst = binary.NativeEndian.AppendUint64(dst, uint64(answerTo))
	return finish(dst, start)
}

// DecodeTakeoverRun reads the answer to a takeover run: the node that did it. If the run failed, the second result is
// false.
func DecodeTakeoverRun(m Message) (leader nodes.PNN, ok bool, err error) {
	n, err := m.word("about a takeover run")
	if err != nil || int32(n) < 0 {
		return 0, false, err
	}
	return nodes.PNN(n), true, nil
}
