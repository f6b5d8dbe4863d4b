//go:build linux

package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

const realEvents = `#!/bin/sh
case $1 in
failing) echo no good; exit 7 ;;
slow) sleep 30 ;;
esac
exit 0
`

// TestRealCommands changes real clusters of all releases, and looks at the effect with another command.
func TestRealCommands(t *testing.T) {
	options := realctdb.Options{
		Nodes: realNodes, Deleted: []int{realDeleted}, Spare: 1, Scripts: map[string]string{"60.test": realEvents},
	}
	realctdb.Each(t, options, func(t *testing.T, cluster *realctdb.Cluster) {
		c := commands{cluster}
		for _, test := range []struct {
			name string
			run  func(t *testing.T, c commands)
		}{
			{"node states", realStates},
			{"tunables", realTunables},
			{"public addresses", realPublicIPs},
			{"impossible addresses", realImpossibleIPs},
			{"recovery", realRecovery},
			{"roles", realRoles},
			{"events", realRunEvents},
			{"databases", realDatabases},
			{"tickles", realTickles},
			{"nodes that are not there", realNotThere},
			{"reload of nodes", realReloadNodes},
			{"end of nodes", realEnds},
			{"last nodes", realLast},
		} {
			t.Run(test.name, func(t *testing.T) {
				c.WaitHealthy(t)
				test.run(t, c)
			})
		}
	})
}

// commands is a cluster that commands change.
type commands struct{ *realctdb.Cluster }

