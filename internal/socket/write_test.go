package socket_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// pingID is a number that no call has.
const pingID = 1 << 30

// ping appends a request that nobody waits for.
func ping(out []byte) []byte { return wire.AppendControl(out, wire.Destination{}, pingID, wire.Ping()) }

// fill sends pings to a daemon that does not read until no more can be sent, and gives how many went out.
func fill(t *testing.T, conn *socket.Conn) int {
	t.Helper()
	for n := 0; ; n++ {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := conn.Send(ctx, ping)
		cancel()
		switch {
		case gaveUp(err, context.DeadlineExceeded):
			return n
		case err != nil:
			t.Fatal(err)
		}
	}
}

// empty has the daemon read what fill sent, and nothing else.
func empty(t *testing.T, d *daemon, n int) {
	t.Helper()
	for range n {
		if r := d.next(); r.id != pingID || r.opcode != uint32(wire.OpPing) {
			t.Fatalf("got %+v", r)
		}
	}
}

// TestFull has the socket be full since the daemon does not read: calls end when they should, and when it reads,
// nothing of them is there.
func TestFull(t *testing.T) {
	conn, d := dial(t)
	sent := fill(t, conn)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 4 {
				if _, err := ask(short(t), t, conn, "x", "y"); !gaveUp(err, context.DeadlineExceeded) {
					t.Errorf("error %v", err)
				}
			}
		})
	}
	all.Wait()
	if n := conn.Waiting(); n != 0 {
		t.Errorf("%d requests are left on the list", n)
	}
	empty(t, d, sent)
	works(t, conn, d)
	d.nothing(conn)
}

// TestFullCancel gives up in each place where a call can be while the socket is full.
func TestFullCancel(t *testing.T) {
	conn, d := dial(t)
	sent := fill(t, conn)
	first, cancelFirst := context.WithCancel(t.Context())
	second, cancelSecond := context.WithCancel(t.Context())
	results := make(chan error)
	begin := func(ctx context.Context) {
		go func() { _, err := ask(ctx, t, conn, "x"); results <- err }()
	}
	begin(first)
	awaitStack(t, "socket.(*Conn).writeRest")
	begin(second) // in the queue behind that one
	awaitWaiting(t, conn, 2)
	cancelSecond()
	if err := <-results; !errors.Is(err, context.Canceled) || conn.Waiting() != 1 {
		t.Errorf("in the queue: error %v", err)
	}
	cancelFirst()
	if err := <-results; !errors.Is(err, context.Canceled) || conn.Waiting() != 0 {
		t.Errorf("writing: error %v", err)
	}
	empty(t, d, sent)
	works(t, conn, d)
	d.nothing(conn)
}

// TestFullGoesOn has calls wait for a daemon that reads at last.
func TestFullGoesOn(t *testing.T) {
	conn, d := dial(t)
	sent := fill(t, conn)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if got, err := ask(soon(t), t, conn, "x", "y"); err != nil || len(got) != 2 {
				t.Errorf("got %q, error %v", got, err)
			}
		})
	}
	awaitStack(t, "socket.(*Conn).writeRest")
	awaitWaiting(t, conn, 8)
	empty(t, d, sent)
	for range 8 {
		d.send(echoed(d.next()))
	}
	all.Wait()
	works(t, conn, d)
}

// TestFullEnds ends the connection while one call is writing and another one waits for that.
func TestFullEnds(t *testing.T) {
	for _, test := range []struct {
		name string
		end  func(conn *socket.Conn, d *daemon)
		want error
	}{
		{"Close", func(conn *socket.Conn, _ *daemon) { conn.Close() }, socket.ErrClosed},
		{"hung up", func(_ *socket.Conn, d *daemon) { d.close() }, socket.ErrHungUp},
		{"nonsense", func(_ *socket.Conn, d *daemon) { d.send(make([]byte, 4)) }, socket.ErrEnded},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, d := dial(t)
			fill(t, conn)
			results := make(chan error)
			for range 2 {
				go func() { _, err := ask(soon(t), t, conn, "x"); results <- err }()
			}
			awaitStack(t, "socket.(*Conn).writeRest")
			awaitWaiting(t, conn, 2)
			test.end(conn, d)
			for range 2 {
				if err := <-results; !errors.Is(err, socket.ErrEnded) || !errors.Is(err, test.want) {
					t.Errorf("error %v", err)
				}
			}
			isOver(t, conn, test.want)
		})
	}
}

// large is a call whose requests do not fit into a socket.
func large(ctx context.Context, t *testing.T, conn *socket.Conn) error {
	t.Helper()
	texts := make([]string, 64)
	for i := range texts {
		texts[i] = strings.Repeat("x", 32<<10)
	}
	_, err := ask(ctx, t, conn, texts...)
	return err
}

// TestHalfOut gives up with a packet half sent: nothing can come after that.
func TestHalfOut(t *testing.T) {
	for _, test := range []struct {
		name string
		full bool // already before the packet
	}{{"at once", false}, {"after a while", true}} {
		t.Run(test.name, func(t *testing.T) {
			conn, d := dial(t)
			sent := 0
			if test.full {
				sent = fill(t, conn)
			}
			ctx, cancel := context.WithCancel(soon(t))
			result := make(chan error)
			go func() { result <- large(ctx, t, conn) }()
			awaitStack(t, "socket.(*Conn).writeRest")
			empty(t, d, sent)
			if test.full {
				d.next()
			}
			cancel()
			if err := <-result; !errors.Is(err, context.Canceled) || !errors.Is(err, socket.ErrHalfSent) {
				t.Errorf("error %v", err)
			}
			isOver(t, conn, socket.ErrHalfSent)
			if errors.Is(conn.Err(), context.Canceled) {
				t.Errorf("others get an error as if theirs had been canceled: %v", conn.Err())
			}
		})
	}
}

// TestLarge has requests that do not fit into the socket reach a daemon that reads.
func TestLarge(t *testing.T) {
	conn, d := dial(t)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := large(soon(t), t, conn); err != nil {
				t.Error(err)
			}
		})
	}
	go func() {
		for range 3 * 64 {
			r := d.next()
			if !bytes.Equal(r.data[8:], bytes.Repeat([]byte("x"), 32<<10)) {
				t.Error("the data are others")
			}
			d.send(echoed(r))
		}
	}()
	all.Wait()
	works(t, conn, d)
}

// TestSend sends messages, which nobody answers.
func TestSend(t *testing.T) {
	conn, d := dial(t)
	want := wire.AppendTakeoverRun(nil, 3, wire.ClientSrvid(4))
	for range 2 {
		err := conn.Send(soon(t), func(out []byte) []byte { return wire.AppendTakeoverRun(out, 3, wire.ClientSrvid(4)) })
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want))
		if n, err := d.conn.Read(got); n != len(want) || err != nil || !bytes.Equal(got, want) {
			t.Errorf("got %x, error %v", got[:n], err)
		}
	}
	works(t, conn, d)
}

// awaitStack waits until a function of the package runs.
func awaitStack(t *testing.T, function string) {
	t.Helper()
	await(t, func() bool { return strings.Contains(goroutines(), function) }, function)
}

// awaitWaiting waits until so many requests are on the list.
func awaitWaiting(t *testing.T, conn *socket.Conn, n int) {
	t.Helper()
	await(t, func() bool { return conn.Waiting() == n }, "requests on the list")
}

func await(t *testing.T, condition func() bool, what string) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for ctx := soon(t); !condition(); {
		select {
		case <-ctx.Done():
			t.Fatalf("timed out waiting for: %s", what)
		case <-ticker.C:
		}
	}
}
