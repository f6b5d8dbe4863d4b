package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

func TestParseReply(t *testing.T) {
	packet := replyPacket(9, -1, []byte("data"), []byte("text"))
	got, err := wire.ParseReply(packet)
	want := wire.Reply{
		Header: wire.Header{Operation: wire.OperationReply, Generation: 77, Source: 3, ID: 9},
		Status: -1, Data: []byte("data"), Text: []byte("text"),
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, mismatch (-want +got)\n%s", err, diff)
	}
	if cap(got.Data) != 4 || cap(got.Text) != 4 {
		t.Error("to append to data or text would write into the packet")
	}
}

func TestParseMessage(t *testing.T) {
	got, err := wire.ParseMessage(messagePacket(wire.SrvidLeader, []byte("data")))
	want := wire.Message{
		Header: wire.Header{Operation: wire.OperationMessage, Generation: 77, Source: 3},
		Srvid:  wire.SrvidLeader, Data: []byte("data"),
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, mismatch (-want +got)\n%s", err, diff)
	}
}

// refuses wants each change of a packet to be refused, at an offset.
func refuses(t *testing.T, packet []byte, parse func([]byte) error) func(string, int, func(m *image)) {
	return func(name string, offset int, change func(m *image)) {
		t.Helper()
		m := image(bytes.Clone(packet))
		change(&m)
		e, ok := errors.AsType[*wire.Error](parse(m))
		if !ok || e.Offset != offset || e.Opcode != wire.NoOpcode {
			t.Errorf("%s: error %v, want one at %d", name, e, offset)
		}
	}
}

func TestBadPackets(t *testing.T) {
	parseReply := func(packet []byte) error { _, err := wire.ParseReply(packet); return err }
	parseMessage := func(packet []byte) error { _, err := wire.ParseMessage(packet); return err }
	parseEvent := func(packet []byte) error { _, err := wire.ParseEventReply(packet); return err }
	for _, kind := range []struct {
		name   string
		packet []byte
		parse  func([]byte) error
		other  uint32 // an operation that it is not
	}{
		{"reply", replyPacket(1, 0, []byte("12345678"), []byte("1234")), parseReply, 5},
		{"message", messagePacket(5, []byte("12345678")), parseMessage, 8},
	} {
		t.Run(kind.name, func(t *testing.T) {
			refuse := refuses(t, kind.packet, kind.parse)
			refuse("short length", 0, func(m *image) { m.u32(0, 31) })
			refuse("wrong length", 0, func(m *image) { m.u32(0, uint32(len(*m)+8)) })
			refuse("largest length", 0, func(m *image) { m.u32(0, 1<<32-1) })
			refuse("bad magic", 4, func(m *image) { m.u32(4, 0) })
			refuse("bad version", 8, func(m *image) { m.u32(8, 2) })
			refuse("other operation", 16, func(m *image) { m.u32(16, kind.other) })
			refuse("unknown operation", 16, func(m *image) { m.u32(16, 1) })
			refuse("only a header", 0, func(m *image) { *m = (*m)[:32]; m.u32(0, 32) })
			for n := range kind.packet {
				refuse(fmt.Sprint(n, " bytes"), 0, func(m *image) { *m = (*m)[:n] })
			}
		})
	}
	refuse := refuses(t, replyPacket(1, 0, []byte("12345678"), []byte("1234")), parseReply)
	for _, lie := range []uint32{13, 1 << 31, 1<<32 - 1} {
		refuse("data length", 36, func(m *image) { m.u32(36, lie) })
		refuse("text length", 36, func(m *image) { m.u32(40, lie) })
	}
	refuse("both lengths, whose sum is small", 36, func(m *image) { m.u32(36, 1<<31); m.u32(40, 1<<31) })
	refuse = refuses(t, messagePacket(5, []byte("12345678")), parseMessage)
	for _, lie := range []uint32{13, 1 << 31, 1<<32 - 1} {
		refuse("data length", 40, func(m *image) { m.u32(40, lie) })
	}
	refuse = refuses(t, eventPacket(1, 2, 0, nil), parseEvent)
	refuse("event length", 0, func(m *image) { m.u32(0, 21) })
	refuse("negative result", 16, func(m *image) { m.u32(16, 1<<31) })
}

