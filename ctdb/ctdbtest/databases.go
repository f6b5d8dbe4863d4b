package ctdbtest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// attached is a database that a daemon has attached.
type attached struct {
	Database
	health string // what is wrong with it; "" is nothing
}

// attached gives the databases of a node, the latest first.
func (o Options) attached() []attached {
	all := o.Databases
	if all == nil {
		all = DefaultDatabases()
	}
	var databases []attached
	for _, d := range slices.Backward(all) {
		databases = append(databases, attached{Database: d})
	}
	return databases
}

// persistent gives the databases that survive a daemon.
func persistent(all []attached) []attached {
	return slices.DeleteFunc(slices.Clone(all), func(d attached) bool { return d.Kind != ctdb.PersistentDatabase })
}

// SetDatabaseUnhealthy says what is wrong with a node's copy of a database, as ctdb getdbstatus reports it; "" is
// nothing. The error is an ErrNoSuchDatabase of package ctdb if the node has no such database attached.
func (c *Cluster) SetDatabaseUnhealthy(pnn nodes.PNN, database, reason string) error {
	return c.tryChange(pnn, func(n *node) error {
		d := n.database(database)
		if d == nil {
			return fmt.Errorf("%w: %q", ctdb.ErrNoSuchDatabase, database)
		}
		d.health = reason
		return nil
	})
}

// SetRecord stores a record in a database, on all nodes: something that [Cluster.Records] shows, that ctdb backupdb
// saves, restoredb brings back and wipedb and detach take away. The error is an ErrNoSuchDatabase of package ctdb if no
// node has such a database attached.
func (c *Cluster) SetRecord(database, key, value string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.ContainsFunc(c.nodes, func(n *node) bool { return n.database(database) != nil }) {
		return fmt.Errorf("%w: %q", ctdb.ErrNoSuchDatabase, database)
	}
	if c.records[database] == nil {
		c.records[database] = map[string]string{}
	}
	c.records[database][key] = value
	return nil
}

// Records gives the records of a database by their keys. The map is the caller's.
func (c *Cluster) Records(database string) map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	records := maps.Clone(c.records[database])
	if records == nil {
		records = map[string]string{}
	}
	return records
}

// database gives a database of a node by its name; nil if it has none.
func (n *node) database(name string) *attached {
	i := slices.IndexFunc(n.databases, func(d attached) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	return &n.databases[i]
}

// findDatabase gives a database of a node by its name or its number, as the tool takes it.
func (n *node) findDatabase(word string) *attached {
	if len(word) < 2 || word[:2] != "0x" {
		return n.database(word)
	}
	id := readNumber(word, 0)
	i := slices.IndexFunc(n.databases, func(d attached) bool {
		return uint32(databaseID(d.Name)) == uint32(id.value) //nolint:gosec // the tool drops the rest too
	})
	if id.none || i < 0 {
		return nil
	}
	return &n.databases[i]
}

// attach attaches a database on a node.
func (n *node) attach(d Database) {
	n.databases = append([]attached{{Database: d}}, n.databases...)
}

// shareDatabases attaches the databases of each active node on all of them, first those of the leader. What makes one
// read-only or sticky stays on the node that it was set on.
func (c *Cluster) shareDatabases(leader nodes.PNN) {
	active := c.active()
	var shared []Database
	known := map[string]bool{}
	for _, from := range append([]nodes.PNN{leader}, active...) {
		for _, d := range c.nodes[from].databases {
			if !known[d.Name] {
				known[d.Name] = true
				shared = append(shared, Database{Name: d.Name, Kind: d.Kind})
			}
		}
	}
	for _, pnn := range active {
		n := c.nodes[pnn]
		for _, d := range shared {
			if n.database(d.Name) == nil {
				n.attach(d)
			}
		}
	}
}

// path gives the file of a node's copy of a database.
func (d attached) path(pnn nodes.PNN) string {
	kept := "volatile"
	if d.Kind == ctdb.PersistentDatabase {
		kept = "persistent"
	}
	return fmt.Sprintf("/var/lib/ctdb/%s/%s.%d", kept, d.Name, pnn)
}

// report gives a database as a node reports it.
func (d attached) report(pnn nodes.PNN) status.Database {
	return status.Database{
		ID: databaseID(d.Name), Name: d.Name, Path: d.path(pnn), ReadOnly: d.ReadOnly, Sticky: d.Sticky,
		Persistent: d.Kind == ctdb.PersistentDatabase, Replicated: d.Kind == ctdb.ReplicatedDatabase, Unhealthy: d.health != "",
	}
}
