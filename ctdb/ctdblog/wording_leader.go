package ctdblog

import (
	"bytes"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// recoveryWordings are about the recovery of databases.
var recoveryWordings = []wording{
	{"Recovery initiated due to problem with node ", func(rest text) Event {
		if n, ok := rest.node(); ok && rest.done() {
			return RecoveryInitiated{Node: n}
		}
		return nil
	}},
	{"Recovery has started", exactly(RecoveryStarted{})},
	{"startrecovery eventscript has been invoked", exactly(RecoveryStarted{})}, // up to 4.5
	{"Recovery has finished", exactly(RecoveryFinished{})},
	{"database recovery failed, ret=", always(RecoveryFailed{})},
}

// leaderWordings are about the leader, which is the recovery master up to 4.15, and its election.
var leaderWordings = []wording{
	{"Start election", exactly(ElectionStarted{})},
	{"Initial recovery master set - forcing election", exactly(ElectionStarted{Reason: "Initial recovery master set"})},
	{"Force an election", exactly(ElectionStarted{})},
	{"Current recmaster node ", electionCall("Current recmaster node ")},
	{"Node ", disagreement},
	{"Election period ended", electionEnded},
	{"Received leader broadcast, leader=", elected("")},
	{"Took cluster lock, leader=", elected("")},
	{"This node (", elected(") is now the recovery master")},
	{"Remote node (", elected(") is now the recovery master")},
	{"This node (", func(rest text) Event {
		if n, ok := rest.node(); ok && string(rest) == ") is no longer the recovery master" {
			return LeaderLost{Node: status.Known(n), Reason: "no longer the recovery master"}
		}
		return nil
	}},
	{"Leader broadcast timeout", exactly(LeaderLost{Reason: "Leader broadcast timeout"})},
	{"Recmaster node ", recmasterLost},
}

// elected reads a node number and what is behind it.
func elected(behind string) func(text) Event {
	return func(rest text) Event {
		if n, ok := rest.node(); ok && n != nodes.NoPNN && string(rest) == behind {
			return LeaderElected{Node: n}
		}
		return nil
	}
}

// electionEnded reads ", leader=0" or ", master=0", or nothing.
func electionEnded(rest text) Event {
	if rest.done() {
		return ElectionEnded{}
	}
	if !rest.literal(", leader=") && !rest.literal(", master=") {
		return nil
	}
	node, ok := rest.nodeOrNone()
	if !ok || !rest.done() {
		return nil
	}
	return ElectionEnded{Node: node}
}

// recmasterLost reads "0 is inactive. Force election" and the like.
func recmasterLost(rest text) Event {
	n, ok := rest.node()
	why, _, found := bytes.Cut(rest, []byte(". Force "))
	if !ok || !found || len(why) == 0 {
		return nil
	}
	return LeaderLost{Node: status.Known(n), Reason: reason(bytes.TrimSpace(why))}
}

// disagreement reads "1 thinks node 0 is recmaster. Need a new recmaster election".
func disagreement(rest text) Event {
	whole := rest
	if _, ok := rest.node(); !ok || !rest.literal(" thinks node ") ||
		!bytes.HasSuffix(rest, []byte(" is recmaster. Need a new recmaster election")) {
		return nil
	}
	return ElectionStarted{Reason: "Node " + reason(bytes.TrimSuffix(whole, []byte(". Need a new recmaster election")))}
}

// electionCall reads what ends in "force an election".
func electionCall(prefix string) func(text) Event {
	return func(rest text) Event {
		why, ok := bytes.CutSuffix(rest, []byte(" - force an election"))
		if !ok {
			return nil
		}
		return ElectionStarted{Reason: prefix + reason(why)}
	}
}
