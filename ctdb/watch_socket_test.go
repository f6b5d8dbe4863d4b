//go:build linux && (amd64 || arm64)

package ctdb_test

import (
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"net/netip"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// watchedDaemon is a ctdbd of node 0 as far as a watch can tell: it answers from a view.
type watchedDaemon struct {
	*fakeDaemon
	viewing sync.Mutex
	view    ctdb.View
	maps    int // how often it was asked for the nodes
	onMap   func(asked int, v *ctdb.View)
}

func newWatchedDaemon(t *testing.T) *watchedDaemon {
	t.Helper()
	d := &watchedDaemon{fakeDaemon: newFakeDaemon(t), view: newWatched().view}
	d.leads = true
	for opcode, answer := range map[uint32]func() reply{
		opRecmaster: func() reply { return reply{status: -1} },
		opNodeMap:   d.nodeMap,
		opRecmode: func() reply {
			mode, _ := d.view.RecoveryMode.Get()
			return reply{status: int32(mode)}
		},
		opVNNMap: func() reply {
			generation, _ := d.view.Generation.Get()
			return reply{data: words(uint32(generation), 1, 0)}
		},
		opPublicIPs: d.publicIPs,
	} {
		d.answer(opcode, func(uint32, []byte) reply {
			d.viewing.Lock()
			defer d.viewing.Unlock()
			return answer()
		})
	}
	return d
}

func (d *watchedDaemon) nodeMap() reply {
	if d.maps++; d.onMap != nil {
		d.onMap(d.maps, &d.view)
	}
	data := words(uint32(len(d.view.Nodes)))
	for _, n := range d.view.Nodes {
		data = appendAddress(append(data, words(uint32(n.PNN), uint32(n.Flags))...), n.Address)
	}
	return reply{data: data}
}

func (d *watchedDaemon) publicIPs() reply {
	data := words(uint32(len(d.view.Addresses)))
	for _, a := range d.view.Addresses {
		host, known := a.Node.Get()
		if !known {
			host = nodes.NoPNN
		}
		data = appendAddress(append(data, words(uint32(host))...), a.Address)
	}
	return reply{data: data}
}

func appendAddress(b []byte, addr netip.Addr) []byte {
	b = binary.NativeEndian.AppendUint16(b, 2)
	b = append(append(b, 0, 0), addr.AsSlice()...)
	return append(b, make([]byte, 20)...)
}

// change changes the view and sends a message.
func (d *watchedDaemon) change(srvid wire.Srvid, word uint32, change func(v *ctdb.View)) {
	d.viewing.Lock()
	change(&d.view)
	d.viewing.Unlock()
	d.tell(srvid, word)
}

func (d *watchedDaemon) client() *ctdb.Client {
	return ctdb.New(ctdb.Config{Transport: ctdb.TransportSocket, Socket: d.path})
}

// TestWatchSocket is told of each change because of a message: it would not look by itself for an hour.
func TestWatchSocket(t *testing.T) {
	t.Parallel()
	d := newWatchedDaemon(t)
	next, stop := iter.Pull2(d.client().Watch(t.Context(), ctdb.WatchOptions{Interval: time.Hour}))
	defer stop()
	var view ctdb.View
	want := func(says ...string) {
		t.Helper()
		for _, w := range says {
			event, err, _ := next()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(w, event.String()); diff != "" {
				t.Fatalf("mismatch (-want +got)\n%s", diff)
			}
			view.Apply(event.Change)
		}
	}
	nothing := func(*ctdb.View) {}
	want(wholeView + " (start)")
	d.change(wire.SrvidReconfigure, 0, func(v *ctdb.View) {
		v.Nodes[1].Flags, v.Generation = status.FlagBanned, status.Known(status.Generation(18))
	})
	// The address of a node that is banned counts no more: it does not say that it has it.
	want("node 1: OK -> BANNED|INACTIVE (RECONFIGURE)", "generation: 17 -> 18 (RECONFIGURE)", "address 10.1.0.2: node 1 -> no node (RECONFIGURE)")
	d.change(wire.SrvidTakeIP, 0, func(v *ctdb.View) { v.Addresses[1].Node = status.Known(nodes.PNN(0)) })
	want("address 10.1.0.2: no node -> node 0 (TAKE_IP)")
	d.change(wire.SrvidLeader, 0, nothing) // no news
	d.change(wire.SrvidLeader, 1, nothing)
	want("leader: 0 -> 1 (LEADER)")
	d.change(wire.SrvidLeader, 0xFFFFFFFF, nothing)
	want("leader: 1 -> unknown (LEADER)")
	d.change(wire.SrvidHealth, 0, func(v *ctdb.View) { v.Nodes[0].Flags = status.FlagUnhealthy })
	want("node 0: OK -> UNHEALTHY (HEALTH)")

	d.stop()
	lost, err, _ := next()
	if c, ok := lost.Change.(ctdb.ConnectionLost); err != nil || !ok || !errors.Is(c.Why, ctdb.ErrNotRunning) || lost.Cause != ctdb.CauseConnection {
		t.Fatalf("got %v, %v", lost, err)
	}
	view.Apply(lost.Change)
	d.view.Nodes[0].Flags = 0
	d.start(t)
	want("connection regained (connection)", "1 of 2 nodes OK, 2 of 2 addresses hosted, leader 0 (connection)",
		"node 0: UNHEALTHY -> OK (connection)", "leader: unknown -> 0 (connection)")
	if diff := cmp.Diff(ctdb.View{
		Connected: true, Nodes: d.view.Nodes, Leader: d.view.Leader, Generation: d.view.Generation,
		RecoveryMode: d.view.RecoveryMode, RunState: d.view.RunState, Addresses: d.view.Addresses,
	}, view, sameViews); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	stop()
	for left := 1; left > 0; { // the watch has ended its connection; the daemon finds out
		d.mu.Lock()
		left = len(d.open)
		d.mu.Unlock()
	}
}

// TestWaitForSocket waits for what only looking shows.
func TestWaitForSocket(t *testing.T) {
	t.Parallel()
	d := newWatchedDaemon(t)
	d.onMap = func(asked int, v *ctdb.View) {
		if asked == 5 {
			v.Nodes[1].Flags = status.FlagStopped
		}
	}
	client := d.client()
	defer client.Close()
	got, err := client.WaitFor(t.Context(), ctdb.NodeIs(1, status.FlagStopped))
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := got.Node(1); !ok || n.Flags != status.FlagStopped {
		t.Errorf("got %v", got)
	}
}

// TestWatchSocketAwaits: who names a socket that is not there yet may do without a tool.
func TestWatchSocketAwaits(t *testing.T) {
	t.Parallel()
	none := ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) { return ctdb.Result{}, exec.ErrNotFound })
	client := ctdb.New(ctdb.Config{Runner: none, Socket: filepath.Join(t.TempDir(), "none")})
	for event, err := range client.Watch(t.Context(), ctdb.WatchOptions{}) {
		if full, ok := event.Change.(ctdb.FullView); err != nil || !ok || full.View.Connected {
			t.Errorf("got %v, %v", event, err)
		}
		break
	}
}

// TestWatchSocketEnds looks at what can't be watched over a socket.
func TestWatchSocketEnds(t *testing.T) {
	t.Parallel()
	d := newWatchedDaemon(t)
	stranger := uint32(4242)
	for _, err := range ctdb.New(ctdb.Config{Socket: d.path, SocketOwner: &stranger}).Watch(t.Context(), ctdb.WatchOptions{}) {
		if !errors.Is(err, ctdb.ErrSocketOwner) {
			t.Errorf("somebody else's socket: %v", err)
		}
	}
}
