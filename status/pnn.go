package status

import (
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// ParsePNN reads the output of "ctdb pnn": the number of the node that was asked. Anything else is a [*ParseError].
//
// "PNN:0", as up to 4.4, is read as well; that is from the documentation, not from real output.
func ParsePNN(out []byte) (nodes.PNN, error) {
	const want = "a node number"
	var s scanner
	if err := s.answer(cmdPNN, out, want); err != nil {
		return 0, err
	}
	number, _ := strings.CutPrefix(s.line, "PNN:")
	return s.pnn(number, len(s.line)-len(number))
}

// pnn reads the number of a node at an offset of the current line.
func (s *scanner) pnn(text string, offset int) (nodes.PNN, error) {
	pnn, err := s.uint32(text, offset, "a node number")
	switch {
	case err != nil:
		return 0, err
	case nodes.PNN(pnn) == nodes.NoPNN:
		return 0, s.errAt(offset, "want a node number, got that of no node, "+clip(text))
	}
	return nodes.PNN(pnn), nil
}

// nodeOrNone reads the number of a node, or what CTDB prints where there is none: the word none, -1, or the bits of
// that without a sign.
func (s *scanner) nodeOrNone(text string, offset int, none string) (Value[nodes.PNN], error) {
	if text == "-1" || none != "" && text == none {
		return Unknown[nodes.PNN](), nil
	}
	want := "a node number or -1"
	if none != "" {
		want = "a node number or " + none
	}
	pnn, err := s.uint32(text, offset, want)
	if err != nil {
		return Value[nodes.PNN]{}, err
	}
	return leaderOf(pnn), nil
}
