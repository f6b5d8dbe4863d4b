package options

import (
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// commented is a comment that has a line for itself and would be an assignment without its #.
type commented struct {
	span       text.Span
	end        int // of its line, behind the newline
	assignment int // the offset of the name
	indent     string
	raw, value string
}

// comments gives the last comment that would be an assignment of a variable, and the last that would be one of a value.
func (f *File) comments(name, value string) (last, exact *commented) {
	src := f.source().String()
	if !strings.Contains(src, name) {
		return nil, nil
	}
	l := &lexer{src: src}
	l.comment = func(span text.Span) {
		c, ok := readComment(src, l.start, span, name)
		if ok {
			last = &c
		}
		if ok && c.value == value {
			exact = &c
		}
	}
	for {
		if err := l.skipLines(); err != nil || l.at == len(src) {
			return last, exact
		}
		if _, err := l.next(); err != nil {
			return last, exact
		}
		l.skipBlanks()
		l.skipComment() // one behind a command
	}
}

// readComment reads a comment in a line that begins at start.
func readComment(src string, start int, span text.Span, name string) (commented, bool) {
	c := commented{span: span, end: min(span.End+1, len(src)), indent: src[start:span.Start]}
	inside := strings.TrimLeft(src[span.Start+1:span.End], " \t")
	c.assignment = span.End - len(inside)
	if strings.Trim(c.indent, " \t") != "" || !strings.HasPrefix(inside, name+"=") || strings.IndexByte(inside, 0) >= 0 {
		return c, false
	}
	l := &lexer{src: inside}
	command, err := l.next()
	whole := command.span.End == len(strings.TrimRight(inside, " \t"))
	if err != nil || !whole || len(command.words) != 1 || !command.words[0].literal {
		return c, false
	}
	value := command.words[0].value()
	c.raw = inside[value.Start:value.End]
	c.value = decode(c.raw)
	return c, true
}
