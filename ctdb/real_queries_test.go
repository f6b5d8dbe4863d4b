//go:build linux

package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestRealQueries asks real clusters of all releases, and compares with what was configured or with another source.
func TestRealQueries(t *testing.T) {
	options := realctdb.Options{
		Nodes: 3, Deleted: []int{1},
		PublicAddresses: func(octet, pnn int) string {
			if pnn != 0 { // the nodes share lo: an address that moved would be there already
				return ""
			}
			return fmt.Sprintf("127.78.%d.101/32 lo\n", octet)
		},
	}
	realctdb.Each(t, options, func(t *testing.T, cluster *realctdb.Cluster) {
		cluster.WaitHealthy(t)
		q := queries{t, cluster, cluster.Client(0)}
		q.addresses()
		q.node()
		q.daemon()
		q.databases()
		q.events()
		q.groups()
		q.history()
		q.form()
		q.joined()
		q.elsewhere()
	})
}

// queries asks a real cluster's first node.
type queries struct {
	t       *testing.T
	cluster *realctdb.Cluster
	client  *ctdb.Client
}

// must takes the answer of a call that must succeed.
func must[T any](q queries, what string) func(T, error) T {
	return func(answer T, err error) T {
		q.t.Helper()
		if err != nil {
			q.t.Errorf("%s: %v", what, err)
		}
		return answer
	}
}

