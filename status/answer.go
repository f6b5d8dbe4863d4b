package status

import (
	"fmt"
	"strings"
)

// The commands that are answered with one line, for messages.
const (
	cmdLeader      = "ctdb leader"
	cmdPNN         = "ctdb pnn"
	cmdClusterLock = "ctdb getreclock"
	cmdRunState    = "ctdb runstate"
	cmdPing        = "ctdb ping"
	cmdPID         = "ctdb getpid"
	cmdDebugLevel  = "ctdb getdebug"
)

// answer reads an output that is one line, which becomes the current one. There may be blank lines besides; any other
// line is an error, since a plain value has no place to keep it.
func (s *scanner) answer(command string, out []byte, want string) error {
	found, err := s.optionalAnswer(command, out)
	if err == nil && !found {
		err = &ParseError{Command: command, Reason: "no output; want " + want}
	}
	return err
}

// optionalAnswer reads an output that is one line or none, and tells which.
func (s *scanner) optionalAnswer(command string, out []byte) (bool, error) {
	if err := s.start(command, out); err != nil {
		return false, err
	}
	line, num := "", 0
	err := s.each(func() error {
		switch {
		case strings.TrimSpace(s.line) == "":
			return nil
		case num > 0:
			return s.errAt(0, fmt.Sprintf("want nothing behind line %d, got %s", num, clip(s.line)))
		}
		line, num = s.line, s.num
		return nil
	})
	if err != nil {
		return false, err
	}
	s.line, s.num = line, num
	return num > 0, nil
}
