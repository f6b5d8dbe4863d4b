package ctdbtest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

func (c *Cluster) runStatus(q query) ctdb.Result {
	report := c.status(q.target)
	switch {
	case q.json:
		return printed(statusJSON(report))
	case q.machine:
		return printed(c.table(report.Nodes, q.sep))
	}
	text := report.String()
	if !c.release.HasLeader() {
		text = strings.Replace(text, "Leader:UNKNOWN", "Recovery master:-1", 1)
		text = strings.Replace(text, "Leader:", "Recovery master:", 1)
	}
	return printed(text)
}

// runNodeStatus prints nodes, with the flags of all of them as the exit code.
func (c *Cluster) runNodeStatus(q query) ctdb.Result {
	report := c.status(q.target)
	all := len(q.words) > 1 && q.words[1] == "all"
	if !all {
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
	result := printed((&status.Cluster{
		NodeCount: report.NodeCount, DeletedCount: report.DeletedCount, Nodes: report.Nodes,
	}).String())
	if q.machine {
		result = printed(c.table(report.Nodes, q.sep))
	}
	for _, n := range report.Nodes {
		result.ExitCode |= int(n.Flags)
	}
	return result
}

// asked gives the nodes that nodestatus was asked for, in their order.
func (c *Cluster) asked(q query) (asked []nodes.PNN, bad string) {
	if len(q.words) == 1 {
		return []nodes.PNN{q.target}, ""
	}
	for word := range strings.SplitSeq(q.words[1], ",") {
		if word == "" {
			continue
		}
		// As strtoul reads it: what follows the digits is ignored.
		n, err := strconv.ParseUint(word[:len(word)-len(strings.TrimLeft(word, "0123456789"))], 10, 32)
		if err != nil {
			return nil, "Invalid node " + word
		}
		if _, ok := c.node(nodes.PNN(n)); !ok {
			return nil, fmt.Sprintf("Node %d does not exist", n)
		}
		asked = append(asked, nodes.PNN(n))
	}
	return asked, ""
}

// table prints nodes in the machine form.
func (c *Cluster) table(listed []status.Node, sep string) string {
	var b strings.Builder
	row := func(cells ...string) {
		fmt.Fprintf(&b, "%s%s%s\n", sep, strings.Join(cells, sep), sep)
	}
	flags := []status.Flags{
		status.FlagDisconnected, status.FlagUnknown, status.FlagBanned, status.FlagDisabled, status.FlagUnhealthy, status.FlagStopped,
	}
	names := []string{"Disconnected", "Unknown", "Banned", "Disabled", "Unhealthy", "Stopped"}
	if !c.release.HasUnknownFlag() {
		flags, names = append(flags[:1], flags[2:]...), append(names[:1], names[2:]...)
	}
	row(append(append([]string{"Node", "IP"}, names...), "Inactive", "PartiallyOnline", "ThisNode")...)
	for _, n := range listed {
		cells := []string{n.PNN.String(), n.Address.String()}
		for _, flag := range flags {
			cells = append(cells, bit(n.Flags.Has(flag)))
		}
		this := "N"
		if n.ThisNode {
			this = "Y"
		}
		row(append(cells, bit(n.Flags.Inactive()), bit(n.PartiallyOnline), this)...)
	}
	return b.String()
}

func bit(set bool) string {
	if set {
		return "1"
	}
	return "0"
}

func (c *Cluster) runListNodes(q query) ctdb.Result {
	var b strings.Builder
	for pnn, n := range c.nodes {
		switch {
		case n.deleted:
		case q.machine:
			fmt.Fprintf(&b, "%s%d%s%v%s\n", q.sep, pnn, q.sep, n.address, q.sep)
		default:
			fmt.Fprintln(&b, n.address)
		}
	}
	return printed(b.String())
}

func (c *Cluster) runVersion(q query) ctdb.Result {
	if q.json {
		return printed(indented(struct {
			Version string `json:"version"`
		}{c.release.String()}))
	}
	return printed(c.release.String() + "\n")
}

// statusJSON prints what --json prints.
func statusJSON(report *status.Cluster) string {
	type flags struct {
		Disconnected bool `json:"disconnected"`
		Unknown      bool `json:"unknown"`
		Disabled     bool `json:"disabled"`
		Banned       bool `json:"banned"`
		Unhealthy    bool `json:"unhealthy"`
		Deleted      bool `json:"deleted"`
		Stopped      bool `json:"stopped"`
		Inactive     bool `json:"inactive"`
	}
	type node struct {
		PNN             uint32 `json:"pnn"`
		Address         string `json:"address"`
		PartiallyOnline bool   `json:"partially_online"`
		FlagsRaw        uint32 `json:"flags_raw"`
		FlagsOK         bool   `json:"flags_ok"`
		Flags           flags  `json:"flags"`
		ThisNode        bool   `json:"this_node"`
	}
	type hash struct {
		Hash    int    `json:"hash"`
		LMaster uint32 `json:"lmaster"`
	}
	var out struct {
		NodeStatus struct {
			Count   int             `json:"node_count"`
			Deleted int             `json:"deleted_node_count"`
			Nodes   map[string]node `json:"nodes"`
		} `json:"node_status"`
		VNNStatus struct {
			Generation status.Value[status.Generation] `json:"generation"`
			Size       int                             `json:"size"`
			Map        []hash                          `json:"vnn_map"`
		} `json:"vnn_status"`
		Mode    string `json:"recovery_mode"`
		ModeRaw uint32 `json:"recovery_mode_raw"`
		Leader  uint32 `json:"leader"`
	}
	out.NodeStatus.Count, _ = report.NodeCount.Get()
	out.NodeStatus.Deleted, _ = report.DeletedCount.Get()
	out.NodeStatus.Nodes = map[string]node{}
	for _, n := range report.Nodes {
		f := n.Flags
		out.NodeStatus.Nodes[n.PNN.String()] = node{
			uint32(n.PNN), n.Address.String(), n.PartiallyOnline, uint32(f), f == 0,
			flags{
				f.Has(status.FlagDisconnected), f.Has(status.FlagUnknown), f.Has(status.FlagDisabled), f.Has(status.FlagBanned),
				f.Has(status.FlagUnhealthy), f.Has(status.FlagDeleted), f.Has(status.FlagStopped), f.Inactive(),
			},
			n.ThisNode,
		}
	}
	out.VNNStatus.Generation, out.VNNStatus.Size, out.VNNStatus.Map = report.Generation, len(report.LMasters), []hash{}
	for i, lmaster := range report.LMasters {
		out.VNNStatus.Map = append(out.VNNStatus.Map, hash{i, uint32(lmaster)})
	}
	mode, _ := report.RecoveryMode.Get()
	out.Mode, out.ModeRaw = mode.String(), uint32(mode)
	leader, ok := report.Leader.Get()
	if !ok {
		leader = nodes.NoPNN
	}
	out.Leader = uint32(leader)
	return indented(out)
}

func indented(v any) string {
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil { // no value here can fail
		return err.Error()
	}
	return string(out)
}
