package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// addresses lets cmp compare addresses.
var addresses = cmpopts.EquateComparable(netip.Addr{})

var sameViews = cmp.Options{addresses, cmpopts.EquateEmpty()}

// watched is a tool whose cluster a test changes.
type watched struct {
	mu    sync.Mutex
	view  ctdb.View // what the tool says
	fails string    // what it says on standard error instead
	err   error     // or: it can't be run
	asked int       // how often for the status
}

// newWatched gives two nodes that are well, with an address each.
func newWatched() *watched {
	return &watched{view: ctdb.View{
		Connected: true,
		Nodes: []ctdb.NodeView{
			{PNN: 0, Address: netip.MustParseAddr("10.0.0.1")}, {PNN: 1, Address: netip.MustParseAddr("10.0.0.2")},
		},
		Leader: status.Known(nodes.PNN(0)), Generation: status.Known(status.Generation(17)),
		RecoveryMode: status.Known(status.RecoveryNormal), RunState: status.Known(status.RunStateRunning),
		Addresses: []ctdb.AddressView{
			{Address: netip.MustParseAddr("10.1.0.1"), Node: status.Known(nodes.PNN(0))},
			{Address: netip.MustParseAddr("10.1.0.2"), Node: status.Known(nodes.PNN(1))},
		},
	}}
}

func (w *watched) client() *ctdb.Client { return ctdb.New(ctdb.Config{Runner: w}) }

// set changes what the tool says.
func (w *watched) set(change func(v *ctdb.View)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.view)
}

// fail has the tool fail in some words, or not any more.
func (w *watched) fail(words string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fails = words
}

func (w *watched) newest() ctdb.View {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.view.Clone()
}

// Run is the tool.
func (w *watched) Run(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	line := strings.Join(cmd.Args, " ")
	if strings.HasSuffix(line, "status") {
		w.asked++
	}
	switch {
	case w.err != nil:
		return ctdb.Result{}, w.err
	case w.fails != "":
		return ctdb.Result{ExitCode: 1, Stderr: []byte(w.fails + "\n")}, nil
	case strings.Contains(line, "--json"):
		return ctdb.Result{ExitCode: 1, Stderr: []byte("Invalid option --json: unknown option\n")}, nil
	case strings.HasSuffix(line, "runstate"):
		state, _ := w.view.RunState.Get()
		return wrote(string(state) + "\n"), nil
	case strings.HasSuffix(line, "ip all"):
		return wrote(w.ips()), nil
	default:
		return wrote(w.status()), nil
	}
}

func (w *watched) ips() string {
	var b strings.Builder
	b.WriteString("|Public IP|Node|\n")
	for _, a := range w.view.Addresses {
		pnn, known := a.Node.Get()
		on := pnn.String()
		if !known {
			on = "-1"
		}
		fmt.Fprintf(&b, "|%v|%s|\n", a.Address, on)
	}
	return b.String()
}

func (w *watched) status() string {
	c := status.Cluster{
		NodeCount: status.Known(len(w.view.Nodes)), DeletedCount: status.Known(0), Generation: w.view.Generation,
		LMasters: []nodes.PNN{0}, RecoveryMode: w.view.RecoveryMode, Leader: w.view.Leader,
	}
	for i, n := range w.view.Nodes {
		c.Nodes = append(c.Nodes, status.Node{PNN: n.PNN, Address: n.Address, Flags: n.Flags, ThisNode: i == 0})
	}
	return c.String()
}

// watching runs a test in simulated time.
func watching(t *testing.T, test func(t *testing.T, w *watched)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { test(t, newWatched()) })
}

// told is what a test wants to be told: a time since the beginning, and the event in words.
type told struct {
	At   time.Duration
	Says string
}

// watchFor collects what a watch tells within a time.
func watchFor(t *testing.T, client *ctdb.Client, options ctdb.WatchOptions, d time.Duration) []told {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	start := time.Now()
	var all []told
	for event, err := range client.Watch(ctx, options) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, told{event.Time.Sub(start), event.String()})
	}
	if took := time.Since(start); took != d {
		t.Errorf("ended after %v", took)
	}
	return all
}

const wholeView = "2 of 2 nodes OK, 2 of 2 addresses hosted, leader 0"

