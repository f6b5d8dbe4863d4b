package ctdbtest_test

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

func errorOf[T any](_ T, err error) error { return err }

var connection = status.Connection{
	Source: netip.MustParseAddrPort("10.9.9.9:1234"), Destination: netip.AddrPortFrom(first, 445),
}

// TestFailures brings clusters of all releases into states in which calls fail, and looks at the errors.
func TestFailures(t *testing.T) {
	t.Parallel()
	type (
		cluster = *ctdbtest.Cluster
		client  = *ctdb.Client
	)
	ctx := t.Context()
	long, cancel := context.WithTimeout(ctx, time.Hour)
	t.Cleanup(cancel)
	inactive := func(c cluster) error { return c.Stop(0) }
	recovering := func(c cluster) error { c.SetRecovering(true); return nil }
	leaderless := func(c cluster) error { c.SetNoLeader(true); return nil }
	for _, test := range []struct {
		name  string
		state func(c cluster) error
		call  func(c client) error
		want  error
	}{
		{"not running", func(c cluster) error { return c.Kill(0) },
			func(c client) error { return errorOf(c.Uptime(ctx)) }, ctdb.ErrNotRunning},
		{"not running, events", func(c cluster) error { return c.Kill(0) },
			func(c client) error { return errorOf(c.EventStatus(ctx, "monitor")) }, ctdb.ErrNotRunning},
		{"not running, run an event", func(c cluster) error { return c.Kill(0) },
			func(c client) error { return c.RunEvent(ctx, time.Second, "monitor") }, ctdb.ErrNotRunning},
		{"all banned", func(c cluster) error { return errors.Join(c.Ban(0), c.Ban(1), c.Ban(3)) },
			func(c client) error { return errorOf(c.AllPublicIPs(ctx)) }, ctdb.ErrAllBanned},
		{"disconnected", func(c cluster) error { return c.Kill(1) },
			func(c client) error { return c.On(1).SetIfaceLink(ctx, "eth0", true) }, ctdb.ErrDisconnected},
		{"disconnected, for one", func(c cluster) error { return c.SetFlagsView(0, 1, status.FlagDisconnected) },
			func(c client) error { return errorOf(c.On(1).Uptime(ctx)) }, ctdb.ErrDisconnected},
		{"deleted", nil, func(c client) error { return errorOf(c.On(2).Databases(ctx)) }, ctdb.ErrDeleted},
		{"no such node", nil, func(c client) error { return errorOf(c.On(9).Statistics(ctx)) }, ctdb.ErrNoSuchNode},
		{"no such database", nil,
			func(c client) error { return errorOf(c.Database(ctx, "nosuch")) }, ctdb.ErrNoSuchDatabase},
		{"no such database to count", nil,
			func(c client) error { return errorOf(c.DatabaseStatistics(ctx, "0x1")) }, ctdb.ErrNoSuchDatabase},
		{"no such tunable", nil, func(c client) error { return c.SetVar(ctx, "nosuch", 1) }, ctdb.ErrNoSuchTunable},
		{"an obsolete tunable", nil,
			func(c client) error { return c.SetVar(ctx, "VerifyRecoveryLock", 1) }, ctdb.ErrNoSuchTunable},
		{"no group", func(c cluster) error { return c.SetNATGWNodes(0, "") },
			func(c client) error { return errorOf(c.NATGWLeader(ctx)) }, ctdb.ErrNoGroup},
		{"no other group", func(c cluster) error { return c.SetLVSNodes(0, "") },
			func(c client) error { return errorOf(c.LVSList(ctx)) }, ctdb.ErrNoGroup},
		{"an unknown address", nil,
			func(c client) error { return errorOf(c.PublicIPInfo(ctx, third)) }, ctdb.ErrRefused},
		{"an unknown address's connections", nil,
			func(c client) error { return errorOf(c.Tickles(ctx, third)) }, ctdb.ErrRefused},
		{"a connection to an unknown address", nil, func(c client) error {
			return c.AddTickle(ctx, status.Connection{Source: connection.Source, Destination: netip.MustParseAddrPort("10.8.8.8:1")})
		}, ctdb.ErrRefused},
		{"an unknown interface", nil,
			func(c client) error { return c.SetIfaceLink(ctx, "nosuch", true) }, ctdb.ErrRefused},
		{"another kind of database", nil,
			func(c client) error { return c.Attach(ctx, "vol.tdb", ctdb.PersistentDatabase) }, ctdb.ErrRefused},
		{"attach on a stopped node", inactive,
			func(c client) error { return c.Attach(ctx, "x.tdb", ctdb.VolatileDatabase) }, ctdb.ErrRefused},
		{"wipe on a stopped node", inactive,
			func(c client) error { return c.WipeDB(ctx, "vol.tdb") }, ctdb.ErrRefused},
		{"recover on a stopped node", inactive, func(c client) error { return c.Recover(ctx) }, ctdb.ErrTimeout},
		{"flags of a persistent database", nil,
			func(c client) error { return c.SetDBSticky(ctx, "pers.tdb") }, ctdb.ErrRefused},
		{"detach while clients may attach", nil,
			func(c client) error { return errorOf(c.Detach(ctx, "vol.tdb")) }, ctdb.ErrRefused},
		{"move what the node does not know", nil,
			func(c client) error { return c.MoveIP(long, third, 0) }, ctdb.ErrRefused},
		{"move it in less time", nil, func(c client) error { return c.MoveIP(ctx, third, 0) }, ctdb.ErrTimeout},
		{"move during a recovery", recovering,
			func(c client) error { return c.MoveIP(long, first, 1) }, ctdb.ErrRefused},
		{"add to an unknown interface", nil,
			func(c client) error { return errorOf(c.AddIP(long, netip.MustParsePrefix("10.1.1.9/24"), "nosuch")) }, ctdb.ErrRefused},
		{"add it in less time", nil,
			func(c client) error { return errorOf(c.AddIP(ctx, netip.MustParsePrefix("10.1.1.9/24"), "nosuch")) }, ctdb.ErrTimeout},
		{"takeover without a leader", leaderless,
			func(c client) error { return c.IPReallocate(ctx) }, ctdb.ErrTimeout},
		{"disable without a leader", leaderless,
			func(c client) error { return errorOf(c.Disable(ctx)) }, ctdb.ErrTimeout},
		{"recover without a leader", leaderless, func(c client) error { return c.Recover(ctx) }, ctdb.ErrRefused},
		{"attach without a leader", leaderless,
			func(c client) error { return c.Attach(ctx, "x.tdb", ctdb.VolatileDatabase) }, ctdb.ErrTimeout},
		{"recover during a recovery", recovering, func(c client) error { return c.Recover(ctx) }, ctdb.ErrTimeout},
		{"wipe during a recovery", recovering,
			func(c client) error { return c.WipeDB(ctx, "vol.tdb") }, ctdb.ErrTimeout},
		{"a failing takeip", func(c cluster) error {
			must(t, c.SetScript(1, "00.ctdb", "takeip", ctdbtest.Outcome{ExitCode: 1}))
			must(t, c.SetScript(3, "00.ctdb", "takeip", ctdbtest.Outcome{ExitCode: 1}))
			return c.Disable(0)
		}, func(c client) error { return c.IPReallocate(ctx) }, ctdb.ErrTakeover},
		{"a failing event", func(c cluster) error {
			return c.SetScript(0, "50.own", "foo", ctdbtest.Outcome{ExitCode: 3})
		}, func(c client) error { return c.RunEvent(ctx, time.Second, "foo") }, ctdb.ErrEventFailed},
		{"a slow event", func(c cluster) error {
			return c.SetScript(0, "50.own", "foo", ctdbtest.Outcome{TimesOut: true})
		}, func(c client) error { return c.RunEvent(ctx, time.Second, "foo") }, ctdb.ErrTimeout},
		{"different nodes files", func(c cluster) error { return c.SetNodesFile(1, "10.0.0.1\n") },
			func(c client) error { return errorOf(c.ReloadNodes(ctx)) }, ctdb.ErrNodesFile},
		{"a bad nodes file elsewhere", func(c cluster) error { return c.SetNodesFile(1, "x\n") },
			func(c client) error { return errorOf(c.ReloadNodes(ctx)) }, ctdb.ErrNodesFile},
		{"a bad nodes file", func(c cluster) error { return c.SetNodesFile(0, "10.0.0.1\nx\n") },
			func(c client) error { return errorOf(c.NodeList(ctx)) }, ctdb.ErrBadConfig},
		{"no nodes file", func(c cluster) error { return c.SetNodesFile(0, "") },
			func(c client) error { return errorOf(c.NodeList(ctx)) }, ctdb.ErrBadConfig},
		{"a deleted node that is connected", func(c cluster) error {
			return c.EditNodes(func(f *nodes.File) error { return f.Delete(1) })
		}, func(c client) error { return errorOf(c.ReloadNodes(ctx)) }, ctdb.ErrNodesFile},
		{"restore what is not there", nil,
			func(c client) error { return c.RestoreDB(ctx, "/backup", "") }, fs.ErrNotExist},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			for _, r := range releases {
				c := ctdbtest.New(full(r))
				if test.state != nil {
					must(t, test.state(c))
				}
				if err := test.call(c.Client(0)); !errors.Is(err, test.want) {
					t.Errorf("%v: got %v, want %v", r, err, test.want)
				}
			}
		})
	}
}
