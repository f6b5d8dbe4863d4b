package ctdbtest

import (
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

func (c *Cluster) runStatus(q *query) ctdb.Result {
	report := c.status(q.local, q.target)
	if result, ok := c.noStatus(q, !q.machine); ok {
		return result
	}
	words := c.askAll(q, "GET_IFACES", report.Nodes)
	var result ctdb.Result
	switch {
	case q.json:
		result = printed(statusJSON(report))
	case q.machine:
		result = printed(c.table(report.Nodes, q.sep))
	default:
		result = printed(c.statusText(report))
	}
	result.Stderr = []byte(words)
	return result
}

func (c *Cluster) statusText(report *status.Cluster) string {
	text := report.String()
	if !c.release.HasLeader() {
		text = strings.Replace(text, "Leader:UNKNOWN", "Recovery master:-1", 1)
		text = strings.Replace(text, "Leader:", "Recovery master:", 1)
	}
	return text
}

// noStatus gives the answer to a question about nodes whose target does not answer, if that is so. Since 4.17 it is asked
// how far it has come; before, only for more than the nodes.
func (c *Cluster) noStatus(q *query, more bool) (ctdb.Result, bool) {
	switch {
	case c.release.HasUnknownFlag():
		result, ok := c.lost(q, "GET_RUNSTATE")
		result.Stdout, result.ExitCode = []byte("Unable to get runstate"), 1
		return result, ok
	case more:
		result, ok := c.lost(q, "GETVNNMAP")
		return result, ok
	}
	return ctdb.Result{}, false
}

// runNodeStatus prints nodes, with the flags of all of them as the exit code.
func (c *Cluster) runNodeStatus(q *query) ctdb.Result {
	report := c.status(q.local, q.target)
	if result, ok := c.noStatus(q, false); ok {
		return result
	}
	if len(q.words) == 1 || q.words[1] != "all" {
		asked, bad := c.asked(q)
		if bad != "" {
			return refused(bad)
		}
		var listed []status.Node
		for _, pnn := range asked {
			if n, ok := report.Node(pnn); ok {
				listed = append(listed, n)
			}
		}
		report = &status.Cluster{Nodes: listed}
	}
	words := c.askAll(q, "GET_IFACES", report.Nodes)
	result := printed((&status.Cluster{
		NodeCount: report.NodeCount, DeletedCount: report.DeletedCount, Nodes: report.Nodes,
	}).String())
	if q.machine {
		result = printed(c.table(report.Nodes, q.sep))
	}
	result.Stderr = []byte(words)
	for _, n := range report.Nodes {
		result.ExitCode |= int(n.Flags)
	}
	return result
}

// asked gives the nodes that a command was given as "all" or "0,2", in their order; without a word, its target.
func (c *Cluster) asked(q *query) (asked []nodes.PNN, bad string) {
	switch {
	case len(q.words) == 1:
		return []nodes.PNN{q.target}, ""
	case q.words[1] == "all":
		return c.those(func(*node) bool { return true }), ""
	}
	for word := range strings.SplitSeq(q.words[1], ",") {
		if word == "" {
			continue
		}
		n := readNumber(word, 0)
		if n.none {
			return nil, "Invalid node " + word
		}
		pnn := nodes.PNN(uint32(n.value)) //nolint:gosec // the tool drops the rest too
		if _, ok := c.node(pnn); !ok {
			return nil, fmt.Sprintf("Node %d does not exist", uint32(pnn))
		}
		asked = append(asked, pnn)
	}
	return asked, ""
}

// table prints nodes in the machine form.
func (c *Cluster) table(listed []status.Node, sep string) string {
	var b strings.Builder
	flags := []status.Flags{
		status.FlagDisconnected, status.FlagUnknown, status.FlagBanned, status.FlagDisabled, status.FlagUnhealthy,
		status.FlagStopped,
	}
	names := []string{"Disconnected", "Unknown", "Banned", "Disabled", "Unhealthy", "Stopped"}
	if !c.release.HasUnknownFlag() {
		flags, names = append(flags[:1], flags[2:]...), append(names[:1], names[2:]...)
	}
	b.WriteString(row(sep, append(append([]string{"Node", "IP"}, names...), "Inactive", "PartiallyOnline", "ThisNode")...))
	for _, n := range listed {
		cells := []string{n.PNN.String(), n.Address.String()}
		for _, flag := range flags {
			cells = append(cells, bit(n.Flags.Has(flag)))
		}
		this := "N"
		if n.ThisNode {
			this = "Y"
		}
		b.WriteString(row(sep, append(cells, bit(n.Flags.Inactive()), bit(n.PartiallyOnline), this)...))
	}
	return b.String()
}
