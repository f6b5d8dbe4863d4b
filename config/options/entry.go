package options

import "fmt"

// Kind says whether an [Entry] is an assignment that this package can read.
type Kind uint8

// The kinds of entries.
const (
	// Assignment is NAME=WORD where the word needs no evaluation.
	Assignment Kind = iota + 1
	// Dynamic is a command, or an assignment, that only a shell can evaluate.
	Dynamic
)

// String gives "assignment" or "dynamic".
func (k Kind) String() string {
	switch k {
	case Assignment:
		return "assignment"
	case Dynamic:
		return "dynamic"
	default:
		return fmt.Sprintf("Kind(%d)", uint8(k))
	}
}

// Entry is an assignment, or a command that only a shell can evaluate.
type Entry struct {
	Kind Kind
	// Name and Value are those of an assignment, Value without its quotes. Name is also that of a dynamic assignment.
	Name, Value string
	// Export says that the assignment is behind export.
	Export bool
	// Names are the variables that a dynamic entry may set or change, perhaps with some of them twice.
	Names []string
	// Any says that a dynamic entry may set or change variables that can't be listed: it sources a file, or calls what may
	// be a function.
	Any bool
	// Stops says that a shell may not read the file any further than a dynamic entry, or read it differently: it returns,
	// or there is something that this package does not know. In the latter case it is the last entry, up to the end of
	// the file.
	Stops bool
	// Text is what stands in the file, without what separates it from the next entry.
	Text string
	// Line and Col are the place, counted from 1; Col counts bytes. EndLine is the line of its last byte.
	Line, Col, EndLine int
}

// State says what is known of a variable.
type State uint8

// The states of a variable.
const (
	// NotSet: nothing in the file sets it.
	NotSet State = iota
	// Literal: its value is known, if the shell gets to the end of the file.
	Literal
	// Unknown: something in the file sets or changes it, or may do so, and only a shell can tell.
	Unknown
)

// String gives "not set", "literal" or "unknown".
func (s State) String() string {
	switch s {
	case NotSet:
		return "not set"
	case Literal:
		return "literal"
	case Unknown:
		return "unknown"
	default:
		return fmt.Sprintf("State(%d)", uint8(s))
	}
}

// Setting is what a file, or several, make of a variable. It is a plain value and compares with ==.
type Setting struct {
	Name  string
	State State
	// Value is the value, if State is Literal.
	Value string
	// Export says that the assignment which counts is behind export.
	Export bool
	// File, Line and Col are the place of the assignment, or of what makes the value unknown. They are counted from 1; Col
	// counts bytes. They are empty if the variable is not set.
	File      string
	Line, Col int
}

// Or gives the value, or another one if it is not set or not known, or empty. Scripts treat an empty variable as one
// that is not set.
func (s Setting) Or(value string) string {
	if s.State != Literal || s.Value == "" {
		return value
	}
	return s.Value
}
