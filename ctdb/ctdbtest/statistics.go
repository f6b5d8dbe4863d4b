package ctdbtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// counters are what a daemon counts.
type counters struct {
	since    time.Time
	all      status.Statistics
	history  []status.Statistics // nil: one that counted nothing
	given    bool                // they were set
	database map[string]status.DBStatistics
}

// buckets is how many buckets a histogram has.
const buckets = 16

func newCounters(now time.Time) counters {
	return counters{since: now, all: noStatistics(), database: map[string]status.DBStatistics{}}
}

func noStatistics() status.Statistics {
	return status.Statistics{
		Form: status.FormText, Protocol: 1, Clients: 1,
		HopCounts: make(status.Buckets, buckets), LockTimes: make(status.Buckets, buckets),
	}
}

// SetStatistics sets what a node's daemon counted. A zero Current is the time of the question, a zero Since that of the
// daemon's start. The history is what ctdb stats reports, the latest first; without one, a daemon reports the last
// seconds, in which it counted nothing. A daemon that ends, and ctdb statisticsreset, forget what was set.
func (c *Cluster) SetStatistics(pnn nodes.PNN, counted status.Statistics, history ...status.Statistics) error {
	return c.change(pnn, func(n *node) {
		n.counters.all, n.counters.given, n.counters.history = complete(counted), true, nil
		for _, s := range history {
			n.counters.history = append(n.counters.history, complete(s))
		}
	})
}

// complete fills in what every daemon prints.
func complete(s status.Statistics) status.Statistics {
	s.HopCounts, s.LockTimes = histogram(s.HopCounts), histogram(s.LockTimes)
	s.Protocol = 1
	return s
}

// histogram gives a copy with all buckets.
func histogram(b status.Buckets) status.Buckets {
	all := make(status.Buckets, buckets)
	copy(all, b)
	return all
}

// hotKeys is how many places for keys a daemon has, and prints, for each database.
const hotKeys = 10

// SetDatabaseStatistics sets what a node's daemon counted about the database with that name, until the daemon's end. It
// has ten hot keys; those that are not given are not used.
func (c *Cluster) SetDatabaseStatistics(pnn nodes.PNN, counted status.DBStatistics) error {
	counted = completeDatabase(counted)
	return c.change(pnn, func(n *node) { n.counters.database[counted.Name] = counted })
}

// completeDatabase is complete for a database.
func completeDatabase(s status.DBStatistics) status.DBStatistics {
	s.HopCounts, s.LockTimes = histogram(s.HopCounts), histogram(s.LockTimes)
	keys := make([]status.HotKey, hotKeys)
	copy(keys, s.HotKeys)
	for i := range keys {
		keys[i].Key = slices.Clone(keys[i].Key)
	}
	s.HotKeys = keys
	return s
}

func (c *Cluster) runStatistics(q *query) ctdb.Result {
	n := c.nodes[q.target]
	s := n.counters.all
	if !n.counters.given {
		s.Recoveries = n.recoveries
	}
	if s.Since.IsZero() {
		s.Since = n.counters.since
	}
	if s.Current.IsZero() {
		s.Current = time.Now()
	}
	return q.statistics([]status.Statistics{s})
}

func (c *Cluster) runStatisticsReset(q *query) ctdb.Result {
	n := c.nodes[q.target]
	databases := n.counters.database
	n.counters = newCounters(time.Now())
	n.counters.database, n.recoveries = databases, 0
	return ctdb.Result{}
}

// runStats prints one period more than it is asked for, as the tool does.
func (c *Cluster) runStats(q *query) ctdb.Result {
	all := c.nodes[q.target].history()
	if len(q.words) > 1 {
		if count := readNumber(q.words[1], 10); count.value > 0 && count.value < uint64(len(all)) {
			all = all[:count.value+1]
		}
	}
	return q.statistics(all)
}

// history gives what a daemon counted in its last periods.
func (n *node) history() []status.Statistics {
	if n.counters.history != nil {
		return n.counters.history
	}
	const most = 100
	period := time.Duration(n.value("StatHistoryInterval")) * time.Second
	var all []status.Statistics
	for now := time.Now(); period > 0 && len(all) < most && now.After(n.counters.since); now = now.Add(-period) {
		s := noStatistics()
		s.Clients, s.Current, s.Since = 0, now, now.Add(-period)
		all = append(all, s)
	}
	return all
}

// statistics prints statistics.
func (q *query) statistics(all []status.Statistics) ctdb.Result {
	var b strings.Builder
	for i := range all {
		s := &all[i]
		s.Current, s.Since = s.Current.Local(), s.Since.Local()
		s.Collected = time.Duration(s.Current.Unix()-s.Since.Unix()) * time.Second
		if q.machine && i == 0 {
			b.WriteString(statisticsHeader(q.sep))
		}
		if q.machine {
			b.WriteString(statisticsRow(s, q.sep))
		} else {
			b.WriteString(s.String())
		}
	}
	return printed(b.String())
}

func (c *Cluster) runDBStatistics(q *query) ctdb.Result {
	d := c.nodes[q.local].findDatabase(q.words[1])
	if d == nil {
		return noDatabase(q.words[1])
	}
	failed := "Failed to get statistics for DB " + d.Name
	if result, ok := c.lost(q, "GET_DB_STATISTICS", failed); ok {
		return result
	}
	n := c.nodes[q.target]
	if n.database(d.Name) == nil {
		return refused("Control GET_DB_STATISTICS failed, ret=-1\n" + failed)
	}
	counted, ok := n.counters.database[d.Name]
	if !ok {
		counted = completeDatabase(status.DBStatistics{Name: d.Name})
	}
	return printed(fmt.Sprint(&counted))
}
