package status

import "github.com/go-ctdb/go-ctdb/nodes"

// ParseLeader reads the output of "ctdb leader", or of "ctdb recmaster" of releases up to 4.15: the node that leads the
// cluster, unknown where the tool says UNKNOWN, 4294967295 or -1. Anything else is a [*ParseError].
//
// [Cluster.Leader] has the same, with a second question less.
func ParseLeader(out []byte) (Value[nodes.PNN], error) {
	var s scanner
	if err := s.answer(cmdLeader, out, "a node number or UNKNOWN"); err != nil {
		return Value[nodes.PNN]{}, err
	}
	return s.nodeOrNone(s.line, 0, "UNKNOWN")
}
