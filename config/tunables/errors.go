package tunables

import (
	"errors"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Why CTDB refuses a line, or this package the file: the reasons of a [ParseError].
var (
	// ErrSyntax: the line begins with =, or with [ and has no ]. ctdbd reads no further.
	ErrSyntax = errors.New("want NAME=VALUE, and nothing behind this is read")
	// ErrSection: there are no sections in ctdb.tunables.
	ErrSection = errors.New("want no sections")
	// ErrNoValue: there is a name without a value.
	ErrNoValue = errors.New("want a value behind the name, as NAME=VALUE")
	// ErrUnknown: no tunable has that name.
	ErrUnknown = errors.New("want the name of a tunable")
	// ErrObsolete: CTDB has the name and no use for it.
	ErrObsolete = errors.New("the tunable is obsolete")
	// ErrValue: the value is no number.
	ErrValue = errors.New("want a number that is not negative")
	// ErrTooLarge: the file has more than [MaxSize] bytes.
	ErrTooLarge = errors.New("the tunables file is larger than 8 MiB")
)

// ParseError says where and why CTDB refuses a line.
type ParseError = finding.ParseError

// ParseErrors is the error about a file with several bad lines.
type ParseErrors = finding.ParseErrors

// refusal is the error about a place.
func refusal(src *text.Source, span text.Span, reason error) ParseError {
	at := src.Position(span.Start)
	return ParseError{Name: at.File, Line: at.Line, Col: at.Col, Text: src.Text(span), Err: reason}
}

// tooLarge points to the first byte that is one too many.
func tooLarge(src *text.Source) error {
	at := src.Position(MaxSize)
	return &ParseError{Name: at.File, Line: at.Line, Col: at.Col, Err: ErrTooLarge}
}
