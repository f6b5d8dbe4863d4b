package text

import (
	"errors"
	"fmt"
)

var (
	// ErrOverlap is the reason of an [EditError] about bytes that an edit before it edits too.
	ErrOverlap = errors.New("two edits overlap")
	// ErrRange is the reason of an [EditError] about a span or a line that the source does not have.
	ErrRange = errors.New("the edit is outside of the text")
	// ErrLineBreak is the reason of an [EditError] about a new line with a line break in it.
	ErrLineBreak = errors.New("a new line must not hold a line break")
)

// EditError says which edit can't be made, and why. It is only read, so it is safe for concurrent use.
type EditError struct {
	// Source is the text that was to be edited.
	Source *Source
	// Span is what the edit was to replace.
	Span Span
	// Err is the reason: ErrOverlap, ErrRange or ErrLineBreak.
	Err error
}

// Error gives position and reason.
func (e *EditError) Error() string {
	return fmt.Sprintf("%v: %v", e.Source.Position(e.Span.Start), e.Err)
}

// Unwrap gives the reason.
func (e *EditError) Unwrap() error { return e.Err }

// Position gives the name of the file, and line and column of the edit, counted from 1; the column counts bytes.
func (e *EditError) Position() (file string, line, col int) {
	p := e.Source.Position(e.Span.Start)
	return p.File, p.Line, p.Col
}
