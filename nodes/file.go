package nodes

import (
	"iter"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// MaxSize is the largest nodes file, in bytes, that [Parse] reads. CTDB has no limit of its own; 1 MiB is room for more
// nodes than any cluster has.
const MaxSize = 1 << 20

// File is a nodes file: its bytes, and the nodes that ctdbd reads from them. The zero value is the empty file.
//
// A File shares no memory with what it was made from. The methods that only read it, and the sequences that they return,
// are safe for concurrent use as long as nothing edits it. A sequence gives the nodes that there were when it was asked
// for, and a copy (*f) stays as it is when the original is edited. Each edit takes time in proportion to the size of the
// file.
type File struct {
	text  *text.Source // nil for the zero value
	nodes []Node       // nodes[i].PNN == i
	err   error        // why ctdbd refuses it
}

// Parse reads a nodes file as the newest ctdbd reads it; the package comment has the grammar, and [File.CheckFor] says
// what an older one makes of it. It does no I/O: name is for messages only.
//
// One bad line is enough for ctdbd to refuse the file, so on error the File has no nodes, and [File.SetBytes] is the only
// edit. It is there all the same, for its [File.Bytes] and [File.Validate]. The error is a *[ParseError] that says where
// and why, or a *[ParseErrors] when there are several bad lines; errors.AsType[*ParseError] finds the first in both. A
// file of more than [MaxSize] bytes is refused with [ErrTooLarge] and not looked at.
//
// Similar to: ctdb listnodes.
func Parse(name string, data []byte) (*File, error) {
	f := &File{text: text.NewSource(name, data)}
	f.err = f.parse()
	if f.err != nil {
		f.nodes = nil
	}
	return f, f.err
}

func (f *File) parse() error {
	if f.text.Len() > MaxSize {
		return tooLarge(f.text)
	}
	f.nodes = make([]Node, 0, countTexts(f.text))
	bad := &ParseErrors{}
	for i := range f.text.Lines() {
		node, ok, err := parseLine(f.text.Text(content(f.text, i)))
		switch {
		case err != nil:
			refuse(bad, f.text, content(f.text, i), err)
		case ok:
			node.PNN, node.Line = PNN(len(f.nodes)), i+1
			f.nodes = append(f.nodes, node)
		}
	}
	return bad.Err()
}

// parseLine reads one line. It is not ok when the line is blank and takes no number.
func parseLine(line string) (node Node, ok bool, err error) {
	switch {
	case line == "":
		return Node{}, false, nil
	case line[0] == '#':
		return Node{Deleted: true, Comment: trimBlanks(line[1:])}, true, nil
	}
	addr, err := parseAddress(line)
	return Node{Address: addr}, err == nil, err
}

// content is the part of a line that ctdbd looks at: up to the first carriage return or NUL, without the blanks around
// it.
func content(src *text.Source, line int) text.Span {
	span := src.Line(line)
	seen := strings.TrimRight(visible(src.Text(span)), blanks)
	end := span.Start + len(seen)
	return text.Span{Start: end - len(strings.TrimLeft(seen, blanks)), End: end}
}

// visible is a line up to the first carriage return or NUL.
func visible(line string) string {
	if end := strings.IndexAny(line, "\r\x00"); end >= 0 {
		return line[:end]
	}
	return line
}

// blanks are what may stand around the text of a line.
const blanks = " \t"

func isBlank(r rune) bool { return strings.ContainsRune(blanks, r) }

func trimBlanks(s string) string { return strings.Trim(s, blanks) }

// countTexts is the number of lines that are not blank.
func countTexts(src *text.Source) int {
	count := 0
	for i := range src.Lines() {
		if !content(src, i).IsEmpty() {
			count++
		}
	}
	return count
}

// source gives the text, also that of the zero value.
func (f *File) source() *text.Source {
	if f.text == nil {
		return text.NewSource("nodes", nil)
	}
	return f.text
}

// All gives the nodes in the order of their numbers, the deleted ones too. The numbers have no gaps.
func (f *File) All() iter.Seq[Node] { return slices.Values(f.nodes) }

// Active gives the nodes that are not deleted, in the order of their numbers.
//
// Similar to: ctdb -X listnodes.
func (f *File) Active() iter.Seq[Node] {
	nodes := f.nodes
	return func(yield func(Node) bool) {
		for _, node := range nodes {
			if !node.Deleted && !yield(node) {
				return
			}
		}
	}
}

// Len is the number of node numbers in use, those of deleted nodes included. All numbers are below it.
func (f *File) Len() int { return len(f.nodes) }

// Node gives the node with that number, deleted or not, and whether there is one.
func (f *File) Node(pnn PNN) (Node, bool) {
	if uint64(pnn) >= uint64(len(f.nodes)) {
		return Node{}, false
	}
	return f.nodes[pnn], true
}

// Lookup gives the node with that address and whether there is one; the first of several, as ctdbd does when it looks
// for itself. An IPv4-mapped address is looked up as its IPv4 address. A deleted node has no address and is never
// found.
func (f *File) Lookup(addr netip.Addr) (Node, bool) {
	addr = addr.Unmap()
	for node := range f.Active() {
		if node.Address == addr {
			return node, true
		}
	}
	return Node{}, false
}

// Bytes gives a copy of the file's bytes: those that Parse was given, for every input, valid or not, and what edits made
// of them.
func (f *File) Bytes() []byte { return f.source().Bytes() }
