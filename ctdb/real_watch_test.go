//go:build linux

package ctdb_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

var failovers = flag.Int("failovers", 5, "how often TestRealWatch takes a node out of each real cluster and brings it back")

// follower is somebody who only knows what a watch tells.
type follower struct {
	name string

	mu     sync.Mutex
	view   ctdb.View
	events []followed
	err    error
}

// followed is an event and when it arrived.
type followed struct {
	ctdb.Event
	at time.Time
}

// follow watches until the test ends.
func follow(t *testing.T, name string, client *ctdb.Client, options ctdb.WatchOptions) *follower {
	t.Helper()
	f := &follower{name: name}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		for event, err := range client.Watch(ctx, options) {
			f.take(event, err)
		}
	})
	t.Cleanup(func() { cancel(); group.Wait() })
	return f
}

func (f *follower) take(event ctdb.Event, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.err = err
		return
	}
	f.view.Apply(event.Change)
	f.events = append(f.events, followed{event, time.Now()})
}

// since gives the events from a number on.
func (f *follower) since(from int) []followed {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.events[from:])
}

// now gives the state that the events lead to.
func (f *follower) now(t *testing.T) ctdb.View {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		t.Fatalf("%s: %v", f.name, f.err)
	}
	return f.view.Clone()
}

// realView asks the tool for what a watch should know.
func realView(ctx context.Context, client *ctdb.Client) (ctdb.View, error) {
	cluster, err := client.Status(ctx)
	if err != nil {
		return ctdb.View{}, err
	}
	ips, err := client.AllPublicIPs(ctx)
	if err != nil {
		return ctdb.View{}, err
	}
	state, err := client.RunState(ctx)
	if err != nil {
		return ctdb.View{}, err
	}
	v := ctdb.View{
		Connected: true, Leader: cluster.Leader, Generation: cluster.Generation, RecoveryMode: cluster.RecoveryMode,
		RunState: status.Known(state),
	}
	for _, n := range cluster.Nodes {
		v.Nodes = append(v.Nodes, ctdb.NodeView{PNN: n.PNN, Address: n.Address, Flags: n.Flags, OtherFlags: strings.Join(n.OtherFlags, "|")})
	}
	for _, ip := range ips.IPs {
		v.Addresses = append(v.Addresses, ctdb.AddressView{Address: ip.Address, Node: ip.Node})
	}
	return v, nil
}

// agree waits until the tool says what a test wants, and all followers know just that.
func (f failover) agree(t *testing.T, what string, followers []*follower, right func(v ctdb.View) bool) {
	t.Helper()
	last, agreed := "", false
	defer func() {
		if !agreed {
			t.Logf("%s: last seen: %s", what, last)
		}
	}()
	f.WaitFor(t, what, func(ctx context.Context) bool {
		want, err := realView(ctx, f.Client(0))
		if ctx.Err() != nil {
			return false
		}
		if err != nil || !right(want) {
			last = fmt.Sprint(want, err)
			return false
		}
		for _, follower := range followers {
			if diff := cmp.Diff(want, follower.now(t), sameViews); diff != "" {
				last = fmt.Sprintf("%s (-tool +watch)\n%s", follower.name, diff)
				return false
			}
		}
		agreed = true
		return true
	})
}

// settled tells whether all nodes in the service, and no others, host addresses, all of them.
func settled(v ctdb.View) bool {
	if _, known := v.Leader.Get(); !known || !v.RecoveryMode.Is(status.RecoveryNormal) {
		return false
	}
	return !slices.ContainsFunc(v.Addresses, func(a ctdb.AddressView) bool {
		pnn, hosted := a.Node.Get()
		n, ok := v.Node(pnn)
		return !hosted || !ok || n.Flags != 0
	})
}

// TestRealWatch takes nodes out and brings them back, and wants those who watch, over the socket and by the tool, to be
// told, and to know in the end what the tool says.
func TestRealWatch(t *testing.T) {
	realctdb.EachNet(t, realctdb.NetOptions{Nodes: 3, Public: 6}, func(t *testing.T, cluster *realctdb.NetCluster) {
		f := failover{commands{cluster.Cluster}, cluster}
		followers := []*follower{
			follow(t, "socket of node 0", overSocket(t, cluster.Cluster, 0), ctdb.WatchOptions{}),
			follow(t, "tool of node 0", f.Client(0), ctdb.WatchOptions{Interval: 2 * time.Second}),
		}
		all := func(v ctdb.View) bool {
			return settled(v) && !slices.ContainsFunc(v.Nodes, func(n ctdb.NodeView) bool {
				return n.Flags != 0 || !slices.ContainsFunc(v.Addresses, func(a ctdb.AddressView) bool { return a.Node.Is(n.PNN) })
			})
		}
		f.agree(t, "the start", followers, all)
		for i := range *failovers {
			kind := realOutages[i%len(realOutages)]
			pnn := nodes.PNN(1 + i/len(realOutages)%2)
			what := fmt.Sprintf("failover %d: %s of node %v", i, kind.name, pnn)
			start := make([]int, len(followers))
			for j, follower := range followers {
				start[j] = len(follower.since(0))
			}
			began := time.Now()
			kind.out(t, f, int(pnn))
			f.agree(t, what, followers, func(v ctdb.View) bool {
				n, _ := v.Node(pnn)
				return settled(v) && n.Flags.Has(kind.flag)
			})
			for j, follower := range followers {
				reportOutage(t, f, follower.name, what, pnn, kind, began, follower.since(start[j]))
			}
			kind.back(t, f, int(pnn))
			f.agree(t, what+" is over", followers, all)
		}
		realOwnDeath(t, f, followers, all)
	})
}

