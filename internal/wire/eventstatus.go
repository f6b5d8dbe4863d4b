package wire

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

// Error numbers of Linux that an event daemon gives a meaning of their own.
const (
	errnoNoEntry = 2   // ENOENT: there is no such component
	errnoNoExec  = 8   // ENOEXEC: a script failed, or could not be run
	errnoInvalid = 22  // EINVAL: the event has not run
	errnoNoMsg   = 42  // ENOMSG: the script did not run, as one before it failed. From 4.25 on
	errnoNoData  = 61  // ENODATA: the same in 4.24
	errnoTimeout = 110 // ETIMEDOUT
)

// EventError says that an event daemon did not do what it was asked for.
type EventError struct {
	// Command is what it was asked for.
	Command EventCommand
	// Status is an error number of Linux. Of [EventRunCommand] it is 8 (ENOEXEC) if a script failed, whatever that
	// script's own exit code, 110 (ETIMEDOUT) if time was up, 125 (ECANCELED) if another event came in between.
	Status int
}

// Error gives the command and the text of the error number.
func (e *EventError) Error() string {
	return fmt.Sprintf("%v: %s", e.Command, strings.ToLower(errnoText(e.Status)))
}

// String gives "event run" or "event status".
func (c EventCommand) String() string {
	switch c {
	case EventRunCommand:
		return "event run"
	case EventStatusCommand:
		return "event status"
	default:
		return fmt.Sprintf("event command %d", uint32(c))
	}
}

// DecodeEventRun reads the answer to [AppendEventRun]. An event that did not succeed is an [*EventError].
func DecodeEventRun(reply EventReply) error { return reply.is(EventRunCommand) }

// is wants a reply to a command whose result is 0.
func (e EventReply) is(command EventCommand) error {
	switch {
	case e.Command != command:
		return &Error{
			Packet: "event reply", Opcode: NoOpcode, Offset: eventHeaderSize,
			Want: "a reply to " + command.String(), Got: e.Command.String(),
		}
	case e.Result != 0:
		return &EventError{Command: command, Status: e.Result}
	}
	return nil
}

// scriptSize is the size of a script's result whose name and output are not there.
const scriptSize = 4 + 2*timevalSize + 4 + 4

// DecodeEventStatus reads the answer to [AppendEventStatus] about that event. That an event never ran, or that there
// is no such component, is an answer and no error. Times are exact to what the ctdb tool prints. Of scripts that
// did not fail there is the output as well, which the tool leaves out up to 4.18, and later of those that count as
// disabled.
func DecodeEventStatus(reply EventReply, component, event string) (*status.EventStatus, error) {
	e := &status.EventStatus{State: status.EventRan, Scripts: []status.ScriptResult{}}
	if reply.Command == EventStatusCommand {
		switch reply.Result {
		case errnoInvalid:
			e.State, e.Event, e.Component = status.EventNeverRun, event, component
			return e, nil
		case errnoNoEntry:
			e.State, e.Component = status.EventNoComponent, component
			return e, nil
		}
	}
	if err := reply.is(EventStatusCommand); err != nil {
		return nil, err
	}
	r := reader{packet: "event status", opcode: NoOpcode, data: reply.body, base: eventReplySize}
	summary := r.int32()
	e.Scripts = r.scripts(summary)
	r.end()
	if r.err != nil {
		return nil, r.err
	}
	e.Result = status.Known(max(int(summary), -int(summary)))
	return e, nil
}

// scripts reads the scripts of an event, but for those that did not run since one before them had failed. Releases up
// to 4.23 do not list them. Later ones do, with the result of an earlier run of the event if there was one: only the
// time tells.
func (r *reader) scripts(summary int32) []status.ScriptResult {
	n := r.countUpTo(scriptSize, "scripts")
	all := make([]status.ScriptResult, 0, n)
	failed := isNotRun(summary) // what a script that ended with such a status looks like
	var last time.Time
	for range n {
		script, begin, result := r.script()
		if failed && begin.Before(last) || isNotRun(result) && begin.Unix() == 0 {
			continue
		}
		last = begin
		failed = failed || script.State.IsFailure()
		all = append(all, script)
	}
	return all
}

// isNotRun tells whether a result is that of a script that did not run since one before it had failed.
func isNotRun(result int32) bool { return result == -errnoNoMsg || result == -errnoNoData }

// script reads what became of a script, when it began, and the number of its result.
func (r *reader) script() (s status.ScriptResult, began time.Time, result int32) {
	s.Name = r.optional()
	begin, end := r.moment(), r.moment()
	at := r.at
	result = r.int32()
	s.Output = strings.TrimSuffix(r.optional(), "\n")
	switch {
	case result == 0:
		s.State = status.ScriptOK
	case result > 0:
		s.State = status.ScriptError
	case result == -errnoTimeout:
		s.State = status.ScriptTimedOut
	case result == -errnoNoExec:
		s.State = status.ScriptDisabled
	default:
		s.State, s.Reason = status.ScriptCannotRun, errnoText(-int(result))
	}
	if result >= 0 {
		s.Took = status.Known(r.took(at, begin, end))
	}
	if result >= 0 || result == -errnoTimeout {
		s.Started = status.Known(toSecond(begin))
	}
	return s, begin, result
}

// took gives how long a script ran, to the millisecond, as the ctdb tool prints it: from the difference as a number
// with a point.
func (r *reader) took(at int, begin, end time.Time) time.Duration {
	seconds := float64(end.Unix()-begin.Unix()) + float64(end.Nanosecond()/1000-begin.Nanosecond()/1000)*1e-6
	return r.printed(at, seconds, 3)
}

// optional reads a text behind its length, which is 0 for no text.
func (r *reader) optional() string {
	n := r.countUpTo(1, "bytes of text")
	return r.text(n)
}
