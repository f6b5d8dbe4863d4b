//go:build linux

package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestRealSocketActions changes real clusters of all releases through one transport, and looks through the other.
func TestRealSocketActions(t *testing.T) {
	realctdb.Each(t, socketOptions, func(t *testing.T, cluster *realctdb.Cluster) {
		c := commands{cluster}
		for _, test := range []struct {
			name string
			run  func(t *testing.T, c commands, does, looks *ctdb.Client)
		}{
			{"node states", socketNodeStates},
			{"settings", socketSettings},
			{"reload", socketReload},
			{"tickles", socketTickles},
			{"events", socketEvents},
		} {
			own := func() (socket, tool *ctdb.Client) { return overSocket(t, c.Cluster, 0), c.Client(0) }
			t.Run(test.name+" over the socket", func(t *testing.T) {
				c.WaitHealthy(t)
				socket, tool := own()
				test.run(t, c, socket, tool)
			})
			t.Run(test.name+" by the tool", func(t *testing.T) {
				c.WaitHealthy(t)
				socket, tool := own()
				test.run(t, c, tool, socket)
			})
		}
	})
}

// quiet takes an error that is not about the takeover run at the end, which a busy cluster may fail at.
func quiet(err error) error {
	if errors.Is(err, ctdb.ErrTakeover) {
		return nil
	}
	return err
}

func socketNodeStates(t *testing.T, c commands, does, looks *ctdb.Client) {
	ctx := c.context(t)
	for _, test := range []struct {
		name      string
		set, lift func(*ctdb.Client, context.Context) (bool, error)
		flag      status.Flags
	}{
		{"disabled", (*ctdb.Client).Disable, (*ctdb.Client).Enable, status.FlagDisabled},
		{"stopped", (*ctdb.Client).Stop, (*ctdb.Client).Continue, status.FlagStopped},
		{"banned", ban, (*ctdb.Client).Unban, status.FlagBanned},
	} {
		is := func(want bool) {
			t.Helper()
			condition := ctdb.NodeIsNot(1, test.flag)
			if want {
				condition = ctdb.NodeIs(1, test.flag)
			}
			if _, err := looks.WaitFor(ctx, condition); err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
		}
		for _, step := range []struct {
			name    string
			do      func(*ctdb.Client, context.Context) (bool, error)
			changed bool
			is      bool
		}{
			{"not so", test.lift, false, false}, {"set", test.set, true, true}, {"set again", test.set, false, true},
			{"lifted", test.lift, true, false},
		} {
			changed, err := step.do(does.On(1), ctx)
			if quiet(err) != nil || changed != step.changed {
				t.Errorf("%s, %s: changed %v, error %v", test.name, step.name, changed, err)
			}
			is(step.is)
		}
	}
	if err := quiet(does.IPReallocate(ctx)); err != nil {
		t.Error(err)
	}
	for name, do := range map[string]func(*ctdb.Client, context.Context) (bool, error){
		"disable": (*ctdb.Client).Disable, "stop": (*ctdb.Client).Stop, "ban": ban,
	} {
		_, deleted := do(does.On(realDeleted), ctx)
		_, missing := do(does.On(99), ctx)
		if !errors.Is(deleted, ctdb.ErrDeleted) || !errors.Is(missing, ctdb.ErrNoSuchNode) {
			t.Errorf("%s of nodes that are not there: %v, %v", name, deleted, missing)
		}
	}
}

func socketSettings(t *testing.T, c commands, does, looks *ctdb.Client) {
	ctx := c.context(t)
	if err := does.On(1).SetVar(ctx, "monitorinterval", 17); err != nil {
		t.Error(err)
	}
	if value, err := looks.On(1).Tunable(ctx, "MonitorInterval"); value != 17 || err != nil {
		t.Errorf("the tunable is %v, error %v", value, err)
	}
	if err := does.On(1).SetVar(ctx, "MonitorInterval", 2); err != nil {
		t.Error(err)
	}
	if err := does.SetVar(ctx, "NoSuchTunable", 2); !errors.Is(err, ctdb.ErrNoSuchTunable) {
		t.Errorf("an unknown tunable: %v", err)
	}
	for _, level := range []config.LogLevel{config.LevelDebug, config.LevelNotice} {
		if err := does.SetDebug(ctx, level); err != nil {
			t.Error(err)
		}
		if got, err := looks.LogLevel(ctx); got != level || err != nil {
			t.Errorf("level %v, error %v; want %v", got, err, level)
		}
	}
	before, err := looks.Statistics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c.WaitFor(t, "another second", func(context.Context) bool { return time.Now().Unix() > before.Current.Unix()+1 })
	if err := does.StatisticsReset(ctx); err != nil {
		t.Error(err)
	}
	if after, err := looks.Statistics(ctx); err != nil || !after.Since.After(before.Since) {
		t.Errorf("counted since %v, error %v", after, err)
	}
}

