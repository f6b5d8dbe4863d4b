package status

import (
	"fmt"
	"slices"
	"strings"
)

// The words of the text form of getdbmap.
const (
	keyDatabases = "Number of databases:"
	keyDBID      = "dbid:"
	wordName     = " name:"
	wordPath     = " path:"
)

// The columns of the machine form that are not flags.
const (
	columnID   = "ID"
	columnName = "Name"
	columnPath = "Path"
)

// databaseParser reads an output of getdbmap.
type databaseParser struct {
	scanner
	dbs       DatabaseMap
	byID      map[DatabaseID]bool
	count     int // what the first line said
	countLine int
	table     table
}

// parseLine reads the current line in the form that was found, or finds it.
func (p *databaseParser) parseLine() error {
	switch p.dbs.Form {
	case FormMachine:
		return p.machineRow()
	case FormText:
		return p.textLine()
	default:
		return p.findForm()
	}
}

// findForm looks for the first line of one of the forms.
func (p *databaseParser) findForm() error {
	if sep, ok := p.separator(columnID); ok && strings.HasPrefix(p.line, sep+columnID+sep+columnName+sep) {
		p.dbs.Form, p.table.sep = FormMachine, sep
		return p.table.header(&p.scanner, columnName)
	}
	if strings.HasPrefix(p.line, keyDatabases) {
		p.dbs.Form = FormText
		return p.textLine()
	}
	return p.keepUnparsed()
}

func (p *databaseParser) textLine() error {
	if rest, ok := strings.CutPrefix(p.line, keyDatabases); ok {
		if p.countLine > 0 {
			return p.errAt(0, "a second line "+clip(keyDatabases))
		}
		p.countLine = p.num
		var err error
		p.count, err = p.scanner.count(rest, len(keyDatabases))
		return err
	}
	if rest, ok := strings.CutPrefix(p.line, keyDBID); ok {
		return p.textDatabase(rest)
	}
	return p.keepUnparsed()
}

// textDatabase reads "0x4d2a432b name:g_lock.tdb path:/var/lib/ctdb/volatile/g_lock.tdb.0 STICKY".
func (p *databaseParser) textDatabase(rest string) error {
	id, rest, ok := strings.Cut(rest, wordName)
	if !ok {
		return p.errAt(len(p.line), `want "dbid:ID name:NAME path:PATH", got `+clip(p.line))
	}
	var d Database
	if d.ID, ok = parseDatabaseID(id); !ok {
		return p.errAt(len(keyDBID), "want a number such as 0x4d2a432b, got "+clip(id))
	}
	body, words := cutFlags(rest)
	name, path, ok := cutPath(body, wordPath)
	if !ok {
		return p.errAt(len(p.line)-len(rest), "want a name and the path that it is in, got "+clip(rest))
	}
	d.Name, d.Path = strings.Clone(name), strings.Clone(path)
	return p.add(d, words)
}

// cutFlags cuts the flags off the end of a line. A path ends in a dot and a number, so that the words in capital
// letters behind it are no part of it.
func cutFlags(text string) (body string, flags []string) {
	for {
		at := strings.LastIndexByte(text, ' ')
		if at < 0 || !isFlagWord(text[at+1:]) || len(flags) == maxUnparsed {
			slices.Reverse(flags)
			return text, flags
		}
		flags = append(flags, text[at+1:])
		text = text[:at]
	}
}