func TestWatchTells(t *testing.T) {
	const second = time.Second
	unknown := status.Unknown[nodes.PNN]()
	for _, test := range []struct {
		name   string
		change func(v *ctdb.View)
		want   []string
	}{
		{"nothing", func(*ctdb.View) {}, nil},
		{"flags", func(v *ctdb.View) { v.Nodes[1].Flags = status.FlagBanned }, []string{"node 1: OK -> BANNED|INACTIVE"}},
		{"a node more", func(v *ctdb.View) {
			v.Nodes = append(v.Nodes, ctdb.NodeView{PNN: 3, Address: netip.MustParseAddr("10.0.0.4"), Flags: status.FlagDisconnected})
		}, []string{"node 3 added: 10.0.0.4, DISCONNECTED|INACTIVE"}},
		{"a node less", func(v *ctdb.View) { v.Nodes = v.Nodes[:1] }, []string{"node 1 deleted: 10.0.0.2, was OK"}},
		{"a node elsewhere", func(v *ctdb.View) { v.Nodes[1].Address = netip.MustParseAddr("10.0.0.9") },
			[]string{"node 1 deleted: 10.0.0.2, was OK", "node 1 added: 10.0.0.9, OK"}},
		{"leader", func(v *ctdb.View) { v.Leader = status.Known(nodes.PNN(1)) }, []string{"leader: 0 -> 1"}},
		{"no leader", func(v *ctdb.View) { v.Leader = unknown }, []string{"leader: 0 -> unknown"}},
		{"recovery", func(v *ctdb.View) {
			v.RecoveryMode, v.Generation = status.Known(status.RecoveryActive), status.Unknown[status.Generation]()
		}, []string{"recovery started", "generation: 17 -> unknown"}},
		{"run state", func(v *ctdb.View) { v.RunState = status.Known(status.RunStateShutdown) }, []string{"run state: RUNNING -> SHUTDOWN"}},
		{"an address moves", func(v *ctdb.View) { v.Addresses[1].Node = status.Known(nodes.PNN(0)) },
			[]string{"address 10.1.0.2: node 1 -> node 0"}},
		{"an address on no node", func(v *ctdb.View) { v.Addresses[0].Node = unknown },
			[]string{"address 10.1.0.1: node 0 -> no node"}},
		{"another address", func(v *ctdb.View) { v.Addresses[0].Address = netip.MustParseAddr("10.1.0.7") },
			[]string{"address 10.1.0.1: node 0 -> not configured", "address 10.1.0.7: not configured -> node 0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			watching(t, func(t *testing.T, w *watched) {
				time.AfterFunc(7*second, func() {
					w.set(func(v *ctdb.View) {
						v.Nodes, v.Addresses = slices.Clone(v.Nodes), slices.Clone(v.Addresses)
						test.change(v)
					})
				})
				want := []told{{0, wholeView + " (start)"}}
				for _, says := range test.want {
					want = append(want, told{10 * second, says + " (poll)"})
				}
				if diff := cmp.Diff(want, watchFor(t, w.client(), ctdb.WatchOptions{}, time.Minute)); diff != "" {
					t.Errorf("mismatch (-want +got)\n%s", diff)
				}
				if w.asked != 12+1 && w.asked != 12+1+1 { // the first time in a form that the tool lacks
					t.Errorf("asked %d times in a minute", w.asked)
				}
			})
		})
	}
}

// TestWatchSlow has a consumer that is slower than the cluster.
func TestWatchSlow(t *testing.T) {
	watching(t, func(t *testing.T, w *watched) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Hour)
		defer cancel()
		go func() {
			for i := 0; ctx.Err() == nil && i < 4000; i++ {
				time.Sleep(time.Second)
				w.set(func(v *ctdb.View) {
					v.Nodes[i%2].Flags ^= status.FlagUnhealthy
					v.Generation = status.Known(status.Generation(i))
				})
			}
		}()
		var view ctdb.View
		events := 0
		for event, err := range w.client().Watch(ctx, ctdb.WatchOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			if flags, ok := event.Change.(ctdb.NodeFlagsChanged); ok && flags.Old == flags.New {
				t.Errorf("told of no change: %v", event)
			}
			view.Apply(event.Change)
			events++
			time.Sleep(30 * time.Minute)
		}
		if diff := cmp.Diff(w.newest(), view, sameViews); diff != "" {
			t.Errorf("mismatch (-want +got)\n%s", diff)
		}
		if events > 6 {
			t.Errorf("%d events", events)
		}
	})
}

