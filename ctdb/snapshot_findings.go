package ctdb

import (
	"fmt"
	"slices"
	"time"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// The identifiers of what [ClusterSnapshot.Findings] finds.
const (
	// What keeps the snapshot from saying more.
	FindingNoAnswer = "cluster/no-answer" // nothing is known from these nodes
	FindingHung     = "cluster/hung"      // a node does not answer, and others take it for connected

	// What passes by itself.
	FindingRecovering = "cluster/recovering" // the databases are being recovered
	FindingRunState   = "cluster/run-state"  // a ctdbd is starting or ending

	// What nodes disagree on.
	FindingLeadersDiffer     = "cluster/leaders-differ"
	FindingGenerationsDiffer = "cluster/generations-differ"
	FindingLocksDiffer       = "cluster/locks-differ"       // nothing keeps these nodes apart
	FindingNodesDiffer       = "cluster/nodes-differ"       // nodes files have other nodes
	FindingMembersDiffer     = "cluster/members-differ"     // ctdbds have loaded other nodes
	FindingNodesNotLoaded    = "cluster/nodes-not-loaded"   // a node's nodes file was changed and not reloaded
	FindingFlagsDiffer       = "cluster/flags-differ"       // nodes see one node in other states
	FindingAddressTwice      = "cluster/address-twice"      // two nodes host an address, by their own answers
	FindingAddressUnassigned = "cluster/address-unassigned" // no node hosts an address

	// What is wrong with the cluster or with one node.
	FindingNoLeader            = "cluster/no-leader"
	FindingNoLock              = "cluster/no-lock" // nothing keeps two halves of the cluster apart
	FindingNodeDisconnected    = "cluster/node-disconnected"
	FindingNodeBanned          = "cluster/node-banned"
	FindingNodeUnhealthy       = "cluster/node-unhealthy"
	FindingNodeStopped         = "cluster/node-stopped"          // by an administrator
	FindingNodeDisabled        = "cluster/node-disabled"         // by an administrator
	FindingNodePartiallyOnline = "cluster/node-partially-online" // an interface has no link
	FindingDatabaseUnhealthy   = "cluster/database-unhealthy"    // clients can't use it
	FindingScriptFailed        = "cluster/script-failed"         // in the last monitor event
)

// Findings compares what the nodes say and reports what is wrong or odd; nothing if all is well. They come in the
// order of the kinds above. A finding about one node has that as its File: "node 3".
//
// The answers are of different moments, and what changed in between looks like a disagreement; messages say how far
// apart the answers were. So only nodes that are active and RUNNING, and that no recovery disturbed since the snapshot
// began, can disagree about the state of the cluster with a severity of its own; with others, it is a note.
//
// A part that failed shows nothing: [ClusterSnapshot.Err] tells which did. Locks are those that ctdbd runs with; nodes
// files are compared where the tool runs on several nodes.
func (s *ClusterSnapshot) Findings() []finding.Finding {
	c := newChecker(s.Nodes)
	for _, check := range []func(){
		c.answers, c.recovering, c.runStates,
		c.leaders, c.generations, c.locks, c.nodeLists, c.members, c.reloads, c.flags, c.addresses,
		c.states, c.databases, c.scripts,
	} {
		check()
	}
	return c.found
}

// checker finds what is wrong with what nodes say.
type checker struct {
	nodes []*NodeSnapshot
	views []view // of active nodes
	links map[nodes.PNN]links
	found []finding.Finding
}

// view is how an active node sees the cluster.
type view struct {
	*NodeSnapshot
	cluster *status.Cluster
	settled bool // nothing is about to change by itself
}

func newChecker(all []*NodeSnapshot) *checker {
	c := &checker{nodes: slices.DeleteFunc(slices.Clone(all), func(n *NodeSnapshot) bool { return n == nil })}
	var since time.Time
	for _, n := range c.nodes {
		if asked := n.Status.At.Add(-n.Status.Took); n.Status.IsReported() && (since.IsZero() || asked.Before(since)) {
			since = asked
		}
	}
	for _, n := range c.nodes {
		if this, cluster, ok := n.self(); ok && !this.Flags.Inactive() {
			c.views = append(c.views, view{n, cluster, n.settled(cluster, since)})
		}
	}
	c.links = linksIn(c.views)
	return c
}

// answer gives an answer that is there: what comes from JSON can be an answer of nothing.
func answer[T any](p Part[*T]) (*T, bool) {
	value, ok := p.Get()
	return value, ok && value != nil
}

// self gives the node as it sees itself, and the cluster as it sees that.
func (n *NodeSnapshot) self() (status.Node, *status.Cluster, bool) {
	cluster, ok := answer(n.Status)
	if !ok {
		return status.Node{}, nil, false
	}
	this, ok := cluster.ThisNode()
	return this, cluster, ok && this.PNN == n.PNN
}

// settled tells whether a node runs and no recovery has ended since a moment, nor goes on.
func (n *NodeSnapshot) settled(cluster *status.Cluster, since time.Time) bool {
	if !cluster.RecoveryMode.Is(status.RecoveryNormal) {
		return false
	}
	if state, ok := n.RunState.Get(); ok && state != status.RunStateRunning {
		return false
	}
	uptime, ok := answer(n.Uptime)
	if !ok {
		return true
	}
	if recovered, ok := uptime.Recovered.Get(); ok {
		const rounding = time.Second // of the tool's times
		if n.Uptime.At.Add(recovered.Sub(uptime.Now)).After(since.Add(-rounding)) {
			return false
		}
	}
	return !uptime.Recovering()
}

// add adds a finding about the cluster.
func (c *checker) add(id string, severity finding.Severity, message string, args ...any) {
	c.found = append(c.found, finding.Finding{ID: id, Severity: severity, Message: fmt.Sprintf(message, args...)})
}

// addTo adds a finding about a node.
func (c *checker) addTo(pnn nodes.PNN, id string, severity finding.Severity, message string, args ...any) {
	c.add(id, severity, message, args...)
	c.found[len(c.found)-1].File = nodeText(pnn)
}

// unlessUnsettled gives a severity, or a note if not all views are settled.
func (c *checker) unlessUnsettled(severity finding.Severity) finding.Severity {
	if slices.ContainsFunc(c.views, func(v view) bool { return !v.settled }) {
		return finding.Note
	}
	return severity
}
