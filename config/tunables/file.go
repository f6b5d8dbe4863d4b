package tunables

import (
	"iter"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// MaxSize is the largest tunables file, in bytes, that [Parse] reads. CTDB has no limit of its own.
const MaxSize = 8 << 20

// Setting is a line that sets a tunable, or wants to. It is a plain value and compares with ==.
type Setting struct {
	// Name is the name, spelled as in the file. CTDB does not tell upper from lower case.
	Name string `json:"name"`
	// Text is the value as it stands in the file, without the blanks around it.
	Text string `json:"text"`
	// Line is the number of the line in the file, counted from 1.
	Line int `json:"line"`
}

// Value gives the number that the newest ctdbd takes the text for. The error is [ErrValue].
func (s Setting) Value() (uint32, error) {
	n := parseNumber(s.Text)
	if n.end == 0 || n.end < len(s.Text) || n.negative || n.overflow {
		return 0, ErrValue
	}
	return n.low32(), nil
}

// File is a tunables file: its bytes, and the settings that the newest ctdbd finds in them. The zero value is the
// empty file.
//
// A File shares no memory with what it was made from. What only reads it, and the sequences that it returns, are safe
// for concurrent use, as long as nothing edits it. Each method takes time in proportion to the size of the file.
type File struct {
	text     *text.Source      // nil for the zero value
	settings []setting         // in the order of the file
	err      error             // what no release reads as a setting
	shown    map[string]string // the comments whose places Set took, by name in small letters
}

type setting struct {
	Setting
	span, value text.Span // the line with those that continue it, and the value
}

// Parse reads a tunables file as the newest ctdbd does; the package comment has the grammar, and [File.CheckFor] and
// [File.Effective] say what another release makes of it. It does no I/O: name is for messages only.
//
// The error is about lines that are no settings in any grammar: a syntax error, behind which nothing is read
// ([ErrSyntax]), the header of a section ([ErrSection]), a name without a value ([ErrNoValue]). Names that are
// unknown or obsolete and values that are no numbers are not among them, since that is up to the release: they are
// for CheckFor and [File.Validate]. ctdbd itself starts in spite of all of these, and takes the other lines; so does
// Parse, but a File with such an error can't be edited.
//
// The error is a *[ParseError] that says where and why, or a *[ParseErrors] when there are several bad lines;
// errors.AsType[*ParseError] finds the first in both. A file of more than [MaxSize] bytes is refused with
// [ErrTooLarge] and not looked at.
//
// Similar to: what ctdbd logs when it starts.
func Parse(name string, data []byte) (*File, error) {
	f := &File{text: text.NewSource(name, data)}
	if f.text.Len() > MaxSize {
		f.err = tooLarge(f.text)
		return f, f.err
	}
	f.settings = make([]setting, 0, f.text.Lines())
	bad, number := &ParseErrors{}, counter{src: f.text}
	for l := range daemonLines(f.text) {
		switch {
		case l.skip:
		case l.err != nil:
			bad.Add(refusal(f.text, l.errAt(), l.err))
		default:
			f.settings = append(f.settings, setting{
				Setting: Setting{Name: l.name, Text: l.value, Line: number.of(l.span.Start)}, span: l.span, value: l.valueAt,
			})
		}
	}
	f.err = bad.Err()
	return f, f.err
}

// counter gives the numbers of lines, for offsets that only grow.
type counter struct {
	src  *text.Source
	line int
}

func (c *counter) of(offset int) int {
	for c.line < c.src.Lines() && c.src.FullLine(c.line).End <= offset {
		c.line++
	}
	return c.line + 1
}

// source gives the text, also that of the zero value.
func (f *File) source() *text.Source {
	if f.text == nil {
		return text.NewSource("ctdb.tunables", nil)
	}
	return f.text
}

// All gives the settings in the order of the file, also those that a later one of the same name overrides, and those
// that CTDB refuses for their name or their value.
func (f *File) All() iter.Seq[Setting] {
	return func(yield func(Setting) bool) {
		for i := range f.settings {
			if !yield(f.settings[i].Setting) {
				return
			}
		}
	}
}

// Len is the number of settings.
func (f *File) Len() int { return len(f.settings) }

// Lookup gives the last setting of a name, in upper or lower case, and whether there is one. Any name will do, known to
// CTDB or not.
func (f *File) Lookup(name string) (Setting, bool) {
	for i := len(f.settings) - 1; i >= 0; i-- {
		if sameName(f.settings[i].Name, name) {
			return f.settings[i].Setting, true
		}
	}
	return Setting{}, false
}

// Get gives the value that the newest ctdbd takes from the file for a tunable, in upper or lower case, and whether it
// takes one. It skips settings whose value is no number, and knows no tunables that are obsolete. [File.Effective]
// does the same for another release.
func (f *File) Get(name string) (uint32, bool) {
	if i, ok := find(name); !ok || (rules{}).isObsolete(i) {
		return 0, false
	}
	for i := len(f.settings) - 1; i >= 0; i-- {
		if !sameName(f.settings[i].Name, name) {
			continue
		}
		if value, err := f.settings[i].Value(); err == nil {
			return value, true
		}
	}
	return 0, false
}

// Bytes gives a copy of the file's bytes: those that Parse was given, for every input, valid or not, and what edits
// made of them.
func (f *File) Bytes() []byte { return f.source().Bytes() }
