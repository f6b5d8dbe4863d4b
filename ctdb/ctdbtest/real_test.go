//go:build linux

package ctdbtest_test

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// TestLikeReal takes a real cluster and a simulated one through the same changes, asks both the same, and compares: exit
// codes, and outputs but for generations and who leads. Failures are compared by their words on standard error.
func TestLikeReal(t *testing.T) {
	options := realctdb.Options{Nodes: 4, Deleted: []int{2}}
	realctdb.Each(t, options, func(t *testing.T, actual *realctdb.Cluster) {
		var addresses []netip.Addr
		for pnn := range 4 {
			addresses = append(addresses, actual.Address(pnn))
		}
		databases := []ctdbtest.Database{}
		if !actual.Release().AtLeast(4, 22, 0) {
			databases = append(databases, ctdbtest.Database{Name: "ctdb.tdb", Kind: ctdb.PersistentDatabase})
		}
		simulated := ctdbtest.New(ctdbtest.Options{
			Release: actual.Release(), Addresses: addresses, Deleted: []nodes.PNN{2}, Databases: databases,
			Lock: strings.TrimSpace(string(actual.Tool(t, 0, "getreclock").Stdout)),
		})
		for _, step := range []struct {
			name     string
			change   func()
			simulate func() error
		}{
			{"healthy", func() {}, func() error { return nil }},
			{"after commands", func() { compareCommands(t, actual, simulated) }, func() error { return nil }},
			{"after more", func() { compareModel(t, actual, simulated) }, func() error { return nil }},
			{"after it hung", func() { compareHung(t, actual, simulated) }, func() error { return nil }},
			{"disabled", func() { actual.Tool(t, 1, "disable") }, func() error { return simulated.Disable(1) }},
			{"enabled", func() { actual.Tool(t, 1, "enable") }, func() error { return simulated.Enable(1) }},
			{"stopped", func() { actual.Tool(t, 3, "stop") }, func() error { return simulated.Stop(3) }},
			{"continued", func() { actual.Tool(t, 3, "continue") }, func() error { return simulated.Continue(3) }},
			{"killed", func() { actual.Kill(t, 3) }, func() error { return simulated.Kill(3) }},
		} {
			step.change()
			must(t, step.simulate())
			compareTools(t, step.name, actual, simulated)
		}
	})
}

// compareCommands changes both clusters by the same commands, through node 0, and leaves them as they were.
func compareCommands(t *testing.T, actual *realctdb.Cluster, simulated *ctdbtest.Cluster) {
	t.Helper()
	role := "setleaderrole"
	if !actual.Release().HasLeader() {
		role = "setrecmasterrole"
	}
	for _, command := range []string{
		"disable", "disable", "nodestatus", "-n 1 disable", "enable", "enable", "-n 1 enable", "-n 3 stop", "-n 3 stop",
		"-n 3 nodestatus", "-n 3 continue", "-n 3 continue", "-n 1 ban 60", "-n 1 ban 60", "-n 1 ban 0", "-n 1 unban",
		"-n 1 unban", "ban 0", "ban x", "ban", "disable x", "-n 2 disable", "-n 9 stop", "setvar nosuch 1", "getvar nosuch",
		"setvar", "setvar eventscripttimeout 31", "getvar EventScriptTimeout", "setvar EventScriptTimeout x",
		"setvar EventScriptTimeout 4294967297", "getvar eventscripttimeout", "setvar EventScriptTimeout 30",
		"getdebug", "setdebug debug", "getdebug", "setdebug BOGUS", "setdebug", "setdebug NOTICE", "statisticsreset",
		"ipreallocate", "-n 1 ipreallocate", "recover", "reloadnodes", "-n 1 reloadnodes", "setlmasterrole bogus",
		"setlmasterrole on", role + " on", role + " bogus", "setleaderrole", "setrecmasterrole",
	} {
		args := strings.Fields(command)
		want, got := tool(t, simulated, 0, args...), actual.Tool(t, 0, args...)
		if strings.HasPrefix(string(got.Stdout), "Usage: ") && strings.HasPrefix(string(want.Stdout), "Usage: ") {
			got.Stdout, want.Stdout = nil, nil
		}
		if diff := cmp.Diff(described(want), described(got)); diff != "" {
			t.Errorf("ctdb %s: mismatch (-simulated +real)\n%s", command, diff)
		}
	}
}

