//go:build linux

package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// failingScript is an event script that fails while a file is there.
const failingScript = `#!/bin/sh
if [ "$1" = monitor ] && [ -e "$CTDB_BASE/fail" ]; then
	echo there is a file
	exit 3
fi
`

// TestRealSnapshot takes snapshots of real clusters of all releases, in good days and bad.
func TestRealSnapshot(t *testing.T) {
	options := realctdb.Options{
		Scripts: map[string]string{"60.test": failingScript},
		// What hangs stays connected for as long as a test lasts.
		Tunables: map[string]uint32{"KeepaliveInterval": 5, "KeepaliveLimit": 10},
	}
	realctdb.Each(t, options, func(t *testing.T, c *realctdb.Cluster) {
		for _, test := range []struct {
			name string
			run  func(s realSnapshots, t *testing.T)
		}{
			{"well", realSnapshots.well},
			{"disabled", realSnapshots.disabled},
			{"banned", realSnapshots.banned},
			{"script", realSnapshots.script},
			{"nodes file", realSnapshots.nodesFile},
			{"hung", realSnapshots.hung},
			{"killed", realSnapshots.killed},
			{"own daemon killed", realSnapshots.ownKilled},
			{"locks", realSnapshots.locks}, // the last one
		} {
			passed := t.Run(test.name, func(t *testing.T) {
				s := realSnapshots{c}
				c.WaitHealthy(t)
				s.until(t, "all to be well", s.each(), allWell)
				test.run(s, t)
			})
			if !passed {
				return // the cluster may not be as the next one wants it
			}
		}
	})
}

func allWell(all *ctdb.ClusterSnapshot) bool { return len(all.Findings()) == 0 && all.Err() == nil }

// realSnapshots takes snapshots of a real cluster.
type realSnapshots struct{ *realctdb.Cluster }

// each gives options by which each node is asked by itself.
func (s realSnapshots) each() ctdb.SnapshotOptions {
	return ctdb.SnapshotOptions{Runner: func(pnn nodes.PNN, private netip.Addr) ctdb.Runner {
		if private != s.Address(int(pnn)) {
			return nil
		}
		return s.Runner(int(pnn))
	}}
}

// realNodeTimeout is what a busy machine may take for an answer.
const realNodeTimeout = 15 * time.Second

// until takes snapshots until a condition holds, and gives the last one.
func (s realSnapshots) until(
	t *testing.T, what string, options ctdb.SnapshotOptions, holds func(*ctdb.ClusterSnapshot) bool,
) *ctdb.ClusterSnapshot {
	t.Helper()
	var last *ctdb.ClusterSnapshot
	t.Cleanup(func() {
		if t.Failed() && last != nil {
			t.Logf("in the last snapshot: %v\n%v", last.Findings(), last.Err())
		}
	})
	s.WaitFor(t, what, func(ctx context.Context) bool {
		options.NodeTimeout = realNodeTimeout
		all, err := s.Client(0).SnapshotAll(ctx, options)
		if err != nil {
			t.Log(err)
			return false
		}
		last = all
		return holds(all)
	})
	return last
}

// found waits until a snapshot finds something, and gives that snapshot.
func (s realSnapshots) found(t *testing.T, options ctdb.SnapshotOptions, want finding.Finding) *ctdb.ClusterSnapshot {
	t.Helper()
	return s.until(t, want.String(), options, func(all *ctdb.ClusterSnapshot) bool { return hasFinding(all, want) })
}

// hasFinding tells whether something is found, in whatever words.
func hasFinding(all *ctdb.ClusterSnapshot, want finding.Finding) bool {
	return slices.ContainsFunc(all.Findings(), func(f finding.Finding) bool {
		return f.ID == want.ID && f.File == want.File && f.Severity == want.Severity
	})
}

