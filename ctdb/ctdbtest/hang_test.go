package ctdbtest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// TestHang asks clusters with a daemon that hangs, and looks at what the tool says, and after how long.
func TestHang(t *testing.T) {
	t.Parallel()
	const over = "Maximum runtime exceeded - exiting"
	for _, test := range []struct {
		name  string
		hangs nodes.PNN
		args  string // on node 0
		code  int
		words string // on standard error
		took  time.Duration
	}{
		{"on it", 0, "-T 7 uptime", 1, over, 7 * time.Second},
		{"on it, without limits", 0, "uptime", 1, over, 120 * time.Second},
		{"on it, a limit of zero", 0, "-T 0 uptime", 1, over, 120 * time.Second},
		{"on it, without a daemon", 0, "version", 0, "", 0},
		{"on it, events", 0, "event status legacy monitor", 0, "", 0},
		{"of it", 1, "-t 3 -n 1 uptime", 110, "Control UPTIME failed to node 1, ret=110", 3 * time.Second},
		{"of it, without limits", 1, "-n 1 uptime", 110, "Control UPTIME failed to node 1, ret=110", 10 * time.Second},
		{"of it, in less time", 1, "-t 30 -T 5 -n 1 uptime", 1, over, 5 * time.Second},
		{"of it, in no time", 1, "-t 0 -n 1 uptime", 1, "Control GET_NODEMAP failed to node 0, ret=110\n" +
			"Failed to get nodemap from node 0", 0},
		{"of itself, in no time", 1, "-t 0 uptime", 110, "Control UPTIME failed to node 0, ret=110", 0},
		{"of another", 1, "-t 3 -n 2 uptime", 0, "", 0},
		{"the status", 1, "-t 3 status", 0, "Control GET_IFACES failed to node 1, ret=110", 3 * time.Second},
		{"a takeover run", 1, "-t 3 -T 9 ipreallocate", 1, over, 9 * time.Second},
		{"a change of it", 1, "-t 3 -T 9 -n 1 disable", 110, "Control DISABLE_NODE failed to node 1, ret=110\n" +
			"Failed to disable node 1", 3 * time.Second},
		{"a change of another", 1, "-t 3 -T 9 -n 2 disable", 1, over, 9 * time.Second},
		{"a recovery", 1, "-T 9 recover", 1, over, 9 * time.Second},
		{"all addresses", 1, "-t 3 ip all", 1, "Control GET_PUBLIC_IPS failed to node 1, ret=110", 3 * time.Second},
		{"the nodes file", 1, "-t 3 reloadnodes", 110, "Control GET_NODES_FILE failed to node 1, ret=110\n" +
			"ERROR: Failed to get nodes file from node 1", 3 * time.Second},
		{"the files of addresses", 1, "-t 3 -T 9 reloadips all", 1, "Failed to reload IPs on some nodes.\n" + over, 9 * time.Second},
		{"a database", 1, "-t 3 attach x.tdb", 110, "attach: x.tdb DB_ATTACH failed, ret=110", 3 * time.Second},
		{"the end", 1, "-n 1 shutdown", 0, "", 0},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := ctdbtest.New(ctdbtest.Options{})
				must(t, c.Hang(test.hangs))
				start := time.Now()
				got := tool(t, c, 0, strings.Fields(test.args)...)
				words := strings.TrimSuffix(string(got.Stderr), "\n")
				if took := time.Since(start); got.ExitCode != test.code || words != test.words || took != test.took {
					t.Errorf("got %d, %q, after %v", got.ExitCode, words, took)
				}
			})
		})
	}
}

// TestHangClient asks with a client.
func TestHangClient(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		synctest.Test(t, func(t *testing.T) {
			c := ctdbtest.New(full(r))
			must(t, c.Hang(1))
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
			defer cancel()
			start := time.Now()
			_, err := c.Client(1).Uptime(ctx)
			if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, ctdb.ErrTimeout) || time.Since(start) > 4*time.Second {
				t.Errorf("on the node: got %v after %v", err, time.Since(start))
			}
			start = time.Now()
			if _, err := c.Client(0).On(1).Uptime(t.Context()); !errors.Is(err, ctdb.ErrTimeout) || time.Since(start) == 0 {
				t.Errorf("of the node: got %v after %v", err, time.Since(start))
			}
			canceled, stop := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, stop)
			start = time.Now()
			_, err = c.Runner(1).Run(canceled, ctdb.Command{Name: "ctdb", Args: []string{"pnn"}})
			if !errors.Is(err, context.Canceled) || time.Since(start) != time.Second {
				t.Errorf("canceled: got %v after %v", err, time.Since(start))
			}
			report, err := c.Client(0).Status(t.Context())
			if err != nil || !report.Nodes[1].Healthy() {
				t.Errorf("the others see %v, %v", report, err)
			}
		})
	})
}

// TestResume has a daemon go on while commands wait for it.
func TestResume(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		args string // on node 0
		err  string
	}{
		{"on it", "uptime", ""},
		{"of it", "-n 1 uptime", ""},
		{"a takeover run", "ipreallocate", ""},
		{"a change", "-n 2 disable", ""},
		{"a recovery", "recover", ""},
		{"the status", "status", ""},
		{"the nodes file", "reloadnodes", "No change in nodes file, skipping unnecessary reload\n"},
		{"the files of addresses", "reloadips all", ""},
		{"a database", "attach x.tdb", ""},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := ctdbtest.New(ctdbtest.Options{})
				hangs := nodes.PNN(1)
				if test.name == "on it" {
					hangs = 0
				}
				must(t, c.Hang(hangs))
				must(t, c.Hang(hangs))
				time.AfterFunc(2*time.Second, func() { must(t, c.Resume(hangs)) })
				start := time.Now()
				got := tool(t, c, 0, strings.Fields(test.args)...)
				if took := time.Since(start); got.ExitCode != 0 || string(got.Stderr) != test.err || took != 2*time.Second {
					t.Errorf("got %d, %q, after %v", got.ExitCode, got.Stderr, took)
				}
				must(t, c.Resume(hangs))
			})
		})
	}
}

// TestTwoHang has one daemon hang after another.
func TestTwoHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := ctdbtest.New(ctdbtest.Options{})
		must(t, c.Hang(1))
		must(t, c.Hang(2))
		time.AfterFunc(2*time.Second, func() { must(t, c.Resume(1)) })
		time.AfterFunc(5*time.Second, func() { must(t, c.Kill(2)) })
		start := time.Now()
		if got := tool(t, c, 0, "ipreallocate"); got.ExitCode != 0 || time.Since(start) != 5*time.Second {
			t.Errorf("got %d after %v", got.ExitCode, time.Since(start))
		}
	})
}

// TestShutdownWhileHung tells a daemon that hangs to end, which it does when it goes on.
func TestShutdownWhileHung(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := ctdbtest.New(ctdbtest.Options{})
		must(t, c.Hang(1))
		time.AfterFunc(time.Minute, func() { must(t, c.Resume(1)) })
		start := time.Now()
		tool(t, c, 0, "-n", "1", "shutdown")
		if took := time.Since(start); took != 0 {
			t.Errorf("the tool took %v", took)
		}
		before := stateOf(t, c, 2, 1)
		time.Sleep(time.Minute)
		if after := stateOf(t, c, 0, 1); before != "OK" || after != "DISCONNECTED|UNHEALTHY|INACTIVE" {
			t.Errorf("it is %s, then %s", before, after)
		}
		if err := c.Hang(9); !errors.Is(err, ctdb.ErrNoSuchNode) {
			t.Errorf("hang no node: got %v", err)
		}
	})
}
