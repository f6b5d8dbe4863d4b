package group

import (
	"iter"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// MaxSize is the largest file, in bytes, that [Parse] reads. CTDB has no limit of its own; 1 MiB is room for more nodes
// than any cluster has.
const MaxSize = 1 << 20

// File is a natgw_nodes or lvs_nodes file: its bytes, and the nodes that CTDB's scripts read from them. The zero value is
// the empty file.
//
// A File shares no memory with what it was made from. What only reads it, and the sequences that it returns, are safe for
// concurrent use, as long as nothing edits it. Each edit takes time in proportion to the size of the file.
type File struct {
	text    *text.Source // nil for the zero value
	members []Member
	err     error // why the scripts refuse it
}

// Parse reads a natgw_nodes or lvs_nodes file. It takes both words for a node that never leads; [File.CheckFor] says
// whether a release does. It does no I/O: name is for messages only.
//
// One bad line is enough for the scripts to refuse the file, so on error the File has no members and can't be edited. It
// is there all the same, for its [File.Bytes] and [File.Validate]. The error is a *[ParseError] that says where and why,
// or a *[ParseErrors] when there are several bad lines; errors.AsType[*ParseError] finds the first in both. A file of
// more than [MaxSize] bytes is refused with [ErrTooLarge] and not looked at.
//
// Similar to: ctdb natgw list.
func Parse(name string, data []byte) (*File, error) {
	f := &File{text: text.NewSource(name, data)}
	f.members, f.err = parse(f.text, followerOnly, slaveOnly)
	return f, f.err
}

// CheckFor tells whether that release takes the file. The error is that of [Parse], or is made like it, for lines with
// the word of other releases ([ErrWord]). A release that is zero is the newest.
func (f *File) CheckFor(r release.Release) error {
	_, err := parse(f.source(), wordOf(r))
	return err
}

// parse reads a whole file with these words for a node that never leads. There are no members beside an error.
func parse(src *text.Source, words ...string) ([]Member, error) {
	if src.Len() > MaxSize {
		return nil, tooLarge(src)
	}
	var members []Member
	bad := &ParseErrors{}
	for i := range src.Lines() {
		l := splitLine(src, i)
		word, option := src.Text(l.address), src.Text(l.option)
		switch {
		case l.continued, word != "" && word[0] != '#' && strings.Contains(word+option, `\`):
			refuse(bad, src, text.Span{Start: l.address.Start, End: l.option.End}, ErrBackslash)
		case word == "" || word[0] == '#':
		case option == "" || slices.Contains(words, option):
			members = append(members, Member{
				Address: parseAddress(word), Text: word, FollowerOnly: option != "", Line: i + 1,
			})
		case option == followerOnly || option == slaveOnly:
			refuse(bad, src, l.option, ErrWord)
		default:
			refuse(bad, src, l.option, ErrOption)
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return members, nil
}

// line is where things are in a line.
type line struct {
	address   text.Span // the first word, or the start of a comment
	option    text.Span // all behind it
	continued bool      // the shell joins the next line
}

const blanks = " \t"

func splitLine(src *text.Source, number int) line {
	span := src.FullLine(number)
	all := strings.TrimSuffix(src.Text(span), "\n")
	trimmed := strings.TrimRight(all, blanks)
	start := span.Start + len(trimmed) - len(strings.TrimLeft(trimmed, blanks))
	end := span.Start + len(trimmed)
	l := line{
		address:   text.Span{Start: start, End: end},
		option:    text.Span{Start: end, End: end},
		continued: (len(all)-len(strings.TrimRight(all, `\`)))%2 == 1,
	}
	if blank := strings.IndexAny(src.Text(l.address), blanks); blank >= 0 {
		l.address.End = start + blank
		rest := strings.TrimLeft(src.Text(text.Span{Start: l.address.End, End: end}), blanks)
		l.option.Start = end - len(rest)
	}
	return l
}

// source gives the text, also that of the zero value.
func (f *File) source() *text.Source {
	if f.text == nil {
		return text.NewSource("natgw_nodes", nil)
	}
	return f.text
}

// All gives the members in the order of the file.
func (f *File) All() iter.Seq[Member] { return slices.Values(f.members) }

// Len is the number of members.
func (f *File) Len() int { return len(f.members) }

// Lookup gives the member with that address, and whether there is one; the first of several. An IPv4-mapped address is
// looked up as its IPv4 address.
func (f *File) Lookup(addr netip.Addr) (Member, bool) {
	addr = addr.Unmap()
	for _, m := range f.members {
		if addr.IsValid() && m.Address == addr {
			return m, true
		}
	}
	return Member{}, false
}

// Bytes gives a copy of the file's bytes: those that Parse was given, for every input, valid or not, and what edits made
// of them.
func (f *File) Bytes() []byte { return f.source().Bytes() }
