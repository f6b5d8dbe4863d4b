package ctdbtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// SetNATGWNodes writes the natgw_nodes file of a node; "" removes it.
func (c *Cluster) SetNATGWNodes(pnn nodes.PNN, text string) error {
	return c.change(pnn, func(n *node) { n.files.natgw = fileOf(text) })
}

// SetLVSNodes writes the lvs_nodes file of a node; "" removes it.
func (c *Cluster) SetLVSNodes(pnn nodes.PNN, text string) error {
	return c.change(pnn, func(n *node) { n.files.lvs = fileOf(text) })
}

func fileOf(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(text)
}

// group is what the tool's scripts for groups of nodes differ in.
type group struct {
	script   string // the name of the script
	title    string // what it calls the file
	file     string
	noLeader int // the exit code if nobody can lead
	text     []byte
}

// member is a line of a group's file.
type member struct{ address, option string }

// leads tells whether a member may lead.
func (m member) leads() bool { return m.option == "" }

func (c *Cluster) runNATGW(q *query) ctdb.Result {
	g := group{"ctdb_natgw", "NAT gateway nodes file", "/etc/ctdb/natgw_nodes", 2, c.nodes[q.local].files.natgw}
	return c.runGroup(q, g, map[string]func([]member, []status.Node) ctdb.Result{
		c.leadWord(): func(all []member, states []status.Node) ctdb.Result {
			leader, ok := natgwLeader(all, states)
			if !ok {
				return ctdb.Result{ExitCode: g.noLeader}
			}
			return printed(fmt.Sprintf("%v %v\n", leader.PNN, leader.Address))
		},
		"list": c.natgwList,
	})
}

func (c *Cluster) runLVS(q *query) ctdb.Result {
	g := group{"ctdb_lvs", "LVS nodes file", "/etc/ctdb/lvs_nodes", 255, c.nodes[q.local].files.lvs}
	return c.runGroup(q, g, map[string]func([]member, []status.Node) ctdb.Result{
		c.leadWord(): func(all []member, states []status.Node) ctdb.Result {
			usable := lvsUsable(slices.DeleteFunc(slices.Clone(all), func(m member) bool { return !m.leads() }), states)
			if len(usable) == 0 {
				return ctdb.Result{ExitCode: g.noLeader}
			}
			return printed(usable[0].PNN.String() + "\n")
		},
		"list": func(all []member, states []status.Node) ctdb.Result {
			report := &status.LVSGroup{}
			for _, n := range lvsUsable(all, states) {
				report.Members = append(report.Members, status.LVSMember{PNN: n.PNN, Address: n.Address})
			}
			return printed(report.String())
		},
	})
}

// Words of before 4.14 and since then.
func (c *Cluster) leadWord() string   { return c.eraWord("master", "leader") }
func (c *Cluster) followWord() string { return c.eraWord("slave-only", "follower-only") }
func (c *Cluster) eraWord(before, since string) string {
	if c.release.AtLeast(4, 14, 0) {
		return since
	}
	return before
}

// runGroup runs a script for groups of nodes.
func (c *Cluster) runGroup(
	q *query, g group, answers map[string]func([]member, []status.Node) ctdb.Result,
) ctdb.Result {
	answer, ok := answers[q.words[1]]
	if !ok && q.words[1] != "status" {
		return failure("/usr/libexec/ctdb/" + g.script + " <option>")
	}
	members, bad := c.members(g)
	if bad != "" {
		return refused(g.script + ": " + bad)
	}
	states := c.status(q.local, q.local).Nodes
	c.askAll(q, "GET_IFACES", states) // it waits, and does not care
	if !ok {
		states = slices.DeleteFunc(states, func(n status.Node) bool { return !isMember(members, n) })
		return printed((&status.Cluster{Nodes: states}).String())
	}
	return answer(members, states)
}

// members reads a group's file as the scripts do, comments and blank lines with the rest.
func (c *Cluster) members(g group) (all []member, bad string) {
	if g.text == nil {
		return nil, g.title + ` "` + g.file + `" not found`
	}
	for line := range strings.SplitSeq(strings.TrimRight(string(g.text), "\n"), "\n") {
		line = strings.Trim(line, " \t")
		end := strings.IndexAny(line+" ", " \t")
		m := member{line[:end], strings.TrimLeft(line[end:], " \t")}
		if m.option != "" && m.option != c.followWord() && !strings.HasPrefix(m.address, "#") {
			return nil, `Invalid options "` + m.option + `" in  "` + g.file + `"`
		}
		all = append(all, m)
	}
	return all, ""
}

func isMember(all []member, n status.Node) bool {
	return slices.ContainsFunc(all, func(m member) bool { return m.address == n.Address.String() })
}

// natgwLeader finds the node that is the gateway: the first one of those in the best state.
func natgwLeader(all []member, states []status.Node) (status.Node, bool) {
	const (
		off     = status.FlagDisabled
		away    = status.FlagDisconnected | off
		stopped = away | status.FlagStopped
	)
	may := slices.DeleteFunc(slices.Clone(all), func(m member) bool { return !m.leads() })
	for _, bad := range []status.Flags{^status.Flags(0), stopped, away} {
		for _, n := range states {
			if isMember(may, n) && n.Flags&bad == 0 {
				return n, true
			}
		}
	}
	return status.Node{}, false
}

// natgwList prints the file with the leader marked. If there is none, a line without an address is.
func (c *Cluster) natgwList(all []member, states []status.Node) ctdb.Result {
	leading := ""
	if leader, ok := natgwLeader(all, states); ok {
		leading = leader.Address.String()
	}
	var b strings.Builder
	for _, m := range all {
		words := m.option
		if m.address == leading {
			words = strings.TrimSuffix(strings.ToUpper(c.leadWord())+","+m.option, ",")
		}
		if words != "" {
			words = "\t" + words
		}
		b.WriteString(m.address + words + "\n")
	}
	return printed(b.String())
}

// lvsUsable gives the nodes that connections go to: those that are well, or else those that are only unhealthy.
func lvsUsable(all []member, states []status.Node) []status.Node {
	const inactive = status.FlagDisconnected | status.FlagBanned | status.FlagStopped
	for _, bad := range []status.Flags{^status.Flags(0), inactive | status.FlagDisabled} {
		var usable []status.Node
		for _, n := range states {
			if isMember(all, n) && n.Flags&bad == 0 {
				usable = append(usable, n)
			}
		}
		if len(usable) > 0 {
			return usable
		}
	}
	return nil
}
