package wire

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// The destinations that are not nodes.
const (
	selectThisNode     = 0xF0000001
	selectAllConnected = 0xF0000004
	firstSelector      = 0xF0000000
)

// Destination is the node that a control is for. The zero value is the node that the socket belongs to.
//
// There is no Destination for several nodes at once: a control to all of them is never answered.
type Destination struct {
	offset uint32 // from selectThisNode, so that this node is 0
}

// ToNode makes a destination of a node's number. A node that is not there, or not connected, is an error of the reply
// only: see [ErrDisconnected]. What can't be the number of a node at all is an [*Error].
func ToNode(pnn nodes.PNN) (Destination, error) {
	if pnn >= firstSelector {
		return Destination{}, &Error{
			Packet: "destination", Opcode: NoOpcode, Want: "the number of a node", Got: fmt.Sprint(uint32(pnn)),
		}
	}
	return Destination{uint32(pnn) - selectThisNode}, nil
}

func (d Destination) selector() uint32 { return d.offset + selectThisNode }
