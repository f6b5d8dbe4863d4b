package status

import (
	"fmt"
	"net/netip"
	"strings"
)

const (
	cmdNATGWLeader = "ctdb natgw leader"
	cmdNATGWList   = "ctdb natgw list"
	cmdNATGWStatus = "ctdb natgw status"
)

// The exit code of "ctdb natgw leader" when there is none.
const exitNoNATGWLeader = 2

// NATGWGroup is the NAT gateway group that a node belongs to, as its natgw_nodes file has it. Similar to: ctdb natgw
// list.
type NATGWGroup struct {
	// Form is always FormText: the tool has no other form for it and ignores -X.
	Form Form `json:"form"`
	// Members are in the order of the file.
	Members []NATGWMember `json:"members"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// NATGWMember is a node of a NAT gateway group.
type NATGWMember struct {
	Address netip.Addr `json:"address"` // private address
	// Leader: the node is the gateway now ("MASTER" up to 4.13).
	Leader bool `json:"leader"`
	// FollowerOnly: the node never becomes the gateway ("slave-only" up to 4.13).
	FollowerOnly bool `json:"follower_only"`
	// Other are words that this package does not know.
	Other []string `json:"other,omitempty"`
}

// The words behind an address, with what they were up to 4.13.
const (
	wordLeader       = "LEADER"
	wordMaster       = "MASTER"
	wordFollowerOnly = "follower-only"
	wordSlaveOnly    = "slave-only"
)

// String gives the member's line in "ctdb natgw list" since 4.14, without the newline.
func (m NATGWMember) String() string {
	var words []string
	if m.Leader {
		words = append(words, wordLeader)
	}
	if m.FollowerOnly {
		words = append(words, wordFollowerOnly)
	}
	words = append(words, m.Other...)
	if len(words) == 0 {
		return m.Address.String()
	}
	return m.Address.String() + "\t" + strings.Join(words, ",")
}

// Leader gives the member that is the gateway now.
func (g *NATGWGroup) Leader() (NATGWMember, bool) {
	for _, m := range g.Members {
		if m.Leader {
			return m, true
		}
	}
	return NATGWMember{}, false
}

// String gives what "ctdb natgw list" prints since 4.14. [ParseNATGWList] reads it back.
func (g *NATGWGroup) String() string {
	var b strings.Builder
	for _, m := range g.Members {
		fmt.Fprintln(&b, m)
	}
	return b.String()
}

// ParseNATGWLeader reads the output and the exit code of "ctdb natgw leader", up to 4.13 "ctdb natgw master". Without
// output, exit code 2 says that no node of the group can lead it. Anything else, such as the usage text that an old
// release answers to the new word, is a [*ParseError].
func ParseNATGWLeader(out []byte, code int) (*GroupLeader, error) {
	var s scanner
	found, err := s.leaderLine(cmdNATGWLeader, out, code, exitNoNATGWLeader, "a node number and an address")
	if err != nil {
		return nil, err
	}
	l := &GroupLeader{Form: FormText, PNN: unknownPNN(), Address: Unknown[netip.Addr]()}
	if found {
		pnn, address, err := s.pnnAndAddress()
		if err != nil {
			return nil, err
		}
		l.PNN, l.Address = Known(pnn), Known(address)
	}
	return l, nil
}

// ParseNATGWList reads the output of "ctdb natgw list", with the words of any release. Lines that it does not know are
// kept in Unparsed. Output that is cut off within a line or something else is a [*ParseError]. Output that lost whole
// lines looks like that of a smaller group, or of none; only the exit code tells. The result shares no memory with out.
func ParseNATGWList(out []byte) (*NATGWGroup, error) {
	var s scanner
	if err := s.start(cmdNATGWList, out); err != nil {
		return nil, err
	}
	g := &NATGWGroup{Form: FormText, Members: []NATGWMember{}}
	err := s.each(func() error {
		text, words, _ := strings.Cut(s.line, "\t")
		address, err := netip.ParseAddr(text)
		if err != nil {
			return s.keepUnparsed()
		}
		if err := s.tooMany(len(g.Members)); err != nil {
			return err
		}
		m := NATGWMember{Address: address}
		m.setWords(words)
		g.Members = append(g.Members, m)
		return nil
	})
	if err == nil {
		err = s.onlyUnknown(len(g.Members), "private addresses")
	}
	if err != nil {
		return nil, err
	}
	g.Unparsed = s.unparsed
	return g, nil
}

// setWords takes over what stands behind an address: "LEADER,follower-only".
func (m *NATGWMember) setWords(words string) {
	for word := range strings.SplitSeq(words, ",") {
		switch word {
		case "":
		case wordLeader, wordMaster:
			m.Leader = true
		case wordFollowerOnly, wordSlaveOnly:
			m.FollowerOnly = true
		default:
			m.Other = append(m.Other, strings.Clone(word))
		}
	}
}

// ParseNATGWStatus reads the output of "ctdb natgw status": the nodes of the group and their state, as
// [ParseNodeStatus] reads it, so that lost rows don't show. The tool has no other form for it than text and ignores -X.
func ParseNATGWStatus(out []byte) (*Cluster, error) {
	var p parser
	return p.parse(cmdNATGWStatus, out)
}
