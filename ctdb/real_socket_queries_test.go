//go:build linux

package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// toldByBoth leaves out what only one of the transports tells: in which form, and what that form has or lacks.
var toldByBoth = cmp.Options{
	cmpopts.EquateComparable(netip.Addr{}, netip.AddrPort{}),
	cmpopts.EquateEmpty(),
	cmpopts.IgnoreFields(status.Cluster{}, "Form", "LeaderHeard", "Warnings"),
	cmpopts.IgnoreFields(status.PublicIPs{}, "Form", "All", "PNN"),
	cmpopts.IgnoreFields(status.PublicIPInfo{}, "Form"),
	cmpopts.IgnoreFields(status.Interfaces{}, "Form", "PNN"),
	cmpopts.IgnoreFields(status.Uptime{}, "Form", "Now"),
	cmpopts.IgnoreFields(status.Statistics{}, "Form"),
	cmpopts.IgnoreFields(status.StatisticsHistory{}, "Form"),
	cmpopts.IgnoreFields(status.DatabaseMap{}, "Form"),
	cmpopts.IgnoreFields(status.DatabaseStatus{}, "Form"),
	cmpopts.IgnoreFields(status.DBStatistics{}, "Form"),
	cmpopts.IgnoreFields(status.Tunables{}, "Form"),
	cmpopts.IgnoreFields(status.Tickles{}, "Form", "Address"),
	cmpopts.IgnoreFields(status.Capabilities{}, "Form"),
	cmpopts.IgnoreFields(status.EventStatus{}, "Form"),
	cmpopts.IgnoreFields(status.NodeList{}, "Form", "Deleted"),
	cmpopts.IgnoreFields(status.Ping{}, "RoundTrip", "Clients"),
}

// bothWays is a question for both transports.
type bothWays struct {
	ask    func(ctx context.Context, c *ctdb.Client) (any, error)
	local  bool // it can't be asked of another node, or not by the tool
	active bool // the node must be active: another one ends the connection
	// sameEnough makes the answers equal where the question itself changes them; nil: it does not.
	sameEnough func(tool, socket any)
}

// askedBothWays has the questions that both transports answer.
func askedBothWays(addr netip.Addr) map[string]bothWays {
	foreign := netip.MustParseAddr("192.0.2.77")
	return map[string]bothWays{
		"Status":               {ask: asks((*ctdb.Client).Status)},
		"PNN":                  {ask: asks((*ctdb.Client).PNN), local: true},
		"Leader":               {ask: asks((*ctdb.Client).Leader)},
		"Uptime":               {ask: asks((*ctdb.Client).Uptime)},
		"ClusterLock":          {ask: asks((*ctdb.Client).ClusterLock)},
		"RunState":             {ask: asks((*ctdb.Client).RunState)},
		"Ping":                 {ask: asks((*ctdb.Client).Ping)},
		"PID":                  {ask: asks((*ctdb.Client).PID)},
		"LogLevel":             {ask: asks((*ctdb.Client).LogLevel)},
		"Capabilities":         {ask: asks((*ctdb.Client).Capabilities)},
		"Tunables":             {ask: asks((*ctdb.Client).Tunables)},
		"Tunable":              {ask: asksFor((*ctdb.Client).Tunable, "monitorinterval")},
		"obsolete tunable":     {ask: asksFor((*ctdb.Client).Tunable, "DeterministicIPs")},
		"unknown tunable":      {ask: asksFor((*ctdb.Client).Tunable, "NoSuchTunable")},
		"NodesFile":            {ask: asks((*ctdb.Client).NodesFile), local: true},
		"PublicIPs":            {ask: asks((*ctdb.Client).PublicIPs)},
		"AllPublicIPs":         {ask: asks((*ctdb.Client).AllPublicIPs)},
		"PublicIPInfo":         {ask: asksFor((*ctdb.Client).PublicIPInfo, addr)},
		"foreign address":      {ask: asksFor((*ctdb.Client).PublicIPInfo, foreign)},
		"Interfaces":           {ask: asks((*ctdb.Client).Interfaces)},
		"Tickles":              {ask: asksFor((*ctdb.Client).Tickles, addr)},
		"foreign tickles":      {ask: asksFor((*ctdb.Client).Tickles, foreign)},
		"Databases":            {ask: asks((*ctdb.Client).Databases)},
		"Database":             {ask: asksFor((*ctdb.Client).Database, statesDB)},
		"unknown database":     {ask: asksFor((*ctdb.Client).Database, "none.tdb")},
		"DatabaseStatistics":   {ask: asksFor((*ctdb.Client).DatabaseStatistics, statesDB)},
		"their unknown one":    {ask: asksFor((*ctdb.Client).DatabaseStatistics, "none.tdb")},
		"Statistics":           {ask: asks((*ctdb.Client).Statistics), sameEnough: sameStatistics},
		"StatisticsHistory":    {ask: asksFor((*ctdb.Client).StatisticsHistory, 3), sameEnough: sameHistory},
		"ProcessExists":        {ask: asksFor((*ctdb.Client).ProcessExists, os.Getpid()), active: true},
		"no such process":      {ask: asksFor((*ctdb.Client).ProcessExists, 1<<30)},
		"EventStatus":          {ask: asksFor((*ctdb.Client).EventStatus, "monitor"), local: true, sameEnough: sameEvents},
		"startup event":        {ask: asksFor((*ctdb.Client).EventStatus, "startup"), local: true, sameEnough: sameEvents},
		"event that never was": {ask: asksFor((*ctdb.Client).EventStatus, "never"), local: true},
	}
}

