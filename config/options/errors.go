package options

import (
	"errors"
	"fmt"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Why a shell refuses a file, or this package does: the reasons of a [ParseError].
var (
	// ErrQuote: a quote is not closed. The shell ends the script that sources the file.
	ErrQuote = errors.New("want the end of this quote")
	// ErrTooLarge: the file has more than [MaxSize] bytes.
	ErrTooLarge = errors.New("the file is larger than 8 MiB")
)

// Why a file is not edited, or a value not given. errors.Is finds them.
var (
	// ErrNotSet: the file does not set the variable.
	ErrNotSet = errors.New("not set")
	// ErrDynamic: only a shell can tell the value, which something in the file sets, changes or may change when it is
	// evaluated. The error is a *[DynamicError].
	ErrDynamic = errors.New("only a shell can tell the value")
	// ErrName: it is no name of a variable, or one of the shell's own variables.
	ErrName = errors.New("want the name of a variable")
	// ErrValue: a variable of a shell can't have the value, because there is a NUL in it.
	ErrValue = errors.New("want a value without NUL")
	// ErrShared: the assignment is not alone on its line, or takes several, and can't be made a comment.
	ErrShared = errors.New("want an assignment that has one line for itself")
	// ErrElsewhere: the edit would change the meaning of more than the variable, because the file ends with a backslash,
	// which would join the new line.
	ErrElsewhere = errors.New("the edit changes more than the variable")
	// ErrScript: it is no name of an event script.
	ErrScript = errors.New("want the name of a script, such as 11.natgw")
)

// ParseError says where and why a shell, or this package, refuses a file.
type ParseError = finding.ParseError

// DynamicError says what makes a value one that only a shell can tell. It is only read, so it is safe for concurrent
// use.
type DynamicError struct {
	// Name is the variable.
	Name string
	// File, Line and Col are the place of the command, counted from 1; Col counts bytes.
	File      string
	Line, Col int
	// Text is the command. A long one is cut and ends in "...".
	Text string
}

// Error gives the variable, the position and the command.
func (e *DynamicError) Error() string {
	return fmt.Sprintf("%s: %v, because of %s:%d:%d: %q", e.Name, ErrDynamic, e.File, e.Line, e.Col, e.Text)
}

// Unwrap gives ErrDynamic.
func (e *DynamicError) Unwrap() error { return ErrDynamic }

// Position gives the name of the file, and line and column of the command, counted from 1; the column counts bytes.
func (e *DynamicError) Position() (file string, line, col int) { return e.File, e.Line, e.Col }

// parseError points to an offset.
func parseError(src *text.Source, offset int, reason error) error {
	at := src.Position(offset)
	end := src.FullLine(at.Line - 1).End
	line := src.Text(text.Span{Start: min(offset, end), End: end})
	if errors.Is(reason, ErrTooLarge) {
		line = ""
	}
	return &ParseError{Name: at.File, Line: at.Line, Col: at.Col, Text: finding.Clip(trimLine(line)), Err: reason}
}

func trimLine(line string) string {
	for line != "" && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line
}
