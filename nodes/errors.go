package nodes

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

var (
	// ErrAddress is the reason of a [ParseError] about a line that is neither an address nor a deleted node.
	ErrAddress = errors.New("want a numeric IPv4 or IPv6 address")
	// ErrTooLarge is the reason of a [ParseError] about a file of more than [MaxSize] bytes.
	ErrTooLarge = errors.New("the nodes file is larger than 1 MiB")
)

const (
	maxText   = 64  // bytes of an offending text that an error keeps
	maxErrors = 100 // bad lines of a file that an error keeps
)

// ParseError says where and why ctdbd refuses a nodes file. It is only read, so it is safe for concurrent use.
type ParseError struct {
	// Name is the name that Parse was given.
	Name string
	// Line and Col are the position of Text, counted from 1; Col counts bytes.
	Line, Col int
	// Text is what stands there, without the blanks around it. A long one is cut and ends in "...". It is empty when
	// the error is about the file.
	Text string
	// Err is the reason. It is, or wraps, ErrAddress or ErrTooLarge.
	Err error
}

// Error gives position, reason and text: `nodes:3:5: want a numeric IPv4 or IPv6 address, got "10.0.0"`.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Col, e.message())
}

// message gives reason and text.
func (e *ParseError) message() string {
	if e.Text == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + ", got " + strconv.Quote(e.Text)
}

// Unwrap gives the reason.
func (e *ParseError) Unwrap() error { return e.Err }

// Position gives the name of the file, and line and column of the text, counted from 1; the column counts bytes.
func (e *ParseError) Position() (file string, line, col int) { return e.Name, e.Line, e.Col }

// ParseErrors is the error about a nodes file with several bad lines. It is only read, so it is safe for concurrent
// use.
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

// parseErrors gives the single errors in the error of a File.
func parseErrors(err error) []*ParseError {
	if all, ok := errors.AsType[*ParseErrors](err); ok {
		return all.Errors
	}
	if single, ok := errors.AsType[*ParseError](err); ok {
		return []*ParseError{single}
	}
	return nil
}

// addBadLine keeps the error about a line, or counts it.
func (e *ParseErrors) addBadLine(src *text.Source, line int, reason error) {
	if len(e.Errors) == maxErrors {
		e.More++
		return
	}
	e.Errors = append(e.Errors, badLine(src, line, reason))
}

// badLine is an error about the text of a line.
func badLine(src *text.Source, line int, reason error) *ParseError {
	span := content(src, line)
	at := src.Position(span.Start)
	return &ParseError{Name: at.File, Line: line + 1, Col: at.Col, Text: clip(src.Text(span)), Err: reason}
}

// asError gives nothing for no error and a single one as it is.
func (e *ParseErrors) asError() error {
	switch len(e.Errors) {
	case 0:
		return nil
	case 1:
		return e.Errors[0]
	}
	return e
}

// tooLarge points to the first byte that is one too many.
func tooLarge(src *text.Source) error {
	at := src.Position(MaxSize)
	return &ParseError{Name: at.File, Line: at.Line, Col: at.Col, Err: ErrTooLarge}
}

// clip gives a copy, so that an error does not keep the file in memory.
func clip(text string) string {
	if len(text) > maxText {
		return text[:maxText] + "..."
	}
	return strings.Clone(text)
}
