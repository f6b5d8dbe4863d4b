//go:build linux

package nodes_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// TestRealReload edits the nodes files of real clusters while they run, and has them reload: what Diff says has to be
// what ctdb reloadnodes says and ctdb status shows, and what Diff calls forbidden has to be what ctdb reloadnodes refuses.
// The subtests build on each other. Node 3 is the one that comes and goes.
func TestRealReload(t *testing.T) {
	realctdb.Each(t, realctdb.Options{Nodes: 3, Spare: 1}, func(t *testing.T, cluster *realctdb.Cluster) {
		c := &reloading{Cluster: cluster, running: []int{0, 1, 2}}
		for _, step := range []struct {
			name string
			run  func(*testing.T, *reloading)
		}{
			{"append", realAppend},
			{"delete a connected node", realDeleteConnected},
			{"delete", realDelete},
			{"forbidden changes", realForbidden},
			{"restore", realRestore},
			{"delete again", realDelete},
			{"restore with another address", realRestoreElsewhere},
			{"delete and append", realDeleteAppend},
			{"comment at the end", realComment},
		} {
			if !t.Run(step.name, func(t *testing.T) { step.run(t, c) }) {
				return
			}
		}
	})
}

const comingNode = 3

func realAppend(t *testing.T, c *reloading) {
	c.edit(t, func(f *nodes.File) error {
		_, err := f.Append(c.Address(comingNode))
		return err
	})
	c.StartNode(t, comingNode) // not earlier: ctdbd aborts when its own nodes file does not have it
	c.running = append(c.running, comingNode)
	c.reload(t, nodes.Added)
}

func realDeleteConnected(t *testing.T, c *reloading) {
	c.edit(t, func(f *nodes.File) error { return f.Delete(comingNode) })
	result := c.reloadNodes(t)
	if result.ExitCode == 0 || !bytes.Contains(result.Stderr, []byte("Node 3 is still connected")) {
		t.Errorf("ctdb reloadnodes: exit code %d, %s", result.ExitCode, result.Stderr)
	}
	c.edit(t, func(f *nodes.File) error { return f.Restore(comingNode, netip.Addr{}) })
	c.checkStatus(t)
}

func realDelete(t *testing.T, c *reloading) {
	c.stop(t)
	c.edit(t, func(f *nodes.File) error { return f.Delete(comingNode) })
	c.reload(t, nodes.Deleted)
}

func realRestore(t *testing.T, c *reloading) {
	c.edit(t, func(f *nodes.File) error { return f.Restore(comingNode, netip.Addr{}) })
	c.StartNode(t, comingNode)
	c.running = append(c.running, comingNode)
	c.reload(t, nodes.Restored)
}

func realRestoreElsewhere(t *testing.T, c *reloading) {
	other := c.Address(100)
	conf := filepath.Join(c.Dir(comingNode), "ctdb.conf")
	text, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte(c.Address(comingNode).String()+"\n"), []byte(other.String()+"\n"))
	if err := os.WriteFile(conf, text, 0o644); err != nil {
		t.Fatal(err)
	}
	c.edit(t, func(f *nodes.File) error { return f.Restore(comingNode, other) })
	c.StartNode(t, comingNode)
	c.running = append(c.running, comingNode)
	c.reload(t, nodes.Restored)
}

// realDeleteAppend gives the address of a deleted node to a new one, which never starts.
func realDeleteAppend(t *testing.T, c *reloading) {
	c.stop(t)
	c.edit(t, func(f *nodes.File) error {
		node, _ := f.Node(comingNode)
		_, err := f.Append(node.Address)
		if !errors.Is(err, nodes.ErrDuplicate) {
			return fmt.Errorf("want ErrDuplicate, got %w", err)
		}
		err = f.Delete(comingNode)
		if err == nil {
			_, err = f.Append(node.Address)
		}
		return err
	})
	c.reload(t, nodes.Deleted, nodes.Added)
}

// realComment puts a comment at the end, which is a new deleted node for the cluster too, and a node behind it.
func realComment(t *testing.T, c *reloading) {
	c.edit(t, func(f *nodes.File) error { return f.SetBytes(append(f.Bytes(), "# a comment\n"...)) })
	c.reload(t, nodes.Added)
	c.edit(t, func(f *nodes.File) error {
		_, err := f.Append(c.Address(98))
		return err
	})
	c.reload(t, nodes.Added)
}

