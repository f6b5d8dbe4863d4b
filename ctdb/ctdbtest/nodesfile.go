package ctdbtest

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// EditNodes changes the nodes files of all nodes, also of those that do not run. The cluster's nodes change with ctdb
// reloadnodes; until then only ctdb listnodes shows the new ones. If the edit of one file is refused, that is the error,
// and nothing was changed. The function is called once for each file; it must not use the Cluster.
func (c *Cluster) EditNodes(edit func(*nodes.File) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	texts := make([][]byte, len(c.nodes))
	for i, n := range c.nodes {
		f, err := nodes.Parse(nodesPath, n.files.nodes)
		if err == nil {
			err = edit(f)
		}
		if err != nil {
			return fmt.Errorf("node %d: %w", i, err)
		}
		texts[i] = f.Bytes()
	}
	for i, n := range c.nodes {
		n.files.nodes = texts[i]
	}
	return nil
}

// nodesPath is what the tool calls the nodes file.
const nodesPath = "/etc/ctdb/nodes"

// SetNodesFile writes the nodes file of one node, so that it can differ from those of the others. "" removes it.
func (c *Cluster) SetNodesFile(pnn nodes.PNN, text string) error {
	return c.change(pnn, func(n *node) { n.files.nodes = fileOf(text) })
}

// readNodes reads a machine's nodes file as the release does. What is wrong comes back in the tool's words.
func (c *Cluster) readNodes(m machine) (all []nodes.Node, bad string) {
	last := `Failed to read nodes from "` + nodesPath + `"`
	what := "node address"
	if !c.release.HasNodesList() {
		last, what = `Failed to read nodes file "`+nodesPath+`"`, "IP address"
	}
	if m.files.nodes == nil {
		return nil, last
	}
	f, err := nodes.Parse(nodesPath, m.files.nodes)
	if err == nil {
		err = f.CheckFor(c.release)
	}
	if e, ok := errors.AsType[*nodes.ParseError](err); ok {
		return nil, "Invalid " + what + " " + e.Text + "\n" + last
	}
	if err != nil {
		return nil, last
	}
	return slices.Collect(f.All()), ""
}

// runListNodes prints the machine's nodes file.
func (c *Cluster) runListNodes(q *query) ctdb.Result {
	n, ok := c.node(q.local)
	if !ok {
		return refused(`Failed to read nodes file "` + nodesPath + `"`)
	}
	all, bad := c.readNodes(n.machine)
	if bad != "" {
		return refused(bad)
	}
	var b strings.Builder
	for _, n := range all {
		switch {
		case n.Deleted:
		case q.machine:
			b.WriteString(row(q.sep, n.PNN.String(), n.Address.String()))
		default:
			fmt.Fprintln(&b, n.Address)
		}
	}
	return printed(b.String())
}

// runReloadNodes has the daemons take over their nodes files, if these are the same and have no change that a running
// cluster refuses.
func (c *Cluster) runReloadNodes(q *query) ctdb.Result {
	list, bad := c.readNodes(c.nodes[q.local].machine)
	if bad != "" {
		return refused(bad)
	}
	if result := c.compareNodes(q, list); result.ExitCode != 0 {
		return result
	}
	r := reload{c: c, q: q}
	r.compare(list)
	switch {
	case r.refused:
		return r.result("ERROR: Nodes will not be reloaded due to previous error\n", 1)
	case !r.changed:
		return r.result("No change in nodes file, skipping unnecessary reload\n", 0)
	case c.recovering:
		return r.result("Failed to disable recoveries\n", 1)
	}
	words := ""
	for _, pnn := range c.those((*node).isConnected) {
		if c.nodes[pnn].failsReload {
			words += fmt.Sprintf("Node %d failed to reload nodes\n", pnn)
		}
	}
	if words != "" {
		words += "You MUST fix failed nodes manually!\n"
	}
	c.react(func() { c.adopt(list) })
	return r.result(words, 0)
}

// compareNodes compares the nodes files of all nodes that the one sees. Exit code 0 is that they are the same.
func (c *Cluster) compareNodes(q *query, list []nodes.Node) ctdb.Result {
	for i, n := range c.nodes {
		pnn := nodes.PNN(i)
		if c.seen(q.local, pnn).Has(status.FlagDisconnected) {
			continue
		}
		failed := fmt.Sprintf("ERROR: Failed to get nodes file from node %d", i)
		if c.unanswered(q, pnn) {
			result := refused(noAnswer("GET_NODES_FILE", pnn) + "\n" + failed)
			result.ExitCode = etimedout
			return result
		}
		switch theirs, bad := c.readNodes(n.machine); {
		case bad != "":
			return refused("Control GET_NODES_FILE failed, ret=-1\n" + failed)
		case !slices.EqualFunc(list, theirs, sameNode):
			return refused(fmt.Sprintf("ERROR: Nodes file on node %d differs from current node (%d)", i, q.local))
		}
	}
	return ctdb.Result{}
}

func sameNode(a, b nodes.Node) bool {
	return a.Deleted == b.Deleted && (a.Deleted || a.Address == b.Address)
}

// adopt takes over the nodes of a file. New and restored ones do not run yet.
func (c *Cluster) adopt(list []nodes.Node) {
	for i, line := range list {
		switch {
		case i >= len(c.nodes):
			c.nodes = append(c.nodes, c.newNode(line))
		case line.Deleted:
			c.nodes[i].deleted, c.nodes[i].address = true, netip.IPv4Unspecified()
		case c.nodes[i].deleted:
			n := c.nodes[i]
			n.deleted, n.address, n.flags = false, line.Address, status.FlagUnhealthy
		}
	}
}

// newNode gives a node that was added to the cluster, with the files of the first.
func (c *Cluster) newNode(line nodes.Node) *node {
	m := Options{Lock: c.nodes[0].lock}.machine(c.release, line.PNN)
	m.scripts = slices.Clone(c.nodes[0].scripts)
	m.files = c.nodes[0].files
	return &node{machine: m, address: line.Address, deleted: line.Deleted, flags: status.FlagUnhealthy}
}
