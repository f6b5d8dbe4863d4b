//go:build linux

package ctdb_test

import (
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// fakeDaemon is a ctdbd of node 0 as far as a watch can tell: it answers from a view, and sends messages.
type fakeDaemon struct {
	path     string
	mu       sync.Mutex
	view     ctdb.View
	conns    map[net.Conn][]wire.Srvid // with what each is registered for
	maps     int                       // how often it was asked for the nodes
	onMap    func(asked int, v *ctdb.View)
	listener net.Listener
	group    sync.WaitGroup
}

func newFakeDaemon(t *testing.T) *fakeDaemon {
	d := &fakeDaemon{path: filepath.Join(t.TempDir(), "ctdbd.socket"), view: newWatched().view}
	d.start(t)
	t.Cleanup(d.stop)
	return d
}

func (d *fakeDaemon) start(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("unix", d.path)
	if err != nil {
		t.Fatal(err)
	}
	d.listener, d.conns = listener, map[net.Conn][]wire.Srvid{}
	d.group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			d.mu.Lock()
			d.conns[conn] = nil
			d.mu.Unlock()
			d.group.Go(func() { d.serve(conn) })
		}
	})
}

// stop ends it with all connections.
func (d *fakeDaemon) stop() {
	_ = d.listener.Close()
	d.mu.Lock()
	for conn := range d.conns {
		_ = conn.Close()
	}
	d.mu.Unlock()
	d.group.Wait()
}

// serve answers the controls of a connection, until it ends.
func (d *fakeDaemon) serve(conn net.Conn) {
	defer func() {
		_ = conn.Close()
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.conns, conn)
	}()
	for {
		var length [4]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		packet := make([]byte, binary.NativeEndian.Uint32(length[:]))
		if _, err := io.ReadFull(conn, packet[4:]); err != nil {
			return
		}
		if binary.NativeEndian.Uint32(packet[16:]) == 7 {
			d.answer(conn, packet)
		}
	}
}

func (d *fakeDaemon) answer(conn net.Conn, request []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	result, data := uint32(0), []byte(nil)
	words := func(all ...uint32) []byte {
		for _, word := range all {
			data = binary.NativeEndian.AppendUint32(data, word)
		}
		return data
	}
	srvid := wire.Srvid(binary.NativeEndian.Uint64(request[40:]))
	switch binary.NativeEndian.Uint32(request[32:]) {
	case 35: // the node's number
	case 91:
		if d.maps++; d.onMap != nil {
			d.onMap(d.maps, &d.view)
		}
		words(uint32(len(d.view.Nodes)))
		for _, n := range d.view.Nodes {
			data = appendAddress(words(uint32(n.PNN), uint32(n.Flags)), n.Address)
		}
	case 15:
		mode, _ := d.view.RecoveryMode.Get()
		result = uint32(mode)
	case 138:
		words(5)
	case 5:
		generation, _ := d.view.Generation.Get()
		words(uint32(generation), 1, 0)
	case 90:
		words(uint32(len(d.view.Addresses)))
		for _, a := range d.view.Addresses {
			host, known := a.Node.Get()
			if !known {
				host = nodes.NoPNN
			}
			data = appendAddress(words(uint32(host)), a.Address)
		}
	case 124:
		words(0)
	case 23:
		d.conns[conn] = append(d.conns[conn], srvid)
	default: // such as GET_RECMASTER
		result = ^uint32(0)
	}
	d.write(conn, 8, binary.NativeEndian.Uint32(request[28:]), append(
		binary.NativeEndian.AppendUint32(binary.NativeEndian.AppendUint32(
			binary.NativeEndian.AppendUint32(nil, result), uint32(len(data))), 0), data...))
	if srvid == wire.SrvidLeader {
		d.message(conn, srvid, 0)
	}
}

func appendAddress(b []byte, addr netip.Addr) []byte {
	b = binary.NativeEndian.AppendUint16(b, 2)
	b = append(append(b, 0, 0), addr.AsSlice()...)
	return append(b, make([]byte, 20)...)
}

// write sends a packet.
func (d *fakeDaemon) write(conn net.Conn, operation, id uint32, body []byte) {
	size := (32 + len(body) + 7) &^ 7
	var packet []byte
	for _, word := range []uint32{uint32(size), 0x43544442, 1, 0, operation, 0, 0, id} {
		packet = binary.NativeEndian.AppendUint32(packet, word)
	}
	packet = append(packet, body...)
	_, _ = conn.Write(append(packet, make([]byte, size-len(packet))...))
}

// message sends one about a number.
func (d *fakeDaemon) message(conn net.Conn, srvid wire.Srvid, word uint32) {
	body := binary.NativeEndian.AppendUint64(nil, uint64(srvid))
	body = binary.NativeEndian.AppendUint32(body, 4)
	d.write(conn, 5, 0, binary.NativeEndian.AppendUint32(body, word))
}

// tell changes the view and sends a message to all that are registered for it.
func (d *fakeDaemon) tell(srvid wire.Srvid, word uint32, change func(v *ctdb.View)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(&d.view)
	for conn, registered := range d.conns {
		if slices.Contains(registered, srvid) {
			d.message(conn, srvid, word)
		}
	}
}

func (d *fakeDaemon) client() *ctdb.Client {
	return ctdb.New(ctdb.Config{Transport: ctdb.TransportSocket, Socket: d.path})
}

// TestWatchSocket is told of each change because of a message: it would not look by itself for an hour.
func TestWatchSocket(t *testing.T) {
	t.Parallel()
	d := newFakeDaemon(t)
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
	d.tell(wire.SrvidReconfigure, 0, func(v *ctdb.View) {
		v.Nodes[1].Flags, v.Generation = status.FlagBanned, status.Known(status.Generation(18))
	})
	// The address of a node that is banned counts no more: it does not say that it has it.
	want("node 1: OK -> BANNED|INACTIVE (RECONFIGURE)", "generation: 17 -> 18 (RECONFIGURE)", "address 10.1.0.2: node 1 -> no node (RECONFIGURE)")
	d.tell(wire.SrvidTakeIP, 0, func(v *ctdb.View) { v.Addresses[1].Node = status.Known(nodes.PNN(0)) })
	want("address 10.1.0.2: no node -> node 0 (TAKE_IP)")
	d.tell(wire.SrvidLeader, 0, nothing) // no news
	d.tell(wire.SrvidLeader, 1, nothing)
	want("leader: 0 -> 1 (LEADER)")
	d.tell(wire.SrvidLeader, 0xFFFFFFFF, nothing)
	want("leader: 1 -> unknown (LEADER)")
	d.tell(wire.SrvidHealth, 0, func(v *ctdb.View) { v.Nodes[0].Flags = status.FlagUnhealthy })
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
		left = len(d.conns)
		d.mu.Unlock()
	}
}

// TestWaitForSocket waits for what only looking shows.
func TestWaitForSocket(t *testing.T) {
	t.Parallel()
	d := newFakeDaemon(t)
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

// TestWatchSocketEnds looks at what can't be watched over a socket.
func TestWatchSocketEnds(t *testing.T) {
	t.Parallel()
	d := newFakeDaemon(t)
	stranger := uint32(4242)
	for _, err := range ctdb.New(ctdb.Config{Socket: d.path, SocketOwner: &stranger}).Watch(t.Context(), ctdb.WatchOptions{}) {
		if !errors.Is(err, ctdb.ErrSocketOwner) {
			t.Errorf("somebody else's socket: %v", err)
		}
	}
}
