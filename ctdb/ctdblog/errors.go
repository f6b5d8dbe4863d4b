package ctdblog

import (
	"errors"
	"fmt"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// What can be wrong with a log: the reasons of a [ParseError].
var (
	// ErrNoHeader: a line does not begin as an entry does. Only [Parse] says so; elsewhere such a line continues the
	// entry before it, or is one in FormNone.
	ErrNoHeader = errors.New("want the time and the program that an entry begins with")
	// ErrJournal: a line is no JSON object of journalctl.
	ErrJournal = errors.New("want a JSON object of journalctl -o json")
	// ErrTooLong: a line of a journal is longer than [ScanJournal] reads. It was skipped.
	ErrTooLong = errors.New("the line is too long")
	// ErrCompression: the file is compressed in a way that this package can't read: xz or zstd.
	ErrCompression = errors.New("want an uncompressed file or one of gzip or bzip2")
	// ErrIrregular: the last entries of a pipe or a device can't be found from its end.
	ErrIrregular = errors.New("want a regular file")
)

// ParseError says where and why a log could not be read. Its Err is one of the reasons above, or the error of the
// reader.
type ParseError = finding.ParseError

// GapError says that entries may be missing from what [Follow] gave, between the entry before and the one after. Nobody
// can know whether there were any.
type GapError struct {
	// File is the file that was followed.
	File string
	// Offset is how far it had been read, in bytes.
	Offset int64
	// Reason is what happened to it.
	Reason GapReason
}

// GapReason is why entries may be missing.
type GapReason uint8

// The reasons.
const (
	// GapTruncated: the file was truncated in place and is written anew, as logrotate does with copytruncate. What was
	// written after it was read and before it was truncated is only in the copy.
	GapTruncated GapReason = iota + 1
	// GapRotated: the file was rotated away more than once since it was looked at, and a file in between can't be read any
	// more as it was.
	GapRotated
)

// Error gives file, offset and reason.
func (e *GapError) Error() string {
	what := "was truncated"
	if e.Reason == GapRotated {
		what = "was rotated away more than once"
	}
	return fmt.Sprintf("%s: %s when %d bytes had been read: entries may be missing", e.File, what, e.Offset)
}

// Position gives the file. The line is 0, since [Follow] does not count lines.
func (e *GapError) Position() (file string, line, col int) { return e.File, 0, 0 }

// parseError makes an error about a line. Lines before are counted from 0.
func parseError(file string, before int, reason error, text []byte) error {
	start := string(text[:min(len(text), 100)])
	return &ParseError{Name: file, Line: before + 1, Col: 1, Text: finding.Clip(start), Err: reason}
}