// want compares an answer.
func want[T comparable](q queries, what string, got, want T) {
	q.t.Helper()
	if got != want {
		q.t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func (q queries) addresses() {
	q.t.Helper()
	ctx, addr := q.t.Context(), q.cluster.PublicAddress(101)
	var host nodes.PNN
	q.cluster.WaitFor(q.t, "the public address on a node", func(context.Context) bool {
		ips, err := q.client.AllPublicIPs(ctx)
		if err != nil {
			return false
		}
		ip, ok := ips.Find(addr)
		host, _ = ip.Node.Get()
		return ok && ip.Assigned()
	})
	ips := must[*status.PublicIPs](q, "PublicIPs")(q.client.On(host).PublicIPs(ctx))
	ip, ok := ips.Find(addr)
	want(q, "the address is known", ok, true)
	want(q, "its interface", ip.ActiveInterface, "lo")
	info := must[*status.PublicIPInfo](q, "PublicIPInfo")(q.client.On(host).PublicIPInfo(ctx, addr))
	want(q, "its node", info.Node, status.Known(host))
	interfaces := must[*status.Interfaces](q, "Interfaces")(q.client.On(host).Interfaces(ctx))
	lo, ok := interfaces.Find("lo")
	want(q, "lo is there and up", ok && lo.Up, true)
	if _, err := q.client.PublicIPInfo(ctx, netip.MustParseAddr("127.0.0.99")); !errors.Is(err, ctdb.ErrRefused) {
		q.t.Errorf("an unknown address: %v", err)
	}
	if _, err := q.client.PublicIPInfo(ctx, netip.MustParseAddr("fe80::1%lo")); !errors.Is(err, ctdb.ErrArgument) {
		q.t.Errorf("an address with a zone: %v", err)
	}
	tickles := must[*status.Tickles](q, "Tickles")(q.client.On(host).Tickles(ctx, addr))
	want(q, "the number of tickles", len(tickles.Connections), 0)
}

func (q queries) node() {
	q.t.Helper()
	ctx := q.t.Context()
	want(q, "PNN", must[nodes.PNN](q, "PNN")(q.client.PNN(ctx)), 0)
	leader := must[status.Value[nodes.PNN]](q, "Leader")(q.client.Leader(ctx))
	cluster := must[*status.Cluster](q, "Status")(q.client.Status(ctx))
	want(q, "the leader", leader, cluster.Leader)
	lock := must[config.Lock](q, "ClusterLock")(q.client.ClusterLock(ctx))
	want(q, "the lock", lock, q.configuredLock())
	list := must[*status.NodeList](q, "NodeList")(q.client.NodeList(ctx))
	want(q, "the number of nodes", len(list.Nodes), 2)
	want(q, "the last node", list.Nodes[1].Address, q.cluster.Address(2))
	capabilities := must[*status.Capabilities](q, "Capabilities")(q.client.Capabilities(ctx))
	want(q, "capabilities", capabilities.Leader && capabilities.LMaster, true)
	want(q, "RunState", must[status.RunState](q, "RunState")(q.client.RunState(ctx)), status.RunStateRunning)
}

// configuredLock reads the lock from the node's ctdb.conf.
func (q queries) configuredLock() config.Lock {
	q.t.Helper()
	f := must[*config.File](q, "ctdb.conf")(config.Load(config.Options{Path: filepath.Join(q.cluster.Dir(0), "ctdb.conf")}))
	lock, err := config.ParseLock(f.Get("cluster", "cluster lock") + f.Get("cluster", "recovery lock"))
	if err != nil {
		q.t.Error(err)
	}
	return lock
}

func (q queries) daemon() {
	q.t.Helper()
	ctx := q.t.Context()
	data, err := os.ReadFile(filepath.Join(q.cluster.Dir(0), "run", "ctdbd.pid"))
	if err != nil {
		q.t.Error(err)
	}
	want(q, "PID", strconv.Itoa(must[int](q, "PID")(q.client.PID(ctx))), strings.TrimSpace(string(data)))
	want(q, "Ping", must[*status.Ping](q, "Ping")(q.client.Ping(ctx)).PNN, 0)
	uptime := must[*status.Uptime](q, "Uptime")(q.client.Uptime(ctx))
	if age := uptime.Now.Sub(uptime.Started); age < 0 || age > time.Hour {
		q.t.Errorf("ctdbd runs for %v", age)
	}
	if err := q.client.SetDebug(ctx, config.LevelInfo); err != nil {
		q.t.Error(err)
	}
	want(q, "LogLevel", must[config.LogLevel](q, "LogLevel")(q.client.LogLevel(ctx)), config.LevelInfo)
	if err := q.client.SetVar(ctx, "MonitorInterval", 17); err != nil {
		q.t.Error(err)
	}
	want(q, "Tunable", must[uint32](q, "Tunable")(q.client.Tunable(ctx, "monitorinterval")), 17)
	all := must[*status.Tunables](q, "Tunables")(q.client.Tunables(ctx))
	value, ok := all.Value("MonitorInterval")
	want(q, "the tunable in the list", ok && value == 17, true)
	if _, err := q.client.Tunable(ctx, "NoSuchTunable"); !errors.Is(err, ctdb.ErrNoSuchTunable) {
		q.t.Errorf("an unknown tunable: %v", err)
	}
}

func (q queries) databases() {
	q.t.Helper()
	ctx := q.t.Context()
	if err := q.client.Attach(ctx, "asked.tdb", ctdb.PersistentDatabase); err != nil {
		q.t.Fatal(err)
	}
	all := must[*status.DatabaseMap](q, "Databases")(q.client.Databases(ctx))
	listed, ok := all.Database("asked.tdb")
	want(q, "the database is listed", ok && listed.Persistent, true)
	one := must[*status.DatabaseStatus](q, "Database")(q.client.Database(ctx, "asked.tdb"))
	want(q, "its number", one.ID, listed.ID)
	want(q, "its path", one.Path, listed.Path)
	must[*status.DBStatistics](q, "DatabaseStatistics")(q.client.DatabaseStatistics(ctx, "asked.tdb"))
	statistics := must[*status.Statistics](q, "Statistics")(q.client.Statistics(ctx))
	want(q, "counters that are missing", len(statistics.Missing), 0)
	if _, err := q.client.Database(ctx, "../asked.tdb"); !errors.Is(err, ctdb.ErrArgument) {
		q.t.Errorf("a path for a name: %v", err)
	}
}

func (q queries) events() {
	q.t.Helper()
	ctx := q.t.Context()
	event := must[*status.EventStatus](q, "EventStatus")(q.client.EventStatus(ctx, "startup"))
	want(q, "the event", event.State, status.EventRan)
	if script, failed := event.Failed(); failed {
		q.t.Errorf("the startup script %v failed", script)
	}
	never := must[*status.EventStatus](q, "EventStatus")(q.client.EventStatus(ctx, "releaseip"))
	if never.State != status.EventNeverRun && never.State != status.EventRan {
		q.t.Errorf("an event is %v", never.State)
	}
	scripts := must[*status.EventScripts](q, "EventScripts")(q.client.EventScripts(ctx))
	want(q, "that there are scripts", len(scripts.Scripts) > 0, true)
}

// elsewhere asks another node, and one that is not there.
func (q queries) elsewhere() {
	q.t.Helper()
	ctx := q.t.Context()
	want(q, "PNN of another", must[*status.Ping](q, "Ping")(q.client.On(2).Ping(ctx)).PNN, 2)
	if _, err := q.client.On(2).PNN(ctx); !errors.Is(err, ctdb.ErrUsage) {
		q.t.Errorf("another's own number: %v", err)
	}
	if _, err := q.client.On(1).Uptime(ctx); !errors.Is(err, ctdb.ErrDeleted) {
		q.t.Errorf("a deleted node: %v", err)
	}
	if _, err := q.client.On(9).Databases(ctx); !errors.Is(err, ctdb.ErrNoSuchNode) {
		q.t.Errorf("a node that is not there: %v", err)
	}
	q.cluster.Kill(q.t, 0)
	for what, ask := range map[string]func() error{
		"Uptime":      func() error { _, err := q.client.Uptime(ctx); return err },
		"PublicIPs":   func() error { _, err := q.client.PublicIPs(ctx); return err },
		"EventStatus": func() error { _, err := q.client.EventStatus(ctx, "monitor"); return err },
	} {
		if err := ask(); !errors.Is(err, ctdb.ErrNotRunning) {
			q.t.Errorf("%s without ctdbd: %v", what, err)
		}
	}
	must[*status.NodeList](q, "NodeList without ctdbd")(q.client.NodeList(ctx))
}
