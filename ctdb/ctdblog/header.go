package ctdblog

import (
	"bytes"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/status"
)

// maxHeader is how far into a line a header is looked for, in bytes.
const maxHeader = 1024

// head is an entry of which only the header has been read.
type head struct {
	Entry
	message   int  // where the message begins, in bytes from the start of the line
	ambiguous bool // the time depends on the entries before
}

var noLevel status.Value[config.LogLevel]

// clear forgets the header that was read before.
func (h *head) clear() {
	h.Time, h.Host, h.Program, h.PID = time.Time{}, "", "", 0
	h.Level, h.Form = noLevel, FormNone
	h.message, h.ambiguous = 0, false
}

// parser reads headers. It remembers what it read before, since most headers resemble the one before.
type parser struct {
	clock
	repeat
	names [64]string
}

// parse reads the header of the line at the start of text, which goes up to the first newline or to the end. What is
// behind maxHeader bytes, and behind the newline, does not matter. Without a header it gives false.
func (p *parser) parse(text []byte, h *head) bool {
	h.clear()
	if len(text) == 0 {
		return false
	}
	if len(text) > maxHeader {
		text = text[:maxHeader]
	}
	switch c := text[0]; {
	case isDigit(c):
		return p.parseStamped(text, h)
	case c == '<':
		return p.parsePriority(text, h)
	case c >= 'A' && c <= 'Z' && p.parseSyslog(text, h):
		return true
	}
	return p.parseBare(text, h)
}

// parseStamped reads a line that begins with a date of digits.
func (p *parser) parseStamped(text []byte, h *head) bool {
	form, at := p.stamp(text, h)
	switch form {
	case FormISO:
		at = p.hostName(text, at, h)
	case FormLocal:
	default:
		return false
	}
	h.Form = form
	p.tag(text, at, h)
	p.keep(text, at, h)
	return true
}

// hostName reads a host and the blank behind it, and gives the place behind that. A line that ends before is cut.
func (p *parser) hostName(text []byte, at int, h *head) int {
	end := at
	for end < len(text) && text[end] > ' ' {
		end++
	}
	if end == at || end == len(text) || text[end] != ' ' {
		return at
	}
	h.Host = p.name(text[at:end])
	return end + 1
}

// tag reads "PROGRAM[PID]: ", and the forms of other programs: "PROGRAM: ", "[ PID]: ", "[NAME: PID]: ". What is none
// of these is the message.
func (p *parser) tag(text []byte, at int, h *head) {
	h.message = at
	end := at
	for end < len(text) && tagByte[text[end]] {
		end++
	}
	switch {
	case end == len(text):
	case text[end] == '[' && end == at:
		p.oldTag(text, at+1, h)
	case text[end] == '[':
		if pid, next := pidAt(text, end+1); next > 0 {
			h.Program, h.PID, h.message = p.name(text[at:end]), pid, next
		}
	case text[end] == ':' && end > at && end+1 < len(text) && text[end+1] == ' ':
		h.Program, h.message = p.name(text[at:end]), end+2
	}
}

// oldTag reads " PID]: " and "NAME: PID]: ".
func (p *parser) oldTag(text []byte, at int, h *head) {
	end := at
	for end < len(text) && tagByte[text[end]] {
		end++
	}
	digits := at
	if end > at && end < len(text) && text[end] == ':' {
		digits = end + 1
	} else {
		end = at
	}
	for digits < len(text) && text[digits] == ' ' {
		digits++
	}
	if pid, next := pidAt(text, digits); next > 0 {
		h.Program, h.PID, h.message = p.name(text[at:end]), pid, next
	}
}

// pidAt reads "PID]:" and a blank, if there is one, and gives the place behind it, or 0.
func pidAt(text []byte, at int) (pid, next int) {
	pid, digits := number(text[at:], 10)
	end := at + digits
	if digits == 0 || end+1 >= len(text) || text[end] != ']' || text[end+1] != ':' {
		return 0, 0
	}
	if end+2 < len(text) && text[end+2] == ' ' {
		end++
	}
	return pid, end + 2
}

// tagByte has the bytes that a program's name is made of.
var tagByte = func() (table [256]bool) {
	for c := range table {
		table[c] = c > ' ' && c != '[' && c != ']' && c != ':' && c != '<' && c != 0x7f
	}
	return table
}()

// name gives a name as a string, without making one for each entry.
func (p *parser) name(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	hash := 0
	for _, c := range text {
		hash = hash*31 + int(c)
	}
	slot := &p.names[uint(hash)%uint(len(p.names))]
	if *slot != string(text) {
		*slot = string(text)
	}
	return *slot
}

// parseBare reads "PROGRAM[PID]: " without a time.
func (p *parser) parseBare(text []byte, h *head) bool {
	p.tag(text, 0, h)
	if h.PID == 0 || h.Program == "" {
		h.clear()
		return false
	}
	h.Form = FormBare
	return true
}

// parsePriority reads "<PRIORITY>" and what can follow it: the header of RFC 5424 or any other.
func (p *parser) parsePriority(text []byte, h *head) bool {
	priority, digits := number(text[1:], 3)
	at := digits + 2
	if digits == 0 || len(text) < at || text[at-1] != '>' || priority > 191 {
		return false
	}
	rest := text[at:]
	if len(rest) > 0 && rest[0] == '<' {
		return false
	}
	ok := bytes.HasPrefix(rest, []byte("1 ")) && p.parseRFC5424(rest, h) || p.parse(rest, h)
	if !ok {
		h.clear()
		return false
	}
	h.message += at
	h.Level = levelOf(priority % 8)
	return true
}

// levelOf gives CTDB's level for a priority of syslog.
func levelOf(priority int) status.Value[config.LogLevel] {
	switch priority {
	case 7:
		return status.Known(config.LevelDebug)
	case 6:
		return status.Known(config.LevelInfo)
	case 5:
		return status.Known(config.LevelNotice)
	case 4:
		return status.Known(config.LevelWarning)
	}
	return status.Known(config.LevelError)
}

// parseRFC5424 reads "1 TIME HOST PROGRAM PID MSGID DATA ", where a dash stands for what is not there.
func (p *parser) parseRFC5424(text []byte, h *head) bool {
	const version = 2
	form, at := p.stamp(text[version:], h)
	if form != FormISO {
		return false
	}
	var words [4][]byte
	at += version
	for i := range words {
		end := at
		for end < len(text) && text[end] > ' ' {
			end++
		}
		if end == at || end == len(text) || text[end] != ' ' {
			return false
		}
		words[i] = text[at:end]
		at = end + 1
	}
	h.Form, h.Host, h.Program = FormRFC5424, p.name(present(words[0])), p.name(present(words[1]))
	if pid, digits := number(words[2], 10); digits == len(words[2]) {
		h.PID = pid
	}
	h.message = skipData(text, at)
	return true
}

func present(word []byte) []byte {
	if string(word) == "-" {
		return nil
	}
	return word
}

// skipData skips structured data, "-" or "[...]", and the blank behind it.
func skipData(text []byte, at int) int {
	quoted, depth := false, 0
	for ; at < len(text) && text[at] != '\n'; at++ {
		switch c := text[at]; {
		case c == '\\' && quoted && at+1 < len(text) && text[at+1] == '"':
			at++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ' ' && depth <= 0:
			return at + 1
		}
	}
	return min(at, len(text))
}
