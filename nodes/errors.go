package nodes

import (
	"errors"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

var (
	// ErrAddress is the reason of a [ParseError] about a line that is neither an address nor a deleted node.
	ErrAddress = errors.New("want a numeric IPv4 or IPv6 address")
	// ErrTooLarge is the reason of a [ParseError] about a file of more than [MaxSize] bytes.
	ErrTooLarge = errors.New("the nodes file is larger than 1 MiB")
)

// ParseError says where and why ctdbd refuses a nodes file.
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
