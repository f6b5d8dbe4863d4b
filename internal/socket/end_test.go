package socket_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// TestClose ends all that waits.
func TestClose(t *testing.T) {
	conn, d := dial(t)
	if conn.Err() != nil {
		t.Fatal(conn.Err())
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := ask(soon(t), t, conn, "one", "two")
			if !errors.Is(err, socket.ErrEnded) || !errors.Is(err, socket.ErrClosed) {
				t.Errorf("Call: error %v", err)
			}
		})
	}
	for range 2 { // who listen to the same: one waits for the other
		all.Go(func() {
			if _, err := conn.Listen(soon(t), wire.SrvidLeader, func(wire.Message) {}); !errors.Is(err, socket.ErrClosed) {
				t.Errorf("Listen: error %v", err)
			}
		})
	}
	all.Go(func() {
		if err := conn.Light(soon(t), wire.Destination{}, &wire.Light{}); !errors.Is(err, socket.ErrClosed) {
			t.Errorf("Light: error %v", err)
		}
	})
	d.all(8*2 + 1 + 4)
	for range 4 {
		all.Go(conn.Close)
	}
	all.Wait()
	isOver(t, conn, socket.ErrClosed)
	conn.Close()
}

// TestHungUp ends calls for which nothing comes any more.
func TestHungUp(t *testing.T) {
	for _, test := range []struct {
		name string
		// end ends the connection while two requests are waited for, of which it may answer one.
		end func(d *daemon)
	}{
		{"at once", func(d *daemon) { d.all(2); d.close() }},
		{"after a reply", func(d *daemon) { d.send(echoed(d.all(2)[0])); d.close() }},
		{"within a reply", func(d *daemon) { d.send(echoed(d.all(2)[0])[:33]); d.close() }},
		{"within a length", func(d *daemon) { d.send(echoed(d.all(2)[0])[:3]); d.close() }},
		{"reset", func(d *daemon) { d.next(); d.close() }},
		{"reset after a reply", func(d *daemon) { d.send(echoed(d.next())); d.close() }},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, d := dial(t)
			go test.end(d)
			if got, err := ask(soon(t), t, conn, "one", "two"); !errors.Is(err, socket.ErrHungUp) || len(got) > 0 {
				t.Errorf("got %q, error %v", got, err)
			}
			isOver(t, conn, socket.ErrHungUp)
		})
	}
}

// TestHungUpIdle ends a connection that nobody uses, and whoever writes then is told why.
func TestHungUpIdle(t *testing.T) {
	conn, d := dial(t)
	d.close()
	isOver(t, conn, socket.ErrHungUp)
	for range 100 {
		conn, d := dial(t)
		go d.close()
		if _, err := ask(soon(t), t, conn, "x"); !errors.Is(err, socket.ErrHungUp) {
			t.Errorf("error %v", err)
		}
	}
}

// TestReadAfterBrokenPipe gives a reply that has come, and was not read yet, when somebody else can't write any more.
func TestReadAfterBrokenPipe(t *testing.T) {
	conn, d := dial(t)
	busy, wait := make(chan struct{}), make(chan struct{})
	go func() { d.send(echoed(d.next())) }()
	if _, err := conn.Listen(soon(t), wire.SrvidLeader, func(wire.Message) { close(busy); <-wait }); err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() { _, err := ask(soon(t), t, conn, "x"); result <- err }()
	reply := echoed(d.next())
	d.send(messagePacket(wire.SrvidLeader, nil))
	<-busy
	d.send(reply)
	d.close()
	if _, err := ask(soon(t), t, conn, "y"); !errors.Is(err, socket.ErrEnded) || !errors.Is(err, socket.ErrHungUp) {
		t.Errorf("writing: error %v", err)
	}
	close(wait)
	if err := <-result; err != nil {
		t.Errorf("the reply that had come: error %v", err)
	}
	isOver(t, conn, socket.ErrHungUp)
}

// TestAnsweredAndHungUp gives the reply that came before the end.
func TestAnsweredAndHungUp(t *testing.T) {
	for range 100 {
		conn, d := dial(t)
		go func() { d.send(echoed(d.next())); d.close() }()
		if got, err := ask(soon(t), t, conn, "x"); err != nil || got[0] != "x" {
			t.Fatalf("got %q, error %v", got, err)
		}
	}
}
