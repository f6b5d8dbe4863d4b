package socket_test

import (
	"bytes"
	"errors"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// fuzzLimit is how large a packet may be in these tests.
const fuzzLimit = 4 << 10

// The numbers of the requests that wait for the bytes of the fuzzer.
const (
	idListen = 1
	idLight  = 2 // to 5
	idPing   = 6
	idEcho   = 7 // and 8
)

// FuzzConversation has a connection with several calls and a listener read bytes that come in any pieces, and then the
// end. Each call returns what is for it of the packets before the first bad one, or the end; Close returns; and no
// memory is mixed up.
func FuzzConversation(f *testing.F) {
	for _, seed := range conversations() {
		f.Add(bytes.Join(seed.packets, nil), seed.cuts)
	}
	f.Fuzz(func(t *testing.T, stream, cuts []byte) {
		want := readConversation(stream)
		conn, other := pair(t)
		talk := begin(t, conn, other)
		_ = sendPieces(other, stream, cuts) // the other side may hang up before the end
		_ = other.Close()
		got := talk.end()
		if want.Refused && len(got.Heard) > len(want.Heard) { // whoever was refused may hear a little more
			got.Heard = append([]string(nil), got.Heard[:len(want.Heard)]...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("mismatch (-want +got)\n%s", diff)
		}
		_ = returns(t, func() error { conn.Close(); return nil })
		if err := conn.Err(); !errors.Is(err, socket.ErrEnded) || conn.Waiting() != 0 {
			t.Errorf("error %v, %d requests are left on the list", err, conn.Waiting())
		}
	})
}

// TestConversationSeeds makes sure that the seeds of the fuzzer reach what they are there for.
func TestConversationSeeds(t *testing.T) {
	for _, seed := range conversations() {
		got := readConversation(bytes.Join(seed.packets, nil))
		if len(got.Heard) != seed.heard || len(got.Replies) != seed.answered {
			t.Errorf("%s: %d messages and replies to %d calls; want %d and %d",
				seed.name, len(got.Heard), len(got.Replies), seed.heard, seed.answered)
		}
	}
}

// outcome is what becomes of a conversation.
type outcome struct {
	Heard   []string            // the data of messages
	Replies map[uint32][]string // the data of the replies to calls that had all of theirs, by the first one's number
	Refused bool                // the registration
	Listens bool
	Light   bool // whether it had all replies, good or bad
}

// readConversation finds out what a conversation must come to, from the whole stream.
func readConversation(stream []byte) outcome {
	replies := map[uint32]wire.Reply{}
	want := outcome{Replies: map[uint32][]string{}}
	for splitter := (wire.Splitter{Limit: fuzzLimit}); ; {
		packet, _, err := splitter.Next(stream)
		if err != nil || packet == nil {
			break
		}
		stream = stream[len(packet):]
		message, errMessage := wire.ParseMessage(packet)
		reply, errReply := wire.ParseReply(packet)
		if errMessage != nil && errReply != nil {
			break
		}
		if _, again := replies[reply.ID]; errReply == nil && !again {
			replies[reply.ID] = reply
		}
		if errMessage == nil && message.Srvid == wire.SrvidLeader && replies[idListen].Status == 0 {
			want.Heard = append(want.Heard, string(message.Data))
		}
	}
	for _, call := range [][]uint32{{idPing}, {idEcho, idEcho + 1}} {
		var data []string
		for _, id := range call {
			if reply, ok := replies[id]; ok {
				data = append(data, string(reply.Data))
			}
		}
		if len(data) == len(call) {
			want.Replies[call[0]] = data
		}
	}
	registered, ok := replies[idListen]
	want.Listens, want.Refused = ok && registered.Status == 0, registered.Status != 0
	want.Light = !slices.ContainsFunc([]uint32{idLight, idLight + 1, idLight + 2, idLight + 3}, func(id uint32) bool {
		_, ok := replies[id]
		return !ok
	})
	return want
}

// conversation is one that goes on.
type conversation struct {
	t      *testing.T
	conn   *socket.Conn
	heard  heard
	listen chan error
	light  chan error
	calls  map[uint32]chan []string // gets nil for an error
}

// begin sends all requests.
func begin(t *testing.T, conn *socket.Conn, other net.Conn) *conversation {
	t.Helper()
	c := &conversation{
		t: t, conn: conn, listen: make(chan error, 1), light: make(chan error, 1), calls: map[uint32]chan []string{},
	}
	ctx := soon(t)
	await := func(n int) { // so that the next one gets the next number
		for range n {
			if _, err := readRequest(other); err != nil {
				t.Fatal(err)
			}
		}
	}
	go func() { _, err := conn.Listen(ctx, wire.SrvidLeader, c.heard.hear); c.listen <- err }()
	await(1)
	go func() { c.light <- conn.Light(ctx, wire.Destination{}, &wire.Light{}) }()
	await(wire.LightRequests)
	for _, call := range []struct {
		id       uint32
		requests []wire.Request
	}{{idPing, make([]wire.Request, 1)}, {idEcho, make([]wire.Request, 2)}} {
		result := make(chan []string, 1)
		c.calls[call.id] = result
		go func() {
			var got []string
			err := conn.Call(ctx, wire.Destination{}, call.requests, func(i int, reply wire.Reply) error {
				if reply.ID != call.id+uint32(i) {
					t.Errorf("reply %d of call %d has number %d", i, call.id, reply.ID)
				}
				got = append(got, string(reply.Data))
				return nil
			})
			if err != nil && (!errors.Is(err, socket.ErrEnded) || got != nil) {
				t.Errorf("call %d: got %q, error %v", call.id, got, err)
			}
			result <- got
		}()
		await(len(call.requests))
	}
	return c
}

// end waits until all is over, and says what came of it.
func (c *conversation) end() outcome {
	c.t.Helper()
	got := outcome{Replies: map[uint32][]string{}}
	for id, result := range c.calls {
		_ = returns(c.t, func() error {
			if data := <-result; data != nil {
				got.Replies[id] = data
			}
			return nil
		})
	}
	err := returns(c.t, func() error { return <-c.listen })
	_, got.Refused = errors.AsType[*wire.StatusError](err)
	if err != nil && !got.Refused && !errors.Is(err, socket.ErrEnded) {
		c.t.Errorf("Listen: error %v", err)
	}
	got.Listens = err == nil
	err = returns(c.t, func() error { return <-c.light })
	got.Light = !errors.Is(err, socket.ErrEnded)
	select {
	case <-c.conn.Done():
	case <-time.After(testLimit):
		c.t.Error("the connection is not over")
	}
	got.Heard = c.heard.all
	return got
}

// pair gives a connection and its other end.
func pair(t *testing.T) (*socket.Conn, net.Conn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ends [2]*net.UnixConn
	for i, fd := range fds {
		file := os.NewFile(uintptr(fd), "socket")
		end, err := net.FileConn(file)
		if err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
		ends[i] = end.(*net.UnixConn)
	}
	t.Cleanup(func() { _ = ends[1].Close() })
	conn, err := socket.New(ends[0], fuzzLimit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn, ends[1]
}

// sendPieces writes a stream in pieces whose sizes are those of the cuts, again and again.
func sendPieces(to net.Conn, stream, cuts []byte) error {
	for i := 0; len(stream) > 0; i++ {
		n := len(stream)
		if len(cuts) > 0 {
			n = min(n, 1+int(cuts[i%len(cuts)]))
		}
		if _, err := to.Write(stream[:n]); err != nil {
			return err
		}
		stream = stream[n:]
	}
	return nil
}

// conversationSeed is where the fuzzer begins.
type conversationSeed struct {
	name            string
	packets         [][]byte
	cuts            []byte
	heard, answered int // messages, and calls besides the light status
}

func conversations() []conversationSeed {
	registered, leader := replyPacket(idListen, 0, nil), messagePacket(wire.SrvidLeader, words(1))
	light, other := lightReplies(3, idLight), messagePacket(wire.SrvidTakeIP, []byte("192.0.2.1\x00"))
	ping := replyPacket(idPing, 2, nil)
	one, two := replyPacket(idEcho, 0, []byte("one")), replyPacket(idEcho+1, 0, []byte("two"))
	good := slices.Concat([][]byte{registered, leader, ping}, light, [][]byte{two, leader, other, one, leader})
	backwards := slices.Clone(good)
	slices.Reverse(backwards)
	desync := slices.Clone(good)
	desync[8] = bytes.Clone(leader)
	put(desync[8], 0, uint32(len(leader))+1)
	return []conversationSeed{
		{"good", good, nil, 3, 2},
		{"byte by byte", good, []byte{0}, 3, 2},
		{"in pieces", good, []byte{31, 2, 90}, 3, 2},
		{"backwards", backwards, []byte{200}, 3, 2},
		{"twice", slices.Concat(good, good), []byte{63}, 6, 2},
		{"cut short", [][]byte{registered, leader, two, bytes.Join(light, nil)[:100]}, []byte{7}, 1, 0},
		{"a length 1 too large", desync, []byte{100}, 2, 1},
		{"too large", [][]byte{ping, words(fuzzLimit + 1)}, nil, 0, 1},
		{"large", [][]byte{replyPacket(idPing, 0, make([]byte, fuzzLimit-44)), leader}, []byte{255}, 1, 1},
		{"refused", [][]byte{
			refusal(idListen, -1, ""), refusal(idLight, -1, "node is disconnected"), refusal(idPing, -1, "x"),
		}, nil, 0, 1},
		{"of nobody", [][]byte{replyPacket(0, 0, nil), replyPacket(9, 0, nil), replyPacket(1<<32-1, 0, nil)}, nil, 0, 0},
		{"lies", [][]byte{ping, packet(8, idEcho, words(0, 1<<31, 1<<31))}, []byte{3}, 0, 1},
		{"nothing", nil, nil, 0, 0},
	}
}
