package ctdblog

import (
	"bytes"
	"time"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/status"
)

// Form is how the first line of an entry is written. The package comment shows each.
type Form uint8

// The forms.
const (
	FormNone    Form = iota // no header that this package knows: the entry is its text
	FormISO                 // CTDB's own since 4.16, and what rsyslog writes unless told otherwise
	FormLocal               // CTDB's own up to 4.15: local time without zone, no host
	FormSyslog              // the traditional one of syslog: no year
	FormRFC5424             // the one of RFC 5424, as CTDB sends it with "syslog:udp-rfc5424"
	FormBare                // no time: what ctdbd writes to its standard error up to 4.15
	FormJournal             // a JSON object of journalctl
)

var formNames = [...]string{"none", "iso", "local", "syslog", "rfc5424", "bare", "journal"}

// String gives the form's name: "iso".
func (f Form) String() string {
	if int(f) < len(formNames) {
		return formNames[f]
	}
	return "unknown"
}

// Entry is one entry of a log: a header line and the lines that continue it. Fields that the entry's form lacks are
// empty.
//
// An Entry from an iterator is valid until the iterator goes on: Message and Raw are parts of a buffer that is used
// again. [Entry.Clone] gives one that stays.
type Entry struct {
	// Time is when the entry was written, to the microsecond where the form has that. [Options.Location] says what local
	// times mean. It is zero where the form has none.
	Time time.Time
	// Host is the host's name as it stands there; it is often not qualified. FormLocal has none.
	Host string
	// Program is what wrote the entry: ctdbd, ctdb-recoverd, ctdb-eventd (which writes for the event scripts),
	// ctdb-recovery, ctdb-takeover, or anybody in a log that is not CTDB's alone. Up to 4.5 it is recoverd, for
	// instance, and empty for the main daemon.
	Program string
	// Message is the text behind the header, with the lines that continue it, without the last line's end.
	Message []byte
	// Raw is the entry as it stands in the log, with its line ends. [ScanJournal] gives the whole JSON line.
	Raw []byte
	// File is the file that the entry is from, or [Options.Path] where that is only a name.
	File string
	// Offset is where the entry begins, in bytes from the start of the file, and Line is its line, counted from 1. Line
	// is 0 where lines before were not read: from [Tail] and [Follow]. In a compressed file both count what was
	// compressed.
	Offset int64
	Line   int
	// Truncated is how many bytes of a line longer than [Options.MaxEntry] were left out of Raw and Message.
	Truncated int64
	// PID is the process that wrote the entry.
	PID int
	// Level is how important the entry is. CTDB writes it to syslog and to the journal, but never to a file.
	Level status.Value[config.LogLevel]
	// Form is how the header is written.
	Form Form
}

// Clone gives a copy that shares no memory with the iterator that the entry is from.
func (e Entry) Clone() Entry {
	e.Message = bytes.Clone(e.Message)
	e.Raw = bytes.Clone(e.Raw)
	return e
}

// Position gives the file, and the line where the entry begins, counted from 1; 0 where it is not known. The column is
// 1: an entry begins at the start of its line.
func (e Entry) Position() (file string, line, col int) { return e.File, e.Line, 1 }

// String gives the entry as it stands in the log, without the last line's end.
func (e Entry) String() string { return string(withoutLineEnd(e.Raw)) }

// withoutLineEnd cuts one newline, and a carriage return before it.
func withoutLineEnd(text []byte) []byte {
	n := len(text)
	if n == 0 || text[n-1] != '\n' {
		return text
	}
	if n > 1 && text[n-2] == '\r' {
		return text[:n-2]
	}
	return text[:n-1]
}

// Script gives the event script whose output the entry is, such as "05.system", and the output: one line without its
// end. Both are parts of Message. CTDB writes each line that a script prints as an entry of its own.
func (e Entry) Script() (name, text []byte, ok bool) {
	m := e.Message
	if len(m) < 4 || !isDigit(m[0]) || !isDigit(m[1]) || m[2] != '.' {
		return nil, nil, false
	}
	for i := 3; i < len(m); i++ {
		switch c := m[i]; {
		case c == ':' && i > 3 && i+1 == len(m):
			return m[:i], nil, true
		case c == ':' && i > 3 && m[i+1] == ' ':
			return m[:i], m[i+2:], true
		case c <= ' ' || c == ':' || c == '/':
			return nil, nil, false
		}
	}
	return nil, nil, false
}

func isDigit(c byte) bool { return c-'0' < 10 }
