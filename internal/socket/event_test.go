package socket_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// eventPacket is what an event daemon answers.
func eventPacket(result uint32, body []byte) []byte {
	p := append(words(0, 0, 9, uint32(wire.EventStatusCommand), result), body...)
	put(p, 0, uint32(len(p)))
	return p
}

// eventd does what a test says, after it has read the request, on one connection after the other.
func eventd(t *testing.T, answer func(conn net.Conn)) (socket.Options, []byte) {
	t.Helper()
	noLeaks(t)
	l := listen(t)
	request, err := wire.AppendEventStatus(nil, 9, "legacy", "monitor")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			got := make([]byte, len(request))
			if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, request) {
				t.Errorf("got request %x, error %v", got, err)
			}
			answer(conn)
			_, _ = io.Copy(io.Discard, conn) // until the other side ends it
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return socket.Options{Path: l.Addr().String()}, request
}

func TestEvent(t *testing.T) {
	body := append(words(0, 1000), make([]byte, 44*1000)...) // as many scripts, all of whose bytes are 0
	packet := eventPacket(0, body)
	for _, test := range []struct {
		name  string
		piece int
	}{{"whole", len(packet)}, {"in pieces", 1001}, {"byte by byte", 1}, {"with more behind it", 0}} {
		t.Run(test.name, func(t *testing.T) {
			options, request := eventd(t, func(conn net.Conn) {
				if test.piece == 0 {
					_, _ = conn.Write(append(packet, packet...)) // the other side does not wait for the second one
					return
				}
				for from := 0; from < len(packet); from += test.piece {
					_, _ = conn.Write(packet[from:min(from+test.piece, len(packet))])
				}
			})
			err := socket.Event(soon(t), options, request, func(reply wire.EventReply) error {
				status, err := wire.DecodeEventStatus(reply, "legacy", "monitor")
				if err == nil && len(status.Scripts) != 1000 {
					err = fmt.Errorf("%d scripts", len(status.Scripts))
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestEventRefused gives what the daemon and what read says.
func TestEventRefused(t *testing.T) {
	options, request := eventd(t, func(conn net.Conn) { _, _ = conn.Write(eventPacket(110, nil)) })
	err := socket.Event(soon(t), options, request, wire.DecodeEventRun)
	if _, ok := errors.AsType[*wire.Error](err); !ok || errors.Is(err, socket.ErrEnded) { // it answers another command
		t.Errorf("error %v", err)
	}
	err = socket.Event(soon(t), options, request, func(reply wire.EventReply) error {
		_, err := wire.DecodeEventStatus(reply, "legacy", "monitor")
		return err
	})
	if e, ok := errors.AsType[*wire.EventError](err); !ok || e.Status != 110 {
		t.Errorf("error %v", err)
	}
}

// TestEventBad has the daemon answer with what is no answer.
func TestEventBad(t *testing.T) {
	packet := func(at int, n uint32) []byte {
		p := eventPacket(0, words(0, 0))
		put(p, at, n)
		return p
	}
	for _, test := range []struct {
		name   string
		packet []byte
		want   error
	}{
		{"length 0", packet(0, 0), nil},
		{"length 19", packet(0, 19), nil},
		{"length 1 MiB and 1", packet(0, 1<<20+1), wire.ErrTooLarge},
		{"length 2^31-1", packet(0, 1<<31-1), wire.ErrTooLarge},
		{"length 2^31", packet(0, 1<<31), wire.ErrTooLarge},
		{"length 2^32-1", packet(0, 1<<32-1), wire.ErrTooLarge},
		{"a result that is no error number", packet(16, 1<<31), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			options, request := eventd(t, func(conn net.Conn) { _, _ = conn.Write(test.packet) })
			err := socket.Event(soon(t), options, request, wire.DecodeEventRun)
			_, ok := errors.AsType[*wire.Error](err)
			if !ok || !errors.Is(err, socket.ErrEnded) || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestEventPrefixes stops at each byte: with the end, with a reset, and with silence.
func TestEventPrefixes(t *testing.T) {
	packet := eventPacket(0, words(0, 0))
	for end := range packet {
		for _, test := range []struct {
			name   string
			end    func(conn net.Conn, give func(error))
			silent bool
		}{
			{"hung up", func(conn net.Conn, _ func(error)) { _ = conn.Close() }, false},
			{"silence", func(_ net.Conn, giveUp func(error)) { giveUp(nil) }, true},
		} {
			t.Run(fmt.Sprint(end, " ", test.name), func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(soon(t))
				defer cancel(nil)
				options, request := eventd(t, func(conn net.Conn) {
					_, _ = conn.Write(packet[:end])
					test.end(conn, cancel)
				})
				err := returns(t, func() error {
					return socket.Event(ctx, options, request, func(wire.EventReply) error {
						t.Error("there was an answer")
						return nil
					})
				})
				if test.silent && !gaveUp(err, context.Canceled) ||
					!test.silent && !errors.Is(err, socket.ErrHungUp) {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

// TestEventReset has the daemon hang up without reading the request.
func TestEventReset(t *testing.T) {
	noLeaks(t)
	l := listen(t)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	for range 100 {
		err := socket.Event(soon(t), socket.Options{Path: l.Addr().String()}, []byte("anything"), nil)
		if !errors.Is(err, socket.ErrHungUp) {
			t.Errorf("error %v", err)
		}
	}
}

// TestEventFull gives up with a daemon that never reads.
func TestEventFull(t *testing.T) {
	noLeaks(t)
	l := listen(t)
	err := returns(t, func() error {
		return socket.Event(short(t), socket.Options{Path: l.Addr().String()}, make([]byte, 8<<20), nil)
	})
	if !gaveUp(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

// lateContext is over when a test says so, and nobody has noticed yet.
type lateContext struct {
	context.Context
	over atomic.Bool
}

func (c *lateContext) Err() error {
	if c.over.Load() {
		return context.Canceled
	}
	return c.Context.Err()
}

// TestEventAnswersInTime gives an answer that came, even though the context is over meanwhile.
func TestEventAnswersInTime(t *testing.T) {
	ctx := &lateContext{Context: soon(t)}
	options, request := eventd(t, func(conn net.Conn) {
		ctx.over.Store(true)
		_, _ = conn.Write(eventPacket(0, words(0, 0)))
	})
	read := false
	err := socket.Event(ctx, options, request, func(wire.EventReply) error { read = true; return nil })
	if err != nil || !read {
		t.Errorf("read: %t, error %v", read, err)
	}
}
