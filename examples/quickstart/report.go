package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/go-ctdb/go-ctdb/status"
)

// report is what quickstart prints.
type report struct {
	Simulated bool            `json:"simulated"`
	Cluster   *status.Cluster `json:"cluster"`

	// What happened then. Simulated clusters only.
	Event   string          `json:"event,omitempty"`
	Changes []change        `json:"changes,omitempty"`
	After   *status.Cluster `json:"after,omitempty"`
	Nodes   *edited         `json:"nodes,omitempty"`
}

// change is something that was one thing before and another after.
type change struct {
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// changes compares two reports of one cluster.
func changes(before, after *status.Cluster) []change {
	var all []change
	add := func(what string, before, after fmt.Stringer) {
		if before.String() != after.String() {
			all = append(all, change{what, before.String(), after.String()})
		}
	}
	for _, n := range before.Nodes {
		if now, ok := after.Node(n.PNN); ok && n.State() != now.State() {
			all = append(all, change{fmt.Sprintf("node %v", n.PNN), n.State(), now.State()})
		}
	}
	add("leader", before.Leader, after.Leader)
	add("generation", before.Generation, after.Generation)
	add("recovery mode", before.RecoveryMode, after.RecoveryMode)
	return all
}

// table prints the report for people.
func (r *report) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NODE\tADDRESS\tSTATE\t")
	for _, n := range r.Cluster.Nodes {
		this := ""
		if n.ThisNode {
			this = "this node"
		}
		fmt.Fprintf(t, "%v\t%v\t%s\t%s\n", n.PNN, n.Address, n.State(), this)
	}
	fmt.Fprintln(t)
	fmt.Fprintf(t, "leader\t%v\n", r.Cluster.Leader)
	fmt.Fprintf(t, "generation\t%v\n", r.Cluster.Generation)
	fmt.Fprintf(t, "recovery mode\t%v\n", r.Cluster.RecoveryMode)
	if deleted, ok := r.Cluster.DeletedCount.Get(); ok && deleted > 0 {
		fmt.Fprintf(t, "deleted nodes\t%d\n", deleted)
	}
	for _, warning := range r.Cluster.Warnings {
		fmt.Fprintf(t, "warning\t%s\n", warning)
	}
	if r.After != nil {
		fmt.Fprintf(t, "\n%s:\n", r.Event)
	}
	for _, c := range r.Changes {
		fmt.Fprintf(t, "%s\t%s\t-> %s\n", c.What, c.Before, c.After)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if r.Nodes != nil {
		r.Nodes.print(w)
	}
	return nil
}
