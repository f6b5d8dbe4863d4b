package ctdblog

import (
	"net/netip"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// summarizer makes a Summary.
type summarizer struct {
	Summary
	tracker Tracker
	nodes   map[nodes.PNN]*nodeHistory
}

// nodeHistory is a node's summary, and since when it is as it is.
type nodeHistory struct {
	NodeSummary
	known   bool      // its flags are
	changed time.Time // when it became healthy or unhealthy; zero if that was before the log
}

func newSummarizer() *summarizer {
	return &summarizer{
		Summary: Summary{
			Programs: map[string]int{}, Levels: map[config.LogLevel]int{}, Events: map[Kind]int{},
			Nodes: map[nodes.PNN]NodeSummary{}, Addresses: map[netip.Addr]AddressSummary{}, Scripts: map[string]ScriptSummary{},
		},
		nodes: map[nodes.PNN]*nodeHistory{},
	}
}

// change changes a value of a map, if there is room for it.
func change[K comparable, V any](s *summarizer, m map[K]V, key K, edit func(*V)) {
	value, there := m[key]
	if !there && len(m) >= mostCounted {
		s.Omitted++
		return
	}
	edit(&value)
	m[key] = value
}

func (s *summarizer) add(e Entry) {
	s.Entries++
	s.Bytes += int64(len(e.Raw)) + e.Truncated
	if e.Form == FormNone {
		s.Headerless++
	}
	if e.Truncated > 0 {
		s.Truncated++
	}
	if !e.Time.IsZero() {
		if s.First.IsZero() || e.Time.Before(s.First) {
			s.First = e.Time
		}
		if e.Time.After(s.Last) {
			s.Last = e.Time
		}
	}
	if n, there := s.Programs[e.Program]; there || len(s.Programs) < mostCounted {
		s.Programs[e.Program] = n + 1
	} else {
		s.Omitted++
	}
	if level, ok := e.Level.Get(); ok {
		s.Levels[level]++
	}
	if event := s.tracker.Event(e); event != nil {
		s.Events[event.Kind()]++
		s.count(event, e.Time)
	}
}

// count takes an event to what it is about.
func (s *summarizer) count(event Event, at time.Time) {
	switch event := event.(type) {
	case NodeFlags, NodeDead, BanOrdered, Banned, BanEnded, Unhealthy, Healthy:
		s.countNode(event, at)
	case AddressTaken, AddressReleased, AddressFailed:
		s.countAddress(event)
	case AddressesDropped, Died, ShutdownFinished:
		s.dropAddresses()
	case ScriptReport, EventFailed:
		s.countScript(event)
	case TakeoverStarted:
		s.Takeovers.Started++
	case TakeoverFinished:
		s.Takeovers.finish(event.Duration)
	case TakeoverFailed:
		s.Takeovers.Failed++
	case RecoveryStarted:
		s.Recoveries.Started++
	case RecoveryFinished:
		s.Recoveries.finish(event.Duration)
	case RecoveryFailed:
		s.Recoveries.Failed++
	case Started:
		s.Version = event.Version
		s.dropAddresses()
	}
}

func (r *RunSummary) finish(d time.Duration) {
	r.Finished++
	r.Total += d
	r.Longest = max(r.Longest, d)
}

func (s *summarizer) countNode(event Event, at time.Time) {
	switch event := event.(type) {
	case NodeFlags:
		s.setFlags(event.Node, event.Old, event.New, at)
	case NodeDead:
		if node, ok := event.Node.Get(); ok {
			s.node(node).Died++
		}
	case BanOrdered:
		if !s.tracker.Node().Is(event.Node) { // then it says so itself
			s.node(event.Node).Banned++
		}
	case Banned:
		s.node(s.self()).Banned++
		s.alter(0, status.FlagBanned, at)
	case BanEnded:
		s.alter(status.FlagBanned, 0, at)
	case Unhealthy:
		s.alter(0, status.FlagUnhealthy, at)
	case Healthy:
		s.alter(status.FlagUnhealthy, 0, at)
	}
}

// self is this node.
func (s *summarizer) self() nodes.PNN {
	if node, ok := s.tracker.Node().Get(); ok {
		return node
	}
	return nodes.NoPNN
}

// alter removes flags of this node, and adds others.
func (s *summarizer) alter(remove, add status.Flags, at time.Time) {
	old := s.node(s.self()).Flags
	if !s.node(s.self()).known {
		old = old&^add | remove
	}
	s.setFlags(s.self(), old, old&^remove|add, at)
}

// node gives the history of a node. One that there is no room for is not kept.
func (s *summarizer) node(pnn nodes.PNN) *nodeHistory {
	n, there := s.nodes[pnn]
	if there {
		return n
	}
	n = &nodeHistory{}
	if len(s.nodes) >= mostCounted {
		s.Omitted++
		return n
	}
	s.nodes[pnn] = n
	return n
}

// setFlags changes a node's flags.
func (s *summarizer) setFlags(pnn nodes.PNN, old, now status.Flags, at time.Time) {
	n := s.node(pnn)
	if n.known && n.Flags == now {
		return
	}
	if !n.known {
		n.Flags = old
	}
	was, is := n.Flags.Has(status.FlagUnhealthy), now.Has(status.FlagUnhealthy)
	n.known, n.Flags = true, now
	n.Changes++
	if was == is {
		return
	}
	if was {
		n.Unhealthy += s.since(n, at)
	} else {
		n.BecameUnhealthy++
	}
	if !n.changed.IsZero() && at.Sub(n.changed) < FlapPeriod {
		n.Flaps++
	}
	n.changed = at
}

// since is for how long the node has been as it is.
func (s *summarizer) since(n *nodeHistory, now time.Time) time.Duration {
	start := n.changed
	if start.IsZero() {
		start = s.First
	}
	if now.IsZero() || start.IsZero() {
		return 0
	}
	return max(0, now.Sub(start))
}

func (s *summarizer) countAddress(event Event) {
	switch event := event.(type) {
	case AddressTaken:
		change(s, s.Addresses, event.Address, func(a *AddressSummary) {
			a.Taken++
			if !a.Here {
				a.Moves++
			}
			a.Here, a.Node, a.Interface = true, event.Node, event.Interface
		})
	case AddressReleased:
		change(s, s.Addresses, event.Address, func(a *AddressSummary) {
			a.Released++
			if a.Here || a.Node != event.Node {
				a.Moves++
			}
			a.Here, a.Node, a.Interface = false, event.Node, event.Interface
		})
	case AddressFailed:
		change(s, s.Addresses, event.Address, func(a *AddressSummary) { a.Failed++ })
	}
}

// dropAddresses takes all addresses away from this node. Where they are from then on, it does not know.
func (s *summarizer) dropAddresses() {
	for address, a := range s.Addresses {
		if a.Here {
			a.Here, a.Node = false, status.Value[nodes.PNN]{}
			a.Moves++
			s.Addresses[address] = a
		}
	}
}

func (s *summarizer) countScript(event Event) {
	switch event := event.(type) {
	case ScriptReport:
		change(s, s.Scripts, event.Script, func(c *ScriptSummary) {
			switch event.Level {
			case config.LevelError:
				c.Errors++
			case config.LevelWarning:
				c.Warnings++
			default:
			}
		})
	case EventFailed:
		if event.Script == "" {
			return
		}
		change(s, s.Scripts, event.Script, func(c *ScriptSummary) {
			c.Failed++
			if event.TimedOut {
				c.TimedOut++
			}
		})
	}
}

// end gives the summary.
func (s *summarizer) end() *Summary {
	s.Node = s.tracker.Node()
	for pnn, n := range s.nodes {
		if n.Flags.Has(status.FlagUnhealthy) {
			n.Unhealthy += s.since(n, s.Last)
		}
		if pnn != nodes.NoPNN {
			s.Nodes[pnn] = n.NodeSummary
		}
	}
	if unnumbered := s.nodes[nodes.NoPNN]; unnumbered != nil {
		s.Unnumbered = &unnumbered.NodeSummary
	}
	return &s.Summary
}
