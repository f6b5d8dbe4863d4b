package status

import (
	"math"
	"strings"
)

// ParsePID reads the output of "ctdb getpid": the process ID of the node's ctdbd, on the host of that node. Anything
// else is a [*ParseError].
//
// "Pid:1234", as up to 4.4, is read as well; that is from the documentation, not from real output.
func ParsePID(out []byte) (int, error) {
	const want = "a process ID"
	var s scanner
	if err := s.answer(cmdPID, out, want); err != nil {
		return 0, err
	}
	number := strings.TrimPrefix(s.line, "Pid:")
	offset := len(s.line) - len(number)
	pid, err := s.uint32(number, offset, want)
	switch {
	case err != nil:
		return 0, err
	case pid == 0 || pid > math.MaxInt32: // a kill(2) of these would hit others
		return 0, s.errAt(offset, "want "+want+", got "+clip(number))
	}
	return int(pid), nil
}
