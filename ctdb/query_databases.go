package ctdb

import (
	"context"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

// Databases gives the databases that the node has attached. Similar to: ctdb getdbmap.
func (c *Client) Databases(ctx context.Context) (*status.DatabaseMap, error) {
	return query[*status.DatabaseMap]{
		[]string{"-X", "getdbmap"}, status.ParseDatabaseMap,
		func(all *status.DatabaseMap) status.Lines { return all.Unparsed },
	}.ask(ctx, c)
}

// Database gives what the node knows of a database, by its name or its number, with its health. Similar to: ctdb
// getdbstatus.
func (c *Client) Database(ctx context.Context, database string) (*status.DatabaseStatus, error) {
	if err := checkName("getdbstatus", "database", database); err != nil {
		return nil, err
	}
	return query[*status.DatabaseStatus]{
		[]string{"getdbstatus", database}, status.ParseDatabaseStatus,
		func(one *status.DatabaseStatus) status.Lines { return one.Unparsed },
	}.ask(ctx, c)
}

// Statistics gives the node's counters and latencies since it started, or since they were reset. Times are read as those
// of this process's zone. Similar to: ctdb statistics.
func (c *Client) Statistics(ctx context.Context) (*status.Statistics, error) {
	read := func(out []byte) (*status.Statistics, error) { return status.ParseStatistics(out, time.Local) }
	return query[*status.Statistics]{
		[]string{"statistics"}, read, func(s *status.Statistics) status.Lines { return s.Unparsed },
	}.ask(ctx, c)
}

// DatabaseStatistics gives the node's counters and latencies of a database. Similar to: ctdb dbstatistics.
func (c *Client) DatabaseStatistics(ctx context.Context, database string) (*status.DBStatistics, error) {
	if err := checkName("dbstatistics", "database", database); err != nil {
		return nil, err
	}
	return query[*status.DBStatistics]{
		[]string{"dbstatistics", database}, status.ParseDBStatistics,
		func(s *status.DBStatistics) status.Lines { return s.Unparsed },
	}.ask(ctx, c)
}
