package publicaddr

import (
	"iter"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// MaxSize is the largest public_addresses file, in bytes, that [Parse] reads. CTDB has no limit of its own; 8 MiB is room
// for 100,000 addresses.
const MaxSize = 8 << 20

// File is a public_addresses file: its bytes, and the addresses that ctdbd reads from them. The zero value is the empty
// file.
//
// A File shares no memory with what it was made from. What only reads it, and the sequences that it returns, are safe for
// concurrent use, as long as nothing edits it. Each edit takes time in proportion to the size of the file.
type File struct {
	text    *text.Source       // nil for the zero value
	entries []Entry            // in the order of the file; their Interfaces share one array
	index   map[netip.Addr]int // into entries
	err     error              // why ctdbd refuses it
}

// Parse reads a public_addresses file as the newest ctdbd reads it; the package comment has the grammar, and
// [File.CheckFor] says what an older one makes of it. It does no I/O: name is for messages only. Whether the interfaces
// exist, without which ctdbd refuses the file too, is not looked at.
//
// One bad line is enough for ctdbd to refuse the file, so on error the File has no entries and can't be edited. It is
// there all the same, for its [File.Bytes] and [File.Validate]. The error is a *[ParseError] that says where and why, or a
// *[ParseErrors] when there are several bad lines; errors.AsType[*ParseError] finds the first in both. A file of more
// than [MaxSize] bytes is refused with [ErrTooLarge] and not looked at.
//
// Similar to: what ctdbd logs when it starts, and for ctdb reloadips.
func Parse(name string, data []byte) (*File, error) {
	f := &File{text: text.NewSource(name, data)}
	f.entries, f.index, f.err = rules{}.parse(f.text)
	return f, f.err
}

// parse reads a whole file. There are no entries beside an error.
func (r rules) parse(src *text.Source) ([]Entry, map[netip.Addr]int, error) {
	if src.Len() > MaxSize {
		return nil, nil, tooLarge(src)
	}
	entries, names := countEntries(src)
	p := parser{
		rules: r, src: src,
		entries: make([]Entry, 0, entries), names: make([]string, 0, names), index: make(map[netip.Addr]int, entries),
		bad: &ParseErrors{},
	}
	for i := range src.Lines() {
		p.line(i)
	}
	if err := p.bad.Err(); err != nil {
		return nil, nil, err
	}
	return p.entries, p.index, nil
}

// countEntries says how much room the entries of a file and the names of their interfaces need, at most.
func countEntries(src *text.Source) (entries, names int) {
	for i := range src.Lines() {
		if l := splitLine(src, i); !l.address.IsEmpty() {
			entries++
			names += 1 + strings.Count(src.Text(l.names), ",")
		}
	}
	return entries, names
}

// parser reads line after line.
type parser struct {
	rules
	src     *text.Source
	entries []Entry
	names   []string // of all entries
	index   map[netip.Addr]int
	bad     *ParseErrors
}

func (p *parser) line(number int) {
	l := splitLine(p.src, number)
	switch {
	case l.address.IsEmpty():
		return
	case l.names.IsEmpty() && !p.defaultInterface:
		refuse(p.bad, p.src, l.address, ErrNoInterface)
		return
	}
	addr, mask, err := p.parsePrefix(p.src.Text(l.address))
	if err == nil {
		if _, again := p.index[addr]; again {
			err = ErrDuplicate
		}
	}
	if err != nil {
		refuse(p.bad, p.src, l.address, err)
		return
	}
	p.index[addr] = len(p.entries)
	p.entries = append(p.entries, Entry{
		Address: addr, Mask: int(mask), Interfaces: p.list(p.src.Text(l.names)), Text: p.src.Text(l.rest), Line: number + 1,
	})
}

// list splits a list of interfaces. There was made room for all.
func (p *parser) list(text string) []string {
	start := len(p.names)
	for name := range strings.SplitSeq(text, ",") {
		if name != "" {
			p.names = append(p.names, name)
		}
	}
	return p.names[start:len(p.names):len(p.names)]
}

// source gives the text, also that of the zero value.
func (f *File) source() *text.Source {
	if f.text == nil {
		return text.NewSource("public_addresses", nil)
	}
	return f.text
}

// All gives the entries in the order of the file. They are the caller's.
func (f *File) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, entry := range f.entries {
			if !yield(entry.clone()) {
				return
			}
		}
	}
}

// clone gives an entry whose interfaces may be changed.
func (e Entry) clone() Entry {
	e.Interfaces = slices.Clone(e.Interfaces)
	return e
}

// Len is the number of addresses.
func (f *File) Len() int { return len(f.entries) }

// Lookup gives the entry of an address, and whether there is one. An IPv4-mapped address is looked up as its IPv4
// address. It takes the same time for all.
func (f *File) Lookup(addr netip.Addr) (Entry, bool) {
	entry, ok := f.lookup(addr)
	return entry.clone(), ok
}

func (f *File) lookup(addr netip.Addr) (Entry, bool) {
	i, ok := f.index[addr.Unmap()]
	if !ok {
		return Entry{}, false
	}
	return f.entries[i], true
}

// Bytes gives a copy of the file's bytes: those that Parse was given, for every input, valid or not, and what edits made
// of them.
func (f *File) Bytes() []byte { return f.source().Bytes() }
