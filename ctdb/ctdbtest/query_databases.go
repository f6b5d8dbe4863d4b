package ctdbtest

import (
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

func (c *Cluster) runGetDBMap(q *query) ctdb.Result {
	all := &status.DatabaseMap{}
	for _, d := range c.nodes[q.target].databases {
		all.Databases = append(all.Databases, d.report(q.target))
	}
	if !q.machine {
		return printed(all.String())
	}
	var b strings.Builder
	b.WriteString(row(q.sep, "ID", "Name", "Path", "Persistent", "Sticky", "Unhealthy", "Readonly", "Replicated"))
	for _, d := range all.Databases {
		b.WriteString(row(q.sep, fmt.Sprintf("0x%08X", uint32(d.ID)), d.Name, d.Path,
			bit(d.Persistent), bit(d.Sticky), bit(d.Unhealthy), bit(d.ReadOnly), bit(d.Replicated)))
	}
	return printed(b.String())
}

// runGetDBStatus takes the kind and flags of a database from the node that the tool runs on, as the tool does, and the
// rest from the one that is asked.
func (c *Cluster) runGetDBStatus(q *query) ctdb.Result {
	local := c.nodes[q.local].findDatabase(q.words[1])
	if local == nil {
		return noDatabase(q.words[1])
	}
	if result, ok := c.lost(q, "GETDBPATH"); ok {
		return result
	}
	d := c.nodes[q.target].database(local.Name)
	if d == nil {
		return refused("Control GETDBPATH failed, ret=-1")
	}
	report := &status.DatabaseStatus{Database: local.report(q.target), Health: "OK"}
	if d.health != "" {
		report.Health = d.health
	}
	return printed(report.String())
}

func noDatabase(word string) ctdb.Result {
	return refused("No database matching '" + word + "' found")
}
