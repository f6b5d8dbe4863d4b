package ctdbtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

func (c *Cluster) runVersion(q *query) ctdb.Result {
	if q.json {
		return printed(indented(struct {
			Version string `json:"version"`
		}{c.release.String()}))
	}
	return printed(c.release.String() + "\n")
}

func (c *Cluster) runPNN(q *query) ctdb.Result { return printed(q.target.String() + "\n") }

func (c *Cluster) runUptime(q *query) ctdb.Result {
	n, now := c.nodes[q.target], time.Now()
	return printed(fmt.Sprintf("Current time of node %-4d     :                %s\n", q.target, now.Format(time.ANSIC)) +
		"Ctdbd start time              : " + since(now, n.started) +
		"Time of last recovery/failover: " + since(now, n.ended) +
		fmt.Sprintf("Duration of last recovery/failover: %f seconds\n", n.ended.Sub(n.began).Seconds()))
}

// since gives how long ago something was, and when: "(000 00:09:31) Sat Nov 21 21:49:23 2026".
func since(now, then time.Time) string {
	seconds := now.Unix() - then.Unix()
	const minute, hour, day = 60, 3600, 86400
	return fmt.Sprintf("(%03d %02d:%02d:%02d) %s\n", seconds/day, seconds/hour%24, seconds/minute%60, seconds%60,
		then.Format(time.ANSIC))
}

func (c *Cluster) runPing(q *query) ctdb.Result {
	return printed(fmt.Sprintf("response from %d time=0.000046 sec  (1 clients)\n", q.target))
}

func (c *Cluster) runGetPID(q *query) ctdb.Result {
	return printed(fmt.Sprintf("%d\n", c.nodes[q.target].pid))
}

// runStates are the states that runstate may be told to look for.
var runStates = []status.RunState{
	status.RunStateInit, status.RunStateSetup, status.RunStateFirstRecovery, status.RunStateStartup,
	status.RunStateRunning, status.RunStateShutdown,
}

// runRunState looks for states until it finds the one that the node is in.
func (c *Cluster) runRunState(q *query) ctdb.Result {
	state := c.nodes[q.target].state
	if state == "" {
		state = status.RunStateRunning
	}
	for i, word := range q.words[1:] {
		switch {
		case !isRunState(word):
			return failure(fmt.Sprintf("Invalid run state (%s)", word))
		case strings.EqualFold(word, string(state)):
			return printed(string(state) + "\n")
		case i == len(q.words)-2:
			return failure(fmt.Sprintf("CTDB not in required run state (got %s)", state))
		}
	}
	return printed(string(state) + "\n")
}

// failure is the answer of a command that says on standard output what is wrong.
func failure(words string) ctdb.Result { return ctdb.Result{ExitCode: 1, Stdout: []byte(words + "\n")} }

func isRunState(word string) bool {
	for _, state := range runStates {
		if strings.EqualFold(word, string(state)) {
			return true
		}
	}
	return false
}

func (c *Cluster) runLeader(q *query) ctdb.Result {
	if leader, ok := c.leaderFor(q.local, q.target).Get(); ok && q.limit != 0 {
		return printed(leader.String() + "\n")
	}
	return printed("UNKNOWN\n")
}

func (c *Cluster) runRecMaster(q *query) ctdb.Result {
	leader, ok := c.leaderFor(q.local, q.target).Get()
	if !ok {
		leader = nodes.NoPNN
	}
	return printed(fmt.Sprintf("%d\n", uint32(leader)))
}

func (c *Cluster) runGetRecLock(q *query) ctdb.Result {
	if lock := c.nodes[q.target].lock; lock != "" {
		return printed(lock + "\n")
	}
	return ctdb.Result{}
}

func (c *Cluster) runGetCapabilities(q *query) ctdb.Result {
	leader := "LEADER"
	if !c.release.HasLeader() {
		leader = "RECMASTER"
	}
	n := c.nodes[q.target]
	if q.machine {
		return printed(row(q.sep, leader, "LMASTER") + row(q.sep, bit(!n.noLeader), bit(!n.noLMaster)))
	}
	return printed(fmt.Sprintf("%s: %s\nLMASTER: %s\n", leader, yes(!n.noLeader), yes(!n.noLMaster)))
}

func yes(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

// row prints cells with the separator around them.
func row(sep string, cells ...string) string { return sep + strings.Join(cells, sep) + sep + "\n" }

func bit(set bool) string {
	if set {
		return "1"
	}
	return "0"
}
