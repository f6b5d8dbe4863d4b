package group

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Why an edit of a [File] is refused. errors.Is finds them.
var (
	// ErrNoSuchMember: the file does not have the address.
	ErrNoSuchMember = errors.New("not in the group")
	// ErrDuplicate: the address is in the file already.
	ErrDuplicate = errors.New("in the group already")
	// ErrUnusable: it is no address of a node. It has a zone, or is unspecified or a multicast address.
	ErrUnusable = errors.New("want a node's address")
)

// Add adds a node, as one that never leads or not. Its line goes behind that of the last member, or to the end of a file
// that has none, and ends with a newline. It has the word of release r; the zero release is the newest.
func (f *File) Add(addr netip.Addr, neverLeads bool, r release.Release) error {
	addr = addr.Unmap()
	if !addr.IsValid() || addr.Zone() != "" || addr.IsUnspecified() || addr.IsMulticast() {
		return fmt.Errorf("add %v: %w", addr, ErrUnusable)
	}
	if m, ok := f.Lookup(addr); ok {
		return fmt.Errorf("add %v: %w, in line %d", addr, ErrDuplicate, m.Line)
	}
	src := f.source()
	behind := src.Lines()
	if last := len(f.members) - 1; last >= 0 {
		behind = f.members[last].Line
	}
	written := addr.String()
	if neverLeads {
		written += " " + wordOf(r)
	}
	written += "\n"
	if behind == src.Lines() && !src.Terminated() {
		written = "\n" + written
	}
	var edit text.Edits
	edit.Insert(src.FullLine(behind).Start, written)
	return f.apply(&edit)
}

// Remove removes a node: each line that has its address.
func (f *File) Remove(addr netip.Addr) error {
	addr = addr.Unmap()
	if _, ok := f.Lookup(addr); !ok {
		return fmt.Errorf("remove %v: %w", addr, ErrNoSuchMember)
	}
	var edit text.Edits
	for _, m := range f.members {
		if m.Address == addr {
			edit.DeleteLine(f.source(), m.Line-1)
		}
	}
	return f.apply(&edit)
}

// SetFollowerOnly makes a node one that never leads, or one that may, in each line that has its address. The word is that
// of release r; the zero release is the newest. Lines that say so already, in the word of any release, do not change.
func (f *File) SetFollowerOnly(addr netip.Addr, neverLeads bool, r release.Release) error {
	addr = addr.Unmap()
	if _, ok := f.Lookup(addr); !ok {
		return fmt.Errorf("set %v: %w", addr, ErrNoSuchMember)
	}
	var edit text.Edits
	for _, m := range f.members {
		if m.Address != addr || m.FollowerOnly == neverLeads {
			continue
		}
		l := splitLine(f.source(), m.Line-1)
		if neverLeads {
			edit.Insert(l.address.End, " "+wordOf(r))
		} else {
			edit.Delete(text.Span{Start: l.address.End, End: l.option.End})
		}
	}
	return f.apply(&edit)
}

// Translate gives all nodes that never lead the word of release r, for an upgrade of CTDB across 4.14 or back. The zero
// release is the newest.
func (f *File) Translate(r release.Release) error {
	var edit text.Edits
	for _, m := range f.members {
		if l := splitLine(f.source(), m.Line-1); m.FollowerOnly && f.source().Text(l.option) != wordOf(r) {
			edit.Replace(l.option, wordOf(r))
		}
	}
	return f.apply(&edit)
}

// SetBytes gives the file other bytes altogether. If no release took them, the file stays as it is and the error is that
// of [Parse].
func (f *File) SetBytes(data []byte) error {
	next, err := Parse(f.source().Name(), data)
	if err != nil {
		return err
	}
	*f = *next
	return nil
}

// apply makes an edit, and reads the result again: what the scripts would refuse is no result.
func (f *File) apply(edit *text.Edits) error {
	if f.err != nil {
		return fmt.Errorf("CTDB refuses the file as it is: %w", f.err)
	}
	data, err := edit.Apply(f.source())
	if err != nil {
		return err
	}
	return f.SetBytes(data)
}
