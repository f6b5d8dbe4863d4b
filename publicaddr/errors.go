package publicaddr

import (
	"errors"
	"fmt"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Why ctdbd refuses a line, or this package the file: the reasons of a [ParseError].
var (
	// ErrNoInterface: there is nothing behind the address.
	ErrNoInterface = errors.New("want the names of interfaces behind the address")
	// ErrNoMask: there is an address without a mask, as in some samples of ctdb(7).
	ErrNoMask = errors.New("want a mask length behind the address, such as 10.0.0.1/24")
	// ErrMask: what is behind the slash is no decimal number.
	ErrMask = errors.New("want a decimal mask length behind the slash")
	// ErrAddress: what is before the slash is no address.
	ErrAddress = errors.New("want a numeric IPv4 or IPv6 address before the slash")
	// ErrBrackets: the address is in brackets, and the release does not read them.
	ErrBrackets = fmt.Errorf("%w without brackets, which CTDB reads since 4.16", ErrAddress)
	// ErrDuplicate: a line before has that address. It is also why [File.Add] refuses one.
	ErrDuplicate = errors.New("the address is there already")
	// ErrTooLarge: the file has more than [MaxSize] bytes.
	ErrTooLarge = errors.New("the public_addresses file is larger than 8 MiB")
)

// ParseError says where and why ctdbd refuses a public_addresses file.
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
