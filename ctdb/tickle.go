package ctdb

import (
	"context"
	"net/netip"
	"strconv"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/status"
)

// AddTickle has the node remember a TCP connection to a public address, so that whichever node takes the address over
// tells the client to connect anew. File servers do so by themselves. Other nodes learn of it within
// TickleUpdateInterval, by default 20 seconds. To add what is there is no error. A destination that the node does not
// know as a public address is an [ErrRefused]. Similar to: ctdb addtickle.
func (c *Client) AddTickle(ctx context.Context, connection status.Connection) error {
	return c.tickle(ctx, "addtickle", connection, wire.AddTickle)
}

// DelTickle has the node forget a connection that [Client.AddTickle] or a file server registered. To delete what is not
// there is no error, nor is an address that the node does not know. Similar to: ctdb deltickle.
func (c *Client) DelTickle(ctx context.Context, connection status.Connection) error {
	return c.tickle(ctx, "deltickle", connection, wire.RemoveTickle)
}

// Tickle sends the client of a TCP connection a packet that makes it connect anew, if the destination has moved here.
// It is sent from the machine that the tool runs on, as root and without ctdbd; the client must not be one for a node.
// Success means that it was sent. Similar to: ctdb tickle.
func (c *Client) Tickle(ctx context.Context, connection status.Connection) error {
	return c.tickle(ctx, "tickle", connection, nil)
}

// tickle runs a command about a connection, or sends ctdbd the request that does the same, if there is one.
func (c *Client) tickle(
	ctx context.Context, command string, connection status.Connection, over func(status.Connection) (wire.Request, error),
) error {
	source, err := tickleEnd(command, connection.Source)
	if err != nil {
		return err
	}
	destination, err := tickleEnd(command, connection.Destination)
	if err != nil {
		return err
	}
	if connection.Source.Addr().Unmap().Is4() != connection.Destination.Addr().Unmap().Is4() {
		return refuse(command, "connection", source+" "+destination, "one end is IPv4, the other IPv6")
	}
	if over == nil {
		_, err = c.change(ctx, command, source, destination)
		return err
	}
	request, err := over(connection)
	return c.changeBy(ctx, request, err, command, source, destination)
}

// tickleEnd gives an end of a connection as all releases read it: an IPv6 address without brackets, which 4.13 takes
// for no address.
func tickleEnd(command string, end netip.AddrPort) (string, error) {
	addr, err := checkAddress(command, end.Addr())
	if err != nil {
		return "", err
	}
	return addr.String() + ":" + strconv.Itoa(int(end.Port())), nil
}