// realForbidden wants ctdb reloadnodes to refuse what Edit refuses. The file has three nodes and a deleted one.
func realForbidden(t *testing.T, c *reloading) {
	before := c.load(t, 0)
	good := strings.Split(strings.TrimSuffix(string(before.Bytes()), "\n"), "\n")
	if len(good) != 4 {
		t.Fatalf("the file is %q", good)
	}
	other := c.Address(99).String()
	for _, test := range []struct {
		name  string
		lines []string
		want  []nodes.ChangeKind
	}{
		{"address changed in place", []string{good[0], other, good[2], good[3]}, kinds(nodes.Readdressed)},
		{"duplicate in place", []string{good[0], good[2], good[2], good[3]}, kinds(nodes.Readdressed)},
		{"lines vanished at the end", good[:2], kinds(nodes.Vanished, nodes.Vanished)},
		{"deleted slot vanished", good[:3], kinds(nodes.Vanished)},
		{"line vanished in the middle", []string{good[0], good[2], good[3]},
			kinds(nodes.Readdressed, nodes.Deleted, nodes.Vanished)},
		{"swap, and another restored", []string{good[0], good[2], good[1], other},
			kinds(nodes.Shifted, nodes.Shifted, nodes.Restored)},
		{"insertion", []string{good[0], other, good[1], good[2], good[3]},
			kinds(nodes.Shifted, nodes.Added, nodes.Shifted, nodes.Added)},
		{"swap", []string{good[1], good[0], good[2], good[3]}, kinds(nodes.Shifted, nodes.Shifted)},
		{"empty", nil, kinds(nodes.Vanished, nodes.Vanished, nodes.Vanished, nodes.Vanished)},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Join(append(slices.Clone(test.lines), ""), "\n")
			c.wantForbidden(t, text)
			c.setAll(t, text)
			defer c.setAll(t, string(before.Bytes()))
			after := c.load(t, 0)
			var got []nodes.ChangeKind
			for _, change := range nodes.Diff(before, after) {
				got = append(got, change.Kind)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Diff (-want +got):\n%s", diff)
			}
			checkRefused(t, c.reloadNodes(t), before, after)
		})
	}
	c.checkStatus(t) // of what was there before
}

func kinds(all ...nodes.ChangeKind) []nodes.ChangeKind { return all }

// reloading is a cluster whose nodes files change.
type reloading struct {
	*realctdb.Cluster
	running []int
	before  *nodes.File // the list that the cluster has
}

func (c *reloading) file(pnn int) nodes.Options {
	return nodes.Options{Path: filepath.Join(c.Dir(pnn), "nodes")}
}

