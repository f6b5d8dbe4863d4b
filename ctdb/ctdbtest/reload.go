package ctdbtest

import (
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// reload compares a nodes file with the nodes of a running cluster.
type reload struct {
	c       *Cluster
	q       *query
	out     strings.Builder
	err     strings.Builder
	changed bool
	refused bool
}

func (r *reload) compare(list []nodes.Node) {
	for i, n := range r.c.nodes {
		if i >= len(list) {
			fmt.Fprintf(&r.err, "Node %d (%v) missing from nodes file\n", i, n.address)
			r.refused = true
			continue
		}
		r.compareNode(nodes.PNN(i), n, list[i])
	}
	if r.refused {
		return
	}
	for _, line := range list[min(len(r.c.nodes), len(list)):] {
		r.change("Node %d is NEW\n", line.PNN)
	}
}

func (r *reload) compareNode(pnn nodes.PNN, n *node, line nodes.Node) {
	connected := !r.c.seen(r.q.local, pnn).Has(status.FlagDisconnected)
	switch {
	case n.deleted && line.Deleted:
	case n.deleted:
		r.change("Node %d is UNDELETED\n", pnn)
	case line.Deleted:
		r.change("Node %d is DELETED\n", pnn)
		if connected {
			fmt.Fprintf(&r.err, "ERROR: Node %d is still connected\n", pnn)
			r.refused = true
		}
	case n.address != line.Address:
		fmt.Fprintf(&r.err, "Node %d has changed IP address (was %v, now %v)\n", pnn, n.address, line.Address)
		r.refused = true
	case !connected:
		fmt.Fprintf(&r.err, "WARNING: Node %d is disconnected. You MUST fix this node manually!\n", pnn)
	}
}

func (r *reload) change(words string, pnn nodes.PNN) {
	fmt.Fprintf(&r.out, words, pnn)
	r.changed = true
}

func (r *reload) result(last string, code int) ctdb.Result {
	return ctdb.Result{ExitCode: code, Stdout: []byte(r.out.String()), Stderr: []byte(r.err.String() + last)}
}
