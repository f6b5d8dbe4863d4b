package ctdblog

import "time"

// ledTo tells whether a link, so long before, is one of what led to the subject, and whether what is before it is not.
func (x *explainer) ledTo(l Link, before time.Duration) (led, begins bool) {
	if _, ok := l.Event.(Started); ok {
		return false, true
	}
	if _, _, printed := l.Entry.Script(); printed { // before the event that failed
		return x.failed, false
	}
	switch x.subject.kind {
	case subjectBan:
		led, begins = x.ledToBan(l, before)
	case subjectIllness:
		led, begins = x.ledToIllness(l)
	default:
		led, begins = x.ledToMove(l, before)
	}
	if _, ok := l.Event.(EventFailed); ok {
		x.failed = led
	}
	return led, begins
}

// ledToBan: failed recoveries and takeover runs, the lock, and events of CTDB that failed, since the ban before.
func (x *explainer) ledToBan(l Link, before time.Duration) (led, begins bool) {
	switch event := l.Event.(type) {
	case nil:
		return x.concerns(l.Entry.Message), false
	case Banned:
		return false, x.isSelf(x.subject.node)
	case BanEnded:
		return false, x.isSelf(x.subject.node)
	case BanOrdered: // just before is that which the node obeys
		return event.Node == x.subject.node && before <= soon, event.Node == x.subject.node && before > soon
	case RecoveryInitiated:
		return event.Node == x.subject.node, false
	case NodeDead:
		return event.Node.Is(x.subject.node), false
	case NodeUnresponsive:
		return event.Node == x.subject.node, false
	case RecoveryFailed, TakeoverFailed:
		return true, false
	case AddressFailed:
		return event.Node.Is(x.subject.node) || !event.Node.IsReported() && x.isSelf(x.subject.node), false
	case LockFailed, LockContended, LockLost:
		return x.isSelf(x.subject.node), false
	case EventFailed:
		return event.Event != "monitor" && x.isSelf(x.subject.node), false
	}
	return false, false
}

// concerns tells whether a message is about the subject's node, or about none in particular.
func (x *explainer) concerns(message []byte) bool {
	node, named := nodeIn(message)
	return !named || node == x.subject.node
}

// ledToIllness: the monitor event that failed, and what its script printed.
func (x *explainer) ledToIllness(l Link) (led, begins bool) {
	switch event := l.Event.(type) {
	case Unhealthy, Healthy:
		return false, x.isSelf(x.subject.node)
	case NodeFlags:
		return false, event.Node == x.subject.node
	case EventFailed:
		return event.Event == "monitor" && x.isSelf(x.subject.node), false
	case NodeDead:
		return event.Node.Is(x.subject.node), false
	case NodeUnresponsive:
		return event.Node == x.subject.node, false
	}
	return false, false
}

// ledToMove: what has changed in the cluster since the addresses were distributed before.
func (x *explainer) ledToMove(l Link, before time.Duration) (led, begins bool) {
	const recently = time.Minute
	switch event := l.Event.(type) {
	case TakeoverFinished:
		return false, true
	case AddressTaken:
		return false, event.Address == x.subject.address
	case AddressReleased:
		return false, event.Address == x.subject.address
	case AddressFailed:
		return event.Address == x.subject.address, false
	case AddressUnhosted:
		return event.Address == x.subject.address, false
	case AddressesDropped, TakeoverStarted, TakeoverFailed:
		return true, false
	case NodeFlags, NodeDead, NodeUnresponsive, NodeConnected, Unhealthy, Healthy, Banned, BanOrdered, BanEnded,
		LeaderElected, LeaderLost, ShutdownStarted:
		return before <= recently, false
	case EventFailed:
		return event.Event == "monitor" && before <= recently, false
	}
	return false, false
}