// TestBadHeader asks a splitter, as soon as the bytes are there.
func TestBadHeader(t *testing.T) {
	tests := []struct {
		name   string
		offset int
		have   int // bytes that are enough to see it
		change func(m *image)
	}{
		{"length 0", 0, 4, func(m *image) { m.u32(0, 0) }},
		{"length 31", 0, 4, func(m *image) { m.u32(0, 31) }},
		{"length above the limit", 0, 4, func(m *image) { m.u32(0, 1<<20+1) }},
		{"length 2^31", 0, 4, func(m *image) { m.u32(0, 1<<31) }},
		{"length 2^32-1", 0, 4, func(m *image) { m.u32(0, 1<<32-1) }},
		{"magic", 4, 32, func(m *image) { m.u32(4, 0x42445443) }},
		{"version", 8, 32, func(m *image) { m.u32(8, 0) }},
		{"control", 16, 32, func(m *image) { m.u32(16, 7) }},
		{"keepalive", 16, 32, func(m *image) { m.u32(16, 9) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := image(replyPacket(1, 0, nil, nil))
			test.change(&m)
			for n := range m {
				packet, need, err := wire.Splitter{}.Next(m[:n])
				e, refused := errors.AsType[*wire.Error](err)
				switch {
				case refused != (n >= test.have), packet != nil, !refused && need <= 0:
					t.Errorf("%d bytes: packet %v, need %d, error %v", n, packet, need, err)
				case refused && e.Offset != test.offset:
					t.Errorf("%v; want offset %d", err, test.offset)
				}
			}
		})
	}
}

func TestLimit(t *testing.T) {
	packet := replyPacket(1, 0, make([]byte, 100), nil)
	size := uint32(len(packet))
	for _, test := range []struct {
		limit uint32
		ok    bool
	}{{0, true}, {size, true}, {size - 1, false}, {1, false}, {1<<32 - 1, true}} {
		for name, next := range map[string]func(wire.Splitter, []byte) ([]byte, int, error){
			"ctdbd": wire.Splitter.Next, "eventd": wire.Splitter.NextEvent,
		} {
			got, _, err := next(wire.Splitter{Limit: test.limit}, packet)
			if (err == nil) != test.ok || errors.Is(err, wire.ErrTooLarge) == test.ok || test.ok && len(got) != len(packet) {
				t.Errorf("%s: limit %d of %d: %d bytes, error %v", name, test.limit, size, len(got), err)
			}
		}
	}
	if _, _, err := (wire.Splitter{}).NextEvent(wordImage(19)); err == nil || errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("an event packet of 19 bytes: error %v", err)
	}
}

// TestSplitter takes a stream apart that comes in pieces of each size.
func TestSplitter(t *testing.T) {
	packets := [][]byte{
		replyPacket(1, 0, nil, nil), messagePacket(5, make([]byte, 61)), replyPacket(2, -1, nil, []byte("x")),
	}
	events := [][]byte{eventPacket(1, 1, 0, nil), eventPacket(2, 2, 0, make([]byte, 129)), eventPacket(3, 2, 22, nil)}
	for name, kind := range map[string]struct {
		packets [][]byte
		next    func(wire.Splitter, []byte) ([]byte, int, error)
	}{"ctdbd": {packets, wire.Splitter.Next}, "eventd": {events, wire.Splitter.NextEvent}} {
		stream := bytes.Join(kind.packets, nil)
		for piece := 1; piece <= len(stream); piece++ {
			got, err := splitAll(stream, piece, kind.next)
			if diff := cmp.Diff(kind.packets, got); diff != "" || err != nil {
				t.Fatalf("%s, pieces of %d: error %v, mismatch (-want +got)\n%s", name, piece, err, diff)
			}
		}
	}
}

