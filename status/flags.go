package status

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Flags is the state of a node as CTDB keeps it: a set of bits, 0 for a node that is well. The bits are those of CTDB's
// protocol and of the exit code of "ctdb nodestatus".
type Flags uint32

// The flags of a node.
const (
	FlagDisconnected Flags = 0x01 // not connected to the node that was asked
	FlagUnhealthy    Flags = 0x02 // a monitor event failed
	FlagDisabled     Flags = 0x04 // disabled by an administrator: ctdb disable
	FlagBanned       Flags = 0x08 // banned for a while, by the leader or by ctdb ban
	FlagDeleted      Flags = 0x10 // commented out in the nodes file
	FlagStopped      Flags = 0x20 // stopped by an administrator: ctdb stop
	// FlagUnknown is the tool's own: since 4.17 it stands in for the flags of other nodes while the node that was
	// asked is still starting.
	FlagUnknown Flags = 0x40

	// InactiveMask has the flags that make a node inactive: it takes no part in the cluster's databases. CTDB prints
	// INACTIVE behind them; it is no flag of its own.
	InactiveMask = FlagDisconnected | FlagBanned | FlagDeleted | FlagStopped
)

// The words of a node's state that are not flags.
const (
	wordOK              = "OK"
	wordInactive        = "INACTIVE"
	wordPartiallyOnline = "PARTIALLYONLINE"
)

// flagNames is in the order in which CTDB prints the names.
var flagNames = [...]struct {
	flag   Flags
	name   string
	column string // in the machine form; Deleted has none, since deleted nodes have no row
}{
	{FlagDisconnected, "DISCONNECTED", "Disconnected"},
	{FlagUnknown, "UNKNOWN", "Unknown"},
	{FlagDisabled, "DISABLED", "Disabled"},
	{FlagBanned, "BANNED", "Banned"},
	{FlagUnhealthy, "UNHEALTHY", "Unhealthy"},
	{FlagDeleted, "DELETED", "Deleted"},
	{FlagStopped, "STOPPED", "Stopped"},
}

// namedFlags has each flag that has a name.
const namedFlags = InactiveMask | FlagUnhealthy | FlagDisabled | FlagUnknown

// Has tells whether all of want are set.
func (f Flags) Has(want Flags) bool { return f&want == want }

// Inactive tells whether the node takes no part in the cluster's databases: it is disconnected, banned, deleted or
// stopped.
func (f Flags) Inactive() bool { return f&InactiveMask != 0 }

// All gives each set bit by itself: those with names in the order in which CTDB prints them, then the others, lowest
// first.
func (f Flags) All() iter.Seq[Flags] {
	return func(yield func(Flags) bool) {
		for _, n := range flagNames {
			if f.Has(n.flag) && !yield(n.flag) {
				return
			}
		}
		for rest := f &^ namedFlags; rest != 0; rest &= rest - 1 {
			if !yield(rest & -rest) {
				return
			}
		}
	}
}

// String gives the flags as "ctdb status" prints them: "OK", or names joined by "|" in CTDB's order with INACTIVE last,
// such as "DISCONNECTED|UNHEALTHY|INACTIVE". A bit without a name is printed as a hexadecimal number.
func (f Flags) String() string {
	if f == 0 {
		return wordOK
	}
	return string(f.appendNames(nil))
}

func (f Flags) appendNames(b []byte) []byte {
	start := len(b)
	separate := func() {
		if len(b) > start {
			b = append(b, '|')
		}
	}
	for _, n := range flagNames {
		if f.Has(n.flag) {
			separate()
			b = append(b, n.name...)
		}
	}
	if rest := f &^ namedFlags; rest != 0 {
		separate()
		b = append(b, "0x"...)
		b = strconv.AppendUint(b, uint64(rest), 16)
	}
	if f.Inactive() {
		separate()
		b = append(b, wordInactive...)
	}
	return b
}

// ParseFlags reads what [Flags.String] and "ctdb status" print. Words that are no flags come back in other, in their
// order: names that this package does not know, PARTIALLYONLINE (a fact about a node's interfaces that CTDB prints in
// place of flags), and an INACTIVE that does not follow from the flags.
func ParseFlags(s string) (flags Flags, other []string) {
	inactive := false
	for len(s) > 0 {
		var word string
		word, s, _ = strings.Cut(s, "|")
		flag, ok := parseFlag(word)
		switch {
		case ok:
			flags |= flag
		case word == wordInactive:
			inactive = true
		default:
			other = append(other, strings.Clone(word))
		}
	}
	if inactive && !flags.Inactive() {
		other = append(other, wordInactive)
	}
	return flags, other
}

// parseFlag reads one word; OK is no flag.
func parseFlag(word string) (Flags, bool) {
	if word == wordOK {
		return 0, true
	}
	for _, n := range flagNames {
		if word == n.name {
			return n.flag, true
		}
	}
	if digits, ok := strings.CutPrefix(word, "0x"); ok {
		bits, err := strconv.ParseUint(digits, 16, 32)
		return Flags(bits), err == nil
	}
	return 0, false
}

// AppendText appends what [Flags.String] gives.
func (f Flags) AppendText(b []byte) ([]byte, error) {
	if f == 0 {
		return append(b, wordOK...), nil
	}
	return f.appendNames(b), nil
}

// MarshalText gives what [Flags.String] gives.
func (f Flags) MarshalText() ([]byte, error) { return f.AppendText(nil) }

// UnmarshalText reads what MarshalText writes. A word that is no flag is an error that names it; [ParseFlags] keeps such
// words.
func (f *Flags) UnmarshalText(text []byte) error {
	flags, other := ParseFlags(string(text))
	if len(text) == 0 || len(other) > 0 {
		return fmt.Errorf("want names of node flags joined by |, got %s", clip(string(text)))
	}
	*f = flags
	return nil
}
