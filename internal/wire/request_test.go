package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// good takes a request that must be possible.
func good(tb testing.TB) func(wire.Request, error) wire.Request {
	return func(r wire.Request, err error) wire.Request {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return r
	}
}

// data makes the data of a request: numbers of 32 bits, texts with NUL, and bytes.
func data(parts ...any) []byte {
	var m image
	for _, part := range parts {
		switch part := part.(type) {
		case int:
			m.u32(len(m), uint32(part))
		case string:
			m.bytes(len(m), textImage(part))
		case netip.AddrPort:
			m.sockaddr(len(m), part)
		case uint64:
			m.u64(len(m), part)
		case []byte:
			m.bytes(len(m), part)
		}
	}
	return m
}

var (
	client4 = netip.MustParseAddrPort("192.0.2.9:1023")
	server4 = netip.MustParseAddrPort("192.0.2.1:445")
	client6 = netip.MustParseAddrPort("[2001:db8::9]:1023")
	server6 = netip.MustParseAddrPort("[2001:db8::1]:445")
	none4   = netip.MustParseAddrPort("192.0.2.1:0")
	none6   = netip.MustParseAddrPort("[2001:db8::1]:0")
)

// sampleRequest is a request with what a daemon has to find in it.
type sampleRequest struct {
	request wire.Request
	opcode  uint32
	data    []byte
	flags   uint32
	srvid   uint64
}

// sampleRequests has each request that there is.
func sampleRequests(tb testing.TB) []sampleRequest {
	must := good(tb)
	tcp4 := status.Connection{Source: client4, Destination: server4}
	tcp6 := status.Connection{Source: client6, Destination: server6}
	return []sampleRequest{
		{request: wire.GetPNN(), opcode: 35},
		{request: wire.GetPID(), opcode: 30},
		{request: wire.Ping(), opcode: 3},
		{request: wire.GetRecoveryMode(), opcode: 15},
		{request: wire.GetRecmaster(), opcode: 31},
		{request: wire.GetRunState(), opcode: 138},
		{request: wire.GetVNNMap(), opcode: 5},
		{request: wire.GetNodeMap(), opcode: 91},
		{request: wire.GetNodesFile(), opcode: 140},
		{request: wire.GetCapabilities(), opcode: 80},
		{request: wire.GetPublicIPs(false), opcode: 90},
		{request: wire.GetPublicIPs(true), opcode: 90, flags: 0x10000},
		{request: must(wire.GetPublicIPInfo(address)), opcode: 123, data: data(none4)},
		{request: must(wire.GetPublicIPInfo(address6)), opcode: 123, data: data(none6)},
		{request: must(wire.GetPublicIPInfo(netip.MustParseAddr("::ffff:192.0.2.1"))), opcode: 123, data: data(none4)},
		{request: wire.GetInterfaces(), opcode: 124},
		{request: wire.GetUptime(), opcode: 69},
		{request: wire.GetStatistics(), opcode: 1},
		{request: wire.GetStatisticsHistory(), opcode: 127},
		{request: wire.GetDatabaseMap(), opcode: 9},
		{request: wire.GetDatabaseName(7), opcode: 25, data: data(7)},
		{request: wire.GetDatabasePath(7), opcode: 4, data: data(7)},
		{request: wire.GetDatabaseHealth(7), opcode: 122, data: data(7)},
		{request: wire.GetDatabaseSeqnum(7), opcode: 120, data: data(7, 0)},
		{request: wire.GetDatabaseOpenFlags(7), opcode: 149, data: data(7)},
		{request: wire.GetDatabaseStatistics(7), opcode: 132, data: data(7)},
		{request: must(wire.GetTunable("MonitorInterval")), opcode: 49, data: data(16, "MonitorInterval")},
		{request: wire.GetTunableNames(), opcode: 50},
		{request: wire.GetAllTunables(), opcode: 53},
		{request: wire.GetClusterLock(), opcode: 99},
		{request: wire.GetLogLevel(), opcode: 7},
		{request: wire.GetBanState(), opcode: 110},
		{request: must(wire.GetTickles(address6)), opcode: 55, data: data(none6)},
		{request: must(wire.ProcessExists(1234)), opcode: 0, data: data(1234)},
		{request: must(wire.ProcessHasSrvid(1234, 1<<63)), opcode: 151, data: data(1234, uint64(1<<63))},
		{request: must(wire.Echo([]byte("abc"))), opcode: 156, data: data(0, 3, []byte("abc"))},
		{request: must(wire.SetLogLevel(config.LevelNotice)), opcode: 8, data: data(3)},
		{request: must(wire.SetTunable("NoIPFailback", 1)), opcode: 48, data: data(1, 13, "NoIPFailback")},
		{request: wire.ResetStatistics(), opcode: 17},
		{request: wire.DisableNode(), opcode: 157},
		{request: wire.EnableNode(), opcode: 158},
		{request: wire.StopNode(), opcode: 101},
		{request: wire.ContinueNode(), opcode: 102},
		{request: must(wire.Ban(3, 1500*time.Millisecond)), opcode: 109, data: data(3, 2)},
		{request: wire.Unban(3), opcode: 109, data: data(3, 0)},
		{request: wire.ReloadPublicIPs(), opcode: 134},
		{request: must(wire.AddTickle(tcp4)), opcode: 126, data: data(client4, server4)},
		{request: must(wire.RemoveTickle(tcp6)), opcode: 46, data: data(client6, server6)},
		{request: must(wire.SendGratuitousARP(address, "bond12")), opcode: 64, data: data(none4, 0, 7, "bond12")},
		{request: wire.RegisterSrvid(wire.SrvidLeader), opcode: 23, srvid: 0xF101000000000000},
		{request: wire.DeregisterSrvid(5), opcode: 24, srvid: 5},
		{request: wire.Request{}, opcode: 3},
	}
}

