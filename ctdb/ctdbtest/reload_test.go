package ctdbtest_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// TestReloadNodes adds a node, deletes one and restores one, as an administrator would.
func TestReloadNodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		states := func() string {
			report, err := c.Client(0).Status(ctx)
			must(t, err)
			var line strings.Builder
			for _, n := range report.Nodes {
				line.WriteString(n.PNN.String() + " " + n.Address.String() + " " + n.State() + ", ")
			}
			return line.String()
		}
		reload := func(edit func(f *nodes.File) error) *ctdb.NodesReload {
			must(t, c.EditNodes(edit))
			got, err := c.Client(0).ReloadNodes(ctx)
			must(t, err)
			return got
		}

		added := reload(func(f *nodes.File) error { _, err := f.Append(netip.MustParseAddr("10.0.0.5")); return err })
		want := &ctdb.NodesReload{Changes: []nodes.Change{{Kind: nodes.Added, PNN: 4, To: 4}}}
		if diff := cmp.Diff(want, added, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Errorf("added: mismatch (-want +got)\n%s", diff)
		}
		const rest = "0 10.0.0.1 OK, 1 10.0.0.2 OK, "
		const down = "DISCONNECTED|UNHEALTHY|INACTIVE, "
		if got := states(); got != rest+"3 10.0.0.4 OK, 4 10.0.0.5 "+down {
			t.Errorf("added: %s", got)
		}
		must(t, c.Start(4))
		if got := states(); got != rest+"3 10.0.0.4 OK, 4 10.0.0.5 OK, " {
			t.Errorf("started: %s", got)
		}
		if version, err := c.Client(4).Version(ctx); err != nil || version != r {
			t.Errorf("the new node is %v, %v", version, err)
		}

		must(t, c.Kill(3))
		deleted := reload(func(f *nodes.File) error { return f.Delete(3) })
		if len(deleted.Changes) != 1 || deleted.Changes[0].Kind != nodes.Deleted || len(deleted.Disconnected) != 0 {
			t.Errorf("deleted: got %+v", deleted)
		}
		if got := states(); got != rest+"4 10.0.0.5 OK, " {
			t.Errorf("deleted: %s", got)
		}

		restored := reload(func(f *nodes.File) error { return f.Restore(2, netip.MustParseAddr("10.0.0.9")) })
		if len(restored.Changes) != 1 || restored.Changes[0].Kind != nodes.Restored {
			t.Errorf("restored: got %+v", restored)
		}
		if got := states(); got != rest+"2 10.0.0.9 "+down+"4 10.0.0.5 OK, " {
			t.Errorf("restored: %s", got)
		}
		again, err := c.Client(0).ReloadNodes(ctx)
		if err != nil || len(again.Changes) > 0 || !cmp.Equal([]nodes.PNN{2}, again.Disconnected) {
			t.Errorf("again: got %+v, %v", again, err)
		}
		must(t, c.Start(2))
		if got := states(); got != rest+"2 10.0.0.9 OK, 4 10.0.0.5 OK, " {
			t.Errorf("restored and started: %s", got)
		}
	})
}

// TestReloadNodesFails asks for what a cluster does not do.
func TestReloadNodesFails(t *testing.T) {
	t.Parallel()
	added := func(f *nodes.File) error { _, err := f.Append(netip.MustParseAddr("10.0.0.5")); return err }
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		must(t, c.EditNodes(added))
		c.SetRecovering(true)
		result := tool(t, c, 0, "reloadnodes")
		if got := string(result.Stderr); result.ExitCode != 1 || got != "Failed to disable recoveries\n" {
			t.Errorf("in a recovery: got %d, %q", result.ExitCode, got)
		}
		c.SetRecovering(false)
		must(t, c.SetReloadFails(1, true))
		reload, err := c.Client(0).ReloadNodes(ctx)
		partial, ok := errors.AsType[*ctdb.PartialError](err)
		if !ok || !cmp.Equal([]nodes.PNN{1}, partial.Nodes) || len(reload.Changes) != 1 {
			t.Errorf("one fails: got %+v, %v", reload, err)
		}
		must(t, c.SetNodesFile(0, "10.0.0.1\n10.0.0.2\n"))
		must(t, c.SetNodesFile(1, "10.0.0.1\n10.0.0.2\n"))
		must(t, c.SetNodesFile(3, "10.0.0.1\n10.0.0.2\n"))
		if _, err := c.Client(0).ReloadNodes(ctx); !errors.Is(err, ctdb.ErrNodesFile) {
			t.Errorf("lines are gone: got %v", err)
		}
		if err := c.EditNodes(func(f *nodes.File) error { return f.Delete(9) }); err == nil {
			t.Error("an edit that is refused is no error")
		}
		list, err := c.Client(0).NodeList(ctx)
		if err != nil || len(list.Nodes) != 2 {
			t.Errorf("the file has %+v, %v", list, err)
		}
	})
}
