package status

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

const (
	cmdLVSLeader = "ctdb lvs leader"
	cmdLVSList   = "ctdb lvs list"
	cmdLVSStatus = "ctdb lvs status"
)

// The exit code of "ctdb lvs leader" when there is none.
const exitNoLVSLeader = 255

// LVSGroup has the nodes of an LVS group that clients are sent to now. If all nodes of the group are unhealthy, that is
// all of those that are not in some worse state. Similar to: ctdb lvs list.
type LVSGroup struct {
	// Form is always FormText: the tool has no other form for it and ignores -X.
	Form Form `json:"form"`
	// Members are in the order of their numbers. There may be none.
	Members []LVSMember `json:"members"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// LVSMember is a node that an LVS group can use.
type LVSMember struct {
	PNN     nodes.PNN  `json:"pnn"`
	Address netip.Addr `json:"address"` // private address
}

// String gives the member's line in "ctdb lvs list", without the newline.
func (m LVSMember) String() string { return fmt.Sprintf("%d %v", uint32(m.PNN), m.Address) }

// String gives what "ctdb lvs list" prints. [ParseLVSList] reads it back.
func (g *LVSGroup) String() string {
	var b strings.Builder
	for _, m := range g.Members {
		fmt.Fprintln(&b, m)
	}
	return b.String()
}

func unknownPNN() Value[nodes.PNN] { return Unknown[nodes.PNN]() }

// ParseLVSLeader reads the output and the exit code of "ctdb lvs leader", up to 4.13 "ctdb lvs master". Without output,
// exit code 255 says that no node of the group can lead it. Anything else, such as the usage text that an old release
// answers to the new word, is a [*ParseError]. The tool does not report the leader's address.
func ParseLVSLeader(out []byte, code int) (*GroupLeader, error) {
	var s scanner
	found, err := s.leaderLine(cmdLVSLeader, out, code, exitNoLVSLeader, "a node number")
	if err != nil {
		return nil, err
	}
	l := &GroupLeader{Form: FormText, PNN: unknownPNN()}
	if found {
		pnn, err := s.pnnOf(s.line)
		if err != nil {
			return nil, err
		}
		l.PNN = Known(pnn)
	}
	return l, nil
}

// ParseLVSList reads the output of "ctdb lvs list". Empty output is a group without usable nodes. Lines that it does
// not know are kept in Unparsed. Output that is malformed, cut off within a line or something else, and nodes that are
// not in the order of their numbers, are a [*ParseError]. Output that lost whole lines looks like that of fewer nodes;
// only the exit code tells. The result shares no memory with out.
func ParseLVSList(out []byte) (*LVSGroup, error) {
	var s scanner
	if err := s.start(cmdLVSList, out); err != nil {
		return nil, err
	}
	g := &LVSGroup{Form: FormText, Members: []LVSMember{}}
	err := s.each(func() error {
		if !s.beginsWithNumber() {
			return s.keepUnparsed()
		}
		pnn, address, err := s.pnnAndAddress()
		if err != nil {
			return err
		}
		if n := len(g.Members); n > 0 && pnn <= g.Members[n-1].PNN {
			return s.errAt(0, fmt.Sprintf("node %d after node %d", pnn, g.Members[n-1].PNN))
		}
		if err := s.tooMany(len(g.Members)); err != nil {
			return err
		}
		g.Members = append(g.Members, LVSMember{pnn, address})
		return nil
	})
	if err == nil {
		err = s.onlyUnknown(len(g.Members), "node numbers and addresses")
	}
	if err != nil {
		return nil, err
	}
	g.Unparsed = s.unparsed
	return g, nil
}

// ParseLVSStatus reads the output of "ctdb lvs status": the nodes of the group and their state, as [ParseNodeStatus]
// reads it, so that lost rows don't show. The tool has no other form for it than text and ignores -X.
func ParseLVSStatus(out []byte) (*Cluster, error) {
	var p parser
	return p.parse(cmdLVSStatus, out)
}
