package ctdb

import (
	"context"
	"strconv"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

// Databases gives the databases that the node has attached. Similar to: ctdb getdbmap.
func (c *Client) Databases(ctx context.Context) (*status.DatabaseMap, error) {
	return query[*status.DatabaseMap]{
		machineWays("getdbmap"), status.ParseDatabaseMap,
		func(all *status.DatabaseMap) status.Lines { return all.Unparsed },
	}.askSocket(ctx, c, asker.databases)
}

// Database gives what the node knows of a database, by its name or its number, with its health. Similar to: ctdb
// getdbstatus.
func (c *Client) Database(ctx context.Context, name string) (*status.DatabaseStatus, error) {
	if err := checkName("getdbstatus", "database", name); err != nil {
		return nil, err
	}
	return query[*status.DatabaseStatus]{
		ways("getdbstatus", name), status.ParseDatabaseStatus,
		func(one *status.DatabaseStatus) status.Lines { return one.Unparsed },
	}.askSocket(ctx, c, database(name))
}

// Statistics gives the node's counters and latencies since it started, or since they were reset. Times are read as those
// of this process's zone. Similar to: ctdb statistics.
func (c *Client) Statistics(ctx context.Context) (*status.Statistics, error) {
	read := func(out []byte) (*status.Statistics, error) { return status.ParseStatistics(out, time.Local) }
	return query[*status.Statistics]{
		ways("statistics"), read, func(s *status.Statistics) status.Lines { return s.Unparsed },
	}.askSocket(ctx, c, asker.statistics)
}

// DatabaseStatistics gives the node's counters and latencies of a database. Similar to: ctdb dbstatistics.
func (c *Client) DatabaseStatistics(ctx context.Context, name string) (*status.DBStatistics, error) {
	if err := checkName("dbstatistics", "database", name); err != nil {
		return nil, err
	}
	return query[*status.DBStatistics]{
		ways("dbstatistics", name), status.ParseDBStatistics,
		func(s *status.DBStatistics) status.Lines { return s.Unparsed },
	}.askSocket(ctx, c, databaseStatistics(name))
}

// StatisticsHistory gives the node's counters and latencies of each of its last periods, the latest first: up to
// that many, or all that the node keeps, a hundred, if most is not positive. A period is as long as the tunable
// StatHistoryInterval says, one second by default. Times are read as those of this process's zone. Similar to: ctdb
// stats.
func (c *Client) StatisticsHistory(ctx context.Context, most int) (*status.StatisticsHistory, error) {
	words := []string{"stats"}
	if most > 0 {
		words = append(words, strconv.Itoa(min(most, maxPNN)))
	}
	read := func(out []byte) (*status.StatisticsHistory, error) {
		h, err := status.ParseStats(out, time.Local)
		if err == nil && most > 0 && len(h.Records) > most { // the tool gives one more
			h.Records = h.Records[:most]
		}
		return h, err
	}
	return query[*status.StatisticsHistory]{
		ways(words...), read, func(h *status.StatisticsHistory) status.Lines { return h.Unparsed },
	}.askSocket(ctx, c, statisticsHistory(most))
}
