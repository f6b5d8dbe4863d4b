package tini

import "github.com/go-ctdb/go-ctdb/internal/text"

// Kind tells what a line is.
type Kind uint8

// The kinds of lines.
const (
	Blank    Kind = iota + 1 // nothing that counts
	Comment                  // from its # or ; on
	Section                  // [NAME]
	Setting                  // NAME = VALUE
	Word                     // no =: skipped in ctdb.conf, a name without value in ctdb.tunables
	Unclosed                 // a header without ]: CTDB reads no further and refuses the file
	Unnamed                  // a setting without name: the same
)

// Refused tells whether CTDB stops at such a line and refuses the file.
func (k Kind) Refused() bool { return k == Unclosed || k == Unnamed }

// Line is a line of content with the lines that continue it, or a line that CTDB skips.
type Line struct {
	Kind Kind
	// Span is the line, without the blanks before it and the newline that ends it.
	Span text.Span
	// Name is that of a section or a setting, or the text of a Word. Value is that of a setting. Both are as CTDB has
	// them, which is not always as they stand in the file.
	Name, Value string
	// NameSpan and ValueSpan are where they stand. That of an empty one is the place where it would be.
	NameSpan, ValueSpan text.Span
	// Ignored is what follows the ] of a header or a NUL.
	Ignored text.Span
}
