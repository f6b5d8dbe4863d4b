package nodes

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
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
	message := fmt.Sprintf("%s:%d:%d: %v", e.Name, e.Line, e.Col, e.Err)
	if e.Text == "" {
		return message
	}
	return message + ", got " + strconv.Quote(e.Text)
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

// addBadLine keeps the error about line number n, or counts it.
func (e *ParseErrors) addBadLine(name string, n int, line span, src string, reason error) {
	if len(e.Errors) == maxErrors {
		e.More++
		return
	}
	content := line.content(src)
	e.Errors = append(e.Errors, &ParseError{
		Name: name,
		Line: n,
		Col:  int(content.start-line.start) + 1,
		Text: clip(content.in(src)),
		Err:  reason,
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
func tooLarge(name, src string) error {
	read := src[:MaxSize]
	return &ParseError{
		Name: name,
		Line: strings.Count(read, "\n") + 1,
		Col:  MaxSize - strings.LastIndexByte(read, '\n'),
		Err:  ErrTooLarge,
	}
}

// clip gives a copy, so that an error does not keep the file in memory.
func clip(text string) string {
	if len(text) > maxText {
		return text[:maxText] + "..."
	}
	return strings.Clone(text)
}
