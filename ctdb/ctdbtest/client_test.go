package ctdbtest_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// releases are simulated ones, with what differs between them.
var releases = []release.Release{
	{Major: 4, Minor: 9, Patch: 0}, {Major: 4, Minor: 13, Patch: 13}, {Major: 4, Minor: 17, Patch: 12},
	{Major: 4, Minor: 22, Patch: 11}, {Major: 4, Minor: 25, Patch: 1},
}

var first, second, third = netip.MustParseAddr("10.1.1.1"), netip.MustParseAddr("10.1.1.2"), netip.MustParseAddr("fd00::3")

// full are options for a cluster that has some of everything.
func full(r release.Release) ctdbtest.Options {
	follower := " follower-only"
	if !r.AtLeast(4, 14, 0) {
		follower = " slave-only"
	}
	return ctdbtest.Options{
		Release: r, Nodes: 4, Deleted: []nodes.PNN{2}, Lock: "/clusterfs/lock",
		PublicAddresses: []ctdbtest.PublicAddress{
			{Prefix: netip.PrefixFrom(first, 24)},
			{Prefix: netip.PrefixFrom(second, 24), Interfaces: []string{"eth1", "eth2"}},
			{Prefix: netip.PrefixFrom(third, 64), Interfaces: []string{"eth1"}, Nodes: []nodes.PNN{3}},
		},
		Databases: []ctdbtest.Database{
			{Name: "vol.tdb"}, {Name: "pers.tdb", Kind: ctdb.PersistentDatabase}, {Name: "repl.tdb", Kind: ctdb.ReplicatedDatabase},
		},
		Scripts: []ctdbtest.Script{
			{Name: "00.ctdb", Enabled: true}, {Name: "11.natgw"}, {Name: "50.own", Enabled: true, Local: true}, {Name: "70.own", Local: true},
		},
		NATGWNodes: "10.0.0.1" + follower + "\n10.0.0.2\n10.0.0.4\n",
		LVSNodes:   "10.0.0.2\n10.0.0.4\n",
	}
}

// said gives the result of a call as text.
func said[T any](answer T, err error) func(format string, parts func(T) []any) (string, error) {
	return func(format string, parts func(T) []any) (string, error) {
		if err != nil {
			return "", err
		}
		return fmt.Sprintf(format, parts(answer)...), nil
	}
}

// plain gives the result of a call that needs no words.
func plain[T any](answer T, err error) (string, error) { return fmt.Sprint(answer), err }

