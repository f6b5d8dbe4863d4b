package ctdb_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// view changes how a node sees the cluster.
type view func(*status.Cluster)

func leader(pnn nodes.PNN) view {
	return func(c *status.Cluster) { c.Leader = status.Known(pnn) }
}
func noLeader(c *status.Cluster)   { c.Leader = status.Unknown[nodes.PNN]() }
func recovering(c *status.Cluster) { c.RecoveryMode = status.Known(status.RecoveryActive) }
func generation(g status.Generation) view {
	return func(c *status.Cluster) { c.Generation = status.Known(g) }
}

func sees(pnn nodes.PNN, flags status.Flags) view {
	return func(c *status.Cluster) { c.Nodes[pnn].Flags = flags }
}

func partially(pnn nodes.PNN) view {
	return func(c *status.Cluster) { c.Nodes[pnn].PartiallyOnline = true }
}

// inactive is how a node that is stopped or banned sees itself.
func inactive(pnn nodes.PNN, flags status.Flags) view {
	return func(c *status.Cluster) {
		sees(pnn, flags)(c)
		recovering(c)
		noLeader(c)
	}
}

func both(views ...view) view {
	return func(c *status.Cluster) {
		for _, v := range views {
			v(c)
		}
	}
}

// uptimeOf is an uptime of a node whose last recovery ended so long ago.
func uptimeOf(pnn nodes.PNN, recovered, took string) string {
	return fmt.Sprintf("Current time of node %-4v    :                Sat Nov 21 21:58:54 2026\n"+
		"Ctdbd start time              : (000 00:09:31) Sat Nov 21 21:49:23 2026\n"+
		"Time of last recovery/failover: (000 00:00:%s) Sat Nov 21 21:58:54 2026\n"+
		"Duration of last recovery/failover: %s seconds\n", pnn, recovered, took)
}

const failedScript = "00.ctdb              OK         0.004 Sat Nov 21 21:49:40 2026\n" +
	"50.samba             ERROR      0.010 Sat Nov 21 21:49:40 2026\n  OUTPUT: no smbd\n"

