package config

import (
	"errors"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Why [Parse] refuses a ctdb.conf: the reasons of its [ParseError]. errors.Is finds them.
var (
	// ErrUnclosed: the header of a section has no "]". CTDB stops there and drops all settings of the file, without a word.
	ErrUnclosed = errors.New(`want a "]" behind the name of the section; without it CTDB drops every setting of the file`)
	// ErrUnnamed: nothing stands before the "=". CTDB stops there and drops all settings of the file, without a word.
	ErrUnnamed = errors.New(`want the name of an option before the "="; without it CTDB drops every setting of the file`)
	// ErrTooLarge: the file has more than [MaxSize] bytes.
	ErrTooLarge = errors.New("ctdb.conf is larger than 8 MiB")
)

// ParseError says where and why CTDB refuses a ctdb.conf, or something in it.
type ParseError = finding.ParseError

// ParseErrors is the error about a file with several bad values.
type ParseErrors = finding.ParseErrors

// refusal gives the error about a text.
func refusal(src *text.Source, span text.Span, reason error) *ParseError {
	at := src.Position(span.Start)
	return &ParseError{Name: at.File, Line: at.Line, Col: at.Col, Text: finding.Clip(src.Text(span)), Err: reason}
}
