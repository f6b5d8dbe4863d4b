package status

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// GroupLeader is the node that leads a NAT gateway or LVS group at the moment. Up to 4.13 CTDB calls it the master.
type GroupLeader struct {
	// Form is always FormText: the tool has no other form for it and ignores -X.
	Form Form `json:"form"`
	// PNN is the node. Unknown when no node of the group can lead it.
	PNN Value[nodes.PNN] `json:"pnn,omitzero"`
	// Address is the node's private address. Unknown when there is no leader; LVS does not report it.
	Address Value[netip.Addr] `json:"address,omitzero"`
}

// leaderLine reads an output that is one line, which becomes the current one, or, with the exit code for that, nothing.
func (s *scanner) leaderLine(command string, out []byte, code, none int, want string) (found bool, err error) {
	found, err = s.optionalAnswer(command, out)
	switch {
	case err != nil:
		return false, err
	case !found && code == none:
		return false, nil
	case !found:
		reason := fmt.Sprintf("no output, exit code %d; want %s, or exit code %d for none", code, want, none)
		return false, s.errLine(0, reason)
	case code != 0:
		reason := fmt.Sprintf("%s with exit code %d; want %s with exit code 0", clip(s.line), code, want)
		return false, s.errLine(s.num, reason)
	}
	return true, nil
}

// maxMembers is how many nodes a group can have.
const maxMembers = 10_000

// tooMany is an error if a group has as many members as it can have, and there is another one.
func (s *scanner) tooMany(members int) error {
	if members < maxMembers {
		return nil
	}
	return s.errAt(0, fmt.Sprintf("too many nodes; the limit is %d", maxMembers))
}

// pnnOf reads a node's number at the beginning of the current line.
func (s *scanner) pnnOf(text string) (nodes.PNN, error) {
	n, err := s.uint32(text, 0, "a node number")
	return nodes.PNN(n), err
}

// pnnAndAddress reads "0 10.0.0.1", which is the current line.
func (s *scanner) pnnAndAddress() (nodes.PNN, netip.Addr, error) {
	number, text, _ := strings.Cut(s.line, " ")
	pnn, err := s.pnnOf(number)
	if err != nil {
		return 0, netip.Addr{}, err
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return 0, netip.Addr{}, s.errAt(min(len(number)+1, len(s.line)), "want an address, got "+clip(text))
	}
	return pnn, address, nil
}

// beginsWithNumber tells whether the current line begins with a number and a blank.
func (s *scanner) beginsWithNumber() bool {
	number, _, ok := strings.Cut(s.line, " ")
	_, err := strconv.ParseUint(number, 10, 64)
	return ok && err == nil
}

// onlyUnknown is an error if there are unknown lines and nothing else.
func (s *scanner) onlyUnknown(found int, want string) error {
	if found > 0 || len(s.unparsed) == 0 {
		return nil
	}
	first := s.unparsed[0]
	return s.errLine(first.Number, fmt.Sprintf("want %s, got %s", want, clip(first.Text)))
}
