//go:build linux && (amd64 || arm64)

package ctdb_test

import (
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// reply is what a fake daemon answers to a control.
type reply struct {
	status int32
	data   []byte
	text   string
	// silent: there is no answer. hangUp: the connection ends instead.
	silent, hangUp bool
}

// fakeDaemon is a ctdbd that answers what a test says, on one node, number 0.
type fakeDaemon struct {
	path     string
	listener net.Listener

	mu      sync.Mutex
	answers map[uint32]func(to uint32, data []byte) reply // by opcode
	asked   []uint32                                      // opcodes, in the order in which they came
	dialed  int
	open    map[net.Conn][]wire.Srvid // with what each is registered for
	leads   bool                      // node 0 says that it leads to each that registers for that
}

// Opcodes that the tests name.
const (
	opPing, opVNNMap, opRecmode, opRegister, opPID = 3, 5, 15, 23, 30
	opRecmaster, opPNN, opNodeMap, opInterfaces    = 31, 35, 91, 124
	opRunState, opStop, opDisable, opBanState      = 138, 101, 157, 110
	opNames, opSetTunable, opPublicIPs             = 50, 48, 90
	opTunable, opAllTunables                       = 49, 53
)

// words makes data of numbers.
func words(all ...uint32) []byte {
	var data []byte
	for _, n := range all {
		data = binary.NativeEndian.AppendUint32(data, n)
	}
	return data
}

// fixed answers the same to all.
func fixed(r reply) func(uint32, []byte) reply { return func(uint32, []byte) reply { return r } }

// nodeMap is the answer of a cluster whose nodes have these flags.
func nodeMap(flags ...uint32) reply {
	data := words(uint32(len(flags)))
	for pnn, f := range flags {
		data = append(data, words(uint32(pnn), f)...)
		data = append(data, 2, 0, 0x11, 0x1b, 10, 0, 0, byte(pnn+1))
		data = append(data, make([]byte, 20)...)
	}
	return reply{data: data}
}

// newFakeDaemon starts one that is healthy, of a release up to 4.15.
func newFakeDaemon(t testing.TB) *fakeDaemon {
	t.Helper()
	d := &fakeDaemon{path: filepath.Join(t.TempDir(), "ctdbd.socket"), open: map[net.Conn][]wire.Srvid{}}
	d.answers = map[uint32]func(uint32, []byte) reply{
		opPing: fixed(reply{status: 7}), opPID: fixed(reply{status: 4711}), opPNN: fixed(reply{}),
		opNodeMap: fixed(nodeMap(0, 0)), opVNNMap: fixed(reply{data: words(99, 2, 0, 1)}), opRecmode: fixed(reply{}),
		opRecmaster: fixed(reply{status: 1}), opRunState: fixed(reply{data: words(5)}),
		opInterfaces: fixed(reply{data: words(0)}), opRegister: fixed(reply{}),
	}
	d.start(t)
	t.Cleanup(d.stop)
	return d
}

func (d *fakeDaemon) start(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("unix", d.path)
	if err != nil {
		t.Fatal(err)
	}
	d.listener = listener
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			d.mu.Lock()
			d.dialed++
			d.open[conn] = nil
			d.mu.Unlock()
			go d.serve(conn)
		}
	}()
}

// stop ends it as a shutdown would.
func (d *fakeDaemon) stop() {
	_ = d.listener.Close()
	d.hangUp()
}

// hangUp ends all connections.
func (d *fakeDaemon) hangUp() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for conn := range d.open {
		_ = conn.Close()
		delete(d.open, conn)
	}
}

func (d *fakeDaemon) answer(opcode uint32, f func(to uint32, data []byte) reply) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers[opcode] = f
}

// count tells how often a control came.
func (d *fakeDaemon) count(opcode uint32) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, o := range d.asked {
		if o == opcode {
			n++
		}
	}
	return n
}

func (d *fakeDaemon) connections() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dialed
}

func (d *fakeDaemon) serve(conn net.Conn) {
	defer d.forget(conn)
	for {
		header := make([]byte, 60)
		if _, err := io.ReadFull(conn, header[:4]); err != nil {
			return
		}
		packet := make([]byte, binary.NativeEndian.Uint32(header))
		copy(packet, header[:4])
		if _, err := io.ReadFull(conn, packet[4:]); err != nil {
			return
		}
		if binary.NativeEndian.Uint32(packet[16:]) != 7 {
			continue // a message
		}
		length := binary.NativeEndian.Uint32(packet[56:])
		to, opcode := binary.NativeEndian.Uint32(packet[20:]), binary.NativeEndian.Uint32(packet[32:])
		d.mu.Lock()
		d.asked = append(d.asked, opcode)
		answer := d.answers[opcode]
		srvid := wire.Srvid(binary.NativeEndian.Uint64(packet[40:]))
		if opcode == opRegister {
			d.open[conn] = append(d.open[conn], srvid)
		}
		d.mu.Unlock()
		r := reply{status: -1}
		if answer != nil {
			r = answer(to, packet[60:60+length])
		}
		switch {
		case r.hangUp:
			return
		case r.silent:
			continue
		}
		if _, err := conn.Write(r.packet(packet[28:32])); err != nil {
			return
		}
		if d.leads && opcode == opRegister && srvid == wire.SrvidLeader {
			_, _ = conn.Write(message(srvid, 0))
		}
	}
}

func (d *fakeDaemon) forget(conn net.Conn) {
	_ = conn.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, conn)
}

// tell sends a message about a number to all that are registered for it.
func (d *fakeDaemon) tell(srvid wire.Srvid, word uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for conn, registered := range d.open {
		if slices.Contains(registered, srvid) {
			_, _ = conn.Write(message(srvid, word))
		}
	}
}

// message is the packet of a message about a number.
func message(srvid wire.Srvid, word uint32) []byte {
	packet := words(48, 0x43544442, 1, 99, 5, 0, 0, 0)
	return append(binary.NativeEndian.AppendUint64(packet, uint64(srvid)), words(4, word)...)
}

// packet gives the reply to the request of a number.
func (r reply) packet(id []byte) []byte {
	body := slices.Concat(r.data, []byte(r.text))
	length := (44 + len(body) + 7) &^ 7
	packet := words(uint32(length), 0x43544442, 1, 99, 8, 0, 0)
	packet = append(packet, id...)
	packet = append(packet, words(uint32(r.status), uint32(len(r.data)), uint32(len(r.text)))...)
	packet = append(packet, body...)
	return append(packet, make([]byte, length-len(packet))...)
}
