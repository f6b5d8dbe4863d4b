package socket_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// heard is what somebody heard.
type heard struct {
	mu  sync.Mutex
	all []string
}

func (h *heard) hear(m wire.Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, string(m.Data))
}

func (h *heard) check(t *testing.T, who string, want ...string) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if diff := cmp.Diff(want, h.all); diff != "" {
		t.Errorf("%s: mismatch (-want +got)\n%s", who, diff)
	}
}

// registers answers one request, which must be to register.
func (d *daemon) registers(srvid wire.Srvid, code int32) {
	d.t.Helper()
	r := d.next()
	if r.opcode != uint32(wire.OpRegisterSrvid) || r.srvid != srvid || len(r.data) > 0 {
		d.t.Errorf("got %+v, want one to register", r)
	}
	d.send(replyPacket(r.id, code, nil))
}

// says sends a message, and waits until it was read.
func (d *daemon) says(conn *socket.Conn, srvid wire.Srvid, text string) {
	d.t.Helper()
	d.send(messagePacket(srvid, []byte(text)))
	answered(d.t, conn, d, "so that the message was read")
}

// hears listens without waiting for a daemon's answer.
func hears(t *testing.T, conn *socket.Conn, srvid wire.Srvid) (*heard, func()) {
	t.Helper()
	h := &heard{}
	stop, err := conn.Listen(soon(t), srvid, h.hear)
	if err != nil {
		t.Error(err)
		return h, func() {}
	}
	return h, stop
}

// TestListen registers once for all who listen to the same.
func TestListen(t *testing.T) {
	conn, d := dial(t)
	go d.registers(wire.SrvidLeader, 0)
	a, stopA := hears(t, conn, wire.SrvidLeader)
	b, stopB := hears(t, conn, wire.SrvidLeader)
	go d.registers(wire.SrvidTakeIP, 0)
	c, stopC := hears(t, conn, wire.SrvidTakeIP)

	d.says(conn, wire.SrvidLeader, "1")
	d.says(conn, wire.SrvidTakeIP, "2")
	d.says(conn, wire.SrvidReleaseIP, "to nobody")
	stopA()
	stopA()
	d.says(conn, wire.SrvidLeader, "3")
	stopB()
	stopC()
	d.says(conn, wire.SrvidLeader, "when nobody listens")
	again, _ := hears(t, conn, wire.SrvidLeader) // ctdbd still sends them
	d.says(conn, wire.SrvidLeader, "")
	d.says(conn, wire.SrvidLeader, string(make([]byte, 100_000)))

	a.check(t, "the first one", "1")
	b.check(t, "the second one", "1", "3")
	c.check(t, "of another address", "2")
	again.check(t, "the last one", "", string(make([]byte, 100_000)))
	works(t, conn, d)
	d.nothing(conn)
	isOver(t, conn, socket.ErrClosed) // even though ctdbd need not be told any more
}

// TestListenAtOnce has many begin at the same time, one of which registers.
func TestListenAtOnce(t *testing.T) {
	conn, d := dial(t)
	go d.registers(wire.SrvidLeader, 0)
	var all sync.WaitGroup
	listeners := make([]*heard, 16)
	for i := range listeners {
		all.Go(func() { listeners[i], _ = hears(t, conn, wire.SrvidLeader) })
	}
	all.Wait()
	d.says(conn, wire.SrvidLeader, "1")
	for i, h := range listeners {
		h.check(t, fmt.Sprint(i), "1")
	}
	d.nothing(conn)
}

// TestListenRefused tells of a refusal, and asks again the next time.
func TestListenRefused(t *testing.T) {
	conn, d := dial(t)
	var refused heard
	go d.registers(wire.SrvidLeader, -1)
	_, err := conn.Listen(soon(t), wire.SrvidLeader, refused.hear)
	if e, ok := errors.AsType[*wire.StatusError](err); !ok || e.Status != -1 || e.Opcode != wire.OpRegisterSrvid {
		t.Errorf("error %v", err)
	}
	go d.registers(wire.SrvidLeader, 0)
	h, _ := hears(t, conn, wire.SrvidLeader)
	d.says(conn, wire.SrvidLeader, "1")
	h.check(t, "the second one", "1")
	refused.check(t, "the refused one")
	works(t, conn, d)
	d.nothing(conn)
}

// TestListenGivesUp does not register again when one who asked gave up: the next one gets the answer to that.
func TestListenGivesUp(t *testing.T) {
	for _, test := range []struct {
		name  string
		code  int32 // of the answer that comes at last
		early bool  // whether it comes before the next one asks
	}{
		{"then it is answered", 0, true},
		{"then it is refused", -1, true},
		{"answered later", 0, false},
		{"refused later", -1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, d := dial(t)
			var gone heard
			var asked request
			for i := range 3 {
				ctx, cancel := context.WithCancel(t.Context())
				result := make(chan error)
				go func() { _, err := conn.Listen(ctx, wire.SrvidLeader, gone.hear); result <- err }()
				if i == 0 {
					asked = d.next()
				}
				cancel()
				if err := <-result; !errors.Is(err, context.Canceled) || conn.Waiting() != 1 {
					t.Fatalf("error %v, %d requests on the list", err, conn.Waiting())
				}
			}
			answer := func() { d.send(replyPacket(asked.id, test.code, nil)) }
			if test.early {
				answer()
				answered(t, conn, d, "so that it was read")
			}
			var h heard
			result := make(chan error)
			go func() { _, err := conn.Listen(soon(t), wire.SrvidLeader, h.hear); result <- err }()
			if !test.early {
				awaitStack(t, "socket.(*Conn).await")
				answer()
			}
			_, refused := errors.AsType[*wire.StatusError](<-result)
			if refused != (test.code != 0) {
				t.Errorf("refused: %t", refused)
			}
			d.says(conn, wire.SrvidLeader, "1")
			gone.check(t, "who gave up")
			if !refused {
				h.check(t, "who did not", "1")
			}
			works(t, conn, d)
			d.nothing(conn)
		})
	}
}

