package options

import (
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// word is a word of a command.
type word struct {
	start, end int
	eq         int  // the first = of NAME=WORD; -1 for other words
	literal    bool // it is known what the shell makes of it
	bare       bool // there are no quotes and no backslashes
	special    bool // it has unquoted characters that only assignments take as they are
}

func (l *lexer) name(w word) string    { return l.src[w.start:w.eq] }
func (l *lexer) decoded(w word) string { return decode(l.src[w.start:w.end]) }

// value gives the place of what is behind the =.
func (w word) value() text.Span { return text.Span{Start: w.eq + 1, End: w.end} }

// isMeta tells the bytes that end a word.
func isMeta(c byte) bool {
	switch c {
	case ' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')':
		return true
	}
	return false
}

// word reads a word, which may be empty.
func (l *lexer) word() (word, error) {
	w := word{start: l.at, eq: -1, literal: true, bare: true}
	inName := true // no byte yet that a name can't have
	for l.at < len(l.src) && !isMeta(l.src[l.at]) {
		c := l.src[l.at]
		if inName && c == '=' && isName(l.src[w.start:l.at]) {
			w.eq = l.at
		}
		inName = inName && isNameByte(c)
		if err := l.part(&w, c); err != nil {
			return w, err
		}
	}
	w.end = l.at
	return w, nil
}

// part reads one character or one quoted part of a word.
func (l *lexer) part(w *word, c byte) error {
	switch c {
	case '\'':
		w.bare = false
		return l.single()
	case '"':
		w.bare = false
		return l.double(w)
	case '\\':
		w.bare = false
		return l.escape(w)
	case '$':
		return l.dollar(w, false)
	case '`':
		return l.backquote(w)
	case '~':
		w.special = true
		if l.at == w.start || !isPlain(l.src[l.at-1]) {
			w.literal = false
		}
	case '*', '?', '[', ']', '{', '}', '!':
		w.special = true
	}
	l.at++
	return nil
}

// isPlain tells bytes that mean themselves wherever they are.
func isPlain(c byte) bool { return isNameByte(c) || strings.IndexByte("./,@%+-", c) >= 0 }

// single reads what is between single quotes.
func (l *lexer) single() error {
	end := strings.IndexByte(l.src[l.at+1:], '\'')
	if end < 0 {
		return l.unclosed(l.at)
	}
	l.at += end + 2
	return nil
}

// double reads what is between double quotes.
func (l *lexer) double(w *word) error {
	open := l.at
	l.at++
	for l.at < len(l.src) {
		switch l.src[l.at] {
		case '"':
			l.at++
			return nil
		case '\\':
			l.at += 2
		case '$':
			if err := l.dollar(w, true); err != nil {
				return err
			}
		case '`':
			if err := l.backquote(w); err != nil {
				return err
			}
		default:
			l.at++
		}
	}
	l.at = len(l.src)
	return l.unclosed(open)
}

// escape reads a backslash and what is behind it.
func (l *lexer) escape(w *word) error {
	switch {
	case l.at+1 == len(l.src):
		w.literal = false
		l.at++
		return nil
	case l.src[l.at+1] == '\n' && w.eq < 0:
		return errUnsure // it may join the parts of a name or of a keyword
	}
	l.at += 2
	return nil
}

// backquote reads a command substitution of the old kind.
func (l *lexer) backquote(w *word) error {
	open := l.at
	w.literal = false
	for l.at++; l.at < len(l.src); l.at++ {
		switch l.src[l.at] {
		case '`':
			l.at++
			return nil
		case '\\':
			l.at++
		}
	}
	l.at = len(l.src)
	return l.unclosed(open)
}

// dollar reads an expansion, or a dollar sign that is none.
func (l *lexer) dollar(w *word, quoted bool) error {
	rest := l.src[l.at+1:]
	if rest == "" {
		l.at++
		return nil
	}
	switch c := rest[0]; {
	case c == '(' && strings.HasPrefix(rest, "(("):
		w.literal = false
		return l.arithmetic()
	case c == '(':
		w.literal = false
		return l.substitution()
	case c == '{':
		w.literal = false
		return l.parameter()
	case isNameByte(c) && !isDigit(c):
		w.literal = false
		l.at += 1 + len(nameOf(rest))
	case isDigit(c) || strings.IndexByte("@*#?$!-", c) >= 0:
		w.literal = false
		l.at += 2
	case c == '\\' || c == '[' || !quoted && (c == '\'' || c == '"'):
		return errUnsure
	default:
		w.literal = w.literal && strings.IndexByte(" \t\n/.,:|;)&<>%+='\"", c) >= 0
		l.at++
	}
	return nil
}

// arithmetic reads $((…)) of numbers and names, without assignments.
func (l *lexer) arithmetic() error {
	const simple = "0123456789_ \t+*/%<>!&|^~?:-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$"
	inside := l.src[l.at+3:]
	end := len(inside) - len(strings.TrimLeft(inside, simple))
	if !strings.HasPrefix(inside[end:], "))") {
		return errUnsure
	}
	if strings.Contains(inside[:end], "++") || strings.Contains(inside[:end], "--") {
		l.effect.all = true
	}
	l.at += 3 + end + 2
	return nil
}

// parameter reads ${NAME} and ${NAME:-WORD} and so on, if WORD is simple.
func (l *lexer) parameter() error {
	inside := l.src[l.at+2:]
	name := nameOf(inside)
	rest := inside[len(name):]
	if name == "" {
		name, rest = "1", strings.TrimLeft(inside, "0123456789@*#?$!")
		if rest == inside {
			return errUnsure
		}
	}
	assigns := strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, ":=")
	const simple = "0123456789_ ./:,@%+=*?#-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	rest = strings.TrimLeft(rest, simple)
	if !strings.HasPrefix(rest, "}") {
		return errUnsure
	}
	if assigns && isName(name) {
		l.effect.names = append(l.effect.names, name)
	}
	l.at = len(l.src) - len(rest) + 1
	return nil
}

// substitution reads $(…), which runs in a shell of its own.
func (l *lexer) substitution() error {
	if err := l.deeper(); err != nil {
		return err
	}
	before, functions := l.effect, l.functions
	l.functions = nil
	l.inside++
	l.at += 2
	err := l.list()
	l.inside--
	l.depth--
	l.effect, l.functions = before, functions
	if err != nil {
		return err
	}
	return l.expect(')')
}
