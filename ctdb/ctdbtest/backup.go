package ctdbtest

import (
	"maps"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// backup is a database that was saved. It is kept in memory under its file's name; nothing is written to a disk.
type backup struct {
	database Database
	at       time.Time
	records  map[string]string
}

// runBackupDB saves a database to a file, which all nodes see.
func (c *Cluster) runBackupDB(q *query) ctdb.Result {
	d := c.nodes[q.local].findDatabase(q.words[1])
	if d == nil {
		return noDatabase(q.words[1])
	}
	saved := backup{d.Database, time.Now(), maps.Clone(c.records[d.Name])}
	if result, ok := c.reattach(q, d.Database); !ok {
		return result
	}
	c.backups[q.words[2]] = saved
	return printed("Database backed up to " + q.words[2] + "\n")
}

func (c *Cluster) runRestoreDB(q *query) ctdb.Result {
	const enoent = 2
	file := q.words[1]
	saved, ok := c.backups[file]
	if !ok {
		result := refused("Failed to open file " + file + " for reading")
		result.ExitCode = enoent
		return result
	}
	d := saved.database
	if len(q.words) > 2 {
		d.Name = q.words[2]
	}
	out := "Restoring database " + d.Name + " from backup @ " + saved.at.Format("2006/01/02 15:04:05") + "\n"
	result, ok := c.reattach(q, d)
	if !ok {
		result.Stdout = []byte(out)
		return result
	}
	c.fill(d.Name, maps.Clone(saved.records))
	return printed(out + "Database " + d.Name + " restored\n")
}
