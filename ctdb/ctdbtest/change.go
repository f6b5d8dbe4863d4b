package ctdbtest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// said is an answer of a tool that succeeds and has something to say.
func said(words string) ctdb.Result { return ctdb.Result{Stderr: []byte(words + "\n")} }

// flagCommand is a command that sets or lifts a flag.
type flagCommand struct {
	flag status.Flags
	set  bool
	word string
}

func (f flagCommand) run(c *Cluster, q query) ctdb.Result {
	n := c.nodes[q.target]
	if n.flags.Has(f.flag) == f.set {
		if f.set {
			return said(fmt.Sprintf("Node %d is already %s", q.target, f.word))
		}
		return said(fmt.Sprintf("Node %d is not %s", q.target, f.word))
	}
	c.react(func() { n.flags ^= f.flag })
	return c.runTakeover(q)
}

// runTakeover is the takeover run that changes end with. Without a leader it never comes.
func (c *Cluster) runTakeover(query) ctdb.Result {
	const over = "Maximum runtime exceeded - exiting"
	switch _, led := c.leader.Get(); {
	case c.allBanned():
		return refused("Warning: All nodes are banned.\nFailed to get nodemap, trying again\n" + over)
	case !led:
		return refused(over)
	}
	return ctdb.Result{}
}

func (c *Cluster) runBan(q query) ctdb.Result {
	seconds, err := strconv.ParseUint(q.words[1], 0, 32)
	const einval = 22
	switch {
	case err != nil:
		return ctdb.Result{ExitCode: einval}
	case c.nodes[q.target].flags.Has(status.FlagBanned): // looked at first
	case seconds == 0:
		return ctdb.Result{ExitCode: einval, Stderr: []byte("Ban time cannot be zero\n")}
	}
	return flagCommand{status.FlagBanned, true, "banned"}.run(c, q)
}

func (c *Cluster) runShutdown(q query) ctdb.Result {
	c.react(c.nodes[q.target].end)
	return ctdb.Result{}
}

func (c *Cluster) runRecover(q query) ctdb.Result {
	c.recover()
	return c.runTakeover(q)
}

// runReloadNodes finds nothing to do: the nodes of a simulated cluster are those of its nodes files.
func (c *Cluster) runReloadNodes(query) ctdb.Result {
	var b strings.Builder
	for i, n := range c.nodes {
		if !n.deleted && !n.running {
			fmt.Fprintf(&b, "WARNING: Node %d is disconnected. You MUST fix this node manually!\n", i)
		}
	}
	return said(b.String() + "No change in nodes file, skipping unnecessary reload")
}

func (c *Cluster) runSetLeader(q query) ctdb.Result {
	return c.setRole(q, func(n *node, off bool) { n.noLeader = off })
}

func (c *Cluster) runSetLMaster(q query) ctdb.Result {
	return c.setRole(q, func(n *node, off bool) { n.noLMaster = off })
}

func (c *Cluster) setRole(q query, set func(n *node, off bool)) ctdb.Result {
	if q.words[1] != "on" && q.words[1] != "off" {
		return usage()
	}
	c.react(func() { set(c.nodes[q.target], q.words[1] == "off") })
	return ctdb.Result{}
}

func noTunable(name string) ctdb.Result {
	return ctdb.Result{ExitCode: 1, Stdout: []byte("No such tunable " + name + "\n")}
}

func (c *Cluster) runSetVar(q query) ctdb.Result {
	t, ok := tunables.Lookup(c.release, q.words[1])
	if !ok {
		return noTunable(q.words[1])
	}
	value, err := strconv.ParseUint(q.words[2], 0, 64)
	if err != nil {
		return ctdb.Result{ExitCode: 22}
	}
	n := c.nodes[q.target]
	if n.tunables == nil {
		n.tunables = map[string]uint32{}
	}
	n.tunables[t.Name] = uint32(value) //nolint:gosec // the tool drops the rest too
	return ctdb.Result{}
}

func (c *Cluster) runGetVar(q query) ctdb.Result {
	t, ok := tunables.Lookup(c.release, q.words[1])
	if !ok {
		return noTunable(q.words[1])
	}
	return printed(fmt.Sprintf("%-26s = %d\n", q.words[1], c.nodes[q.target].tunable(t)))
}

func (n *node) tunable(t tunables.Tunable) uint32 {
	if value, ok := n.tunables[t.Name]; ok {
		return value
	}
	return t.Default
}

func (c *Cluster) runSetDebug(q query) ctdb.Result {
	level, err := config.ParseLogLevel(q.words[1])
	if err != nil {
		const levels = "Valid levels are:\n\tERROR | WARNING | NOTICE | INFO | DEBUG"
		return refused("Invalid debug level '" + q.words[1] + "'. " + levels)
	}
	c.nodes[q.target].level = level
	return ctdb.Result{}
}

func (c *Cluster) runGetDebug(q query) ctdb.Result {
	return printed(c.nodes[q.target].level.String() + "\n")
}

// Tunable gives the value of a tunable on a node. There is none if the release has no such tunable.
func (c *Cluster) Tunable(pnn nodes.PNN, name string) (uint32, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, isNode := c.node(pnn)
	t, ok := tunables.Lookup(c.release, name)
	if !ok || !isNode {
		return 0, false
	}
	return n.tunable(t), true
}
