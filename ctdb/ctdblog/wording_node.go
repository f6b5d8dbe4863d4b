package ctdblog

import (
	"bytes"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// nodeWordings are about nodes and their state.
var nodeWordings = []wording{
	{"Node ", nodeFlags},
	{"dead count reached for node ", func(rest text) Event {
		if n, ok := rest.node(); ok && rest.done() {
			return NodeUnresponsive{Node: n}
		}
		return nil
	}},
	{"monitor event failed - disabling node", exactly(Unhealthy{})},
	{"monitor event OK - node re-enabled", exactly(Healthy{})},
	{"Event script '", oldTimeout},
}

// nodeFlags reads "NODE has changed flags - 0x0 -> 0x2", and from before 4.14 "- now 0x2  was 0x0".
func nodeFlags(rest text) Event {
	node, ok := rest.node()
	if !ok || !rest.literal(" has changed flags - ") {
		return nil
	}
	if rest.literal("now ") {
		now, ok1 := rest.flags()
		was := rest.literal("  was ")
		old, ok2 := rest.flags()
		return flagsEvent(node, old, now, ok1 && was && ok2 && rest.done())
	}
	old, ok1 := rest.flags()
	arrow := rest.literal(" -> ")
	now, ok2 := rest.flags()
	return flagsEvent(node, old, now, ok1 && arrow && ok2 && rest.done())
}

func flagsEvent(node nodes.PNN, old, now status.Flags, ok bool) Event {
	if !ok {
		return nil
	}
	return NodeFlags{Node: node, Old: old, New: now}
}

// connection reads "ADDRESS:PORT: node ADDRESS:PORT is dead: 1 connected" and "ADDRESS:PORT: connected to ADDRESS:PORT
// - 2 connected".
func connection(message []byte) Event {
	_, rest, ok := bytes.Cut(message[:min(len(message), 3*maxWord)], []byte(": "))
	if !ok {
		return nil
	}
	t := text(rest)
	dead := t.literal("node ")
	if !dead && !t.literal("connected to ") {
		return nil
	}
	address, ok := t.socket()
	if !ok || dead && !t.literal(" is dead: ") || !dead && !t.literal(" - ") {
		return nil
	}
	connected, ok := t.number()
	switch {
	case !ok || !t.literal(" connected") || !t.done():
		return nil
	case dead:
		return NodeDead{Address: address, Connected: connected}
	}
	return NodeConnected{Address: address, Connected: connected}
}

// eventFailed reads "monitor event failed" and "monitor event timed out".
func eventFailed(message []byte) Event {
	name, failed := bytes.CutSuffix(message, []byte(" event failed"))
	timedOut := false
	if !failed {
		name, timedOut = bytes.CutSuffix(message, []byte(" event timed out"))
	}
	if !failed && !timedOut || len(name) == 0 || len(name) > maxWord {
		return nil
	}
	for _, c := range name {
		if c < 'a' || c > 'z' {
			return nil
		}
	}
	return EventFailed{Event: string(name), TimedOut: timedOut}
}

// oldTimeout reads "SCRIPT EVENT ARGUMENTS' timed out after 30.1s, count: 0, pid: 1234", as up to 4.5.
func oldTimeout(rest text) Event {
	what, rest2, ok := bytes.Cut(rest, []byte("' timed out after "))
	if !ok || len(rest2) == 0 {
		return nil
	}
	words := bytes.Fields(what)
	if len(words) < 2 || len(what) > maxWord {
		return nil
	}
	return EventFailed{Event: string(words[1]), TimedOut: true, Script: string(words[0])}
}

// scriptReport reads a script's line with a level before it.
func scriptReport(script, line []byte) Event {
	t := text(line)
	r := ScriptReport{Script: string(script)}
	switch {
	case t.literal("ERROR: "):
		r.Level = config.LevelError
	case t.literal("WARNING: "):
		r.Level = config.LevelWarning
	case t.literal("NOTICE: "):
		r.Level = config.LevelNotice
	case t.literal("INFO: "):
		r.Level = config.LevelInfo
	default:
		return nil
	}
	r.Text, r.Usage = reason(t), usage(t)
	return r
}

// usage reads "Filesystem / utilization 91% >= threshold 90%".
func usage(line []byte) status.Value[Usage] {
	of, rest, ok := bytes.Cut(line, []byte(" utilization "))
	t := text(rest)
	percent, ok1 := t.number()
	ok2 := t.literal("% >= threshold ") || t.literal("% < threshold ")
	threshold, ok3 := t.number()
	if !ok || !ok1 || !ok2 || !ok3 || string(t) != "%" {
		return status.Value[Usage]{}
	}
	return status.Known(Usage{Of: reason(of), Percent: percent, Threshold: threshold})
}
