package tunables

import (
	"errors"
	"iter"

	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// line is a line of the file with those that continue it, as a release reads it.
type line struct {
	skip        bool   // nothing to CTDB: a comment, or blank
	name, value string // as CTDB has them
	err         error  // of the grammar
	span        text.Span
	nameAt      text.Span
	valueAt     text.Span
}

// errAt is the place of an error of the grammar.
func (l line) errAt() text.Span {
	if errors.Is(l.err, ErrNoValue) {
		return l.nameAt
	}
	return l.span
}

// view gives the lines as a release reads them; behind a syntax error it reads none.
func (r rules) view(src *text.Source) iter.Seq[line] {
	switch {
	case r.unread:
		return func(func(line) bool) {}
	case r.script:
		return scriptLines(src)
	}
	return daemonLines(src)
}

// daemonLines reads as ctdbd does since 4.17.
func daemonLines(src *text.Source) iter.Seq[line] {
	return func(yield func(line) bool) {
		for t := range tini.Lines(src) {
			l := line{name: t.Name, value: t.Value, span: t.Span, nameAt: t.NameSpan, valueAt: t.ValueSpan}
			switch t.Kind {
			case tini.Blank, tini.Comment:
				l.skip = true
			case tini.Section:
				l.err = ErrSection
			case tini.Word:
				l.err = ErrNoValue
			case tini.Unclosed, tini.Unnamed:
				l.err = ErrSyntax
			case tini.Setting:
				if l.value == "" {
					l.err = ErrNoValue
				}
			}
			if !yield(l) || t.Kind.Refused() {
				return
			}
		}
	}
}

// lines gives the numbers of the first and the last line of the file that a line has, counted from 0.
func (l line) lines(src *text.Source) (first, last int) {
	return src.LineAt(l.span.Start), src.LineAt(l.span.End)
}
