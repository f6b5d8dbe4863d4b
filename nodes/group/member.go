package group

import (
	"net/netip"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Member is a line of the file that has a node. It is a plain value and compares with ==.
type Member struct {
	// Address is the node's private address. It is the zero Addr, and left out in JSON, if Text is not one as CTDB prints
	// it; then the line is no node's.
	Address netip.Addr `json:"address,omitzero"`
	// Text is the first word of the line.
	Text string `json:"text"`
	// FollowerOnly says that the node never leads.
	FollowerOnly bool `json:"follower_only"`
	// Line is the number of the line in the file, counted from 1.
	Line int `json:"line"`
}

// String gives the member as releases since 4.14 write it: "10.0.0.1 follower-only".
func (m Member) String() string {
	if m.FollowerOnly {
		return m.Text + " " + followerOnly
	}
	return m.Text
}

// The words for a node that never leads.
const (
	followerOnly = "follower-only" // since 4.14
	slaveOnly    = "slave-only"    // up to 4.13
)

// wordOf is the word of a release. The zero release is the newest.
func wordOf(r release.Release) string {
	if r.AtLeast(4, 14, 0) {
		return followerOnly
	}
	return slaveOnly
}

// parseAddress gives the zero Addr for a text that CTDB does not print for any address.
func parseAddress(text string) netip.Addr {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" || addr.Is4In6() || addr.String() != text {
		return netip.Addr{}
	}
	return addr
}