// TestFindings compares what three nodes say.
func TestFindings(t *testing.T) {
	t.Parallel()
	type words = map[string]string // "1 uptime": the answer of node 1
	own2, nobodys := ipTable("|10.1.0.1|2||eth0|eth0|"), ipTable("|10.1.0.1|-1||eth0|eth0|")
	const fourNodes = "|0|10.0.0.1|\n|1|10.0.0.2|\n|2|10.0.0.3|\n|9|10.0.0.10|\n"
	tests := []struct {
		name    string
		views   map[nodes.PNN]view
		answers words
		want    []string
	}{
		{"all is well", nil, nil, nil},
		{"two leaders", map[nodes.PNN]view{2: leader(2)}, nil, []string{"error cluster/leaders-differ"}},
		{"three leaders", map[nodes.PNN]view{1: leader(1), 2: leader(2)}, nil, []string{"error cluster/leaders-differ"}},
		{"two leaders in a recovery", map[nodes.PNN]view{2: both(leader(2), recovering)}, nil,
			[]string{"note cluster/recovering", "note cluster/leaders-differ"}},
		{"a leader of a node that is banned", map[nodes.PNN]view{
			0: sees(2, status.FlagBanned), 1: sees(2, status.FlagBanned), 2: both(inactive(2, status.FlagBanned), leader(2)),
		}, nil, []string{"error node 2 cluster/node-banned"}},
		{"no leader", map[nodes.PNN]view{0: noLeader, 1: noLeader, 2: noLeader}, nil, []string{"error cluster/no-leader"}},
		{"no leader in a recovery", map[nodes.PNN]view{0: both(noLeader, recovering), 1: noLeader, 2: noLeader}, nil,
			[]string{"note cluster/recovering", "note cluster/no-leader"}},
		{"a leader that not all know", map[nodes.PNN]view{1: noLeader}, nil, nil},
		{"two generations", map[nodes.PNN]view{1: generation(7)}, nil, []string{"error cluster/generations-differ"}},
		{"two generations, one of a recovery", map[nodes.PNN]view{1: generation(7)},
			words{"1 uptime": uptimeOf(1, "00", "0.5")}, []string{"note cluster/generations-differ"}},
		{"two generations long after a recovery", map[nodes.PNN]view{1: generation(7)},
			words{"1 uptime": uptimeOf(1, "05", "0.5")}, []string{"error cluster/generations-differ"}},
		{"two generations in a recovery", map[nodes.PNN]view{1: generation(7)},
			words{"1 uptime": uptimeOf(1, "20", "-20.5")},
			[]string{"note cluster/recovering", "note cluster/generations-differ"}},
		{"a recovery", nil, words{"1 uptime": uptimeOf(1, "20", "-20.5")}, []string{"note cluster/recovering"}},
		{"two generations of a node that starts", map[nodes.PNN]view{1: generation(7)}, words{"1 runstate": "STARTUP\n"},
			[]string{"note node 1 cluster/run-state", "note cluster/generations-differ"}},
		{"two locks", nil, words{"1 getreclock": "/other/lock\n"}, []string{"error cluster/locks-differ"}},
		{"no lock on one", nil, words{"1 getreclock": "\n"}, []string{"error cluster/locks-differ"}},
		{"no lock", nil, words{"0 getreclock": "\n", "1 getreclock": "\n", "2 getreclock": "\n"},
			[]string{"warning cluster/no-lock"}},
		{"nodes files", nil, words{"1 -X listnodes": "|0|10.0.0.1|\n|1|10.0.0.2|\n|2|10.0.0.9|\n"},
			[]string{"error cluster/nodes-differ", "warning node 1 cluster/nodes-not-loaded"}},
		{"nodes files, not reloaded", nil, words{
			"0 -X listnodes": fourNodes, "1 -X listnodes": fourNodes, "2 -X listnodes": fourNodes, "9 ping": "",
		}, []string{
			"warning cluster/no-answer", "warning node 0 cluster/nodes-not-loaded",
			"warning node 1 cluster/nodes-not-loaded", "warning node 2 cluster/nodes-not-loaded",
		}},
		{"members", map[nodes.PNN]view{1: func(c *status.Cluster) { c.Nodes[2].Address = privateAddress(9) }}, nil,
			[]string{"error cluster/members-differ", "warning node 1 cluster/nodes-not-loaded"}},
		{"flags", map[nodes.PNN]view{1: sees(2, status.FlagUnhealthy)}, nil, []string{"warning node 2 cluster/flags-differ"}},
		{"flags that a node that starts does not know", map[nodes.PNN]view{1: sees(2, status.FlagUnknown)}, nil, nil},
		{"half of a split", map[nodes.PNN]view{
			0: sees(2, status.FlagDisconnected), 1: sees(2, status.FlagDisconnected),
			2: both(sees(0, status.FlagDisconnected), sees(1, status.FlagDisconnected), leader(2), generation(7)),
		}, nil, []string{
			"error cluster/leaders-differ", "error cluster/generations-differ",
			"warning node 0 cluster/flags-differ", "warning node 1 cluster/flags-differ", "warning node 2 cluster/flags-differ",
			"error node 0 cluster/node-disconnected", "error node 1 cluster/node-disconnected",
			"error node 2 cluster/node-disconnected",
		}},
		{"an address twice", nil, words{"2 -X -v ip": own2}, []string{"error cluster/address-twice"}},
		{"an address twice in a recovery", map[nodes.PNN]view{1: recovering}, words{"2 -X -v ip": own2},
			[]string{"note cluster/recovering", "note cluster/address-twice"}},
		{"an address on none", nil, words{
			"0 -X -v ip": nobodys, "1 -X -v ip": nobodys,
			"2 -X -v ip": nobodys,
		}, []string{"error cluster/address-unassigned"}},
		{"an address that is not on the node that others say", nil, words{"0 -X -v ip": nobodys},
			[]string{"error cluster/address-unassigned"}},
		{"an address on a node that others do not know of", nil, words{"1 -X -v ip": nobodys, "2 -X -v ip": nobodys}, nil},
		{"an address on a node that does not say", nil, words{"0 -X -v ip": "what?\n"}, nil},
		{"an address that only one node has", nil,
			words{"2 -X -v ip": ipTable("|10.1.0.1|0||eth0|eth0|", "|10.1.0.2|-1||eth0|eth0|")},
			[]string{"error cluster/address-unassigned"}},
		{"a node that is stopped", map[nodes.PNN]view{
			0: sees(2, status.FlagStopped), 1: sees(2, status.FlagStopped), 2: inactive(2, status.FlagStopped),
		}, words{"2 -X -v ip": nobodys}, []string{"note node 2 cluster/node-stopped"}},
		{"all nodes are stopped", map[nodes.PNN]view{
			0: inactive(0, status.FlagStopped), 1: inactive(1, status.FlagStopped), 2: inactive(2, status.FlagStopped),
		}, words{
			"0 -X -v ip": nobodys, "1 -X -v ip": nobodys,
			"2 -X -v ip": nobodys,
		}, []string{
			"error cluster/address-unassigned", "note node 0 cluster/node-stopped", "note node 1 cluster/node-stopped",
			"note node 2 cluster/node-stopped",
		}},
		{"an address of which no active node says anything", map[nodes.PNN]view{
			0: sees(2, status.FlagStopped), 1: sees(2, status.FlagStopped), 2: inactive(2, status.FlagStopped),
		}, words{"0 -X -v ip": "what?\n", "1 -X -v ip": "what?\n", "2 -X -v ip": nobodys},
			[]string{"note node 2 cluster/node-stopped"}},
		{"a node that is disabled and unhealthy", map[nodes.PNN]view{
			0: sees(1, status.FlagDisabled|status.FlagUnhealthy), 1: sees(1, status.FlagDisabled|status.FlagUnhealthy),
			2: sees(1, status.FlagDisabled|status.FlagUnhealthy),
		}, nil, []string{"error node 1 cluster/node-unhealthy", "note node 1 cluster/node-disabled"}},
		{"partially online", map[nodes.PNN]view{0: partially(1), 1: partially(1), 2: partially(1)}, nil,
			[]string{"warning node 1 cluster/node-partially-online"}},
		{"partially online for another node", map[nodes.PNN]view{0: partially(1)}, nil, nil},
		{"databases", nil, words{
			"1 -X getdbmap": databaseTable("|0x4D2A432B|a.tdb|/db/a.tdb.1|1|0|1|0|0|"),
		}, []string{"error cluster/database-unhealthy"}},
		{"a script", nil, words{"1 event status legacy monitor": failedScript},
			[]string{"warning node 1 cluster/script-failed"}},
		{"a part that failed", nil, words{"1 status": "what?\n"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake(3)
				fake.takes = time.Millisecond
				fake.says = func(pnn nodes.PNN, words string) (ctdb.Result, bool) {
					if out, ok := test.answers[pnn.String()+" "+words]; ok {
						if out == "" {
							return failedWith(1, fmt.Sprintf("Node %v does not exist\n", pnn)), true
						}
						return wrote(out), true
					}
					if change := test.views[pnn]; change != nil && words == "status" {
						cluster := fake.status(pnn)
						change(cluster)
						return wrote(cluster.String()), true
					}
					return ctdb.Result{}, false
				}
				wantFindings(t, snapshotAll(t, fake.Client(0), ctdb.SnapshotOptions{Runner: fake.On}), test.want...)
			})
		})
	}
}

