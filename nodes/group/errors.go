package group

import (
	"errors"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Why CTDB's scripts refuse a line, or this package the file: the reasons of a [ParseError].
var (
	// ErrOption: there is other text behind the address than "follower-only" or, up to 4.13, "slave-only".
	ErrOption = errors.New("want nothing behind the address, or follower-only")
	// ErrWord: the release has the other word, "follower-only" since 4.14 and "slave-only" before.
	ErrWord = errors.New("want the word of this release, which is follower-only since 4.14 and slave-only before")
	// ErrBackslash: the shell gives a backslash a meaning. This package does not.
	ErrBackslash = errors.New("want no backslash")
	// ErrTooLarge: the file has more than [MaxSize] bytes.
	ErrTooLarge = errors.New("the file is larger than 1 MiB")
)

// ParseError says where and why CTDB's scripts, or this package, refuse a file.
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
