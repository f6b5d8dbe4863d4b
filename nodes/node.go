package nodes

import (
	"net/netip"
	"strings"
)

// Node is one entry of the nodes file. It is a plain value and compares with ==.
type Node struct {
	// PNN is the node's number.
	PNN PNN `json:"pnn"`
	// Address is the node's private address, without a zone and never IPv4-mapped. It is the zero Addr for a deleted
	// node, which is left out in JSON.
	Address netip.Addr `json:"address,omitzero"`
	// Deleted says that the line is commented out: the number is taken and there is no node.
	Deleted bool `json:"deleted"`
	// Comment is what stands behind the # of a deleted node, without the blanks around it: the address that the node had,
	// as [File.Delete] leaves it, or anything else. ctdbd does not look at it.
	Comment string `json:"comment,omitempty"`
	// Line is the number of the entry's line in the file, counted from 1. It exceeds PNN+1 when there are blank lines
	// before.
	Line int `json:"line"`
}

// String gives the number and the address, "0 10.0.0.1", or "1 deleted".
func (n Node) String() string {
	if n.Deleted {
		return n.PNN.String() + " deleted"
	}
	return n.PNN.String() + " " + n.Address.String()
}

// former gives the address that a deleted node had, if its comment begins with one, and how it is written. More than one
// # may stand before it, and text behind it.
func (n Node) former() (addr netip.Addr, written string, ok bool) {
	words := strings.FieldsFunc(strings.TrimLeft(n.Comment, "#"+blanks), isBlank)
	if len(words) == 0 {
		return netip.Addr{}, "", false
	}
	addr, err := parseAddress(words[0])
	return addr, words[0], err == nil
}