// TestFindingMessages: who says what, and when.
func TestFindingMessages(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	fake := newFake(9)
	node := func(pnn nodes.PNN, change view) *ctdb.NodeSnapshot {
		cluster := fake.status(pnn)
		change(cluster)
		return &ctdb.NodeSnapshot{
			PNN: pnn, Status: ctdb.Part[*status.Cluster]{Value: cluster, At: at.Add(time.Duration(pnn) * time.Second)},
		}
	}
	snapshot := &ctdb.ClusterSnapshot{Nodes: []*ctdb.NodeSnapshot{
		node(0, leader(0)), node(1, leader(0)), node(2, leader(0)), node(3, leader(3)),
		node(4, both(leader(3), generation(7))),
		node(6, func(c *status.Cluster) { c.Nodes[8].Address = privateAddress(9) }), node(7, noLeader),
		node(8, func(c *status.Cluster) { c.Nodes = c.Nodes[1:] }),
	}}
	var got []string
	for _, f := range snapshot.Findings() {
		got = append(got, f.String())
	}
	want := []string{
		"error: nodes name other leaders: nodes 0-2, 6 and 8: node 0, nodes 3 and 4: node 3 (answers within 8s) " +
			"(cluster/leaders-differ)",
		"error: nodes are of other generations: nodes 0-3 and 6-8: 1919983054, node 4: 7 (answers within 8s) " +
			"(cluster/generations-differ)",
		"error: nodes have loaded other nodes files: unlike nodes 0-4 and 7: node 6 without node 8 at 10.0.0.9, " +
			"with node 8 at 10.0.0.10; node 8 without node 0 at 10.0.0.1 (answers within 8s) (cluster/members-differ)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestFindingsOfAnything: a snapshot need not come from SnapshotAll.
func TestFindingsOfAnything(t *testing.T) {
	t.Parallel()
	for _, nodeSnapshots := range [][]*ctdb.NodeSnapshot{nil, {nil}, {{}, {}, nil}, {{PNN: nodes.NoPNN}}} {
		snapshot := &ctdb.ClusterSnapshot{Nodes: nodeSnapshots}
		if found := snapshot.Findings(); len(found) > 0 || snapshot.Err() != nil {
			t.Errorf("%v has findings %v, %v", nodeSnapshots, found, snapshot.Err())
		}
		if _, ok := snapshot.Node(7); ok {
			t.Error("node 7 is there")
		}
	}
}

// TestFindingsManyNodes: the time does not grow out of hand, and nor do the messages.
func TestFindingsManyNodes(t *testing.T) {
	t.Parallel()
	const count = 250
	fake := newFake(count)
	snapshot := &ctdb.ClusterSnapshot{}
	for _, pnn := range fake.nodes {
		cluster := fake.status(pnn)
		cluster.Nodes = cluster.Nodes[pnn%2*100:]
		snapshot.Nodes = append(snapshot.Nodes, &ctdb.NodeSnapshot{
			PNN: pnn, Status: ctdb.Part[*status.Cluster]{Value: cluster, At: time.Now()},
		})
	}
	for _, f := range snapshot.Findings() {
		if len(f.Message) > 3000 || strings.Count(f.Message, "node ") > 50 {
			t.Errorf("a message of %d bytes: %.300s…", len(f.Message), f.Message)
		}
	}
}