// sameStatistics makes equal what the questions themselves change, if they can have changed it so far.
func sameStatistics(tool, socket any) {
	a, b := tool.(*status.Statistics), socket.(*status.Statistics)
	const most = 2000
	for _, moving := range [][2]*uint64{
		{&a.Clients, &b.Clients},
		{&a.ClientPacketsSent, &b.ClientPacketsSent}, {&a.ClientPacketsRecv, &b.ClientPacketsRecv},
		{&a.NodePacketsSent, &b.NodePacketsSent}, {&a.NodePacketsRecv, &b.NodePacketsRecv},
		{&a.KeepalivesSent, &b.KeepalivesSent}, {&a.KeepalivesReceived, &b.KeepalivesReceived},
		{&a.Node.ReqMessage, &b.Node.ReqMessage}, {&a.Node.ReqControl, &b.Node.ReqControl},
		{&a.Node.ReplyControl, &b.Node.ReplyControl},
		{&a.Client.ReqMessage, &b.Client.ReqMessage}, {&a.Client.ReqControl, &b.Client.ReqControl},
	} {
		if *moving[0] <= *moving[1]+most && *moving[1] <= *moving[0]+most {
			*moving[0] = *moving[1]
		}
	}
	if d := b.Current.Sub(a.Current); d >= 0 && d < time.Minute && b.Collected-a.Collected == d {
		a.Current, a.Collected = b.Current, b.Collected
	}
	if a.MemoryUsed < 2*b.MemoryUsed && b.MemoryUsed < 2*a.MemoryUsed {
		a.MemoryUsed = b.MemoryUsed
	}
}

// sameHistory compares the periods that both have, which are at least one.
func sameHistory(tool, socket any) {
	a, b := tool.(*status.StatisticsHistory), socket.(*status.StatisticsHistory)
	if at := slices.IndexFunc(b.Records, func(s status.Statistics) bool {
		return len(a.Records) > 0 && s.Current.Equal(a.Records[0].Current)
	}); at >= 0 {
		b.Records = b.Records[at:]
		n := min(len(a.Records), len(b.Records))
		a.Records, b.Records = a.Records[:n], b.Records[:n]
	}
}

// sameEvents leaves out the output that the tool of releases up to 4.18 does not print.
func sameEvents(tool, socket any) {
	of := socket.(*status.EventStatus)
	for i, s := range tool.(*status.EventStatus).Scripts {
		if i < len(of.Scripts) && !s.State.IsFailure() && s.Output == "" {
			of.Scripts[i].Output = ""
		}
	}
}

// sameTries is how often a question is asked until both were asked at the same moment.
const sameTries = 12

// askBoth asks through both transports and compares the answers and the kinds of errors.
func askBoth(t *testing.T, limit time.Duration, q bothWays, tool, socket *ctdb.Client) {
	t.Helper()
	diff := ""
	for range sameTries {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		got, socketErr := q.ask(ctx, socket)
		cancel()
		ctx, cancel = context.WithTimeout(t.Context(), limit)
		want, toolErr := q.ask(ctx, tool)
		cancel()
		if diff = cmp.Diff(kinds(toolErr), kinds(socketErr)); diff != "" || toolErr == nil != (socketErr == nil) {
			diff += fmt.Sprintf("tool: %v\nsocket: %v", toolErr, socketErr)
			continue
		}
		if _, ok := errors.AsType[*ctdb.SocketError](socketErr); socketErr != nil && !ok {
			t.Errorf("the error %v is no SocketError", socketErr)
		}
		if toolErr != nil {
			return
		}
		if q.sameEnough != nil {
			q.sameEnough(want, got)
		}
		if diff = cmp.Diff(want, got, toldByBoth); diff == "" {
			return
		}
	}
	t.Errorf("mismatch (-tool +socket)\n%s", diff)
}

