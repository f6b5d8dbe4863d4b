package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// snapshotAll asks all nodes through one, or each by itself, and wants an answer.
func snapshotAll(t *testing.T, client *ctdb.Client, options ctdb.SnapshotOptions) *ctdb.ClusterSnapshot {
	t.Helper()
	all, err := client.SnapshotAll(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// node gives the snapshot of a node, which must be there.
func node(t *testing.T, all *ctdb.ClusterSnapshot, pnn nodes.PNN) *ctdb.NodeSnapshot {
	t.Helper()
	n, ok := all.Node(pnn)
	if !ok || n.PNN != pnn {
		t.Fatalf("node %v is not in the snapshot", pnn)
	}
	return n
}

// wantFindings compares findings with lines such as "error node 3 cluster/hung".
func wantFindings(t *testing.T, all *ctdb.ClusterSnapshot, want ...string) {
	t.Helper()
	var got []string
	for _, f := range all.Findings() {
		got = append(got, strings.Join(strings.Fields(f.Severity.String()+" "+f.File+" "+f.ID), " "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
		for _, f := range all.Findings() {
			t.Log(f)
		}
	}
}

func TestSnapshotAll(t *testing.T) {
	t.Parallel()
	fake := newFake(4)
	all := snapshotAll(t, fake.Client(1).On(2), ctdb.SnapshotOptions{})
	for pnn := range nodes.PNN(4) {
		missing := allGroups
		if pnn == 1 {
			missing = noGroups
		}
		wantParts(t, node(t, all, pnn), missing, nil)
	}
	wantFindings(t, all)
	if _, ok := all.Node(4); ok || len(all.Nodes) != 4 || all.Err() != nil || all.Took <= 0 || all.At.IsZero() {
		t.Errorf("there are %d nodes, %v, at %v within %v", len(all.Nodes), all.Err(), all.At, all.Took)
	}
	fake.mu.Lock()
	defer fake.mu.Unlock()
	for question, times := range fake.asked { // the list of nodes is a part of node 1's own answers too
		if want := map[string]int{"1: -X listnodes": 2}[question]; times != max(want, 1) {
			t.Errorf("%q was asked %d times", question, times)
		}
	}
}

// TestSnapshotAllRunners: with a runner for each node, each is asked for all of its own.
func TestSnapshotAllRunners(t *testing.T) {
	t.Parallel()
	fake := newFake(4)
	options := ctdb.SnapshotOptions{Runner: func(pnn nodes.PNN, private netip.Addr) ctdb.Runner {
		if private != privateAddress(pnn) {
			t.Errorf("the address of node %v is %v", pnn, private)
		}
		if pnn == 2 {
			return nil // through the tool's own
		}
		return fake.Runner(pnn)
	}}
	all := snapshotAll(t, fake.Client(0), options)
	for pnn := range nodes.PNN(4) {
		missing := noGroups
		if pnn == 2 {
			missing = allGroups
		}
		wantParts(t, node(t, all, pnn), missing, nil)
	}
	wantFindings(t, all)
}

// TestSnapshotAllHung: nodes that hang cost their own time, and the others answer meanwhile.
func TestSnapshotAllHung(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]ctdb.SnapshotOptions{
		"by default":             {},
		"a time of its own":      {NodeTimeout: 3 * time.Second},
		"as few tools as can be": {NodeTimeout: 3 * time.Second, Concurrency: 3},
	} {
		for _, each := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, each by itself %v", name, each), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					fake := newFake(16)
					fake.hung = map[nodes.PNN]bool{3: true, 5: true}
					options := options
					if each {
						options.Runner = fake.On
					}
					want := options.NodeTimeout
					if want == 0 {
						want = ctdb.DefaultTimeout * 2 / 3
					}
					start := time.Now()
					all := snapshotAll(t, fake.Client(0), options)
					if took := time.Since(start); took != want || all.Took != want {
						t.Errorf("took %v, and says %v, want %v", took, all.Took, want)
					}
					for _, n := range all.Nodes {
						if fake.hung[n.PNN] {
							if _, failed := unreported(t, n); !errors.Is(n.Err(), ctdb.ErrTimeout) || len(failed) < 10 {
								t.Errorf("node %v: %v failed, %v", n.PNN, failed, n.Err())
							}
						} else if n.Err() != nil || !n.Status.At.Equal(start) {
							t.Errorf("node %v answers after %v, %v", n.PNN, n.Status.At.Sub(start), n.Err())
						}
					}
					wantFindings(t, all, "error node 3 cluster/hung", "error node 5 cluster/hung")
					if asked := fake.about(3); asked != 1 {
						t.Errorf("node 3 was asked %d times", asked)
					}
				})
			})
		}
	}
}

