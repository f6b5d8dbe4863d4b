package wire_test

import (
	"bytes"
	"errors"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// FuzzDecode holds each decoder to its laws: no data make it panic, what it allocates is bounded by what there is to
// read, an error has a place in the packet and no value beside it, and what a value is encoded as is read as the same
// value.
func FuzzDecode(f *testing.F) {
	all := decoders()
	for i, d := range all {
		f.Add(uint8(i), int32(0), d.encode(d.sample))
	}
	f.Add(uint8(0), int32(-1), []byte{})
	f.Fuzz(func(t *testing.T, which uint8, code int32, data []byte) {
		d := all[int(which)%len(all)]
		var got any
		var err error
		cost := allocated(func() { got, err = d.decode(wire.Reply{Status: code, Data: data}) })
		if most := uint64(64*len(data) + 16<<10); cost > most {
			t.Fatalf("%s: %d bytes were allocated for %d", d.name, cost, len(data))
		}
		if err != nil {
			checkError(t, err, d.opcode, 44, len(data))
			if !isNothing(got) {
				t.Fatalf("%s: got %v beside error %v", d.name, got, err)
			}
			return
		}
		if !again(d, got) {
			return
		}
		back, err := d.decode(reply(d.encode(got)))
		if err != nil {
			t.Fatalf("%s: what %+v is encoded as: %v", d.name, got, err)
		}
		if diff := cmp.Diff(got, back, byEqual); diff != "" {
			t.Fatalf("%s: mismatch (-decoded +encoded and decoded)\n%s", d.name, diff)
		}
	})
}

// checkError wants an error of one of two kinds, one with a place in the packet.
func checkError(t *testing.T, err error, opcode wire.Opcode, from, size int) {
	t.Helper()
	if e, ok := errors.AsType[*wire.StatusError](err); ok {
		if e.Opcode != opcode || e.Status == 0 {
			t.Fatalf("error %+v", e)
		}
		return
	}
	e, ok := errors.AsType[*wire.Error](err)
	if !ok || e.Opcode != opcode || e.Offset < from || e.Offset > from+size || len(e.Error()) > 1000 {
		t.Fatalf("%d bytes: error %+v", size, err)
	}
}

// again tells whether the daemon's side in these tests can say what was decoded.
func again(d decoder, v any) bool {
	exact := func(all ...status.Latency) bool { // as numbers with a point
		for _, l := range all {
			if l.Avg.Abs() > 1e6*time.Second {
				return false
			}
		}
		return true
	}
	of := func(s *status.Statistics) bool {
		return exact(s.LockLatency, s.ReclockCtdbd, s.ReclockRecd, s.CallLatency, s.ChildwriteLatency)
	}
	switch v := v.(type) {
	case *status.Statistics:
		return of(v)
	case *status.StatisticsHistory:
		for i := range v.Records {
			if !of(&v.Records[i]) {
				return false
			}
		}
	case *status.DBStatistics:
		return exact(v.LockLatency, v.VacuumLatency)
	case *status.Uptime: // an unknown recovery, and one that began before 1970
		ended, ok := v.Recovered.Get()
		return ok && ended.Add(-v.RecoveryTook).Unix() >= 0 && v.RecoveryTook < math.MaxInt64
	case *status.PublicIPInfo: // two of one name
		for i, iface := range v.Interfaces {
			for _, other := range v.Interfaces[:i] {
				if iface.Name == other.Name {
					return false
				}
			}
		}
	case status.RunState:
		return len(v) > 0
	}
	return d.encode != nil
}

// FuzzSplitter takes a stream apart in two ways, which must find the same packets, and reads each.
func FuzzSplitter(f *testing.F) {
	f.Add([]byte{}, uint8(1))
	f.Add(bytes.Join([][]byte{
		replyPacket(1, 0, []byte("data"), []byte("text")), messagePacket(wire.SrvidLeader, wordImage(1)),
		messagePacket(wire.SrvidTakeIP, textImage("192.0.2.1")),
	}, nil), uint8(7))
	f.Add(bytes.Join(lightPackets(3, 1), nil), uint8(64))
	f.Add([]byte{0xFF, 0xFF, 0xFF, 0xFF}, uint8(4))
	f.Fuzz(func(t *testing.T, stream []byte, piece uint8) {
		whole, err := splitAll(stream, len(stream)+1, wire.Splitter.Next)
		pieces, errPieces := splitAll(stream, int(piece)+1, wire.Splitter.Next)
		if diff := cmp.Diff(whole, pieces); diff != "" || (err == nil) != (errPieces == nil) {
			t.Fatalf("errors %v and %v, mismatch (-whole +pieces)\n%s", err, errPieces, diff)
		}
		if err != nil {
			checkError(t, err, wire.NoOpcode, 0, 32)
		}
		if !bytes.HasPrefix(stream, bytes.Join(whole, nil)) {
			t.Fatal("the packets are not those of the stream")
		}
		for _, packet := range whole {
			parsePacket(t, packet)
		}
	})
}

// parsePacket reads a packet that a splitter gave, and makes it again.
func parsePacket(t *testing.T, packet []byte) {
	t.Helper()
	header, err := wire.ParseHeader(packet)
	if err != nil {
		t.Fatal(err)
	}
	reply, errReply := wire.ParseReply(packet)
	message, errMessage := wire.ParseMessage(packet)
	if errReply == nil && errMessage == nil {
		t.Fatal("a packet is a reply and a message")
	}
	for _, err := range []error{errReply, errMessage} {
		if err != nil {
			checkError(t, err, wire.NoOpcode, 0, len(packet))
		}
	}
	if errReply == nil {
		back, err := wire.ParseReply(replyPacket(reply.ID, reply.Status, reply.Data, reply.Text))
		if err != nil || back.ID != header.ID || back.Status != reply.Status || !bytes.Equal(back.Data, reply.Data) ||
			!bytes.Equal(back.Text, reply.Text) {
			t.Fatalf("error %v, got %+v from %+v", err, back, reply)
		}
	}
	if errMessage != nil {
		return
	}
	back, err := wire.ParseMessage(messagePacket(message.Srvid, message.Data))
	if err != nil || back.Srvid != message.Srvid || !bytes.Equal(back.Data, message.Data) {
		t.Fatalf("error %v, got %+v from %+v", err, back, message)
	}
	decodeMessage(t, message)
}

// decodeMessage reads the data of a message as each kind.
func decodeMessage(t *testing.T, m wire.Message) {
	t.Helper()
	var errs [4]error
	var leader status.Value[nodes.PNN]
	var addr netip.Addr
	leader, errs[0] = wire.DecodeLeader(m)
	addr, errs[1] = wire.DecodeAddress(m)
	_, errs[2] = wire.DecodeFlagChange(m)
	_, _, errs[3] = wire.DecodeTakeoverRun(m)
	for _, err := range errs {
		if err != nil {
			checkError(t, err, wire.NoOpcode, 44, len(m.Data))
		}
	}
	if errs[0] == nil && !bytes.Equal(wordImage(nodeNumber(leader)), m.Data) {
		t.Fatalf("leader %v from %x", leader, m.Data)
	}
	if errs[1] == nil && !addr.IsValid() {
		t.Fatalf("address %v from %q", addr, m.Data)
	}
}

// FuzzEventReply takes a stream of an event daemon apart, and reads each packet.
func FuzzEventReply(f *testing.F) {
	script := scriptImage{"00.ctdb", moment, later(3), 0, "out\n"}
	f.Add(eventPacket(1, 1, 0, nil), uint8(3))
	f.Add(append(eventPacket(1, 2, 0, eventStatusImage(0, script)), eventPacket(1, 2, 22, nil)...), uint8(5))
	f.Add(eventPacket(1, 2, 0, eventStatusImage(7, script, scriptImage{"5", moment, moment, 7, ""},
		scriptImage{"6", time.Unix(0, 0), time.Unix(0, 0), -42, ""})), uint8(9))
	f.Fuzz(func(t *testing.T, stream []byte, piece uint8) {
		whole, err := splitAll(stream, len(stream)+1, wire.Splitter.NextEvent)
		pieces, errPieces := splitAll(stream, int(piece)+1, wire.Splitter.NextEvent)
		if diff := cmp.Diff(whole, pieces); diff != "" || (err == nil) != (errPieces == nil) {
			t.Fatalf("errors %v and %v, mismatch (-whole +pieces)\n%s", err, errPieces, diff)
		}
		for _, packet := range whole {
			parseEventPacket(t, packet)
		}
	})
}

func parseEventPacket(t *testing.T, packet []byte) {
	t.Helper()
	reply, err := wire.ParseEventReply(packet)
	if err != nil {
		checkError(t, err, wire.NoOpcode, 0, len(packet))
		return
	}
	_ = wire.DecodeEventRun(reply)
	got, err := wire.DecodeEventStatus(reply, "legacy", "monitor")
	if _, ok := errors.AsType[*wire.EventError](err); ok {
		return
	}
	if err != nil {
		checkError(t, err, wire.NoOpcode, 0, len(packet))
		return
	}
	if got.State != status.EventRan {
		return
	}
	// Each script takes 44 bytes.
	if len(got.Scripts) > len(packet)/44 {
		t.Fatalf("%d scripts from %d bytes", len(got.Scripts), len(packet))
	}
	for _, s := range got.Scripts {
		if s.State.String() == "" || (s.Reason != "") != (s.State == status.ScriptCannotRun) ||
			s.Took.IsReported() != (s.State == status.ScriptOK || s.State == status.ScriptError) {
			t.Fatalf("script %+v", s)
		}
	}
}

// FuzzRequest makes requests of anything that callers may give, and reads those that are possible as a daemon does.
func FuzzRequest(f *testing.F) {
	f.Add("MonitorInterval", uint32(20), int64(time.Second), []byte{192, 0, 2, 1}, uint16(445))
	f.Add("eth0", uint32(3), int64(1), bytes.Repeat([]byte{0xFE}, 16), uint16(0))
	f.Add("a\x00b", uint32(0xF0000002), int64(-1), []byte{1, 2, 3}, uint16(1))
	f.Fuzz(func(t *testing.T, text string, number uint32, d int64, ip []byte, port uint16) {
		addr, _ := netip.AddrFromSlice(ip)
		end := netip.AddrPortFrom(addr, port)
		connection := status.Connection{Source: end, Destination: end}
		to, err := wire.ToNode(nodes.PNN(number))
		if (err == nil) != (number < 0xF0000000) {
			t.Fatalf("node %d: error %v", number, err)
		}
		sent := netip.AddrPortFrom(addr.Unmap(), port)
		sentAddr := netip.AddrPortFrom(addr.Unmap(), 0)
		for _, try := range []struct {
			request wire.Request
			err     error
			data    func() []byte
		}{
			pair(wire.GetTunable(text)).wants(func() []byte { return data(len(text)+1, text) }),
			pair(wire.SetTunable(text, number)).wants(func() []byte { return data(int(number), len(text)+1, text) }),
			pair(wire.Ban(nodes.PNN(number), time.Duration(d))).wants(func() []byte {
				return data(int(number), int((d+1e9-1)/1e9))
			}),
			pair(wire.GetPublicIPInfo(addr)).wants(func() []byte { return data(sentAddr) }),
			pair(wire.GetTickles(addr)).wants(func() []byte { return data(sentAddr) }),
			pair(wire.AddTickle(connection)).wants(func() []byte { return data(sent, sent) }),
			pair(wire.RemoveTickle(connection)).wants(func() []byte { return data(sent, sent) }),
			pair(wire.SendGratuitousARP(addr, text)).wants(func() []byte { return data(sentAddr, 0, len(text)+1, text) }),
			pair(wire.Echo([]byte(text))).wants(func() []byte { return data(0, len(text), []byte(text)) }),
			pair(wire.ProcessExists(int(d))).wants(func() []byte { return data(int(d)) }),
			pair(wire.SetLogLevel(config.LogLevel(port))).wants(nil),
		} {
			if try.err != nil {
				if e, ok := errors.AsType[*wire.Error](try.err); !ok || len(e.Error()) > 1000 {
					t.Fatalf("error %v", try.err)
				}
				continue
			}
			got, ok := readRequest(wire.AppendControl(nil, to, number, try.request))
			if !ok || got.ID != number || got.Opcode != uint32(try.request.Opcode()) {
				t.Fatalf("%v: got %+v", try.request.Opcode(), got)
			}
			if try.data != nil && !bytes.Equal(got.Data, try.data()) {
				t.Fatalf("%v: got data %x, want %x", try.request.Opcode(), got.Data, try.data())
			}
		}
	})
}

// FuzzEventRequest makes requests to an event daemon of anything, and reads those that are possible.
func FuzzEventRequest(f *testing.F) {
	f.Add("legacy", "takeip", "eth0 192.0.2.1 24", int64(time.Second), true, uint32(1))
	f.Add("..", "-x", "a  b", int64(-1), false, uint32(1<<31))
	f.Fuzz(func(t *testing.T, component, event, args string, d int64, goOn bool, id uint32) {
		run := wire.EventRun{Component: component, Event: event, Timeout: time.Duration(d), GoOn: goOn}
		if args != "" {
			run.Args = strings.Split(args, " ")
		}
		got, err := wire.AppendEventRun(nil, id, run)
		flags := map[bool]int{true: 1}[goOn]
		want := eventRequest(id, 1, component, event, args, int((d+1e9-1)/1e9), flags)
		checkEventRequest(t, got, want, err, component, event)
		got, err = wire.AppendEventStatus(nil, id, component, event)
		checkEventRequest(t, got, eventRequest(id, 2, component, event), err, component, event)
	})
}

func checkEventRequest(t *testing.T, got, want []byte, err error, names ...string) {
	t.Helper()
	if err != nil {
		if e, ok := errors.AsType[*wire.Error](err); !ok || len(got) > 0 || len(e.Error()) > 1000 {
			t.Fatalf("got %q, error %v", got, err)
		}
		return
	}
	if !bytes.Equal(got, want) || strings.ContainsAny(strings.Join(names, ""), "/\x00 ") {
		t.Fatalf("got %q, want %q", got, want)
	}
}

// tried is a request that was tried, with what its data have to be.
type tried struct {
	request wire.Request
	err     error
	data    func() []byte
}

func pair(r wire.Request, err error) tried { return tried{request: r, err: err} }

func (p tried) wants(data func() []byte) tried {
	p.data = data
	return p
}
