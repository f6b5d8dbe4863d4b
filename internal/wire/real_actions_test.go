//go:build linux

package wire_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// took takes the answer of a call that must succeed.
func took[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
		return v
	}
}

// toNode makes a destination.
func toNode(t *testing.T, pnn nodes.PNN) wire.Destination {
	t.Helper()
	return took[wire.Destination](t)(wire.ToNode(pnn))
}

// wants compares what was seen.
func wants[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// listen registers for messages, of which the last ones before are none.
func (r daemons) listen(srvids ...wire.Srvid) {
	r.t.Helper()
	for _, srvid := range srvids {
		r.does(wire.RegisterSrvid(srvid))
	}
}

// hears waits for a message, and keeps it for the captures.
func (r daemons) hears(name string, srvid wire.Srvid) wire.Message {
	r.t.Helper()
	packet, m := r.ctdbd.message(srvid)
	*r.heard = append(*r.heard, delivered{Message: name, Packet: packet, Want: sayMessage(m)})
	return m
}

// realQueries asks what the tool does not tell in one command, or not at all.
func realQueries(t *testing.T, r daemons) {
	s, ctx := r.ctdbd, t.Context()
	r.realLight(t)
	a := asker{t: t, ask: func(packet []byte) []byte { s.send(packet); return s.receive() }}
	for _, name := range questionDBs {
		d := took[status.Database](t)(findDatabase(a, name))
		took[uint64](t)(wire.DecodeDatabaseSeqnum(s.ask(wire.GetDatabaseSeqnum(d.ID))))
		if flags := took[int32](t)(wire.DecodeDatabaseOpenFlags(s.ask(wire.GetDatabaseOpenFlags(d.ID)))); flags <= 0 {
			t.Errorf("%s: open flags %#x", name, flags)
		}
	}
	available := took[[]status.PublicIP](t)(wire.DecodePublicIPs(s.ask(wire.GetPublicIPs(true)), nil))
	wants(t, "the number of addresses that could be here", len(available), 3)

	exists := func(pid int) bool {
		return took[bool](t)(wire.DecodeProcessExists(s.ask(good(t)(wire.ProcessExists(pid)))))
	}
	wants(t, "this process is a client", exists(os.Getpid()), true)
	wants(t, "process 1 is a client", exists(1), false)
	srvid := wire.ClientSrvid(rand.Uint64())
	has := func() bool {
		return took[bool](t)(wire.DecodeProcessHasSrvid(s.ask(good(t)(wire.ProcessHasSrvid(os.Getpid(), srvid)))))
	}
	wants(t, "registered before", has(), false)
	r.does(wire.RegisterSrvid(srvid))
	wants(t, "registered", has(), true)
	r.does(wire.DeregisterSrvid(srvid))
	wants(t, "registered after", has(), false)

	text := strings.Repeat("echo\x00", 100)
	echo := took[[]byte](t)(wire.DecodeEcho(s.askNode(toNode(t, 2), good(t)(wire.Echo([]byte(text))))))
	wants(t, "the echo", string(echo), text)
	wants(t, "the zero request is a ping", s.ask(wire.Request{}).Status > 0, true)
	ping, err := r.client.Ping(ctx)
	if err != nil {
		t.Fatal(err)
	}
	clients := took[int](t)(wire.DecodePing(s.ask(wire.Ping())))
	wants(t, "clients, the tool not among them", clients, ping.Clients-1)
	wants(t, "another node's number", took[nodes.PNN](t)(wire.DecodePNN(s.askNode(toNode(t, 2), wire.GetPNN()))), 2)
	wants(t, "the ban", took[wire.BanState](t)(wire.DecodeBanState(s.ask(wire.GetBanState()))), wire.BanState{})
}

// realLight compares a light status, in one write, with the tool's.
func (r daemons) realLight(t *testing.T) {
	const id = 1<<32 - 2
	var light wire.Light
	r.ctdbd.send(wire.AppendLight(nil, wire.Destination{}, id))
	for range wire.LightRequests {
		if err := light.Take(took[wire.Reply](t)(wire.ParseReply(r.ctdbd.receive())), id); err != nil {
			t.Fatal(err)
		}
	}
	got := light.Cluster()
	want, err := r.client.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got.Leader = want.Leader
	if diff := cmp.Diff(want, got, toldByBoth); diff != "" {
		t.Errorf("mismatch (-tool +wire)\n%s", diff)
	}
}

// realRefusals asks for what is not there.
func realRefusals(t *testing.T, r daemons) {
	s := r.ctdbd
	foreign := netip.MustParseAddr("192.0.2.77")
	refused := func(what string, reply wire.Reply, opcode wire.Opcode, want int32) {
		t.Helper()
		e, ok := errors.AsType[*wire.StatusError](reply.Err(opcode))
		if !ok || e.Status != want {
			t.Errorf("%s: error %v, want status %d", what, e, want)
		}
	}
	for _, pnn := range []nodes.PNN{1, 7, 0xEFFFFFFF} {
		err := s.askNode(toNode(t, pnn), wire.GetUptime()).Err(wire.OpUptime)
		if !errors.Is(err, wire.ErrDisconnected) {
			t.Errorf("node %d: error %v", pnn, err)
		}
	}
	refused("tunable", s.ask(good(t)(wire.GetTunable("NoSuchTunable"))), wire.OpGetTunable, -22)
	refused("set tunable", s.ask(good(t)(wire.SetTunable("NoSuchTunable", 1))), wire.OpSetTunable, -1)
	refused("tickles", s.ask(good(t)(wire.GetTickles(foreign))), wire.OpTickles, 1)
	refused("address", s.ask(good(t)(wire.GetPublicIPInfo(foreign))), wire.OpPublicIPInfo, -1)
	refused("database", s.ask(wire.GetDatabaseName(7)), wire.OpDatabaseName, -1)
	connection := status.Connection{Source: client4, Destination: server4}
	refused("tickle", s.ask(good(t)(wire.AddTickle(connection))), wire.OpAddTickle, -1)
	refused("ban of another", s.ask(good(t)(wire.Ban(2, time.Second))), wire.OpSetBanState, -1)
	refused("registration elsewhere", s.askNode(toNode(t, 2), wire.RegisterSrvid(5)), wire.OpRegisterSrvid, -1)
	obsolete := s.ask(good(t)(wire.SetTunable("DeterministicIPs", 0)))
	wants(t, "an obsolete tunable", took[bool](t)(wire.DecodeSetTunable(obsolete)), true)
}

// realLeader finds the leader in each way that a release has.
func realLeader(t *testing.T, r daemons) {
	want, err := r.client.Leader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pnn, err := wire.DecodeRecmaster(r.ctdbd.ask(wire.GetRecmaster()))
	if !r.Release().HasLeader() {
		if err != nil || !want.Is(pnn) {
			t.Errorf("recmaster %v, error %v; want %v", pnn, err, want)
		}
		return
	}
	if _, ok := errors.AsType[*wire.StatusError](err); !ok {
		t.Errorf("GET_RECMASTER: %v, error %v", pnn, err)
	}
	r.listen(wire.SrvidLeader)
	for range 2 {
		got := took[status.Value[nodes.PNN]](t)(wire.DecodeLeader(r.hears("leader", wire.SrvidLeader)))
		wants(t, "the leader", got, want)
	}
	r.does(wire.DeregisterSrvid(wire.SrvidLeader))
}

// realSettings changes what a node has settings for, and looks with the tool.
func realSettings(t *testing.T, r daemons) {
	s, ctx := r.ctdbd, t.Context()
	r.realTunables(t)
	for _, level := range []config.LogLevel{
		config.LevelError, config.LevelWarning, config.LevelInfo, config.LevelDebug, config.LevelNotice,
	} {
		r.does(good(t)(wire.SetLogLevel(level)))
		if got, err := r.client.LogLevel(ctx); got != level || err != nil {
			t.Errorf("log level %v, error %v; want %v", got, err, level)
		}
	}
	before := took[*status.Statistics](t)(wire.DecodeStatistics(s.ask(wire.GetStatistics())))
	r.WaitFor(t, "another second", func(context.Context) bool { return time.Now().Unix() > before.Since.Unix() })
	r.does(wire.ResetStatistics())
	after, err := r.client.Statistics(ctx)
	if err != nil || !after.Since.After(before.Since) {
		t.Errorf("error %v; counted since %v, before that since %v", err, after.Since, before.Since)
	}
}

// realTunables changes each tunable, and looks at which place the value comes that did not come before.
func (r daemons) realTunables(t *testing.T) {
	s := r.ctdbd
	names := took[[]string](t)(wire.DecodeTunableNames(s.ask(wire.GetTunableNames())))
	if len(names) != 49 {
		t.Errorf("%d tunables: %q", len(names), names)
	}
	all := func() *status.Tunables {
		return took[*status.Tunables](t)(wire.DecodeAllTunables(s.ask(wire.GetAllTunables()), names))
	}
	before := all()
	for i, name := range names {
		value := took[uint32](t)(wire.DecodeTunable(s.ask(good(t)(wire.GetTunable(strings.ToUpper(name))))))
		wants(t, name, value, before.Tunables[i].Value)
		want := slices.Clone(before.Tunables)
		want[i].Value += 13
		r.does(good(t)(wire.SetTunable(name, want[i].Value)))
		got := all()
		r.does(good(t)(wire.SetTunable(name, value)))
		if diff := cmp.Diff(want, got.Tunables); diff != "" {
			t.Errorf("%s: mismatch (-want +got)\n%s", name, diff)
		}
	}
	r.does(good(t)(wire.SetTunable("noipfailback", 1)))
	if got, err := r.client.Tunable(t.Context(), "NoIPFailback"); got != 1 || err != nil {
		t.Errorf("the tool says %d, error %v", got, err)
	}
	r.does(good(t)(wire.SetTunable("NoIPFailback", 0)))
}

// realTickles adds and removes connections, and looks with the tool.
func realTickles(t *testing.T, r daemons) {
	list := func() []status.Connection {
		tickles, err := r.client.Tickles(t.Context(), r.PublicAddress(20))
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(tickles.Connections, func(a, b status.Connection) int { return a.Source.Compare(b.Source) })
		return tickles.Connections
	}
	want := []status.Connection{r.connection(1000), r.connection(1001), r.connection(1002)}
	rest := []status.Connection{want[0], want[2]}
	r.WaitFor(t, "connections to be added, and one to be removed", func(context.Context) bool {
		// A node forgets the connections to an address that it takes, and one in test mode takes them in each takeover run.
		for _, c := range want {
			r.does(good(t)(wire.AddTickle(c)))
		}
		added := cmp.Diff(want, list(), byEqual)
		r.does(good(t)(wire.RemoveTickle(want[1])))
		removed := cmp.Diff(rest, list(), byEqual)
		if added+removed != "" {
			t.Logf("mismatch (-added +listed)\n%s\n(-not removed +listed)\n%s", added, removed)
		}
		return added+removed == ""
	})
	r.does(good(t)(wire.RemoveTickle(r.connection(1))))
	r.does(good(t)(wire.SendGratuitousARP(r.PublicAddress(20), "lo")))
}

// realEvents runs events, and compares with what the tool says of them.
func realEvents(t *testing.T, r daemons) {
	ends := func(what string, err error, want int) {
		t.Helper()
		e, failed := errors.AsType[*wire.EventError](err)
		if (err != nil) != failed || failed != (want != 0) || failed && e.Status != want {
			t.Errorf("%s: error %v, want status %d", what, err, want)
		}
	}
	compare := func(what, event string) {
		t.Helper()
		q := question{
			name: what, event: true, args: []string{"event", "status", "legacy", event}, wire: askEvent(event),
			tool: parseEvent, compare: compareEvents,
		}
		r.question(t, q)
	}
	ends("success", r.runEvent("other", "a", "b"), 0)
	compare("success", "other")
	codes := []int{1, 63, 64, 65, 66, 72, 77, 106, 125, 174, 254, 255}
	if r.Release() == realctdb.Releases(t)[0].Release { // the texts are those of the C library
		for errno := 1; errno <= 133; errno++ {
			codes = append(codes, 64+errno)
		}
	}
	for _, code := range codes {
		_ = r.runEvent(failingEvent, strconv.Itoa(code))
		compare(fmt.Sprint("exit ", code), failingEvent)
	}
	ends("failure", r.runEvent(failingEvent, "7"), 8)
	compare("failure", failingEvent)
	run := wire.EventRun{Component: "legacy", Event: failingEvent, Args: []string{"7"}, Timeout: time.Minute, GoOn: true}
	ends("failure of one of several", r.runEventOf(run), 8)
	if r.Release().AtLeast(4, 19, 0) { // before, what the tool prints can't be told from the output of the script
		compare("failure of one of several", failingEvent)
	}
	ends("timeout", r.runEventOf(wire.EventRun{Component: "legacy", Event: "slow", Timeout: time.Millisecond}), 110)
	compare("timeout", "slow")
	ends("no component", r.runEventOf(wire.EventRun{Component: "none", Event: "slow", Timeout: time.Second}), 2)
}

// realStates changes the state of another node, asked through the first one, and looks with the tool.
func realStates(t *testing.T, r daemons) {
	const pnn = 2
	node := toNode(t, pnn)
	sees := func(flag status.Flags, want bool) {
		t.Helper()
		r.WaitFor(t, fmt.Sprintf("%v of node %d to be %t", flag, pnn, want), func(context.Context) bool {
			c, err := status.ParseNodeStatus(r.Tool(t, 0, "nodestatus", "all").Stdout)
			if err != nil {
				return false
			}
			n, ok := c.Node(pnn)
			return ok && n.Flags.Has(flag) == want
		})
	}
	does := func(request wire.Request) {
		t.Helper()
		if err := r.ctdbd.askNode(node, request).Err(request.Opcode()); err != nil {
			t.Errorf("%v: %v", request.Opcode(), err)
		}
	}
	r.listen(wire.SrvidReconfigure)
	does(wire.DisableNode())
	sees(status.FlagDisabled, true)
	does(wire.EnableNode())
	sees(status.FlagDisabled, false)
	does(wire.StopNode())
	sees(status.FlagStopped, true)
	does(wire.ContinueNode())
	sees(status.FlagStopped, false)
	r.hears("reconfigure", wire.SrvidReconfigure)
	does(good(t)(wire.Ban(pnn, 300*time.Second)))
	sees(status.FlagBanned, true)
	ban := took[wire.BanState](t)(wire.DecodeBanState(r.ctdbd.askNode(node, wire.GetBanState())))
	wants(t, "the ban", ban, wire.BanState{PNN: pnn, For: 300 * time.Second})
	does(wire.Unban(pnn))
	sees(status.FlagBanned, false)

	answer := wire.ClientSrvid(rand.Uint64())
	r.does(wire.RegisterSrvid(answer))
	var leader nodes.PNN
	r.WaitFor(t, "a takeover run", func(context.Context) bool {
		r.ctdbd.send(wire.AppendTakeoverRun(nil, 0, answer))
		packet, m, heard := r.ctdbd.messageWithin(answer, 5*time.Second) // during a recovery there is no answer
		if !heard {
			return false
		}
		pnn, ok, err := wire.DecodeTakeoverRun(m)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			*r.heard = append(*r.heard, delivered{Message: "takeover run", Packet: packet, Want: sayMessage(m)})
			leader = pnn
		}
		return ok
	})
	want, err := r.client.Leader(t.Context())
	if err != nil || !want.Is(leader) {
		t.Errorf("node %v did the takeover run; the leader is %v, error %v", leader, want, err)
	}
}

