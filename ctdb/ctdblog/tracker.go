package ctdblog

import (
	"bytes"
	"net/netip"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

const (
	// together is how far two entries of one cause and effect are apart at most: a script's output and its failure.
	together = 50 * time.Millisecond
	// soon is the same for what several programs, or nodes, say one after the other.
	soon = 10 * time.Second
	// mostKnown bounds how many addresses a Tracker knows.
	mostKnown = 10_000
)

// Tracker recognizes the events of a log, and knows from the entries before what an entry does not say by itself: how
// long something took, why it happened, which node it is about. The zero value is ready; give it all entries, in the
// order of the log. Its memory is bounded.
//
// A Tracker is for the log of one node, and is not safe for concurrent use.
type Tracker struct {
	self      status.Value[nodes.PNN]
	leader    status.Value[nodes.PNN]
	addresses map[netip.Addr]nodes.PNN

	takeover, recovery time.Time // when it started; zero if it is over

	torn   said // "Tearing down connection", and to which node
	node   nodes.PNN
	script said   // what a script said or did last
	name   string // of that script
	failed said   // the last event that failed
	event  EventFailed
	ban    said // why a node is to be banned
	fault  said // why a takeover run or a recovery fails
}

// said is something that was said, and when.
type said struct {
	at   time.Time
	text string
}

// within tells whether it was said shortly before.
func (s said) within(limit time.Duration, now time.Time) bool {
	return s.text != "" && !s.at.IsZero() && !now.IsZero() && !now.Before(s.at) && now.Sub(s.at) <= limit
}

// Event gives the event that the entry is, or nil, with what is known from the entries before. The result shares no
// memory with the entry.
func (t *Tracker) Event(e Entry) Event {
	if !e.isCTDB() {
		return nil
	}
	event := recognize(&e)
	if event == nil {
		t.note(&e)
		return nil
	}
	return t.complete(event, &e)
}

// Node gives the number of the node whose log it is, once the log has said it: when ctdbd started.
func (t *Tracker) Node() status.Value[nodes.PNN] { return t.self }

// note remembers what an entry says that is no event.
func (t *Tracker) note(e *Entry) {
	if script, line, ok := e.Script(); ok {
		t.say(string(script), reason(line), e.Time)
		return
	}
	message := text(withoutOrigin(e.Message))
	switch {
	case message.literal("PNN is "):
		if n, ok := message.node(); ok {
			t.self = status.Known(n)
		}
	case message.literal("Tearing down connection to dead node :"):
		if n, ok := message.node(); ok {
			t.torn, t.node = said{e.Time, "torn"}, n
		}
	case message.literal("Script "):
		t.scriptFinished(message, e.Time)
	case isBanCause(e.Message):
		t.ban = said{e.Time, reason(e.Message)}
	case isFault(message):
		t.fault = said{e.Time, reason(message)}
	}
}

func (t *Tracker) say(script, line string, at time.Time) {
	t.script, t.name = said{at, line}, script
}

// scriptFinished reads "50.test finished sig=0, err=0, status=1", which only is there at DEBUG.
func (t *Tracker) scriptFinished(message text, at time.Time) {
	name, _ := message.word()
	if !message.literal(" finished sig=") || bytes.HasSuffix(message, []byte("0, err=0, status=0")) {
		return
	}
	if t.name != name || !t.script.within(together, at) {
		t.say(name, "finished sig="+reason(message), at)
	}
}

// isBanCause tells whether a message says that a node is to be banned.
func isBanCause(message []byte) bool {
	return mentionsBan(message) && containsAny(message, "reached", "banning ourself", "banning this node",
		"Banning this node", "banning node", "ban this node", "ban node", "ban ourself")
}

// isBanCredit tells whether a message says that a node comes nearer to a ban.
func isBanCredit(message []byte) bool {
	return mentionsBan(message) && containsAny(message, "banning credits to node", "ban culprit")
}

func mentionsBan(message []byte) bool {
	return bytes.Contains(message, []byte("ban")) || bytes.Contains(message, []byte("Ban"))
}

func containsAny(message []byte, phrases ...string) bool {
	for _, phrase := range phrases {
		if bytes.Contains(message, []byte(phrase)) {
			return true
		}
	}
	return false
}

// isFault tells whether a message says why a takeover run or a recovery fails.
func isFault(message []byte) bool {
	for _, phrase := range []string{"takeover run failed, ret=", "database recovery failed", "control "} {
		if bytes.HasPrefix(message, []byte(phrase)) && (phrase != "control " || bytes.Contains(message, []byte(" failed "))) {
			return true
		}
	}
	return false
}

// complete adds what is known, and remembers the event.
func (t *Tracker) complete(event Event, e *Entry) Event {
	if isBanCause(e.Message) && event.Kind() != KindBanned && event.Kind() != KindBanOrdered {
		t.ban = said{e.Time, reason(e.Message)}
	}
	switch event := event.(type) {
	case NodeDead, NodeConnected:
		return t.connection(event, e.Time)
	case TakeoverStarted, TakeoverFinished, TakeoverFailed, AddressTaken, AddressFailed:
		return t.address(event, e.Time)
	case RecoveryStarted, RecoveryFinished, RecoveryFailed:
		return t.recover(event, e.Time)
	case LeaderElected, LeaderLost:
		return t.lead(event)
	case BanOrdered, Banned, BanEnded:
		return t.banned(event, e.Time)
	case ScriptReport, EventFailed, Unhealthy, Healthy:
		return t.monitor(event, e.Time)
	case Started:
		*t = Tracker{addresses: t.addresses, self: t.self}
		return event
	}
	return event
}

// connection knows nodes by their addresses.
func (t *Tracker) connection(event Event, now time.Time) Event {
	switch event := event.(type) {
	case NodeDead:
		if t.torn.within(together, now) {
			t.learn(event.Address, t.node)
		}
		event.Node = t.nodeAt(event.Address)
		return event
	case NodeConnected:
		event.Node = t.nodeAt(event.Address)
		return event
	}
	return event
}

func (t *Tracker) learn(a netip.Addr, node nodes.PNN) {
	if t.addresses == nil {
		t.addresses = map[netip.Addr]nodes.PNN{}
	}
	if _, known := t.addresses[a]; known || len(t.addresses) < mostKnown {
		t.addresses[a] = node
	}
}

func (t *Tracker) nodeAt(a netip.Addr) status.Value[nodes.PNN] {
	if node, ok := t.addresses[a]; ok {
		return status.Known(node)
	}
	return status.Value[nodes.PNN]{}
}

// address knows how long takeover runs last.
func (t *Tracker) address(event Event, now time.Time) Event {
	switch event := event.(type) {
	case TakeoverStarted:
		t.takeover, t.fault = now, said{}
	case TakeoverFinished:
		event.Duration = end(&t.takeover, now)
		return event
	case TakeoverFailed:
		if t.fault.within(soon, now) {
			event.Reason = t.fault.text
		}
		event.Duration = end(&t.takeover, now)
		return event
	case AddressTaken:
		event.Node = t.self
		return event
	case AddressFailed:
		if event.Node.IsZero() {
			event.Node = t.self
		}
		return event
	}
	return event
}

// end gives the time since a start, which is over now.
func end(start *time.Time, now time.Time) time.Duration {
	var d time.Duration
	if !start.IsZero() && !now.IsZero() {
		d = max(0, now.Sub(*start))
	}
	*start = time.Time{}
	return d
}

// recover knows how long recoveries last.
func (t *Tracker) recover(event Event, now time.Time) Event {
	switch event := event.(type) {
	case RecoveryStarted:
		t.recovery = now
	case RecoveryFinished:
		event.Duration = end(&t.recovery, now)
		return event
	case RecoveryFailed:
		if t.fault.within(soon, now) {
			event.Reason = t.fault.text
		}
		return event
	}
	return event
}

// lead knows the leader.
func (t *Tracker) lead(event Event) Event {
	switch event := event.(type) {
	case LeaderElected:
		t.leader = status.Known(event.Node)
	case LeaderLost:
		if event.Node.IsZero() {
			event.Node = t.leader
		}
		t.leader = status.Value[nodes.PNN]{}
		return event
	}
	return event
}

// banned knows why.
func (t *Tracker) banned(event Event, now time.Time) Event {
	switch event := event.(type) {
	case BanOrdered:
		event.Reason = t.whyBanned(status.Known(event.Node), now)
		return event
	case Banned:
		event.Reason, event.Node = t.whyBanned(t.self, now), t.self
		t.ban = said{}
		return event
	case BanEnded:
		event.Node = t.self
		return event
	}
	return event
}

// whyBanned gives what was said about a ban, unless it is about another node.
func (t *Tracker) whyBanned(node status.Value[nodes.PNN], now time.Time) string {
	of, named := nodeIn([]byte(t.ban.text))
	if !t.ban.within(soon, now) || named && node.IsReported() && !node.Is(of) {
		return ""
	}
	return t.ban.text
}

// nodeIn gives the first node that a message names: "Node 1", "node 1".
func nodeIn(message []byte) (nodes.PNN, bool) {
	_, rest, ok := bytes.Cut(message, []byte("ode "))
	if !ok {
		return 0, false
	}
	t := text(rest)
	return t.node()
}

// monitor knows which script it was.
func (t *Tracker) monitor(event Event, now time.Time) Event {
	switch event := event.(type) {
	case ScriptReport:
		t.say(event.Script, event.Level.String()+": "+event.Text, now)
	case EventFailed:
		if event.Script == "" && t.script.within(together, now) {
			event.Script, event.Reason = t.name, t.script.text
		}
		t.script = said{}
		t.failed, t.event = said{now, event.Event}, event
		return event
	case Unhealthy:
		event.Node = t.self
		if t.failed.within(soon, now) && t.failed.text == "monitor" {
			event.Script, event.Reason = t.event.Script, t.event.Reason
		}
		return event
	case Healthy:
		event.Node = t.self
		return event
	}
	return event
}
