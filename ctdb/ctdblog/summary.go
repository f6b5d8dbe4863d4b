package ctdblog

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

const (
	// FlapPeriod is how soon a node has to change back for it to be a flap: [NodeSummary.Flaps].
	FlapPeriod = time.Minute
	// flapsOften is how many flaps make a node one that is flapping.
	flapsOften = 3
	// mostCounted bounds each map of a Summary.
	mostCounted = 10_000
	// mostErrors bounds the errors of Summarize.
	mostErrors = 100
)

// Summary is what a log says as a whole. It is about the time from First to Last, as the node sees it whose log it is.
type Summary struct {
	// First and Last are the times of the earliest and the latest entry.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	// Node is the one whose log it is, if the log says so: ctdbd does when it starts.
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
	// Version is that of the ctdbd that started last.
	Version string `json:"version,omitempty"`
	// Entries and Bytes count all entries, Headerless those in FormNone, Truncated those that were too long.
	Entries    int   `json:"entries"`
	Bytes      int64 `json:"bytes"`
	Headerless int   `json:"headerless"`
	Truncated  int   `json:"truncated"`
	// Programs counts entries by the program that wrote them, and Levels by their level, where the log has levels.
	Programs map[string]int          `json:"programs"`
	Levels   map[config.LogLevel]int `json:"levels,omitempty"`
	// Events counts the events of each kind.
	Events map[Kind]int `json:"events"`
	// Nodes has what became of the nodes. Unnumbered is the node whose log it is where the log does not say its number.
	Nodes      map[nodes.PNN]NodeSummary `json:"nodes"`
	Unnumbered *NodeSummary              `json:"unnumbered,omitempty"`
	// Addresses has what this node had to do with public addresses.
	Addresses map[netip.Addr]AddressSummary `json:"addresses"`
	// Scripts has what event scripts reported.
	Scripts map[string]ScriptSummary `json:"scripts"`
	// Takeovers are those of this node as the leader, Recoveries all that it took part in.
	Takeovers  RunSummary `json:"takeovers"`
	Recoveries RunSummary `json:"recoveries"`
	// Omitted counts what a map had no room for: each has 10,000 places.
	Omitted int `json:"omitted,omitempty"`
}

// NodeSummary is what a log says about a node.
type NodeSummary struct {
	// Flags are those that it had at last, as far as they were logged, and Changes how often they changed.
	Flags   status.Flags `json:"flags"`
	Changes int          `json:"changes"`
	// BecameUnhealthy counts how often it became UNHEALTHY, and Unhealthy is for how long it was that, from First to
	// Last.
	BecameUnhealthy int           `json:"became_unhealthy"`
	Unhealthy       time.Duration `json:"unhealthy"`
	// Flaps counts how often it became healthy or unhealthy for less than FlapPeriod.
	Flaps int `json:"flaps"`
	// Died counts how often its connection was lost, and Banned how often it was banned.
	Died   int `json:"died"`
	Banned int `json:"banned"`
}

// AddressSummary is what a log says about a public address.
type AddressSummary struct {
	// Taken and Released count how often this node took and gave up the address, and Failed how often that failed.
	Taken    int `json:"taken"`
	Released int `json:"released"`
	Failed   int `json:"failed"`
	// Moves counts how often it changed its place, as far as this node knows.
	Moves int `json:"moves"`
	// Here: this node has it. Node is the one that it was given to last otherwise.
	Here bool                    `json:"here"`
	Node status.Value[nodes.PNN] `json:"node,omitzero"`
	// Interface is the last one that it was on here.
	Interface string `json:"interface,omitempty"`
}

// ScriptSummary is what an event script did.
type ScriptSummary struct {
	Errors   int `json:"errors"`   // lines with ERROR
	Warnings int `json:"warnings"` // lines with WARNING
	Failed   int `json:"failed"`   // events in which it failed, as far as is known: see EventFailed
	TimedOut int `json:"timed_out"`
}

// RunSummary counts runs of something that takes time.
type RunSummary struct {
	Started  int `json:"started"`
	Finished int `json:"finished"`
	Failed   int `json:"failed"`
	// Total and Longest are about those that finished.
	Total   time.Duration `json:"total"`
	Longest time.Duration `json:"longest"`
}

// Flapping gives the nodes that flapped three times or more, those that did it most first.
func (s *Summary) Flapping() []nodes.PNN {
	var often []nodes.PNN
	for _, pnn := range slices.Sorted(maps.Keys(s.Nodes)) {
		if s.Nodes[pnn].Flaps >= flapsOften {
			often = append(often, pnn)
		}
	}
	slices.SortStableFunc(often, func(a, b nodes.PNN) int { return s.Nodes[b].Flaps - s.Nodes[a].Flaps })
	return often
}

// Summarize reads a log to its end and gives what it says as a whole. The entries are those of [Scan], [ScanFile] and
// the like, of one node, in their order.
//
// Errors of the sequence do not end it. The Summary is there beside them; they come back joined, at most 100.
func Summarize(entries iter.Seq2[Entry, error]) (*Summary, error) {
	s := newSummarizer()
	var errs []error
	for entry, err := range entries {
		switch {
		case err == nil:
			s.add(entry)
		case len(errs) < mostErrors:
			errs = append(errs, err)
		case len(errs) == mostErrors:
			errs = append(errs, errors.New("and more errors"))
		}
	}
	return s.end(), errors.Join(errs...)
}

// String gives the node's state and history in a line: "UNHEALTHY, unhealthy 11 times for 5h0m0s, 10 flaps".
func (n NodeSummary) String() string {
	var text strings.Builder
	text.WriteString(n.Flags.String())
	if n.BecameUnhealthy > 0 || n.Unhealthy > 0 {
		fmt.Fprintf(&text, ", became unhealthy %d times, was it for %v", n.BecameUnhealthy, n.Unhealthy.Round(time.Second))
	}
	for _, count := range []struct {
		n    int
		what string
	}{{n.Flaps, "flaps"}, {n.Died, "lost connections"}, {n.Banned, "bans"}} {
		if count.n > 0 {
			fmt.Fprintf(&text, ", %d %s", count.n, count.what)
		}
	}
	return text.String()
}