// realAddresses has addresses move, and the node be unhealthy.
func realAddresses(t *testing.T, r daemons) {
	listen := []wire.Srvid{wire.SrvidTakeIP, wire.SrvidReleaseIP, wire.SrvidHealth}
	if r.Release().AtLeast(4, 20, 0) {
		listen = append(listen, wire.SrvidIPReallocated)
	}
	if r.Release().AtLeast(4, 21, 0) {
		listen = append(listen, wire.SrvidStartIPReallocate)
	}
	r.waitAddresses()
	r.listen(listen...)
	public := []netip.Addr{r.PublicAddress(20), r.PublicAddress(101)}
	isPublic := func(name string, srvid wire.Srvid) {
		t.Helper()
		addr := took[netip.Addr](t)(wire.DecodeAddress(r.hears(name, srvid)))
		if !slices.Contains(public, addr) && !addr.Is6() {
			t.Errorf("%s: %v", name, addr)
		}
	}
	sick := filepath.Join(r.Dir(0), "sick")
	if err := os.WriteFile(sick, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	isHealth := func(name string, now, before status.Flags) {
		t.Helper()
		got := took[wire.FlagChange](t)(wire.DecodeFlagChange(r.hears(name, wire.SrvidHealth)))
		wants(t, name, got, wire.FlagChange{PNN: 0, New: now, Old: before})
	}
	isHealth("unhealthy", status.FlagUnhealthy, 0)
	for range 3 {
		isPublic("release", wire.SrvidReleaseIP)
	}
	if err := os.Remove(sick); err != nil {
		t.Fatal(err)
	}
	isHealth("healthy", 0, status.FlagUnhealthy)
	for range 3 {
		isPublic("take", wire.SrvidTakeIP)
	}
	for _, srvid := range listen[3:] {
		m := r.hears(srvid.String(), srvid)
		wants(t, "the size of a message without data", len(m.Data), 0)
	}
	r.realReload(t)
}

// realReload takes an address out of the file.
func (r daemons) realReload(t *testing.T) {
	file := filepath.Join(r.Dir(0), "public_addresses")
	if err := os.WriteFile(file, fmt.Appendf(nil, "%v/32 lo\n", r.PublicAddress(20)), 0o644); err != nil {
		t.Fatal(err)
	}
	r.does(wire.ReloadPublicIPs())
	r.WaitFor(t, "one address", func(ctx context.Context) bool {
		ips, err := r.client.PublicIPs(ctx)
		if err == nil && len(ips.IPs) > 1 { // one that is hosted goes with the next run
			r.ctdbd.send(wire.AppendTakeoverRun(nil, 0, wire.ClientSrvid(0)))
		}
		return err == nil && len(ips.IPs) == 1 && ips.IPs[0].Address == r.PublicAddress(20)
	})
}

// TestRealLogLevels sets levels by number, as no request here does, and compares with the tool's word.
func TestRealLogLevels(t *testing.T) {
	realctdb.Each(t, realctdb.Options{Nodes: 1}, func(t *testing.T, c *realctdb.Cluster) {
		r := newDaemons(t, c)
		packet := wire.AppendControl(nil, wire.Destination{}, 0, good(t)(wire.SetLogLevel(config.LevelError)))
		for number := range 11 {
			binary.NativeEndian.PutUint32(packet[60:], uint32(number))
			r.ctdbd.send(packet)
			if err := took[wire.Reply](t)(wire.ParseReply(r.ctdbd.receive())).Err(wire.OpSetDebug); err != nil {
				t.Fatal(err)
			}
			got := took[config.LogLevel](t)(wire.DecodeLogLevel(r.ctdbd.ask(wire.GetLogLevel())))
			word := strings.TrimSpace(string(c.Tool(t, 0, "getdebug").Stdout))
			if got.String() != word {
				t.Errorf("%d is %v, the tool says %q", number, got, word)
			}
		}
	})
}
