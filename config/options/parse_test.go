package options_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/config/options"
)

// shellCase is a file and what is known of the variables in it: a value in quotes, or "unknown", or "not set".
type shellCase struct {
	name, text string
	want       map[string]string
}

const unknown, notSet = "unknown", "not set"

// shellCases are also what real shells are asked about, and where fuzzing begins.
var shellCases = []shellCase{
	{"empty", "", map[string]string{"A": notSet}},
	{"bare", "A=b\nB=/etc/ctdb:x@y,%+-=z\n", map[string]string{"A": `"b"`, "B": `"/etc/ctdb:x@y,%+-=z"`}},
	{"no newline", "A=b", map[string]string{"A": `"b"`}},
	{"empty values", "A=\nB=\"\"\nC='' \n", map[string]string{"A": `""`, "B": `""`, "C": `""`}},
	{"export", "export A=b\nexport  B='c d' C\n", map[string]string{"A": `"b"`, "B": `"c d"`, "C": notSet}},
	{"several", "A=1 B=2;C=3 ; export D=4 E=5", map[string]string{"A": `"1"`, "B": `"2"`, "C": `"3"`, "D": `"4"`, "E": `"5"`}},
	{"single quotes", `A='a"\$b'`, map[string]string{"A": `"a\"\\$b"`}},
	{"double quotes", `A="a'\"\\\$\x` + "\\`" + `"`, map[string]string{"A": "\"a'\\\"\\\\$\\\\x`\""}},
	{"escapes", `A=a\ b\'\"\\\x\#`, map[string]string{"A": `"a b'\"\\x#"`}},
	{"mixed", `A=a' b'"c "\ d`, map[string]string{"A": `"a bc  d"`}},
	{"quoted single quote", `A='it'\''s'`, map[string]string{"A": `"it's"`}},
	{"X at both ends", `A=Xa'b'X`, map[string]string{"A": `"XabX"`}},
	{"newline in quotes", "A='a\nb'\nB=\"c\nd\"", map[string]string{"A": `"a\nb"`, "B": `"c\nd"`}},
	{"continuation", "A=a\\\nb\nB=\"c\\\nd\"\nC='e\\\nf'\nD=1 \\\n E=2", map[string]string{
		"A": `"ab"`, "B": `"cd"`, "C": `"e\\\nf"`, "D": `"1"`, "E": `"2"`}},
	{"comments", "# A=b\nB=c # d'\nC=e#f\n#\\\nD=g;# h", map[string]string{"A": notSet, "B": `"c"`, "C": `"e#f"`, "D": `"g"`}},
	{"last wins", "A=b\nA=c", map[string]string{"A": `"c"`}},
	{"carriage return", "A=b\r\n\r\nB=c\n", map[string]string{"A": `"b\r"`, "B": `"c"`}},
	{"bytes", "A=\x80\x81\x88\xff\x01\x7fé\nB='\x81 \x88'", map[string]string{
		"A": `"\x80\x81\x88\xff\x01\x7fé"`, "B": `"\x81 \x88"`}},
	{"patterns", "A=*?[x]{a,b}!^\nexport B=*\nexport C={a,b}", map[string]string{"A": `"*?[x]{a,b}!^"`, "B": unknown, "C": unknown}},
	{"tilde", "A=~\nB=a:~root\nC=a~\nD='~'\nE=\\~\nF=''~", map[string]string{
		"A": unknown, "B": unknown, "C": `"a~"`, "D": `"~"`, "E": `"~"`, "F": unknown}},
	{"dollar alone", "A=$\nB=\"^rpc$\"\nC=a$/b\nD=\"$ \"", map[string]string{"A": `"$"`, "B": `"^rpc$"`, "C": `"a$/b"`, "D": `"$ "`}},
	{"expansions", "A=$B\nC=\"${D}\"\nE=`echo f`\nG=$(echo ')' \"$(echo h)\")\nI=$((1+2))\nJ=k", map[string]string{
		"A": unknown, "B": notSet, "C": unknown, "E": unknown, "G": unknown, "I": unknown, "J": `"k"`}},
	{"expansion that assigns", "A=b\nC=${A:=d}\nE=${F=g}", map[string]string{"A": unknown, "C": unknown, "F": unknown}},
	{"side by side", "A=1 B=$A C=2", map[string]string{"A": `"1"`, "B": unknown, "C": `"2"`}},
	{"condition", "A=1\nB=2\nif [ -f /nothing ]; then\n\tA=3\nelif true; then C=4; else D=5; fi\nB=6\n", map[string]string{
		"A": unknown, "B": `"6"`, "C": unknown, "D": unknown}},
	{"case and loops", "A=1\ncase $X in a|b) B=2;; *) C=3 ;; esac\nfor D in a 'b c'; do E=4; done\nwhile false; do F=5; done\nG=6\n",
		map[string]string{"A": `"1"`, "B": unknown, "C": unknown, "D": unknown, "E": unknown, "F": unknown, "G": `"6"`}},
	{"lists and pipes", "A=1 && B=2 || C=3\ntrue | D=4\nE=5 &\nF=6\n! G=7", map[string]string{
		"A": unknown, "B": unknown, "C": unknown, "D": unknown, "E": unknown, "F": `"6"`, "G": unknown}},
	{"function", "A=1\nf() { A=2; }\nB=3\n", map[string]string{"A": `"1"`, "B": `"3"`}},
	{"call", "A=1\nf() { A=2; }\nf\nB=3\n", map[string]string{"A": unknown, "B": unknown}},
	{"function named export", "export () { :; }\nexport A=1", map[string]string{"A": unknown}},
	{"source", "A=1\n. /dev/null\nB=2\n", map[string]string{"A": unknown, "B": `"2"`, "C": unknown}},
	{"eval", "A=1\neval 'A=2'\nB=3", map[string]string{"A": unknown, "B": unknown}},
	{"unset", "A=1\nB=2\nunset A", map[string]string{"A": unknown, "B": `"2"`}},
	{"return", "A=1\nreturn\nA=2 B=3", map[string]string{"A": unknown, "B": unknown}},
	{"conditional return", "A=1\n[ -n \"\" ] || return 0\nB=3", map[string]string{"A": `"1"`, "B": unknown}},
	{"no function", "A=1\n/bin/true x\ntrue\n: foo\nB=2", map[string]string{"A": `"1"`, "B": `"2"`}},
	{"perhaps a function", "A=1\nnothing_like_it x\nB=2", map[string]string{"A": unknown, "B": `"2"`}},
	{"blanks", "B=1\nA = b\nC= 5\nE =f", map[string]string{"A": notSet, "B": `"1"`, "C": unknown, "E": notSet}},
	{"blank behind", "B=1\nC= nothing_like_it", map[string]string{"A": unknown, "B": unknown, "C": unknown}},
	{"plus", "A=1\nA+=2\nB[0]=3\nC=4", map[string]string{"A": unknown, "B": unknown, "C": `"4"`}},
	{"array", "A=1\nB=(a b)\nC=2", map[string]string{"A": unknown, "B": unknown, "C": unknown}},
	{"here-document", "A=1\ncat >/dev/null <<E\nA=2\nE\ncat >/dev/null <<'E F'\nx\nE F\nB=3", map[string]string{"B": unknown}},
	{"here-documents", "A=1\n/bin/cat >/dev/null <<E <<-'F'\nA=2 it's\nE\n\t$(A=3\n\tF\nB=4", map[string]string{"A": `"1"`, "B": `"4"`}},
	{"redirection", "A=1 2>/dev/null B=2\nC=3", map[string]string{"A": unknown, "B": unknown, "C": `"3"`}},
	{"byte order mark", "\xef\xbb\xbfA=1\nB=2", map[string]string{"A": notSet, "B": `"2"`}},
	{"own variables", "IFS=x\nRANDOM=3\nLC_ALL=C\nA=1", map[string]string{"IFS": unknown, "RANDOM": unknown, "LC_ALL": unknown, "A": `"1"`}},
	{"syntax error", "A=1\n;;\nB=2", map[string]string{"A": unknown, "B": unknown}},
	{"quoted names", "'A'=1\nB\\=2\nex\"port\" C=3\n\"export\" D=4\nE=5", map[string]string{"E": `"5"`}},
	{"backslash at the end", "A=b\\", map[string]string{"A": unknown}},
	{"quote behind return", "A=1\nreturn\nB='", map[string]string{"A": unknown}},
	{"open condition", "A=1\nif true; then B=2\nC=3\n", map[string]string{"A": unknown, "C": unknown}},
	{"NUL", "A=1\nB=\x00", map[string]string{"A": unknown, "B": unknown}},
}