// outage is a way to take a node out, the flag that others see of it, and the way back.
type outage struct {
	name      string
	flag      status.Flags
	out, back func(t *testing.T, f failover, pnn int)
}

var realOutages = []outage{
	{"kill", status.FlagDisconnected,
		func(t *testing.T, f failover, pnn int) { f.Kill(t, pnn) },
		func(t *testing.T, f failover, pnn int) { f.StartNode(t, pnn) }},
	{"disable", status.FlagDisabled,
		func(t *testing.T, f failover, pnn int) {
			changes(t, "disable", true)(f.Client(pnn).Disable(f.context(t)))
		},
		func(t *testing.T, f failover, pnn int) {
			changes(t, "enable", true)(f.Client(pnn).Enable(f.context(t)))
		}},
	{"link", status.FlagUnhealthy,
		func(t *testing.T, f failover, pnn int) { f.net.LinkDown(t, pnn, "eth1") },
		func(t *testing.T, f failover, pnn int) { f.net.LinkUp(t, pnn, "eth1") }},
	{"stop", status.FlagStopped,
		func(t *testing.T, f failover, pnn int) { changes(t, "stop", true)(f.Client(pnn).Stop(f.context(t))) },
		func(t *testing.T, f failover, pnn int) {
			changes(t, "continue", true)(f.Client(pnn).Continue(f.context(t)))
		}},
	{"shutdown", status.FlagDisconnected,
		func(t *testing.T, f failover, pnn int) { is(t, "shutdown", f.Client(pnn).Shutdown(f.context(t))) },
		func(t *testing.T, f failover, pnn int) { f.StartNode(t, pnn) }},
}

// reportOutage wants the flag and the moves of an outage to have been told, and logs how long that took.
func reportOutage(t *testing.T, f failover, name, what string, pnn nodes.PNN, kind outage, began time.Time, events []followed) {
	t.Helper()
	flagAt, moves, hinted := time.Time{}, 0, time.Duration(0)
	for _, e := range events {
		switch change := e.Change.(type) {
		case ctdb.NodeFlagsChanged:
			if change.PNN == pnn && change.New.Has(kind.flag) && flagAt.IsZero() {
				flagAt = e.at
			}
		case ctdb.AddressMoved:
			moves++
			if e.Cause.Has(ctdb.CauseTakeIP) {
				hinted = max(hinted, e.at.Sub(e.Time))
			}
		}
	}
	if flagAt.IsZero() || moves == 0 {
		t.Errorf("%s, %s: the flag at %v, %d moves in %v", what, name, flagAt, moves, events)
		return
	}
	own := ""
	if died, ok := diedAt(f.Cluster, pnn, began); ok && kind.name == "kill" {
		own = fmt.Sprintf("; ctdb's log has it after %v", died.Sub(began).Round(time.Millisecond))
	}
	t.Logf("%s, %s: flag told after %v, %d moves, after a message in at most %v%s",
		what, name, flagAt.Sub(began).Round(time.Millisecond), moves, hinted.Round(time.Microsecond), own)
}