// TestQueries asks clusters of all releases through a client, and looks at the typed answers.
func TestQueries(t *testing.T) {
	t.Parallel()
	type client = *ctdb.Client
	for _, r := range releases {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			c := ctdbtest.New(full(r))
			for _, test := range []struct {
				name string
				on   nodes.PNN
				ask  func(c client) (string, error)
				want string
			}{
				{"Version", 0, func(c client) (string, error) { return plain(c.Version(ctx)) }, r.String()},
				{"PNN", 3, func(c client) (string, error) { return plain(c.PNN(ctx)) }, "3"},
				{"PID", 1, func(c client) (string, error) { return plain(c.PID(ctx)) }, "4002"},
				{"Leader", 1, func(c client) (string, error) { return plain(c.Leader(ctx)) }, "0"},
				{"RunState", 0, func(c client) (string, error) { return plain(c.RunState(ctx)) }, "RUNNING"},
				{"LogLevel", 0, func(c client) (string, error) { return plain(c.LogLevel(ctx)) }, "NOTICE"},
				{"ClusterLock", 0, func(c client) (string, error) { return plain(c.ClusterLock(ctx)) }, "/clusterfs/lock"},
				{"Tunable", 0, func(c client) (string, error) { return plain(c.Tunable(ctx, "monitorinterval")) }, "15"},
				{"Tunables", 0, func(c client) (string, error) {
					return said(c.Tunables(ctx))("%d", func(all *status.Tunables) []any { return []any{len(all.Tunables) / 10} })
				}, map[bool]string{true: "4", false: "5"}[r.AtLeast(4, 12, 0)]},
				{"Ping", 0, func(c client) (string, error) {
					return said(c.Ping(ctx))("%v %d", func(p *status.Ping) []any { return []any{p.PNN, p.Clients} })
				}, "0 1"},
				{"Uptime", 1, func(c client) (string, error) {
					return said(c.Uptime(ctx))("%v %v", func(u *status.Uptime) []any { return []any{u.PNN, u.RecoveryTook} })
				}, "1 400ms"},
				{"Capabilities", 1, func(c client) (string, error) {
					return said(c.Capabilities(ctx))("%t %t", func(all *status.Capabilities) []any { return []any{all.Leader, all.LMaster} })
				}, "true true"},
				{"NodeList", 0, func(c client) (string, error) {
					return said(c.NodeList(ctx))("%v", func(list *status.NodeList) []any { return []any{list.Nodes[2].Address} })
				}, "10.0.0.4"},
				{"Status", 1, func(c client) (string, error) {
					return said(c.Status(ctx))("%v %v", func(all *status.Cluster) []any { return []any{len(all.Nodes), all.LMasters} })
				}, "3 [0 1 3]"},
				{"PublicIPs", 1, func(c client) (string, error) {
					return said(c.PublicIPs(ctx))("%v %s %d", func(all *status.PublicIPs) []any {
						return []any{all.IPs[0].Node, all.IPs[1].ActiveInterface, len(all.IPs)}
					})
				}, "0 eth1 2"},
				{"AllPublicIPs", 1, func(c client) (string, error) {
					return said(c.AllPublicIPs(ctx))("%v %v %v", func(all *status.PublicIPs) []any {
						return []any{all.IPs[1].ConfiguredInterfaces, all.IPs[2].Node, all.IPs[2].AvailableInterfaces}
					})
				}, "[eth1 eth2] 3 [eth1]"},
				{"PublicIPInfo", 3, func(c client) (string, error) {
					return said(c.PublicIPInfo(ctx, third))("%v %s", func(info *status.PublicIPInfo) []any {
						return []any{info.Node, info.ActiveInterface}
					})
				}, "3 eth1"},
				{"Interfaces", 1, func(c client) (string, error) {
					return said(c.Interfaces(ctx))("%s %s", func(all *status.Interfaces) []any {
						return []any{all.Interfaces[0].Name, all.Interfaces[2].Name}
					})
				}, "eth2 eth0"},
				{"Tickles", 0, func(c client) (string, error) {
					return said(c.Tickles(ctx, first))("%d", func(all *status.Tickles) []any { return []any{len(all.Connections)} })
				}, "0"},
				{"Databases", 0, func(c client) (string, error) {
					return said(c.Databases(ctx))("%v", func(all *status.DatabaseMap) []any { return []any{all.Databases[1]} })
				}, "dbid:0x3880c3f1 name:pers.tdb path:/var/lib/ctdb/persistent/pers.tdb.0 PERSISTENT"},
				{"Database", 1, func(c client) (string, error) {
					return said(c.Database(ctx, "0x900f773e"))("%s %s", func(d *status.DatabaseStatus) []any { return []any{d.Name, d.Health} })
				}, "vol.tdb OK"},
				{"Statistics", 0, func(c client) (string, error) {
					return said(c.Statistics(ctx))("%d %d", func(s *status.Statistics) []any { return []any{s.Recoveries, len(s.LockTimes)} })
				}, "1 16"},
				{"StatisticsHistory", 0, func(c client) (string, error) {
					return said(c.StatisticsHistory(ctx, 2))("%d", func(h *status.StatisticsHistory) []any { return []any{len(h.Records)} })
				}, "1"},
				{"DatabaseStatistics", 0, func(c client) (string, error) {
					return said(c.DatabaseStatistics(ctx, "pers.tdb"))("%s %d", func(s *status.DBStatistics) []any {
						return []any{s.Name, len(s.HotKeys)}
					})
				}, "pers.tdb 10"},
				{"EventStatus", 0, func(c client) (string, error) {
					return said(c.EventStatus(ctx, "monitor"))("%s %v", func(e *status.EventStatus) []any {
						return []any{e.Scripts[1].Name, e.Scripts[2].State}
					})
				}, "50.own DISABLED"},
				{"EventScripts", 0, func(c client) (string, error) {
					return said(c.EventScripts(ctx))("%v", func(all *status.EventScripts) []any { return []any{all.Scripts} })
				}, "[* 00.ctdb   11.natgw * 50.own   70.own]"},
				{"NATGWLeader", 0, func(c client) (string, error) {
					return said(c.NATGWLeader(ctx))("%v %v", func(l *status.GroupLeader) []any { return []any{l.PNN, l.Address} })
				}, "1 10.0.0.2"},
				{"NATGWList", 0, func(c client) (string, error) {
					return said(c.NATGWList(ctx))("%v", func(g *status.NATGWGroup) []any { return []any{g.Members} })
				}, "[10.0.0.1\tfollower-only 10.0.0.2\tLEADER 10.0.0.4]"},
				{"NATGWStatus", 0, func(c client) (string, error) {
					return said(c.NATGWStatus(ctx))("%d", func(all *status.Cluster) []any { return []any{len(all.Nodes)} })
				}, "3"},
				{"LVSLeader", 0, func(c client) (string, error) {
					return said(c.LVSLeader(ctx))("%v", func(l *status.GroupLeader) []any { return []any{l.PNN} })
				}, "1"},
				{"LVSList", 0, func(c client) (string, error) {
					return said(c.LVSList(ctx))("%v", func(g *status.LVSGroup) []any { return []any{g.Members} })
				}, "[1 10.0.0.2 3 10.0.0.4]"},
				{"LVSStatus", 0, func(c client) (string, error) {
					return said(c.LVSStatus(ctx))("%d", func(all *status.Cluster) []any { return []any{len(all.Nodes)} })
				}, "2"},
			} {
				got, err := test.ask(ctdb.New(ctdb.Config{Runner: c.Runner(test.on), Strict: true}))
				if err != nil || got != test.want {
					t.Errorf("%s: got %q, %v; want %q", test.name, got, err, test.want)
				}
			}
		})
	}
}

