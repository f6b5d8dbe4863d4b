package socket_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// daemon is the other end of a connection, which does what a test says.
type daemon struct {
	t    testing.TB
	conn *net.UnixConn
}

// listen makes a socket in a directory whose path is short.
func listen(t testing.TB) *net.UnixListener {
	t.Helper()
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	l, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: filepath.Join(dir, "s")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// dial gives a connection and its other end. After the test, neither is left.
func dial(t testing.TB) (*socket.Conn, *daemon) {
	t.Helper()
	return dialWith(t, socket.Options{})
}

func dialWith(t testing.TB, options socket.Options) (*socket.Conn, *daemon) {
	t.Helper()
	noLeaks(t)
	l := listen(t)
	options.Path = l.Addr().String()
	conn, err := socket.Dial(soon(t), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn, accept(t, l)
}

func accept(t testing.TB, l *net.UnixListener) *daemon {
	t.Helper()
	other, err := l.AcceptUnix()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	if err := other.SetDeadline(time.Now().Add(testLimit)); err != nil {
		t.Fatal(err)
	}
	return &daemon{t, other}
}

// soon gives a context for what should not take long.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testLimit)
	t.Cleanup(cancel)
	return ctx
}

// short gives a context for what is to end at its deadline.
func short(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// close hangs up. With bytes that were not read, that is a reset.
func (d *daemon) close() { _ = d.conn.Close() }

func (d *daemon) send(packets ...[]byte) {
	d.t.Helper()
	if _, err := d.conn.Write(bytes.Join(packets, nil)); err != nil {
		d.t.Error(err)
	}
}

// request is what a daemon makes of a packet.
type request struct {
	id, to, opcode uint32
	srvid          wire.Srvid
	data           []byte
}

// next reads a request.
func (d *daemon) next() request {
	d.t.Helper()
	r, err := readRequest(d.conn)
	if err != nil {
		d.t.Error(err)
	}
	return r
}

// all reads some requests.
func (d *daemon) all(n int) []request {
	d.t.Helper()
	var all []request
	for range n {
		all = append(all, d.next())
	}
	return all
}

// nothing makes sure that no request is there: the next thing to come is the end.
func (d *daemon) nothing(conn *socket.Conn) {
	d.t.Helper()
	conn.Close()
	if r, err := readRequest(d.conn); !errors.Is(err, io.EOF) {
		d.t.Errorf("got request %+v, error %v; want the end", r, err)
	}
}

var errBadRequest = errors.New("a bad request")

func readRequest(from io.Reader) (request, error) {
	packet := make([]byte, 4)
	if _, err := io.ReadFull(from, packet); err != nil {
		return request{}, err
	}
	u32 := func(at int) uint32 { return binary.NativeEndian.Uint32(packet[at:]) }
	length := u32(0)
	if length < 60 || length > 1<<20 {
		return request{}, errBadRequest
	}
	packet = append(packet, make([]byte, length-4)...)
	if _, err := io.ReadFull(from, packet[4:]); err != nil {
		return request{}, errors.Join(errBadRequest, err)
	}
	if u32(4) != 0x43544442 || u32(8) != 1 || u32(16) != 7 || u32(56) > length-60 {
		return request{}, errBadRequest
	}
	return request{
		id: u32(28), to: u32(20), opcode: u32(32), srvid: wire.Srvid(binary.NativeEndian.Uint64(packet[40:])),
		data: packet[60 : 60+u32(56)],
	}, nil
}

// words is the image of numbers.
func words(numbers ...uint32) []byte {
	var data []byte
	for _, n := range numbers {
		data = binary.NativeEndian.AppendUint32(data, n)
	}
	return data
}

// replyPacket is what ctdbd answers to a control.
func replyPacket(id uint32, code int32, data []byte) []byte {
	return packet(8, id, words(uint32(code), uint32(len(data)), 0), data)
}

// refusal is a reply with a status and a text.
func refusal(id uint32, code int32, text string) []byte {
	return packet(8, id, words(uint32(code), 0, uint32(len(text))), []byte(text))
}

// messagePacket is what ctdbd delivers.
func messagePacket(srvid wire.Srvid, data []byte) []byte {
	return packet(5, 0, binary.NativeEndian.AppendUint64(nil, uint64(srvid)), words(uint32(len(data))), data)
}

func packet(operation, id uint32, parts ...[]byte) []byte {
	p := words(0, 0x43544442, 1, 77, operation, 0, 3, id)
	p = append(p, bytes.Join(parts, nil)...)
	p = append(p, make([]byte, -len(p)&7)...)
	put(p, 0, uint32(len(p)))
	return p
}

// put changes a number in a packet.
func put(packet []byte, at int, n uint32) { binary.NativeEndian.PutUint32(packet[at:], n) }

// lightReplies are those to a light status of a cluster of some nodes.
func lightReplies(nodes int, first uint32) [][]byte {
	all, vnn := words(uint32(nodes)), words(5, uint32(nodes))
	for pnn := range uint32(nodes) {
		all = append(all, words(pnn, 0, 0, 0, 0, 0, 0, 0, 0)...)
		address := all[len(all)-28:]
		binary.NativeEndian.PutUint16(address, 2)
		binary.BigEndian.PutUint16(address[2:], 4379)
		copy(address[4:], []byte{192, 0, byte(2 + pnn>>8), byte(pnn)})
		vnn = append(vnn, words(pnn)...)
	}
	return [][]byte{
		replyPacket(first, 1, nil), replyPacket(first+1, 0, all), replyPacket(first+2, 0, vnn), replyPacket(first+3, 0, nil),
	}
}

// echo makes a request that is answered with its own data.
func echo(t testing.TB, text string) wire.Request {
	t.Helper()
	r, err := wire.Echo([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// echoed is the reply to an echo.
func echoed(r request) []byte { return replyPacket(r.id, 0, r.data) }

// ask sends echoes in one call, and gives what comes back.
func ask(ctx context.Context, t testing.TB, conn *socket.Conn, texts ...string) ([]string, error) {
	t.Helper()
	var requests []wire.Request
	for _, text := range texts {
		requests = append(requests, echo(t, text))
	}
	var got []string
	err := conn.Call(ctx, wire.Destination{}, requests, func(i int, reply wire.Reply) error {
		if i != len(got) {
			t.Errorf("reply %d comes in place %d", i, len(got))
		}
		data, err := wire.DecodeEcho(reply)
		got = append(got, string(data))
		return err
	})
	return got, err
}

// answered makes sure that a call is answered.
func answered(t testing.TB, conn *socket.Conn, d *daemon, text string) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.send(echoed(d.next()))
	}()
	got, err := ask(soon(t), t, conn, text)
	<-done
	if err != nil || got[0] != text || conn.Err() != nil {
		t.Errorf("the next call gets %q, error %v", got, err)
	}
}

// works makes sure that a call is answered, and that no other one waits.
func works(t testing.TB, conn *socket.Conn, d *daemon) {
	t.Helper()
	answered(t, conn, d, "works")
	if n := conn.Waiting(); n != 0 {
		t.Errorf("%d requests are left on the list", n)
	}
}

// gaveUp tells whether an error is that of a context, and the connection goes on.
func gaveUp(err, reason error) bool {
	return errors.Is(err, reason) && !errors.Is(err, socket.ErrEnded)
}

// isOver makes sure that a connection is over for certain reasons, and says so to everybody.
func isOver(t testing.TB, conn *socket.Conn, reasons ...error) {
	t.Helper()
	select {
	case <-conn.Done():
	case <-time.After(testLimit):
		t.Fatal("the connection is not over")
	}
	_, call := ask(soon(t), t, conn, "anything")
	_, listening := conn.Listen(soon(t), wire.SrvidLeader, func(wire.Message) {})
	for name, err := range map[string]error{
		"Err": conn.Err(), "Call": call, "Light": conn.Light(soon(t), wire.Destination{}, &wire.Light{}), "Listen": listening,
		"Send": conn.Send(soon(t), func(out []byte) []byte { return wire.AppendTakeoverRun(out, 0, 1) }),
	} {
		for _, reason := range append(reasons, socket.ErrEnded) {
			if !errors.Is(err, reason) {
				t.Errorf("%s: error %v, want one that is %v", name, err, reason)
			}
		}
	}
	if n := conn.Waiting(); n != 0 {
		t.Errorf("%d requests are left on the list", n)
	}
}
