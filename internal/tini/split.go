package tini

import (
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// raw is a line of content. Its bytes stand side by side in the source, or have places there.
type raw struct {
	text   string
	start  int     // in the source
	places []int32 // of the bytes, nil for a line that nothing continues
}

// split finds out what a line of content is.
func (r raw) split(line *Line) {
	counts := r.text
	if i := strings.IndexByte(counts, 0); i >= 0 {
		line.Ignored = r.span(i+1, len(counts))
		counts = counts[:i]
	}
	switch equals := strings.IndexByte(counts, '='); {
	case counts == "": // it began with a NUL, or was but backslashes
	case counts[0] == '[':
		r.section(line, counts)
	case equals == 0:
		line.Kind, line.NameSpan = Unnamed, r.span(0, 0)
		line.Value, line.ValueSpan = r.part(counts, 1, len(counts))
	case equals < 0:
		line.Kind = Word
		line.Name, line.NameSpan = r.part(counts, 0, len(counts))
	default:
		line.Kind = Setting
		line.Name, line.NameSpan = r.part(counts, 0, equals)
		line.Value, line.ValueSpan = r.part(counts, equals+1, len(counts))
	}
}

func (r raw) section(line *Line, counts string) {
	end := strings.IndexByte(counts, ']')
	if end < 0 {
		line.Kind, line.NameSpan = Unclosed, r.span(1, len(counts))
		return
	}
	line.Kind = Section
	line.Name, line.NameSpan = collapse(counts[1:end]), r.span(1, end)
	line.Ignored = r.span(end+1, len(r.text))
}

// part gives what CTDB makes of a part of the line, and where it stands without the blanks around it.
func (r raw) part(counts string, start, end int) (string, text.Span) {
	first := start
	for start < end && IsBlank(counts[start]) {
		start++
	}
	for start < end && IsBlank(counts[end-1]) {
		end--
	}
	if start == end {
		start, end = first, first
	}
	return collapse(counts[start:end]), r.span(start, end)
}

// span says where a part of the line stands.
func (r raw) span(start, end int) text.Span {
	if r.places == nil {
		return text.Span{Start: r.start + start, End: r.start + end}
	}
	if start == end {
		return text.Span{Start: r.place(start), End: r.place(start)}
	}
	return text.Span{Start: r.place(start), End: r.place(end-1) + 1}
}

// place says where a byte stands. The one behind the last stands behind it.
func (r raw) place(i int) int {
	switch {
	case i < len(r.places):
		return int(r.places[i])
	case i == 0:
		return r.start
	}
	return int(r.places[i-1]) + 1
}

// collapse leaves out the blanks behind a blank.
func collapse(s string) string {
	double := func(i int) bool { return IsBlank(s[i]) && IsBlank(s[i-1]) }
	i := 1
	for ; i < len(s); i++ {
		if double(i) {
			break
		}
	}
	if i >= len(s) {
		return s
	}
	out := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if !double(i) {
			out = append(out, s[i])
		}
	}
	return string(out)
}
