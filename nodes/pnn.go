package nodes

import "strconv"

// PNN is a physical node number: the position of a node's line in the nodes file, counted from 0. Deleted nodes keep
// theirs.
type PNN uint32

// NoPNN is what CTDB uses on the wire where there is no node: an unknown leader, an address that nobody hosts.
const NoPNN PNN = 0xFFFFFFFF

// String gives the number in decimal, or "UNKNOWN" for [NoPNN].
func (p PNN) String() string {
	if p == NoPNN {
		return "UNKNOWN"
	}
	return strconv.FormatUint(uint64(p), 10)
}
