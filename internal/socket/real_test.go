//go:build linux

package socket_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestReal talks to the daemons of all releases.
func TestReal(t *testing.T) {
	noLeaks(t)
	realctdb.Each(t, realctdb.Options{}, func(t *testing.T, c *realctdb.Cluster) {
		for _, test := range []struct {
			name string
			run  func(t *testing.T, c *realctdb.Cluster)
		}{
			{"many at once", realMany},
			{"leader", realLeader},
			{"other nodes", realOtherNodes},
			{"owner", realOwner},
			{"events", realEvents},
			{"burst", realBurst},
			{"stopped", realStopped},
			{"killed", realKilled}, // the last one, as it takes longest to get over
		} {
			t.Run(test.name, func(t *testing.T) { test.run(t, c) })
		}
	})
}

// realOptions are for the daemon of the first node.
func realOptions(c *realctdb.Cluster) socket.Options {
	owner := uint32(os.Geteuid())
	return socket.Options{Path: c.Dir(0) + "/run/ctdbd.socket", Owner: &owner}
}

func dialReal(t *testing.T, c *realctdb.Cluster) *socket.Conn {
	t.Helper()
	conn, err := socket.Dial(soon(t), realOptions(c))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// checkLight wants the status of a healthy cluster.
func checkLight(t *testing.T, conn *socket.Conn, light *wire.Light) {
	t.Helper()
	if err := conn.Light(soon(t), wire.Destination{}, light); err != nil {
		t.Errorf("light status: %v", err)
		return
	}
	if light.PNN != 0 || len(light.Nodes) != 3 || light.Nodes[2].PNN != 2 || light.RecoveryMode != status.RecoveryNormal {
		t.Errorf("got %+v", light)
	}
}

// realMany has many ask at once over one connection.
func realMany(t *testing.T, c *realctdb.Cluster) {
	conn := dialReal(t, c)
	var all sync.WaitGroup
	for g := range 64 {
		all.Go(func() {
			var light wire.Light
			for i := range 20 {
				checkLight(t, conn, &light)
				err := conn.Call(soon(t), wire.Destination{}, []wire.Request{wire.Ping()}, func(_ int, reply wire.Reply) error {
					clients, err := wire.DecodePing(reply)
					if err == nil && clients < 1 {
						t.Errorf("%d clients", clients)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
				texts := []string{string(rune('A' + g)), time.Duration(i).String()}
				got, err := ask(soon(t), t, conn, texts...)
				if diff := cmp.Diff(texts, got); diff != "" || err != nil {
					t.Errorf("error %v, mismatch (-want +got)\n%s", err, diff)
				}
			}
		})
	}
	all.Wait()
	if n := conn.Waiting(); n != 0 || conn.Err() != nil {
		t.Errorf("%d requests are left on the list, error %v", n, conn.Err())
	}
}

// realLeader hears who leads, or asks where that is not told.
func realLeader(t *testing.T, c *realctdb.Cluster) {
	conn := dialReal(t, c)
	heard := [2]chan nodes.PNN{make(chan nodes.PNN, 1), make(chan nodes.PNN, 1)}
	for _, h := range heard {
		stop, err := conn.Listen(soon(t), wire.SrvidLeader, func(m wire.Message) {
			leader, err := wire.DecodeLeader(m)
			if err != nil {
				t.Error(err)
			}
			if pnn, ok := leader.Get(); ok {
				select {
				case h <- pnn:
				default:
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
	}
	if !c.Release().AtLeast(4, 16, 0) {
		requests := []wire.Request{wire.GetRecmaster()}
		err := conn.Call(soon(t), wire.Destination{}, requests, func(_ int, reply wire.Reply) error {
			_, err := wire.DecodeRecmaster(reply)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return
	}
	for i, h := range heard {
		select {
		case leader := <-h:
			if leader > 2 {
				t.Errorf("leader %d", leader)
			}
		case <-soon(t).Done():
			t.Errorf("listener %d heard nothing", i)
		}
	}
	checkLight(t, conn, &wire.Light{})
}

// realOtherNodes asks nodes that are there and such that are not, over one connection.
func realOtherNodes(t *testing.T, c *realctdb.Cluster) {
	conn := dialReal(t, c)
	for _, pnn := range []nodes.PNN{0, 1, 2, 3, 1000} {
		to, err := wire.ToNode(pnn)
		if err != nil {
			t.Fatal(err)
		}
		var light wire.Light
		err = conn.Light(soon(t), to, &light)
		if there := pnn < 3; there && (err != nil || light.PNN != pnn) || !there && !errors.Is(err, wire.ErrDisconnected) {
			t.Errorf("node %d: got %+v, error %v", pnn, light, err)
		}
	}
	checkLight(t, conn, &wire.Light{})
}

// realOwner refuses the socket if it had to be another user's.
func realOwner(t *testing.T, c *realctdb.Cluster) {
	options := realOptions(c)
	*options.Owner++
	if _, err := socket.Dial(soon(t), options); !errors.Is(err, socket.ErrPeer) {
		t.Errorf("error %v", err)
	}
}

// realEvents runs an event and asks what became of it.
func realEvents(t *testing.T, c *realctdb.Cluster) {
	options := realOptions(c)
	options.Path = c.Dir(0) + "/run/eventd.socket"
	event := wire.EventRun{Component: "legacy", Event: "ipreallocated", Timeout: time.Minute}
	run, err := wire.AppendEventRun(nil, 1, event)
	if err != nil {
		t.Fatal(err)
	}
	if err := socket.Event(soon(t), options, run, wire.DecodeEventRun); err != nil {
		t.Errorf("run: %v", err)
	}
	ask, err := wire.AppendEventStatus(nil, 2, "legacy", "ipreallocated")
	if err != nil {
		t.Fatal(err)
	}
	err = socket.Event(soon(t), options, ask, func(reply wire.EventReply) error {
		got, err := wire.DecodeEventStatus(reply, "legacy", "ipreallocated")
		if err == nil && (got.State != status.EventRan || len(got.Scripts) == 0) {
			t.Errorf("got %+v", got)
		}
		return err
	})
	if err != nil {
		t.Errorf("status: %v", err)
	}
	bad := append(words(16, 0, 3, 99), 0)[:16] // a command that there is not
	if err := socket.Event(soon(t), options, bad, wire.DecodeEventRun); !errors.Is(err, socket.ErrHungUp) {
		t.Errorf("a bad request: %v", err)
	}
}

// realBurst connects more often at once than ctdbd has places for.
func realBurst(t *testing.T, c *realctdb.Cluster) {
	c.Pause(t, 0) // so that there are never enough
	var all sync.WaitGroup
	for range 300 {
		all.Go(func() {
			conn, err := socket.Dial(soon(t), realOptions(c))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			if err := conn.Light(soon(t), wire.Destination{}, &wire.Light{}); err != nil {
				t.Error(err)
			}
		})
	}
	refusals := syscall.Errno(0)
	await(t, func() bool { refusals = backlog(realOptions(c).Path); return refusals != 0 }, "a full backlog")
	c.Resume(t, 0)
	all.Wait()
	if refusals != syscall.EAGAIN {
		t.Errorf("the backlog: %v", refusals)
	}
	c.WaitHealthy(t)
}

// realStopped has the daemon hang: calls end in time, and the connection works again when the daemon does.
func realStopped(t *testing.T, c *realctdb.Cluster) {
	conn := dialReal(t, c)
	checkLight(t, conn, &wire.Light{})
	c.Pause(t, 0)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			err := conn.Light(ctx, wire.Destination{}, &wire.Light{})
			if !gaveUp(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
		})
	}
	all.Wait()
	sent := fill(t, conn)
	t.Logf("%d requests until the socket was full", sent)
	if err := conn.Light(short(t), wire.Destination{}, &wire.Light{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a full socket: error %v", err)
	}
	c.Resume(t, 0)
	checkLight(t, conn, &wire.Light{})
	if n := conn.Waiting(); n != 0 || conn.Err() != nil {
		t.Errorf("%d requests are left on the list, error %v", n, conn.Err())
	}
	c.WaitHealthy(t)
}

// realKilled has the daemon die while a call waits, for another node that hangs.
func realKilled(t *testing.T, c *realctdb.Cluster) {
	conn, idle := dialReal(t, c), dialReal(t, c)
	hangs, err := wire.ToNode(1)
	if err != nil {
		t.Fatal(err)
	}
	c.Pause(t, 1)
	result := make(chan error)
	go func() { result <- conn.Light(soon(t), hangs, &wire.Light{}) }()
	awaitWaiting(t, conn, wire.LightRequests)
	checkLight(t, conn, &wire.Light{}) // others do not wait for that
	c.Kill(t, 0)
	c.Resume(t, 1)
	if err := <-result; !errors.Is(err, socket.ErrHungUp) || !errors.Is(err, socket.ErrEnded) {
		t.Errorf("error %v", err)
	}
	isOver(t, conn, socket.ErrHungUp)
	isOver(t, idle, socket.ErrHungUp)
	if _, err := socket.Dial(soon(t), realOptions(c)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a socket that nobody listens to: error %v", err)
	}
	c.StartNode(t, 0)
	c.WaitHealthy(t)
	checkLight(t, dialReal(t, c), &wire.Light{})
}

// backlog says what becomes of one more connection.
func backlog(path string) syscall.Errno {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err == nil {
		defer syscall.Close(fd)
		err = syscall.Connect(fd, &syscall.SockaddrUnix{Name: path})
	}
	errno, _ := errors.AsType[syscall.Errno](err)
	return errno
}