func (c *reloading) load(t *testing.T, pnn int) *nodes.File {
	t.Helper()
	file, err := nodes.Load(c.file(pnn))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// edit changes the files of all nodes, also of those that do not run.
func (c *reloading) edit(t *testing.T, edit func(*nodes.File) error) {
	t.Helper()
	c.before = c.load(t, 0)
	for pnn := range comingNode + 1 {
		if err := nodes.Edit(t.Context(), c.file(pnn), edit); err != nil {
			t.Fatalf("the file of node %d: %v", pnn, err)
		}
	}
}

// setAll gives the nodes that run another file, whatever it is.
func (c *reloading) setAll(t *testing.T, text string) {
	t.Helper()
	for _, pnn := range c.running {
		o := c.file(pnn)
		o.Allow = kinds(nodes.Readdressed, nodes.Vanished, nodes.Shifted)
		if err := nodes.Edit(t.Context(), o, func(f *nodes.File) error { return f.SetBytes([]byte(text)) }); err != nil {
			t.Error(err)
		}
	}
}

func (c *reloading) wantForbidden(t *testing.T, text string) {
	t.Helper()
	before := c.load(t, 0).Bytes()
	err := nodes.Edit(t.Context(), c.file(0), func(f *nodes.File) error { return f.SetBytes([]byte(text)) })
	if _, ok := errors.AsType[*nodes.ForbiddenError](err); !ok {
		t.Errorf("error %v, want a *ForbiddenError", err)
	}
	if after := c.load(t, 0).Bytes(); !bytes.Equal(before, after) {
		t.Errorf("the file is %q, want %q", after, before)
	}
}

// stop ends the daemon of the node that comes and goes, and waits until all others see that.
func (c *reloading) stop(t *testing.T) {
	t.Helper()
	c.running = slices.DeleteFunc(c.running, func(pnn int) bool { return pnn == comingNode })
	c.Kill(t, comingNode)
	for _, pnn := range c.running {
		c.WaitFor(t, "node 3 to be disconnected", func(ctx context.Context) bool {
			cluster, err := c.Client(pnn).Status(ctx)
			if err != nil {
				return false
			}
			node, ok := cluster.Node(comingNode)
			return ok && node.Flags.Inactive()
		})
	}
}

// reloadNodes runs ctdb reloadnodes, again while a recovery is in its way.
func (c *reloading) reloadNodes(t *testing.T) (result ctdb.Result) {
	t.Helper()
	c.WaitFor(t, "a time without recoveries", func(context.Context) bool {
		result = c.Tool(t, 0, "reloadnodes")
		return !bytes.Contains(result.Stderr, []byte("Failed to disable recoveries"))
	})
	return result
}

// reload wants the cluster to make the changes that Diff finds, which are to be of some kinds.
func (c *reloading) reload(t *testing.T, want ...nodes.ChangeKind) {
	t.Helper()
	var got []nodes.ChangeKind
	var words []string
	said := map[nodes.ChangeKind]string{nodes.Added: "NEW", nodes.Deleted: "DELETED", nodes.Restored: "UNDELETED"}
	for _, change := range nodes.Diff(c.before, c.load(t, 0)) {
		got = append(got, change.Kind)
		words = append(words, fmt.Sprintf("Node %v is %s\n", change.PNN, said[change.Kind]))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Diff (-want +got):\n%s", diff)
	}
	result := c.reloadNodes(t)
	if result.ExitCode != 0 || bytes.Contains(result.Stderr, []byte("failed to reload")) {
		t.Errorf("ctdb reloadnodes: exit code %d, %s", result.ExitCode, result.Stderr)
	}
	if diff := cmp.Diff(strings.Join(words, ""), string(result.Stdout)); diff != "" {
		t.Errorf("ctdb reloadnodes (-Diff +ctdb):\n%s", diff)
	}
	c.checkStatus(t)
}

// checkRefused wants ctdb reloadnodes to refuse a file for the reasons that follow from the rules in FuzzDiff.
func checkRefused(t *testing.T, result ctdb.Result, before, after *nodes.File) {
	t.Helper()
	if result.ExitCode == 0 {
		t.Errorf("ctdb reloadnodes accepts %q after %q", after.Bytes(), before.Bytes())
	}
	var want, got []string
	was, is := slotsOf(before), slotsOf(after)
	for i, slot := range was {
		switch {
		case i >= len(is):
			want = append(want, fmt.Sprintf("Node %d (%s) missing from nodes file", i, strings.Replace(slot, "#", "0.0.0.0", 1)))
		case slot != "#" && is[i] != "#" && slot != is[i]:
			want = append(want, fmt.Sprintf("Node %d has changed IP address (was %s, now %s)", i, slot, is[i]))
		}
	}
	for line := range strings.Lines(string(result.Stderr)) {
		if strings.HasPrefix(line, "Node ") {
			got = append(got, strings.TrimSuffix(line, "\n"))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ctdb reloadnodes for %q after %q (-want +got):\n%s", after.Bytes(), before.Bytes(), diff)
	}
}

// checkStatus waits until each node that runs reports the nodes of the file, and those that run as healthy.
func (c *reloading) checkStatus(t *testing.T) {
	t.Helper()
	want := c.wantStatus(t)
	var diff string
	defer func() {
		if diff != "" {
			t.Logf("ctdb status (-want +got):\n%s", diff)
		}
	}()
	for _, pnn := range c.running {
		c.WaitFor(t, "node "+strconv.Itoa(pnn)+" to report the nodes of the file", func(ctx context.Context) bool {
			cluster, err := c.Client(pnn).Status(ctx)
			if err != nil {
				diff = err.Error()
				return false
			}
			got := reported{Count: cluster.NodeCount.String(), Deleted: cluster.DeletedCount.String()}
			for _, node := range cluster.Nodes {
				got.Nodes = append(got.Nodes, fmt.Sprint(node.PNN, node.Address, node.Healthy()))
			}
			diff = cmp.Diff(want, got)
			return diff == ""
		})
	}
}

// reported is what ctdb status says of the nodes.
type reported struct {
	Count, Deleted string
	Nodes          []string // "PNN ADDRESS HEALTHY"
}

func (c *reloading) wantStatus(t *testing.T) reported {
	t.Helper()
	file := c.load(t, 0)
	var want reported
	for node := range file.Active() {
		healthy := slices.Contains(c.running, int(node.PNN))
		want.Nodes = append(want.Nodes, fmt.Sprint(node.PNN, node.Address, healthy))
	}
	want.Count, want.Deleted = strconv.Itoa(file.Len()), strconv.Itoa(file.Len()-len(want.Nodes))
	return want
}
