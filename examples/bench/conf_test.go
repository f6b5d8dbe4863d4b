package bench_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/ini.v1"

	"github.com/go-ctdb/go-ctdb/config"
)

// conf is a file, and the option in it that is read and changed.
type conf struct {
	name         string
	data         []byte
	section, key string
	values       [2]string // the second one is that of the file
}

func confs(tb testing.TB) []conf {
	tb.Helper()
	small, err := os.ReadFile("testdata/ctdb.conf")
	if err != nil {
		tb.Fatal(err)
	}
	const lines = 100_000
	known := []string{"logging", "cluster", "database", "event", "failover", "legacy"}
	var unknown []string
	for i := range 1000 {
		unknown = append(unknown, fmt.Sprintf("section %03d", i))
	}
	key, values := "99998 made up option", [...]string{"another one", "value of line 99998"}
	return []conf{
		{"60 lines", small, "legacy", "script log level", [...]string{"DEBUG", "NOTICE"}},
		{"100000 lines", makeConf(lines, known), "legacy", key, values},
		{"100000 lines in 1000 sections", makeConf(lines, unknown), "section 999", key, values},
	}
}

// makeConf gives a file with keys that nobody knows, all different, as many for each section.
func makeConf(lines int, sections []string) []byte {
	var data []byte
	for i, section := 0, -1; i < lines; i++ {
		switch next := i * len(sections) / lines; {
		case next != section:
			section = next
			data = fmt.Appendf(data, "[%s]\n", sections[section])
		case i%10 == 3 || i%10 == 6:
			data = append(data, '\n')
		case i%10 == 4 || i%10 == 7:
			data = fmt.Appendf(data, "\t# what line %d is about\n", i+1)
		default:
			data = fmt.Appendf(data, "\t%05d made up option = value of line %05d\n", i, i)
		}
	}
	return data
}

// file is a file that one of the libraries has parsed. The calls through it cost both the same.
type file interface {
	get(section, key string) string
	set(section, key, value string) error
	bytes() ([]byte, error)
}

type ours struct{ *config.File }

func (f ours) get(section, key string) string       { return f.Get(section, key) }
func (f ours) set(section, key, value string) error { return f.Set(section, key, value) }
func (f ours) bytes() ([]byte, error)               { return f.Bytes(), nil }

type theirs struct{ *ini.File }

func (f theirs) get(section, key string) string { return f.Section(section).Key(key).String() }

func (f theirs) set(section, key, value string) error {
	f.Section(section).Key(key).SetValue(value)
	return nil
}

