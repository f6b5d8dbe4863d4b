package status_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

// TestDatabaseCaptures reads what real clusters printed of their databases and compares what is printed again.
func TestDatabaseCaptures(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for _, r := range reportsIn(t, "databases", 250) {
		counts[r.command()[0]]++
		if r.command()[0] == "getdbstatus" {
			d, err := status.ParseDatabaseStatus([]byte(r.Out))
			if err != nil {
				t.Errorf("%v: %v", r, err)
				continue
			}
			r.checkSame(t, d.String(), d.Unparsed)
			continue
		}
		m, err := status.ParseDatabaseMap([]byte(r.Out))
		if err != nil {
			t.Errorf("%v: %v\n%s", r, err, r.Out)
			continue
		}
		printed := m.String()
		if m.Form == status.FormMachine {
			printed = databaseTable(m, r.Out)
		}
		if r.isMachine() != (m.Form == status.FormMachine) {
			t.Errorf("%v: read as %v", r, m.Form)
		}
		r.checkSame(t, printed, m.Unparsed)
	}
	if counts["getdbmap"] < 100 || counts["getdbstatus"] < 40 {
		t.Errorf("only %v", counts)
	}
}

// TestDatabaseForms compares what text and machine form say of the same node in the same state.
func TestDatabaseForms(t *testing.T) {
	t.Parallel()
	texts := map[string][]string{}
	var tables []report
	key := func(r report) string { return fmt.Sprint(r.Release, r.State, r.Node, slices.Contains(r.Args, "-n")) }
	jsonOf := func(m *status.DatabaseMap) string {
		out, err := json.Marshal(m.Databases)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	for _, r := range reportsIn(t, "databases", 250) {
		m, err := status.ParseDatabaseMap([]byte(r.Out))
		switch {
		case r.command()[0] != "getdbmap" || err != nil || slices.Contains(r.Args, "-n"):
		case m.Form == status.FormMachine:
			tables = append(tables, r)
		default:
			texts[key(r)] = append(texts[key(r)], jsonOf(m))
		}
	}
	compared := 0
	for _, r := range tables {
		m, err := status.ParseDatabaseMap([]byte(r.Out))
		if err != nil {
			t.Fatal(err)
		}
		if want := texts[key(r)]; len(want) > 0 {
			compared++
			if !slices.Contains(want, jsonOf(m)) {
				t.Errorf("%v: the table says\n%s\nthe text forms say\n%s", r, jsonOf(m), strings.Join(want, "\n"))
			}
		}
	}
	if compared < 20 {
		t.Errorf("only %d tables compared", compared)
	}
}

// databaseTable prints a map as the machine form with the header of an output.
func databaseTable(m *status.DatabaseMap, like string) string {
	header, _, _ := strings.Cut(like, "\n")
	sep := header[:strings.Index(header, "ID")]
	bit := map[bool]string{false: "0", true: "1"}
	var b strings.Builder
	fmt.Fprintln(&b, header)
	for _, d := range m.Databases {
		cells := map[string]string{
			"ID": fmt.Sprintf("0x%08X", uint32(d.ID)), "Name": d.Name, "Path": d.Path,
			"Persistent": bit[d.Persistent], "Sticky": bit[d.Sticky], "Unhealthy": bit[d.Unhealthy],
			"Readonly": bit[d.ReadOnly], "Replicated": bit[d.Replicated],
		}
		for name := range strings.SplitSeq(strings.TrimSuffix(header[len(sep):], sep), sep) {
			b.WriteString(sep + cells[name])
		}
		b.WriteString(sep + "\n")
	}
	return b.String()
}

const (
	sampleDBMap = `Number of databases:4
dbid:0x4d2a432b name:g_lock.tdb path:/var/lib/ctdb/volatile/g_lock.tdb.0
dbid:0x50b3e450 name:vol|pipe.tdb path:/var/lib/ctdb/volatile/vol|pipe.tdb.0
dbid:0x6cf8d035 name:with path:x.tdb path:/var/lib/ctdb/volatile/with path:x.tdb.0 STICKY READONLY
dbid:0x60369e52 name:pers1.tdb path:/var/lib/ctdb/persistent/pers1.tdb.0 PERSISTENT UNHEALTHY GOLDEN
`
	sampleDBTable = `|ID|Name|Path|Persistent|Sticky|Unhealthy|Readonly|Replicated|Golden|
|0x4D2A432B|g_lock.tdb|/var/lib/ctdb/volatile/g_lock.tdb.0|0|0|0|0|0|0|
|0x50B3E450|vol|pipe.tdb|/var/lib/ctdb/volatile/vol|pipe.tdb.0|0|0|0|0|1|yes|
`
)

func TestParseDatabaseMap(t *testing.T) {
	t.Parallel()
	const dir = "/var/lib/ctdb/volatile/"
	lock := status.Database{ID: 0x4d2a432b, Name: "g_lock.tdb", Path: dir + "g_lock.tdb.0"}
	pipe := status.Database{ID: 0x50b3e450, Name: "vol|pipe.tdb", Path: dir + "vol|pipe.tdb.0"}
	golden := map[string]string{"Golden": "0"}
	lockRow, pipeRow := lock, pipe
	lockRow.Extra = golden
	pipeRow.Extra, pipeRow.Replicated = map[string]string{"Golden": "yes"}, true
	tests := map[string]struct {
		in   string
		want status.DatabaseMap
	}{
		"text": {sampleDBMap, status.DatabaseMap{Form: status.FormText, Databases: []status.Database{
			lock, pipe,
			{
				ID: 0x6cf8d035, Name: "with path:x.tdb", Path: dir + "with path:x.tdb.0", Sticky: true, ReadOnly: true,
			},
			{
				ID: 0x60369e52, Name: "pers1.tdb", Path: "/var/lib/ctdb/persistent/pers1.tdb.0", Persistent: true,
				Unhealthy: true, OtherFlags: []string{"GOLDEN"},
			},
		}}},
		"machine": {sampleDBTable, status.DatabaseMap{
			Form: status.FormMachine, Databases: []status.Database{lockRow, pipeRow},
		}},
		"none": {"Number of databases:0\n", status.DatabaseMap{Form: status.FormText, Databases: []status.Database{}}},
		"empty table": {"@ID@Name@Path@\n", status.DatabaseMap{
			Form: status.FormMachine, Databases: []status.Database{},
		}},
		"another layout of paths": {"Number of databases:1\ndbid:0x1 name:a path:/x/y\n", status.DatabaseMap{
			Form: status.FormText, Databases: []status.Database{{ID: 1, Name: "a", Path: "/x/y"}},
		}},
		"unknown lines": {"?\nNumber of databases:0\n!\n", status.DatabaseMap{
			Form: status.FormText, Databases: []status.Database{}, Unparsed: status.Lines{{1, "?"}, {3, "!"}},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := status.ParseDatabaseMap([]byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
	m, err := status.ParseDatabaseMap([]byte(sampleDBMap))
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := m.Database("pers1.tdb"); !ok || !d.Persistent {
		t.Errorf("got %v, %v", d, ok)
	}
	if d, ok := m.Database("pers2.tdb"); ok {
		t.Errorf("got %v", d)
	}
}

func TestParseDatabaseMapRefuses(t *testing.T) {
	t.Parallel()
	text := func(line string) string { return "Number of databases:1\n" + line + "\n" }
	row := func(line string) string { return "|ID|Name|Path|Sticky|\n" + line + "\n" }
	tests := map[string]struct{ in, want string }{
		"empty":           {"", `ctdb getdbmap: no output; want "Number of databases:"`},
		"something else":  {"Usage: ctdb\n", `ctdb getdbmap:1: want "Number of databases:"`},
		"cut":             {sampleDBMap[:len(sampleDBMap)-1], "the output ends within the line"},
		"line lost":       {strings.Replace(sampleDBMap, ":4", ":5", 1), "ctdb getdbmap:1: 5 databases, but 4 are listed"},
		"two counts":      {"Number of databases:0\nNumber of databases:0\n", "ctdb getdbmap:2:1: a second line"},
		"bad count":       {"Number of databases:x\n", `ctdb getdbmap:1:21: want a count, got "x"`},
		"twice":           {text("dbid:0x1 name:a path:/a.0\ndbid:0x1 name:b path:/b.0"), "ctdb getdbmap:3:1: a second database 0x00000001"},
		"bad id":          {text("dbid:1 name:a path:/a.0"), `ctdb getdbmap:2:6: want a number such as 0x4d2a432b, got "1"`},
		"no name":         {text("dbid:0x1 nom:a path:/a.0"), `want "dbid:ID name:NAME path:PATH"`},
		"no path":         {text("dbid:0x1 name:a"), `ctdb getdbmap:2:15: want a name and the path that it is in`},
		"unclear path":    {text("dbid:0x1 name:a path:b path:/c"), "want a name and the path that it is in"},
		"no separator":    {"IDNamePathSticky\n", "a table without a separator"},
		"no path column":  {"|ID|Name|\n|0x1|a|\n", "want a column Path behind the column Name"},
		"short row":       {row("|0x1|a|/a.0|"), "want 4 columns as in the header, got 3"},
		"row cut":         {row("|0x1|a|/a.0|0"), "behind the last column"},
		"bad bit":         {row("|0x1|a|/a.0|2|"), `ctdb getdbmap:2:13: want 0 or 1 in column Sticky, got "2"`},
		"bad id in row":   {row("|x|a|/a.0|0|"), `ctdb getdbmap:2:2: want a number such as 0x4D2A432B, got "x"`},
		"unclear row":     {row("|0x1|a|b|/c.0|0|"), `ctdb getdbmap:2:6: want a name and the path that it is in, got "a|b|/c.0"`},
		"column twice":    {"|ID|Name|Name|\n", "a second column"},
		"unnamed columns": {"|ID|Name|||\n", `a second column ""`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := status.ParseDatabaseMap([]byte(test.in))
			checkRefused(t, err, test.want)
		})
	}
}

const sampleDBStatus = `dbid: 0x60369e52
name: pers1.tdb
path: /var/lib/ctdb/persistent/pers1.tdb.0
PERSISTENT: yes
REPLICATED: no
STICKY: no
READONLY: no
HEALTH: OK
`

func TestParseDatabaseStatus(t *testing.T) {
	t.Parallel()
	db := status.Database{
		ID: 0x60369e52, Name: "pers1.tdb", Path: "/var/lib/ctdb/persistent/pers1.tdb.0", Persistent: true,
	}
	sick := db
	sick.Unhealthy = true
	newer := db
	newer.Replicated, newer.Sticky, newer.ReadOnly = true, true, true
	newer.Extra = map[string]string{"GOLDEN": "very"}
	tests := map[string]struct {
		in   string
		want status.DatabaseStatus
	}{
		"healthy": {sampleDBStatus, status.DatabaseStatus{Form: status.FormText, Database: db, Health: "OK"}},
		"unhealthy": {
			strings.Replace(sampleDBStatus, "OK", "recovery: it failed", 1),
			status.DatabaseStatus{Form: status.FormText, Database: sick, Health: "recovery: it failed"},
		},
		"newer release": {
			strings.ReplaceAll(sampleDBStatus, ": no\n", ": yes\n") + "GOLDEN: very\n?\n",
			status.DatabaseStatus{
				Form: status.FormText, Database: newer, Health: "OK", Unparsed: status.Lines{{10, "?"}},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := status.ParseDatabaseStatus([]byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseDatabaseStatusRefuses(t *testing.T) {
	t.Parallel()
	change := func(old, by string) string { return strings.Replace(sampleDBStatus, old, by, 1) }
	tests := map[string]struct{ in, want string }{
		"empty":     {"", `ctdb getdbstatus: the output ends without a line "dbid: "`},
		"cut":       {change("HEALTH: OK\n", ""), `ctdb getdbstatus:7: the output ends without a line "HEALTH: "`},
		"cut line":  {sampleDBStatus[:20], "the output ends within the line"},
		"bad flag":  {change("STICKY: no", "STICKY: maybe"), `ctdb getdbstatus:6:9: want yes or no, got "maybe"`},
		"bad id":    {change("0x", ""), `ctdb getdbstatus:1:7: want a number such as 0x4d2a432b`},
		"twice":     {sampleDBStatus + "name: x\n", `ctdb getdbstatus:9:1: a second line "name: "`},
		"too much":  {sampleDBStatus + numbered("k%d: v\n", 200), "too many lines that are unknown"},
		"too much?": {sampleDBStatus + strings.Repeat("?\n", 200), "too many lines that are unknown"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := status.ParseDatabaseStatus([]byte(test.in))
			checkRefused(t, err, test.want)
		})
	}
}

// numbered gives n lines of a format.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestDatabaseID(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(status.DatabaseID(0x2a))
	if err != nil || string(out) != `"0x0000002a"` {
		t.Errorf("got %s, %v", out, err)
	}
	var id status.DatabaseID
	if err := json.Unmarshal([]byte(`"0x4D2A432B"`), &id); err != nil || id != 0x4d2a432b {
		t.Errorf("got %v, %v", id, err)
	}
	for _, bad := range []string{"", "0x", "4d2a432b", "0x123456789", "0x-1", "0xg"} {
		if err := id.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is %v", bad, id)
		}
	}
}

func FuzzParseDatabaseMap(f *testing.F) {
	f.Add([]byte(sampleDBMap))
	f.Add([]byte(sampleDBTable))
	f.Add([]byte(sampleDBStatus))
	for i, r := range reportsIn(f, "databases", 250) {
		if i%20 == 0 {
			f.Add([]byte(r.Out))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if d, err := status.ParseDatabaseStatus(in); err != nil {
			checkError(t, in, err)
		} else {
			d.Unparsed, d.Extra = nil, nil
			back, err := status.ParseDatabaseStatus([]byte(d.String()))
			again(t, d, back, err, d.String())
		}
		m, err := status.ParseDatabaseMap(in)
		if err != nil {
			checkError(t, in, err)
			return
		}
		if len(m.Databases) > len(in) || len(m.Unparsed) > 100 {
			t.Fatalf("%d databases, %d unknown lines from %d bytes", len(m.Databases), len(m.Unparsed), len(in))
		}
		if m.Form == status.FormMachine && slices.ContainsFunc(m.Databases, isUnclear) {
			return // nobody can tell the name from the path with the words of the text form
		}
		m.Form, m.Unparsed = status.FormText, nil
		for i := range m.Databases {
			m.Databases[i].Extra = nil
		}
		back, err := status.ParseDatabaseMap([]byte(m.String()))
		again(t, m, back, err, m.String())
	})
}

// isUnclear tells whether a database's name and path look otherwise in text: they hold its words, or flags.
func isUnclear(d status.Database) bool {
	return strings.Contains(d.Name+d.Path, " ")
}
