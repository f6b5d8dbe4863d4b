package ctdblog

import (
	"errors"
	"io"
	"iter"
)

// Scan reads a log from a reader, entry by entry, without allocating for each. It can be iterated over once. An entry
// is complete when the next one begins, so from a pipe the last one comes with the end.
//
// It reads no further than the loop goes, but for what a read gives ahead. Compressed data is not recognized; wrap the
// reader. The only error is the reader's, as a *[ParseError] that says where; it comes last.
func Scan(r io.Reader, o Options) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		s := newScanner(o)
		s.restart(o.name(), 0, 0)
		s.run(r, o.Filter.orNil(), yield)
	}
}

// run gives the wanted entries of a reader, and at last its error. It tells whether to go on.
func (s *scanner) run(r io.Reader, wanted *Filter, yield func(Entry, error) bool) bool {
	for {
		_, err := s.fill(r)
		for s.next(err != nil) {
			if (wanted == nil || wanted.Match(s.entry)) && !yield(*s.entry, nil) {
				return false
			}
		}
		if err != nil {
			return errors.Is(err, io.EOF) || yield(s.failure(err))
		}
	}
}

// failure gives an error of the reader, and where it is.
func (s *scanner) failure(err error) (Entry, error) {
	file := s.heads[0].File
	return Entry{File: file}, parseError(file, max(s.lines, 0), err, nil)
}
