package socket_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// live gives how much memory is in use, after a clean-up that leaves pools what was in them since the last one.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestFlood sends far more than the memory it may take, of which nobody wants anything.
func TestFlood(t *testing.T) {
	megabyte := make([]byte, 1<<20-44)
	for _, test := range []struct {
		name   string
		packet []byte
		count  int
	}{
		{"messages", messagePacket(wire.SrvidLeader, words(1)), 100_000},
		{"messages to others", messagePacket(wire.SrvidTakeIP, words(1)), 100_000},
		{"messages of 1 MiB", messagePacket(wire.SrvidLeader, megabyte), 50},
		{"replies to nobody", replyPacket(1<<31, 0, words(1)), 100_000},
		{"replies of 1 MiB to nobody", replyPacket(1<<31, 0, megabyte), 50},
		{"replies that came already", replyPacket(1, 0, megabyte), 50},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, d := dial(t)
			go d.registers(wire.SrvidLeader, 0) // request 1
			_, stop := hears(t, conn, wire.SrvidLeader)
			stop() // nobody listens, but the daemon does not know
			works(t, conn, d)
			pile := bytes.Repeat(test.packet, max(1, 64<<10/len(test.packet)))
			before := live()
			for range test.count / (len(pile) / len(test.packet)) {
				d.send(pile)
			}
			works(t, conn, d)
			if grown := live() - before; grown > 512<<10 {
				t.Errorf("%d bytes more are in use after %d packets", grown, test.count)
			}
			runtime.KeepAlive(pile)
		})
	}
}

// TestLargeCalls gives the memory of large requests and replies back.
func TestLargeCalls(t *testing.T) {
	conn, d := dial(t)
	works(t, conn, d)
	go func() {
		for range 64 * 5 {
			d.send(echoed(d.next()))
		}
	}()
	before := live()
	for range 5 {
		if err := large(soon(t), t, conn); err != nil {
			t.Fatal(err)
		}
	}
	works(t, conn, d)
	if grown := live() - before; grown > 512<<10 {
		t.Errorf("%d bytes more are in use", grown)
	}
}

// TestClaims has packets claim to be larger than they may be. No room is made for them.
func TestClaims(t *testing.T) {
	for _, length := range []uint32{1<<20 + 1, 1 << 30, 1<<32 - 1} {
		conn, d := dial(t)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d.send(words(length))
		isOver(t, conn, wire.ErrTooLarge)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 512<<10 {
			t.Errorf("length %d: %d bytes were allocated", length, got)
		}
	}
}

// TestLightAllocations holds a light status to what it takes to hear of the end of its context, which is two allocations,
// once there is memory to use again.
func TestLightAllocations(t *testing.T) {
	conn, d := dial(t)
	served := make(chan struct{})
	go func() {
		defer close(served)
		serve(d.conn)
	}()
	ctx := soon(t)
	var light wire.Light
	got := testing.AllocsPerRun(1000, func() {
		if err := conn.Light(ctx, wire.Destination{}, &light); err != nil {
			t.Fatal(err)
		}
	})
	if most := 5.0; got > most { // the race detector has pools forget, and what runs beside a test allocates too
		t.Errorf("%v allocations for each", got)
	}
	conn.Close()
	<-served
}
