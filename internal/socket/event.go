package socket

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// Event sends a request to an event daemon and gives its answer, over a connection of its own. What read gets is valid
// only as long as it runs. Errors are those of Dial, the context's, of read, or an ErrEnded.
func Event(ctx context.Context, options Options, request []byte, read func(wire.EventReply) error) error {
	stream, err := dial(ctx, options)
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }()
	packet, err := eventAnswer(ctx, stream, request, wire.Splitter{Limit: options.Limit})
	if err != nil {
		return err
	}
	reply, err := wire.ParseEventReply(packet)
	if err != nil {
		return ended(err)
	}
	return read(reply)
}

// eventAnswer writes a request and reads one packet, as long as the context lasts.
func eventAnswer(ctx context.Context, stream *net.UnixConn, request []byte, splitter wire.Splitter) ([]byte, error) {
	stop := atEnd(ctx, func() { _ = stream.SetDeadline(time.Now()) })
	defer stop()
	_, err := stream.Write(request)
	var packet []byte
	if err == nil {
		packet, err = eventPacket(stream, splitter)
	}
	switch {
	case err == nil:
		return packet, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, ended(err)
}

// eventPacket reads one packet.
func eventPacket(stream io.Reader, splitter wire.Splitter) ([]byte, error) {
	buf, filled := make([]byte, readSize), 0
	for {
		n, err := stream.Read(buf[filled:])
		filled += n
		packet, need, bad := splitter.NextEvent(buf[:filled])
		switch {
		case bad != nil:
			return nil, bad
		case packet != nil:
			return packet, nil
		case err != nil:
			return nil, err
		}
		if filled+need > len(buf) {
			buf = append(buf, make([]byte, filled+need-len(buf))...)
		}
	}
}
