package ctdbtest

import (
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

// eventRun is a run of an event.
type eventRun struct {
	at      time.Time
	scripts []scriptRun
	result  int // the exit code of the script that failed, or an error number
}

// scriptRun is what became of a script in an event.
type scriptRun struct {
	name   string
	state  status.ScriptState
	output string
}

// runs runs an event, script by script, up to the first that fails.
func (n *node) runs(event string) eventRun {
	run := eventRun{at: time.Now()}
	for _, s := range n.scripts {
		does := n.outcomes[scriptEvent{s.Name, event}]
		one := scriptRun{name: s.Name, state: status.ScriptOK, output: does.Output}
		switch {
		case !s.Enabled && !s.Local:
			continue
		case !s.Enabled:
			one.state, one.output = status.ScriptDisabled, ""
		case does.TimesOut:
			one.state, run.result = status.ScriptTimedOut, etimedout
		case does.ExitCode != 0:
			one.state, run.result = status.ScriptError, does.ExitCode
		}
		run.scripts = append(run.scripts, one)
		if run.result != 0 {
			break
		}
	}
	return run
}

// timedOut gives the run of an event that has no time at all.
func (n *node) timedOut(event string) eventRun {
	run := n.runs(event)
	for i, s := range run.scripts {
		if s.state != status.ScriptDisabled {
			run.scripts = append(run.scripts[:i:i], scriptRun{name: s.name, state: status.ScriptTimedOut})
			run.result = etimedout
			break
		}
	}
	return run
}

// ran lets a daemon run events.
func (n *node) ran(at time.Time, events ...string) {
	for _, event := range events {
		run := n.runs(event)
		run.at = at
		n.events[event] = run
	}
}

// failing tells whether a script makes a node unhealthy.
func (n *node) failing() bool {
	if n.events == nil || len(n.outcomes) == 0 {
		return false
	}
	for _, s := range n.scripts {
		if does := n.outcomes[scriptEvent{s.Name, monitor}]; s.Enabled && (does.TimesOut || does.ExitCode != 0) {
			return true
		}
	}
	return false
}

// lastRun gives the last run of an event. The event monitor runs every now and then, and when scripts change.
func (n *node) lastRun(event string) (eventRun, bool) {
	run, ok := n.events[event]
	if event != monitor || n.state != "" {
		return run, ok
	}
	last := n.started
	if interval := time.Duration(n.value("MonitorInterval")) * time.Second; interval > 0 {
		last = last.Add(time.Since(n.started).Truncate(interval))
	}
	last = latest(last, n.scripted)
	if ok && run.at.After(last) {
		return run, true
	}
	run = n.runs(monitor)
	run.at = last
	return run, true
}
