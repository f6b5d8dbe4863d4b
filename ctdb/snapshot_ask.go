package ctdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// ErrOtherNode says that what should have asked one node reached another: see [SnapshotOptions.Runner].
var ErrOtherNode = errors.New("another node answered")

// survey is what the questions of one snapshot share. Its methods are safe for concurrent use.
type survey struct {
	slots   chan struct{}         // one for each tool that may run at the same time
	timeout time.Duration         // for one question
	seen    func(*status.Cluster) // gets each node's view of the cluster as it comes; may be nil
}

// newSurvey makes a survey for a call whose context is bounded.
func newSurvey(ctx context.Context, c *Client, options SnapshotOptions) *survey {
	s := &survey{slots: make(chan struct{}, options.concurrency()), timeout: options.NodeTimeout}
	if s.timeout <= 0 {
		deadline, _ := ctx.Deadline()
		s.timeout = min(c.config.Timeout, time.Until(deadline)*2/3)
	}
	return s
}

// question asks something as soon as a tool may run for it. The time for the answer begins then.
func question[T any](ctx context.Context, s *survey, ask func(context.Context) (T, error)) Part[T] {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
	}
	start := time.Now()
	if ctx.Err() != nil {
		return Part[T]{Err: fmt.Errorf("not asked: %w", ended(ctx)), At: start}
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	value, err := ask(ctx)
	at := time.Now()
	if err != nil {
		return Part[T]{Err: err, At: at, Took: at.Sub(start)}
	}
	return Part[T]{Value: value, At: at, Took: at.Sub(start)}
}

// asking gives a function that asks for a part.
func asking[T any](ctx context.Context, s *survey, into *Part[T], ask func(context.Context) (T, error)) func() {
	return func() { *into = question(ctx, s, ask) }
}

// ask asks a node for all parts, first of all for a sign of life. A client for no node in particular is one whose tool
// runs on the node.
func (s *survey) ask(ctx context.Context, c *Client, n *NodeSnapshot) {
	n.Ping = question(ctx, s, c.Ping)
	if ping, ok := n.Ping.Get(); ok && n.PNN != nodes.NoPNN && ping.PNN != n.PNN {
		n.Ping.Value, n.Ping.Err = nil, fmt.Errorf("%w: node %v for node %v", ErrOtherNode, ping.PNN, n.PNN)
	}
	s.askMore(ctx, c, n)
}

// askMore asks for all parts but the sign of life, which the node gave or did not give.
func (s *survey) askMore(ctx context.Context, c *Client, n *NodeSnapshot) {
	var all sync.WaitGroup
	defer all.Wait()
	local := c.pnn == nodes.NoPNN
	if err := n.Ping.Err; err != nil {
		at := time.Now()
		fail(n.ofDaemon(), err, at)
		switch {
		case local && answersWithout(err):
			fail(n.ofOwnDaemon(), err, at)
			s.askMachine(ctx, c, n, &all)
		case local:
			fail(n.ofOwnDaemon(), err, at)
			fail(n.ofMachine(), err, at)
		}
		return
	}
	s.askDaemon(ctx, c, n, &all)
	if local {
		s.askOwnDaemon(ctx, c, n, &all)
		s.askMachine(ctx, c, n, &all)
	}
}

// answersWithout tells whether the tool works, and only ctdbd does not: what it knows by itself can be asked for.
func answersWithout(err error) bool {
	return !errors.Is(err, ErrBadConfig) &&
		(errors.Is(err, ErrNotRunning) || errors.Is(err, ErrNotReady) || errors.Is(err, ErrAllBanned))
}

// askDaemon starts to ask for what a ctdbd tells. What takes longest comes first.
func (s *survey) askDaemon(ctx context.Context, c *Client, n *NodeSnapshot, all *sync.WaitGroup) {
	all.Go(func() {
		n.Status = question(ctx, s, c.Status)
		n.Leader = leaderIn(n.Status)
		if cluster, ok := n.Status.Get(); ok && s.seen != nil {
			s.seen(cluster)
		}
	})
	all.Go(asking(ctx, s, &n.RunState, c.RunState))
	all.Go(asking(ctx, s, &n.Lock, c.ClusterLock))
	all.Go(asking(ctx, s, &n.Capabilities, c.Capabilities))
	all.Go(asking(ctx, s, &n.PublicIPs, c.PublicIPs))
	all.Go(asking(ctx, s, &n.Interfaces, c.Interfaces))
	all.Go(asking(ctx, s, &n.Databases, c.Databases))
	all.Go(asking(ctx, s, &n.Uptime, c.Uptime))
}

// askOwnDaemon starts to ask for what the tool tells only of its own node.
func (s *survey) askOwnDaemon(ctx context.Context, c *Client, n *NodeSnapshot, all *sync.WaitGroup) {
	all.Go(asking(ctx, s, &n.Scripts, func(ctx context.Context) (*status.EventStatus, error) {
		return c.EventStatus(ctx, "monitor")
	}))
	all.Go(func() { n.NATGW = groupIn(question(ctx, s, c.NATGWList)) })
	all.Go(func() { n.LVS = groupIn(question(ctx, s, c.LVSList)) })
}

// askMachine starts to ask for what the tool knows without a daemon.
func (s *survey) askMachine(ctx context.Context, c *Client, n *NodeSnapshot, all *sync.WaitGroup) {
	all.Go(asking(ctx, s, &n.EventScripts, c.EventScripts))
	all.Go(asking(ctx, s, &n.NodeList, c.NodeList))
}

// leaderIn gives the leader in a node's view of the cluster.
func leaderIn(view Part[*status.Cluster]) Part[status.Value[nodes.PNN]] {
	leader := Part[status.Value[nodes.PNN]]{Err: view.Err, At: view.At, Took: view.Took}
	if cluster, ok := view.Get(); ok {
		if leader.Value = cluster.Leader; !cluster.Leader.IsReported() {
			return Part[status.Value[nodes.PNN]]{}
		}
	}
	return leader
}

// groupIn makes it no failure to be in no group.
func groupIn[T any](group Part[T]) Part[T] {
	if errors.Is(group.Err, ErrNoGroup) {
		return Part[T]{}
	}
	return group
}
