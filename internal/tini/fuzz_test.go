package tini_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// FuzzLines compares with a reader that knows nothing of places, and wants the spans to cover the source.
func FuzzLines(f *testing.F) {
	f.Add("[a]\nb = c\\\n d\n# e\n\x00\n")
	f.Fuzz(func(t *testing.T, data string) {
		if diff := cmp.Diff(naive(data), show(data)); diff != "" {
			t.Errorf("lines of %q (-want +got):\n%s", data, diff)
		}
		src := text.NewSource("ctdb.conf", []byte(data))
		end := 0
		for line := range tini.Lines(src) {
			if line.Span.Start < end || strings.Trim(data[end:line.Span.Start], " \t\r\n\v\f") != "" {
				t.Fatalf("a line of %q is at %v, and the one before ends at %d", data, line.Span, end)
			}
			end = line.Span.End
			for _, span := range []text.Span{line.NameSpan, line.ValueSpan, line.Ignored} {
				if span != (text.Span{}) && (span.Start < line.Span.Start || span.End > end || span.Len() < 0) {
					t.Fatalf("a part of the line at %v of %q is at %v", line.Span, data, span)
				}
			}
			if line.Kind == tini.Setting {
				checkPlain(t, src, line)
			}
		}
		if rest := strings.TrimSuffix(data[end:], "\n"); rest != "" {
			t.Errorf("behind the lines of %q there is %q", data, rest)
		}
	})
}

// checkPlain wants the name and the value in their places, but for what blanks side by side and backslashes change.
func checkPlain(t *testing.T, src *text.Source, line tini.Line) {
	t.Helper()
	if strings.Contains(src.Text(line.Span), "\\") {
		return
	}
	if got := squeeze(src.Text(line.NameSpan)); got != line.Name {
		t.Errorf("in %q the name %q is at %q", src, line.Name, got)
	}
	if got := squeeze(src.Text(line.ValueSpan)); got != line.Value {
		t.Errorf("in %q the value %q is at %q", src, line.Value, got)
	}
}

func squeeze(s string) string {
	var out strings.Builder
	blank := false
	for _, c := range []byte(s) {
		now := strings.IndexByte(" \t\r\v\f", c) >= 0
		if !now || !blank {
			out.WriteByte(c)
		}
		blank = now
	}
	return out.String()
}

// naive reads a file one byte after the other and prints what show prints.
func naive(data string) (shown []string) {
	for data != "" {
		data = strings.TrimLeft(data, " \t\r\v\f")
		if data == "" {
			break
		}
		if strings.IndexByte("#;\n", data[0]) >= 0 {
			_, data, _ = strings.Cut(data, "\n")
			continue
		}
		var line string
		line, data = naiveLine(data)
		line, _, _ = strings.Cut(line, "\x00")
		name, value, equals := strings.Cut(line, "=")
		switch {
		case line == "":
		case line[0] == '[':
			header, _, ok := strings.Cut(line[1:], "]")
			if !ok {
				return append(shown, "refused")
			}
			shown = append(shown, fmt.Sprintf("[%q]", header))
		case !equals:
			shown = append(shown, fmt.Sprintf("%q", naiveTrim(name)))
		case name == "":
			return append(shown, "refused")
		default:
			shown = append(shown, fmt.Sprintf("%q=%q", naiveTrim(name), naiveTrim(value)))
		}
	}
	return shown
}

func naiveLine(data string) (line, rest string) {
	for i := range len(data) {
		last := min(len(line), 2)
		switch tail := squeeze(line[len(line)-last:] + data[i:i+1]); {
		case data[i] != '\n':
			line = line[:len(line)-last] + tail
		case strings.HasSuffix(line, `\`):
			line = line[:len(line)-1]
		case last == 2 && tail[0] == '\\' && strings.IndexByte(" \t\r\v\f", tail[1]) >= 0:
			line = line[:len(line)-2]
		default:
			return line, data[i+1:]
		}
	}
	return line, ""
}

// naiveTrim takes one blank from either end.
func naiveTrim(s string) string {
	if s != "" && strings.IndexByte(" \t\r\v\f", s[0]) >= 0 {
		s = s[1:]
	}
	if s != "" && strings.IndexByte(" \t\r\v\f", s[len(s)-1]) >= 0 {
		s = s[:len(s)-1]
	}
	return s
}