// TestListenInQueue gives up in waiting for somebody else's registration.
func TestListenInQueue(t *testing.T) {
	conn, d := dial(t)
	result := make(chan error)
	var first heard
	go func() { _, err := conn.Listen(soon(t), wire.SrvidLeader, first.hear); result <- err }()
	asked := d.next()
	_, err := conn.Listen(short(t), wire.SrvidLeader, func(wire.Message) {})
	if !gaveUp(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	d.send(replyPacket(asked.id, 0, nil))
	if err := <-result; err != nil {
		t.Error(err)
	}
	d.says(conn, wire.SrvidLeader, "1")
	first.check(t, "the first one", "1")
	d.nothing(conn)
}

// TestListenEnds ends with the connection.
func TestListenEnds(t *testing.T) {
	conn, d := dial(t)
	go func() { d.next(); d.close() }()
	if _, err := conn.Listen(soon(t), wire.SrvidLeader, func(wire.Message) {}); !errors.Is(err, socket.ErrHungUp) {
		t.Errorf("error %v", err)
	}
	for range 2 {
		if _, err := conn.Listen(soon(t), wire.SrvidLeader, func(wire.Message) {}); !errors.Is(err, socket.ErrHungUp) {
			t.Errorf("error %v", err)
		}
	}
	isOver(t, conn, socket.ErrHungUp)
}

// TestStopWithin stops to listen while a message is being heard.
func TestStopWithin(t *testing.T) {
	conn, d := dial(t)
	go d.registers(wire.SrvidLeader, 0)
	before, _ := hears(t, conn, wire.SrvidLeader)
	var stop func()
	var h heard
	stop, err := conn.Listen(soon(t), wire.SrvidLeader, func(m wire.Message) {
		h.hear(m)
		if string(m.Data) == "2" {
			stop()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	after, _ := hears(t, conn, wire.SrvidLeader)
	for _, text := range []string{"1", "2", "3"} {
		d.says(conn, wire.SrvidLeader, text)
	}
	before.check(t, "the one before", "1", "2", "3")
	h.check(t, "the one who stops", "1", "2")
	after.check(t, "the one after", "1", "2", "3")
}

// TestCloseWaitsForListeners has Close return when nobody listens any more, whoever reads.
func TestCloseWaitsForListeners(t *testing.T) {
	t.Run("no call", func(t *testing.T) {
		conn, d := dial(t)
		closeWaits(t, conn, d, func() {})
	})
	t.Run("a call", func(t *testing.T) {
		for range 20 {
			conn, d := dial(t)
			var call sync.WaitGroup
			closeWaits(t, conn, d, func() {
				works(t, conn, d) // so that the next call reads
				call.Go(func() {
					if _, err := ask(soon(t), t, conn, "never answered"); !errors.Is(err, socket.ErrClosed) {
						t.Errorf("error %v", err)
					}
				})
				d.next()
			})
			call.Wait()
		}
	})
}

// closeWaits has somebody listen, then something happen and a message come, and Close wait for who hears that.
func closeWaits(t *testing.T, conn *socket.Conn, d *daemon, then func()) {
	t.Helper()
	go d.registers(wire.SrvidLeader, 0)
	running, wait := make(chan struct{}), make(chan struct{})
	over := false // what the race detector looks at
	stop, err := conn.Listen(soon(t), wire.SrvidLeader, func(wire.Message) {
		close(running)
		<-wait
		over = true
	})
	if err != nil {
		t.Fatal(err)
	}
	then()
	d.send(messagePacket(wire.SrvidLeader, nil), messagePacket(wire.SrvidTakeIP, nil))
	<-running
	closed := make(chan struct{})
	go func() {
		conn.Close()
		close(closed)
	}()
	await(t, func() bool { return conn.Err() != nil }, "the end")
	select {
	case <-closed:
		t.Error("Close returned while a message was being heard")
	default:
	}
	stop()
	close(wait)
	<-closed
	if !over {
		t.Error("Close did not wait")
	}
}

// TestListenAndStop has many come and go while messages come.
func TestListenAndStop(t *testing.T) {
	conn, d := dial(t)
	go d.registers(wire.SrvidLeader, 0)
	always, _ := hears(t, conn, wire.SrvidLeader)
	var want []string
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				h, stop := hears(t, conn, wire.SrvidLeader)
				stop()
				h.mu.Lock()
				if !slices.IsSorted(h.all) {
					t.Errorf("heard in the wrong order: %q", h.all)
				}
				h.mu.Unlock()
			}
		})
	}
	for i := range 200 {
		text := fmt.Sprintf("%03d", i)
		want = append(want, text)
		d.send(messagePacket(wire.SrvidLeader, []byte(text)))
	}
	all.Wait()
	works(t, conn, d)
	always.check(t, "who stays", want...)
}
