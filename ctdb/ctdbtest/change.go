package ctdbtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// flagCommand is a command that sets or lifts a flag.
type flagCommand struct {
	flag    status.Flags
	set     bool
	word    string
	control string // the request to the node
	failed  string // what the tool says if that is not answered
}

func (f flagCommand) run(c *Cluster, q *query) ctdb.Result {
	if words, so := f.isSo(c, q); so {
		return said(words)
	}
	if result, ok := c.lost(q, f.control, strings.ReplaceAll(f.failed, "%d", q.target.String())); ok {
		return result
	}
	n := c.nodes[q.target]
	c.react(func() {
		n.flags &^= f.flag
		if f.set {
			n.flags |= f.flag
		}
		n.bannedUntil = time.Time{}
	})
	return c.runTakeover(q)
}

// isSo tells whether there is nothing to do, and how the tool says so.
func (f flagCommand) isSo(c *Cluster, q *query) (words string, so bool) {
	switch {
	case c.seen(q.local, q.target).Has(f.flag) != f.set:
		return "", false
	case f.set:
		return fmt.Sprintf("Node %d is already %s", q.target, f.word), true
	}
	return fmt.Sprintf("Node %d is not %s", q.target, f.word), true
}

func (c *Cluster) runBan(q *query) ctdb.Result {
	const einval, erange = 22, 34
	ban := flagCommand{status.FlagBanned, true, "banned", "SET_BAN_STATE", "Failed to ban node %d"}
	seconds := readNumber(q.words[1], 0)
	switch words, so := ban.isSo(c, q); {
	case seconds.none:
		return ctdb.Result{ExitCode: einval}
	case seconds.over:
		return ctdb.Result{ExitCode: erange}
	case so: // looked at before the time
		return said(words)
	case uint32(seconds.value) == 0: //nolint:gosec // the tool drops the rest too
		return ctdb.Result{ExitCode: einval, Stderr: []byte("Ban time cannot be zero\n")}
	}
	result := ban.run(c, q)
	if n := c.nodes[q.target]; n.flags.Has(status.FlagBanned) {
		n.bannedUntil = time.Now().Add(time.Duration(uint32(seconds.value)) * time.Second) //nolint:gosec // as above
	}
	return result
}

// runTakeover is the takeover run that changes end with. Without a leader it never comes, nor while a daemon hangs.
func (c *Cluster) runTakeover(q *query) ctdb.Result {
	_, led := c.leader.Get()
	switch done := c.takeover(); {
	case c.allBanned() && q.words[0] != "ipreallocate" && q.words[0] != "sync":
		return refused(wordsAllBanned + "\nFailed to get nodemap, trying again\n" + wordsOver)
	case !led || c.recovering:
		return refused(wordsOver)
	case !done:
		return ctdb.Result{ExitCode: 1}
	}
	q.await = c.held(ctdb.Result{})
	return ctdb.Result{}
}

// runShutdown returns when the daemon is gone, or, with one that hangs, when it was told.
func (c *Cluster) runShutdown(q *query) ctdb.Result {
	if n := c.nodes[q.target]; n.hung != nil {
		n.doomed = true
	} else {
		c.react(n.end)
	}
	return ctdb.Result{}
}

// runRecover waits for a new generation. A recovery without a leader, on a node that does not take part, or with a daemon
// that hangs never ends.
func (c *Cluster) runRecover(q *query) ctdb.Result {
	control, words := "SET_RECMODE", "Failed to set recovery mode active"
	if !c.release.HasLeader() {
		control, words = "GET_RECMASTER", "Failed to find recovery master"
	}
	_, led := c.leader.Get()
	switch {
	case !led && c.release.HasLeader() && q.limit >= q.maxRun: // until then it hopes for a leader
		return refused(wordsOver)
	case !led:
		return refused("Control GET_RECMODE failed, ret=-1\nFailed to get recovery mode from node 4294967295")
	}
	if result, ok := c.lost(q, control, words); ok {
		return result
	}
	if c.recovering || !c.nodes[q.target].isActive() {
		return refused(wordsOver)
	}
	c.recover()
	c.takeover()
	q.await = c.held(ctdb.Result{})
	return ctdb.Result{}
}

func (c *Cluster) runSetLeader(q *query) ctdb.Result {
	return c.setRole(q, "SET_RECMASTERROLE", func(n *node, off bool) { n.noLeader = off })
}

func (c *Cluster) runSetLMaster(q *query) ctdb.Result {
	return c.setRole(q, "SET_LMASTERROLE", func(n *node, off bool) { n.noLMaster = off })
}

func (c *Cluster) setRole(q *query, control string, set func(n *node, off bool)) ctdb.Result {
	if q.words[1] != "on" && q.words[1] != "off" {
		return usage()
	}
	if result, ok := c.lost(q, control); ok {
		return result
	}
	c.react(func() { set(c.nodes[q.target], q.words[1] == "off") })
	return ctdb.Result{}
}

func noTunable(name string) ctdb.Result { return failure("No such tunable " + name) }

// lookup finds a tunable that is not obsolete.
func (c *Cluster) lookup(name string) (tunables.Tunable, bool) {
	t, ok := tunables.Lookup(c.release, name)
	return t, ok && !t.Obsolete
}

func (c *Cluster) runSetVar(q *query) ctdb.Result {
	const einval, erange = 22, 34
	t, ok := c.lookup(q.words[1])
	value := readNumber(q.words[2], 0)
	switch {
	case !ok:
		return noTunable(q.words[1])
	case value.none:
		return ctdb.Result{ExitCode: einval}
	case value.over:
		return ctdb.Result{ExitCode: erange}
	}
	n := c.nodes[q.target]
	if n.tunables == nil {
		n.tunables = map[string]uint32{}
	}
	n.tunables[t.Name] = uint32(value.value) //nolint:gosec // the tool drops the rest too
	return ctdb.Result{}
}

func (c *Cluster) runGetVar(q *query) ctdb.Result {
	t, ok := c.lookup(q.words[1])
	if !ok {
		return noTunable(q.words[1])
	}
	return printed(status.Tunable{Name: q.words[1], Value: c.nodes[q.target].tunable(t)}.String() + "\n")
}

func (c *Cluster) runListVars(q *query) ctdb.Result {
	all := &status.Tunables{}
	for t := range tunables.Known(c.release) {
		if !t.Obsolete {
			all.Tunables = append(all.Tunables, status.Tunable{Name: t.Name, Value: c.nodes[q.target].tunable(t)})
		}
	}
	return printed(all.String())
}

func (n *node) tunable(t tunables.Tunable) uint32 {
	if value, ok := n.tunables[t.Name]; ok {
		return value
	}
	return t.Default
}

func (c *Cluster) runSetDebug(q *query) ctdb.Result {
	level, err := config.ParseLogLevel(q.words[1])
	if err != nil {
		const levels = "Valid levels are:\n\tERROR | WARNING | NOTICE | INFO | DEBUG"
		return refused("Invalid debug level '" + q.words[1] + "'. " + levels)
	}
	if result, ok := c.lost(q, "SET_DEBUG"); ok {
		return result
	}
	c.nodes[q.target].level = level
	return ctdb.Result{}
}

func (c *Cluster) runGetDebug(q *query) ctdb.Result {
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

// value gives the value of a tunable that all releases have.
func (n *node) value(name string) uint32 {
	t, _ := tunables.Lookup(defaultRelease(), name)
	return n.tunable(t)
}
