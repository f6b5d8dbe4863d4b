package options

// effect is what a command may do to variables.
type effect struct {
	names []string // it may change these
	all   bool     // it may change any
	stop  bool     // what follows may not be read, or be read differently
}

// add joins what another command does.
func (e *effect) add(other effect) {
	e.names = append(e.names, other.names...)
	e.all = e.all || other.all
	e.stop = e.stop || other.stop
}

// copy gives an effect that is kept.
func (e effect) copy() *effect { return &e }

// harmless are builtin commands that change no variable.
var harmless = map[string]bool{
	":": true, "true": true, "false": true, "[": true, "test": true, "echo": true, "ulimit": true, "umask": true,
}

// stops are commands after which a shell may not read on, or read differently. Those that are true may change
// variables too.
var stops = map[string]bool{
	"return": false, "exit": false, "exec": false, "break": false, "continue": false, "set": false, "alias": false,
	"unalias": false, "shopt": false, "enable": true, "eval": true, "trap": true, "readonly": true, "builtin": true,
	"command": true, "declare": true, "typeset": true, "local": true,
}

// effectOf says what a simple command does; nothing is known of the words of a shell function.
func (l *lexer) effectOf(words []word) effect {
	var e effect
	for len(words) > 0 && words[0].eq >= 0 {
		e.names = append(e.names, l.name(words[0]))
		words = words[1:]
	}
	if len(words) == 0 {
		return e
	}
	first := words[0]
	if !first.literal {
		return effect{all: true, stop: true}
	}
	name, args := l.decoded(first), words[1:]
	all, stop := stops[name]
	switch {
	case l.functions[name] || name == "":
		return effect{all: true, stop: true}
	case stop:
		e.add(effect{all: all, stop: true})
	case harmless[name]:
	case name == "export" && first.bare:
		e.add(l.exported(args))
	case name == "unset":
		e.add(l.unset(args))
	case l.appends(first):
		e.names = append(e.names, nameOf(name))
	case isName(name) && !isCapital(name), name == ".":
		e.all = true // a function, for all that is known
	}
	return e
}

// appends tells NAME+=WORD and NAME[I]=WORD, which are commands for some shells and assignments for others.
func (l *lexer) appends(w word) bool {
	text := l.src[w.start:w.end]
	name := nameOf(text)
	return name != "" && len(name) < len(text) && (text[len(name)] == '[' || text[len(name)] == '+')
}

// exported says what export does.
func (l *lexer) exported(args []word) effect {
	var e effect
	for _, w := range args {
		switch {
		case w.eq >= 0:
			e.names = append(e.names, l.name(w))
		case !isName(l.src[w.start:w.end]):
			return effect{all: true}
		}
	}
	return e
}

// unset says what unset does.
func (l *lexer) unset(args []word) effect {
	var e effect
	for i, w := range args {
		switch text := l.src[w.start:w.end]; {
		case isName(text):
			e.names = append(e.names, text)
		case i > 0 || text != "-v":
			return effect{all: true, stop: true}
		}
	}
	return e
}

// nameOf gives the name that a text begins with, which may be empty.
func nameOf(text string) string {
	for i := range len(text) {
		if c := text[i]; !isNameByte(c) || i == 0 && isDigit(c) {
			return text[:i]
		}
	}
	return text
}

// isName tells whether a variable can have that name.
func isName(text string) bool { return text != "" && len(nameOf(text)) == len(text) }

// isCapital tells a name that no shell function of CTDB has, so that as a command it is a mistyped assignment.
func isCapital(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '_' && !isDigit(c) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameByte(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z'
}