// TestWatchConnection loses the connection and gets it back.
func TestWatchConnection(t *testing.T) {
	watching(t, func(t *testing.T, w *watched) {
		time.AfterFunc(7*time.Second, func() { w.fail("connect() failed, errno=111") })
		time.AfterFunc(60*time.Second, func() {
			w.set(func(v *ctdb.View) { v.Nodes[1].Flags, v.Leader = status.FlagStopped, status.Known(nodes.PNN(1)) })
			w.fail("")
		})
		got := watchFor(t, w.client(), ctdb.WatchOptions{}, 2*time.Minute)
		if len(got) != 6 || got[2].At < time.Minute || got[2].At > time.Minute+5*time.Second {
			t.Fatalf("got %v", got)
		}
		back := got[2].At
		want := []told{
			{0, wholeView + " (start)"},
			{10 * time.Second, "connection lost: ctdb -t 3 -T 10 status: ctdbd is not running: connect() failed, errno=111 (poll)"},
			{back, "connection regained (connection)"},
			{back, "1 of 2 nodes OK, 2 of 2 addresses hosted, leader 1 (connection)"},
			{back, "node 1: OK -> STOPPED|INACTIVE (connection)"},
			{back, "leader: 0 -> 1 (connection)"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("mismatch (-want +got)\n%s", diff)
		}
		if w.asked < 30 || w.asked > 70 { // some more than one in five seconds at the beginning
			t.Errorf("asked %d times", w.asked)
		}
	})
}

// TestWatchUnconnected begins where no ctdbd runs.
func TestWatchUnconnected(t *testing.T) {
	watching(t, func(t *testing.T, w *watched) {
		w.fail("connect() failed, errno=2")
		time.AfterFunc(time.Minute, func() { w.fail("") })
		for event, err := range w.client().Watch(t.Context(), ctdb.WatchOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			full, ok := event.Change.(ctdb.FullView)
			if !ok || full.View.Connected || full.Err == "" {
				t.Errorf("got %v", event)
			}
			break
		}
		got := watchFor(t, w.client(), ctdb.WatchOptions{}, 2*time.Minute)
		if len(got) != 3 || !strings.HasPrefix(got[0].Says, "not connected; 0 of 0 nodes OK") ||
			got[1].Says != "connection regained (connection)" || got[2].Says != wholeView+" (connection)" {
			t.Errorf("got %v", got)
		}
	})
}

func TestWatchDebounce(t *testing.T) {
	watching(t, func(t *testing.T, w *watched) {
		flip := func(v *ctdb.View) { v.Nodes[1].Flags ^= status.FlagUnhealthy }
		for i := range 20 { // a second long each: not told
			time.AfterFunc(time.Duration(10+i)*time.Second+time.Millisecond, func() { w.set(flip) })
		}
		time.AfterFunc(40*time.Second+time.Millisecond, func() { w.set(flip) })
		time.AfterFunc(50*time.Second+time.Millisecond, func() { w.fail("connect() failed, errno=2") })
		time.AfterFunc(51*time.Second+time.Millisecond, func() { w.fail("") })
		options := ctdb.WatchOptions{Interval: 200 * time.Millisecond, Debounce: 3 * time.Second}
		want := []told{{0, wholeView + " (start)"}, {40*time.Second + 200*time.Millisecond, "node 1: OK -> UNHEALTHY (poll)"}}
		if diff := cmp.Diff(want, watchFor(t, w.client(), options, time.Minute)); diff != "" {
			t.Errorf("mismatch (-want +got)\n%s", diff)
		}
	})
}

func TestWatchEnds(t *testing.T) {
	watching(t, func(t *testing.T, w *watched) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for event, err := range w.client().Watch(ctx, ctdb.WatchOptions{}) {
			t.Errorf("of a context that has ended: %v, %v", event, err)
		}
		w.err = exec.ErrNotFound
		count := 0
		for event, err := range w.client().Watch(t.Context(), ctdb.WatchOptions{}) {
			if count++; !errors.Is(err, ctdb.ErrToolMissing) || event.Change != nil {
				t.Errorf("without a tool: %v, %v", event, err)
			}
		}
		if count != 1 {
			t.Errorf("%d errors", count)
		}
	})
}

// TestWatchFollows changes a cluster at random, with a consumer that is quick and slow by turns, and wants the events to
// lead from the first view to what is so in the end.
func TestWatchFollows(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			watching(t, func(t *testing.T, w *watched) {
				random := rand.New(rand.NewPCG(seed, 1))
				options := ctdb.WatchOptions{Interval: time.Duration(1+random.IntN(3000)) * time.Millisecond}
				if seed%3 == 0 {
					options.Debounce = time.Duration(random.IntN(3000)) * time.Millisecond
				}
				slow := rand.New(rand.NewPCG(seed, 2))
				const changes = 200
				go func() {
					for range changes {
						time.Sleep(time.Duration(random.IntN(2000)) * time.Millisecond)
						disturb(w, random)
					}
					w.fail("")
				}()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				var view ctdb.View
				for event, err := range w.client().Watch(ctx, options) {
					if err != nil {
						t.Fatal(err)
					}
					view.Apply(event.Change)
					if slow.IntN(4) == 0 {
						time.Sleep(time.Duration(slow.IntN(6000)) * time.Millisecond)
					}
				}
				if diff := cmp.Diff(w.newest(), view, sameViews); diff != "" {
					t.Errorf("mismatch (-want +got)\n%s", diff)
				}
			})
		})
	}
}

// disturb changes something.
func disturb(w *watched, random *rand.Rand) {
	if random.IntN(6) == 0 {
		w.fail([]string{"", "connect() failed, errno=111"}[random.IntN(2)])
	}
	w.set(func(v *ctdb.View) {
		pnn := nodes.PNN(random.IntN(4))
		switch random.IntN(6) {
		case 0:
			v.Nodes[0].Flags ^= status.FlagUnhealthy
		case 1:
			v.Leader = status.Known(pnn)
		case 2:
			v.Addresses[random.IntN(2)].Node = status.Known(pnn)
		case 3:
			v.Addresses[random.IntN(2)].Node = status.Unknown[nodes.PNN]()
		case 4:
			v.Generation = status.Known(status.Generation(random.Uint32()))
		default:
			if len(v.Nodes) == 2 {
				v.Nodes = v.Nodes[:1]
			} else {
				v.Nodes = append(v.Nodes, ctdb.NodeView{PNN: 1, Address: netip.AddrFrom4([4]byte{10, 0, 0, byte(10 + pnn)})})
			}
		}
	})
}
