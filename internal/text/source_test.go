package text_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

func TestLines(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src     string
		lines   []string // content, ending, content, ending...
		newline string
	}{
		"empty":               {"", nil, "\n"},
		"one newline":         {"\n", []string{"", "\n"}, "\n"},
		"no newline":          {"a", []string{"a", ""}, "\n"},
		"lines":               {"a\n\nb\n", []string{"a", "\n", "", "\n", "b", "\n"}, "\n"},
		"last without ending": {"a\nb", []string{"a", "\n", "b", ""}, "\n"},
		"CRLF":                {"a\r\n\r\nb", []string{"a", "\r\n", "", "\r\n", "b", ""}, "\r\n"},
		"CR is a byte":        {"a\rb\r\r\nc\r", []string{"a\rb\r", "\r\n", "c\r", ""}, "\r\n"},
		"as many of both":     {"a\r\nb\n", []string{"a", "\r\n", "b", "\n"}, "\n"},
		"more CRLF":           {"a\r\nb\nc\r\n", []string{"a", "\r\n", "b", "\n", "c", "\r\n"}, "\r\n"},
		"one CRLF, no final":  {"a\r\nb", []string{"a", "\r\n", "b", ""}, "\r\n"},
		"more LF":             {"a\r\nb\nc\n", []string{"a", "\r\n", "b", "\n", "c", "\n"}, "\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := text.NewSource("nodes", []byte(test.src))
			var lines []string
			for i := range src.Lines() {
				lines = append(lines, src.Text(src.Line(i)), src.Text(src.Ending(i)))
			}
			if diff := cmp.Diff(test.lines, lines); diff != "" {
				t.Errorf("lines of %q (-want +got):\n%s", test.src, diff)
			}
			if got := src.Newline(); got != test.newline {
				t.Errorf("Newline() of %q = %q, want %q", test.src, got, test.newline)
			}
			if got, want := src.Terminated(), strings.HasSuffix("\n"+test.src, "\n"); got != want {
				t.Errorf("Terminated() of %q = %v, want %v", test.src, got, want)
			}
		})
	}
}

func TestPosition(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src    string
		offset int
		want   string
	}{
		"start":              {"ab\ncd\n", 0, "nodes:1:1"},
		"column":             {"ab\ncd\n", 1, "nodes:1:2"},
		"newline":            {"ab\ncd\n", 2, "nodes:1:3"},
		"second line":        {"ab\ncd\n", 3, "nodes:2:1"},
		"end":                {"ab\ncd\n", 6, "nodes:3:1"},
		"unterminated end":   {"ab\ncd", 5, "nodes:2:3"},
		"empty":              {"", 0, "nodes:1:1"},
		"bytes, not letters": {"äb", 2, "nodes:1:3"},
		"behind the end":     {"ab\ncd", 99, "nodes:2:3"},
		"before the start":   {"ab\ncd", -1, "nodes:1:1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := text.NewSource("nodes", []byte(test.src)).Position(test.offset).String()
			if got != test.want {
				t.Errorf("position of %d in %q is %s, want %s", test.offset, test.src, got, test.want)
			}
		})
	}
}

func TestPositionString(t *testing.T) {
	t.Parallel()
	tests := map[string]text.Position{
		"":          {},
		"nodes":     {File: "nodes"},
		"nodes:3":   {File: "nodes", Line: 3},
		"nodes:3:5": {File: "nodes", Line: 3, Col: 5},
		"3:5":       {Line: 3, Col: 5},
		"a":         {File: "a", Col: 5},
	}
	for want, position := range tests {
		if got := position.String(); got != want {
			t.Errorf("%#v is %q, want %q", position, got, want)
		}
	}
}

func TestOffset(t *testing.T) {
	t.Parallel()
	src := text.NewSource("nodes", []byte("ab\ncd"))
	for _, place := range [][2]int{{0, 1}, {1, 0}, {-1, -1}, {1, 4}, {2, 4}, {3, 1}, {3, 2}, {4, 1}} {
		if offset, ok := src.Offset(place[0], place[1]); ok {
			t.Errorf("Offset(%d, %d) = %d, want no such place", place[0], place[1], offset)
		}
	}
}

func TestOutside(t *testing.T) {
	t.Parallel()
	src := text.NewSource("nodes", []byte("ab\ncd"))
	for _, span := range []text.Span{{-1, 1}, {0, 6}, {2, 1}, {6, 6}} {
		if got := src.Text(span); got != "" {
			t.Errorf("Text(%v) = %q, want nothing", span, got)
		}
	}
	for _, i := range []int{-1, 2, 99} {
		if got, want := src.Line(i), (text.Span{Start: 5, End: 5}); got != want {
			t.Errorf("Line(%d) = %v, want %v", i, got, want)
		}
	}
}

// TestSourceIsACopy changes what a Source was made from and what it gave.
func TestSourceIsACopy(t *testing.T) {
	t.Parallel()
	data := []byte("a\nb")
	src := text.NewSource("nodes", data)
	data[0] = 'x'
	src.Bytes()[0] = 'y'
	if got := src.String(); got != "a\nb" {
		t.Errorf("the source is %q, want %q", got, "a\nb")
	}
}

func TestZeroSource(t *testing.T) {
	t.Parallel()
	var src text.Source
	if src.Lines() != 0 || src.Len() != 0 || src.Newline() != "\n" || !src.Terminated() || src.Name() != "" {
		t.Errorf("the zero Source is not an empty file: %+v", src)
	}
	var edits text.Edits
	edits.InsertLine(&src, 0, "a")
	if got, err := edits.Apply(&src); err != nil || string(got) != "a\n" {
		t.Errorf("a line in the zero Source gives %q and %v", got, err)
	}
}
