package ctdblog

import (
	"errors"
	"io"
	"os"
	"time"
)

// memory is how many bytes before the current offset are kept to know the file by.
const memory = 256

// followed is a file that is followed.
type followed struct {
	file    *os.File
	name    string
	info    os.FileInfo // as it was when it was last looked at
	scanner *scanner
	offset  int64     // read up to here
	start   int64     // entries before are not wanted
	before  []byte    // the bytes before offset
	grown   time.Time // when something was read last
	quiet   time.Time // that, or when it was found to be still there
	checked bool      // info is not newer than what was read
}

// newFollowed follows a file from its start. It closes the file if it can't.
func newFollowed(file *os.File, name string, o Options) (*followed, error) {
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	if info.IsDir() {
		_ = file.Close()
		return nil, &os.PathError{Op: "follow", Path: name, Err: ErrIrregular}
	}
	f := &followed{file: file, name: name, info: info, scanner: newScanner(o), grown: time.Now(), quiet: time.Now()}
	f.scanner.restart(name, 0, unknownLines)
	return f, nil
}

func (f *followed) close() { _ = f.file.Close() }

// seekEnd goes to the last entries that the options want of what is there.
func (f *followed) seekEnd(o Options) {
	if o.Backlog < 0 {
		return
	}
	t := findTail(f.file, f.info.Size(), max(o.Backlog, 1), o)
	f.start = t.start
	if o.Backlog == 0 || t.count == 0 {
		f.start = lastLine(f.file, t.end)
	}
	f.offset = t.from
	f.scanner.restart(f.name, t.from, unknownLines)
}

// lastLine gives where the last line begins: one that has no end yet, or the end of the file.
func lastLine(r io.ReaderAt, size int64) int64 {
	buf := make([]byte, firstPiece)
	for end := size; end > 0; {
		b := buf[:min(end, int64(len(buf)))]
		if _, err := r.ReadAt(b, end-int64(len(b))); err != nil {
			return size
		}
		for i := len(b) - 1; i >= 0; i-- {
			if b[i] == '\n' {
				return end - int64(len(b)) + int64(i) + 1
			}
		}
		end -= int64(len(b))
	}
	return 0
}

// read gives what is new. It tells whether to go on.
func (f *followed) read(to *follower) bool {
	for to.ctx.Err() == nil {
		info, err := f.file.Stat()
		if err != nil {
			return to.report(err)
		}
		changed := info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime()) || !f.checked
		f.info = info
		if !changed {
			return true
		}
		f.checked = false
		n, err := f.scanner.fill(f)
		if err != nil && !errors.Is(err, io.EOF) {
			return to.report(err)
		}
		if info.Size() < f.offset || !f.sameBefore() {
			f.scanner.end -= n // of the new content
			if !f.restart(to) {
				return false
			}
			continue
		}
		f.advance(n)
		if !f.give(to, false) {
			return false
		}
		if n == 0 {
			f.checked = true
			return true
		}
	}
	return false
}

// Read reads from the current offset, for the scanner.
func (f *followed) Read(p []byte) (int, error) {
	n, err := f.file.ReadAt(p, f.offset)
	if n > 0 {
		err = nil
	}
	return n, err
}

// advance takes n bytes that the scanner has read as read.
func (f *followed) advance(n int) {
	if n == 0 {
		return
	}
	f.offset += int64(n)
	f.grown = time.Now()
	f.quiet = f.grown
	b := f.scanner.buf[f.scanner.end-n : f.scanner.end]
	f.before = append(f.before, b[max(0, n-memory):]...)
	if extra := len(f.before) - memory; extra > 0 {
		f.before = append(f.before[:0], f.before[extra:]...)
	}
}

// sameBefore tells whether the bytes before the current offset are those that were read.
func (f *followed) sameBefore() bool {
	if len(f.before) == 0 {
		return true
	}
	var buf [memory]byte
	b := buf[:len(f.before)]
	n, _ := f.file.ReadAt(b, f.offset-int64(len(b)))
	return string(b[:n]) == string(f.before)
}

// restart reads a file that was truncated anew. Of a line that had no end yet, the rest is gone: to give its beginning
// would be to give an entry that nobody wrote.
func (f *followed) restart(to *follower) bool {
	gap := &GapError{File: f.name, Offset: f.offset, Reason: GapTruncated}
	ok := f.give(to, false) && f.settle(to, 0) && to.yield(Entry{File: f.name}, gap)
	f.scanner.restart(f.name, 0, unknownLines)
	f.offset, f.start, f.before = 0, 0, f.before[:0]
	return ok
}

// give gives the entries that are complete, or, at the end, all.
func (f *followed) give(to *follower, atEnd bool) bool {
	for f.scanner.next(atEnd) {
		if !f.hand(to) {
			return false
		}
	}
	return true
}

// hand gives the entry that the scanner has found.
func (f *followed) hand(to *follower) bool {
	e := f.scanner.entry
	return e.Offset < f.start || to.wanted != nil && !to.wanted.Match(e) || to.yield(*e, nil)
}

// pending tells whether there is an entry that only lacks the certainty that nothing continues it.
func (f *followed) pending() bool { return f.scanner.begun && f.scanner.have }

// settle gives the last entry if nothing has come for so long.
func (f *followed) settle(to *follower, after time.Duration) bool {
	return !f.pending() || time.Since(f.grown) < after || !f.scanner.flush() || f.hand(to)
}

// end gives what is left, also a line without its end.
func (f *followed) end(to *follower) bool { return f.give(to, true) }