// TestSnapshotAllBounded: no more tools run at the same time than may, and as many as that.
func TestSnapshotAllBounded(t *testing.T) {
	t.Parallel()
	for concurrency, most := range map[int]int{0: 16, 1: 1, 5: 5} {
		t.Run(fmt.Sprint(concurrency), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake(8)
				fake.takes = 10 * time.Millisecond
				all := snapshotAll(t, fake.Client(0), ctdb.SnapshotOptions{Concurrency: concurrency, Runner: fake.On})
				if all.Err() != nil || fake.most != most {
					t.Errorf("%d tools ran at the same time, want %d; %v", fake.most, most, all.Err())
				}
			})
		})
	}
}

// TestSnapshotAllCanceled: what was answered by then is there.
func TestSnapshotAllCanceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake(40)
		fake.takes = time.Second
		fake.hung = map[nodes.PNN]bool{1: true}
		ctx, cancel := context.WithCancel(t.Context())
		const limit = 5500 * time.Millisecond
		time.AfterFunc(limit, cancel)
		start := time.Now()
		all, err := fake.Client(0).SnapshotAll(ctx, ctdb.SnapshotOptions{})
		if took := time.Since(start); err != nil || took != limit || len(all.Nodes) != 40 {
			t.Fatalf("%v after %v", err, took)
		}
		err = all.Err()
		if !node(t, all, 0).Ping.IsReported() || !errors.Is(err, context.Canceled) || errors.Is(err, ctdb.ErrTimeout) {
			t.Errorf("the error is %v", err)
		}
		if _, err := fake.Client(0).SnapshotAll(ctx, ctdb.SnapshotOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that is over: %v", err)
		}
	})
}

// TestSnapshotAllOwnGone: without the daemon that the tool talks to, the nodes are still known, and those with runners
// of their own answer.
func TestSnapshotAllOwnGone(t *testing.T) {
	t.Parallel()
	for _, hung := range []bool{false, true} {
		t.Run(fmt.Sprintf("hung %v", hung), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake(3)
				fake.gone, fake.hung = map[nodes.PNN]bool{0: !hung}, map[nodes.PNN]bool{0: hung}
				want := ctdb.ErrNotRunning
				if hung {
					want = ctdb.ErrTimeout
				}
				all := snapshotAll(t, fake.Client(0), ctdb.SnapshotOptions{})
				for pnn := range nodes.PNN(3) {
					n := node(t, all, pnn)
					if !errors.Is(n.Ping.Err, want) || !errors.Is(n.Uptime.Err, want) || n.NodeList.Err != nil {
						t.Errorf("node %v: %v", pnn, n.Err())
					}
				}
				wantFindings(t, all, "error cluster/no-answer")
				if diff := cmp.Diff([]string{"0: -X listnodes", "0: ping"}, fake.questions()); diff != "" {
					t.Errorf("questions (-want +got):\n%s", diff)
				}

				all = snapshotAll(t, fake.Client(0), ctdb.SnapshotOptions{Runner: fake.On})
				if n := node(t, all, 0); !errors.Is(n.Ping.Err, want) || n.NodeList.IsReported() == hung {
					t.Errorf("node 0: %v", n.Err())
				}
				wantParts(t, node(t, all, 2), noGroups, nil)
				if hung {
					wantFindings(t, all, "error node 0 cluster/hung")
				} else {
					wantFindings(t, all, "error node 0 cluster/node-disconnected")
				}
			})
		})
	}
}