// compares asks everything of a node, on itself and through another.
func (c commands) compares(t *testing.T, limit time.Duration, pnn int) {
	t.Helper()
	questions := askedBothWays(c.PublicAddress(101))
	own, through := overSocket(t, c.Cluster, pnn), overSocket(t, c.Cluster, 0)
	flags := ask(t, c.Client(pnn)).Nodes
	for _, name := range slices.Sorted(maps.Keys(questions)) {
		q := questions[name]
		if q.active && slices.ContainsFunc(flags, func(n status.Node) bool { return n.ThisNode && n.Flags.Inactive() }) {
			continue
		}
		t.Run(name, func(t *testing.T) { askBoth(t, limit, q, c.Client(pnn), own) })
		on := nodes.PNN(pnn)
		if q.local {
			continue
		}
		t.Run(name+" elsewhere", func(t *testing.T) { askBoth(t, limit, q, c.Client(0).On(on), through.On(on)) })
	}
}

// socketOptions are those of the clusters of the tests of sockets.
var socketOptions = realctdb.Options{
	Nodes: realNodes, Deleted: []int{realDeleted}, Scripts: map[string]string{"60.sick": sickScript, "70.test": realEvents},
	PublicAddresses: func(octet, pnn int) string {
		if pnn != 0 { // the nodes share lo: an address that moved would be there already
			return ""
		}
		return fmt.Sprintf("127.78.%d.101/32 lo\n127.78.%d.102/32 lo\n", octet, octet)
	},
}

// TestRealSocketEveryQuestion asks real clusters of all releases everything through both transports, in every state.
func TestRealSocketEveryQuestion(t *testing.T) {
	const quick, brief = 20 * time.Second, 3 * time.Second
	realctdb.Each(t, socketOptions, func(t *testing.T, cluster *realctdb.Cluster) {
		c := commands{cluster}
		if err := c.Client(0).Attach(c.context(t), statesDB, ctdb.VolatileDatabase); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			name string
			run  func(t *testing.T, c commands)
		}{
			{"all well", func(t *testing.T, c commands) { c.compares(t, quick, 0); c.compares(t, quick, 1) }},
			{"disabled", func(t *testing.T, c commands) {
				c.enter(t, 1, "DISABLED", (*ctdb.Client).Disable)
				c.compares(t, quick, 1)
			}},
			{"stopped", func(t *testing.T, c commands) {
				c.enter(t, 1, "STOPPED|INACTIVE", (*ctdb.Client).Stop)
				c.compares(t, quick, 1)
			}},
			{"banned", func(t *testing.T, c commands) {
				c.enter(t, 1, "BANNED|INACTIVE", ban)
				c.compares(t, quick, 1)
			}},
			{"unhealthy", func(t *testing.T, c commands) {
				c.enter(t, 1, "UNHEALTHY", c.makeSick(t, 1))
				c.compares(t, quick, 1)
			}},
			{"two at once", func(t *testing.T, c commands) {
				c.enter(t, 1, "DISABLED|UNHEALTHY", c.makeSick(t, 1), (*ctdb.Client).Disable)
				c.compares(t, quick, 1)
			}},
			{"banned and stopped", func(t *testing.T, c commands) {
				c.enter(t, 1, "BANNED|STOPPED|INACTIVE", (*ctdb.Client).Stop, ban)
				c.compares(t, quick, 1)
			}},
			{"deleted", func(t *testing.T, c commands) { c.comparesFrom0(t, quick, realDeleted) }},
			{"not there", func(t *testing.T, c commands) { c.comparesFrom0(t, quick, 99) }},
			{"no leader", func(t *testing.T, c commands) { c.withoutLeader(t); c.comparesLeader(t, brief) }},
			{"recovering", func(t *testing.T, c commands) { c.recovers(t, func() { c.comparesFrom0(t, quick, 0) }) }},
			{"hung", realSocketHung},
			{"gone", realSocketGone},
		} {
			t.Run(test.name, func(t *testing.T) {
				c.WaitHealthy(t)
				test.run(t, c)
			})
		}
	})
}

