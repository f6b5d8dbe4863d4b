package text

import (
	"slices"
	"strings"
)

// Source is the text of a file and the index of its lines. The zero value is an empty file without a name.
//
// Lines are numbered from 0 here, as in a slice, and from 1 in a [Position]. A Source is never changed, so it is safe
// for concurrent use.
type Source struct {
	name    string
	src     string
	starts  []int // starts[i] is the first byte of line i
	newline string
}

// NewSource copies and indexes data, in linear time. The name is for messages only.
func NewSource(name string, data []byte) *Source { return index(name, string(data)) }

func index(name, src string) *Source {
	s := &Source{name: name, src: src, newline: "\n"}
	newlines, windows := strings.Count(s.src, "\n"), 0
	s.starts = make([]int, 0, newlines+1)
	for start := 0; start < len(s.src); {
		s.starts = append(s.starts, start)
		i := strings.IndexByte(s.src[start:], '\n')
		if i < 0 {
			break
		}
		if i > 0 && s.src[start+i-1] == '\r' {
			windows++
		}
		start += i + 1
	}
	if 2*windows > newlines {
		s.newline = "\r\n"
	}
	return s
}

// Name is the name that NewSource was given.
func (s *Source) Name() string { return s.name }

// Len is the number of bytes.
func (s *Source) Len() int { return len(s.src) }

// Bytes gives a copy of the bytes.
func (s *Source) Bytes() []byte { return []byte(s.src) }

// String gives the bytes.
func (s *Source) String() string { return s.src }

// Text gives the bytes of a span, which shares their memory. A span that is not in the source has none.
func (s *Source) Text(span Span) string {
	if !span.within(len(s.src)) {
		return ""
	}
	return s.src[span.Start:span.End]
}

// Lines is the number of lines. A newline at the end of the file ends a line and begins none.
func (s *Source) Lines() int { return len(s.starts) }

// Line gives the span of line i without its ending. A line that is not there is the empty span at the end.
func (s *Source) Line(i int) Span {
	full := s.FullLine(i)
	return Span{full.Start, full.End - len(s.ending(full))}
}

// Ending gives the span of what ends line i: "\n", "\r\n", or nothing, which only the last line may have.
func (s *Source) Ending(i int) Span {
	full := s.FullLine(i)
	return Span{full.End - len(s.ending(full)), full.End}
}

// FullLine gives the span of line i with its ending. The full lines cover the source.
func (s *Source) FullLine(i int) Span {
	switch {
	case i < 0 || i >= len(s.starts):
		return Span{len(s.src), len(s.src)}
	case i == len(s.starts)-1:
		return Span{s.starts[i], len(s.src)}
	}
	return Span{s.starts[i], s.starts[i+1]}
}

func (s *Source) ending(full Span) string {
	line := s.src[full.Start:full.End]
	for _, ending := range []string{"\r\n", "\n"} {
		if strings.HasSuffix(line, ending) {
			return ending
		}
	}
	return ""
}

// LineAt gives the number of the line that has the byte at offset. The end of the source belongs to the last line if
// that one has no ending, and else is a line of its own behind it: the place where a new line goes.
func (s *Source) LineAt(offset int) int {
	if offset >= len(s.src) && s.Terminated() {
		return len(s.starts)
	}
	i, found := slices.BinarySearch(s.starts, offset)
	if found || i == 0 {
		return i
	}
	return i - 1
}

// Position gives the place of the byte at offset. An offset outside the source is moved to its nearer end.
func (s *Source) Position(offset int) Position {
	offset = min(max(offset, 0), len(s.src))
	line := s.LineAt(offset)
	return Position{File: s.name, Line: line + 1, Col: offset - s.FullLine(line).Start + 1}
}

// Offset is the inverse of [Source.Position]: it gives the offset of a line and a column, both counted from 1, and
// whether there is such a place.
func (s *Source) Offset(line, col int) (offset int, ok bool) {
	if line < 1 || col < 1 || line > len(s.starts)+1 {
		return 0, false
	}
	full := s.FullLine(line - 1)
	if col > full.Len()+1 {
		return 0, false
	}
	offset = full.Start + col - 1
	return offset, s.LineAt(offset) == line-1
}

// Newline gives the ending for new lines: "\r\n" if most line endings are that, else "\n".
func (s *Source) Newline() string {
	if s.newline == "" {
		return "\n"
	}
	return s.newline
}

// Terminated says whether a new line can follow at the end: the last line has its ending, or there is no line.
func (s *Source) Terminated() bool { return s.src == "" || s.src[len(s.src)-1] == '\n' }
