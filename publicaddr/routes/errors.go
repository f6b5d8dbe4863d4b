package routes

import (
	"errors"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Why this package refuses a line or a file: the reasons of a [ParseError].
var (
	// ErrBackslash: the shell gives a backslash a meaning. This package does not.
	ErrBackslash = errors.New("want no backslash")
	// ErrTooLarge: the file has more than [MaxSize] bytes.
	ErrTooLarge = errors.New("the file is larger than 8 MiB")
)

// ParseError says where and why this package refuses a file.
type ParseError = finding.ParseError

// ParseErrors is the error about a file with several bad lines.
type ParseErrors = finding.ParseErrors

// refuse keeps the error about a text.
func refuse(bad *ParseErrors, src *text.Source, span text.Span, reason error) {
	at := src.Position(span.Start)
	bad.Add(ParseError{Name: at.File, Line: at.Line, Col: at.Col, Text: src.Text(span), Err: reason})
}

// tooLarge points to the first byte that is one too many.
func tooLarge(src *text.Source) error {
	at := src.Position(MaxSize)
	return &ParseError{Name: at.File, Line: at.Line, Col: at.Col, Err: ErrTooLarge}
}
