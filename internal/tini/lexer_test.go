package tini_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// show prints the lines that count.
func show(data string) []string {
	src := text.NewSource("ctdb.conf", []byte(data))
	var shown []string
	for line := range tini.Lines(src) {
		switch line.Kind {
		case tini.Section:
			shown = append(shown, fmt.Sprintf("[%q]", line.Name))
		case tini.Setting:
			shown = append(shown, fmt.Sprintf("%q=%q", line.Name, line.Value))
		case tini.Word:
			shown = append(shown, fmt.Sprintf("%q", line.Name))
		case tini.Unclosed, tini.Unnamed:
			return append(shown, "refused")
		case tini.Blank, tini.Comment:
		}
	}
	return shown
}

// TestLines has the tricky files of which the four real releases were asked, as far as the lexer decides them.
func TestLines(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		data string
		want []string
	}{
		"empty":                    {"", nil},
		"no blanks":                {"[logging]\nlog level=DEBUG\n", []string{`["logging"]`, `"log level"="DEBUG"`}},
		"blanks everywhere":        {"   [logging]\n\t  log level = DEBUG   \n", []string{`["logging"]`, `"log level"="DEBUG"`}},
		"CRLF":                     {"[logging]\r\nlog level = DEBUG\r\n", []string{`["logging"]`, `"log level"="DEBUG"`}},
		"CR alone":                 {"[logging]\rlog level = DEBUG\r", []string{`["logging"]`}},
		"byte order mark":          {"\xef\xbb\xbf[logging]\nk=v", []string{`"\ufeff[logging]"`, `"k"="v"`}},
		"blanks in a header":       {"[ logging ]", []string{`[" logging "]`}},
		"blanks side by side":      {"[a \t b]\na \t b = c\td  e\t f", []string{`["a b"]`, `"a b"="c\td e\tf"`}},
		"no-break space":           {"k = v\xa0", []string{`"k"="v\xa0"`}},
		"form feed":                {"\x0c\x0bk =\x0b v\x0c\n", []string{`"k"="v"`}},
		"text behind a header":     {"[a] b = c\n[d]# e", []string{`["a"]`, `["d"]`}},
		"header without an end":    {"a=b\n[logging\nc=d", []string{`"a"="b"`, "refused"}},
		"header with a NUL":        {"[log\x00ging]", []string{"refused"}},
		"empty header":             {"[]", []string{`[""]`}},
		"first bracket ends":       {"[a]b]", []string{`["a"]`}},
		"no name":                  {"a=b\n  = c", []string{`"a"="b"`, "refused"}},
		"no equals":                {"garbage here\n", []string{`"garbage here"`}},
		"empty value":              {"a =\nb =  \n", []string{`"a"=""`, `"b"=""`}},
		"first equals":             {"a=b=c", []string{`"a"="b=c"`}},
		"equals after a header":    {"[a=b]", []string{`["a=b"]`}},
		"comments":                 {"# c\n  # a = 1\n ; a = 2\n#\\\na = 3", []string{`"a"="3"`}},
		"no comment in a line":     {"a = b # c ; d", []string{`"a"="b # c ; d"`}},
		"NUL in a value":           {"a = b \x00 c", []string{`"a"="b"`}},
		"NUL first":                {"\x00 a = b", nil},
		"NUL before the equals":    {"a\x00b = c", []string{`"a"`}},
		"NUL in a continued line":  {"a = \x00b\\\nc\nd = e", []string{`"a"=""`, `"d"="e"`}},
		"continued":                {"log \\\n level = DE\\\nBUG\n", []string{`"log level"="DEBUG"`}},
		"blanks are kept":          {"a = b\\\n   c", []string{`"a"="b c"`}},
		"a blank and blanks":       {"a = b \\\n   c", []string{`"a"="b c"`}},
		"no comment behind":        {"a = \\\n# b", []string{`"a"="# b"`}},
		"blanks behind":            {"a = b\\  \nc", []string{`"a"="bc"`}},
		"CR behind":                {"a = b\\\r\nc\r\n", []string{`"a"="bc"`}},
		"nothing to continue with": {"a = b\\", []string{`"a"="b\\"`}},
		"but a backslash":          {"\\\n\na = b\n", []string{`"a"="b"`}},
		"two backslashes":          {"a = b\\\\\nc", []string{`"a"="b\\c"`}},
		"two and an empty line":    {"a = b\\\\\n\nc", []string{`"a"="bc"`}},
		"blank before a header":    {"\\\n [a]", []string{`"[a]"`}},
		"blank before the equals":  {"\\\n = c", []string{`""="c"`}},
		"header in two lines":      {"[log\\\nging]\n", []string{`["logging"]`}},
		"a comment continues not":  {"a = b\n# \\\nc = d", []string{`"a"="b"`, `"c"="d"`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, show(test.data)); diff != "" {
				t.Errorf("lines of %q (-want +got):\n%s", test.data, diff)
			}
		})
	}
}

// TestSpans wants each name and value where it stands in the source.
func TestSpans(t *testing.T) {
	t.Parallel()
	const data = " # c\n\t[ a ] b\n  k\t =  v  w \nlong \\\n name = x\\\n  y\x00z\nempty =  \nword\n= u\n[open"
	want := []string{
		`Comment "# c" "" "" ""`,
		`Section "[ a ] b" " a " "" " b"`,
		`Setting "k\t =  v  w " "k" "v  w" ""`,
		`Setting "long \\\n name = x\\\n  y\x00z" "long \\\n name" "x\\\n  y" "z"`,
		`Setting "empty =  " "empty" "" ""`,
		`Word "word" "word" "" ""`,
		`Unnamed "= u" "" "u" ""`,
		`Unclosed "[open" "open" "" ""`,
	}
	kinds := []string{"", "Blank", "Comment", "Section", "Setting", "Word", "Unclosed", "Unnamed"}
	src := text.NewSource("ctdb.conf", []byte(data))
	var got []string
	for l := range tini.Lines(src) {
		got = append(got, fmt.Sprintf("%s %q %q %q %q", kinds[l.Kind],
			src.Text(l.Span), src.Text(l.NameSpan), src.Text(l.ValueSpan), src.Text(l.Ignored)))
		if l.Kind == tini.Setting && l.Value == "" && !strings.HasSuffix(data[:l.ValueSpan.Start], "=") {
			t.Errorf("an empty value is at %d", l.ValueSpan.Start)
		}
		if (l.Kind >= tini.Unclosed) != l.Kind.Refused() {
			t.Errorf("Refused of %s is %v", kinds[l.Kind], l.Kind.Refused())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestStop ends the sequence early.
func TestStop(t *testing.T) {
	t.Parallel()
	for line := range tini.Lines(text.NewSource("ctdb.conf", []byte("a=1\nb=2\n"))) {
		if line.Name != "a" {
			t.Fatalf("there is a line %q", line.Name)
		}
		break
	}
}

// TestAllocations: a plain file of any size is split without any.
func TestAllocations(t *testing.T) {
	src := text.NewSource("ctdb.conf", []byte(strings.Repeat("[a]\n# c\n\n  key = a value\n", 1000)))
	allocs := testing.AllocsPerRun(5, func() {
		for range tini.Lines(src) {
			continue
		}
	})
	if allocs > 2 {
		t.Errorf("%v allocations for 4,000 lines", allocs)
	}
}
