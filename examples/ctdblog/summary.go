package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// summarize prints what a log amounts to.
func summarize(all iter.Seq2[ctdblog.Entry, error], asJSON bool, stdout io.Writer) error {
	s, failed := ctdblog.Summarize(all)
	if asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		return cmp.Or(encoder.Encode(s), failed)
	}
	out := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "entries\t%d, %v to %v\n", s.Entries, s.First.Format(time.DateTime), s.Last.Format(time.DateTime))
	for _, program := range slices.Sorted(maps.Keys(s.Programs)) {
		fmt.Fprintf(out, "  %s\t%d\n", cmp.Or(program, "(no program)"), s.Programs[program])
	}
	for _, node := range slices.Sorted(maps.Keys(s.Nodes)) {
		fmt.Fprintf(out, "node %v\t%v\n", node, s.Nodes[node])
	}
	if s.Unnumbered != nil {
		fmt.Fprintf(out, "this node\t%v\n", *s.Unnumbered)
	}
	if flapping := s.Flapping(); len(flapping) > 0 {
		fmt.Fprintf(out, "flapping\tnode %s\n", strings.Trim(fmt.Sprint(flapping), "[]"))
	}
	for _, address := range slices.SortedFunc(maps.Keys(s.Addresses), netip.Addr.Compare) {
		a := s.Addresses[address]
		fmt.Fprintf(out, "%v\tmoved %d times: taken %d, released %d, failed %d\n", address, a.Moves, a.Taken, a.Released, a.Failed)
	}
	printRuns(out, "takeover runs", s.Takeovers)
	printRuns(out, "recoveries", s.Recoveries)
	for _, script := range slices.Sorted(maps.Keys(s.Scripts)) {
		r := s.Scripts[script]
		fmt.Fprintf(out, "%s\t%d errors, %d warnings, %d failures, %d timeouts\n", script, r.Errors, r.Warnings, r.Failed, r.TimedOut)
	}
	return cmp.Or(out.Flush(), failed)
}

func printRuns(out io.Writer, what string, r ctdblog.RunSummary) {
	if r.Started > 0 {
		fmt.Fprintf(out, "%s\t%d, %d failed, longest %v\n", what, r.Started, r.Failed, r.Longest)
	}
}
