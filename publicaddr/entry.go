package publicaddr

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Entry is a line of the public_addresses file that has an address.
type Entry struct {
	// Address is the public address, without a zone and never IPv4-mapped.
	Address netip.Addr `json:"address"`
	// Mask is the length of the network's mask in bits, as ctdbd holds it: 0 to 255, whatever the address. See
	// [Entry.Prefix].
	Mask int `json:"mask"`
	// Interfaces are the names of the interfaces that ctdbd may put the address on, in the order of the file. There may
	// be none, or one twice; Validate has something to say about both.
	Interfaces []string `json:"interfaces"`
	// Text is what stands behind the interfaces, without the blanks around it, such as "# the web server". ctdbd does not
	// look at it; the event script 10.interface does, see the package comment.
	Text string `json:"text,omitempty"`
	// Line is the number of the entry's line in the file, counted from 1.
	Line int `json:"line"`
}

// Prefix gives the address with its mask, and whether that is one: an IPv4 address has up to 32 bits, an IPv6 address up
// to 128. Its Masked method gives the network.
func (e Entry) Prefix() (netip.Prefix, bool) {
	prefix := netip.PrefixFrom(e.Address, e.Mask)
	return prefix, prefix.IsValid()
}

// String gives the entry as it is written in the file, without what ctdbd ignores: "10.0.0.1/24 eth0,eth1".
func (e Entry) String() string {
	return e.Address.String() + "/" + strconv.Itoa(e.Mask) + " " + strings.Join(e.Interfaces, ",")
}

// sameAs tells whether ctdbd makes the same of two entries.
func (e Entry) sameAs(other Entry) bool {
	return e.Address == other.Address && e.Mask == other.Mask && slices.Equal(e.Interfaces, other.Interfaces)
}