// diedAt finds when node 0 logged that a node is dead.
func diedAt(c *realctdb.Cluster, pnn nodes.PNN, after time.Time) (time.Time, bool) {
	file, err := os.Open(filepath.Join(c.Dir(0), "log.ctdb"))
	if err != nil {
		return time.Time{}, false
	}
	defer func() { _ = file.Close() }()
	address := c.Address(int(pnn)).String()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if !strings.Contains(line, address) || !strings.Contains(line, " is dead") {
			continue
		}
		stamp, _, _ := strings.Cut(line, " ")
		for _, layout := range []string{"2006-01-02T15:04:05.000000Z07:00", "2006-01-02T15:04:05.000000"} {
			if at, err := time.ParseInLocation(layout, stamp, time.Local); err == nil && at.After(after) {
				return at, true
			}
		}
		if first, rest, ok := strings.Cut(line, " "); ok { // 2026/01/02 15:04:05.000000 up to 4.17
			stamp = first + " " + strings.SplitN(rest, " ", 2)[0]
			if at, err := time.ParseInLocation("2006/01/02 15:04:05.000000", stamp, time.Local); err == nil && at.After(after) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// realOwnDeath kills the daemon that is asked.
func realOwnDeath(t *testing.T, f failover, followers []*follower, all func(v ctdb.View) bool) {
	t.Helper()
	start := make([]int, len(followers))
	for j, follower := range followers {
		start[j] = len(follower.since(0))
	}
	f.Kill(t, 0)
	f.WaitFor(t, "the watches to lose their connections", func(context.Context) bool {
		return !slices.ContainsFunc(followers, func(f *follower) bool { return f.now(t).Connected })
	})
	f.StartNode(t, 0)
	f.agree(t, "the return of the node that is asked", followers, all)
	for j, follower := range followers {
		var types []string
		for _, e := range follower.since(start[j]) {
			types = append(types, e.Change.Type())
		}
		lost, regained := slices.Index(types, "connection-lost"), slices.Index(types, "connection-regained")
		if lost < 0 || regained < lost || len(types) <= regained+1 || types[regained+1] != "view" {
			t.Errorf("%s: got %v", follower.name, types)
		}
	}
}

// BenchmarkRealWatch sends ctdbd a message, when there is something to see, and gives the time until the event.
func BenchmarkRealWatch(b *testing.B) {
	installs := realctdb.Releases(b)
	c := realctdb.Start(b, installs[0], realctdb.Options{})
	path := filepath.Join(c.Dir(0), "run", "ctdbd.socket")
	conn, err := socket.Dial(b.Context(), socket.Options{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	client := ctdb.New(ctdb.Config{Transport: ctdb.TransportSocket, Socket: path})
	ready, events := make(chan struct{}), make(chan time.Time)
	var group sync.WaitGroup
	group.Go(func() {
		for event, err := range client.Watch(ctx, ctdb.WatchOptions{Interval: time.Hour}) {
			at := time.Now()
			if err != nil {
				b.Error(err)
				return
			}
			switch change := event.Change.(type) {
			case ctdb.FullView:
				close(ready)
			case ctdb.NodeFlagsChanged:
				if change.PNN == 0 {
					select {
					case events <- at:
					case <-ctx.Done():
						return
					}
				}
			}
		}
	})
	<-ready
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		request := wire.DisableNode()
		if i%2 == 1 {
			request = wire.EnableNode()
		}
		err := conn.Call(ctx, wire.Destination{}, []wire.Request{request}, func(_ int, reply wire.Reply) error {
			return reply.Err(request.Opcode())
		})
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if err := conn.Send(ctx, appendReconfigure); err != nil {
			b.Fatal(err)
		}
		took = append(took, (<-events).Sub(start))
		time.Sleep(5 * time.Millisecond) // messages in a row wait for each other
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "median-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	cancel()
	group.Wait()
}

// appendReconfigure appends the message that a recovery is over, to the node that the socket belongs to.
func appendReconfigure(out []byte) []byte {
	for _, word := range []uint32{48, 0x43544442, 1, 0, 5, 0xF0000001, 0, 0} {
		out = binary.NativeEndian.AppendUint32(out, word)
	}
	out = binary.NativeEndian.AppendUint64(out, uint64(wire.SrvidReconfigure))
	return binary.NativeEndian.AppendUint64(out, 0) // no data, and padding
}

// BenchmarkRealNodeDeath kills a node again and again, and gives the time until the event, and until the log of the node
// that is asked has it.
func BenchmarkRealNodeDeath(b *testing.B) {
	const victim nodes.PNN = 2
	c := realctdb.Start(b, realctdb.Releases(b)[0], realctdb.Options{})
	client := overSocket(b, c, 0)
	ctx, cancel := context.WithCancel(b.Context())
	gone, back := make(chan time.Time, 1), make(chan time.Time, 1)
	var group sync.WaitGroup
	group.Go(func() {
		for event, err := range client.Watch(ctx, ctdb.WatchOptions{}) {
			at := time.Now()
			if err != nil {
				b.Error(err)
				return
			}
			change, ok := event.Change.(ctdb.NodeFlagsChanged)
			switch {
			case !ok || change.PNN != victim || change.New.Has(status.FlagDisconnected) == change.Old.Has(status.FlagDisconnected):
			case change.New.Has(status.FlagDisconnected):
				gone <- at
			default:
				back <- at
			}
		}
	})
	told := func(events <-chan time.Time) time.Time {
		select {
		case at := <-events:
			return at
		case <-time.After(time.Minute):
			b.Fatal("no event")
			return time.Time{}
		}
	}
	var seen, logged []time.Duration
	for b.Loop() {
		start := time.Now()
		c.Kill(b, int(victim))
		seen = append(seen, told(gone).Sub(start))
		b.StopTimer()
		died, ok := diedAt(c, victim, start)
		if !ok {
			b.Fatal("the log says nothing")
		}
		logged = append(logged, died.Sub(start))
		c.StartNode(b, int(victim))
		told(back)
		c.WaitHealthy(b)
		b.StartTimer()
	}
	for what, times := range map[string][]time.Duration{"event": seen, "log": logged} {
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2].Microseconds()), what+"-median-µs")
		b.ReportMetric(float64(times[len(times)-1].Microseconds()), what+"-most-µs")
	}
	cancel()
	group.Wait()
}
