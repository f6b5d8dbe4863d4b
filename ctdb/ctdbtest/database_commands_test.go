package ctdbtest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// databases gives the databases of a node by name, with their kinds and flags.
func databases(t *testing.T, c *ctdbtest.Cluster, pnn nodes.PNN) map[string]string {
	t.Helper()
	report, err := c.Client(pnn).Databases(t.Context())
	must(t, err)
	all := map[string]string{}
	for _, d := range report.Databases {
		var flags strings.Builder
		for _, f := range []struct {
			set  bool
			word string
		}{
			{d.Persistent, "p"}, {d.Replicated, "r"}, {d.ReadOnly, "o"}, {d.Sticky, "s"}, {d.Unhealthy, "u"},
		} {
			if f.set {
				flags.WriteString(f.word)
			}
		}
		all[d.Name] = flags.String()
	}
	return all
}

// TestAttach attaches databases, which all nodes have then, and detaches them.
func TestAttach(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		client := c.Client(1)
		for name, kind := range map[string]ctdb.DatabaseKind{
			"a.tdb": ctdb.VolatileDatabase, "b.tdb": ctdb.PersistentDatabase, "c.tdb": ctdb.ReplicatedDatabase,
			"vol.tdb": ctdb.VolatileDatabase, "pers.tdb": ctdb.PersistentDatabase,
		} {
			must(t, client.Attach(ctx, name, kind))
		}
		must(t, client.SetDBReadOnly(ctx, "a.tdb"))
		must(t, client.On(3).SetDBSticky(ctx, "vol.tdb"))
		want := map[string]string{"vol.tdb": "", "pers.tdb": "p", "repl.tdb": "r", "a.tdb": "o", "b.tdb": "p", "c.tdb": "r"}
		if diff := cmp.Diff(want, databases(t, c, 1)); diff != "" {
			t.Errorf("node 1: mismatch (-want +got)\n%s", diff)
		}
		want["a.tdb"], want["vol.tdb"] = "", "s"
		if diff := cmp.Diff(want, databases(t, c, 3)); diff != "" {
			t.Errorf("node 3: mismatch (-want +got)\n%s", diff)
		}
		if _, err := client.Detach(ctx, "a.tdb"); !errors.Is(err, ctdb.ErrWouldCrash) {
			t.Errorf("detach a read-only one: got %v", err)
		}
		for _, pnn := range []nodes.PNN{0, 1, 3} {
			must(t, client.On(pnn).SetVar(ctx, "AllowClientDBAttach", 0))
		}
		detached, err := client.Detach(ctx, "vol.tdb")
		again, missing := client.Detach(ctx, "vol.tdb")
		if !detached || err != nil || again || missing != nil {
			t.Errorf("detach: got %t, %v, then %t, %v", detached, err, again, missing)
		}
		if _, err := client.Detach(ctx, "b.tdb"); !errors.Is(err, ctdb.ErrRefused) {
			t.Errorf("detach a persistent one: got %v", err)
		}
		if err := client.Attach(ctx, "d.tdb", ctdb.VolatileDatabase); !errors.Is(err, ctdb.ErrRefused) {
			t.Errorf("attach what may not be attached: got %v", err)
		}
	})
}

// TestRecords saves, wipes and restores what is in databases.
func TestRecords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		must(t, c.SetRecord("pers.tdb", "key", "value"))
		must(t, c.SetDatabaseUnhealthy(0, "pers.tdb", "ERROR: torn"))
		must(t, c.Client(0).BackupDB(ctx, "pers.tdb", "/backup"))
		must(t, c.SetRecord("pers.tdb", "key", "other"))
		must(t, c.SetRecord("pers.tdb", "second", "value"))
		must(t, c.Client(1).WipeDB(ctx, "pers.tdb"))
		if diff := cmp.Diff(map[string]string{}, c.Records("pers.tdb")); diff != "" {
			t.Errorf("wiped: mismatch (-want +got)\n%s", diff)
		}
		must(t, c.Client(3).RestoreDB(ctx, "/backup", ""))
		must(t, c.Client(3).RestoreDB(ctx, "/backup", "copy.tdb"))
		for _, name := range []string{"pers.tdb", "copy.tdb"} {
			records := c.Records(name)
			if diff := cmp.Diff(map[string]string{"key": "value"}, records); diff != "" {
				t.Errorf("%s: mismatch (-want +got)\n%s", name, diff)
			}
			records["mine"] = "mine"
		}
		if diff := cmp.Diff(map[string]string{"key": "value"}, c.Records("pers.tdb")); diff != "" {
			t.Errorf("after a change of the map: mismatch (-want +got)\n%s", diff)
		}
		if got := databases(t, c, 0)["copy.tdb"]; got != "p" {
			t.Errorf("the copy is %q", got)
		}
	})
}

