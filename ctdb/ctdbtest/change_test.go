package ctdbtest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestCommands changes a cluster through a client, as a program would, and looks at what the others report.
func TestCommands(t *testing.T) {
	t.Parallel()
	for _, r := range []release.Release{{Major: 4, Minor: 13, Patch: 13}, {Major: 4, Minor: 25, Patch: 1}} {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			c := ctdbtest.New(ctdbtest.Options{Release: r, Nodes: 4, Deleted: []nodes.PNN{2}})
			ctx, client := t.Context(), c.Client(0).On(1)
			for _, test := range []struct {
				name    string
				do      func() (bool, error)
				changed bool
				want    string
			}{
				{"disable", func() (bool, error) { return client.Disable(ctx) }, true, "DISABLED"},
				{"disable again", func() (bool, error) { return client.Disable(ctx) }, false, "DISABLED"},
				{"stop", func() (bool, error) { return client.Stop(ctx) }, true, "DISABLED|STOPPED|INACTIVE"},
				{"enable", func() (bool, error) { return client.Enable(ctx) }, true, "STOPPED|INACTIVE"},
				{"enable again", func() (bool, error) { return client.Enable(ctx) }, false, "STOPPED|INACTIVE"},
				{"continue", func() (bool, error) { return client.Continue(ctx) }, true, "OK"},
				{"continue again", func() (bool, error) { return client.Continue(ctx) }, false, "OK"},
				{"ban", func() (bool, error) { return client.Ban(ctx, time.Minute) }, true, "BANNED|INACTIVE"},
				{"ban again", func() (bool, error) { return client.Ban(ctx, time.Minute) }, false, "BANNED|INACTIVE"},
				{"unban", func() (bool, error) { return client.Unban(ctx) }, true, "OK"},
				{"unban again", func() (bool, error) { return client.Unban(ctx) }, false, "OK"},
				{"shutdown", func() (bool, error) { return true, client.Shutdown(ctx) }, true, "DISCONNECTED|UNHEALTHY|INACTIVE"},
			} {
				changed, err := test.do()
				report, asked := c.Client(3).Status(ctx)
				must(t, errors.Join(err, asked))
				if n, _ := report.Node(1); changed != test.changed || n.State() != test.want {
					t.Errorf("%s: got %t and %s, want %t and %s", test.name, changed, n.State(), test.changed, test.want)
				}
			}
			_, err := client.Disable(ctx)
			_, deleted := c.Client(0).On(2).Disable(ctx)
			if !errors.Is(err, ctdb.ErrDisconnected) || !errors.Is(deleted, ctdb.ErrDeleted) {
				t.Errorf("got %v and %v", err, deleted)
			}
		})
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	for _, r := range []release.Release{{Major: 4, Minor: 13, Patch: 13}, {Major: 4, Minor: 25, Patch: 1}} {
		c := ctdbtest.New(ctdbtest.Options{Release: r})
		ctx := t.Context()
		must(t, c.Client(0).SetLeaderRole(ctx, false))
		must(t, c.Client(1).SetLMasterRole(ctx, false))
		report, err := c.Client(2).Status(ctx)
		must(t, err)
		if diff := cmp.Diff([]nodes.PNN{0, 2}, report.LMasters); diff != "" || !report.Leader.Is(1) {
			t.Errorf("leader %v; lmasters: mismatch (-want +got)\n%s", report.Leader, diff)
		}
		must(t, c.Client(0).SetLMasterRole(ctx, false))
		must(t, c.Client(2).SetLMasterRole(ctx, false))
		report, err = c.Client(2).Status(ctx)
		must(t, err)
		if diff := cmp.Diff([]nodes.PNN{1}, report.LMasters); diff != "" {
			t.Errorf("without any lmaster: mismatch (-want +got)\n%s", diff)
		}
		must(t, c.Client(1).SetLMasterRole(ctx, true))
		must(t, c.Client(0).SetLeaderRole(ctx, true))
		if err := c.Client(0).Recover(ctx); err != nil {
			t.Error(err)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	c, ctx := ctdbtest.New(ctdbtest.Options{}), t.Context()
	must(t, c.Client(0).On(1).SetVar(ctx, "monitorinterval", 7))
	must(t, c.Client(0).On(1).SetDebug(ctx, config.LevelDebug))
	if value, ok := c.Tunable(1, "MonitorInterval"); value != 7 || !ok {
		t.Errorf("node 1 has %d, %t", value, ok)
	}
	if value, ok := c.Tunable(0, "MonitorInterval"); value != 15 || !ok {
		t.Errorf("node 0 has %d, %t", value, ok)
	}
	if _, ok := c.Tunable(0, "nosuch"); ok {
		t.Error("there is a tunable nosuch")
	}
	if _, ok := c.Tunable(9, "MonitorInterval"); ok {
		t.Error("there is a node 9")
	}
	if err := c.Client(0).SetVar(ctx, "nosuch", 1); !errors.Is(err, ctdb.ErrNoSuchTunable) {
		t.Errorf("got %v", err)
	}
	if got := string(tool(t, c, 1, "getdebug").Stdout); got != "DEBUG\n" {
		t.Errorf("node 1 logs at %q", got)
	}
	reload, err := c.Client(0).ReloadNodes(ctx)
	if err != nil || len(reload.Changes) > 0 {
		t.Errorf("reload: got %+v, %v", reload, err)
	}
}

// TestLast takes the last nodes from a cluster, which a real tool can't wait for.
func TestLast(t *testing.T) {
	t.Parallel()
	c, ctx := ctdbtest.New(ctdbtest.Options{Nodes: 2}), t.Context()
	_, err := c.Client(0).Stop(ctx)
	must(t, err)
	if _, err = c.Client(1).Stop(ctx); !errors.Is(err, ctdb.ErrTimeout) {
		t.Errorf("stop the last: got %v", err)
	}
	if err = c.Client(1).IPReallocate(ctx); !errors.Is(err, ctdb.ErrTimeout) {
		t.Errorf("without a leader: got %v", err)
	}
	_, err = c.Client(0).Continue(ctx)
	must(t, err)
	_, err = c.Client(0).Ban(ctx, time.Minute)
	if !errors.Is(err, ctdb.ErrTimeout) || errors.Is(err, ctdb.ErrAllBanned) {
		t.Errorf("ban the last that leads: got %v", err)
	}
	if _, err = c.Client(1).Ban(ctx, time.Minute); !errors.Is(err, ctdb.ErrAllBanned) {
		t.Errorf("ban the last: got %v", err)
	}
	changed, err := c.Client(0).Unban(ctx)
	if !changed || err != nil {
		t.Errorf("unban: got %t, %v", changed, err)
	}
	if _, err = c.Client(0).WaitFor(ctx, ctdb.NodeIs(1, status.FlagBanned|status.FlagStopped)); err != nil {
		t.Error(err)
	}
}
