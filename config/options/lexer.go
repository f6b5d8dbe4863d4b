package options

import (
	"errors"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// errUnsure says that shells may differ, or that this package does not know the construct.
var errUnsure = errors.New("not sure what a shell makes of this")

// unclosedError says where a quote begins that does not end.
type unclosedError struct{ offset int }

func (unclosedError) Error() string { return ErrQuote.Error() }

// maxDepth is how deep commands may be nested. Deeper ones are kept and not looked at.
const maxDepth = 50

// lexer reads commands. It goes over the source once.
type lexer struct {
	src       string
	at        int
	depth     int // of commands in commands
	inside    int // of substitutions
	effect    effect
	functions map[string]bool // that the file defines
	pending   []heredoc       // that begin at the next newline
	words     []word          // of the last command
	start     int             // of the line, as far as a shell joins lines
	comment   func(text.Span) // if not nil, is called for comments at the top
}

// command is what stands between two separators at the top of the file.
type command struct {
	span   text.Span
	export bool   // export NAME=WORD
	words  []word // all words but export, if there are only assignments and names behind export; else nil
	effect effect // of what is not in words
}

// unclosed is an error if it is sure that there is a quote.
func (l *lexer) unclosed(offset int) error {
	if l.inside > 0 {
		return errUnsure
	}
	return unclosedError{offset}
}

// skipBlanks goes to the next byte that is no blank. A backslash at the end of a line is a blank here.
func (l *lexer) skipBlanks() {
	for l.at < len(l.src) {
		switch {
		case l.src[l.at] == ' ' || l.src[l.at] == '\t':
			l.at++
		case strings.HasPrefix(l.src[l.at:], "\\\n"):
			l.at += 2
		default:
			return
		}
	}
}

// skipComment goes behind a comment, to the newline.
func (l *lexer) skipComment() {
	if l.at < len(l.src) && l.src[l.at] == '#' {
		l.at = l.endOfLine(l.at)
	}
}

func (l *lexer) endOfLine(offset int) int {
	if i := strings.IndexByte(l.src[offset:], '\n'); i >= 0 {
		return offset + i
	}
	return len(l.src)
}

// skipLines goes to the next command.
func (l *lexer) skipLines() error {
	for {
		l.skipBlanks()
		start := l.at
		l.skipComment()
		if l.comment != nil && l.at > start {
			l.comment(text.Span{Start: start, End: l.at})
		}
		if !l.isAt('\n') {
			return nil
		}
		if err := l.newline(); err != nil {
			return err
		}
	}
}

// newline goes behind a newline, and behind the here-documents that it begins.
func (l *lexer) newline() error {
	l.at++
	for _, doc := range l.pending {
		if err := l.body(doc); err != nil {
			return err
		}
	}
	l.pending = l.pending[:0]
	l.start = l.at
	return nil
}

func (l *lexer) isAt(c byte) bool { return l.at < len(l.src) && l.src[l.at] == c }

// expect goes behind a byte that must be there.
func (l *lexer) expect(c byte) error {
	if !l.isAt(c) {
		return errUnsure
	}
	l.at++
	return nil
}

func (l *lexer) deeper() error {
	if l.depth++; l.depth > maxDepth {
		return errUnsure
	}
	return nil
}

// next reads a command at the top of the file and what separates it from the next one. Its words are there until the
// next call.
func (l *lexer) next() (command, error) {
	l.effect = effect{}
	c := command{span: text.Span{Start: l.at, End: l.at}}
	simple, words, err := l.pipeline(l.words[:0])
	if err != nil {
		return c, err
	}
	if words != nil {
		l.words = words
	}
	c.span.End = l.at
	background := false
	for l.skipBlanks(); l.isAt('&') || l.isAt('|'); l.skipBlanks() {
		simple = false
		more, err := l.connect()
		if err != nil {
			return c, err
		}
		c.span.End = l.at
		if background = !more; background {
			break
		}
	}
	if simple {
		c.words, c.export = l.assignments(words)
	}
	if c.words == nil {
		l.effect.add(l.effectOf(words))
	}
	if err := l.separate(&c, background); err != nil {
		return c, err
	}
	c.effect = l.effect
	return c, nil
}

// connect reads &, |, && or ||, and what must follow it. Nothing has to follow &, and then there is no more.
func (l *lexer) connect() (more bool, err error) {
	operator := l.src[l.at]
	l.at++
	switch {
	case l.isAt(operator):
		l.at++
	case operator == '&':
		if l.isAt('>') || l.isAt('|') {
			return false, errUnsure
		}
		return false, l.noContinuation()
	case l.isAt('&'):
		return false, errUnsure
	}
	if err := l.noContinuation(); err != nil {
		return false, err
	}
	if err := l.skipLines(); err != nil {
		return false, err
	}
	_, words, err := l.pipeline(nil)
	l.effect.add(l.effectOf(words))
	return true, err
}

// noContinuation refuses a backslash at the end of a line that might join two operators.
func (l *lexer) noContinuation() error {
	if strings.HasPrefix(l.src[l.at:], "\\\n") {
		return errUnsure
	}
	return nil
}

// separate goes behind the semicolon that ends a command at the top, or to the newline that does, or behind that and
// the here-documents that it begins.
func (l *lexer) separate(c *command, background bool) error {
	l.skipBlanks()
	l.skipComment()
	switch {
	case l.at == len(l.src):
		if len(l.pending) > 0 {
			return errUnsure
		}
		return nil
	case l.isAt('\n'):
		if len(l.pending) == 0 {
			return nil
		}
		err := l.newline()
		if l.src[l.at-1] == '\n' {
			l.at-- // it ends the command, as with all others
		}
		c.span.End = l.at
		return err
	case background:
		return nil
	case l.isAt(';'):
		l.at++
		if l.isAt(';') || l.isAt('&') {
			return errUnsure
		}
		return l.noContinuation()
	}
	return errUnsure
}

// assignments gives the words of a command that has nothing but assignments and, behind export, names.
func (l *lexer) assignments(words []word) (found []word, export bool) {
	if len(words) > 1 && l.isExport(words[0]) {
		export = true
		words = words[1:]
	}
	for _, w := range words {
		if w.eq < 0 && (!export || !isName(l.src[w.start:w.end])) {
			return nil, false
		}
	}
	return words, export
}

func (l *lexer) isExport(w word) bool {
	return l.src[w.start:w.end] == "export" && !l.functions["export"]
}