// TestAppendControl reads each request as a daemon does, by itself and behind another one.
func TestAppendControl(t *testing.T) {
	node, err := wire.ToNode(2)
	if err != nil {
		t.Fatal(err)
	}
	for _, sample := range sampleRequests(t) {
		t.Run(sample.request.Opcode().String(), func(t *testing.T) {
			if got := uint32(sample.request.Opcode()); got != sample.opcode {
				t.Errorf("opcode %d, want %d", got, sample.opcode)
			}
			for _, to := range []struct {
				destination wire.Destination
				selector    uint32
			}{{wire.Destination{}, 0xF0000001}, {node, 2}} {
				before := []byte("before")
				both := wire.AppendControl(bytes.Clone(before), to.destination, 99, sample.request)
				packet, ok := bytes.CutPrefix(both, before)
				if !ok {
					t.Fatalf("%q was changed to %q", before, both[:6])
				}
				want := request{
					Length: uint32(len(packet)), Destination: to.selector, ID: 99, Opcode: sample.opcode,
					Flags: sample.flags, Srvid: sample.srvid, Data: sample.data,
				}
				got, ok := readRequest(packet)
				if diff := cmp.Diff(want, got, equateEmpty); !ok || diff != "" {
					t.Errorf("read %t, mismatch (-want +got)\n%s", ok, diff)
				}
			}
		})
	}
}

// equateEmpty takes no bytes for the same as none.
var equateEmpty = cmp.Comparer(func(a, b []byte) bool { return bytes.Equal(a, b) })

