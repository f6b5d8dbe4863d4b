package publicaddr

import (
	"fmt"
	"net/netip"
	"slices"
)

// ChangeKind is what became of an address between two versions of a public_addresses file.
type ChangeKind uint8

// The kinds of changes.
const (
	Added   ChangeKind = iota + 1 // the address is new
	Removed                       // the address is gone
	Changed                       // its mask or its interfaces, or their order, are others
)

var changeNames = [...]string{Added: "added", Removed: "removed", Changed: "changed"}

// String gives "added", "removed" or "changed".
func (k ChangeKind) String() string {
	if int(k) < len(changeNames) && k > 0 {
		return changeNames[k]
	}
	return fmt.Sprintf("ChangeKind(%d)", uint8(k))
}

// MarshalText gives what String gives.
func (k ChangeKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Reloads tells whether a running ctdbd makes such a change at ctdb reloadips. It adds addresses and drops them. A mask
// or interfaces that were changed do not count: the address stays as it was loaded. To get it changed, take it out of the
// file, reload, put it in again and reload, or restart ctdbd.
func (k ChangeKind) Reloads() bool { return k == Added || k == Removed }

// Change is a difference between two public_addresses files.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// Old and New are the entry before and after. An address that was added has no Old, and one that was removed no New:
	// these are zero.
	Old Entry `json:"old,omitzero"`
	New Entry `json:"new,omitzero"`
}

// String gives a line for people: "changed: 10.0.0.1/24 eth0, now 10.0.0.1/16 eth0".
func (c Change) String() string {
	switch c.Kind {
	case Added:
		return "added: " + c.New.String()
	case Removed:
		return "removed: " + c.Old.String()
	default:
		return c.Kind.String() + ": " + c.Old.String() + ", now " + c.New.String()
	}
}

// address is that of the entry that there is.
func (c Change) address() netip.Addr {
	if c.Kind == Added {
		return c.New.Address
	}
	return c.Old.Address
}

// Diff gives the differences between two files in terms of what ctdbd loads from them, in the order of the addresses.
// Comments, blanks, the order of lines and the text behind the interfaces make no difference. Neither file is changed; nil
// is the empty file, and so is one that ctdbd refuses.
func Diff(before, after *File) []Change {
	var changes []Change
	for _, old := range entriesOf(before) {
		now, ok := Entry{}, false
		if after != nil {
			now, ok = after.lookup(old.Address)
		}
		switch {
		case !ok:
			changes = append(changes, Change{Kind: Removed, Old: old.clone()})
		case !old.sameAs(now):
			changes = append(changes, Change{Kind: Changed, Old: old.clone(), New: now.clone()})
		}
	}
	for _, now := range entriesOf(after) {
		if before == nil || !before.has(now) {
			changes = append(changes, Change{Kind: Added, New: now.clone()})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int {
		return a.address().Compare(b.address())
	})
	return changes
}

func entriesOf(f *File) []Entry {
	if f == nil {
		return nil
	}
	return f.entries
}

func (f *File) has(entry Entry) bool {
	_, ok := f.lookup(entry.Address)
	return ok
}
