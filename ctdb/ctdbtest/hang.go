package ctdbtest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// Hang lets a node's daemon answer nothing any more, until Resume. A command on that node waits until its context ends
// or its limit -T is over. One on another node that asks this one waits for its limit -t and says then that there was no
// answer; one that ends with a takeover run, or waits for a recovery, waits for its limit -T. The node stays connected
// and keeps its public addresses; a real one would be disconnected after KeepaliveInterval times KeepaliveLimit, by
// default 25 seconds: that is [Cluster.Kill]. Waits are by timers of package time, so that testing/synctest makes them
// short.
func (c *Cluster) Hang(pnn nodes.PNN) error {
	return c.change(pnn, func(n *node) {
		if n.running && n.hung == nil {
			n.hung = make(chan struct{})
		}
	})
}

// Resume lets a daemon that hangs go on. Commands that wait for it get their answers.
func (c *Cluster) Resume(pnn nodes.PNN) error { return c.change(pnn, (*node).resume) }

func (n *node) resume() {
	if n.hung == nil {
		return
	}
	close(n.hung)
	n.hung = nil
	if n.doomed {
		n.end()
	}
}

// await is something that a command waits for.
type await struct {
	resumed <-chan struct{}
	// limited: not longer than for one request, to this node. All else waits until the tool's time is up.
	limited bool
	pnn     nodes.PNN
	// result is the answer when the wait is over. Without it the command is tried anew.
	result *ctdb.Result
	said   string // what the tool has said by then
}

// run runs the tool with its waits.
func (c *Cluster) run(ctx context.Context, local nodes.PNN, cmd ctdb.Command) (ctdb.Result, error) {
	o, bad := c.parse(cmd.Args)
	if bad != "" {
		return refused(bad), nil
	}
	q := &query{options: o, local: local, stdin: cmd.Stdin, late: map[nodes.PNN]bool{}}
	end := time.Now().Add(time.Duration(o.maxRun) * time.Second)
	result := c.try(q)
	for q.await != nil {
		w := *q.await
		resumed, err := w.wait(ctx, end, o.limit)
		switch {
		case err != nil:
			return ctdb.Result{}, err
		case !resumed && w.limited && time.Now().Before(end):
			q.late[w.pnn] = true
			result = c.try(q)
		case !resumed:
			return refused(w.said + wordsOver), nil
		case w.result != nil:
			result = c.settle(q, *w.result)
		default:
			result = c.try(q)
		}
	}
	return result, nil
}

// try runs the command once.
func (c *Cluster) try(q *query) ctdb.Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	q.await = nil
	c.tick()
	return c.tool(q)
}

// settle gives a result that waited for a node that hung, unless another one hangs.
func (c *Cluster) settle(q *query, result ctdb.Result) ctdb.Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	q.await = c.held(result)
	return result
}

// wait waits until the node goes on, or the time is up.
func (w await) wait(ctx context.Context, end time.Time, limit int) (resumed bool, err error) {
	left := time.Until(end)
	if w.limited {
		left = min(left, time.Duration(limit)*time.Second)
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-timer.C:
		return false, nil
	case <-w.resumed:
		return true, nil
	}
}

// held gives what a result has to wait for that needs all nodes: one that is connected and hangs. Nil if there is none.
func (c *Cluster) held(result ctdb.Result) *await {
	for _, n := range c.nodes {
		if n.running && n.hung != nil {
			return &await{resumed: n.hung, result: &result}
		}
	}
	return nil
}

// unanswered tells whether a node does not answer a request in time. The first time it has the command wait for it and
// be tried anew, so that nothing may have been changed before.
func (c *Cluster) unanswered(q *query, pnn nodes.PNN) bool {
	n := c.nodes[pnn]
	switch {
	case q.limit == 0:
		return true
	case n.hung == nil:
		return false
	case !q.late[pnn] && q.await == nil:
		q.await = &await{resumed: n.hung, limited: true, pnn: pnn}
	}
	return true
}

// noAnswer is what the tool says of a request that was not answered.
func noAnswer(control string, pnn nodes.PNN) string {
	return fmt.Sprintf("Control %s failed to node %d, ret=110", control, pnn)
}

// etimedout is Linux's error number, which the tool ends with when a node does not answer.
const etimedout = 110

// lost gives the answer to a command whose node does not answer, if that is so: the words about the request, and those
// that the command adds.
func (c *Cluster) lost(q *query, control string, words ...string) (ctdb.Result, bool) {
	if !c.unanswered(q, q.target) {
		return ctdb.Result{}, false
	}
	result := refused(strings.Join(append([]string{noAnswer(control, q.target)}, words...), "\n"))
	result.ExitCode = etimedout
	return result, true
}

// asking gives a command that asks its node first. Its words may have %d for the node's number.
func asking(control string, then run, words ...string) run {
	return func(c *Cluster, q *query) ctdb.Result {
		var said []string
		for _, line := range words {
			said = append(said, strings.ReplaceAll(line, "%d", q.target.String()))
		}
		if result, ok := c.lost(q, control, said...); ok {
			return result
		}
		return then(c, q)
	}
}

// askAll asks several nodes. What it says of those that do not answer is for standard error.
func (c *Cluster) askAll(q *query, control string, all []status.Node) (words string) {
	var b strings.Builder
	for _, n := range all {
		if n.Flags == 0 && c.unanswered(q, n.PNN) {
			b.WriteString(noAnswer(control, n.PNN) + "\n")
		}
	}
	return b.String()
}