// compareModel asks both clusters about databases, addresses and the like, and changes these.
func compareModel(t *testing.T, actual *realctdb.Cluster, simulated *ctdbtest.Cluster) {
	t.Helper()
	for _, command := range []string{
		"runstate", "runstate startup running", "runstate bogus", "runstate startup", "runstate init setup", "getreclock",
		"getcapabilities", "-X getcapabilities", "-n 1 getcapabilities", "ip", "-X ip", "-v ip", "-Xv ip",
		"ip all", "-n 1 ip", "ip x", "ipinfo 10.9.9.9", "ipinfo x", "-n 1 ipinfo 10.9.9.9", "ifaces", "-X ifaces", "-n 3 ifaces",
		"gettickles 10.9.9.9", "gettickles x", "gettickles 10.9.9.9 x", "addtickle 10.9.9.9:1 10.9.9.9:2", "addtickle 10.9.9.9:1",
		"addtickle x y", "-T 2 moveip 10.9.9.9 1", "moveip x 1", "moveip 10.9.9.9 x", "-n 1 moveip 10.9.9.9 1",
		"-T 2 addip 10.9.9.9/24 nosuch", "addip 10.9.9.9 nosuch", "delip 10.9.9.9", "-n 1 delip 10.9.9.9", "delip x",
		"setifacelink nosuch up", "setifacelink a234567890123456 up", "setifacelink a2345678901234567 up",
		"gratarp x lo", "reloadips", "reloadips all", "reloadips 1", "reloadips 2", "reloadips 9", "reloadips x",
		"-n 1 reloadips", "sync", "getdbmap", "attach vol.tdb", "attach vol.tdb persistent",
		"attach pers.tdb persistent", "attach repl.tdb replicated", "attach x.tdb bogus", "-n 1 attach x.tdb", "attach", "getdbmap",
		"-X getdbmap", "-n 3 getdbmap", "getdbstatus vol.tdb", "getdbstatus 0x900f773e", "-n 1 getdbstatus pers.tdb",
		"getdbstatus nosuch", "getdbstatus 0x1", "getdbstatus", "setdbreadonly pers.tdb", "setdbsticky repl.tdb", "setdbsticky vol.tdb",
		"-n 1 setdbsticky nosuch", "getdbmap", "-n 1 getdbmap", "wipedb vol.tdb", "wipedb nosuch", "-n 1 wipedb vol.tdb",
		"detach vol.tdb", "detach nosuch", "restoredb /nonexistent/file", "dbstatistics nosuch",
		"event status legacy nosuch", "event status nosuch monitor", "event run x nosuch monitor", "natgw leader", "lvs list",
		"natgw nosuch", "-n 1 natgw list", "setvar AllowClientDBAttach 0", "attach y.tdb", "detach vol.tdb",
		"-n 1 setvar AllowClientDBAttach 0", "-n 3 setvar AllowClientDBAttach 0", "detach vol.tdb nosuch repl.tdb", "getdbmap",
		"setvar AllowClientDBAttach 1", "-n 1 setvar AllowClientDBAttach 1", "-n 3 setvar AllowClientDBAttach 1",
	} {
		args := strings.Fields(command)
		want, got := modelled(tool(t, simulated, 0, args...)), modelled(actual.Tool(t, 0, args...))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ctdb %s: mismatch (-simulated +real)\n%s", command, diff)
		}
	}
}