// TestSnapshotAllDisconnected: what is disconnected can't be asked through another, costs next to nothing, and may be
// alive.
func TestSnapshotAllDisconnected(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake(3)
		fake.gone = map[nodes.PNN]bool{2: true}
		start := time.Now()
		all := snapshotAll(t, fake.Client(0), ctdb.SnapshotOptions{})
		if n := node(t, all, 2); !errors.Is(n.Err(), ctdb.ErrDisconnected) || time.Since(start) != 0 {
			t.Errorf("%v after %v", n.Err(), time.Since(start))
		}
		if asked := fake.about(2); asked != 1 {
			t.Errorf("node 2 was asked %d times", asked)
		}
		wantFindings(t, all, "error node 2 cluster/node-disconnected")
	})
}

// TestSnapshotAllLists: nodes are found in the nodes file and in what nodes say.
func TestSnapshotAllLists(t *testing.T) {
	t.Parallel()
	var (
		usual   ctdb.Result // what the cluster says
		three   = []nodes.PNN{0, 1, 2}
		more    = wrote("|0|10.0.0.1|\n|1|10.0.0.2|\n|2|10.0.0.3|\n|7|10.0.0.8|\n")
		noFile  = failedWith(1, "Failed to read nodes file \"x\"\n")
		refused = failedWith(255, "Control GET_NODEMAP failed, ret=-1\n")
	)
	tests := map[string]struct {
		list, status ctdb.Result
		want         []nodes.PNN
		err          error
	}{
		"one more in the file":    {more, usual, []nodes.PNN{0, 1, 2, 7}, nil},
		"fewer in the file":       {wrote("|0|10.0.0.1|\n"), usual, three, nil},
		"another one in the file": {wrote("|5|10.0.0.6|\n"), usual, []nodes.PNN{0, 1, 2, 5}, nil},
		"no numbers in the file":  {wrote("10.0.0.1\n10.0.0.2\n10.0.0.4\n"), usual, three, nil},
		"no file":                 {noFile, usual, three, nil},
		"file only":               {usual, refused, three, nil},
		"neither":                 {noFile, refused, nil, ctdb.ErrBadConfig},
		"an empty file":           {wrote("\n"), refused, nil, ctdb.ErrRefused},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(3)
			fake.says = func(pnn nodes.PNN, words string) (ctdb.Result, bool) {
				switch {
				case words == "-X listnodes" && test.list.Stdout != nil, words == "-X listnodes" && test.list.ExitCode > 0:
					return test.list, true
				case words == "status" && test.status.ExitCode > 0:
					return test.status, true
				case pnn > 2:
					return failedWith(1, fmt.Sprintf("Node %v does not exist\n", pnn)), true
				}
				return ctdb.Result{}, false
			}
			all, err := fake.Client(0).SnapshotAll(t.Context(), ctdb.SnapshotOptions{})
			if test.err != nil {
				if all != nil || !errors.Is(err, test.err) || strings.Contains(fmt.Sprint(err), "nil") {
					t.Errorf("the error is %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []nodes.PNN
			for _, n := range all.Nodes {
				got = append(got, n.PNN)
				if n.PNN > 2 && !errors.Is(n.Err(), ctdb.ErrNoSuchNode) {
					t.Errorf("node %v: %v", n.PNN, n.Err())
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("nodes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSnapshotAllTooMany: what is no list of a cluster's nodes is not asked one by one.
func TestSnapshotAllTooMany(t *testing.T) {
	t.Parallel()
	fake := newFake(1)
	var list strings.Builder
	for pnn := range 1<<16 + 1 {
		fmt.Fprintf(&list, "|%d|10.0.0.1|\n", pnn)
	}
	fake.says = says("-X listnodes", wrote(list.String()))
	all, err := fake.Client(0).SnapshotAll(t.Context(), ctdb.SnapshotOptions{})
	if all != nil || err == nil || len(fake.questions()) > 2 {
		t.Errorf("got %v, %v after %q", all, err, fake.questions())
	}
}

// TestSnapshotAllOtherNode: a runner that leads to another node than it should gives no answers.
func TestSnapshotAllOtherNode(t *testing.T) {
	t.Parallel()
	fake := newFake(3)
	toNode1 := func(nodes.PNN, netip.Addr) ctdb.Runner { return fake.Runner(1) }
	all := snapshotAll(t, fake.Client(0), ctdb.SnapshotOptions{Runner: toNode1})
	for pnn, want := range map[nodes.PNN]bool{0: false, 1: true, 2: false} {
		n := node(t, all, pnn)
		if errors.Is(n.Err(), ctdb.ErrOtherNode) == want || n.Status.IsReported() != want || n.NodeList.IsReported() != want {
			t.Errorf("node %v: %v", pnn, n.Err())
		}
	}
	wantFindings(t, all, "warning cluster/no-answer", "warning cluster/no-answer")
}

// TestSnapshotAllToolMissing: no node can be known.
func TestSnapshotAllToolMissing(t *testing.T) {
	t.Parallel()
	client := ctdb.New(ctdb.Config{Tool: "no-such-ctdb"})
	all, err := client.SnapshotAll(t.Context(), ctdb.SnapshotOptions{})
	if all != nil || !errors.Is(err, ctdb.ErrToolMissing) {
		t.Errorf("got %v, %v", all, err)
	}
}

// TestSnapshotAllStubborn: a runner that does not heed its context holds the call, and nothing is left behind.
func TestSnapshotAllStubborn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake(2)
		runner := ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
			time.Sleep(20 * time.Second)
			return fake.Runner(1).Run(context.Background(), cmd)
		})
		options := ctdb.SnapshotOptions{Runner: func(pnn nodes.PNN, _ netip.Addr) ctdb.Runner {
			if pnn == 1 {
				return runner
			}
			return nil
		}}
		start := time.Now()
		all := snapshotAll(t, fake.Client(0), options)
		if took := time.Since(start); took != 20*time.Second {
			t.Errorf("took %v", took)
		}
		// Its sign of life came; there was no time left for more.
		if n := node(t, all, 1); !n.Ping.IsReported() || !errors.Is(n.Status.Err, ctdb.ErrTimeout) {
			t.Errorf("node 1: %v", n.Err())
		}
	})
}

// TestSnapshotAllLater: a node that is known from what another says late is asked then.
func TestSnapshotAllLater(t *testing.T) {
	t.Parallel()
	fake := newFake(3)
	fake.says = func(pnn nodes.PNN, words string) (ctdb.Result, bool) {
		cluster := fake.status(pnn)
		if pnn == 0 {
			cluster.Nodes, cluster.NodeCount = cluster.Nodes[:2], status.Known(2)
			cluster.LMasters = cluster.LMasters[:2]
		}
		switch words {
		case "-X listnodes":
			return wrote("|0|10.0.0.1|\n|1|10.0.0.2|\n"), true
		case "status":
			return wrote(cluster.String()), true
		}
		return ctdb.Result{}, false
	}
	all := snapshotAll(t, fake.Client(0), ctdb.SnapshotOptions{Runner: fake.On})
	wantParts(t, node(t, all, 2), noGroups, nil)
	wantFindings(t, all, "error cluster/members-differ",
		"warning node 1 cluster/nodes-not-loaded", "warning node 2 cluster/nodes-not-loaded")
}