// comparesFrom0 asks everything of a node through node 0.
func (c commands) comparesFrom0(t *testing.T, limit time.Duration, pnn nodes.PNN) {
	t.Helper()
	questions := askedBothWays(c.PublicAddress(101))
	through := overSocket(t, c.Cluster, 0)
	for _, name := range slices.Sorted(maps.Keys(questions)) {
		if questions[name].local {
			continue
		}
		t.Run(name, func(t *testing.T) {
			askBoth(t, limit, questions[name], c.Client(0).On(pnn), through.On(pnn))
		})
	}
}

// withoutLeader stops all nodes until the test is over.
func (c commands) withoutLeader(t *testing.T) {
	t.Helper()
	for _, pnn := range realRunning {
		t.Cleanup(func() {
			ctx := context.WithoutCancel(t.Context())
			if _, err := c.Client(int(pnn)).Continue(ctx); err != nil && !errors.Is(err, ctdb.ErrTakeover) {
				t.Log(err)
			}
			if _, err := c.Client(int(pnn)).WaitFor(ctx, ctdb.LeaderKnown()); err != nil {
				t.Error(err)
			}
		})
		c.Tool(t, int(pnn), "-T", "5", "stop") // the last one does not end
	}
	if !c.Release().HasLeader() { // it goes on being called so
		return
	}
	c.WaitFor(t, "no leader", func(ctx context.Context) bool {
		leader, err := c.Client(0).Leader(ctx)
		_, known := leader.Get()
		return err == nil && !known
	})
}

// comparesLeader asks what takes a leader.
func (c commands) comparesLeader(t *testing.T, limit time.Duration) {
	t.Helper()
	questions := askedBothWays(c.PublicAddress(101))
	through := overSocket(t, c.Cluster, 0)
	for _, name := range []string{"Status", "Leader", "PublicIPs", "AllPublicIPs", "Uptime"} {
		t.Run(name, func(t *testing.T) { askBoth(t, limit, questions[name], c.Client(0), through) })
	}
}

// realSocketHung stops a node's daemon: every call ends with its time, and all is well afterwards.
func realSocketHung(t *testing.T, c commands) {
	client := overSocket(t, c.Cluster, 1)
	if _, err := client.Status(c.context(t)); err != nil {
		t.Fatal(err)
	}
	c.Pause(t, 1)
	resumed := false
	defer func() {
		if !resumed {
			c.Resume(t, 1)
		}
	}()
	questions := askedBothWays(c.PublicAddress(101))
	const limit = 100 * time.Millisecond
	for _, name := range slices.Sorted(maps.Keys(questions)) {
		if name == "EventStatus" || name == "startup event" || name == "event that never was" {
			continue // another daemon
		}
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		start := time.Now()
		_, err := questions[name].ask(ctx, client)
		if took := time.Since(start); took > limit+hangLimit/10 {
			t.Errorf("%s: took %v", name, took)
		}
		cancel()
		if !maps.Equal(kinds(err), set("timeout")) && (name != "Leader" || err != nil) { // which it has just heard of
			t.Errorf("%s of a hung daemon: %v", name, err)
		}
	}
	c.Resume(t, 1)
	resumed = true
	c.WaitHealthy(t)
	c.compares(t, 20*time.Second, 1)
}

// realSocketGone kills a node's daemon and starts it again: the client connects anew.
func realSocketGone(t *testing.T, c commands) {
	client := overSocket(t, c.Cluster, 3)
	if _, err := client.Status(c.context(t)); err != nil {
		t.Fatal(err)
	}
	c.Kill(t, 3)
	waitFor(t, c.Cluster, 3, "DISCONNECTED|UNHEALTHY|INACTIVE", 0)
	questions := askedBothWays(c.PublicAddress(101))
	for _, name := range slices.Sorted(maps.Keys(questions)) {
		if name == "NodesFile" { // which the tool reads without a daemon
			continue
		}
		t.Run(name, func(t *testing.T) { askBoth(t, 5*time.Second, questions[name], c.Client(3), client) })
	}
	t.Run("elsewhere", func(t *testing.T) { c.comparesFrom0(t, 5*time.Second, 3) })
	c.StartNode(t, 3)
	c.WaitHealthy(t)
	if _, err := client.Status(c.context(t)); err != nil {
		t.Error(err)
	}
}
