//go:build linux

package wire_test

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// socketLimit is how long a daemon may take to answer.
const socketLimit = 2 * time.Minute

// socket is a connection to a daemon.
type socket struct {
	t        *testing.T
	conn     net.Conn
	next     func(wire.Splitter, []byte) ([]byte, int, error)
	buffer   []byte // received and not used yet
	id       uint32
	messages [][]byte // that came while a reply was waited for
}

func dial(t *testing.T, path string, next func(wire.Splitter, []byte) ([]byte, int, error)) *socket {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &socket{t: t, conn: conn, next: next}
}

// send writes packets.
func (s *socket) send(packets []byte) {
	s.t.Helper()
	if _, err := s.conn.Write(packets); err != nil {
		s.t.Fatal(err)
	}
}

// receive gives the next packet, in memory of its own.
func (s *socket) receive() []byte {
	s.t.Helper()
	packet, err := s.receiveWithin(socketLimit)
	if err != nil {
		s.t.Fatal(err)
	}
	return packet
}

// receiveWithin gives the next packet, or an error if it does not come in time. What came of it stays.
func (s *socket) receiveWithin(limit time.Duration) ([]byte, error) {
	s.t.Helper()
	if err := s.conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		s.t.Fatal(err)
	}
	for {
		packet, need, err := s.next(wire.Splitter{}, s.buffer)
		if err != nil {
			s.t.Fatal(err)
		}
		if packet != nil {
			s.buffer = s.buffer[len(packet):]
			return bytes.Clone(packet), nil
		}
		have := len(s.buffer)
		s.buffer = append(s.buffer, make([]byte, need)...)
		n, err := s.conn.Read(s.buffer[have:])
		s.buffer = s.buffer[:have+n]
		if err != nil {
			return nil, err
		}
	}
}

// control sends a request and gives the packet of its reply.
func (s *socket) control(to wire.Destination, request wire.Request) []byte {
	s.t.Helper()
	s.id++
	s.send(wire.AppendControl(nil, to, s.id, request))
	for {
		packet := s.receive()
		header, err := wire.ParseHeader(packet)
		if err != nil {
			s.t.Fatal(err)
		}
		if header.Operation == wire.OperationReply && header.ID == s.id {
			return packet
		}
		s.messages = append(s.messages, packet)
	}
}

// message gives the next message to an address.
func (s *socket) message(srvid wire.Srvid) (packet []byte, m wire.Message) {
	s.t.Helper()
	packet, m, ok := s.messageWithin(srvid, socketLimit)
	if !ok {
		s.t.Fatalf("no message to %v", srvid)
	}
	return packet, m
}

// messageWithin gives the next message to an address, or false if there is none for a while.
func (s *socket) messageWithin(srvid wire.Srvid, limit time.Duration) (packet []byte, m wire.Message, ok bool) {
	s.t.Helper()
	deadline := time.Now().Add(limit)
	for i := 0; ; i++ {
		if i == len(s.messages) {
			packet, err := s.receiveWithin(time.Until(deadline))
			if err != nil {
				return nil, wire.Message{}, false
			}
			s.messages = append(s.messages, packet)
		}
		m, err := wire.ParseMessage(s.messages[i])
		if err != nil {
			s.t.Fatal(err)
		}
		if m.Srvid == srvid {
			packet := s.messages[i]
			s.messages = append(s.messages[:i], s.messages[i+1:]...)
			return packet, m, true
		}
	}
}

// ask sends a request to the node that the socket belongs to, and gives the reply.
func (s *socket) ask(request wire.Request) wire.Reply {
	s.t.Helper()
	return s.askNode(wire.Destination{}, request)
}

func (s *socket) askNode(to wire.Destination, request wire.Request) wire.Reply {
	s.t.Helper()
	reply, err := wire.ParseReply(s.control(to, request))
	if err != nil {
		s.t.Fatal(err)
	}
	return reply
}
