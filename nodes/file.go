package nodes

import (
	"iter"
	"net/netip"
	"slices"
)

// MaxSize is the largest nodes file, in bytes, that [Parse] reads. CTDB has no limit of its own; 1 MiB is room for more
// nodes than any cluster has.
const MaxSize = 1 << 20

// File is a nodes file: its bytes, and the nodes that ctdbd reads from them. The zero value is the empty file.
//
// A File shares no memory with what it was made from. Its methods, and the sequences that they return, are safe for
// concurrent use.
type File struct {
	src   string
	lines []span // every line of src, in order
	nodes []Node // nodes[i].PNN == i
}

// Parse reads a nodes file as the newest ctdbd reads it; the package comment has the grammar. It does no I/O: name is
// for messages only.
//
// One bad line is enough for ctdbd to refuse the file, so on error the File has no nodes. It is there all the same, for
// its [File.Bytes]. The error is a *[ParseError] that says where and why, or a *[ParseErrors] when there are several
// bad lines; errors.AsType[*ParseError] finds the first in both. A file of more than [MaxSize] bytes is refused with
// [ErrTooLarge] and not looked at.
//
// Similar to: ctdb listnodes.
func Parse(name string, data []byte) (*File, error) {
	file := &File{src: string(data)}
	if len(data) > MaxSize {
		return file, tooLarge(name, file.src)
	}
	file.lines = splitLines(file.src)
	file.nodes = make([]Node, 0, countTexts(file.src, file.lines))
	bad := &ParseErrors{}
	for i, line := range file.lines {
		node, ok, err := parseLine(file.src, line)
		switch {
		case err != nil:
			bad.addBadLine(name, i+1, line, file.src, err)
		case ok:
			node.PNN, node.Line = PNN(len(file.nodes)), i+1
			file.nodes = append(file.nodes, node)
		}
	}
	if err := bad.asError(); err != nil {
		file.nodes = nil
		return file, err
	}
	return file, nil
}

// parseLine reads one line. It is not ok when the line is blank and takes no number.
func parseLine(src string, line span) (node Node, ok bool, err error) {
	text := line.content(src).in(src)
	switch {
	case text == "":
		return Node{}, false, nil
	case text[0] == '#':
		return Node{Deleted: true}, true, nil
	}
	addr, err := parseAddress(text)
	return Node{Address: addr}, err == nil, err
}

// All gives the nodes in the order of their numbers, the deleted ones too. The numbers have no gaps.
func (f *File) All() iter.Seq[Node] { return slices.Values(f.nodes) }

// Active gives the nodes that are not deleted, in the order of their numbers.
//
// Similar to: ctdb -X listnodes.
func (f *File) Active() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for _, node := range f.nodes {
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

// Bytes gives a copy of the file's bytes: those that Parse was given, for every input, valid or not.
func (f *File) Bytes() []byte { return []byte(f.src) }
