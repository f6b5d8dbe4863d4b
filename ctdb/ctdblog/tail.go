package ctdblog

import (
	"bytes"
	"errors"
	"io"
	"iter"
)

// Tail reads the last n entries of a log file that the filter wants, oldest first: the entries, and the order, are
// those of [ScanFile]. With [Options.Rotated] it goes on in the files that were rotated away before, as far as need be.
//
// It reads from the end, in pieces that grow from 64 KiB to 1 MiB, and no further back than it has to; then it reads
// forward. The memory it takes does not depend on the size of the file, but for eight bytes for each of the n entries.
// A compressed file can't be read from its end, and is read twice. [Entry.Line] is 0, unless the file was read from its
// start.
//
// What is written meanwhile is not read. The errors are those of [ScanFile], and [ErrIrregular].
func Tail(n int, o Options) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		sources, err := openAll(o)
		defer closeAll(sources)
		if err != nil && !yield(Entry{}, err) || n <= 0 {
			return
		}
		tails := make([]tail, len(sources))
		first := len(sources)
		for need := n; first > 0 && need > 0; {
			first--
			tails[first] = sources[first].tail(need, o)
			need -= tails[first].count
		}
		for i := first; i < len(sources); i++ {
			if !tails[i].read(sources[i], o, yield) {
				return
			}
		}
	}
}

// tail is where the last entries of a file are.
type tail struct {
	from  int64 // where to begin to read: there or before it times and lines are certain
	start int64 // where the first of the entries begins
	end   int64 // the size
	count int   // of the entries
	plain bool  // the file is not compressed
	err   error
}

// tail finds the last entries of a file.
func (s source) tail(need int, o Options) tail {
	if s.err != nil {
		return tail{err: s.err}
	}
	info, err := s.file.Stat()
	if err != nil {
		return tail{err: err}
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return tail{err: parseError(s.name, 0, ErrIrregular, nil)}
	}
	r, compressed, err := s.content()
	switch {
	case err != nil:
		return tail{err: err}
	case compressed:
		last := lastOf(r, 0, need, o)
		return tail{start: last.start(), count: len(last.offsets)}
	}
	t := findTail(s.file, info.Size(), need, o)
	t.plain = true
	if t.err != nil {
		t.err = parseError(s.name, 0, t.err, nil)
	}
	return t
}

// read gives the entries of the tail. It tells whether to go on.
func (t tail) read(s source, o Options, yield func(Entry, error) bool) bool {
	if t.err != nil {
		return yield(Entry{File: s.name}, t.err)
	}
	if t.count == 0 && t.plain {
		return true
	}
	scanner := newScanner(o)
	scanner.restart(s.name, t.from, linesBefore(t.from))
	var r io.Reader = io.NewSectionReader(s.file, t.from, t.end-t.from)
	if !t.plain {
		var err error
		if r, _, err = s.content(); err != nil {
			return yield(Entry{File: s.name}, err)
		}
	}
	return scanner.run(r, o.Filter.orNil(), func(e Entry, err error) bool {
		return err == nil && e.Offset < t.start || yield(e, err)
	})
}

// linesBefore gives the number of lines before an offset, or that it is not known.
func linesBefore(offset int64) int {
	if offset == 0 {
		return 0
	}
	return unknownLines
}

const unknownLines = -1 << 62

// last keeps the offsets of the last entries.
type last struct {
	offsets []int64 // a ring once it is full
	next    int
	need    int
}

func (l *last) add(offset int64) {
	if len(l.offsets) < l.need {
		l.offsets = append(l.offsets, offset)
		return
	}
	l.offsets[l.next] = offset
	l.next = (l.next + 1) % l.need
}

// start gives the offset of the first of them.
func (l *last) start() int64 {
	if len(l.offsets) == 0 {
		return 0
	}
	return l.offsets[l.next]
}

// lastOf finds the last entries of what is read from an offset on. An error ends it.
func lastOf(r io.Reader, offset int64, need int, o Options) last {
	l := last{need: need}
	s := newScanner(o)
	s.restart("", offset, 0)
	s.run(r, o.Filter.orNil(), func(e Entry, err error) bool {
		if err == nil {
			l.add(e.Offset)
		}
		return true
	})
	return l
}

const (
	firstPiece = 64 << 10
	largePiece = 1 << 20
)

// findTail finds the last entries of a file that is not compressed. It goes back from one header to another whose time
// is certain without those before it, and reads forward what is between.
func findTail(r io.ReaderAt, size int64, need int, o Options) tail {
	t := tail{from: size, start: size, end: size}
	for piece := int64(firstPiece); t.from > 0 && t.count < need; piece = min(2*piece, largePiece) {
		from, err := headerBefore(r, t.from, piece, o)
		if err != nil {
			t.err = err
			return t
		}
		last := lastOf(io.NewSectionReader(r, from, t.from-from), from, need-t.count, o)
		t.from = from
		if len(last.offsets) > 0 {
			t.start, t.count = last.start(), t.count+len(last.offsets)
		}
	}
	return t
}

// headerBefore gives the offset of a header before end whose time does not depend on the entries before it, about
// piece bytes back or further, or 0.
func headerBefore(r io.ReaderAt, end, piece int64, o Options) (int64, error) {
	p := parser{clock: newClock(o)}
	buf := make([]byte, firstPiece)
	upTo := end
	for from := max(0, end-piece); from > 0; from = max(0, from-largePiece) {
		for at := from - 1; at < upTo; at += int64(len(buf)) - maxHeader {
			b := buf[:min(int64(len(buf)), end-at)]
			if _, err := r.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
				return 0, err
			}
			if i := p.certainHeader(b, at+int64(len(b)) == end); i >= 0 {
				return at + int64(i), nil
			}
		}
		upTo = from + maxHeader
	}
	return 0, nil
}

// certainHeader finds the first line behind a newline that is a header whose time is certain. Unless it is the end of
// the file, it leaves out what may be cut at the end of b.
func (p *parser) certainHeader(b []byte, atEnd bool) int {
	for i := bytes.IndexByte(b, '\n') + 1; i > 0 && i < len(b); {
		if !atEnd && len(b)-i < maxHeader {
			return -1
		}
		var h head
		if p.parse(b[i:], &h) && !h.ambiguous && !h.Time.IsZero() {
			return i
		}
		next := bytes.IndexByte(b[i:], '\n') + 1
		if next == 0 {
			return -1
		}
		i += next
	}
	return -1
}
