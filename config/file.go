package config

import (
	"iter"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// MaxSize is the largest ctdb.conf, in bytes, that [Parse] reads. CTDB has no limit of its own; real files have a few
// kilobytes.
const MaxSize = 8 << 20

// File is a ctdb.conf: its bytes, and the settings that stand in it. The zero value is the empty file.
//
// A File shares no memory with what it was made from. What only reads it, and the sequences that it returns, are safe for
// concurrent use, as long as nothing edits it. Each edit takes time in proportion to the size of the file.
type File struct {
	text     *text.Source // nil for the zero value
	headers  []header     // in the order of the file
	settings []setting    // in the order of the file
	index    map[name]int // the last setting of each name
	err      error        // why CTDB drops it
	added    map[name]addition
}

// header is the header of a section.
type header struct {
	name string
	top  int       // where the comment directly above it begins, or its line
	span text.Span // of its line, without blanks before it and without newline
}

// setting is a line KEY = VALUE with the lines that continue it.
type setting struct {
	name   name
	header int // that it stands under; -1 for none
	value  string
	top    int       // as that of a header
	span   text.Span // of its line, without blanks before it and without newline
	keyAt  text.Span
	valAt  text.Span
}

// name is the name of an option: its section in small letters, since CTDB does not tell the case of sections, and its
// key.
type name struct{ section, key string }

func nameOf(section, key string) name { return name{lower(section), key} }

// lower makes ASCII letters small, and no others, as CTDB does when it compares the names of sections.
func lower(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			small := []byte(s)
			for i, c := range small {
				if 'A' <= c && c <= 'Z' {
					small[i] = c + ('a' - 'A')
				}
			}
			return string(small)
		}
	}
	return s
}

// Parse reads a ctdb.conf as CTDB's own lexer does, which is the same in all releases; the package comment has the
// grammar. It does no I/O: name is for messages only.
//
// Options and values are not looked at. What a release makes of them is the question of [File.Effective], and what is
// wrong or odd with them that of [File.Validate].
//
// The error is a *[ParseError] about the line at which CTDB stops and drops the settings of the whole file: its reason is
// [ErrUnclosed] or [ErrUnnamed]. CTDB itself reports no error, and starts with its defaults. The File is there all the
// same, for its [File.Bytes] and [File.Validate], but without settings, and it can't be edited. A file of more than
// [MaxSize] bytes is refused with [ErrTooLarge] and not looked at.
//
// Similar to: what ctdb-config does before it looks at options.
func Parse(name string, data []byte) (*File, error) {
	f := &File{text: text.NewSource(name, data)}
	if f.parse(); f.err == nil {
		f.makeIndex()
	}
	return f, f.err
}

func (f *File) parse() {
	if f.text.Len() > MaxSize {
		at := f.text.Position(MaxSize)
		f.err = &ParseError{Name: at.File, Line: at.Line, Col: at.Col, Err: ErrTooLarge}
		return
	}
	f.settings = make([]setting, 0, min(strings.Count(f.text.String(), "="), f.text.Lines()))
	section, comment := "", -1
	for line := range tini.Lines(f.text) {
		top := line.Span.Start
		if comment >= 0 {
			top = comment
		}
		comment = -1
		switch line.Kind {
		case tini.Section:
			section = lower(line.Name)
			f.headers = append(f.headers, header{name: line.Name, top: top, span: line.Span})
		case tini.Setting:
			f.settings = append(f.settings, setting{
				name: name{section, line.Name}, header: len(f.headers) - 1, value: line.Value,
				top: top, span: line.Span, keyAt: line.NameSpan, valAt: line.ValueSpan,
			})
		case tini.Comment:
			comment = top
		case tini.Unclosed, tini.Unnamed:
			f.refuse(line)
			return
		case tini.Blank, tini.Word:
		}
	}
}

func (f *File) makeIndex() {
	f.index = make(map[name]int, len(f.settings))
	for i := range f.settings {
		f.index[f.settings[i].name] = i
	}
}

// refuse drops everything, as CTDB does at a line that it can't split.
func (f *File) refuse(line tini.Line) {
	reason := ErrUnclosed
	if line.Kind == tini.Unnamed {
		reason = ErrUnnamed
	}
	f.err = refusal(f.text, line.Span, reason)
	f.headers, f.settings = nil, nil
}

// source gives the text, also that of the zero value.
func (f *File) source() *text.Source {
	if f.text == nil {
		return text.NewSource("ctdb.conf", nil)
	}
	return f.text
}

// Bytes gives a copy of the file's bytes: those that Parse was given, for every input, valid or not, and what edits made
// of them.
func (f *File) Bytes() []byte { return f.source().Bytes() }

// Setting is a line of the file that sets an option, or would if CTDB knew it.
type Setting struct {
	// Section is the name of the section as its header has it, and Key the name of the option. Section is empty if the
	// line stands before the first header; then CTDB ignores it.
	Section, Key string
	// Value is what CTDB takes for the value: without blanks around it, with lines joined, and with one blank for several.
	Value string
	// Line and Col are the place of the value, counted from 1; Col counts bytes.
	Line, Col int
}

// All gives all settings in the order of the file, also those of unknown options and those that others override.
// [Effective.All] gives those that count.
func (f *File) All() iter.Seq[Setting] {
	return func(yield func(Setting) bool) {
		for i := range f.settings {
			if !yield(f.setting(i)) {
				return
			}
		}
	}
}

func (f *File) setting(i int) Setting {
	s := f.settings[i]
	at := f.text.Position(s.valAt.Start)
	return Setting{Section: f.section(s.header), Key: s.name.key, Value: s.value, Line: at.Line, Col: at.Col}
}

// section gives the name in a header.
func (f *File) section(header int) string {
	if header < 0 {
		return ""
	}
	return f.headers[header].name
}

// Sections gives the names of the sections as their headers have them, in the order of the file. One that is opened
// several times is there several times.
func (f *File) Sections() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range f.headers {
			if !yield(f.headers[i].name) {
				return
			}
		}
	}
}

// Len is the number of settings.
func (f *File) Len() int { return len(f.settings) }

// Get gives the value that the file sets for an option, "" if it sets none. The case of letters matters in key, not in
// section. Of several settings it gives the last; ctdbd takes an earlier one if the last is the default: see
// [File.Effective]. It takes the same time for all.
func (f *File) Get(section, key string) string {
	i, ok := f.index[nameOf(section, key)]
	if !ok {
		return ""
	}
	return f.settings[i].value
}

// Lookup gives the setting that [File.Get] looks at, with its place, and whether there is one.
func (f *File) Lookup(section, key string) (Setting, bool) {
	i, ok := f.index[nameOf(section, key)]
	if !ok {
		return Setting{}, false
	}
	return f.setting(i), true
}
