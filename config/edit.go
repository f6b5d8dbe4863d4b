package config

import (
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// addition is what Set wrote around the value of an option that the file did not set, and what had been there before.
type addition struct{ before, behind, was string }

// Set gives an option a value. Only the bytes of the value change. If the file sets the option several times, the last
// setting gets the value and the others are removed, since CTDB would prefer an earlier one where the value is the
// default.
//
// An option that the file does not set is set
//
//   - in the place of a comment in its section that has a setting of it, such as "# log level = NOTICE"; the one with this
//     value if there is one, else the last one;
//   - else behind the last setting of its section, with the same blanks before it;
//   - else in a new section at the end of the file.
//
// The error is [ErrUnwritable] if CTDB would not read that section, key and value back. Whether CTDB knows the option and
// takes the value is not looked at: see [File.CheckFor] and [File.Validate]. The section may be in any case.
//
// Similar to: an edit of the file by hand. CTDB has no command for it.
func (f *File) Set(section, key, value string) error {
	if err := f.checkSet(section, key, value); err != nil {
		return fmt.Errorf("set [%s] %s: %w", section, key, err)
	}
	target, before := nameOf(section, key), *f
	if err := f.set(target, section, value); err != nil {
		return fmt.Errorf("set [%s] %s: %w", section, key, err)
	}
	if f.Get(section, key) != value {
		*f = before
		return fmt.Errorf("set [%s] %s: %w: a line behind one that ends in a backslash", section, key, ErrUnwritable)
	}
	return nil
}

func (f *File) set(target name, section, value string) error {
	var edit text.Edits
	last, ok := f.index[target]
	switch {
	case ok && f.settings[last].value == value && f.count(target) == 1:
		return nil
	case ok:
		f.replaceValue(&edit, last, value)
		return f.apply(&edit, target.is)
	}
	return f.add(target, section, value)
}

func (f *File) checkSet(section, key, value string) error {
	for _, err := range []error{checkSection(section), checkKey(key), checkValue(value)} {
		if err != nil {
			return err
		}
	}
	return nil
}

// count tells how often the file sets an option.
func (f *File) count(target name) int {
	n := 0
	for i := range f.settings {
		if f.settings[i].name == target {
			n++
		}
	}
	return n
}

// replaceValue edits the value of the last setting of an option, and deletes the settings before it.
func (f *File) replaceValue(edit *text.Edits, last int, value string) {
	s := f.settings[last]
	for i := range f.settings[:last] {
		if f.settings[i].name == s.name {
			f.deleteLines(edit, f.settings[i].span)
		}
	}
	if s.valAt.IsEmpty() { // directly behind the =
		value = " " + value
	}
	edit.Replace(s.valAt, value)
}

// deleteLines deletes the lines of a span. A file whose last line has no newline stays one.
func (f *File) deleteLines(edit *text.Edits, span text.Span) {
	first, last := f.text.LineAt(span.Start), f.text.LineAt(span.End)
	start, end := f.text.FullLine(first).Start, f.text.FullLine(last).End
	if end == f.text.Len() && !f.text.Terminated() && first > 0 {
		start = f.text.Line(first - 1).End
	}
	edit.Delete(text.Span{Start: start, End: end})
}

// add sets an option that the file does not set.
func (f *File) add(target name, section, value string) error {
	place, ok := f.commented(target, value)
	if !ok {
		place = f.newLine(target, section)
	}
	var edit text.Edits
	edit.Replace(place.span, place.before+value+place.behind)
	was := addition{before: place.before, behind: place.behind, was: f.source().Text(place.span)}
	if err := f.apply(&edit, target.is); err != nil {
		return err
	}
	if f.added == nil {
		f.added = map[name]addition{}
	}
	f.added[target] = was
	return nil
}

// place is where a new setting goes: what it replaces, and what to write around its value.
type place struct {
	span           text.Span
	before, behind string
}

// newLine finds the place for a setting that no comment has.
func (f *File) newLine(target name, section string) place {
	src := f.source()
	at, indent := -1, f.indent()
	for i := range f.headers {
		if lower(f.headers[i].name) == target.section {
			at = src.LineAt(f.headers[i].span.End) + 1
		}
	}
	for i := range f.settings {
		if s := f.settings[i]; s.name.section == target.section && s.header >= 0 {
			at, indent = src.LineAt(s.span.End)+1, f.indentOf(s)
		}
	}
	newline := src.Newline()
	line := indent + target.key + " = "
	if at < 0 {
		at = src.Lines()
		line = "[" + section + "]" + newline + line
		if n := src.Lines(); n > 0 && strings.TrimLeft(src.Text(src.Line(n-1)), tini.Blanks) != "" {
			line = newline + line
		}
	}
	offset := src.FullLine(at).Start
	if at == src.Lines() && src.Len() > 0 && !src.Terminated() {
		return place{text.Span{Start: offset, End: offset}, newline + line, ""}
	}
	return place{text.Span{Start: offset, End: offset}, line, newline}
}

// indent gives the blanks before the first setting of the file, or a tab, as ctdb-config dump and the packaged files have
// it.
func (f *File) indent() string {
	if len(f.settings) == 0 {
		return "\t"
	}
	return f.indentOf(f.settings[0])
}

// indentOf gives the blanks before a setting.
func (f *File) indentOf(s setting) string {
	return f.text.Text(text.Span{Start: f.text.FullLine(f.text.LineAt(s.span.Start)).Start, End: s.span.Start})
}

// Unset removes all settings of an option, with their lines. If [File.Set] of the same File added the option, what it
// replaced comes back, so that the two leave the bytes as they were. A file that does not set the option is left as it is.
//
// CTDB then takes its default.
func (f *File) Unset(section, key string) error {
	target := nameOf(section, key)
	last, ok := f.index[target]
	if !ok || f.err != nil {
		return f.err
	}
	if f.restore(last) {
		return nil
	}
	var edit text.Edits
	for i := range f.settings {
		if f.settings[i].name == target {
			f.deleteLines(&edit, f.settings[i].span)
		}
	}
	return f.apply(&edit, target.is)
}

// restore takes back what Set added, if it is still there and nothing else depends on it.
func (f *File) restore(last int) bool {
	s := f.settings[last]
	was, ok := f.added[s.name]
	start, end := s.valAt.Start-len(was.before), s.valAt.End+len(was.behind)
	if !ok || f.text.Text(text.Span{Start: start, End: s.valAt.Start}) != was.before ||
		f.text.Text(text.Span{Start: s.valAt.End, End: end}) != was.behind {
		return false
	}
	var edit text.Edits
	edit.Replace(text.Span{Start: start, End: end}, was.was)
	if err := f.apply(&edit, s.name.is); err != nil {
		return false
	}
	delete(f.added, s.name)
	return true
}

// CommentOut puts a "# " before all settings of an option, so that CTDB takes its default and people see what was set.
// [File.Set] takes the comment's place again. A file that does not set the option is left as it is.
func (f *File) CommentOut(section, key string) error {
	target := nameOf(section, key)
	if _, ok := f.index[target]; !ok || f.err != nil {
		return f.err
	}
	var edit text.Edits
	for i := range f.settings {
		if s := f.settings[i]; s.name == target {
			edit.Insert(s.span.Start, "# ")
			for line := f.text.LineAt(s.span.Start) + 1; line <= f.text.LineAt(s.span.End); line++ {
				edit.Insert(f.text.Line(line).Start, "# ")
			}
		}
	}
	return f.apply(&edit, target.is)
}

// SetBytes gives the file other bytes altogether. If CTDB would drop them, the file stays as it is and the error is that
// of [Parse].
func (f *File) SetBytes(data []byte) error {
	next, err := Parse(f.source().Name(), data)
	if err != nil {
		return err
	}
	*f = *next
	return nil
}
