package options

import (
	"errors"
	"iter"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// MaxSize is the largest file, in bytes, that [Parse] reads. A shell has no limit of its own; 8 MiB is room for 100,000
// variables.
const MaxSize = 8 << 20

// File is a script.options or NAME.options file: its bytes, and the assignments that are known in it. The zero value is
// the empty file.
//
// A File shares no memory with what it was made from. What only reads it, and the sequences that it returns, are safe
// for concurrent use, as long as nothing edits it. Each edit takes time in proportion to the size of the file.
type File struct {
	text     *text.Source // nil for the zero value
	lines    []place      // of the commands
	records  []record
	index    map[string]int // the last record about a name, in records
	any      int            // the last record that may change any variable, counted from 1; 0 for none
	stop     int            // the first record behind which it is not sure that a shell reads on, counted from 1
	reopened []reopened     // lines that Set made of comments
	err      error          // why a shell refuses it
}

// place is where a command is.
type place struct {
	span  text.Span
	start int // of its line; -1 if another command is before it in the line
	end   int // of its line, behind the newline; -1 if another command is behind it in the line
}

// record is an assignment or a dynamic entry.
type record struct {
	span    text.Span
	name    string // "" for a command
	value   string
	valueAt int // the offset of the value
	command int // in lines
	export  bool
	dynamic *effect // nil for an assignment that is known
}

// Parse reads a file as a shell does; the package comment says what of it. It does no I/O: name is for messages only.
//
// A shell refuses a file with a quote that does not end, and the script that sources it ends. Then the error is a
// *[ParseError] that says where that quote begins ([ErrQuote]), and the File has no entries and can't be edited. It is
// there all the same, for its [File.Bytes] and [File.Validate]. A file of more than [MaxSize] bytes is refused with
// [ErrTooLarge] and not looked at. Nothing else is an error: what is not known is a [Dynamic] entry.
func Parse(name string, data []byte) (*File, error) {
	f := &File{text: text.NewSource(name, data)}
	switch {
	case f.text.Len() > MaxSize:
		f.err = parseError(f.text, MaxSize, ErrTooLarge)
	case strings.IndexByte(f.text.String(), 0) >= 0:
		f.opaque(0) // shells differ even about what comes before it
	default:
		f.parse()
	}
	return f, f.err
}

// parse reads all commands.
func (f *File) parse() {
	src := f.text.String()
	f.lines = make([]place, 0, f.text.Lines())
	f.records = make([]record, 0, f.text.Lines())
	f.index = make(map[string]int, f.text.Lines())
	l := &lexer{src: src}
	ended := true // the line before
	for {
		err := l.skipLines()
		if err != nil || l.at == len(src) {
			f.fail(err, l.at)
			return
		}
		start := l.at
		c, err := l.next()
		if err != nil {
			f.fail(err, start)
			return
		}
		p := place{span: c.span, start: -1, end: -1}
		if ended {
			p.start = strings.LastIndexByte(src[:start], '\n') + 1
		}
		l.skipBlanks()
		l.skipComment()
		if ended = l.at == len(src) || l.isAt('\n'); ended {
			p.end = min(l.at+1, len(src))
		}
		f.lines = append(f.lines, p)
		f.add(l, c)
	}
}

// fail ends the reading of a file, for good or bad. What the shell was about to read begins at offset.
func (f *File) fail(err error, offset int) {
	if unclosed, ok := errors.AsType[unclosedError](err); ok && f.stop == 0 {
		*f = File{text: f.text, err: parseError(f.text, unclosed.offset, ErrQuote)}
		return
	}
	if err != nil {
		f.opaque(offset)
	}
}

// opaque makes all from offset on one entry of which nothing is known.
func (f *File) opaque(offset int) {
	span := text.Span{Start: offset, End: f.text.Len()}
	f.lines = append(f.lines, place{span: span, start: -1, end: -1})
	f.record(record{span: span, command: len(f.lines) - 1, dynamic: &effect{all: true, stop: true}})
}

// add keeps what is to know of a command.
func (f *File) add(l *lexer, c command) {
	at := len(f.lines) - 1
	if c.words == nil {
		f.record(record{span: c.span, command: at, dynamic: c.effect.copy()})
		return
	}
	for _, w := range c.words {
		if w.eq < 0 {
			continue // export NAME
		}
		span := w.value()
		r := record{
			span: text.Span{Start: w.start, End: w.end}, name: l.name(w), valueAt: span.Start, command: at, export: c.export,
		}
		if !w.literal || c.export && w.special || isShells(r.name) {
			r.dynamic = &effect{names: []string{r.name}}
			r.dynamic.add(c.effect)
		} else {
			r.value = decode(l.src[span.Start:span.End])
		}
		f.record(r)
	}
}

// record keeps a record.
func (f *File) record(r record) {
	if f.index == nil {
		f.index = map[string]int{}
	}
	f.records = append(f.records, r)
	number := len(f.records)
	if r.dynamic == nil {
		f.index[r.name] = number - 1
		return
	}
	for _, name := range r.dynamic.names {
		f.index[name] = number - 1
	}
	if r.dynamic.all {
		f.any = number
	}
	if r.dynamic.stop && f.stop == 0 {
		f.stop = number
	}
}

// isShells tells the variables that shells treat in a way of their own.
func isShells(name string) bool {
	switch name {
	case "_", "LINENO", "OPTIND", "PPID", "UID", "EUID", "RANDOM", "SRANDOM", "SECONDS", "GROUPS", "SHELLOPTS", "DIRSTACK",
		"FUNCNAME", "HISTCMD", "PIPESTATUS", "IFS", "POSIXLY_CORRECT", "LANG":
		return true
	}
	for _, prefix := range []string{"BASH", "EPOCH", "COMP_", "LC_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// source gives the text, also that of the zero value.
func (f *File) source() *text.Source {
	if f.text == nil {
		return text.NewSource("script.options", nil)
	}
	return f.text
}

// All gives the entries in the order of the file. Comments are none. The entries are the caller's.
func (f *File) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, r := range f.records {
			if !yield(f.entry(r)) {
				return
			}
		}
	}
}

func (f *File) entry(r record) Entry {
	at, end := f.text.Position(r.span.Start), f.text.LineAt(max(r.span.Start, r.span.End-1))+1
	e := Entry{
		Kind: Assignment, Name: r.name, Value: r.value, Export: r.export, Text: f.text.Text(r.span),
		Line: at.Line, Col: at.Col, EndLine: end,
	}
	if r.dynamic != nil {
		e.Kind, e.Names, e.Any, e.Stops = Dynamic, append([]string(nil), r.dynamic.names...), r.dynamic.all, r.dynamic.stop
	}
	return e
}

// Len is the number of entries.
func (f *File) Len() int { return len(f.records) }

// Lookup tells what the file makes of a variable: the last assignment counts. It takes the same time for all. In a file
// that a shell refuses, all are [Unknown].
func (f *File) Lookup(name string) Setting {
	s := Setting{Name: name}
	number, found := f.index[name]
	why := -1
	switch {
	case f.err != nil:
		s.State, s.File = Unknown, f.source().Name()
		return s
	case !found && f.any == 0:
		return s
	case !found || number < f.any-1:
		why = f.any - 1
	case f.stop > 0 && number > f.stop-1:
		why = f.stop - 1
	case f.records[number].dynamic != nil:
		why = number
	}
	r := f.records[max(why, 0)]
	if s.State = Unknown; why < 0 {
		r = f.records[number]
		s.State, s.Value, s.Export = Literal, r.value, r.export
	}
	at := f.text.Position(r.span.Start)
	s.File, s.Line, s.Col = at.File, at.Line, at.Col
	return s
}

// Get gives the value of a variable. The error is [ErrNotSet], or a *[DynamicError] if only a shell can tell the value,
// or why a shell refuses the file.
func (f *File) Get(name string) (string, error) {
	s := f.Lookup(name)
	if s.State == Literal {
		return s.Value, nil
	}
	return "", f.why(s)
}

// why says why a variable has no value.
func (f *File) why(s Setting) error {
	switch {
	case f.err != nil:
		return f.refused()
	case s.State == NotSet:
		return &nameError{s.Name, ErrNotSet}
	}
	line := ""
	if offset, ok := f.text.Offset(s.Line, s.Col); ok {
		line = f.text.Text(text.Span{Start: offset, End: f.text.FullLine(s.Line - 1).End})
	}
	return &DynamicError{Name: s.Name, File: s.File, Line: s.Line, Col: s.Col, Text: finding.Clip(trimLine(line))}
}

// Bytes gives a copy of the file's bytes: those that Parse was given, for every input, valid or not, and what edits
// made of them.
func (f *File) Bytes() []byte { return f.source().Bytes() }
