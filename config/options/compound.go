package options

import "strings"

// closers are the keywords that end a list of commands.
var closers = map[string]bool{
	"then": true, "else": true, "elif": true, "fi": true, "do": true, "done": true, "esac": true, "}": true,
}

// openers are the keywords that begin a compound command.
var openers = map[string]bool{"{": true, "if": true, "while": true, "until": true, "for": true, "case": true}

// foreign are keywords of some shells only, or out of place.
var foreign = map[string]bool{
	"function": true, "select": true, "time": true, "coproc": true, "[[": true, "in": true, "]]": true,
}

// list reads commands up to a closing keyword, a closing parenthesis, a ;; or the end, and does not read that.
func (l *lexer) list() error {
	for {
		if err := l.skipLines(); err != nil {
			return err
		}
		if l.at == len(l.src) || l.src[l.at] == ')' || strings.HasPrefix(l.src[l.at:], ";;") || closers[l.peek()] {
			return nil
		}
		background, err := l.andOr()
		if err != nil {
			return err
		}
		l.skipBlanks()
		l.skipComment()
		switch {
		case background, l.isAt('\n'), strings.HasPrefix(l.src[l.at:], ";;"):
		case l.isAt(';'):
			l.at++
			if err := l.noContinuation(); err != nil {
				return err
			}
			if l.isAt('&') {
				return errUnsure
			}
		case l.at == len(l.src) || l.src[l.at] == ')':
		default:
			return errUnsure
		}
	}
}

// peek gives the bare word that comes next.
func (l *lexer) peek() string {
	end := l.at
	for end < len(l.src) && !isMeta(l.src[end]) && end-l.at < 10 {
		end++
	}
	return l.src[l.at:end]
}

// andOr reads pipelines with && and || between them, and tells whether there is an & behind them.
func (l *lexer) andOr() (background bool, err error) {
	_, words, err := l.pipeline(nil)
	if err != nil {
		return false, err
	}
	l.effect.add(l.effectOf(words))
	for l.skipBlanks(); l.isAt('&') || l.isAt('|'); l.skipBlanks() {
		if more, err := l.connect(); err != nil || !more {
			return true, err
		}
	}
	return false, nil
}

// pipeline reads one command, with a ! before it perhaps. It tells whether it is a simple command without
// redirections, and gives the words of a simple one, of whose effect nothing was said yet.
func (l *lexer) pipeline(words []word) (simple bool, _ []word, err error) {
	negated := false
	if l.peek() == "!" {
		negated = true
		l.at++
		l.skipBlanks()
		if l.peek() == "!" {
			return false, words, errUnsure
		}
	}
	if err := l.deeper(); err != nil {
		return false, words, err
	}
	simple, words, err = l.command(words)
	l.depth--
	return simple && !negated, words, err
}

// command reads a simple or a compound command.
func (l *lexer) command(words []word) (simple bool, _ []word, err error) {
	keyword := l.peek()
	switch {
	case l.isAt('('):
		if strings.HasPrefix(l.src[l.at:], "((") {
			return false, words, errUnsure
		}
		l.at++
		err = l.closedBy(")")
	case closers[keyword] || foreign[keyword]:
		return false, words, errUnsure
	default:
		if !openers[keyword] {
			return l.simple(words)
		}
		l.at += len(keyword)
		err = l.compound(keyword)
	}
	if err != nil {
		return false, nil, err
	}
	return false, nil, l.redirections()
}

// compound reads what is behind the keyword of a compound command.
func (l *lexer) compound(keyword string) error {
	switch keyword {
	case "{":
		return l.closedBy("}")
	case "if":
		return l.conditional()
	case "for":
		return l.each()
	case "case":
		return l.choice()
	default:
		return l.loop()
	}
}

// closedBy reads a list and the keyword or parenthesis that ends it. A list must not be empty.
func (l *lexer) closedBy(closer string) error {
	if err := l.skipLines(); err != nil {
		return err
	}
	start := l.at
	if err := l.list(); err != nil {
		return err
	}
	if l.at == start {
		return errUnsure
	}
	return l.keyword(closer)
}

// keyword goes behind a keyword that must be there.
func (l *lexer) keyword(want string) error {
	if want == ")" {
		return l.expect(')')
	}
	if l.peek() != want {
		return errUnsure
	}
	l.at += len(want)
	return nil
}

// conditional reads what is behind if or elif.
func (l *lexer) conditional() error {
	if err := l.closedBy("then"); err != nil {
		return err
	}
	if err := l.skipLines(); err != nil {
		return err
	}
	start := l.at
	if err := l.list(); err != nil {
		return err
	}
	end := l.peek()
	if l.at == start {
		return errUnsure
	}
	l.at += len(end)
	switch end {
	case "fi":
		return nil
	case "else":
		return l.closedBy("fi")
	case "elif":
		if err := l.deeper(); err != nil {
			return err
		}
		err := l.conditional()
		l.depth--
		return err
	}
	return errUnsure
}

// loop reads what is behind while or until.
func (l *lexer) loop() error {
	if err := l.closedBy("do"); err != nil {
		return err
	}
	return l.closedBy("done")
}

// each reads what is behind for.
func (l *lexer) each() error {
	l.skipBlanks()
	name, err := l.word()
	if err != nil {
		return err
	}
	text := l.src[name.start:name.end]
	if !isName(text) {
		return errUnsure
	}
	l.effect.names = append(l.effect.names, text)
	if err := l.skipLines(); err != nil {
		return err
	}
	if l.peek() == "in" {
		l.at += len("in")
		for l.skipBlanks(); l.at < len(l.src) && !isMeta(l.src[l.at]) && l.src[l.at] != '#'; l.skipBlanks() {
			if _, err := l.word(); err != nil {
				return err
			}
		}
		l.skipComment()
		if !l.isAt(';') && !l.isAt('\n') {
			return errUnsure
		}
	}
	if l.isAt(';') {
		l.at++
	}
	if err := l.skipLines(); err != nil {
		return err
	}
	if err := l.keyword("do"); err != nil {
		return err
	}
	return l.closedBy("done")
}

// choice reads what is behind case.
func (l *lexer) choice() error {
	l.skipBlanks()
	if _, err := l.nonEmptyWord(); err != nil {
		return err
	}
	if err := l.skipLines(); err != nil {
		return err
	}
	if err := l.keyword("in"); err != nil {
		return err
	}
	for {
		if err := l.skipLines(); err != nil {
			return err
		}
		if l.peek() == "esac" {
			l.at += len("esac")
			return nil
		}
		if err := l.branch(); err != nil {
			return err
		}
	}
}

// branch reads PATTERN|PATTERN) and a list, up to the ;; behind it.
func (l *lexer) branch() error {
	if l.isAt('(') {
		l.at++
	}
	for {
		l.skipBlanks()
		if _, err := l.nonEmptyWord(); err != nil {
			return err
		}
		l.skipBlanks()
		if l.isAt(')') {
			break
		}
		if err := l.expect('|'); err != nil {
			return err
		}
	}
	l.at++
	if err := l.list(); err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(l.src[l.at:], ";;"):
		l.at += 2
		if l.isAt('&') {
			return errUnsure
		}
		return nil
	case l.peek() == "esac":
		return nil
	}
	return errUnsure
}

func (l *lexer) nonEmptyWord() (word, error) {
	if l.at < len(l.src) && l.src[l.at] == '#' {
		return word{}, errUnsure
	}
	w, err := l.word()
	if err == nil && w.start == w.end {
		err = errUnsure
	}
	return w, err
}
