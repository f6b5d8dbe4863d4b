package ctdblog

import (
	"bytes"
	"io"
)

const (
	// DefaultMaxEntry is [Options.MaxEntry] where it is 0: 1 MiB.
	DefaultMaxEntry = 1 << 20
	minMaxEntry     = 4 << 10
	readSize        = 128 << 10
)

// scanner cuts what it is fed into entries. It holds one entry, and what was read ahead.
type scanner struct {
	entry *Entry // the one that next found
	max   int    // bytes of an entry

	parser
	heads [2]head // of the entry that is being read, and of the line behind it
	turn  int     // which of them is which

	buf []byte // buf[pos:end] is there
	end int

	have   bool // there is an entry that is being read; before, pos is line
	begun  bool // the line at line has not been looked at
	headed bool // the entry has a header
	pos    int  // where the entry begins
	line   int  // where its last line begins, or the line behind it if begun
	scan   int  // where to look for the end of the line
	cut    int  // where the entry ends if its line is too long, else 0

	base    int64 // the offset of buf[0]
	offset  int64 // of the entry that is cut
	dropped int64 // of the entry's line
	lines   int   // lines before the one at line; negative if not known
	first   int   // the entry's line
}

func newScanner(o Options) *scanner {
	s := &scanner{parser: parser{clock: newClock(o)}, max: o.maxEntry()}
	s.restart(o.Path, 0, 0)
	return s
}

// restart begins to read another file, or another place of one. Lines is the number of lines before, or negative.
func (s *scanner) restart(file string, offset int64, lines int) {
	s.heads[0].File, s.heads[1].File = file, file
	s.end, s.have, s.begun, s.headed = 0, false, true, false
	s.pos, s.line, s.scan, s.cut = 0, 0, 0, 0
	s.base, s.dropped, s.lines = offset, 0, lines
}

// fill reads once. What next left is still there.
func (s *scanner) fill(r io.Reader) (int, error) {
	s.makeRoom()
	n, err := r.Read(s.buf[s.end:])
	s.end += n
	return n, err
}

// makeRoom moves what is there to the start of the buffer, or makes the buffer larger.
func (s *scanner) makeRoom() {
	if s.pos > 0 && (s.pos == s.end || len(s.buf)-s.end < readSize/2) {
		copy(s.buf, s.buf[s.pos:s.end])
		s.base += int64(s.pos)
		s.end -= s.pos
		s.line -= s.pos
		s.scan -= s.pos
		if s.cut > 0 {
			s.cut -= s.pos
		}
		s.pos = 0
	}
	if len(s.buf)-s.end < readSize/2 {
		s.buf = append(make([]byte, 0, max(2*len(s.buf), readSize)), s.buf[:s.end]...)
		s.buf = s.buf[:cap(s.buf)]
	}
}

// next finds the next entry. It gives false when there has to be more to read first, or, at the end of the file, when
// there is none.
func (s *scanner) next(atEnd bool) bool {
	if s.nextAgain() {
		return true
	}
	for {
		if s.begun {
			switch s.lookAt(atEnd) {
			case entryEnds:
				return true
			case needMore:
				return false
			case entryGoesOn:
			}
		}
		i := bytes.IndexByte(s.buf[s.scan:s.end], '\n')
		if i < 0 {
			if s.overlong() {
				return true
			}
			if !atEnd {
				return false
			}
			s.line, s.begun = s.end, true
			continue
		}
		s.scan += i + 1
		if s.scan-s.pos > s.max && s.tooLong() {
			return true
		}
		s.line, s.begun = s.scan, true
		s.lines++
	}
}

// nextAgain finds an entry of one line with a line like it behind. All others it leaves to next.
func (s *scanner) nextAgain() bool {
	if s.begun || !s.headed || s.cut > 0 {
		return false
	}
	text := s.buf[s.scan:s.end]
	i := bytes.IndexByte(text, '\n') + 1
	line := s.scan + i
	if i == 0 || len(text)-i < maxHeader || line-s.pos > s.max {
		return false
	}
	ahead := &s.heads[1-s.turn]
	if !s.parseAgain(text[i:], ahead) {
		return false
	}
	s.give(line)
	s.turn, s.pos, s.line, s.scan = 1-s.turn, line, line, line+ahead.message
	s.lines++
	s.first = s.lines + 1
	return true
}

// verdict is what a line is to the entry before it.
type verdict uint8

const (
	entryGoesOn verdict = iota
	entryEnds
	needMore // to read, before that can be said
)

// lookAt looks at the line behind the entry.
func (s *scanner) lookAt(atEnd bool) verdict {
	rest := s.buf[s.line:s.end]
	ahead := &s.heads[1-s.turn]
	var headed bool
	if len(rest) >= maxHeader {
		headed = s.parseAgain(rest, ahead) || s.parse(rest, ahead)
	} else {
		if !atEnd && bytes.IndexByte(rest, '\n') < 0 {
			return needMore
		}
		if len(rest) == 0 {
			return s.last()
		}
		headed = s.parse(rest, ahead)
	}
	s.begun = false
	s.scan = s.line + ahead.message
	if !headed && s.have && s.headed && s.cut == 0 {
		return entryGoesOn
	}
	v := entryGoesOn
	if s.have {
		s.give(s.line)
		v = entryEnds
	}
	s.begin(headed)
	return v
}

// last ends the last entry.
func (s *scanner) last() verdict {
	if s.flush() {
		return entryEnds
	}
	return needMore
}

// flush ends the entry if all of its lines so far are complete, whatever follows. It tells whether there is one.
func (s *scanner) flush() bool {
	if !s.begun || !s.have {
		return false
	}
	s.give(s.line)
	s.have, s.pos = false, s.line
	return true
}

// begin makes the line that was looked at the first one of an entry.
func (s *scanner) begin(headed bool) {
	s.turn = 1 - s.turn
	s.have, s.headed = true, headed
	s.pos, s.cut = s.line, 0
	s.first, s.dropped = s.lines+1, 0
}

// give makes the entry that ends there.
func (s *scanner) give(end int) {
	offset := s.base + int64(s.pos)
	if s.cut > 0 {
		end, offset = s.cut, s.offset
	}
	h := &s.heads[s.turn]
	h.Raw = s.buf[s.pos:end:end]
	h.Message = withoutLineEnd(h.Raw[min(h.message, len(h.Raw)):])
	h.Offset, h.Truncated = offset, s.dropped
	h.Line = max(s.first, 0)
	s.entry = &h.Entry
}

// overlong handles a line whose end is not there yet. It tells whether an entry ends before it.
func (s *scanner) overlong() bool {
	s.scan = s.end
	if s.end-s.pos <= s.max {
		return false
	}
	if s.line > s.pos && s.cut == 0 {
		s.spill()
		return true
	}
	s.beginCut()
	n := s.end - s.cut
	s.dropped += int64(n)
	s.base += int64(n)
	s.end, s.scan = s.cut, s.cut
	return false
}

// tooLong handles a line that makes the entry too long. It tells whether an entry ends before it.
func (s *scanner) tooLong() bool {
	if s.line > s.pos && s.cut == 0 {
		s.scan = s.line
		s.spill()
		return true
	}
	s.beginCut()
	s.dropped += int64(s.scan - s.cut)
	return false
}

// beginCut makes the entry end within its line.
func (s *scanner) beginCut() {
	if s.cut == 0 {
		s.cut, s.offset = s.pos+s.max, s.base+int64(s.pos)
	}
}

// spill ends the entry before its last line, and makes that line an entry without header.
func (s *scanner) spill() {
	s.give(s.line)
	s.heads[1-s.turn].clear()
	s.begin(false)
}
