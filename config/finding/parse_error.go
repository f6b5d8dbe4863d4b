package finding

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	maxText   = 64  // bytes of an offending text that an error keeps
	maxErrors = 100 // bad lines of a file that an error keeps
)

// ParseError says where and why CTDB, or one of its scripts, refuses a file. The packages of the files have it under
// their own name, and the reasons. It is only read, so it is safe for concurrent use.
type ParseError struct {
	// Name is the name that Parse was given.
	Name string
	// Line and Col are the position of Text, counted from 1; Col counts bytes.
	Line, Col int
	// Text is what stands there, without the blanks around it. A long one is cut and ends in "...". It is empty when
	// the error is about the file.
	Text string
	// Err is the reason. It is, or wraps, one of the errors of the file's package.
	Err error
}

// Error gives position, reason and text: `nodes:3:5: want a numeric IPv4 or IPv6 address, got "10.0.0"`.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Col, e.Message())
}

// Message gives reason and text, without the position.
func (e *ParseError) Message() string {
	if e.Text == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + ", got " + strconv.Quote(e.Text)
}

// Unwrap gives the reason.
func (e *ParseError) Unwrap() error { return e.Err }

// Position gives the name of the file, and line and column of the text, counted from 1; the column counts bytes.
func (e *ParseError) Position() (file string, line, col int) { return e.Name, e.Line, e.Col }

// ParseErrors is the error about a file with several bad lines. Once it has been returned it is only read, so it is safe
// for concurrent use.
type ParseErrors struct {
	// Errors has one error for each of the first 100 bad lines, in the order of the file.
	Errors []*ParseError
	// More is the number of bad lines behind those.
	More int
}

// Error gives the errors, each on a line of its own.
func (e *ParseErrors) Error() string {
	messages := make([]string, 0, len(e.Errors)+1)
	for _, err := range e.Errors {
		messages = append(messages, err.Error())
	}
	if e.More > 0 {
		messages = append(messages, fmt.Sprintf("and %d more bad lines", e.More))
	}
	return strings.Join(messages, "\n")
}

// Unwrap gives the errors, so that errors.Is and errors.AsType look at each.
func (e *ParseErrors) Unwrap() []error {
	errs := make([]error, len(e.Errors))
	for i, err := range e.Errors {
		errs[i] = err
	}
	return errs
}

// Add keeps an error, with its text cut, or counts it. It is for parsers.
func (e *ParseErrors) Add(err ParseError) {
	if len(e.Errors) == maxErrors {
		e.More++
		return
	}
	err.Text = Clip(err.Text)
	e.Errors = append(e.Errors, &err)
}

// Err gives nothing for no error, and a single one as it is.
func (e *ParseErrors) Err() error {
	switch len(e.Errors) {
	case 0:
		return nil
	case 1:
		return e.Errors[0]
	}
	return e
}

// Refusals gives the single errors in what a Parse returned.
func Refusals(err error) []*ParseError {
	if all, ok := errors.AsType[*ParseErrors](err); ok {
		return all.Errors
	}
	if single, ok := errors.AsType[*ParseError](err); ok {
		return []*ParseError{single}
	}
	return nil
}

// Clip shortens text for a message, as a copy, so that the message does not keep a file in memory.
func Clip(text string) string {
	if len(text) > maxText {
		return text[:maxText] + "..."
	}
	return strings.Clone(text)
}
