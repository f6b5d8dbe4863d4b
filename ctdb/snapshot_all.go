package ctdb

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// defaultConcurrency is how many tools run at the same time unless options say otherwise.
const defaultConcurrency = 16

// SnapshotOptions say how all nodes are asked. The zero value asks them through the node that the tool runs on.
type SnapshotOptions struct {
	// Runner gives a way to run the tool on a node, such as a [Prefix] of ssh and the node's private address. It is
	// called once for each node, by one goroutine at a time. Without it, and for a node that it gives nil for, the tool
	// asks that node through its own (-n); then parts that the tool says only of its own node are not reported, and a
	// node that is disconnected from that one can't be asked. A Runner that reaches another node makes all parts fail
	// with [ErrOtherNode].
	Runner func(pnn nodes.PNN, private netip.Addr) Runner
	// Concurrency is how many tools run at the same time, at most; 0 means 16. A node that hangs takes one of them until
	// its time is up.
	Concurrency int
	// NodeTimeout is how long a node may take for an answer. One that does not give the first, a sign of life, within
	// that time is asked nothing else, so that this is all that it costs. 0 means two thirds of the call's time, and
	// [Config.Timeout] at most.
	NodeTimeout time.Duration
}

func (o SnapshotOptions) concurrency() int {
	if o.Concurrency <= 0 {
		return defaultConcurrency
	}
	return o.Concurrency
}

// ClusterSnapshot is what all nodes of a cluster say. It is plain data that belongs to its holder, and can be written
// and read as JSON.
type ClusterSnapshot struct {
	// At is when the first question was asked, by this process's clock, and Took how long all took.
	At   time.Time     `json:"at"`
	Took time.Duration `json:"took_ns"`
	// Nodes are in the order of their numbers, those that did not answer among them. Deleted nodes are not there.
	Nodes []*NodeSnapshot `json:"nodes"`
}

// Node gives the snapshot of the node with that number.
func (s *ClusterSnapshot) Node(pnn nodes.PNN) (*NodeSnapshot, bool) {
	for _, n := range s.Nodes {
		if n != nil && n.PNN == pnn { // JSON can have null
			return n, true
		}
	}
	return nil, false
}

// Err gives what the nodes' parts failed with; nil if none failed. A dead node is a failure too. What the answers tell
// of the cluster is in [ClusterSnapshot.Findings].
func (s *ClusterSnapshot) Err() error {
	var all []error
	for _, n := range s.Nodes {
		if n != nil {
			all = append(all, n.Err())
		}
	}
	return errors.Join(all...)
}

// SnapshotAll gathers what all nodes of the cluster say of themselves and of each other, concurrently. A node that is
// dead or hangs costs its own time ([SnapshotOptions.NodeTimeout]) and not the others' answers: as with
// [Client.Snapshot], each part has an error of its own.
//
// The nodes are those in the nodes file of the machine that the tool runs on, which is there without a daemon, and
// those that any node takes for a member of the cluster. The call fails only if neither can be had. The client may be
// one for another node; that makes no difference.
//
// When the context ends, SnapshotAll returns what it has by then; what is missing has the context's error. It returns
// when its Runners do and leaves no goroutine behind.
//
// It costs about ten runs of the tool for each node. Beside a node that hangs but is still connected, the others'
// Status takes longer: see [Client.Status]. Beside more than two of them it may not come in time.
func (c *Client) SnapshotAll(ctx context.Context, options SnapshotOptions) (*ClusterSnapshot, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	start := time.Now()
	s := &clusterSurvey{
		survey: newSurvey(ctx, c, options), client: c.On(nodes.NoPNN), runner: options.Runner,
		found: map[nodes.PNN]*NodeSnapshot{},
	}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	all := &ClusterSnapshot{At: start, Took: time.Since(start), Nodes: make([]*NodeSnapshot, 0, len(s.found))}
	for _, pnn := range slices.Sorted(maps.Keys(s.found)) {
		all.Nodes = append(all.Nodes, s.found[pnn])
	}
	return all, nil
}
