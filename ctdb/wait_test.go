package ctdb_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// waiting runs a test in a simulated cluster and in simulated time.
func waiting(t *testing.T, test func(t *testing.T, cluster *ctdbtest.Cluster, client *ctdb.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cluster := ctdbtest.New(ctdbtest.Options{})
		test(t, cluster, cluster.Client(0))
	})
}

func TestWaitFor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		before    func(*ctdbtest.Cluster) error
		condition ctdb.Condition
		after     func(*ctdbtest.Cluster) error
	}{
		{"healthy", func(c *ctdbtest.Cluster) error { return c.SetUnhealthy(2, true) }, ctdb.Healthy(),
			func(c *ctdbtest.Cluster) error { return c.SetUnhealthy(2, false) }},
		{"disabled", nothing, ctdb.NodeIs(1, status.FlagDisabled), func(c *ctdbtest.Cluster) error { return c.Disable(1) }},
		{"two flags", func(c *ctdbtest.Cluster) error { return c.Disable(1) }, ctdb.NodeIs(1, status.FlagDisabled|status.FlagStopped),
			func(c *ctdbtest.Cluster) error { return c.Stop(1) }},
		{"no flags", func(c *ctdbtest.Cluster) error { return c.Disable(1) }, ctdb.NodeIs(1, 0),
			func(c *ctdbtest.Cluster) error { return c.Enable(1) }},
		{"not connected", nothing, ctdb.NodeIs(2, status.FlagDisconnected), func(c *ctdbtest.Cluster) error { return c.Kill(2) }},
		{"connected", func(c *ctdbtest.Cluster) error { return c.Kill(2) }, ctdb.NodeIsNot(2, status.FlagDisconnected),
			func(c *ctdbtest.Cluster) error { return c.Start(2) }},
		{"neither of two flags", func(c *ctdbtest.Cluster) error { return errors.Join(c.Disable(1), c.Stop(1), c.Enable(1)) },
			ctdb.NodeIsNot(1, status.FlagDisabled|status.FlagStopped), func(c *ctdbtest.Cluster) error { return c.Continue(1) }},
		{"leader", func(c *ctdbtest.Cluster) error { return errors.Join(c.Stop(0), c.Stop(1), c.Stop(2)) }, ctdb.LeaderKnown(),
			func(c *ctdbtest.Cluster) error { return c.Continue(2) }},
		{"another's condition", nothing, ctdb.NewCondition("node 1 to lead", func(c *status.Cluster) bool { return c.Leader.Is(1) }),
			func(c *ctdbtest.Cluster) error { return c.Stop(0) }},
		{"an answer", func(c *ctdbtest.Cluster) error { return c.Kill(0) }, ctdb.Condition{},
			func(c *ctdbtest.Cluster) error { return c.Start(0) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			waiting(t, func(t *testing.T, cluster *ctdbtest.Cluster, client *ctdb.Client) {
				if err := test.before(cluster); err != nil {
					t.Fatal(err)
				}
				const after = 5 * time.Second
				time.AfterFunc(after, func() {
					if err := test.after(cluster); err != nil {
						t.Error(err)
					}
				})
				start := time.Now()
				got, err := client.WaitFor(t.Context(), test.condition)
				if err != nil {
					t.Fatal(err)
				}
				if !test.condition.Holds(got) {
					t.Errorf("%v: got\n%v", test.condition, got)
				}
				// In time that does not pass by itself this is no matter of a machine's speed.
				if took := time.Since(start); took < after || took > after+2*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func nothing(*ctdbtest.Cluster) error { return nil }

func TestWaitForAtOnce(t *testing.T) {
	t.Parallel()
	waiting(t, func(t *testing.T, _ *ctdbtest.Cluster, client *ctdb.Client) {
		start := time.Now()
		if _, err := client.WaitFor(t.Context(), ctdb.Healthy()); err != nil || time.Since(start) != 0 {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

func TestWaitForAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const header = "|Public IP|Node|ActiveInterfaces|AvailableInterfaces|ConfiguredInterfaces|\n"
		asked := 0
		client := ctdb.New(ctdb.Config{Runner: ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) {
			rows := []string{"", "|10.0.0.9|-1||eth0|eth0|\n", "|10.0.0.9|1||eth0|eth0|\n", "|10.0.0.9|2|eth0|eth0|eth0|\n"}
			asked++
			return wrote(header + rows[min(asked, len(rows))-1]), nil
		})})
		for _, test := range []struct {
			on   nodes.PNN
			want int
		}{{2, 4}, {nodes.NoPNN, 2}, {1, 3}} {
			asked = 0
			if err := client.WaitForAddress(t.Context(), anIP, test.on); err != nil || asked != test.want {
				t.Errorf("on %v: got %v after %d questions, want %d", test.on, err, asked, test.want)
			}
		}
		err := client.WaitForAddress(t.Context(), anIP, 7)
		if e, ok := errors.AsType[*ctdb.WaitError](err); !ok || e.For != "address 10.0.0.9 on node 7" || !errors.Is(err, ctdb.ErrTimeout) {
			t.Errorf("got %v", err)
		}
	})
	client := ctdb.New(ctdb.Config{Runner: answers(ctdb.Result{})})
	if err := client.WaitForAddress(t.Context(), netip.Addr{}, 1); !errors.Is(err, ctdb.ErrArgument) {
		t.Errorf("got %v", err)
	}
}

// TestWaitForGivesUp looks at what is left of a wait in vain.
func TestWaitForGivesUp(t *testing.T) {
	t.Parallel()
	waiting(t, func(t *testing.T, cluster *ctdbtest.Cluster, client *ctdb.Client) {
		why := errors.New("the night is over")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, why)
		defer cancel()
		if err := cluster.Disable(1); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(30*time.Second, func() { _ = cluster.Kill(0) })
		got, err := client.WaitFor(ctx, ctdb.NodeIs(2, status.FlagStopped))
		e, ok := errors.AsType[*ctdb.WaitError](err)
		if got != nil || !ok {
			t.Fatalf("got %v, %v", got, err)
		}
		for _, want := range []error{why, context.DeadlineExceeded, ctdb.ErrTimeout, ctdb.ErrNotRunning} {
			if !errors.Is(err, want) {
				t.Errorf("%v is not %v", err, want)
			}
		}
		if n, ok := e.Last.Node(1); !ok || n.Flags != status.FlagDisabled || !errors.Is(e.LastErr, ctdb.ErrNotRunning) {
			t.Errorf("got %+v", e)
		}
		for _, want := range []string{"waiting for node 2 to be STOPPED|INACTIVE: ", "the night is over", "last seen: node 0 OK, node 1 DISABLED", "last error: "} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
	})
}

// TestWaitForEnds looks at waits that end by themselves, by their context, and at once.
func TestWaitForEnds(t *testing.T) {
	t.Parallel()
	waiting(t, func(t *testing.T, _ *ctdbtest.Cluster, client *ctdb.Client) {
		never := ctdb.NodeIs(9, 0)
		start := time.Now()
		_, err := client.WaitFor(t.Context(), never)
		if took := time.Since(start); !errors.Is(err, ctdb.ErrTimeout) || took != ctdb.DefaultTimeout {
			t.Errorf("without a deadline: got %v after %v", err, took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err = client.WaitFor(ctx, never); !errors.Is(err, context.Canceled) || errors.Is(err, ctdb.ErrTimeout) {
			t.Errorf("canceled: got %v", err)
		}
		if _, err = client.WaitFor(ctx, never); !errors.Is(err, context.Canceled) {
			t.Errorf("canceled before: got %v", err)
		}
		start = time.Now()
		missing := ctdb.New(ctdb.Config{Runner: ctdbtest.New(ctdbtest.Options{}), Tool: "no-such-ctdb"})
		if _, err = missing.WaitFor(t.Context(), never); !errors.Is(err, ctdb.ErrToolMissing) || time.Since(start) != 0 {
			t.Errorf("without a tool: got %v after %v", err, time.Since(start))
		}
	})
}

// TestWaitForAsksRarely counts the questions of a long wait, and looks at the time that each is given.
func TestWaitForAsksRarely(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		runner := ctdb.RunnerFunc(func(ctx context.Context, _ ctdb.Command) (ctdb.Result, error) {
			asked++
			if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > ctdb.DefaultTimeout {
				t.Errorf("a question may take until %v", deadline)
			}
			return ctdb.Result{Stdout: []byte(okStatus)}, nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		_, err := ctdb.New(ctdb.Config{Runner: runner}).WaitFor(ctx, ctdb.NodeIs(nodes.PNN(1), 0))
		if asked < 300 || asked > 610 {
			t.Errorf("asked %d times, %v", asked, err)
		}
	})
}