// splitAll feeds a stream in pieces, and gives the packets.
func splitAll(
	stream []byte, piece int, next func(wire.Splitter, []byte) ([]byte, int, error),
) (packets [][]byte, err error) {
	var buffered []byte
	for {
		packet, need, err := next(wire.Splitter{}, buffered)
		switch {
		case err != nil:
			return packets, err
		case packet != nil:
			if need != 0 || len(packet) == 0 || len(packet) > len(buffered) {
				return packets, fmt.Errorf("a packet of %d bytes and %d that are missing", len(packet), need)
			}
			packets = append(packets, packet)
			buffered = buffered[len(packet):]
			continue
		case need <= 0 || need > wire.DefaultLimit:
			return packets, fmt.Errorf("%d bytes are missing", need)
		case len(stream) == 0:
			return packets, nil
		}
		n := min(len(stream), piece)
		buffered = append(buffered[:len(buffered):len(buffered)], stream[:n]...)
		stream = stream[n:]
	}
}

func TestMessages(t *testing.T) {
	message := func(data []byte) wire.Message { return wire.Message{Data: data} }
	flags := data(1, 2, 0)
	text := func(v any, err error) string {
		if err != nil {
			if e, ok := errors.AsType[*wire.Error](err); !ok || e.Offset < 44 || e.Opcode != wire.NoOpcode {
				t.Errorf("error %+v", err)
			}
			return "error"
		}
		return fmt.Sprint(v)
	}
	leader := func(data []byte) string { return text(wire.DecodeLeader(message(data))) }
	addr := func(data []byte) string { return text(wire.DecodeAddress(message(data))) }
	change := func(data []byte) string {
		c, err := wire.DecodeFlagChange(message(data))
		return text(fmt.Sprintf("%v %v %v", c.PNN, c.New, c.Old), err)
	}
	run := func(data []byte) string {
		pnn, ok, err := wire.DecodeTakeoverRun(message(data))
		return text(fmt.Sprint(pnn, ok), err)
	}
	tests := []struct{ name, got, want string }{
		{"leader", leader(wordImage(2)), "2"},
		{"election", leader(wordImage(0xFFFFFFFF)), "unknown"},
		{"short leader", leader(make([]byte, 3)), "error"},
		{"long leader", leader(make([]byte, 5)), "error"},
		{"address", addr(textImage("192.0.2.1")), "192.0.2.1"},
		{"address without NUL", addr([]byte("2001:db8::1")), "2001:db8::1"},
		{"address with a zone", addr(textImage("fe80::1%eth0")), "error"},
		{"no address", addr(textImage("host")), "error"},
		{"empty address", addr(nil), "error"},
		{"long address", addr(textImage(strings.Repeat("1", 100_000))), "error"},
		{"address and more", addr(textImage("192.0.2.1\x00x")), "error"},
		{"flags", change(flags), "1 UNHEALTHY OK"},
		{"short flags", change(flags[:11]), "error"},
		{"takeover run", run(wordImage(2)), "2 true"},
		{"failed takeover run", run(wordImage(0xFFFFFFFF)), "0 false"},
		{"short takeover run", run(nil), "error"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.got != test.want {
				t.Errorf("got %s, want %s", test.got, test.want)
			}
		})
	}
}

// TestAppendTakeoverRun reads the message by offsets.
func TestAppendTakeoverRun(t *testing.T) {
	srvid := wire.ClientSrvid(1<<60 | 5)
	if srvid != 0xBE00000000000005 || srvid.String() != "0xBE00000000000005" {
		t.Errorf("the address is %v", srvid)
	}
	var want image
	want.header(5, 0)
	want.u32(12, 0)
	want.u32(20, 0xF0000004)
	want.u64(32, 0xFB00000000000000)
	want.u32(40, 16)
	want.u32(44, 3)
	want.u64(52, 0xBE00000000000005)
	got := wire.AppendTakeoverRun([]byte("x"), 3, srvid)
	if diff := cmp.Diff(append([]byte("x"), want.padded()...), got); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
}