// TestUnhealthyDatabase has a node's copy of a database be torn until it is wiped.
func TestUnhealthyDatabase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		must(t, c.SetDatabaseUnhealthy(1, "pers.tdb", "ERROR: torn"))
		health := func(pnn nodes.PNN) string {
			d, err := c.Client(0).On(pnn).Database(ctx, "pers.tdb")
			must(t, err)
			return d.Health
		}
		if one, zero := health(1), health(0); one != "ERROR: torn" || zero != "OK" {
			t.Errorf("it is %q on node 1, %q on node 0", one, zero)
		}
		if got := databases(t, c, 1)["pers.tdb"]; got != "pu" {
			t.Errorf("it is listed as %q", got)
		}
		must(t, c.Client(3).WipeDB(ctx, "pers.tdb"))
		if got := health(1); got != "OK" {
			t.Errorf("wiped: it is %q", got)
		}
		if err := c.SetDatabaseUnhealthy(1, "nosuch", "x"); !errors.Is(err, ctdb.ErrNoSuchDatabase) {
			t.Errorf("no such database: got %v", err)
		}
		if err := c.SetRecord("nosuch", "x", "y"); !errors.Is(err, ctdb.ErrNoSuchDatabase) {
			t.Errorf("a record of none: got %v", err)
		}
	})
}

// TestDatabasesOfDeadNodes has daemons end and come back.
func TestDatabasesOfDeadNodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		must(t, c.Kill(1))
		must(t, c.Client(0).Attach(ctx, "new.tdb", ctdb.VolatileDatabase))
		must(t, c.Start(1))
		want := map[string]string{"vol.tdb": "", "pers.tdb": "p", "repl.tdb": "r", "new.tdb": ""}
		if diff := cmp.Diff(want, databases(t, c, 1)); diff != "" {
			t.Errorf("back: mismatch (-want +got)\n%s", diff)
		}
		for _, pnn := range []nodes.PNN{0, 1, 3} {
			must(t, c.Kill(pnn))
		}
		must(t, c.Start(3))
		if diff := cmp.Diff(map[string]string{"pers.tdb": "p"}, databases(t, c, 3)); diff != "" {
			t.Errorf("after all were gone: mismatch (-want +got)\n%s", diff)
		}
	})
}

// TestDefaultDatabases looks at what a cluster has unless it is told otherwise.
func TestDefaultDatabases(t *testing.T) {
	t.Parallel()
	if got := len(databases(t, ctdbtest.New(ctdbtest.Options{}), 0)); got != len(ctdbtest.DefaultDatabases()) || got == 0 {
		t.Errorf("there are %d", got)
	}
	none := ctdbtest.New(ctdbtest.Options{Databases: []ctdbtest.Database{}})
	if got := databases(t, none, 0); len(got) > 0 {
		t.Errorf("with an empty list there are %v", got)
	}
}

// TestStatistics sets what daemons counted.
func TestStatistics(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		must(t, c.SetStatistics(1, status.Statistics{Clients: 7, HopCounts: status.Buckets{3}},
			status.Statistics{TotalCalls: 2}, status.Statistics{TotalCalls: 3}))
		counted := status.DBStatistics{Name: "vol.tdb", ReadOnlyRevokes: 5, HotKeys: []status.HotKey{{Count: 2, Key: []byte("k")}}}
		must(t, c.SetDatabaseStatistics(1, counted))
		counted.HotKeys[0].Key[0] = 'x'
		client := c.Client(0).On(1)
		all, err := client.Statistics(ctx)
		must(t, err)
		history, err := client.StatisticsHistory(ctx, 0)
		must(t, err)
		database, err := client.DatabaseStatistics(ctx, "vol.tdb")
		must(t, err)
		if all.Clients != 7 || len(all.HopCounts) != 16 || len(history.Records) != 2 || history.Records[1].TotalCalls != 3 {
			t.Errorf("got %+v, %+v", all, history)
		}
		if hot := database.HotKeys; database.ReadOnlyRevokes != 5 || len(hot) != 10 || string(hot[0].Key) != "k" {
			t.Errorf("of the database: got %+v", database)
		}
		must(t, client.StatisticsReset(ctx))
		all, err = client.Statistics(ctx)
		must(t, err)
		if all.Clients != 1 || all.Recoveries != 0 {
			t.Errorf("after a reset: got %+v", all)
		}
	})
}
