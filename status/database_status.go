package status

import (
	"fmt"
	"strings"
)

const cmdDBStatus = "ctdb getdbstatus"

// The keys of getdbstatus that are not flags.
const (
	keyStatusID     = "dbid: "
	keyStatusName   = "name: "
	keyStatusPath   = "path: "
	keyStatusHealth = "HEALTH: "
)

// DatabaseStatus is what a node reports about one database. Similar to: ctdb getdbstatus.
type DatabaseStatus struct {
	// Form is always FormText: the tool has no other form for it and ignores -X.
	Form Form `json:"form"`
	// Database is what [DatabaseMap] has of it too.
	Database
	// Health is "OK", or CTDB's reason why the database is not healthy.
	Health string `json:"health"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// String gives what "ctdb getdbstatus" prints. [ParseDatabaseStatus] reads it back.
func (d *DatabaseStatus) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%v\n%s%s\n%s%s\n", keyStatusID, d.ID, keyStatusName, d.Name, keyStatusPath, d.Path)
	word := map[bool]string{false: "no", true: "yes"}
	for _, line := range []struct {
		key string
		set bool
	}{
		{"PERSISTENT: ", d.Persistent},
		{"REPLICATED: ", d.Replicated},
		{"STICKY: ", d.Sticky},
		{"READONLY: ", d.ReadOnly},
	} {
		fmt.Fprintf(&b, "%s%s\n", line.key, word[line.set])
	}
	fmt.Fprintf(&b, "%s%s\n", keyStatusHealth, d.Health)
	return b.String()
}

// ParseDatabaseStatus reads the output of "ctdb getdbstatus". Lines "KEY: value" that it does not know are kept in
// Extra, others in Unparsed. Output that is malformed, incomplete or something else is a [*ParseError]. The result
// shares no memory with out.
func ParseDatabaseStatus(out []byte) (*DatabaseStatus, error) {
	p := databaseStatusParser{seen: map[string]bool{}}
	if err := p.start(cmdDBStatus, out); err != nil {
		return nil, err
	}
	p.status.Form = FormText
	if err := p.each(p.parseLine); err != nil {
		return nil, err
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	p.status.Unparsed = p.unparsed
	return &p.status, nil
}

// databaseStatusParser reads an output of getdbstatus.
type databaseStatusParser struct {
	scanner
	status DatabaseStatus
	seen   map[string]bool
}

// parseLine reads the current line, "KEY: value".
func (p *databaseStatusParser) parseLine() error {
	at := strings.Index(p.line, ": ") + len(": ")
	if at < len(": ") {
		return p.keepUnparsed()
	}
	key, value := p.line[:at], p.line[at:]
	if p.seen[key] {
		return p.errAt(0, "a second line "+clip(key))
	}
	if len(p.seen) > maxUnparsed {
		return p.errAt(0, "too many lines that are unknown, up to "+clip(p.line))
	}
	key = strings.Clone(key)
	p.seen[key] = true
	d := &p.status
	switch key {
	case keyStatusID:
		var ok bool
		if d.ID, ok = parseDatabaseID(value); !ok {
			return p.errAt(at, "want a number such as 0x4d2a432b, got "+clip(value))
		}
	case keyStatusName:
		d.Name = strings.Clone(value)
	case keyStatusPath:
		d.Path = strings.Clone(value)
	case keyStatusHealth:
		d.Health = strings.Clone(value)
		d.Unhealthy = value != wordOK
	default:
		return p.flagLine(key, value, at)
	}
	return nil
}

// flagLine reads "STICKY: yes", or keeps a line whose key is not known.
func (p *databaseStatusParser) flagLine(key, value string, at int) error {
	for _, f := range databaseFlags {
		if key == f.key {
			if value != "yes" && value != "no" {
				return p.errAt(at, "want yes or no, got "+clip(value))
			}
			*f.of(&p.status.Database) = value == "yes"
			return nil
		}
	}
	if p.status.Extra == nil {
		p.status.Extra = make(map[string]string, 1)
	}
	p.status.Extra[strings.TrimSuffix(key, ": ")] = strings.Clone(value)
	return nil
}

// end looks for what is missing.
func (p *databaseStatusParser) end() error {
	for _, key := range []string{keyStatusID, keyStatusName, keyStatusPath, "PERSISTENT: ", keyStatusHealth} {
		if !p.seen[key] {
			return p.errLine(p.num, fmt.Sprintf("the output ends without a line %q", key))
		}
	}
	return nil
}
