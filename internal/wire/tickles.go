package wire

import (
	"net/netip"

	"github.com/go-ctdb/go-ctdb/status"
)

const connectionSize = 2 * sockaddrSize

// GetTickles asks for the connections to a public address that CTDB would tell clients about. An address that is not a
// public one of the node is refused, with status 1. What is no address is an [*Error]. Similar to: ctdb gettickles.
func GetTickles(addr netip.Addr) (Request, error) { return aboutAddress(OpTickles, addr) }

// DecodeTickles reads the answer to [GetTickles], in the node's order.
func DecodeTickles(reply Reply) (*status.Tickles, error) {
	r := reply.reader(OpTickles)
	address := r.addr()
	n := r.count(connectionSize, "connections")
	t := &status.Tickles{Address: status.Known(address), Connections: make([]status.Connection, n)}
	for i := range t.Connections {
		t.Connections[i] = status.Connection{Source: r.addrPort(), Destination: r.addrPort()}
	}
	if r.err != nil {
		return nil, r.err
	}
	return t, nil
}

// AddTickle has the node remember a connection to a public address. What is no connection is an [*Error]. Similar to:
// ctdb addtickle.
func AddTickle(c status.Connection) (Request, error) { return aboutConnection(OpAddTickle, c) }

// RemoveTickle has the node forget a connection. Similar to: ctdb deltickle.
func RemoveTickle(c status.Connection) (Request, error) { return aboutConnection(OpRemoveTickle, c) }

func aboutConnection(opcode Opcode, c status.Connection) (Request, error) {
	source, destination := c.Source.Addr(), c.Destination.Addr()
	if !isAddress(source) || !isAddress(destination) || source.Unmap().Is4() != destination.Unmap().Is4() {
		return Request{}, requestError(opcode, "two addresses of one kind without a zone", c.String())
	}
	return Request{opcode: opcode, data: appendSockaddr(appendSockaddr(nil, c.Source), c.Destination)}, nil
}
