package nodes

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// ChangeKind is what became of a node between two versions of a nodes file.
type ChangeKind uint8

// The kinds of changes. The last three are the forbidden ones, see [ChangeKind.Forbidden].
const (
	Added    ChangeKind = iota + 1 // a node that was not there, or a deleted one that was not
	Deleted                        // the line was commented out
	Restored                       // a deleted node's line has an address again, the same or another

	Readdressed // a node's address was changed in place
	Vanished    // a node's line is gone, deleted or not
	Shifted     // a node has another number
)

var changeNames = [...]string{
	Added: "added", Deleted: "deleted", Restored: "restored",
	Readdressed: "readdressed", Vanished: "vanished", Shifted: "shifted",
}

// String gives "added", "deleted", "restored", "readdressed", "vanished" or "shifted".
func (k ChangeKind) String() string {
	if int(k) < len(changeNames) && k > 0 {
		return changeNames[k]
	}
	return fmt.Sprintf("ChangeKind(%d)", uint8(k))
}

// MarshalText gives what String gives.
func (k ChangeKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes for the kinds that there are.
func (k *ChangeKind) UnmarshalText(text []byte) error {
	i := slices.Index(changeNames[1:], string(text))
	if i < 0 {
		return fmt.Errorf("no kind of change: %q", finding.Clip(string(text)))
	}
	*k = ChangeKind(i + 1)
	return nil
}

// Forbidden tells whether a running cluster refuses the change, and [Edit] with it unless told otherwise. Two files have
// a forbidden change between them if and only if ctdb reloadnodes refuses to go from one to the other because of it: a
// node that shifted left another address in its place, or no line. (It also refuses to delete a node that is connected,
// which is not in the file.)
func (k ChangeKind) Forbidden() bool { return k == Readdressed || k == Vanished || k == Shifted }

// Change is a difference between two nodes files, in terms of nodes.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// PNN is the node's number: before, for a node that shifted or vanished.
	PNN PNN `json:"pnn"`
	// To is the number after of a node that shifted. It is PNN for all others.
	To PNN `json:"to"`
	// Old and New are the node's addresses before and after; the zero address where it is deleted or not there.
	Old netip.Addr `json:"old,omitzero"`
	New netip.Addr `json:"new,omitzero"`
}

// String gives a line for people: "node 1 deleted, was 10.0.0.2".
func (c Change) String() string {
	switch {
	case c.Kind == Shifted:
		return fmt.Sprintf("node %v shifted to %v: %v", c.PNN, c.To, c.Old)
	case c.Kind == Readdressed:
		return fmt.Sprintf("node %v readdressed: was %v, now %v", c.PNN, c.Old, c.New)
	case c.New.IsValid():
		return fmt.Sprintf("node %v %v: %v", c.PNN, c.Kind, c.New)
	case c.Old.IsValid():
		return fmt.Sprintf("node %v %v, was %v", c.PNN, c.Kind, c.Old)
	default:
		return fmt.Sprintf("node %v %v, a deleted one", c.PNN, c.Kind)
	}
}
