package ctdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// NodeSnapshot is what one node says of itself and of its cluster. Each part is an answer, a failure or nothing by
// itself, with a time of its own: the parts are not of one moment. It is plain data that belongs to its holder, and
// can be written and read as JSON.
type NodeSnapshot struct {
	// PNN is the node's number; [nodes.NoPNN] in a snapshot of the node that the tool runs on if that did not say it.
	PNN nodes.PNN `json:"pnn"`

	// Ping is the node's sign of life. It is asked for first; without it no ctdbd is asked for more, and the parts below
	// fail with its error.
	Ping Part[*status.Ping] `json:"ping,omitzero"`
	// RunState is how far the node's ctdbd has come.
	RunState Part[status.RunState] `json:"run_state,omitzero"`
	// Status is the cluster as the node sees it.
	Status Part[*status.Cluster] `json:"status,omitzero"`
	// Leader is the leader in that. From 4.16 on the tool learns it from the node that it runs on, whichever it asks.
	Leader Part[status.Value[nodes.PNN]] `json:"leader,omitzero"`
	// Lock is the cluster lock that the node's ctdbd runs with.
	Lock Part[config.Lock] `json:"lock,omitzero"`
	// Capabilities tell what the node may be.
	Capabilities Part[*status.Capabilities] `json:"capabilities,omitzero"`
	// PublicIPs are the public addresses that the node is configured for, and where it takes each to be.
	PublicIPs Part[*status.PublicIPs] `json:"public_ips,omitzero"`
	// Interfaces are those of the public addresses.
	Interfaces Part[*status.Interfaces] `json:"interfaces,omitzero"`
	// Databases are those that the node has attached.
	Databases Part[*status.DatabaseMap] `json:"databases,omitzero"`
	// Uptime tells since when ctdbd runs, and of the last recovery.
	Uptime Part[*status.Uptime] `json:"uptime,omitzero"`

	// Scripts is what became of the event scripts in the last monitor event. This part and those below are reported only
	// if the tool runs on the node.
	Scripts Part[*status.EventStatus] `json:"scripts,omitzero"`
	// EventScripts are the event scripts that there are.
	EventScripts Part[*status.EventScripts] `json:"event_scripts,omitzero"`
	// NodeList are the nodes in the node's nodes file. This part and EventScripts are also there if ctdbd is not running.
	NodeList Part[*status.NodeList] `json:"node_list,omitzero"`
	// NATGW and LVS are the node's NAT gateway and LVS group; not reported if it is in none.
	NATGW Part[*status.NATGWGroup] `json:"natgw,omitzero"`
	LVS   Part[*status.LVSGroup]   `json:"lvs,omitzero"`
}

// Snapshot gathers what a node says of itself and of its cluster, in about a dozen runs of the tool at the same time.
// It never fails as a whole and always gives a snapshot: each part has an error of its own, and [NodeSnapshot.Err] has
// all.
//
// A node that does not answer the first question within two thirds of the time, nor within [Config.Timeout], is asked
// nothing else. When the context ends, Snapshot returns what it has by then; what is missing has the context's error.
// It returns when its Runner does and leaves no goroutine behind.
//
// With a client for another node ([Client.On]), the parts that the tool says only of the node that it runs on are not
// reported.
func (c *Client) Snapshot(ctx context.Context) *NodeSnapshot {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	n := &NodeSnapshot{PNN: c.pnn}
	s := newSurvey(ctx, c, SnapshotOptions{})
	s.ask(ctx, c, n)
	if ping, ok := n.Ping.Get(); ok {
		n.PNN = ping.PNN
	}
	return n
}

// Err gives what the parts failed with, each text once; nil if none failed.
func (n *NodeSnapshot) Err() error {
	var all []error
	seen := map[string]bool{}
	for _, p := range n.parts() {
		err := p.failure()
		if err == nil || seen[err.Error()] {
			continue
		}
		seen[err.Error()] = true
		if n.PNN != nodes.NoPNN {
			err = fmt.Errorf("node %v: %w", n.PNN, err)
		}
		all = append(all, err)
	}
	return errors.Join(all...)
}

// anyPart is a pointer to a Part of any type.
type anyPart interface {
	fail(err error, at time.Time)
	failure() error
}

// parts gives all parts.
func (n *NodeSnapshot) parts() []anyPart {
	return slices.Concat([]anyPart{&n.Ping}, n.ofDaemon(), n.ofOwnDaemon(), n.ofMachine())
}

// ofDaemon gives the parts that a ctdbd is asked for which can be another node's.
func (n *NodeSnapshot) ofDaemon() []anyPart {
	return []anyPart{
		&n.RunState, &n.Status, &n.Leader, &n.Lock, &n.Capabilities, &n.PublicIPs, &n.Interfaces, &n.Databases, &n.Uptime,
	}
}

// ofOwnDaemon gives the parts that the daemons of the tool's own node are asked for.
func (n *NodeSnapshot) ofOwnDaemon() []anyPart { return []anyPart{&n.Scripts, &n.NATGW, &n.LVS} }

// ofMachine gives the parts that need no daemon.
func (n *NodeSnapshot) ofMachine() []anyPart { return []anyPart{&n.EventScripts, &n.NodeList} }

// fail makes parts fail that were not asked for.
func fail(parts []anyPart, err error, at time.Time) {
	for _, p := range parts {
		p.fail(err, at)
	}
}
