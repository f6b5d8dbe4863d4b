package ctdblog

import (
	"bytes"
	"strings"
)

// Event gives what the entry says by itself, or nil if it is no event that this package knows. What follows from the
// entries before, such as how long something took, only a [Tracker] knows. The result shares no memory with the entry.
func (e Entry) Event() Event { return recognize(&e) }

func recognize(e *Entry) Event {
	if !e.isCTDB() {
		return nil
	}
	if event := match(e.Message); event != nil {
		return event
	}
	if plain := withoutOrigin(e.Message); len(plain) < len(e.Message) {
		return match(plain)
	}
	return nil
}

// isCTDB tells whether CTDB wrote the entry, as far as that can be known: its own files have only such entries.
func (e *Entry) isCTDB() bool {
	switch e.Form {
	case FormLocal, FormBare, FormNone:
		return true
	default:
		return strings.HasPrefix(e.Program, "ctdb")
	}
}

// match finds the first rule that knows the message.
func match(message []byte) Event {
	if len(message) == 0 {
		return nil
	}
	first := message[0]
	if isDigit(first) || first >= 'a' && first <= 'f' {
		if event := matchAddress(message); event != nil {
			return event
		}
	}
	for i := range rules[first] {
		r := &rules[first][i]
		if rest, ok := bytes.CutPrefix(message, r.prefix); ok {
			if event := r.read(text(rest)); event != nil {
				return event
			}
		}
	}
	return eventFailed(message)
}

// withoutOrigin cuts what some messages have before them: "ctdb/server/ctdb_recoverd.c:1376 " or the name of a
// function, "do_recovery: ".
func withoutOrigin(message []byte) []byte {
	const most = 100
	head := message[:min(len(message), most)]
	if i := bytes.Index(head, []byte(".c:")); i > 0 && bytes.IndexByte(head[:i], ' ') < 0 {
		rest := message[i+len(".c:"):]
		_, digits := number(rest, 6)
		if digits > 0 && digits < len(rest) {
			return bytes.TrimPrefix(rest[digits:], []byte(" "))
		}
		return message
	}
	i := bytes.IndexByte(head, ':')
	if i <= 0 || i+2 >= len(message) || message[i+1] != ' ' {
		return message
	}
	for _, c := range head[:i] {
		if c != '_' && !isDigit(c) && (c < 'a' || c > 'z') {
			return message
		}
	}
	return message[i+2:]
}

// matchAddress reads messages that begin with an address or with what looks like one: the name of an event script.
func matchAddress(message []byte) Event {
	e := Entry{Message: message}
	if script, line, ok := e.Script(); ok {
		return scriptReport(script, line)
	}
	return connection(message)
}

// rule makes an event of a message with a certain beginning.
type rule struct {
	prefix []byte
	read   func(rest text) Event // rest is what is behind the prefix; nil is no event
}

// rules are the rules by the first byte of their prefix.
var rules = func() (byFirst [256][]rule) {
	for _, table := range [][]wording{
		nodeWordings, addressWordings, recoveryWordings, leaderWordings, banWordings, lockWordings, daemonWordings,
	} {
		for _, w := range table {
			byFirst[w.prefix[0]] = append(byFirst[w.prefix[0]], rule{[]byte(w.prefix), w.read})
		}
	}
	return byFirst
}()

// wording is a message of some release.
type wording struct {
	prefix string
	read   func(rest text) Event
}

// exactly is for messages that have nothing variable.
func exactly(event Event) func(text) Event {
	return func(rest text) Event {
		if len(rest) > 0 {
			return nil
		}
		return event
	}
}

// always is for messages whose rest does not matter.
func always(event Event) func(text) Event { return func(text) Event { return event } }
