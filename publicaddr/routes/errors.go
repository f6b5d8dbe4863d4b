package routes

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Why this package refuses a line or a file: the reasons of a [ParseError].
var (
	// ErrBackslash: the shell gives a backslash a meaning. This package does not.
	ErrBackslash = errors.New("want no backslash")
	// ErrTooLarge: the file has more than [MaxSize] bytes.
	ErrTooLarge = errors.New("the file is larger than 8 MiB")
)

const (
	maxText   = 64  // bytes of an offending text that an error keeps
	maxErrors = 100 // bad lines of a file that an error keeps
)

// ParseError says where and why this package refuses a file. It is only read, so it is safe for concurrent use.
type ParseError struct {
	// Name is the name that Parse was given.
	Name string
	// Line and Col are the position of Text, counted from 1; Col counts bytes.
	Line, Col int
	// Text is what stands there. A long one is cut and ends in "...". It is empty when the error is about the
	// file.
	Text string
	// Err is the reason. It is, or wraps, one of the errors of this package.
	Err error
}

// Error gives position, reason and text: `static-routes:3:1: want no backslash, got "eth0\\\\"`.
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

// ParseErrors is the error about a file with several bad lines. It is only read, so it is safe for concurrent
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

// add keeps the error about a text, or counts it.
func (e *ParseErrors) add(src *text.Source, span text.Span, reason error) {
	if len(e.Errors) == maxErrors {
		e.More++
		return
	}
	at := src.Position(span.Start)
	e.Errors = append(e.Errors, &ParseError{
		Name: at.File, Line: at.Line, Col: at.Col, Text: clip(src.Text(span)), Err: reason,
	})
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
