package ctdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// What can become of an event besides success and [ErrTimeout].
var (
	// ErrEventFailed: a script of the event failed.
	ErrEventFailed = errors.New("a script failed")
	// ErrEventCanceled: another event came in between. That is so for monitor events, which all others go before.
	ErrEventCanceled = errors.New("canceled by another event")
)

// EventError says what became of an event that did not succeed.
type EventError struct {
	// Event is the event's name.
	Event string
	// Status is the event's status, an error number of Linux: 8 (ENOEXEC) if a script failed, whatever that script's
	// own exit code, 110 (ETIMEDOUT) if time was up, 125 (ECANCELED) if it was canceled.
	Status int
	// Err is ErrEventFailed, ErrTimeout or ErrEventCanceled, and the [*CommandError] or [*SocketError].
	Err error
}

// Error gives the event and what became of it.
func (e *EventError) Error() string { return fmt.Sprintf("event %s: %v", e.Event, e.Err) }

// Unwrap gives Err.
func (e *EventError) Unwrap() error { return e.Err }

// RunEvent runs an event's scripts on the node that the tool runs on, and waits for them, up to timeout, in whole
// seconds, rounded up. The cluster's state does not change, whatever the scripts do: after a monitor event that failed
// by hand the node is as healthy as before. An event that no script knows succeeds. The call's own time must be longer
// than timeout.
//
// Without success the error is an [*EventError]; of which script, ctdb event status tells. [ErrNotRunning] means that
// the event daemon does not run. The client must not be one for a node. Arguments are words without blanks, which CTDB
// would take apart. Similar to: ctdb event run TIMEOUT legacy EVENT ARGS.
func (c *Client) RunEvent(ctx context.Context, timeout time.Duration, event string, args ...string) error {
	const command = "event run"
	seconds, err := wholeSeconds(command, "timeout", timeout)
	if err != nil {
		return err
	}
	for i, word := range append([]string{event}, args...) {
		what := "event"
		if i > 0 {
			what = "argument"
		}
		if err := checkWord(command, what, word); err != nil {
			return err
		}
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	run := wire.EventRun{Component: legacy, Event: event, Args: args, Timeout: time.Duration(seconds) * time.Second}
	settled, why := c.runEventOverSocket(ctx, run)
	if settled {
		return why
	}
	words := append([]string{"event", "run", strconv.Itoa(seconds), legacy, event}, args...)
	cmd, result, err := c.run(ctx, words...)
	switch {
	case err != nil:
		return c.worse(why, err)
	case result.ExitCode == 0:
		return nil
	}
	return eventFailed(cmd, result, event)
}

// eventFailed reads what became of an event from the tool's words. The exit code is the event's status, less shiftedBy
// where the tool's helper ended with more than that.
func eventFailed(cmd Command, result Result, event string) error {
	const shiftedBy = 64
	for line := range firstLines(result.Stdout) {
		what, ok := strings.CutPrefix(line, "Event "+event+" in legacy ")
		if !ok {
			continue
		}
		e := &EventError{Event: event, Status: result.ExitCode}
		cause := ErrEventFailed
		switch what {
		case "timed out":
			cause, e.Status = ErrTimeout, result.ExitCode+shiftedBy
		case "got cancelled":
			cause, e.Status = ErrEventCanceled, result.ExitCode+shiftedBy
		}
		e.Err = newCommandError(cmd, result, causes{cause})
		return e
	}
	return failed(cmd, result)
}