func (f theirs) bytes() ([]byte, error) {
	var out bytes.Buffer
	if _, err := f.WriteToIndent(&out, "\t"); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

var libraries = []struct {
	name  string
	parse func([]byte) (file, error)
}{
	{"go-ctdb", parseOurs},
	{"ini", parseTheirs},
}

func parseOurs(data []byte) (file, error) {
	f, err := config.Parse("ctdb.conf", data)
	return ours{f}, err
}

// parseTheirs has the options that come nearest to what CTDB does.
func parseTheirs(data []byte) (file, error) {
	f, err := ini.LoadSources(ini.LoadOptions{
		InsensitiveSections:     true,
		IgnoreInlineComment:     true, // "value # text" is a value
		SkipUnrecognizableLines: true, // a line without = is ignored
		KeyValueDelimiters:      "=",  // a colon belongs to a key
		PreserveSurroundedQuote: true, // there are no quotes
	}, data)
	if err != nil {
		return nil, err
	}
	f.BlockMode = false // no locks, which config has neither
	return theirs{f}, nil
}

// TestMain has ini.v1 write "key = value" like ctdb.conf, and not align it, which takes less time too.
func TestMain(m *testing.M) {
	ini.PrettyFormat, ini.PrettyEqual = false, true
	os.Exit(m.Run())
}

// operations are what is measured. Each makes ready what it needs and gives what is repeated.
var operations = []struct {
	name  string
	bytes bool // whether it goes through all bytes of the file
	start func(testing.TB, conf, func([]byte) (file, error)) func(i int) error
}{
	{"parse", true, startParse},
	{"get", false, startGet},
	{"set", true, startSet},
	{"parse+set+bytes", true, startAll},
	{"set alone", false, startSetAlone},
}

func startParse(_ testing.TB, c conf, parse func([]byte) (file, error)) func(int) error {
	return func(int) error {
		_, err := parse(c.data)
		return err
	}
}

func startGet(tb testing.TB, c conf, parse func([]byte) (file, error)) func(int) error {
	f := mustParse(tb, parse, c.data)
	return func(int) error {
		if got := f.get(c.section, c.key); got != c.values[1] {
			return fmt.Errorf("[%s] %s is %q", c.section, c.key, got)
		}
		return nil
	}
}

func startSet(tb testing.TB, c conf, parse func([]byte) (file, error)) func(int) error {
	f := mustParse(tb, parse, c.data)
	return func(i int) error { return setAndWrite(f, c, i) }
}

func startAll(_ testing.TB, c conf, parse func([]byte) (file, error)) func(int) error {
	return func(int) error {
		f, err := parse(c.data)
		if err != nil {
			return err
		}
		return setAndWrite(f, c, 0)
	}
}

// setAndWrite sets a value that the file does not have yet, if i is the number of calls before.
func setAndWrite(f file, c conf, i int) error {
	if err := f.set(c.section, c.key, c.values[i%2]); err != nil {
		return err
	}
	data, err := f.bytes()
	if err == nil && len(data) < len(c.data)*3/4 {
		return fmt.Errorf("%d bytes were written", len(data))
	}
	return err
}

func startSetAlone(tb testing.TB, c conf, parse func([]byte) (file, error)) func(int) error {
	f := mustParse(tb, parse, c.data)
	return func(i int) error { return f.set(c.section, c.key, c.values[i%2]) }
}

func mustParse(tb testing.TB, parse func([]byte) (file, error), data []byte) file {
	tb.Helper()
	f, err := parse(data)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func BenchmarkConf(b *testing.B) {
	for _, operation := range operations {
		for _, c := range confs(b) {
			for _, library := range libraries {
				b.Run(operation.name+"/"+c.name+"/"+library.name, func(b *testing.B) {
					b.ReportAllocs()
					if operation.bytes {
						b.SetBytes(int64(len(c.data)))
					}
					again := operation.start(b, c, library.parse)
					for i := 0; b.Loop(); i++ {
						if err := again(i); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// option is where a value belongs.
type option struct{ section, key string }

// TestSame wants the same values from both libraries: of the files that the benchmarks have, and from each those of the
// file that the other one writes after a change.
func TestSame(t *testing.T) {
	for _, c := range confs(t) {
		t.Run(c.name, func(t *testing.T) {
			if lines, _, _ := strings.Cut(c.name, " in "); lines != fmt.Sprint(bytes.Count(c.data, []byte("\n")), " lines") {
				t.Errorf("the file does not have %s", lines)
			}
			if at := bytes.Index(c.data, []byte(c.key)); at < len(c.data)*9/10 {
				t.Errorf("%q is not near the end", c.key)
			}
			mine, other := mustParse(t, parseOurs, c.data).(ours), mustParse(t, parseTheirs, c.data).(theirs)
			want := mine.values()
			if len(want) != mine.Len() {
				t.Errorf("%d options in %d settings", len(want), mine.Len())
			}
			if got := want[option{c.section, c.key}]; got != c.values[1] {
				t.Errorf("[%s] %s is %q, want %q", c.section, c.key, got, c.values[1])
			}
			diffValues(t, "ini", want, other.values())
			want[option{c.section, c.key}] = c.values[0]
			diffValues(t, "go-ctdb, of what ini wrote", want, mustParse(t, parseOurs, change(t, other, c)).(ours).values())
			diffValues(t, "ini, of what go-ctdb wrote", want, mustParse(t, parseTheirs, change(t, mine, c)).(theirs).values())
		})
	}
}

func (f ours) values() map[option]string {
	values := map[option]string{}
	for s := range f.All() {
		values[option{strings.ToLower(s.Section), s.Key}] = f.get(s.Section, s.Key)
	}
	return values
}

func (f theirs) values() map[option]string {
	values := map[option]string{}
	for _, section := range f.Sections() {
		for _, key := range section.KeyStrings() {
			values[option{section.Name(), key}] = f.get(section.Name(), key)
		}
	}
	return values
}

func diffValues(t *testing.T, what string, want, got map[option]string) {
	t.Helper()
	if !maps.Equal(want, got) { // cmp.Diff sorts 60,000 values first
		t.Errorf("%s (-want +got):\n%s", what, cmp.Diff(want, got))
	}
}

func change(t *testing.T, f file, c conf) []byte {
	t.Helper()
	if err := f.set(c.section, c.key, c.values[0]); err != nil {
		t.Fatal(err)
	}
	data, err := f.bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestOperations runs each operation twice, since a benchmark that fails says so only when somebody runs it.
func TestOperations(t *testing.T) {
	small := confs(t)[0]
	for _, library := range libraries {
		for _, operation := range operations {
			again := operation.start(t, small, library.parse)
			for i := range 2 {
				if err := again(i); err != nil {
					t.Errorf("%s, %s: %v", library.name, operation.name, err)
				}
			}
		}
	}
}