// lightPackets are the answers to a light status of n nodes.
func lightPackets(n int, id uint32) [][]byte {
	all := make([]status.Node, n)
	vnn := wire.VNNMap{Generation: status.Known(status.Generation(5))}
	for i := range all {
		all[i] = status.Node{PNN: nodes.PNN(i), Address: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})}
		vnn.LMasters = append(vnn.LMasters, nodes.PNN(i))
	}
	return [][]byte{
		replyPacket(id, 1, nil, nil), replyPacket(id+1, 0, nodesImage(all), nil),
		replyPacket(id+2, 0, vnnImage(vnn), nil), replyPacket(id+3, 0, nil, nil),
	}
}

func TestLight(t *testing.T) {
	for _, id := range []uint32{0, 7, 1<<32 - 2} {
		packets := lightPackets(3, id)
		packets[1] = replyPacket(id+1, 0, nodesImage(sampleNodes), nil)
		var light wire.Light
		for _, packet := range []int{2, 0, 3, 1} {
			reply, err := wire.ParseReply(packets[packet])
			if err == nil {
				err = light.Take(reply, id)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		want := &status.Cluster{
			NodeCount: status.Known(3), DeletedCount: status.Known(1),
			Nodes:        []status.Node{sampleNodes[0], sampleNodes[1]},
			Generation:   status.Known(status.Generation(5)),
			LMasters:     []nodes.PNN{0, 1, 2},
			RecoveryMode: status.Known(status.RecoveryNormal),
		}
		want.Nodes[1].ThisNode = true
		got := light.Cluster()
		if diff := cmp.Diff(want, got, byEqual); diff != "" {
			t.Errorf("mismatch (-want +got)\n%s", diff)
		}
		light.Nodes[0].PNN, light.VNNMap.LMasters[0] = 99, 99
		if diff := cmp.Diff(want, got, byEqual); diff != "" {
			t.Errorf("the result shares memory: mismatch (-want +got)\n%s", diff)
		}
		if err := light.Take(wire.Reply{Header: wire.Header{ID: id + 4}}, id); err == nil {
			t.Error("a reply to another request was taken")
		}
	}
}

// TestLightRequests reads what AppendLight makes.
func TestLightRequests(t *testing.T) {
	rest := wire.AppendLight(nil, wire.Destination{}, 10)
	for i, opcode := range []uint32{35, 91, 5, 15} {
		got, ok := readRequest(rest[:64])
		if !ok || got.Opcode != opcode || got.ID != uint32(10+i) {
			t.Errorf("request %d is %+v", i, got)
		}
		rest = rest[64:]
	}
	if len(rest) != 0 {
		t.Errorf("%d bytes more", len(rest))
	}
}

// lightRound encodes and decodes a light status in memory that is there.
func lightRound(tb testing.TB, buffer, stream []byte, id uint32, light *wire.Light) {
	if len(wire.AppendLight(buffer[:0], wire.Destination{}, id)) != 256 {
		tb.Fatal("the requests have another size")
	}
	for range wire.LightRequests {
		packet, _, err := wire.Splitter{}.Next(stream)
		if err != nil {
			tb.Fatal(err)
		}
		stream = stream[len(packet):]
		reply, err := wire.ParseReply(packet)
		if err == nil {
			err = light.Take(reply, id)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// TestLightAllocations holds a light status to no allocation at all.
func TestLightAllocations(t *testing.T) {
	for _, n := range []int{3, 1000} {
		stream, buffer := bytes.Join(lightPackets(n, 7), nil), make([]byte, 0, 512)
		var light wire.Light
		lightRound(t, buffer, stream, 7, &light)
		if got := testing.AllocsPerRun(100, func() { lightRound(t, buffer, stream, 7, &light) }); got != 0 {
			t.Errorf("%d nodes: %v allocations", n, got)
		}
	}
	buffer := make([]byte, 0, 512)
	if got := testing.AllocsPerRun(100, func() { wire.AppendTakeoverRun(buffer, 1, 2) }); got != 0 {
		t.Errorf("a takeover run: %v allocations", got)
	}
}