// context gives calls the time that they may need on a busy machine.
func (c commands) context(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// sees runs the tool, and wants its output to have a match.
func (c commands) sees(t *testing.T, pnn int, want string, args ...string) {
	t.Helper()
	result := c.Tool(t, pnn, args...)
	if !regexp.MustCompile("(?m)" + want).Match(result.Stdout) {
		t.Errorf("node %d: ctdb %s: no %q in\n%s%s", pnn, strings.Join(args, " "), want, result.Stdout, result.Stderr)
	}
}

// is wants an error of these kinds and no others.
func is(t *testing.T, what string, err error, want ...string) {
	t.Helper()
	if diff := cmp.Diff(set(want...), kinds(err)); diff != "" || (err == nil) != (len(want) == 0) {
		t.Errorf("%s: %v: mismatch (-want +got)\n%s", what, err, diff)
	}
}

// changes wants a call to do something, or to find that there is nothing to do.
func changes(t *testing.T, what string, want bool) func(bool, error) {
	t.Helper()
	return func(changed bool, err error) {
		t.Helper()
		if err != nil || changed != want {
			t.Errorf("%s: got %t, %v; want %t", what, changed, err, want)
		}
	}
}

// realStates sets and lifts each state of an administrator's, on the node itself and from another.
func realStates(t *testing.T, c commands) {
	ctx := c.context(t)
	client := c.Client(0).On(1)
	changes(t, "disable", true)(c.Client(1).Disable(ctx))
	c.sees(t, 1, `^pnn:1 .*\bDISABLED\b`, "nodestatus")
	changes(t, "enable", true)(c.Client(1).Enable(ctx))
	for _, test := range []struct {
		state     string
		flag      status.Flags
		set, lift func() (bool, error)
	}{
		{"DISABLED", status.FlagDisabled, func() (bool, error) { return client.Disable(ctx) }, func() (bool, error) { return client.Enable(ctx) }},
		{"STOPPED", status.FlagStopped, func() (bool, error) { return client.Stop(ctx) }, func() (bool, error) { return client.Continue(ctx) }},
		{"BANNED", status.FlagBanned, func() (bool, error) { return client.Ban(ctx, time.Minute) }, func() (bool, error) { return client.Unban(ctx) }},
	} {
		what := test.state
		changes(t, what, true)(test.set())
		c.sees(t, 0, `^pnn:1 .*\b`+test.state+`\b`, "nodestatus", "1")
		changes(t, what+" again", false)(test.set())
		changes(t, what+" lifted", true)(test.lift())
		changes(t, what+" lifted again", false)(test.lift())
		if _, err := c.Client(0).WaitFor(ctx, ctdb.NodeIsNot(1, test.flag)); err != nil {
			t.Error(err)
		}
		c.sees(t, 1, `^pnn:1 \S+ +OK`, "nodestatus", "1")
	}
	if _, err := c.Client(0).WaitFor(ctx, ctdb.Healthy()); err != nil {
		t.Error(err)
	}
}

func realTunables(t *testing.T, c commands) {
	ctx := c.context(t)
	for _, value := range []uint32{77, 1<<32 - 1, 0} {
		is(t, "setvar", c.Client(0).On(1).SetVar(ctx, "eventscripttimeout", value))
		c.sees(t, 1, fmt.Sprintf(`= %d$`, value), "getvar", "EventScriptTimeout")
	}
	c.sees(t, 0, `= 30$`, "getvar", "EventScriptTimeout")
	is(t, "setvar back", c.Client(1).SetVar(ctx, "EventScriptTimeout", 30))
	is(t, "setvar nosuch", c.Client(0).SetVar(ctx, "nosuch", 1), "no such tunable")

	for _, level := range []config.LogLevel{config.LevelError, config.LevelWarning, config.LevelInfo, config.LevelDebug, config.LevelNotice} {
		is(t, "setdebug", c.Client(0).On(1).SetDebug(ctx, level))
		c.sees(t, 1, "^"+level.String()+"$", "getdebug")
	}

	packets := func() int {
		match := regexp.MustCompile(`node_packets_recv +(\d+)`).FindSubmatch(c.Tool(t, 1, "statistics").Stdout)
		if match == nil {
			t.Fatal("ctdb statistics has no node_packets_recv")
		}
		n, _ := strconv.Atoi(string(match[1]))
		return n
	}
	before := packets()
	is(t, "statisticsreset", c.Client(0).On(1).StatisticsReset(ctx))
	if after := packets(); after >= before {
		t.Errorf("statisticsreset: %d packets before, %d after", before, after)
	}
}

// hosts gives the public addresses that a node reports with those who host them.
func (c commands) hosts(t *testing.T, pnn int, args ...string) map[netip.Addr]string {
	t.Helper()
	ips, err := status.ParsePublicIPs(c.Tool(t, pnn, append([]string{"ip"}, args...)...).Stdout)
	if err != nil {
		t.Fatal(err)
	}
	hosts := map[netip.Addr]string{}
	for _, ip := range ips.IPs {
		hosts[ip.Address] = ip.Node.String()
	}
	return hosts
}

// publish writes the public_addresses file of all nodes. The script 10.interface is not enabled, so that addresses are
// only on paper: on one machine, all nodes would share them.
func (c commands) publish(t *testing.T, numbers ...int) {
	t.Helper()
	var text strings.Builder
	for _, number := range numbers {
		fmt.Fprintf(&text, "%v/24 lo\n", c.PublicAddress(number))
	}
	for pnn := range realNodes {
		if err := os.WriteFile(filepath.Join(c.Dir(pnn), "public_addresses"), []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	is(t, "reloadips", c.Client(0).ReloadIPs(c.context(t)))
}

func realPublicIPs(t *testing.T, c commands) {
	ctx := c.context(t)
	c.publish(t, 1, 2)
	first, second, third := c.PublicAddress(1), c.PublicAddress(2), c.PublicAddress(3)
	hosts := c.hosts(t, 0, "all")
	if len(hosts) != 2 || hosts[first] == "unknown" || hosts[second] == "unknown" {
		t.Errorf("after reloadips: %v", hosts)
	}
	for _, to := range realRunning {
		for range 2 {
			is(t, "moveip", c.Client(0).MoveIP(ctx, first, to))
			is(t, "wait for the address", c.Client(1).WaitForAddress(ctx, first, to))
			if at := c.hosts(t, 0)[first]; at != to.String() {
				t.Errorf("after moveip to %v: at %s", to, at)
			}
		}
	}
	is(t, "moveip to a deleted node", c.Client(0).MoveIP(ctx, first, realDeleted), "deleted")
	is(t, "moveip to no node", c.Client(0).MoveIP(ctx, first, 99), "no such node")
	is(t, "moveip for another node", c.Client(0).On(1).MoveIP(ctx, first, 0), "usage")

	prefix := netip.PrefixFrom(third, 24)
	changes(t, "addip", true)(c.Client(0).On(1).AddIP(ctx, prefix, "lo"))
	if hosts := c.hosts(t, 1); hosts[third] != "1" {
		t.Errorf("after addip: %v", hosts)
	}
	changes(t, "addip again", false)(c.Client(0).On(1).AddIP(ctx, prefix, "lo"))
	changes(t, "delip", true)(c.Client(0).On(1).DelIP(ctx, third))
	if _, ok := c.hosts(t, 1)[third]; ok {
		t.Errorf("after delip: %v", c.hosts(t, 1))
	}
	changes(t, "delip again", false)(c.Client(0).On(1).DelIP(ctx, third))

	changes(t, "delip of one of the file", true)(c.Client(3).DelIP(ctx, second))
	is(t, "reloadips of two", c.Client(0).ReloadIPs(ctx, 0, 3))
	if _, ok := c.hosts(t, 3)[second]; !ok {
		t.Errorf("after reloadips: %v", c.hosts(t, 3))
	}
	is(t, "reloadips of a deleted node", c.Client(0).ReloadIPs(ctx, 0, realDeleted), "deleted")
	is(t, "reloadips of no node", c.Client(0).ReloadIPs(ctx, 99), "no such node")
	is(t, "ipreallocate", c.Client(0).IPReallocate(ctx))
	is(t, "ipreallocate through another", c.Client(0).On(1).IPReallocate(ctx))

	is(t, "setifacelink down", c.Client(0).On(1).SetIfaceLink(ctx, "lo", false))
	c.sees(t, 1, `^name:lo link:down`, "ifaces")
	is(t, "setifacelink up", c.Client(0).On(1).SetIfaceLink(ctx, "lo", true))
	is(t, "setifacelink up again", c.Client(0).On(1).SetIfaceLink(ctx, "lo", true))
	c.sees(t, 1, `^name:lo link:up`, "ifaces")
	is(t, "setifacelink of no interface", c.Client(0).On(1).SetIfaceLink(ctx, "nosuch", true), "refused")
	is(t, "gratarp", c.Client(0).On(1).GratARP(ctx, first, "lo"))
	is(t, "gratarp of no interface", c.Client(0).On(1).GratARP(ctx, first, "nosuch"))
}

// realImpossibleIPs is about what the tool tries for a quarter of a minute.
func realImpossibleIPs(t *testing.T, c commands) {
	address := c.PublicAddress(77)
	t.Run("moveip", func(t *testing.T) {
		t.Parallel()
		is(t, "an address that is not public", c.Client(0).MoveIP(c.context(t), address, 1), "refused")
	})
	t.Run("addip", func(t *testing.T) {
		t.Parallel()
		_, err := c.Client(0).AddIP(c.context(t), netip.PrefixFrom(address, 24), "nosuch")
		is(t, "an interface that is not there", err, "refused")
	})
	t.Run("by default", func(t *testing.T) {
		t.Parallel()
		is(t, "without a deadline", c.Client(3).MoveIP(t.Context(), address, 1), "timeout")
	})
}

func realRecovery(t *testing.T, c commands) {
	generation := func() status.Value[status.Generation] { return ask(t, c.Client(0)).Generation }
	for _, client := range []*ctdb.Client{c.Client(0), c.Client(0).On(1)} {
		before := generation()
		is(t, "recover", client.Recover(c.context(t)))
		if after := generation(); after == before || after.IsUnknown() {
			t.Errorf("after recover: generation %v, before %v", after, before)
		}
	}
}

func realRoles(t *testing.T, c commands) {
	ctx := c.context(t)
	client := c.Client(0).On(1)
	for range 2 {
		is(t, "setlmasterrole off", client.SetLMasterRole(ctx, false))
		if lmasters := ask(t, c.Client(1)).LMasters; slices.Contains(lmasters, 1) {
			t.Errorf("after setlmasterrole off: lmasters %v", lmasters)
		}
	}
	is(t, "setlmasterrole on", client.SetLMasterRole(ctx, true))
	if lmasters := ask(t, c.Client(1)).LMasters; !slices.Contains(lmasters, 1) {
		t.Errorf("after setlmasterrole on: lmasters %v", lmasters)
	}
	c.WaitHealthy(t)
	led, err := c.Client(0).WaitFor(ctx, ctdb.LeaderKnown())
	if err != nil {
		t.Fatal(err)
	}
	leader, _ := led.Leader.Get()
	for range 2 {
		is(t, "setleaderrole off", c.Client(0).On(leader).SetLeaderRole(ctx, false))
		if ask(t, c.Client(0).On(leader)).Leader.Is(leader) {
			t.Errorf("after setleaderrole off: node %v leads", leader)
		}
	}
	c.sees(t, int(leader), `^(LEADER|RECMASTER): NO$`, "getcapabilities")
	is(t, "setleaderrole on", c.Client(0).On(leader).SetLeaderRole(ctx, true))
	c.sees(t, int(leader), `^(LEADER|RECMASTER): YES$`, "getcapabilities")
}

func realRunEvents(t *testing.T, c commands) {
	ctx, client := c.context(t), c.Client(0)
	is(t, "an event that no script minds", client.RunEvent(ctx, 20*time.Second, "ipreallocated"))
	is(t, "with arguments", client.RunEvent(ctx, 20*time.Second, "takeip", "nosuch", "127.78.0.1", "24"))
	for _, test := range []struct {
		event  string
		time   time.Duration
		status int
		want   error
	}{
		{"failing", 20 * time.Second, 8, ctdb.ErrEventFailed},
		{"slow", time.Second, 110, ctdb.ErrTimeout},
	} {
		err := client.RunEvent(ctx, test.time, test.event)
		e, ok := errors.AsType[*ctdb.EventError](err)
		if !ok || e.Status != test.status || !errors.Is(err, test.want) {
			t.Errorf("%s: got %v", test.event, err)
		}
	}
	is(t, "for a node", client.On(0).RunEvent(ctx, time.Second, "ipreallocated"), "usage")
}

func realDatabases(t *testing.T, c commands) {
	ctx, client := c.context(t), c.Client(0)
	for name, kind := range map[string]ctdb.DatabaseKind{
		"vol.tdb": ctdb.VolatileDatabase, "pers.tdb": ctdb.PersistentDatabase, "repl.tdb": ctdb.ReplicatedDatabase,
		"with space.tdb": ctdb.VolatileDatabase,
	} {
		for range 2 {
			is(t, "attach "+name, client.Attach(ctx, name, kind))
		}
	}
	for _, pnn := range realRunning {
		c.sees(t, int(pnn), `name:vol\.tdb path:\S+$`, "getdbmap")
		c.sees(t, int(pnn), `name:pers\.tdb path:\S+ PERSISTENT$`, "getdbmap")
		c.sees(t, int(pnn), `name:repl\.tdb path:\S+ REPLICATED$`, "getdbmap")
	}
	is(t, "attach as another kind", client.Attach(ctx, "vol.tdb", ctdb.PersistentDatabase), "refused")
	is(t, "attach for another node", client.On(1).Attach(ctx, "other.tdb", ctdb.VolatileDatabase), "usage")

	realBackup(t, c)
	realDatabaseFlags(t, c)
	realDetach(t, c)
}

// realBackup backs a database up, restores it, and wipes it.
func realBackup(t *testing.T, c commands) {
	ctx, client := c.context(t), c.Client(0)
	file := filepath.Join(strings.TrimPrefix(c.Dir(0), c.Root()), "backup")
	c.Tool(t, 0, "pstore", "pers.tdb", "key", "before")
	is(t, "backupdb", client.BackupDB(ctx, "pers.tdb", file))
	c.Tool(t, 0, "pstore", "pers.tdb", "key", "after")
	c.sees(t, 1, `data\(5\) = "after"`, "cattdb", "pers.tdb")
	is(t, "restoredb", client.RestoreDB(ctx, file, ""))
	c.sees(t, 1, `data\(6\) = "before"`, "cattdb", "pers.tdb")
	is(t, "restoredb to another", client.RestoreDB(ctx, file, "copy.tdb"))
	c.sees(t, 1, `data\(6\) = "before"`, "cattdb", "copy.tdb")
	is(t, "restoredb to one of another kind", client.RestoreDB(ctx, file, "vol.tdb"), "refused")
	is(t, "wipedb", client.WipeDB(ctx, "pers.tdb"))
	c.sees(t, 1, `^Dumped 0 record`, "cattdb", "pers.tdb")

	is(t, "backupdb of no database", client.BackupDB(ctx, "nosuch", file), "no such database")
	is(t, "wipedb of no database", client.WipeDB(ctx, "nosuch"), "no such database")
	if err := client.BackupDB(ctx, "pers.tdb", "/nosuch/backup"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("backupdb to nowhere: got %v", err)
	}
	if err := client.RestoreDB(ctx, "/nosuch", ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("restoredb from nowhere: got %v", err)
	}
}

func realDatabaseFlags(t *testing.T, c commands) {
	ctx := c.context(t)
	for range 2 {
		is(t, "setdbreadonly", c.Client(0).SetDBReadOnly(ctx, "with space.tdb"))
		is(t, "setdbsticky", c.Client(0).On(1).SetDBSticky(ctx, "with space.tdb"))
	}
	c.sees(t, 0, `name:with space\.tdb path:.* READONLY$`, "getdbmap")
	c.sees(t, 1, `name:with space\.tdb path:.* STICKY$`, "getdbmap")
	is(t, "setdbreadonly of a persistent one", c.Client(0).SetDBReadOnly(ctx, "pers.tdb"), "refused")
	is(t, "setdbsticky of a persistent one", c.Client(0).SetDBSticky(ctx, "pers.tdb"), "refused")
	is(t, "setdbsticky of no database", c.Client(0).SetDBSticky(ctx, "nosuch"), "no such database")
}

func realDetach(t *testing.T, c commands) {
	ctx, client := c.context(t), c.Client(0)
	allow := func(value uint32) {
		for _, pnn := range realRunning {
			is(t, "setvar", client.On(pnn).SetVar(ctx, "AllowClientDBAttach", value))
		}
	}
	_, err := client.Detach(ctx, "vol.tdb")
	is(t, "detach while clients may attach", err, "refused")
	allow(0)
	defer allow(1)
	is(t, "attach while clients may not", client.Attach(ctx, "new.tdb", ctdb.VolatileDatabase), "refused")
	changes(t, "detach", true)(client.Detach(ctx, "vol.tdb"))
	for _, pnn := range realRunning {
		if maps := c.Tool(t, int(pnn), "getdbmap"); strings.Contains(string(maps.Stdout), "name:vol.tdb") {
			t.Errorf("after detach: node %v has\n%s", pnn, maps.Stdout)
		}
	}
	changes(t, "detach again", false)(client.Detach(ctx, "vol.tdb"))
	_, err = client.Detach(ctx, "pers.tdb")
	is(t, "detach of a persistent one", err, "refused")
	if _, err := client.Detach(ctx, "with space.tdb"); !errors.Is(err, ctdb.ErrWouldCrash) {
		t.Errorf("detach of a read-only one: got %v", err)
	}
	for _, pnn := range realRunning {
		c.sees(t, int(pnn), `^RUNNING$`, "runstate")
	}
}

func realTickles(t *testing.T, c commands) {
	ctx, client := c.context(t), c.Client(0).On(1)
	connection := status.Connection{
		Source: netip.MustParseAddrPort("10.77.1.1:999"), Destination: netip.AddrPortFrom(c.PublicAddress(1), 445),
	}
	list := []string{"gettickles", c.PublicAddress(1).String()}
	for range 2 {
		c.WaitFor(t, "the connection to be there", func(context.Context) bool {
			is(t, "addtickle", client.AddTickle(ctx, connection)) // a takeover run that is on its way can lose it
			return strings.Contains(string(c.Tool(t, 1, list...).Stdout), "Num connections: 1\n")
		})
	}
	for range 2 {
		is(t, "deltickle", client.DelTickle(ctx, connection))
		c.sees(t, 1, `^Num connections: 0$`, list...)
	}
	elsewhere := connection
	elsewhere.Destination = netip.MustParseAddrPort("10.77.9.9:445")
	is(t, "addtickle to an unknown address", client.AddTickle(ctx, elsewhere), "refused")
	local := status.Connection{
		Source: netip.MustParseAddrPort("127.0.0.1:999"), Destination: netip.AddrPortFrom(c.PublicAddress(1), 445),
	}
	is(t, "tickle", c.Client(0).Tickle(ctx, local))
	is(t, "tickle from another node", client.Tickle(ctx, local), "usage")
}

// realNotThere gives commands nodes that are deleted or not there.
func realNotThere(t *testing.T, c commands) {
	for pnn, want := range map[nodes.PNN]string{realDeleted: "deleted", 99: "no such node"} {
		allRefused(c.context(t), t, c.Client(0).On(pnn), want)
	}
	allRefused(c.context(t), t, c.Client(realDeleted), "not running")
}

// allRefused wants every command that can be for another node to fail.
func allRefused(ctx context.Context, t *testing.T, client *ctdb.Client, want string) {
	t.Helper()
	for name, err := range map[string]error{
		"disable": errorOf(client.Disable(ctx)), "enable": errorOf(client.Enable(ctx)), "stop": errorOf(client.Stop(ctx)),
		"continue": errorOf(client.Continue(ctx)), "ban": errorOf(client.Ban(ctx, time.Minute)), "unban": errorOf(client.Unban(ctx)),
		"setvar": client.SetVar(ctx, "EventScriptTimeout", 30), "setdebug": client.SetDebug(ctx, config.LevelNotice),
		"recover": client.Recover(ctx), "ipreallocate": client.IPReallocate(ctx), "statisticsreset": client.StatisticsReset(ctx),
		"setleaderrole": client.SetLeaderRole(ctx, true), "setlmasterrole": client.SetLMasterRole(ctx, true),
		"setifacelink": client.SetIfaceLink(ctx, "lo", true), "gratarp": client.GratARP(ctx, anIP, "lo"),
		"addip": errorOf(client.AddIP(ctx, netip.PrefixFrom(anIP, 24), "lo")), "delip": errorOf(client.DelIP(ctx, anIP)),
		"setdbsticky": client.SetDBSticky(ctx, "pers.tdb"), "addtickle": client.AddTickle(ctx, aRecord),
		"shutdown": client.Shutdown(ctx),
	} {
		is(t, name, err, want)
	}
}

// editNodes changes the nodes file of a node.
func (c commands) editNodes(t *testing.T, pnn int, edit func(*nodes.File) error) {
	t.Helper()
	if err := nodes.Edit(t.Context(), nodes.Options{Path: filepath.Join(c.Dir(pnn), "nodes")}, edit); err != nil {
		t.Fatal(err)
	}
}

func realReloadNodes(t *testing.T, c commands) {
	const spare = realNodes
	ctx, client := c.context(t), c.Client(0)
	reload := func(want ...nodes.Change) {
		t.Helper()
		got, err := client.ReloadNodes(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Changes, addresses); diff != "" {
			t.Errorf("reloadnodes: mismatch (-want +got)\n%s", diff)
		}
	}
	reload()
	add := func(f *nodes.File) error {
		_, err := f.Append(c.Address(spare))
		return err
	}
	c.editNodes(t, 0, add)
	_, err := client.ReloadNodes(ctx)
	is(t, "reloadnodes with different files", err, "nodes file")
	for _, pnn := range []int{1, 2, 3, spare} {
		c.editNodes(t, pnn, add)
	}
	reload(nodes.Change{Kind: nodes.Added, PNN: spare, To: spare})
	for _, pnn := range realRunning {
		c.sees(t, int(pnn), `^pnn:4 `, "nodestatus", "all")
	}
	c.StartNode(t, spare)
	if _, err := client.WaitFor(ctx, ctdb.Healthy()); err != nil {
		t.Fatal(err)
	}
	for pnn := range realNodes + 1 {
		c.editNodes(t, pnn, func(f *nodes.File) error { return f.Delete(spare) })
	}
	_, err = client.ReloadNodes(ctx)
	is(t, "reloadnodes that deletes a connected node", err, "nodes file")
	is(t, "shutdown", client.On(spare).Shutdown(ctx))
	reload(nodes.Change{Kind: nodes.Deleted, PNN: spare, To: spare})
	is(t, "status of what was deleted", client.On(spare).StatisticsReset(ctx), "deleted")
	is(t, "reloadnodes for another node", errorOf(client.On(1).ReloadNodes(ctx)), "usage")
}

// realEnds shuts nodes down, from themselves and from others, and looks at what commands say of them.
func realEnds(t *testing.T, c commands) {
	const last = 3
	ctx := c.context(t)
	is(t, "shutdown", c.Client(last).Shutdown(ctx))
	if result := c.Tool(t, last, "pnn"); result.ExitCode == 0 {
		t.Errorf("after shutdown: ctdb pnn says %s", result.Stdout)
	}
	allRefused(ctx, t, c.Client(last), "not running")
	is(t, "event", c.Client(last).RunEvent(ctx, time.Second, "monitor"), "not running")
	_, err := c.Client(last).ReloadNodes(ctx)
	is(t, "reloadnodes", err, "not running")

	if _, err := c.Client(0).WaitFor(ctx, ctdb.NodeIs(last, status.FlagDisconnected)); err != nil {
		t.Fatal(err)
	}
	allRefused(ctx, t, c.Client(0).On(last), "disconnected")
	is(t, "moveip", c.Client(0).MoveIP(ctx, c.PublicAddress(1), last), "disconnected")
	is(t, "reloadips", c.Client(0).ReloadIPs(ctx, 0, last), "disconnected")
	reload, err := c.Client(0).ReloadNodes(ctx)
	if err != nil || !slices.Equal(reload.Disconnected, []nodes.PNN{last}) || len(reload.Changes) > 0 {
		t.Errorf("reloadnodes: got %+v, %v", reload, err)
	}

	c.StartNode(t, last)
	if _, err := c.Client(0).WaitFor(ctx, ctdb.Healthy()); err != nil {
		t.Fatal(err)
	}
	is(t, "shutdown from another", c.Client(0).On(last).Shutdown(ctx))
	c.sees(t, 0, `^pnn:3 .*\bDISCONNECTED\b`, "nodestatus", "all")
	c.WaitFor(t, "node 3 to end", func(ctx context.Context) bool { // it is disconnected a little earlier
		_, err := c.Client(last).Status(ctx)
		return errors.Is(err, ctdb.ErrNotRunning)
	})
	c.StartNode(t, last)
}

// realLast stops and bans all nodes, up to the last, and lets them come back.
func realLast(t *testing.T, c commands) {
	ctx := c.context(t)
	short := func() context.Context {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		t.Cleanup(cancel)
		return ctx
	}
	changes(t, "stop", true)(c.Client(1).Stop(ctx))
	changes(t, "stop", true)(c.Client(3).Stop(ctx))
	is(t, "enable a stopped one", errorOf(c.Client(0).On(1).Enable(ctx)))
	is(t, "setvar on a stopped one", c.Client(0).On(1).SetVar(ctx, "EventScriptTimeout", 30))
	is(t, "stop the last", errorOf(c.Client(0).Stop(short())), "timeout")
	c.sees(t, 0, `STOPPED`, "nodestatus")
	for _, pnn := range realRunning {
		// Until there is a leader, which can take longer, a node is continued and the takeover run does not come.
		if _, err := c.Client(int(pnn)).Continue(short()); err != nil && !errors.Is(err, ctdb.ErrTimeout) && !errors.Is(err, ctdb.ErrTakeover) {
			t.Error(err)
		}
	}
	c.WaitHealthy(t)
}
