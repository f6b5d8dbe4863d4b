package options

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// nameError is an error about a variable.
type nameError struct {
	name string
	err  error
}

func (e *nameError) Error() string { return e.name + ": " + e.err.Error() }
func (e *nameError) Unwrap() error { return e.err }

// reopened is a line that Set made of a comment.
type reopened struct{ name, mark string }

// Set gives a variable a value. Only the value of the assignment that counts changes, the last one; it stays bare or
// between double quotes if the new value can be written so, and is between single quotes else. A value may have
// newlines, which stand in the file as they are, between quotes.
//
// A variable that is not set gets a line of its own: behind a comment that has an assignment of it, such as "#
// CTDB_X=yes", with the indentation of that, or else behind the last assignment, or else at the end. If the comment
// assigns exactly this value, it is made an assignment instead. Unset, called next, restores the bytes in all cases.
//
// The errors are [ErrName], [ErrValue], a *[DynamicError] for a variable whose value only a shell can tell, or that
// would get lost, because what follows may change any variable, and [ErrElsewhere]. Then nothing changes.
//
// Scripts read their options each time they run; nothing has to be told.
func (f *File) Set(name, value string) error {
	s := f.Lookup(name)
	switch {
	case !isName(name) || isShells(name):
		return &nameError{fmt.Sprintf("set %.64q", name), ErrName}
	case strings.IndexByte(value, 0) >= 0:
		return &nameError{"set " + name, ErrValue}
	case f.err != nil:
		return f.refused()
	case s.State == Literal && s.Value == value:
		return nil
	case s.State == Literal:
		return f.replace(name, value)
	}
	if s.State == Unknown {
		if _, assigned := f.index[name]; assigned || f.stop > 0 && f.any >= f.stop {
			return fmt.Errorf("set %w", f.why(s))
		}
	}
	return f.insert(name, value)
}

// replace changes the assignment that counts.
func (f *File) replace(name, value string) error {
	r := f.records[f.index[name]]
	span := text.Span{Start: r.valueAt, End: r.span.End}
	var edit text.Edits
	edit.Replace(span, encode(value, f.text.Text(span)))
	return f.apply(&edit, name, Setting{State: Literal, Value: value}, f.forget(name))
}

// insert adds an assignment. The first place that is good is taken.
func (f *File) insert(name, value string) error {
	comment, exact := f.comments(name, value)
	if exact != nil && f.reopen(*exact, name) == nil {
		return nil
	}
	if comment != nil {
		line := comment.indent + name + "=" + encode(value, comment.raw)
		if err := f.insertLine(comment.end, line, name, value); err == nil {
			return nil
		}
	}
	line := name + "=" + encode(value, "")
	if at, indent, ok := f.behindLast(); ok {
		if err := f.insertLine(at, indent+line, name, value); err == nil {
			return nil
		}
	}
	return f.insertLine(f.source().Len(), line, name, value)
}

// reopen makes an assignment of a comment.
func (f *File) reopen(c commented, name string) error {
	mark := text.Span{Start: c.span.Start, End: c.assignment}
	var edit text.Edits
	edit.Delete(mark)
	again := append(f.forget(name), reopened{name, f.text.Text(mark)})
	return f.apply(&edit, name, Setting{State: Literal, Value: c.value}, again)
}

// insertLine adds a line at the beginning of another one, or at the end.
func (f *File) insertLine(at int, line, name, value string) error {
	src := f.source()
	if at == src.Len() && !src.Terminated() {
		line = "\n" + line
	} else {
		line += "\n"
	}
	var edit text.Edits
	edit.Insert(at, line)
	before := *f
	if err := f.apply(&edit, name, Setting{State: Literal, Value: value}, f.forget(name)); err != nil {
		return err
	}
	r := f.records[f.index[name]]
	if p := f.lines[r.command]; p.start < 0 || p.end < 0 || p.span != r.span {
		*f = before // a backslash joined it to another line
		return &nameError{name, ErrElsewhere}
	}
	return nil
}

// behindLast gives the beginning of the line behind the last assignment, and how that is indented.
func (f *File) behindLast() (at int, indent string, ok bool) {
	for _, r := range slices.Backward(f.records) {
		if r.dynamic != nil {
			continue
		}
		for _, p := range f.lines[r.command:] {
			if p.end >= 0 {
				return p.end, f.indentation(f.lines[r.command]), true
			}
		}
	}
	return 0, "", false
}

// indentation gives the blanks before a command that is the first of its line.
func (f *File) indentation(p place) string {
	if p.start < 0 {
		return ""
	}
	return f.text.Text(text.Span{Start: p.start, End: p.span.Start})
}

// Unset removes all assignments of a variable: a line that has nothing else but a comment as a whole, and else the part
// of the line. If it was Set that made an assignment of a comment, it is made a comment again.
//
// The errors are [ErrNotSet], and a *[DynamicError] for a variable whose value only a shell can tell, now or without
// these assignments. Then nothing changes. A file that is sourced before them may still set the variable: then it is
// [Unknown].
func (f *File) Unset(name string) error {
	if err := f.known(name); err != nil {
		return fmt.Errorf("unset %w", err)
	}
	var edit text.Edits
	again := f.forget(name)
	if i := slices.IndexFunc(f.reopened, func(o reopened) bool { return o.name == name }); i >= 0 {
		edit.Insert(f.records[f.index[name]].span.Start, f.reopened[i].mark)
		return f.apply(&edit, name, Setting{}, again)
	}
	last := -1
	for _, r := range f.records {
		if r.name == name && r.command > last {
			last = r.command
			f.cut(&edit, last, name)
		}
	}
	return f.apply(&edit, name, Setting{}, again)
}

