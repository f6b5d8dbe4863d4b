package routes

import (
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// MaxSize is the largest file, in bytes, that this package reads. CTDB has no limit of its own.
const MaxSize = 8 << 20

// core is what both files have in common: lines of words.
type core struct {
	text  *text.Source // nil for the zero value
	lines []line       // those with words that scripts see, comments too
	err   error
}

// line is where the words of a line are.
type line struct {
	number        int // from 0
	first, second text.Span
	rest          text.Span // from the third on
}

func parse(name string, data []byte) core {
	c := core{text: text.NewSource(name, data)}
	if c.text.Len() > MaxSize {
		c.err = tooLarge(c.text)
		return c
	}
	seen := c.seen()
	c.lines = make([]line, 0, seen)
	bad := &ParseErrors{}
	for i := range seen {
		full := strings.TrimSuffix(c.text.Text(c.text.FullLine(i)), "\n")
		l := splitLine(c.text, i)
		isComment := strings.HasPrefix(c.text.Text(l.first), "#")
		switch trailing := len(full) - len(strings.TrimRight(full, `\`)); {
		case trailing%2 == 1, !isComment && strings.Contains(full, `\`):
			refuse(bad, c.text, text.Span{Start: l.first.Start, End: l.rest.End}, ErrBackslash)
		case !l.first.IsEmpty():
			c.lines = append(c.lines, l)
		}
	}
	if c.err = bad.Err(); c.err != nil {
		c.lines = nil
	}
	return c
}

// seen is the number of lines that end with a newline. The shell's read fails on the one that does not.
func (c *core) seen() int {
	if src := c.source(); !src.Terminated() {
		return src.Lines() - 1
	}
	return c.source().Lines()
}

const blanks = " \t"

func splitLine(src *text.Source, number int) line {
	span := src.FullLine(number)
	all := strings.TrimRight(strings.TrimSuffix(src.Text(span), "\n"), blanks)
	span.End = span.Start + len(all)
	span.Start = span.End - len(strings.TrimLeft(all, blanks))
	l := line{number: number}
	l.first, span = cutWord(src, span)
	l.second, l.rest = cutWord(src, span)
	return l
}

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

// words gives the three parts of a line.
func (c *core) words(l line) (first, second, rest string) {
	return c.text.Text(l.first), c.text.Text(l.second), c.text.Text(l.rest)
}

// source gives the text, also that of the zero value.
func (c *core) source() *text.Source {
	if c.text == nil {
		return text.NewSource("routes", nil)
	}
	return c.text
}

// edited gives the file with an edit.
func (c *core) edited(edit *text.Edits) (core, error) {
	if c.err != nil {
		return core{}, fmt.Errorf("the file can't be edited: %w", c.err)
	}
	data, err := edit.Apply(c.source())
	if err != nil {
		return core{}, err
	}
	return c.with(data)
}

// with gives a file of the same name with other bytes.
func (c *core) with(data []byte) (core, error) {
	next := parse(c.source().Name(), data)
	return next, next.err
}

// inserted gives the file with a line more, behind that numbered after, or behind all that the scripts see. A last line
// without a newline stays the last, and unseen.
func (c *core) inserted(after int, words ...string) (core, error) {
	if after < 0 {
		after = c.seen() - 1
	}
	var edit text.Edits
	edit.Insert(c.source().FullLine(after+1).Start, strings.Join(words, " ")+"\n")
	return c.edited(&edit)
}
