package status

import (
	"fmt"
	"strconv"
	"strings"
)

// scanner reads an output line by line, and numbers in its lines. Its errors say where they are.
type scanner struct {
	command  string
	rest     string // what is still to be read
	line     string // the line being read, without its end
	num      int    // its number, from 1
	unparsed Lines  // lines that were kept
	extras   int    // how many values were kept
}

// start takes an output. It makes one copy of it; all that is kept of that is cloned.
func (s *scanner) start(command string, out []byte) error {
	if len(out) > MaxOutput {
		return &ParseError{Command: command, Reason: fmt.Sprintf("output of %d bytes; the limit is %d", len(out), MaxOutput)}
	}
	s.command, s.rest = command, string(out)
	return nil
}

// next moves on to the next line. A line needs its newline: without it the output was cut off.
func (s *scanner) next() (bool, error) {
	if s.rest == "" {
		return false, nil
	}
	end := strings.IndexByte(s.rest, '\n')
	s.num++
	if end < 0 {
		s.line = s.rest
		return false, s.errAt(len(s.line), "the output ends within the line "+clip(s.line))
	}
	s.line = strings.TrimSuffix(s.rest[:end], "\r") // a terminal between us and the tool adds it
	s.rest = s.rest[end+1:]
	return true, nil
}

// errAt is an error at a byte offset of the current line.
func (s *scanner) errAt(offset int, reason string) error {
	return &ParseError{Command: s.command, Line: s.num, Col: offset + 1, Reason: reason}
}

// errLine is an error about a line as a whole.
func (s *scanner) errLine(num int, reason string) error {
	return &ParseError{Command: s.command, Line: num, Reason: reason}
}

// keepUnparsed keeps the current line, unless it is blank.
func (s *scanner) keepUnparsed() error {
	if strings.TrimSpace(s.line) == "" {
		return nil
	}
	if len(s.unparsed) == maxUnparsed {
		return s.errAt(0, "too many lines that are unknown, up to "+clip(s.line))
	}
	s.unparsed = append(s.unparsed, Line{s.num, strings.Clone(s.line)})
	return nil
}

// count reads a number of things at an offset of the current line.
func (s *scanner) count(text string, offset int) (int, error) {
	n, err := s.uint32(text, offset, "a count")
	if err == nil && n > MaxOutput { // more than there can be rows; int may have 32 bits
		err = s.errAt(offset, "a count of "+clip(text))
	}
	return int(n), err
}

// uint32 reads a decimal number at an offset of the current line.
func (s *scanner) uint32(text string, offset int, what string) (uint32, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, s.errAt(offset, "want "+what+", got "+clip(text))
	}
	return uint32(n), nil
}
