package ctdb

import (
	"context"
	"fmt"
	"net/netip"
	"sync"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// clusterSurvey asks all nodes.
type clusterSurvey struct {
	*survey
	client *Client // asks the node that the tool runs on
	runner func(nodes.PNN, netip.Addr) Runner
	own    Part[*status.Ping] // that node's sign of life
	owned  chan struct{}      // closed when own is there; a sync.Once would stop the clock of testing/synctest
	all    sync.WaitGroup

	mu     sync.Mutex
	found  map[nodes.PNN]*NodeSnapshot
	listed bool // some list of the nodes was had
	excess bool // there are more than maxNodes
}

// maxNodes is how many nodes are asked. A list of more is no list of a cluster's nodes, and each takes some kilobytes.
const maxNodes = 1 << 16

// run asks all nodes, and waits for them.
func (s *clusterSurvey) run(ctx context.Context) error {
	s.owned = make(chan struct{})
	s.seen = func(cluster *status.Cluster) {
		for _, n := range cluster.Nodes {
			s.add(ctx, n.PNN, n.Address)
		}
	}
	var list Part[*status.NodeList]
	s.all.Go(func() {
		s.own = question(ctx, s.survey, s.client.Ping)
		close(s.owned)
	})
	s.all.Go(func() {
		list = question(ctx, s.survey, s.client.NodeList)
		s.addAll(ctx, list)
	})
	s.all.Wait()
	switch {
	case s.excess:
		return fmt.Errorf("the list of the nodes has more than %d", maxNodes)
	case s.listed:
		return nil
	}
	why := causes{}.add(list.Err).add(s.own.Err)
	for _, n := range s.found {
		why = why.add(n.Status.Err)
	}
	return fmt.Errorf("no list of the nodes: %w", why.err())
}

// addAll adds the nodes of a list, and the one that the tool runs on if that is not among them.
func (s *clusterSurvey) addAll(ctx context.Context, list Part[*status.NodeList]) {
	if nodeList, ok := list.Get(); ok {
		if len(nodeList.Nodes) > maxNodes {
			s.tooMany()
			return
		}
		for _, n := range nodeList.Nodes {
			if pnn, ok := n.PNN.Get(); ok {
				s.add(ctx, pnn, n.Address)
			}
		}
	}
	<-s.owned
	if own, ok := s.own.Get(); ok {
		s.add(ctx, own.PNN, netip.Addr{})
	}
}

func (s *clusterSurvey) tooMany() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.excess = true
}

// add starts to ask a node, unless that was done. The address is the node's private one, if that is known.
func (s *clusterSurvey) add(ctx context.Context, pnn nodes.PNN, private netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listed = s.listed || private.IsValid()
	if s.found[pnn] != nil {
		return
	}
	if len(s.found) == maxNodes {
		s.excess = true
		return
	}
	n := &NodeSnapshot{PNN: pnn}
	s.found[pnn] = n
	if s.runner != nil && private.IsValid() {
		if runner := s.runner(pnn, private); runner != nil {
			s.all.Go(func() { s.ask(ctx, s.client.through(runner), n) })
			return
		}
	}
	s.all.Go(func() { s.askThroughOwn(ctx, n) })
}

// through gives a client whose tool runs elsewhere.
func (c *Client) through(runner Runner) *Client {
	there := *c
	there.config.Runner, there.pnn = runner, nodes.NoPNN
	return &there
}

// askThroughOwn asks a node through the one that the tool runs on, if that shows a sign of life.
func (s *clusterSurvey) askThroughOwn(ctx context.Context, n *NodeSnapshot) {
	<-s.owned
	own := s.own
	switch {
	case own.Err != nil:
		fail(append(n.ofDaemon(), &n.Ping), fmt.Errorf("asked through the node that the tool runs on: %w", own.Err), own.At)
	case own.Value.PNN == n.PNN:
		n.Ping = own
		s.askMore(ctx, s.client, n)
	default:
		s.ask(ctx, s.client.On(n.PNN), n)
	}
}
