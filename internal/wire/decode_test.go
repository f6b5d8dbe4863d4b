package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/status"
)

// comparable values of other packages that have no exported fields.
var byEqual = cmp.Options{
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
	cmp.Comparer(func(a, b status.Value[time.Time]) bool {
		x, known := a.Get()
		y, alsoKnown := b.Get()
		return known && alsoKnown && x.Equal(y) || a == b
	}),
}

// reply makes one that has these data.
func reply(data []byte) wire.Reply { return wire.Reply{Data: data} }

// isNothing tells whether a decoder gave no value.
func isNothing(v any) bool {
	value := reflect.ValueOf(v)
	if value.Kind() == reflect.Slice {
		return value.Len() == 0
	}
	return value.IsZero()
}

// wantError wants an *Error with a place in the packet.
func wantError(t *testing.T, d decoder, v any, err error, data []byte) {
	t.Helper()
	e, ok := errors.AsType[*wire.Error](err)
	switch {
	case !ok:
		t.Errorf("%d bytes: got %v and error %v, want an Error", len(data), v, err)
	case e.Opcode != d.opcode || e.Offset < 44 || e.Offset > 44+len(data) || e.Want == "" || e.Got == "":
		t.Errorf("%d bytes: error %+v", len(data), e)
	}
}

func TestDecode(t *testing.T) {
	for _, d := range decoders() {
		t.Run(d.name, func(t *testing.T) {
			data := d.encode(d.sample)
			got, err := d.decode(reply(bytes.Clone(data)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(d.sample, got, byEqual); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

// TestDecodeSharesNothing changes the packet after it was read.
func TestDecodeSharesNothing(t *testing.T) {
	for _, d := range decoders() {
		t.Run(d.name, func(t *testing.T) {
			data := d.encode(d.sample)
			got, err := d.decode(reply(data))
			if err != nil {
				t.Fatal(err)
			}
			for i := range data {
				data[i] ^= 0xFF
			}
			if diff := cmp.Diff(d.sample, got, byEqual); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

// TestDecodeCutOff reads each beginning of the data, and data that go on.
func TestDecodeCutOff(t *testing.T) {
	for _, d := range decoders() {
		t.Run(d.name, func(t *testing.T) {
			data := d.encode(d.sample)
			for n := range data {
				got, err := d.decode(reply(data[:n]))
				if d.loose {
					if _, isText := got.(string); !isText || err != nil {
						t.Errorf("%d bytes: got %v, error %v", n, got, err)
					}
					continue
				}
				wantError(t, d, got, err, data[:n])
			}
			for n := 1; n <= 8; n++ {
				longer := append(bytes.Clone(data), bytes.Repeat([]byte{1}, n)...)
				got, err := d.decode(reply(longer))
				if d.opcode == wire.OpStatistics { // newer releases may tell more
					if err != nil {
						t.Errorf("%d more bytes: %v", n, err)
					}
					continue
				}
				wantError(t, d, got, err, longer)
			}
		})
	}
}

// TestDecodeLies has counts that do not fit the bytes, which must cost nothing.
func TestDecodeLies(t *testing.T) {
	for _, d := range decoders() {
		if d.countAt < 0 {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			n := binary.NativeEndian.Uint32(d.encode(d.sample)[d.countAt:])
			for _, lie := range []uint32{n - 1, n + 1, 1 << 31, 1<<31 + n, 1<<32 - 1, (1<<32)/8 + n, (1<<32)/4 + n} {
				data := image(d.encode(d.sample))
				data.u32(d.countAt, lie)
				var got any
				var err error
				if bytes := allocated(func() { got, err = d.decode(reply(data)) }); bytes > 4096 {
					t.Errorf("%d for %d: %d bytes were allocated", lie, n, bytes)
				}
				wantError(t, d, got, err, data)
				if !isNothing(got) {
					t.Errorf("%d for %d: got %v beside an error", lie, n, got)
				}
			}
		})
	}
}

// allocated gives how many bytes a function allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestRefused reads replies whose status is not 0.
func TestRefused(t *testing.T) {
	for _, d := range append(decoders(), statusDecoders()...) {
		t.Run(d.name, func(t *testing.T) {
			for _, code := range []int32{-22, -1 << 31} {
				var data []byte
				if d.encode != nil {
					data = d.encode(d.sample)
				}
				got, err := d.decode(wire.Reply{Status: code, Data: data, Text: []byte("ctdb_control timed out")})
				e, ok := errors.AsType[*wire.StatusError](err)
				if !ok || e.Opcode != d.opcode || e.Status != code || e.Text != "ctdb_control timed out" {
					t.Errorf("status %d: got %v, error %v", code, got, err)
				}
				if !errors.Is(err, wire.ErrTimedOut) || errors.Is(err, wire.ErrDisconnected) {
					t.Errorf("the text is not understood: %v", err)
				}
				if !isNothing(got) {
					t.Errorf("status %d: got %v beside an error", code, got)
				}
			}
		})
	}
}

// statusDecoders has what reads a status.
func statusDecoders() []decoder {
	reads := func(opcode wire.Opcode, decode func(wire.Reply) (any, error)) decoder {
		return decoder{name: opcode.String(), opcode: opcode, decode: decode}
	}
	return []decoder{
		reads(wire.OpPNN, func(r wire.Reply) (any, error) { return wire.DecodePNN(r) }),
		reads(wire.OpPID, func(r wire.Reply) (any, error) { return wire.DecodePID(r) }),
		reads(wire.OpPing, func(r wire.Reply) (any, error) { return wire.DecodePing(r) }),
		reads(wire.OpRecoveryMode, func(r wire.Reply) (any, error) { return wire.DecodeRecoveryMode(r) }),
		reads(wire.OpRecmaster, func(r wire.Reply) (any, error) { return wire.DecodeRecmaster(r) }),
		reads(wire.OpProcessExists, func(r wire.Reply) (any, error) { return wire.DecodeProcessExists(r) }),
		reads(wire.OpProcessSrvid, func(r wire.Reply) (any, error) { return wire.DecodeProcessHasSrvid(r) }),
		reads(wire.OpSetTunable, func(r wire.Reply) (any, error) { return wire.DecodeSetTunable(r) }),
	}
}

func TestDecodeStatus(t *testing.T) {
	refusal := func(opcode wire.Opcode, code int32) string { return fmt.Sprintf("%v: status %d", opcode, code) }
	tests := []struct {
		opcode wire.Opcode
		status int32
		want   string
	}{
		{wire.OpPNN, 0, "0"},
		{wire.OpPNN, 7, "7"},
		{wire.OpPID, 1234, "1234"},
		{wire.OpPID, 0, "reply to GET_PID, offset 32: want a process ID, got 0"},
		{wire.OpPing, 5, "5"},
		{wire.OpRecoveryMode, 0, "NORMAL"},
		{wire.OpRecoveryMode, 1, "RECOVERY"},
		{wire.OpRecoveryMode, 2, "RECOVERY"},
		{wire.OpRecmaster, 2, "2"},
		{wire.OpRecmaster, -1, refusal(wire.OpRecmaster, -1)},
		{wire.OpProcessExists, 0, "true"},
		{wire.OpProcessExists, -1, "false"},
		{wire.OpProcessExists, 1, refusal(wire.OpProcessExists, 1)},
		{wire.OpProcessSrvid, 0, "true"},
		{wire.OpProcessSrvid, -1, "false"},
		{wire.OpSetTunable, 0, "false"},
		{wire.OpSetTunable, 1, "true"},
		{wire.OpSetTunable, 2, refusal(wire.OpSetTunable, 2)},
	}
	decode := map[wire.Opcode]func(wire.Reply) (any, error){}
	for _, d := range statusDecoders() {
		decode[d.opcode] = d.decode
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.opcode, " ", test.status), func(t *testing.T) {
			v, err := decode[test.opcode](wire.Reply{Status: test.status})
			got := fmt.Sprint(v)
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestStatusError(t *testing.T) {
	tests := []struct {
		text string
		want error
	}{
		{"ctdb_control to disconnected node", wire.ErrDisconnected},
		{"node is disconnected", wire.ErrDisconnected},
		{"ctdb_control timed out", wire.ErrTimedOut},
		{"", nil},
		{"in recovery mode", nil},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			err := wire.Reply{Status: -1, Text: []byte(test.text)}.Err(wire.OpPNN)
			if got := errors.Unwrap(err); !errors.Is(got, test.want) {
				t.Errorf("%v unwraps to %v, want %v", err, got, test.want)
			}
		})
	}
	long := wire.Reply{Status: -1, Text: bytes.Repeat([]byte("x"), 1<<20)}.Err(wire.OpPNN)
	if len(long.Error()) > 300 {
		t.Errorf("the error is %d bytes long", len(long.Error()))
	}
}

// TestDecodeOdd reads what is neither usual nor an error.
func TestDecodeOdd(t *testing.T) {
	must := func(v any, err error) any {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
		return v
	}
	var foreign image = nodesImage([]status.Node{{PNN: 1}})
	foreign.u16(12, 40) // a family that nobody knows
	var mapped image = nodesImage([]status.Node{{PNN: 1, Address: address6}})
	mapped.u32(36, 3) // the scope
	var full image = interfacesImage([]status.Interface{{Name: "123456789012345678", Up: true}})
	var garbage image = interfacesImage([]status.Interface{{Name: "a\x00b"}})
	tests := []struct {
		name      string
		got, want any
	}{
		{"no nodes", must(wire.DecodeNodeMap(reply(nodesImage(nil)), nil)), []status.Node{}},
		{"unknown family", must(wire.DecodeNodeMap(reply(foreign), nil)), []status.Node{{PNN: 1}}},
		{"address with scope", must(wire.DecodeNodeMap(reply(mapped), nil)), []status.Node{{PNN: 1, Address: address6}}},
		{"name without end", must(wire.DecodeInterfaces(reply(full), nil)),
			[]status.Interface{{Name: "123456789012345678", Up: true}}},
		{"name with a rest", must(wire.DecodeInterfaces(reply(garbage), nil)), []status.Interface{{Name: "a"}}},
		{"text without NUL", must(wire.DecodeDatabaseName(reply([]byte("x.tdb")))), "x.tdb"},
		{"no text", must(wire.DecodeClusterLock(reply(nil))), ""},
		{"run state of the future", must(wire.DecodeRunState(reply(wordImage(7)))), status.RunState("7")},
		{"debug level between", must(wire.DecodeLogLevel(reply(wordImage(4)))).(fmt.Stringer).String(), "NOTICE"},
		{"negative debug level", must(wire.DecodeLogLevel(reply(wordImage(0xFFFFFFFF)))).(fmt.Stringer).String(), "ERROR"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.got, byEqual); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

// TestDecodeRefuses has single values that can't be.
func TestDecodeRefuses(t *testing.T) {
	all := map[wire.Opcode]decoder{}
	for _, d := range decoders() {
		all[d.opcode] = d
	}
	tests := []struct {
		name   string
		opcode wire.Opcode
		change func(m *image)
		offset int // in the data
	}{
		{"time before 1970", wire.OpUptime, func(m *image) { m.u64(16, 1<<63) }, 16},
		{"time after 9999", wire.OpUptime, func(m *image) { m.u64(32, 253402300800) }, 32},
		{"a million microseconds", wire.OpUptime, func(m *image) { m.u64(56, 1e6) }, 48},
		{"negative microseconds", wire.OpStatistics, func(m *image) { m.u64(472, 1<<64-1) }, 464},
		{"latency that is no number", wire.OpStatistics, func(m *image) { m.f64(112, math.NaN()) }, 112},
		{"latency without end", wire.OpStatistics, func(m *image) { m.f64(200, math.Inf(1)) }, 200},
		{"latency of centuries", wire.OpStatistics, func(m *image) { m.f64(432, 1e300) }, 432},
		{"negative count", wire.OpStatistics, func(m *image) { m.u32(408, 1<<31) }, 408},
		{"no such interface", wire.OpPublicIPInfo, func(m *image) { m.u32(32, 2) }, 32},
		{"too many references", wire.OpInterfaces, func(m *image) { m.u32(24, 1<<31) }, 24},
		{"eleven hot keys", wire.OpDatabaseStatistics, func(m *image) { m.u32(216, 11) }, 216},
		{"long hot key", wire.OpDatabaseStatistics, func(m *image) { m.u64(240, 1<<63) }, 240},
		{"hot key that is one too long", wire.OpDatabaseStatistics, func(m *image) { m.u64(288, 2) }, 288},
		{"hot key that is one too short", wire.OpDatabaseStatistics, func(m *image) { m.u64(288, 0) }, 468},
		{"NUL within a text", wire.OpDatabaseName, func(m *image) { m.bytes(3, []byte{0}) }, 3},
		{"two NULs at the end", wire.OpDatabasePath, func(m *image) { m.bytes(35, []byte{0, 0}) }, 35},
		{"NUL within the names", wire.OpListTunables, func(m *image) { m.bytes(6, []byte{0}) }, 6},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := all[test.opcode]
			m := image(d.encode(d.sample))
			test.change(&m)
			got, err := d.decode(reply(m))
			wantError(t, d, got, err, m)
			if e, ok := errors.AsType[*wire.Error](err); ok && e.Offset != 44+test.offset {
				t.Errorf("%v; want offset %d", err, 44+test.offset)
			}
			if !isNothing(got) {
				t.Errorf("got %v beside an error", got)
			}
		})
	}
}

// TestDecodeAllTunablesPlaces asks for each tunable that there is, which must have a place of its own.
func TestDecodeAllTunablesPlaces(t *testing.T) {
	var places image
	for i := range uint32(62) {
		places.u32(int(4*i), i)
	}
	seen := map[uint32]string{}
	for known := range tunables.Known(release.Release{}) {
		got, err := wire.DecodeAllTunables(reply(places), []string{known.Name})
		if err != nil {
			t.Errorf("%s: %v", known.Name, err)
			continue
		}
		value, _ := got.Value(known.Name)
		if other := seen[value]; other != "" {
			t.Errorf("%s and %s have place %d", known.Name, other, value)
		}
		seen[value] = known.Name
	}
	if len(seen) != 62 {
		t.Errorf("%d tunables have a place", len(seen))
	}
	if got, err := wire.DecodeAllTunables(reply(places[:244]), nil); err == nil || got != nil {
		t.Errorf("61 values: got %v, error %v", got, err)
	}
}

func TestDecodeUptime(t *testing.T) {
	decode := func(now, started, begun, ended time.Time) *status.Uptime {
		var m image
		for i, at := range []time.Time{now, started, begun, ended} {
			m.timeval(16*i, at)
		}
		got, err := wire.DecodeUptime(reply(m))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	started, now := later(700), later(3_600_400)
	tests := []struct {
		name         string
		begun, ended time.Time
		recovered    status.Value[time.Time]
		took         time.Duration
	}{
		{"never", started, started.Add(time.Microsecond), status.Unknown[time.Time](), time.Microsecond},
		{"at once", later(900), later(1100), status.Known(moment.Add(time.Second)), 200 * time.Millisecond},
		{"now", later(5000), later(4000), status.Known(moment.Add(4 * time.Second)), -time.Second},
		{"now, for the first time", later(5000), started, status.Unknown[time.Time](), -4300 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := &status.Uptime{
				Now: moment.Add(time.Hour), Started: moment, Recovered: test.recovered, RecoveryTook: test.took,
			}
			if diff := cmp.Diff(want, decode(now, started, test.begun, test.ended), byEqual); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestDecodeAllTunablesUnknown(t *testing.T) {
	data := allTunablesImage(sampleTunables)
	for _, names := range [][]string{{"NewTunable"}, {"SeqnumInterval", "NewTunable"}, {"seqnuminterval"}, {""}} {
		if got, err := wire.DecodeAllTunables(reply(data), names); err == nil || got != nil {
			t.Errorf("%q: got %v, error %v", names, got, err)
		}
	}
	got, err := wire.DecodeAllTunables(reply(data), []string{"AllowMixedVersions", "SeqnumInterval"})
	want := &status.Tunables{Tunables: []status.Tunable{sampleTunables.Tunables[3], sampleTunables.Tunables[1]}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, mismatch (-want +got)\n%s", err, diff)
	}
}
