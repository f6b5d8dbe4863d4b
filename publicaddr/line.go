package publicaddr

import (
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// line is where things are in a line that has an entry, or would have one. All are empty in a line that ctdbd ignores.
type line struct {
	address text.Span // the first word
	names   text.Span // the second
	rest    text.Span // from the third to the last that ctdbd sees
}

func splitLine(src *text.Source, number int) line {
	span := seenOf(src, number)
	if all := src.Text(span); all == "" || all[0] == '#' {
		return line{}
	}
	var l line
	l.address, span = cutWord(src, span)
	l.names, l.rest = cutWord(src, span)
	return l
}

// seenOf is the part of a line that ctdbd looks at: up to the first carriage return or NUL, without the blanks around it.
func seenOf(src *text.Source, number int) text.Span {
	span := src.Line(number)
	seen := src.Text(span)
	if end := strings.IndexAny(seen, "\r\x00"); end >= 0 {
		seen = seen[:end]
	}
	seen = strings.TrimRight(seen, blanks)
	span.End = span.Start + len(seen)
	span.Start = span.End - len(strings.TrimLeft(seen, blanks))
	return span
}

const blanks = " \t"

// cutWord gives the first word of a span that starts with it, and the span from the second on.
func cutWord(src *text.Source, span text.Span) (word, rest text.Span) {
	all := src.Text(span)
	end := strings.IndexAny(all, blanks)
	if end < 0 {
		return span, text.Span{Start: span.End, End: span.End}
	}
	behind := len(all) - len(strings.TrimLeft(all[end:], blanks))
	return text.Span{Start: span.Start, End: span.Start + end}, text.Span{Start: span.Start + behind, End: span.End}
}