func show(s options.Setting) string {
	if s.State == options.Literal {
		return quote(s.Value)
	}
	return s.State.String()
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, test := range shellCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, err := options.Parse("f", []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range test.want {
				if got := show(f.Lookup(name)); got != want {
					t.Errorf("%s is %s, want %s", name, got, want)
				}
			}
		})
	}
}

// TestShellTable asks real shells about the same files.
func TestShellTable(t *testing.T) {
	var files [][]byte
	for _, test := range shellCases {
		if !strings.Contains(test.text, "\x00") { // each shell makes something else of it
			files = append(files, []byte(test.text))
		}
	}
	for _, test := range unclosed {
		files = append(files, []byte(test.text))
	}
	if v := compareAll(t, files); v.literal.Load() < 60 {
		t.Errorf("only %d values were compared", v.literal.Load())
	}
}

// unclosed are files that a shell refuses, with the position of the quote.
var unclosed = []struct {
	name, text string
	line, col  int
}{
	{"single", "A=1\nB='x\nC=2\n", 2, 3},
	{"double", "A=\"x\\\"", 1, 3},
	{"double and a backslash", "A=\"\\", 1, 3},
	{"back", "A=b`echo", 1, 4},
	{"in a command", "echo don't\nA=1", 1, 9},
	{"in a condition", "if true; then\n\tA=\"\nfi\n", 2, 4},
	{"behind a comment", "# it's\nA=it's\n", 2, 5},
}

