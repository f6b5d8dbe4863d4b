package options

import "strings"

// simple reads a simple command, or the definition of a function. It tells whether there are only words.
func (l *lexer) simple(words []word) (plain bool, _ []word, err error) {
	start := l.at
	plain = true
	for l.skipBlanks(); l.at < len(l.src) && l.src[l.at] != '#'; l.skipBlanks() {
		c := l.src[l.at]
		switch {
		case c == '<' || c == '>':
			plain = false
			if err := l.redirection(); err != nil {
				return false, words, err
			}
			continue
		case c == '(' && len(words) == 1 && plain:
			return false, nil, l.function(words[0])
		case c == '(':
			return false, words, errUnsure
		}
		if isMeta(c) {
			break
		}
		w, err := l.word()
		if err != nil {
			return false, words, err
		}
		if !l.isNumber(w) {
			words = append(words, w)
		}
	}
	if l.at == start {
		return false, words, errUnsure
	}
	l.trim(start)
	return plain, words, nil
}

// isNumber tells the number of a file that stands before a redirection.
func (l *lexer) isNumber(w word) bool {
	return (l.isAt('<') || l.isAt('>')) && strings.Trim(l.src[w.start:w.end], "0123456789") == ""
}

// trim goes back before the blanks that were skipped last, so that a command ends with its last word.
func (l *lexer) trim(start int) {
	for l.at > start {
		switch {
		case l.src[l.at-1] == ' ' || l.src[l.at-1] == '\t':
			l.at--
		case strings.HasSuffix(l.src[start:l.at], "\\\n"):
			l.at -= 2
		default:
			return
		}
	}
}

// function reads the definition of a function from the parentheses on. What its body does is done where it is called.
func (l *lexer) function(name word) error {
	text := l.src[name.start:name.end]
	l.at++
	l.skipBlanks()
	if err := l.expect(')'); err != nil {
		return err
	}
	if !isName(text) {
		return errUnsure
	}
	if err := l.skipLines(); err != nil {
		return err
	}
	if !openers[l.peek()] && !l.isAt('(') {
		return errUnsure
	}
	before := l.effect
	if _, _, err := l.pipeline(nil); err != nil {
		return err
	}
	l.effect = before
	if l.functions == nil {
		l.functions = map[string]bool{}
	}
	l.functions[text] = true
	if harmless[text] || stops[text] || text == "export" || text == "unset" {
		l.effect.add(effect{all: true, stop: true})
	}
	return nil
}

// redirections reads those behind a compound command.
func (l *lexer) redirections() error {
	for {
		end := l.at
		l.skipBlanks()
		if !l.isAt('<') && !l.isAt('>') {
			l.at = end
			return nil
		}
		if err := l.redirection(); err != nil {
			return err
		}
	}
}

// redirection reads an operator and its word.
func (l *lexer) redirection() error {
	operator := l.src[l.at]
	l.at++
	if err := l.noContinuation(); err != nil {
		return err
	}
	if operator == '<' && l.isAt('<') {
		l.at++
		return l.here()
	}
	if l.isAt('&') || l.isAt('>') || operator == '>' && l.isAt('|') {
		l.at++
	}
	if err := l.noContinuation(); err != nil {
		return err
	}
	l.skipBlanks()
	_, err := l.nonEmptyWord()
	return err
}

// heredoc is a here-document whose text has not begun yet.
type heredoc struct {
	end    string
	tabs   bool // before the end are left out
	quoted bool // there are no expansions in it
}

// here reads what is behind <<.
func (l *lexer) here() error {
	doc := heredoc{tabs: l.isAt('-')}
	if doc.tabs {
		l.at++
	}
	if l.inside > 0 || l.noContinuation() != nil {
		return errUnsure
	}
	l.skipBlanks()
	w, err := l.nonEmptyWord()
	if err != nil {
		return err
	}
	raw := l.src[w.start:w.end]
	doc.end = strings.Trim(raw, `'"`)
	doc.quoted = doc.end != raw
	if doc.end == "" || strings.ContainsFunc(doc.end, func(r rune) bool { return r > '~' || !isNameByte(byte(r)) }) {
		return errUnsure
	}
	l.pending = append(l.pending, doc)
	return nil
}

// body goes behind the text of a here-document.
func (l *lexer) body(doc heredoc) error {
	for l.at < len(l.src) {
		end := l.endOfLine(l.at)
		line := l.src[l.at:end]
		l.at = min(end+1, len(l.src))
		if doc.tabs {
			line = strings.TrimLeft(line, "\t")
		}
		switch {
		case line == doc.end:
			return nil
		case doc.quoted:
		case strings.ContainsAny(line, "\\`") || strings.Contains(line, "$(") || strings.Contains(line, "${"):
			return errUnsure
		}
	}
	return errUnsure
}
