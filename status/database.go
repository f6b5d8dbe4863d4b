package status

import (
	"fmt"
	"strconv"
	"strings"
)

const cmdDBMap = "ctdb getdbmap"

// DatabaseID is the number that CTDB knows a database by: a hash of its name, the same on each node.
type DatabaseID uint32

// String gives the number as CTDB prints it in text, such as "0x4d2a432b". Commands take it in place of a name.
func (id DatabaseID) String() string { return fmt.Sprintf("0x%08x", uint32(id)) }

// MarshalText gives what String gives.
func (id DatabaseID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads "0x" and up to eight hexadecimal digits.
func (id *DatabaseID) UnmarshalText(text []byte) error {
	n, ok := parseDatabaseID(string(text))
	if !ok {
		return fmt.Errorf("want a database number such as 0x4d2a432b, got %s", clip(string(text)))
	}
	*id = n
	return nil
}

func parseDatabaseID(text string) (DatabaseID, bool) {
	digits, ok := strings.CutPrefix(text, "0x")
	n, err := strconv.ParseUint(digits, 16, 32)
	return DatabaseID(n), ok && err == nil
}

// Database is a database that a node has attached.
type Database struct {
	ID DatabaseID `json:"id"`
	// Name can have any characters, blanks and separators of tables among them.
	Name string `json:"name"`
	// Path is the file on the node that was asked; it ends in that node's number.
	Path string `json:"path"`
	// Persistent: it survives a restart, and changes are transactions.
	Persistent bool `json:"persistent"`
	// Replicated: it is handled like a persistent one, but does not survive a restart of all nodes.
	Replicated bool `json:"replicated"`
	// Sticky: records that nodes contend for stay where they are for a while.
	Sticky bool `json:"sticky"`
	// ReadOnly: nodes may hold copies of records for reading.
	ReadOnly bool `json:"read_only"`
	// Unhealthy: the node does not let clients use it. [DatabaseStatus.Health] says why.
	Unhealthy bool `json:"unhealthy"`
	// OtherFlags are names of flags that this package does not know.
	OtherFlags []string `json:"other_flags,omitempty"`
	// Extra holds columns and keys that this package does not know, by name.
	Extra map[string]string `json:"extra,omitempty"`
}

// databaseFlags is in the order in which the text form prints the words; key is that of getdbstatus.
var databaseFlags = [...]struct {
	word, column, key string
	of                func(d *Database) *bool
}{
	{"PERSISTENT", "Persistent", "PERSISTENT: ", func(d *Database) *bool { return &d.Persistent }},
	{"STICKY", "Sticky", "STICKY: ", func(d *Database) *bool { return &d.Sticky }},
	{"READONLY", "Readonly", "READONLY: ", func(d *Database) *bool { return &d.ReadOnly }},
	{"REPLICATED", "Replicated", "REPLICATED: ", func(d *Database) *bool { return &d.Replicated }},
	{"UNHEALTHY", "Unhealthy", "", func(d *Database) *bool { return &d.Unhealthy }},
}

// String gives the database's line in "ctdb getdbmap", without the newline.
func (d Database) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%v%s%s%s%s", keyDBID, d.ID, wordName, d.Name, wordPath, d.Path)
	for _, f := range databaseFlags {
		if *f.of(&d) {
			b.WriteString(" " + f.word)
		}
	}
	for _, word := range d.OtherFlags {
		b.WriteString(" " + word)
	}
	return b.String()
}

// DatabaseMap is the list of the databases that a node has attached. Similar to: ctdb getdbmap.
type DatabaseMap struct {
	// Form is the form of output that it was read from.
	Form Form `json:"form"`
	// Databases are in the node's order: those that were attached last come first.
	Databases []Database `json:"databases"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// Database gives the database with that name.
func (m *DatabaseMap) Database(name string) (Database, bool) {
	for _, d := range m.Databases {
		if d.Name == name {
			return d, true
		}
	}
	return Database{}, false
}

// String gives what "ctdb getdbmap" prints in text form. [ParseDatabaseMap] reads it back.
func (m *DatabaseMap) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%d\n", keyDatabases, len(m.Databases))
	for _, d := range m.Databases {
		fmt.Fprintln(&b, d)
	}
	return b.String()
}

// ParseDatabaseMap reads the output of "ctdb getdbmap" in text or machine (-X, -Y, -x) form and finds out which it is.
// A name that holds the separator or a blank is told from the path by what every path ends with: a slash, the name, a
// dot and the node's number.
//
// Lines that it does not know are kept in Unparsed. Output that is malformed, cut off or something else, and a database
// that is there twice, is a [*ParseError]. A machine table that lost whole rows looks like one of fewer databases;
// only the exit code tells. The result shares no memory with out.
func ParseDatabaseMap(out []byte) (*DatabaseMap, error) {
	p := databaseParser{byID: map[DatabaseID]bool{}}
	if err := p.start(cmdDBMap, out); err != nil {
		return nil, err
	}
	p.dbs.Databases = []Database{}
	if err := p.each(p.parseLine); err != nil {
		return nil, err
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	p.dbs.Unparsed = p.unparsed
	return &p.dbs, nil
}