func TestUnclosed(t *testing.T) {
	t.Parallel()
	for _, test := range unclosed {
		f, err := options.Parse("f", []byte(test.text))
		p, ok := errors.AsType[*options.ParseError](err)
		if !ok || !errors.Is(err, options.ErrQuote) || p.Line != test.line || p.Col != test.col {
			t.Errorf("%s: error %v, want one at %d:%d", test.name, err, test.line, test.col)
			continue
		}
		if string(f.Bytes()) != test.text || f.Len() != 0 || f.Lookup("A").State != options.Unknown {
			t.Errorf("%s: %q with %d entries, A is %v", test.name, f.Bytes(), f.Len(), f.Lookup("A").State)
		}
		if _, err := f.Get("A"); !errors.Is(err, options.ErrQuote) {
			t.Errorf("%s: Get: %v", test.name, err)
		}
		if err := f.Set("A", "1"); !errors.Is(err, options.ErrQuote) {
			t.Errorf("%s: Set: %v", test.name, err)
		}
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	data := []byte(strings.Repeat("#\n", options.MaxSize/2) + "#")
	if _, err := options.Parse("f", data); !errors.Is(err, options.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
	if _, err := options.Parse("f", data[:options.MaxSize]); err != nil {
		t.Error(err)
	}
}

func TestAll(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "# c\n  A='b\nc' # d\nexport B=$x C=e; [ -f x ] && D=1\n. /etc/x\nif true; then\n")
	want := []options.Entry{
		{Kind: options.Assignment, Name: "A", Value: "b\nc", Text: "A='b\nc'", Line: 2, Col: 3, EndLine: 3},
		{Kind: options.Dynamic, Name: "B", Export: true, Names: []string{"B"}, Text: "B=$x", Line: 4, Col: 8, EndLine: 4},
		{Kind: options.Assignment, Name: "C", Value: "e", Export: true, Text: "C=e", Line: 4, Col: 13, EndLine: 4},
		{Kind: options.Dynamic, Names: []string{"D"}, Text: "[ -f x ] && D=1", Line: 4, Col: 18, EndLine: 4},
		{Kind: options.Dynamic, Any: true, Text: ". /etc/x", Line: 5, Col: 1, EndLine: 5},
		{Kind: options.Dynamic, Any: true, Stops: true, Text: "if true; then\n", Line: 6, Col: 1, EndLine: 6},
	}
	var got []options.Entry
	for e := range f.All() {
		got = append(got, e)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for range f.All() {
		break
	}
	var none options.File
	for e := range none.All() {
		t.Errorf("the zero value has %v", e)
	}
	if s := none.Lookup("A"); s != (options.Setting{Name: "A"}) {
		t.Errorf("the zero value has %v", s)
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "A=b\nC=$A\n")
	if got, err := f.Get("A"); got != "b" || err != nil {
		t.Errorf("A is %q, %v", got, err)
	}
	if _, err := f.Get("X"); !errors.Is(err, options.ErrNotSet) {
		t.Errorf("X: %v", err)
	}
	_, err := f.Get("C")
	if d, ok := errors.AsType[*options.DynamicError](err); !ok || !errors.Is(err, options.ErrDynamic) || d.Line != 2 || d.Text != "C=$A" {
		t.Errorf("C: %v", err)
	}
}

func TestStrings(t *testing.T) {
	t.Parallel()
	got := []string{
		options.Assignment.String(), options.Dynamic.String(), options.Kind(9).String(),
		options.NotSet.String(), options.Literal.String(), options.Unknown.String(), options.State(9).String(),
	}
	want := []string{"assignment", "dynamic", "Kind(9)", "not set", "literal", "unknown", "State(9)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestDeep nests commands deeper than is looked at, and wants no crash and no guess.
func TestDeep(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"$(", "(", "{ ", "if ", "! ", "if a; then b; elif ", "f() ", "while ", "a && ", "A=\"$("} {
		f, err := options.Parse("f", []byte("A=1\n"+strings.Repeat(part, 100_000)))
		if err == nil && f.Lookup("A").State != options.Unknown {
			t.Errorf("%q: A is %v", part, f.Lookup("A"))
		}
	}
}
