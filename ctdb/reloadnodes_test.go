package ctdb_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
)

func TestReloadNodes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		answer  ctdb.Result
		want    *ctdb.NodesReload
		kinds   map[string]bool
		partial []nodes.PNN
	}{
		{"changes", wrote("Node 1 is DELETED\nNode 2 is UNDELETED\nNode 10 is NEW\n"), &ctdb.NodesReload{Changes: []nodes.Change{
			{Kind: nodes.Deleted, PNN: 1, To: 1}, {Kind: nodes.Restored, PNN: 2, To: 2}, {Kind: nodes.Added, PNN: 10, To: 10},
		}}, set(), nil},
		{"no change", said("No change in nodes file, skipping unnecessary reload"), &ctdb.NodesReload{}, set(), nil},
		{"a disconnected node", said("WARNING: Node 2 is disconnected. You MUST fix this node manually!\nNo change in nodes file, skipping unnecessary reload"),
			&ctdb.NodesReload{Disconnected: []nodes.PNN{2}}, set(), nil},
		{"a failing node, exit code 0", ctdb.Result{Stdout: []byte("Node 3 is NEW\n"), Stderr: []byte("Node 1 failed to reload nodes\nNode 2 failed to reload nodes\nYou MUST fix failed nodes manually!\n")},
			&ctdb.NodesReload{Changes: []nodes.Change{{Kind: nodes.Added, PNN: 3, To: 3}}}, set(), []nodes.PNN{1, 2}},
		{"files that differ", failedWith(1, "ERROR: Nodes file on node 2 differs from current node (0)\n"), nil, set("nodes file"), nil},
		{"a node that is connected", ctdb.Result{ExitCode: 1, Stdout: []byte("Node 1 is DELETED\n"),
			Stderr: []byte("ERROR: Node 1 is still connected\nERROR: Nodes will not be reloaded due to previous error\n")}, nil, set("nodes file"), nil},
		{"ctdbd goes away", failedWith(1, ""), nil, set("not ready"), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := ctdb.New(ctdb.Config{Runner: answers(test.answer)}).ReloadNodes(t.Context())
			sameAddress := cmpopts.EquateComparable(netip.Addr{})
			if diff := cmp.Diff(test.want, got, sameAddress); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.kinds, kinds(err)); diff != "" {
				t.Errorf("error: mismatch (-want +got)\n%s\nof %v", diff, err)
			}
			partial, ok := errors.AsType[*ctdb.PartialError](err)
			if ok != (test.partial != nil) || ok && !cmp.Equal(partial.Nodes, test.partial) {
				t.Errorf("got %v, want one about nodes %v", err, test.partial)
			}
		})
	}
}

// TestReloadAgain has a recovery or a takeover run in the way of a reload, for some time or for ever.
func TestReloadAgain(t *testing.T) {
	t.Parallel()
	reloadNodes := func(c *ctdb.Client, ctx context.Context) error { return errorOf(c.ReloadNodes(ctx)) }
	reloadIPs := func(c *ctdb.Client, ctx context.Context) error { return c.ReloadIPs(ctx) }
	for _, test := range []struct {
		name   string
		reload func(c *ctdb.Client, ctx context.Context) error
		first  string // what the tool says while something is in the way
		busy   int
		want   map[string]bool
	}{
		{"nodes, three times", reloadNodes, "Failed to disable recoveries\n", 3, set()},
		{"nodes, always", reloadNodes, "Failed to disable recoveries\n", 1000, set("recovering", "timeout")},
		{"addresses, three times", reloadIPs, "Failed to disable takeover runs\n", 3, set()},
		{"addresses, always", reloadIPs, "Failed to disable takeover runs\n", 1000, set("taking over", "timeout")},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				runner := ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) {
					if calls++; calls <= test.busy {
						return ctdb.Result{ExitCode: 1, Stdout: []byte("Node 1 is DELETED\n"), Stderr: []byte(test.first)}, nil
					}
					return wrote("Node 1 is DELETED\n"), nil
				})
				start := time.Now()
				err := test.reload(ctdb.New(ctdb.Config{Runner: runner}), t.Context())
				if diff := cmp.Diff(test.want, kinds(err)); diff != "" {
					t.Errorf("mismatch (-want +got)\n%s\nof %v", diff, err)
				}
				if err == nil && calls != test.busy+1 {
					t.Errorf("%d calls", calls)
				}
				if took := time.Since(start); err != nil && (took != ctdb.DefaultTimeout || calls > 30 || !errors.Is(err, context.DeadlineExceeded)) {
					t.Errorf("%d calls in %v, %v", calls, took, err)
				}
			})
		})
	}
}

func TestReloadIPsPartly(t *testing.T) {
	t.Parallel()
	err := ctdb.New(ctdb.Config{Runner: answers(said("Failed to reload IPs on some nodes."))}).ReloadIPs(t.Context())
	if partial, ok := errors.AsType[*ctdb.PartialError](err); !ok || len(partial.Nodes) > 0 {
		t.Errorf("got %v", err)
	}
}
