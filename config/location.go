package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// ErrLocation is the error about a text that ctdbd does not take for a place to log to.
var ErrLocation = errors.New(
	`want "file:PATH", "file:-" or "syslog", the last with ":nonblocking", ":udp" or ":udp-rfc5424" if need be`)

// LogBackend is what takes the log.
type LogBackend uint8

// The backends. The zero value is none.
const (
	LogFile              LogBackend = iota + 1 // a file
	LogStderr                                  // the standard error of ctdbd
	LogSyslog                                  // syslog(3), which blocks ctdbd when it is slow
	LogSyslogNonblocking                       // /dev/log; messages that it does not take at once are lost
	LogSyslogUDP                               // UDP port 514 of this host
	LogSyslogRFC5424                           // the same, in the format of RFC 5424
)

// locations has what each backend but LogFile is called.
var locations = [...]string{
	LogStderr: "file:-", LogSyslog: "syslog", LogSyslogNonblocking: "syslog:nonblocking",
	LogSyslogUDP: "syslog:udp", LogSyslogRFC5424: "syslog:udp-rfc5424",
}

// Location is where ctdbd writes its log. It is a plain value and compares with ==. The zero value names no place.
//
// Similar to: "location" in ctdb.conf(5).
type Location struct {
	// Backend is what takes the log.
	Backend LogBackend
	// Path is the file of LogFile, and empty for the others. ctdb.conf can't hold one with a colon. A relative one
	// starts at the working directory of whoever reads ctdb.conf, which for ctdbd is "/".
	Path string
}

// ParseLocation reads a location as ctdbd does. It splits the text at each colon, several in a row being one, and looks
// at the first two parts only: "file:/var/log/a:b" logs to /var/log/a, and "syslog:udp:x" is "syslog:udp". The names
// are in small letters. "file" without a path is the standard error, as is "file:-". The error wraps [ErrLocation].
//
// Whether the directory of a file exists, without which ctdbd refuses it too, is not looked at: see [Location.Dir].
func ParseLocation(s string) (Location, error) {
	l, err := readLocation(s)
	if err != nil {
		return Location{}, fmt.Errorf("%w, got %q", err, finding.Clip(s))
	}
	return l, nil
}

func readLocation(s string) (Location, error) {
	backend, rest := cutPart(s)
	option, _ := cutPart(rest)
	switch {
	case backend == "file" && (option == "" || option == "-"):
		return Location{Backend: LogStderr}, nil
	case backend == "file":
		return Location{Backend: LogFile, Path: option}, nil
	case backend != "syslog":
		return Location{}, ErrLocation
	}
	text := backend
	if option != "" {
		text += ":" + option
	}
	for b := LogSyslog; int(b) < len(locations); b++ {
		if locations[b] == text {
			return Location{Backend: b}, nil
		}
	}
	return Location{}, ErrLocation
}

// cutPart gives the first part of a text, not counting colons before it, as C's strtok does.
func cutPart(s string) (part, rest string) {
	part, rest, _ = strings.Cut(strings.TrimLeft(s, ":"), ":")
	return part, rest
}

// Dir gives the directory that must exist for ctdbd to accept the location, and whether there is one: only a file has
// one. It is what dirname(3) makes of the path: "/var/log" for "/var/log/ctdb/", and "." for a path without a slash. It
// must be a directory, or a link to one; the file itself need not exist.
func (l Location) Dir() (dir string, ok bool) {
	if l.Backend != LogFile {
		return "", false
	}
	return dirname(l.Path), true
}

// dirname is dirname(3). Unlike path.Dir it changes nothing in the middle of a path, and two slashes at its beginning,
// of which POSIX says that they may have a meaning of their own, stay two.
func dirname(path string) string {
	base := strings.TrimRight(path, "/")
	slash := strings.LastIndexByte(base, '/')
	if slash < 0 && (base != "" || path == "") {
		return "."
	}
	if dir := strings.TrimRight(base[:slash+1], "/"); dir != "" {
		return dir
	}
	root := path[:len(path)-len(strings.TrimLeft(path, "/"))]
	if root != "//" {
		root = "/"
	}
	return root
}

// String gives the location as ctdb.conf has it, such as "file:/var/log/ctdb/log.ctdb", and "" for the zero value.
func (l Location) String() string {
	switch {
	case l.Backend == 0:
		return ""
	case l.Backend == LogFile:
		return "file:" + l.Path
	case int(l.Backend) < len(locations):
		return locations[l.Backend]
	}
	return fmt.Sprintf("LogBackend(%d)", uint8(l.Backend))
}

// text gives what String gives, if ctdbd would read that as the same location.
func (l Location) text() (string, error) {
	text := l.String()
	if l == (Location{}) {
		return "", nil
	}
	if same, err := readLocation(text); err != nil || same != l {
		return "", unwritable("this location", text)
	}
	return text, nil
}

// MarshalText gives what String gives. The error is [ErrUnwritable] if ctdbd would not read that as the same location.
func (l Location) MarshalText() ([]byte, error) {
	text, err := l.text()
	return []byte(text), err
}

// UnmarshalText reads what [ParseLocation] reads; an empty text is the zero value. On error l stays as it was.
func (l *Location) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*l = Location{}
		return nil
	}
	parsed, err := ParseLocation(string(text))
	if err == nil {
		*l = parsed
	}
	return err
}