// known wants a variable of which all assignments are known, and at least one.
func (f *File) known(name string) error {
	s := f.Lookup(name)
	if s.State != Literal {
		return f.why(s)
	}
	for _, r := range f.records {
		if r.dynamic != nil && slices.Contains(r.dynamic.names, name) {
			at := f.text.Position(r.span.Start)
			return f.why(Setting{Name: name, State: Unknown, File: at.File, Line: at.Line, Col: at.Col})
		}
	}
	return nil
}

// cut removes the assignments of a variable from a command.
func (f *File) cut(edit *text.Edits, number int, name string) {
	p := f.lines[number]
	l := &lexer{src: f.text.String(), at: p.span.Start}
	c, err := l.next()
	if err != nil {
		return // it was read before
	}
	left := len(c.words)
	for i, w := range c.words {
		if w.eq < 0 || l.name(w) != name {
			continue
		}
		left--
		switch {
		case i+1 < len(c.words):
			edit.Delete(text.Span{Start: w.start, End: c.words[i+1].start})
		case i > 0:
			edit.Delete(text.Span{Start: c.words[i-1].end, End: w.end})
		}
	}
	if left == 0 {
		edit.Delete(f.extent(number))
	}
}

// extent gives what goes with a command: its line, or what separates it from another command in the line.
func (f *File) extent(number int) text.Span {
	p := f.lines[number]
	switch {
	case p.start >= 0 && p.end >= 0:
		span := text.Span{Start: p.start, End: p.end}
		if !f.text.Terminated() && p.end == f.text.Len() && p.start > 0 {
			span.Start-- // the line before is the last one then, and has no newline either
		}
		return span
	case p.end < 0:
		return text.Span{Start: p.span.Start, End: f.lines[number+1].span.Start}
	}
	before := f.lines[number-1].span.End
	if f.text.Text(text.Span{Start: before - 1, End: before}) != "&" {
		return text.Span{Start: before, End: p.span.End}
	}
	l := &lexer{src: f.text.String(), at: p.span.End} // the command before keeps its &, and there is no & before a ;
	if l.skipBlanks(); l.isAt(';') {
		l.at++
	}
	return text.Span{Start: p.span.Start, End: l.at}
}

// Comment makes comments of all assignments of a variable: "# NAME=WORD". Each must have one line for itself, or the
// error is [ErrShared]. The other errors are those of [File.Unset].
func (f *File) Comment(name string) error {
	if err := f.known(name); err != nil {
		return fmt.Errorf("comment %w", err)
	}
	var edit text.Edits
	for _, r := range f.records {
		if r.name != name {
			continue
		}
		p := f.lines[r.command]
		if p.start < 0 || p.end < 0 || f.text.LineAt(p.start) != f.text.LineAt(max(p.start, p.end-1)) {
			return &nameError{"comment " + name, ErrShared}
		}
		if r.span != p.span && !r.export || r.export && len(strings.Fields(f.text.Text(p.span))) > 2 {
			return &nameError{"comment " + name, ErrShared}
		}
		edit.Insert(p.span.Start, "# ")
	}
	return f.apply(&edit, name, Setting{}, f.forget(name))
}

// SetBytes gives the file other bytes altogether. If a shell would refuse them, the file stays as it is and the error
// is that of [Parse].
func (f *File) SetBytes(data []byte) error {
	next, err := Parse(f.source().Name(), data)
	if err != nil {
		return err
	}
	*f = *next
	return nil
}

// forget gives the lines that Set made of comments, without those of a variable.
func (f *File) forget(name string) []reopened {
	return slices.DeleteFunc(slices.Clone(f.reopened), func(o reopened) bool { return o.name == name })
}

func (f *File) refused() error { return fmt.Errorf("the shell refuses the file as it is: %w", f.err) }

// apply makes an edit about a variable, and reads the result again: the variable must be as wanted, and all else the
// same.
func (f *File) apply(edit *text.Edits, name string, want Setting, again []reopened) error {
	data, err := edit.Apply(f.source())
	if err != nil {
		return err
	}
	next, err := Parse(f.source().Name(), data)
	if err != nil {
		return err
	}
	got := next.Lookup(name)
	_, assigned := next.index[name]
	if want.State == NotSet && !assigned {
		got.State = NotSet // as far as this file is concerned
	}
	switch {
	case got.State == Unknown:
		return next.why(got)
	case got.State != want.State || got.Value != want.Value || !f.same(next, name):
		return &nameError{name, ErrElsewhere}
	}
	next.reopened = again
	*f = *next
	return nil
}

// same tells whether two files have the same entries but for the known assignments of a variable.
func (f *File) same(other *File, name string) bool {
	i := 0
	for _, r := range other.records {
		if r.dynamic == nil && r.name == name {
			continue
		}
		for i < len(f.records) && f.records[i].dynamic == nil && f.records[i].name == name {
			i++
		}
		if i == len(f.records) || !f.sameRecord(f.records[i], other, r) {
			return false
		}
		i++
	}
	for i < len(f.records) && f.records[i].dynamic == nil && f.records[i].name == name {
		i++
	}
	return i == len(f.records)
}

func (f *File) sameRecord(r record, other *File, o record) bool {
	if (r.dynamic == nil) != (o.dynamic == nil) || r.name != o.name || r.value != o.value || r.export != o.export {
		return false
	}
	return r.dynamic == nil || r.name == "" || f.text.Text(r.span) == other.text.Text(o.span)
}