// compareHung asks both clusters about a node whose daemon hangs, and that node itself. A real one goes on after each
// command, lest it be disconnected.
func compareHung(t *testing.T, actual *realctdb.Cluster, simulated *ctdbtest.Cluster) {
	t.Helper()
	for _, test := range []struct {
		pnn     int
		command string
	}{
		{0, "-t 1 -n 3 uptime"}, {0, "-t 1 -n 3 listvars"}, {0, "-t 1 -n 3 getvar MonitorInterval"}, {0, "-t 1 status"},
		{0, "-t 1 -n 3 status"}, {0, "-t 1 reloadnodes"}, {0, "-T 1 -t 9 -n 3 uptime"}, {3, "-T 1 uptime"}, {3, "-T 1 -t 0 uptime"},
		{0, "-t 0 -n 3 uptime"}, {0, "-t 0 uptime"},
	} {
		args := strings.Fields(test.command)
		must(t, simulated.Hang(3))
		want := modelled(tool(t, simulated, nodes.PNN(test.pnn), args...))
		must(t, simulated.Resume(3))
		got := ""
		for range 3 { // it may take too long, so that the node is disconnected
			leadElsewhere(t, actual, 3)
			actual.Pause(t, 3)
			got = modelled(actual.Tool(t, test.pnn, args...))
			actual.Resume(t, 3)
			actual.WaitHealthy(t)
			if got == want {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("while node 3 hangs: node %d: ctdb %s: mismatch (-simulated +real)\n%s", test.pnn, test.command, diff)
		}
	}
}

// leadElsewhere has another node lead: of a leader that hangs nobody hears, so that nobody knows it.
func leadElsewhere(t *testing.T, actual *realctdb.Cluster, pnn nodes.PNN) {
	t.Helper()
	var leader nodes.PNN
	isKnown := func(context.Context) (ok bool) {
		if value, err := actual.Client(0).Leader(t.Context()); err == nil {
			leader, ok = value.Get()
		}
		return ok
	}
	actual.WaitFor(t, "a leader", isKnown)
	if leader != pnn {
		return
	}
	actual.Tool(t, int(pnn), "stop")
	actual.WaitFor(t, "another leader", func(ctx context.Context) bool { return isKnown(ctx) && leader != pnn })
	actual.Tool(t, int(pnn), "continue")
	actual.WaitHealthy(t)
}

// modelled is described without directories, and without what a usage says.
func modelled(answer ctdb.Result) string {
	text := directory.ReplaceAllString(described(answer), "$1")
	for _, usage := range []string{"Usage: ", " <option>\n"} {
		if first, _, ok := strings.Cut(text, usage); ok {
			return first + usage
		}
	}
	return text
}

// directory is the one of a database, of a file for a group of nodes, and of a script for one.
var directory = regexp.MustCompile(`/[^ :|"]*/((volatile|persistent)/|(natgw|lvs)_nodes|ctdb_(natgw|lvs)\b)`)

// compareTools asks both clusters the same, from a node that nothing happens to and from one that dies.
func compareTools(t *testing.T, step string, actual *realctdb.Cluster, simulated *ctdbtest.Cluster) {
	t.Helper()
	questions := []string{
		"status", "-X status", "-Y status", "-x , -X status", "-n 1 status", "-n 3 status", "-n 2 status", "-n 9 status",
		"nodestatus", "nodestatus all", "-X nodestatus all", "nodestatus 3,0", "nodestatus 2", "nodestatus 9", "nodestatus x",
		"listnodes", "-X listnodes", "-n 0 listnodes", "pnn", "-n 0 pnn", "status --bogus", "nosuchcommand",
	}
	if actual.Release().HasJSON() {
		questions = append(questions, "--json status", "-j -X status", "-j pnn")
	} else {
		questions = append(questions, "-j status")
	}
	for _, pnn := range []int{0, 3} {
		for _, question := range questions {
			args := strings.Fields(question)
			want := described(tool(t, simulated, nodes.PNN(pnn), args...))
			got := described(actual.Tool(t, pnn, args...))
			for end := time.Now().Add(settle); got != want && time.Now().Before(end); {
				time.Sleep(100 * time.Millisecond) // a real cluster takes its time
				got = described(actual.Tool(t, pnn, args...))
			}
			if got != want {
				t.Errorf("%s, node %d: ctdb %s: mismatch (-simulated +real)\n%s", step, pnn, question, cmp.Diff(want, got))
			}
		}
	}
}

// settle is how long a real cluster may take until it reports what a simulated one reports at once.
const settle = 30 * time.Second

// described gives an answer without what differs from cluster to cluster.
func described(answer ctdb.Result) string {
	words := socketPath.ReplaceAllString(string(answer.Stderr), "(SOCKET)")
	// From 4.22 on the tool looks for itself in the nodes list when it can't connect, and does not find itself in test
	// mode.
	words = strings.TrimSuffix(words, "Failed to detect PNN of the current node.\nIs this node part of CTDB cluster?\n")
	return fmt.Sprintf("exit code %d\n%s%s", answer.ExitCode, chance.ReplaceAllString(string(answer.Stdout), "${1}N"), words)
}

var socketPath = regexp.MustCompile(`\(/[^)]*socket\)`)
