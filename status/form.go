package status

import "fmt"

// Form is a form in which CTDB reports.
type Form uint8

// The forms.
const (
	FormText    Form = iota + 1 // for people: ctdb status
	FormMachine                 // a table: ctdb -X status, ctdb -Y status
	FormJSON                    // ctdb --json status, since 4.25
	FormSocket                  // no output of the tool: the packets of ctdbd's socket
)

var formNames = [...]string{FormText: "text", FormMachine: "machine", FormJSON: "json", FormSocket: "socket"}

// String gives "text", "machine", "json" or "socket".
func (f Form) String() string {
	if int(f) < len(formNames) {
		return formNames[f]
	}
	return fmt.Sprintf("Form(%d)", uint8(f))
}

// MarshalText gives what String gives.
func (f Form) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText writes. Nothing is the zero Form, that of a value which no output was read for.
func (f *Form) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*f = 0
		return nil
	}
	for form := FormText; int(form) < len(formNames); form++ {
		if string(text) == formNames[form] {
			*f = form
			return nil
		}
	}
	return fmt.Errorf("want text, machine, json or socket, got %s", clip(string(text)))
}
