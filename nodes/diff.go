package nodes

import "net/netip"

// Diff gives what an administrator would say happened between two files, in the order of the numbers. Files of the same
// nodes have no differences, whatever their blanks, blank lines and comments. Neither file is changed; nil is the empty
// file, and a file that ctdbd refuses has no nodes.
//
// A node whose address is found under another number has shifted, unless its own line was commented out: then it was
// deleted, and its address was added or restored elsewhere. Of nodes that share an address, the first one that is gone
// from its number is the first one that is new at another. Where a node shifted away, another can be added under its
// number: that number has two changes.
//
// The changes tell all: they make the nodes of the second file from those of the first.
func Diff(before, after *File) []Change {
	d := differ{before: orEmpty(before), after: orEmpty(after)}
	d.findShifts()
	var changes []Change
	for pnn := range PNN(max(d.before.Len(), d.after.Len())) {
		if was, is := d.slots(pnn); was != is {
			changes = d.appendChanges(changes, pnn, was, is)
		}
	}
	return changes
}

func orEmpty(f *File) *File {
	if f == nil {
		return &File{}
	}
	return f
}

// slot is what a file has under a number: a node, a deleted node, or nothing.
type slot struct {
	addr    netip.Addr // of a node
	deleted bool
}

func (s slot) isNode() bool  { return s.addr.IsValid() }
func (s slot) isEmpty() bool { return s == slot{} }

func slotOf(f *File, pnn PNN) slot {
	node, _ := f.Node(pnn)
	return slot{node.Address, node.Deleted}
}

type differ struct {
	before, after *File
	to, from      map[PNN]PNN // new numbers of nodes that shifted by their old ones, and the other way round
}

func (d *differ) slots(pnn PNN) (was, is slot) { return slotOf(d.before, pnn), slotOf(d.after, pnn) }

// findShifts pairs the nodes that are gone from their number with those of the same address that are new at theirs.
func (d *differ) findShifts() {
	gone := map[netip.Addr][]PNN{}
	for node := range d.before.Active() {
		if was, is := d.slots(node.PNN); was != is && !is.deleted {
			gone[node.Address] = append(gone[node.Address], node.PNN)
		}
	}
	d.to, d.from = map[PNN]PNN{}, map[PNN]PNN{}
	for node := range d.after.Active() {
		was, is := d.slots(node.PNN)
		if candidates := gone[node.Address]; was != is && len(candidates) > 0 {
			d.to[candidates[0]], d.from[node.PNN] = node.PNN, candidates[0]
			gone[node.Address] = candidates[1:]
		}
	}
}

// appendChanges says what became of what was under a number, and how what is there now came to be.
func (d *differ) appendChanges(changes []Change, pnn PNN, was, is slot) []Change {
	to, left := d.to[pnn]
	_, arrived := d.from[pnn]
	add := func(kind ChangeKind, to PNN, before, after netip.Addr) {
		changes = append(changes, Change{Kind: kind, PNN: pnn, To: to, Old: before, New: after})
	}
	none := netip.Addr{}
	switch {
	case left:
		add(Shifted, to, was.addr, was.addr)
	case was.isNode() && is.deleted:
		add(Deleted, pnn, was.addr, none)
	case !was.isEmpty() && is.isEmpty(), was.isNode() && arrived:
		add(Vanished, pnn, was.addr, none)
	case was.isNode():
		add(Readdressed, pnn, was.addr, is.addr)
	}
	switch {
	case arrived || is.isEmpty():
	case was.isEmpty() || left:
		add(Added, pnn, none, is.addr)
	case was.deleted:
		add(Restored, pnn, none, is.addr)
	}
	return changes
}