// TestNoHarm holds the controls that can be asked for to those that were looked at, and can't hurt a cluster. Each has
// a sample.
func TestNoHarm(t *testing.T) {
	harmless := []uint32{
		0, 1, 3, 4, 5, 7, 8, 9, 15, 17, 23, 24, 25, 30, 31, 35, 46, 48, 49, 50, 53, 55, 64, 69, 80, 90, 91, 99, 101, 102, 109,
		110, 120, 122, 123, 124, 126, 127, 132, 134, 138, 140, 149, 151, 156, 157, 158,
	}
	var possible, named []uint32
	for _, sample := range sampleRequests(t) {
		possible = append(possible, sample.opcode)
	}
	slices.Sort(possible)
	for n := range uint32(1000) {
		if !strings.HasPrefix(wire.Opcode(n).String(), "control ") {
			named = append(named, n)
		}
	}
	if diff := cmp.Diff(harmless, slices.Compact(possible)); diff != "" {
		t.Errorf("requests: mismatch (-harmless +possible)\n%s", diff)
	}
	if diff := cmp.Diff(harmless, named); diff != "" {
		t.Errorf("names: mismatch (-harmless +named)\n%s", diff)
	}
}

// TestImpossibleRequests has what can't be sent.
func TestImpossibleRequests(t *testing.T) {
	zone := netip.MustParseAddr("fe80::1%eth0")
	zoned := status.Connection{Source: client6, Destination: netip.AddrPortFrom(zone, 1)}
	request := func(_ wire.Request, err error) error { return err }
	node := func(pnn nodes.PNN) error { _, err := wire.ToNode(pnn); return err }
	tests := map[string]error{
		"info about nothing":        request(wire.GetPublicIPInfo(netip.Addr{})),
		"info about a zone":         request(wire.GetPublicIPInfo(zone)),
		"tickles of a zone":         request(wire.GetTickles(zone)),
		"tickle without addresses":  request(wire.AddTickle(status.Connection{})),
		"tickle of both kinds":      request(wire.AddTickle(status.Connection{Source: client4, Destination: server6})),
		"tickle with a zone":        request(wire.RemoveTickle(zoned)),
		"no tunable":                request(wire.GetTunable("")),
		"long tunable":              request(wire.GetTunable(strings.Repeat("x", 256))),
		"tunable with NUL":          request(wire.SetTunable("a\x00b", 1)),
		"no log level":              request(wire.SetLogLevel(config.LogLevel(9))),
		"ban of no time":            request(wire.Ban(1, 0)),
		"ban of negative time":      request(wire.Ban(1, -time.Second)),
		"ban for centuries":         request(wire.Ban(1, math.MaxInt64)),
		"ARP without an interface":  request(wire.SendGratuitousARP(address, "")),
		"ARP with a long interface": request(wire.SendGratuitousARP(address, "1234567890123456")),
		"ARP without an address":    request(wire.SendGratuitousARP(netip.Addr{}, "eth0")),
		"process 0":                 request(wire.ProcessExists(0)),
		"negative process":          request(wire.ProcessHasSrvid(-1, 1)),
		"long echo":                 request(wire.Echo(make([]byte, 64<<10+1))),
		"all nodes":                 node(0xF0000002),
		"first of the selectors":    node(0xF0000000),
		"no node":                   node(nodes.NoPNN),
	}
	for name, err := range tests {
		if e, ok := errors.AsType[*wire.Error](err); !ok || e.Want == "" || e.Got == "" || len(err.Error()) > 300 {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if err := node(0xEFFFFFFF); err != nil {
		t.Error(err)
	}
}

// TestRequestSharesNothing changes what a request was made from.
func TestRequestSharesNothing(t *testing.T) {
	text := []byte("abc")
	echo := good(t)(wire.Echo(text))
	before := wire.AppendControl(nil, wire.Destination{}, 1, echo)
	text[0] = 'x'
	before[60] = 'x'
	got, _ := readRequest(wire.AppendControl(nil, wire.Destination{}, 1, echo))
	if want := data(0, 3, []byte("abc")); !bytes.Equal(got.Data, want) {
		t.Errorf("got data %q, want %q", got.Data, want)
	}
}

func TestOpcodeString(t *testing.T) {
	for opcode, want := range map[wire.Opcode]string{wire.OpNodeMap: "GET_NODEMAP", 52: "control 52"} {
		if got := fmt.Sprint(opcode); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
