package ctdbtest_test

import (
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// stateOf gives a node's state as another one reports it, or the error.
func stateOf(t *testing.T, c *ctdbtest.Cluster, by, of nodes.PNN) string {
	t.Helper()
	report, err := c.Client(by).Status(t.Context())
	if err != nil {
		return err.Error()
	}
	n, _ := report.Node(of)
	return n.State()
}

// TestStartUp has a daemon come up step by step, as itself and others report it.
func TestStartUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		unsure := "DISCONNECTED|UNHEALTHY|INACTIVE"
		if r.HasUnknownFlag() {
			unsure = "UNKNOWN"
		}
		for _, test := range []struct {
			state           status.RunState
			others, another string // as others see it, and as it sees another one
		}{
			{status.RunStateInit, "DISCONNECTED|UNHEALTHY|INACTIVE", unsure},
			{status.RunStateSetup, "DISCONNECTED|UNHEALTHY|INACTIVE", unsure},
			{status.RunStateFirstRecovery, "UNHEALTHY", unsure},
			{status.RunStateStartup, "UNHEALTHY", "OK"},
		} {
			must(t, c.StartUp(3, test.state))
			state, err := c.Client(3).RunState(ctx)
			if err != nil || state != test.state {
				t.Errorf("%s: it says %s, %v", test.state, state, err)
			}
			if got := stateOf(t, c, 0, 3); got != test.others {
				t.Errorf("%s: others see it as %s", test.state, got)
			}
			if got := stateOf(t, c, 3, 0); got != test.another {
				t.Errorf("%s: it sees another one as %s", test.state, got)
			}
		}
		must(t, c.Start(3))
		if state, err := c.Client(3).RunState(ctx); err != nil || state != status.RunStateRunning || stateOf(t, c, 0, 3) != "OK" {
			t.Errorf("started: %s, %v, %s", state, err, stateOf(t, c, 0, 3))
		}
		if err := c.StartUp(3, status.RunStateRunning); !errors.Is(err, ctdb.ErrArgument) {
			t.Errorf("start up to RUNNING: got %v", err)
		}
	})
}

// TestRecovering looks at a cluster in an endless recovery, and at its end.
func TestRecovering(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		for _, recovering := range []bool{true, true, false, false} {
			c.SetRecovering(recovering)
			report, err := c.Client(0).On(1).Status(ctx)
			must(t, err)
			uptime, err := c.Client(1).Uptime(ctx)
			must(t, err)
			if report.RecoveryMode.Is(status.RecoveryActive) != recovering || (uptime.RecoveryTook < 0) != recovering {
				t.Errorf("%t: mode %v, a recovery of %v", recovering, report.RecoveryMode, uptime.RecoveryTook)
			}
		}
		must(t, c.Client(0).Recover(ctx))
	})
}

// TestNoLeader looks at a cluster that can't find a leader.
func TestNoLeader(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		c.SetNoLeader(true)
		leader, err := c.Client(0).Leader(ctx)
		report, asked := c.Client(0).Status(ctx)
		must(t, errors.Join(err, asked))
		if _, led := leader.Get(); led || report.Leader != leader || !report.RecoveryMode.Is(status.RecoveryActive) {
			t.Errorf("the leader is %v, the status %v", leader, report)
		}
		c.SetNoLeader(false)
		if leader, err := c.Client(0).Leader(ctx); err != nil || !leader.Is(0) {
			t.Errorf("then it is %v, %v", leader, err)
		}
	})
}