func (s realSnapshots) well(t *testing.T) {
	through := s.until(t, "all to be well", ctdb.SnapshotOptions{}, allWell)
	wantParts(t, node(t, through, 0), noGroups, nil)
	wantParts(t, node(t, through, 2), allGroups, nil)
	each := s.until(t, "all to be well", s.each(), allWell)
	for pnn := range nodes.PNN(3) {
		n := node(t, each, pnn)
		wantParts(t, n, noGroups, nil)
		if list := n.NodeList.Value; len(list.Nodes) != 3 || n.Ping.Value.PNN != pnn || !n.Leader.Value.IsReported() {
			t.Errorf("node %v: %+v", pnn, n)
		}
	}
	var one *ctdb.NodeSnapshot
	s.WaitFor(t, "a snapshot", func(ctx context.Context) bool { // on a busy machine the time can be too short
		one = s.Client(2).Snapshot(ctx)
		return one.Err() == nil
	})
	wantParts(t, one, noGroups, nil)
	if one.PNN != 2 || one.Lock.Value.File == "" || one.PublicIPs.Value == nil {
		t.Errorf("the snapshot of node 2: %+v", one)
	}
}

func (s realSnapshots) disabled(t *testing.T) {
	if _, err := s.Client(0).On(1).Disable(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := finding.Finding{ID: ctdb.FindingNodeDisabled, Severity: finding.Note, File: "node 1"}
	all := s.found(t, ctdb.SnapshotOptions{}, want)
	if err := all.Err(); err != nil {
		t.Error(err)
	}
	if _, err := s.Client(0).On(1).Enable(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s realSnapshots) banned(t *testing.T) {
	if _, err := s.Client(0).On(2).Ban(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	want := finding.Finding{ID: ctdb.FindingNodeBanned, Severity: finding.Error, File: "node 2"}
	for _, options := range []ctdb.SnapshotOptions{{}, s.each()} {
		all := s.found(t, options, want)
		for _, f := range all.Findings() {
			if strings.Contains(f.ID, "differ") && f.Severity == finding.Error {
				t.Errorf("a banned node is compared: %v", f)
			}
		}
	}
	if _, err := s.Client(0).On(2).Unban(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s realSnapshots) script(t *testing.T) {
	file := filepath.Join(s.Dir(1), "fail")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	all := s.found(t, s.each(), finding.Finding{ID: ctdb.FindingScriptFailed, Severity: finding.Warning, File: "node 1"})
	if !strings.Contains(fmt.Sprint(all.Findings()), "there is a file") {
		t.Errorf("findings %v", all.Findings())
	}
	s.found(t, s.each(), finding.Finding{ID: ctdb.FindingNodeUnhealthy, Severity: finding.Error, File: "node 1"})
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

func (s realSnapshots) nodesFile(t *testing.T) {
	file := filepath.Join(s.Dir(1), "nodes")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(good, s.Address(7).String()+"\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	s.found(t, s.each(), finding.Finding{ID: ctdb.FindingNodesDiffer, Severity: finding.Error})
	s.found(t, s.each(), finding.Finding{ID: ctdb.FindingNodesNotLoaded, Severity: finding.Warning, File: "node 1"})
	if err := os.WriteFile(file, good, 0o644); err != nil {
		t.Fatal(err)
	}
}

// hung stops a node that does not lead. Its sign of life is what the others' answers do not wait for.
func (s realSnapshots) hung(t *testing.T) {
	hung := nodes.PNN(1)
	if leader, err := s.Client(0).Leader(t.Context()); err != nil || leader.Is(1) {
		hung = 2
	}
	s.Pause(t, int(hung))
	defer s.Resume(t, int(hung))
	for _, options := range []ctdb.SnapshotOptions{{}, s.each()} {
		all := s.until(t, "a snapshot", options, func(*ctdb.ClusterSnapshot) bool { return true })
		n := node(t, all, hung)
		if !errors.Is(n.Ping.Err, ctdb.ErrTimeout) || !errors.Is(n.Databases.Err, ctdb.ErrTimeout) || n.Databases.Took != 0 {
			t.Errorf("the node that hangs: %v", n.Err())
		}
		if !hasFinding(all, finding.Finding{ID: ctdb.FindingHung, Severity: finding.Error, File: "node " + hung.String()}) {
			t.Errorf("findings %v", all.Findings())
		}
		for _, n := range all.Nodes {
			if n.PNN != hung && n.Err() != nil {
				t.Errorf("beside a node that hangs: %v", n.Err())
			}
		}
	}
}

func (s realSnapshots) killed(t *testing.T) {
	s.Kill(t, 2)
	want := finding.Finding{ID: ctdb.FindingNodeDisconnected, Severity: finding.Error, File: "node 2"}
	all := s.found(t, ctdb.SnapshotOptions{}, want)
	if n := node(t, all, 2); !errors.Is(n.Err(), ctdb.ErrDisconnected) {
		t.Errorf("the node that is dead: %v", n.Err())
	}
	all = s.found(t, s.each(), want)
	n := node(t, all, 2)
	if !errors.Is(n.Err(), ctdb.ErrNotRunning) || !n.NodeList.IsReported() || !n.EventScripts.IsReported() {
		t.Errorf("the node that is dead, by itself: %v", n.Err())
	}
	s.StartNode(t, 2)
}

func (s realSnapshots) ownKilled(t *testing.T) {
	s.Kill(t, 0)
	all := s.found(t, ctdb.SnapshotOptions{}, finding.Finding{ID: ctdb.FindingNoAnswer, Severity: finding.Error})
	if len(all.Nodes) != 3 || !errors.Is(all.Err(), ctdb.ErrNotRunning) {
		t.Errorf("%d nodes, %v", len(all.Nodes), all.Err())
	}
	all = s.found(t, s.each(), finding.Finding{ID: ctdb.FindingNodeDisconnected, Severity: finding.Error, File: "node 0"})
	if n := node(t, all, 1); n.Err() != nil {
		t.Error(n.Err())
	}
	s.StartNode(t, 0)
}

// locks starts a node with another cluster lock, stopped, since it would end by itself before long when it takes part.
func (s realSnapshots) locks(t *testing.T) {
	file := filepath.Join(s.Dir(2), "ctdb.conf")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(string(text), "/lock\n", "/other\n", 1) + "[legacy]\n\tstart as stopped = true\n"
	if err := os.WriteFile(file, []byte(other), 0o644); err != nil {
		t.Fatal(err)
	}
	s.Kill(t, 2)
	s.StartNode(t, 2)
	s.found(t, ctdb.SnapshotOptions{}, finding.Finding{ID: ctdb.FindingLocksDiffer, Severity: finding.Error})
}

// TestRealSnapshotAddresses looks at public addresses that are on nodes, move, and end up on none.
func TestRealSnapshotAddresses(t *testing.T) {
	const public = 3
	realctdb.EachNet(t, realctdb.NetOptions{Public: public}, func(t *testing.T, c *realctdb.NetCluster) {
		s := realSnapshots{c.Cluster}
		all := s.until(t, "all to be well", ctdb.SnapshotOptions{}, allWell)
		hosted := 0
		for _, n := range all.Nodes {
			hosted += len(slices.Collect(n.PublicIPs.Value.On(n.PNN)))
			if n.Interfaces.Value.Interfaces[0].Name != "eth1" {
				t.Errorf("node %v has the interfaces %+v", n.PNN, n.Interfaces.Value)
			}
		}
		if hosted != public {
			t.Errorf("%d of %d addresses are on nodes", hosted, public)
		}
		for pnn := range nodes.PNN(3) {
			if _, err := s.Client(0).On(pnn).Disable(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.found(t, s.each(), finding.Finding{ID: ctdb.FindingAddressUnassigned, Severity: finding.Error})
		all = s.until(t, "no address on any node", s.each(), func(all *ctdb.ClusterSnapshot) bool {
			return strings.Count(fmt.Sprint(all.Findings()), ctdb.FindingAddressUnassigned) == public
		})
		if strings.Contains(fmt.Sprint(all.Findings()), "differ") {
			t.Errorf("findings %v", all.Findings())
		}
		if _, err := s.Client(0).On(2).Enable(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.until(t, "all addresses on a node", s.each(), func(all *ctdb.ClusterSnapshot) bool {
			found := fmt.Sprint(all.Findings())
			return !strings.Contains(found, "address") && strings.Count(found, ctdb.FindingNodeDisabled) == 2
		})
	})
}