// TestQueriesOfAnother asks about a node through another one.
func TestQueriesOfAnother(t *testing.T) {
	t.Parallel()
	for _, r := range releases {
		c, ctx := ctdbtest.New(full(r)), t.Context()
		must(t, c.SetLock(3, "!/bin/other lock"))
		client := c.Client(0).On(3)
		lock, err := client.ClusterLock(ctx)
		if err != nil || lock != (config.Lock{Command: "/bin/other lock"}) {
			t.Errorf("%v: the lock is %v, %v", r, lock, err)
		}
		database, err := client.Database(ctx, "repl.tdb")
		if err != nil || database.Path != "/var/lib/ctdb/volatile/repl.tdb.3" {
			t.Errorf("%v: the database is %+v, %v", r, database, err)
		}
		ips, err := client.PublicIPs(ctx)
		if err != nil || len(ips.IPs) != 3 {
			t.Errorf("%v: the addresses are %+v, %v", r, ips, err)
		}
		for name, err := range map[string]error{
			"pnn": errorOf(client.PNN(ctx)), "natgw": errorOf(client.NATGWList(ctx)), "event": errorOf(client.EventStatus(ctx, "monitor")),
			"attach": client.Attach(ctx, "x.tdb", ctdb.VolatileDatabase), "moveip": client.On(1).MoveIP(ctx, first, 0),
			"listnodes": errorOf(client.NodeList(ctx)), "tickle": client.Tickle(ctx, connection), "reloadips": client.ReloadIPs(ctx),
		} {
			if !errors.Is(err, ctdb.ErrUsage) {
				t.Errorf("%v: %s for another node: got %v", r, name, err)
			}
		}
	}
}