// TestNodeViews has nodes report what is not so, and finds that out as a monitor would.
func TestNodeViews(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		must(t, c.SetLeaderView(1, status.Known(nodes.PNN(3))))
		must(t, c.SetGenerationView(1, status.Known(status.Generation(7))))
		must(t, c.SetFlagsView(1, 3, status.FlagBanned))
		must(t, c.SetFlagsView(1, 0, status.FlagDisconnected))
		must(t, c.SetLock(1, "/other/lock"))
		report, err := c.Client(1).Status(ctx)
		must(t, err)
		zero, _ := report.Node(0)
		three, _ := report.Node(3)
		if !report.Leader.Is(3) || !report.Generation.Is(7) ||
			zero.State() != "DISCONNECTED|INACTIVE" || three.State() != "BANNED|INACTIVE" {
			t.Errorf("node 1 reports\n%v", report)
		}
		if lock, err := c.Client(0).On(1).ClusterLock(ctx); err != nil || lock.File != "/other/lock" {
			t.Errorf("its lock is %v, %v", lock, err)
		}
		other, err := c.Client(0).On(1).Status(ctx)
		if err != nil || !other.Generation.Is(7) || other.Leader.Is(3) == r.HasLeader() {
			t.Errorf("asked through node 0, node 1 reports\n%v, %v", other, err)
		}
		must(t, c.ClearViews(1))
		report, err = c.Client(1).Status(ctx)
		must(t, err)
		healthy, err := c.Client(0).Status(ctx)
		must(t, err)
		if report.Generation != healthy.Generation || stateOf(t, c, 1, 3) != "OK" || !report.Leader.Is(0) {
			t.Errorf("then node 1 reports\n%v", report)
		}
	})
}

// TestSnapshot gathers all that a cluster says.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		c := ctdbtest.New(full(r))
		all, err := c.Client(0).SnapshotAll(t.Context(), ctdb.SnapshotOptions{
			Runner: func(pnn nodes.PNN, _ netip.Addr) ctdb.Runner { return c.Runner(pnn) },
		})
		must(t, err)
		for _, n := range all.Nodes {
			if err := n.Err(); err != nil {
				t.Errorf("node %v: %v", n.PNN, err)
			}
		}
		if findings := all.Findings(); len(all.Nodes) != 3 || len(findings) > 0 {
			t.Errorf("%d nodes, with %v", len(all.Nodes), findings)
		}
		must(t, c.SetLock(1, "/other/lock"))
		must(t, c.SetGenerationView(3, status.Known(status.Generation(7))))
		all, err = c.Client(0).SnapshotAll(t.Context(), ctdb.SnapshotOptions{})
		must(t, err)
		if findings := all.Findings(); len(findings) != 2 {
			t.Errorf("a lock and a generation differ: %v", findings)
		}
	})
}

// TestTime lets time pass: for bans, uptimes and recoveries.
func TestTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, c := t.Context(), ctdbtest.New(ctdbtest.Options{})
		time.Sleep(time.Hour)
		must(t, c.Kill(2))
		must(t, c.Start(2))
		time.Sleep(time.Minute)
		took := func(pnn nodes.PNN) [2]time.Duration {
			uptime, err := c.Client(pnn).Uptime(ctx)
			must(t, err)
			recovered, _ := uptime.Recovered.Get()
			return [2]time.Duration{uptime.Now.Sub(uptime.Started), uptime.Now.Sub(recovered)}
		}
		if diff := cmp.Diff([2]time.Duration{61 * time.Minute, time.Minute}, took(0)); diff != "" {
			t.Errorf("node 0: mismatch (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff([2]time.Duration{time.Minute, time.Minute}, took(2)); diff != "" {
			t.Errorf("node 2: mismatch (-want +got)\n%s", diff)
		}

		_, err := c.Client(0).On(1).Ban(ctx, time.Minute)
		must(t, err)
		must(t, c.Ban(2))
		time.Sleep(time.Minute - time.Second)
		before := stateOf(t, c, 0, 1)
		time.Sleep(time.Second)
		if after := stateOf(t, c, 0, 1); before != "BANNED|INACTIVE" || after != "OK" {
			t.Errorf("a ban of a minute: %s, then %s", before, after)
		}
		if got := took(1); got[1] > time.Second {
			t.Errorf("the recovery after the ban was %v ago", got[1])
		}
		time.Sleep(time.Hour)
		if got := stateOf(t, c, 0, 2); got != "BANNED|INACTIVE" {
			t.Errorf("a ban without an end: %s", got)
		}
	})
}

// TestWaitFor waits for a change that comes later.
func TestWaitFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := ctdbtest.New(ctdbtest.Options{})
		_, err := c.Client(0).On(1).Ban(t.Context(), 5*time.Second)
		must(t, err)
		start := time.Now()
		if _, err := c.Client(0).WaitFor(t.Context(), ctdb.NodeIsNot(1, status.FlagBanned)); err != nil {
			t.Error(err)
		}
		if waited := time.Since(start); waited < 5*time.Second || waited > 9*time.Second {
			t.Errorf("it took %v", waited)
		}
	})
}