// socketReload adds an address to the file of one node, and takes it away again.
func socketReload(t *testing.T, c commands, does, looks *ctdb.Client) {
	ctx, file, addr := c.context(t), filepath.Join(c.Dir(0), "public_addresses"), c.PublicAddress(77)
	usual, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		lines []byte
		want  bool
	}{{fmt.Appendf(usual[:len(usual):len(usual)], "%v/32 lo\n", addr), true}, {usual, false}} {
		if err := os.WriteFile(file, step.lines, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := quiet(does.ReloadIPs(ctx, 0)); err != nil {
			t.Error(err)
		}
		c.WaitFor(t, fmt.Sprintf("address there: %v", step.want), func(ctx context.Context) bool {
			ips, err := looks.PublicIPs(ctx)
			return err == nil && step.want == slices.ContainsFunc(ips.IPs, func(ip status.PublicIP) bool { return ip.Address == addr })
		})
	}
}

func socketTickles(t *testing.T, c commands, does, looks *ctdb.Client) {
	ctx, addr := c.context(t), c.PublicAddress(101)
	connection := status.Connection{
		Source: netip.MustParseAddrPort("192.0.2.9:1000"), Destination: netip.AddrPortFrom(addr, 445),
	}
	told := func() []status.Connection {
		got, err := looks.Tickles(ctx, addr)
		if err != nil {
			t.Fatal(err)
		}
		return got.Connections
	}
	twice := func(do func(context.Context, status.Connection) error) {
		for range 2 {
			if err := do(ctx, connection); err != nil {
				t.Error(err)
			}
		}
	}
	c.WaitFor(t, "a connection to be added", func(context.Context) bool {
		// A node forgets the connections to an address that it takes, and one in test mode takes them in each takeover run.
		twice(does.AddTickle)
		diff := cmp.Diff([]status.Connection{connection}, told(), toldByBoth)
		if diff != "" {
			t.Logf("mismatch (-want +got)\n%s", diff)
		}
		return diff == ""
	})
	twice(does.DelTickle)
	if got := told(); len(got) > 0 {
		t.Errorf("got %v", got)
	}
	foreign := connection
	foreign.Destination = netip.MustParseAddrPort("192.0.2.77:445")
	if err := does.AddTickle(ctx, foreign); !errors.Is(err, ctdb.ErrRefused) {
		t.Errorf("a foreign address: %v", err)
	}
	if err := does.DelTickle(ctx, foreign); err != nil {
		t.Errorf("to forget a foreign address: %v", err)
	}
	if err := does.GratARP(ctx, addr, "lo"); err != nil {
		t.Error(err)
	}
}

func socketEvents(t *testing.T, c commands, does, looks *ctdb.Client) {
	ctx := c.context(t)
	if err := does.RunEvent(ctx, 10*time.Second, "other", "a", "b"); err != nil {
		t.Error(err)
	}
	if got, err := looks.EventStatus(ctx, "other"); err != nil || got.State != status.EventRan || !got.Result.Is(0) {
		t.Errorf("got %+v, error %v", got, err)
	}
	if err := quiet(does.RunEvent(ctx, time.Second, "slow")); err == nil {
		t.Error("an event that takes too long succeeds")
	} else if e, ok := errors.AsType[*ctdb.EventError](err); !ok || !errors.Is(err, ctdb.ErrTimeout) || e.Status != 110 {
		t.Errorf("an event that takes too long: %v", err)
	}
	e, ok := errors.AsType[*ctdb.EventError](does.RunEvent(ctx, 10*time.Second, "failing"))
	if !ok || !errors.Is(e, ctdb.ErrEventFailed) || e.Status != 8 {
		t.Errorf("an event that fails: %v", e)
	}
	if got, err := looks.EventStatus(ctx, "failing"); err != nil || !got.Result.Is(7) {
		t.Errorf("got %+v, error %v", got, err)
	}
}
