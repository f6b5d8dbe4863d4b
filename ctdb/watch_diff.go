package ctdb

import "cmp"

// diff appends what leads from one view to another. Nothing is allocated for views that are the same. Applied one after
// the other, or with another diff after any of them, the changes lead there.
func diff(into []Change, from, to *View) []Change {
	switch {
	case from.Connected && !to.Connected:
		into = append(into, ConnectionLost{})
	case !from.Connected && to.Connected:
		into = append(into, ConnectionRegained{})
	}
	into = diffNodes(into, from.Nodes, to.Nodes)
	if from.Leader != to.Leader {
		into = append(into, LeaderChanged{from.Leader, to.Leader})
	}
	if from.RecoveryMode != to.RecoveryMode {
		into = append(into, RecoveryChanged{from.RecoveryMode, to.RecoveryMode})
	}
	if from.Generation != to.Generation {
		into = append(into, GenerationChanged{from.Generation, to.Generation})
	}
	if from.RunState != to.RunState {
		into = append(into, RunStateChanged{from.RunState, to.RunState})
	}
	return diffAddresses(into, from.Addresses, to.Addresses)
}

// pairs walks two lists that are in order, and gives what stands at the same place in both, or in one.
func pairs[T any](from, to []T, order func(a, b T) int, pair func(before, after *T)) {
	for len(from) > 0 || len(to) > 0 {
		side := 0
		switch {
		case len(from) == 0:
			side = 1
		case len(to) == 0:
			side = -1
		default:
			side = order(from[0], to[0])
		}
		switch {
		case side < 0:
			pair(&from[0], nil)
			from = from[1:]
		case side > 0:
			pair(nil, &to[0])
			to = to[1:]
		default:
			pair(&from[0], &to[0])
			from, to = from[1:], to[1:]
		}
	}
}

func diffNodes(into []Change, from, to []NodeView) []Change {
	pairs(from, to, func(a, b NodeView) int { return cmp.Compare(a.PNN, b.PNN) }, func(before, after *NodeView) {
		switch {
		case after == nil:
			into = append(into, NodeDeleted{*before})
		case before == nil:
			into = append(into, NodeAdded{*after})
		case before.Address != after.Address:
			into = append(into, NodeDeleted{*before}, NodeAdded{*after})
		case *before != *after:
			into = append(into, NodeFlagsChanged{
				PNN: after.PNN, Old: before.Flags, New: after.Flags, OldOther: before.OtherFlags, NewOther: after.OtherFlags,
			})
		}
	})
	return into
}

func diffAddresses(into []Change, from, to []AddressView) []Change {
	pairs(from, to, func(a, b AddressView) int { return a.Address.Compare(b.Address) }, func(before, after *AddressView) {
		switch {
		case after == nil:
			into = append(into, AddressMoved{Address: before.Address, Old: before.Node})
		case before == nil:
			into = append(into, AddressMoved{Address: after.Address, New: after.Node})
		case before.Node != after.Node:
			into = append(into, AddressMoved{Address: after.Address, Old: before.Node, New: after.Node})
		}
	})
	return into
}
