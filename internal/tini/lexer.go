package tini

import (
	"iter"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Blanks are what CTDB takes for a blank, but for the newline.
const Blanks = " \t\r\v\f"

// IsBlank tells whether a byte is one of Blanks.
func IsBlank(c byte) bool { return c == ' ' || (c >= '\t' && c <= '\r' && c != '\n') }

// Lines gives the lines of a source, also those behind one that CTDB refuses. Together with the newlines and the blanks
// before them, their spans cover the source. The names and values share the memory of the source where they can. The time
// is linear in the size of the source.
func Lines(src *text.Source) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		l := lexer{src: src.String()}
		for l.at < len(l.src) {
			if !yield(l.next()) {
				return
			}
		}
	}
}

// lexer is at the beginning of a physical line.
type lexer struct {
	src string
	at  int
}

func (l *lexer) next() Line {
	start := l.at
	for start < len(l.src) && IsBlank(l.src[start]) {
		start++
	}
	end := l.endOfLine(start)
	l.at = min(end+1, len(l.src))
	line := Line{Kind: Blank, Span: text.Span{Start: start, End: end}}
	content := l.src[start:end]
	switch {
	case content == "":
		return line
	case content[0] == '#' || content[0] == ';':
		line.Kind = Comment
		return line
	case end < len(l.src) && continues(content):
		return l.continued(start)
	}
	raw{text: content, start: start}.split(&line)
	return line
}

// continues tells whether a line goes on behind its newline.
func continues(content string) bool {
	end := len(content)
	for end > 0 && IsBlank(content[end-1]) {
		end--
	}
	return end > 0 && content[end-1] == '\\'
}

// endOfLine gives the offset of the newline behind an offset, or of the end of the source.
func (l *lexer) endOfLine(offset int) int {
	if i := strings.IndexByte(l.src[offset:], '\n'); i >= 0 {
		return offset + i
	}
	return len(l.src)
}

// continued reads a line byte by byte, as CTDB does: what a backslash at the end of a line joins is not looked at anew,
// so that of two backslashes the second makes the next line follow, and the first then may do it again.
func (l *lexer) continued(start int) Line {
	var joined []byte
	var places []int32 // of the joined bytes
	at := start
	for ; at < len(l.src); at++ {
		c := l.src[at]
		last := len(joined) - 1
		switch {
		case c == '\n' && last >= 0 && joined[last] == '\\':
			joined = joined[:last]
		case c == '\n' && last >= 1 && joined[last-1] == '\\' && IsBlank(joined[last]):
			joined = joined[:last-1]
		case c == '\n':
			return l.join(start, at, joined, places)
		case IsBlank(c) && last >= 0 && IsBlank(joined[last]):
			continue
		default:
			joined = append(joined, c)
			places = append(places[:last+1], int32(at)) //nolint:gosec // no source is larger
		}
	}
	return l.join(start, at, joined, places)
}

func (l *lexer) join(start, end int, joined []byte, places []int32) Line {
	l.at = min(end+1, len(l.src))
	line := Line{Kind: Blank, Span: text.Span{Start: start, End: end}}
	raw{text: string(joined), start: start, places: places[:len(joined)]}.split(&line)
	return line
}
