package status

import (
	"fmt"
	"strings"
	"time"
)

// EventStatus is what a node reports of the last time that an event ran: which scripts, with what result. Similar to:
// ctdb event status, ctdb scriptstatus.
type EventStatus struct {
	// Form is always FormText: the tool has no other form for it and ignores -X.
	Form Form `json:"form"`
	// State tells whether the event ran at all.
	State EventState `json:"state"`
	// Event and Component are the names that CTDB reports of an event that never ran, or of a component that is not
	// there. For an event that ran the output does not name them.
	Event     string `json:"event,omitempty"`
	Component string `json:"component,omitempty"`
	// Result is 0, or what the event failed with: the exit status of a script in state ERROR, or an error number: 110
	// (ETIMEDOUT) when a script took too long, 125 (ECANCELED) when another event came in between, that of
	// [ScriptCannotRun]. Not reported where "ctdb scriptstatus" hides it: its exit code is 0 whatever happened.
	Result Value[int] `json:"result,omitzero"`
	// Scripts are in the order in which they ran. Those behind one that failed did not run and are not there. There may
	// be none at all.
	Scripts []ScriptResult `json:"scripts"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// Failed gives the script that the event failed with. There is none if the event did not fail, and if it did in another
// way than by a script.
func (e *EventStatus) Failed() (ScriptResult, bool) {
	for _, s := range e.Scripts {
		if s.State.IsFailure() {
			return s, true
		}
	}
	return ScriptResult{}, false
}

// String gives what "ctdb event status" prints since 4.19. [ParseEventStatus] reads it back.
func (e *EventStatus) String() string {
	if e.State == EventNeverRun {
		return prefixEvent + e.Event + infixNeverRun + e.Component + "\n"
	}
	if e.State == EventNoComponent {
		return prefixNoComponent + e.Component + suffixNoComponent + "\n"
	}
	var b strings.Builder
	for _, s := range e.Scripts {
		fmt.Fprintln(&b, s)
	}
	return b.String()
}

// EventState tells whether an event ran.
type EventState uint8

// The states of an event.
const (
	EventRan         EventState = iota + 1 // the event ran, be it with no script at all
	EventNeverRun                          // since the event daemon started; also of an event that does not exist
	EventNoComponent                       // there is no directory of event scripts of that component
)

var eventStateNames = [...]string{
	EventRan: "ran", EventNeverRun: "never run", EventNoComponent: "no component",
}

// String gives "ran", "never run" or "no component".
func (s EventState) String() string {
	if int(s) < len(eventStateNames) {
		return eventStateNames[s]
	}
	return fmt.Sprintf("EventState(%d)", uint8(s))
}

// MarshalText gives what String gives.
func (s EventState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *EventState) UnmarshalText(text []byte) error {
	for state := EventRan; int(state) < len(eventStateNames); state++ {
		if string(text) == eventStateNames[state] {
			*s = state
			return nil
		}
	}
	return fmt.Errorf("want ran, never run or no component, got %s", clip(string(text)))
}

// ScriptResult is what became of one script in an event.
type ScriptResult struct {
	// Name is that of the script without ".script".
	Name  string      `json:"name"`
	State ScriptState `json:"state"`
	// Started is when the script began, to the second. Not reported of scripts that did not run.
	Started Value[time.Time] `json:"started,omitzero"`
	// Took is how long the script ran, to the millisecond. Not reported of scripts that did not run or did not end.
	Took Value[time.Duration] `json:"took,omitzero"`
	// Reason is why the script could not be run, in words: the text of an error number.
	Reason string `json:"reason,omitempty"`
	// Output is what the script printed, without its last newline. Up to 4.18 the tool reports it of scripts that failed
	// only.
	Output string `json:"output,omitempty"`
}

// String gives the script's lines in "ctdb event status" since 4.19, without the last newline.
func (s ScriptResult) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-20s ", s.Name)
	switch s.State {
	case ScriptDisabled:
		fmt.Fprintf(&b, "%-10s", s.State)
	case ScriptCannotRun:
		fmt.Fprintf(&b, "%v (%s)", s.State, s.Reason)
	default:
		fmt.Fprintf(&b, "%-10s ", s.State)
		if took, ok := s.Took.Get(); ok {
			fmt.Fprintf(&b, "%s ", strings.TrimSuffix(decimal(took), "000"))
		}
		if started, ok := s.Started.Get(); ok {
			b.WriteString(started.Format(time.ANSIC))
		}
	}
	switch {
	case s.Output == "":
	case !strings.Contains(s.Output, "\n"):
		b.WriteString("\n" + prefixOutput + " " + s.Output)
	default:
		b.WriteString("\n" + prefixOutput + "\n" + indentOutput + strings.ReplaceAll(s.Output, "\n", "\n"+indentOutput))
	}
	return b.String()
}

// ScriptState tells what became of a script in an event.
type ScriptState uint8

// The states of a script.
const (
	ScriptOK       ScriptState = iota + 1
	ScriptError                // it ended with a status other than 0
	ScriptTimedOut             // it took too long and was killed
	ScriptDisabled             // it is not enabled and did not run
	// ScriptCannotRun: it could not be started, says CTDB. It says so too of a script that ran and ended with a status
	// from 65 to 254, which it takes for an error number and 64; such a script may have an output. (64 is OK to it.)
	// What releases make of a script whose interpreter is not there differs: this in 4.13 and 4.17, DISABLED in 4.22.
	ScriptCannotRun
)

var scriptStateNames = [...]string{
	ScriptOK: "OK", ScriptError: "ERROR", ScriptTimedOut: "TIMEDOUT", ScriptDisabled: "DISABLED",
	ScriptCannotRun: "CANNOT RUN",
}

// IsFailure tells whether an event fails with a script in that state.
func (s ScriptState) IsFailure() bool {
	return s == ScriptError || s == ScriptTimedOut || s == ScriptCannotRun
}

// String gives CTDB's word: "OK", "ERROR", "TIMEDOUT", "DISABLED" or "CANNOT RUN".
func (s ScriptState) String() string {
	if int(s) < len(scriptStateNames) {
		return scriptStateNames[s]
	}
	return fmt.Sprintf("ScriptState(%d)", uint8(s))
}

// MarshalText gives what String gives.
func (s ScriptState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *ScriptState) UnmarshalText(text []byte) error {
	for state := ScriptOK; int(state) < len(scriptStateNames); state++ {
		if string(text) == scriptStateNames[state] {
			*s = state
			return nil
		}
	}
	return fmt.Errorf("want OK, ERROR, TIMEDOUT, DISABLED or CANNOT RUN, got %s", clip(string(text)))
}
