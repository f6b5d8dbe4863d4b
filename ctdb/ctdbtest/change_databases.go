package ctdbtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// databaseFlag is a command that sets a flag of a database.
type databaseFlag struct {
	word    string
	control string
	set     func(d *attached)
}

func setReadOnly(d *attached) { d.ReadOnly = true }
func setSticky(d *attached)   { d.Sticky = true }

func (f databaseFlag) run(c *Cluster, q *query) ctdb.Result {
	d := c.nodes[q.local].findDatabase(q.words[1])
	switch {
	case d == nil:
		return noDatabase(q.words[1])
	case d.Kind != ctdb.VolatileDatabase:
		return refused(f.word + " can be set only on volatile DB")
	}
	if result, ok := c.lost(q, f.control); ok {
		return result
	}
	if d = c.nodes[q.target].database(d.Name); d == nil {
		return refused("Control " + f.control + " failed, ret=-1")
	}
	f.set(d)
	return ctdb.Result{}
}

func (c *Cluster) runAttach(q *query) ctdb.Result {
	d := Database{Name: q.words[1]}
	if len(q.words) > 2 {
		switch q.words[2] {
		case "persistent":
			d.Kind = ctdb.PersistentDatabase
		case "replicated":
			d.Kind = ctdb.ReplicatedDatabase
		case "readonly":
			d.ReadOnly = true
		case "sticky":
			d.Sticky = true
		default:
			return usage()
		}
	}
	if result, ok := c.attachAll(q, d); !ok {
		return result
	}
	return ctdb.Result{}
}

// attachAll attaches a database on all active nodes if they have none of that name and kind. Asking for a volatile one
// is fine with any kind. If it can't, it gives the answer of a tool that wanted to.
func (c *Cluster) attachAll(q *query, d Database) (result ctdb.Result, ok bool) {
	n := c.nodes[q.local]
	there := n.database(d.Name)
	switch {
	case n.value("AllowClientDBAttach") == 0, !n.isActive(),
		there != nil && d.Kind != ctdb.VolatileDatabase && d.Kind != there.Kind:
		return refused("attach: " + d.Name + " failed to get db_id, ret=-1"), false
	case c.isRecovering(n): // it waits for the end of the recovery
		return refused(wordsOver), false
	}
	for _, pnn := range c.active() {
		if c.unanswered(q, pnn) {
			result := refused("attach: " + d.Name + " DB_ATTACH failed, ret=110")
			result.ExitCode = etimedout
			return result, false
		}
	}
	for _, pnn := range c.active() {
		n := c.nodes[pnn]
		if n.database(d.Name) == nil {
			n.attach(Database{Name: d.Name, Kind: d.Kind})
		}
		have := n.database(d.Name)
		have.ReadOnly, have.Sticky = have.ReadOnly || d.ReadOnly, have.Sticky || d.Sticky
	}
	return ctdb.Result{}, true
}

func (c *Cluster) runDetach(q *query) ctdb.Result {
	if bad := c.cannotDetach(q); bad.ExitCode != 0 {
		return bad
	}
	var words strings.Builder
	for _, word := range q.words[1:] {
		d := c.nodes[q.local].findDatabase(word)
		switch {
		case d == nil:
			words.WriteString("No database matching '" + word + "' found\n")
			continue
		case d.Kind != ctdb.VolatileDatabase:
			return refused(words.String() + "Only volatile databases can be detached")
		}
		name := d.Name
		delete(c.records, name)
		for _, n := range c.nodes {
			n.databases = slices.DeleteFunc(n.databases, func(d attached) bool { return d.Name == name })
		}
	}
	return ctdb.Result{Stderr: []byte(words.String())}
}

// cannotDetach gives the answer of a tool that may not detach databases. Exit code 0 is one that may.
func (c *Cluster) cannotDetach(q *query) ctdb.Result {
	if c.isRecovering(c.nodes[q.local]) {
		return refused("Database cannot be detached when recovery is active")
	}
	for i, n := range c.nodes {
		pnn := nodes.PNN(i)
		flags := c.seen(q.local, pnn)
		switch {
		case flags.Has(status.FlagDisconnected):
			continue
		case flags.Inactive():
			return refused(fmt.Sprintf("Database cannot be detached on inactive (stopped or banned) node %d", i))
		case c.unanswered(q, pnn):
			result := refused(noAnswer("GET_TUNABLE", pnn) +
				fmt.Sprintf("\nUnable to get tunable AllowClientDBAttach from node %d", i))
			result.ExitCode = etimedout
			return result
		case n.value("AllowClientDBAttach") == 1:
			const words = "Database access is still active on node %d. Set AllowclientDBAttach=0 on all nodes."
			return refused(fmt.Sprintf(words, i))
		}
	}
	return ctdb.Result{}
}

// reattach attaches a database that is there, as commands do before they change all of it.
func (c *Cluster) reattach(q *query, d Database) (result ctdb.Result, ok bool) {
	result, ok = c.attachAll(q, d)
	if !ok && !strings.HasPrefix(string(result.Stderr), wordsOver) {
		result.Stderr = append(result.Stderr, "Failed to attach to DB "+d.Name+"\n"...)
	}
	return result, ok
}

func (c *Cluster) runWipeDB(q *query) ctdb.Result {
	d := c.nodes[q.local].findDatabase(q.words[1])
	if d == nil {
		return noDatabase(q.words[1])
	}
	name := d.Name
	if result, ok := c.reattach(q, d.Database); !ok {
		return result
	}
	c.fill(name, nil)
	return printed("Database " + name + " wiped\n")
}

// fill gives a database new records on all nodes, where it is healthy then.
func (c *Cluster) fill(name string, records map[string]string) {
	c.records[name] = records
	for _, pnn := range c.active() {
		c.nodes[pnn].database(name).health = ""
	}
}