func isFlagWord(word string) bool {
	return word != "" && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// maxCuts is how many places are tried for the border between a name and a path, so that a line takes linear time.
const maxCuts = 32

// cutPath takes a name and a path apart that have sep between them, which either may hold as well: the path ends in a
// slash, the name, a dot and a number. Where there is only one sep, the path may be anything.
func cutPath(text, sep string) (name, path string, ok bool) {
	from := 0
	for range maxCuts {
		at := strings.Index(text[from:], sep)
		if at < 0 {
			break
		}
		name, path = text[:from+at], text[from+at+len(sep):]
		if isPathOf(path, name) {
			return name, path, true
		}
		from += at + 1
	}
	name, path, ok = strings.Cut(text, sep)
	return name, path, ok && !strings.Contains(path, sep)
}

// isPathOf tells whether a path is that of a database: "/var/lib/ctdb/volatile/g_lock.tdb.0" of g_lock.tdb.
func isPathOf(path, name string) bool {
	stem := strings.TrimRight(path, "0123456789")
	dir, ok := strings.CutSuffix(stem, name+".")
	return ok && len(stem) < len(path) && strings.HasSuffix(dir, "/")
}

// machineRow reads the current line as a row of the table.
func (p *databaseParser) machineRow() error {
	isRow, err := p.table.row(&p.scanner)
	switch {
	case err != nil:
		return err
	case !isRow:
		return p.keepUnparsed()
	}
	if err := p.resplit(); err != nil {
		return err
	}
	var d Database
	for i, name := range p.table.names {
		if err := p.machineCell(&d, name, p.table.cells[i]); err != nil {
			return err
		}
	}
	return p.add(d, nil)
}

// resplit finds the border between name and path again: the table has given all that is between them to the name.
func (p *databaseParser) resplit() error {
	at := p.table.wide
	if at < 0 || at+1 >= len(p.table.names) || p.table.names[at+1] != columnPath {
		return p.errAt(0, "want a column "+columnPath+" behind the column "+columnName)
	}
	name, path := &p.table.cells[at], &p.table.cells[at+1]
	both := p.line[name.offset : path.offset+len(path.text)]
	var ok bool
	if name.text, path.text, ok = cutPath(both, p.table.sep); !ok {
		return p.errAt(name.offset, "want a name and the path that it is in, got "+clip(both))
	}
	path.offset = name.offset + len(name.text) + len(p.table.sep)
	return nil
}

func (p *databaseParser) machineCell(d *Database, name string, cell cell) error {
	switch name {
	case columnID:
		var ok bool
		if d.ID, ok = parseDatabaseID(cell.text); !ok {
			return p.errAt(cell.offset, "want a number such as 0x4D2A432B, got "+clip(cell.text))
		}
		return nil
	case columnName:
		d.Name = strings.Clone(cell.text)
		return nil
	case columnPath:
		d.Path = strings.Clone(cell.text)
		return nil
	}
	for _, f := range databaseFlags {
		if name == f.column {
			if cell.text != "0" && cell.text != "1" {
				return p.errAt(cell.offset, "want 0 or 1 in column "+name+", got "+clip(cell.text))
			}
			*f.of(d) = cell.text == "1"
			return nil
		}
	}
	if d.Extra == nil {
		d.Extra = make(map[string]string, 1)
	}
	d.Extra[strings.Clone(name)] = strings.Clone(cell.text)
	return nil
}

// maxDatabases is how many databases a node can have.
const maxDatabases = 100_000

// add takes a database that was read from the current line, with the words of the flags that are set.
func (p *databaseParser) add(d Database, words []string) error {
	switch {
	case p.byID[d.ID]:
		return p.errAt(0, "a second database "+d.ID.String())
	case len(p.byID) == maxDatabases:
		return p.errAt(0, fmt.Sprintf("too many databases; the limit is %d", maxDatabases))
	}
	p.byID[d.ID] = true
	for _, word := range words {
		if !d.setFlag(word) {
			d.OtherFlags = append(d.OtherFlags, strings.Clone(word))
		}
	}
	p.dbs.Databases = append(p.dbs.Databases, d)
	return nil
}

// setFlag sets the flag that a word is the name of.
func (d *Database) setFlag(word string) bool {
	for _, f := range databaseFlags {
		if word == f.word {
			*f.of(d) = true
			return true
		}
	}
	return false
}

// end looks for what is missing.
func (p *databaseParser) end() error {
	switch {
	case p.dbs.Form == 0 && len(p.unparsed) > 0:
		first := p.unparsed[0]
		return p.errLine(first.Number, fmt.Sprintf("want %q or a table with the columns ID and Name, got %s",
			keyDatabases, clip(first.Text)))
	case p.dbs.Form == 0:
		return p.errLine(0, fmt.Sprintf("no output; want %q or a table with the columns ID and Name", keyDatabases))
	case p.dbs.Form == FormText && p.count != len(p.dbs.Databases):
		return p.errLine(p.countLine, fmt.Sprintf("%d databases, but %d are listed", p.count, len(p.dbs.Databases)))
	}
	return nil
}
