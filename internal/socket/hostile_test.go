package socket_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// answers is what a well-behaved daemon says to a light status: the replies, with a message before the last one.
func answers(first uint32) []byte {
	all := lightReplies(3, first)
	return bytes.Join([][]byte{all[0], all[1], all[2], messagePacket(wire.SrvidLeader, words(1)), all[3]}, nil)
}

// TestPrefixes cuts the answers at each byte.
func TestPrefixes(t *testing.T) {
	for end := range len(answers(0)) {
		conn, d := dial(t)
		go func() {
			d.send(answers(d.all(wire.LightRequests)[0].id)[:end])
			d.close()
		}()
		err := returns(t, func() error { return conn.Light(soon(t), wire.Destination{}, &wire.Light{}) })
		if !errors.Is(err, socket.ErrHungUp) {
			t.Errorf("%d bytes and the end: error %v", end, err)
		}
		isOver(t, conn, socket.ErrHungUp)
	}
}

// TestSilence stops at each byte for longer than the call waits, and then goes on.
func TestSilence(t *testing.T) {
	conn, d := dial(t)
	for end := range len(answers(0)) {
		ctx, cancel := context.WithCancel(t.Context())
		var rest []byte
		go func() {
			all := answers(d.all(wire.LightRequests)[0].id)
			d.send(all[:end])
			rest = all[end:]
			cancel()
		}()
		err := returns(t, func() error { return conn.Light(ctx, wire.Destination{}, &wire.Light{}) })
		if !errors.Is(err, context.Canceled) || conn.Err() != nil {
			t.Fatalf("%d bytes and silence: error %v, of the connection %v", end, err, conn.Err())
		}
		d.send(rest)
		works(t, conn, d)
	}
}

// TestBadPackets sends packets that are not what they should be. The one after is good.
func TestBadPackets(t *testing.T) {
	change := func(at int, n uint32) func([]byte) { return func(packet []byte) { put(packet, at, n) } }
	reply := func(id uint32) []byte { return replyPacket(id, 0, words(0, 3, 1, 2, 3)) } // 44 + 20 bytes
	message := func(uint32) []byte { return messagePacket(wire.SrvidLeader, words(1)) } // 44 + 4
	for _, test := range []struct {
		name   string
		packet func(id uint32) []byte
		change func(packet []byte)
		reason error // besides that the packet is bad
	}{
		{"length 0", reply, change(0, 0), nil},
		{"length 31", reply, change(0, 31), nil},
		{"a header alone", reply, change(0, 32), nil},
		{"length 1 too small", reply, change(0, 63), nil},
		{"length 1 too large", reply, change(0, 65), nil},
		{"length 1 MiB and 1", reply, change(0, 1<<20+1), wire.ErrTooLarge},
		{"length 2^31-1", reply, change(0, 1<<31-1), wire.ErrTooLarge},
		{"length 2^31", reply, change(0, 1<<31), wire.ErrTooLarge},
		{"length 2^32-1", reply, change(0, 1<<32-1), wire.ErrTooLarge},
		{"no magic", reply, change(4, 0x42445443), nil},
		{"version 0", reply, change(8, 0), nil},
		{"version 2", reply, change(8, 2), nil},
		{"operation 0", reply, change(16, 0), nil},
		{"a control", reply, change(16, 7), nil},
		{"operation 2^31", reply, change(16, 1<<31), nil},
		{"data 1 too large", reply, change(36, 21), nil},
		{"data 2^31", reply, change(36, 1<<31), nil},
		{"data 2^32-1", reply, change(36, 1<<32-1), nil},
		{"text 1 too large", reply, change(40, 1), nil},
		{"text 2^31", reply, change(40, 1<<31), nil},
		{"text 2^32-1", reply, change(40, 1<<32-1), nil},
		{"data and text 2^32 together", reply, func(p []byte) { put(p, 36, 1<<31); put(p, 40, 1<<31) }, nil},
		{"of a call that is not there, data 2^32-1", func(uint32) []byte { return reply(1 << 30) }, change(36, 1<<32-1), nil},
		{"a message that is a reply", message, change(16, 8), nil},
		{"message, length 0", message, change(0, 0), nil},
		{"message, length 40", message, change(0, 40), nil},
		{"message, data 1 too large", message, change(40, 5), nil},
		{"message, data 2^31", message, change(40, 1<<31), nil},
		{"message, data 2^32-1", message, change(40, 1<<32-1), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, d := dial(t)
			go func() {
				id := d.next().id
				packet := test.packet(id)
				test.change(packet)
				_, _ = d.conn.Write(append(packet, reply(id)...)) // the other side may hang up before the second one
			}()
			if _, err := ask(soon(t), t, conn, "x"); err == nil {
				t.Error("the call had an answer")
			}
			if test.reason == nil {
				test.reason = socket.ErrEnded
			}
			isOver(t, conn, test.reason)
			if _, ok := errors.AsType[*wire.Error](conn.Err()); !ok {
				t.Errorf("error %v", conn.Err())
			}
		})
	}
}

// TestBadData sends packets whose data are wrong. They are good packets, so that only the call fails.
func TestBadData(t *testing.T) {
	conn, d := dial(t)
	for _, at := range []struct{ reply, offset int }{{1, 44}, {2, 48}} {
		for _, count := range []uint32{0, 2, 4, 1 << 31, 1<<32 - 1} {
			go func() {
				replies := lightReplies(3, d.all(wire.LightRequests)[0].id)
				put(replies[at.reply], at.offset, count)
				d.send(replies...)
			}()
			err := conn.Light(soon(t), wire.Destination{}, &wire.Light{})
			if _, ok := errors.AsType[*wire.Error](err); !ok || errors.Is(err, socket.ErrEnded) {
				t.Errorf("reply %d with %d elements: error %v", at.reply, count, err)
			}
			works(t, conn, d)
		}
	}
}

// TestLimit takes packets of up to a limit.
func TestLimit(t *testing.T) {
	for _, limit := range []uint32{64, 16 << 10, 100 << 10, 0} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			conn, d := dialWith(t, socket.Options{Limit: limit})
			if limit == 0 {
				limit = 1 << 20
			}
			go func() {
				d.send(replyPacket(d.next().id, 0, make([]byte, limit-44)))
				_, _ = d.conn.Write(replyPacket(d.next().id, 0, make([]byte, limit-44+1))) // refused by its length
			}()
			get := func() error {
				return conn.Call(soon(t), wire.Destination{}, make([]wire.Request, 1), func(_ int, reply wire.Reply) error {
					if uint32(len(reply.Data)) != limit-44 {
						t.Errorf("got %d bytes", len(reply.Data))
					}
					return nil
				})
			}
			if err := get(); err != nil {
				t.Fatal(err)
			}
			if err := get(); !errors.Is(err, wire.ErrTooLarge) || !errors.Is(err, socket.ErrEnded) {
				t.Errorf("one byte more: error %v", err)
			}
			isOver(t, conn, wire.ErrTooLarge)
		})
	}
}
