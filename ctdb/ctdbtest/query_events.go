package ctdbtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// legacy is the component whose scripts are simulated. There is no other.
const legacy = "legacy"

// runEventCommand is the part of the tool that talks to the daemon for events.
func (c *Cluster) runEventCommand(q *query) ctdb.Result {
	words := q.words[1:]
	at := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	switch {
	case at(0) == "status" && len(words) == 3:
		return c.eventStatus(q, words[1], words[2])
	case at(0) == "run" && len(words) >= 4:
		return c.eventRun(q, words[1], words[2], words[3])
	case at(0) == "script" && at(1) == "list" && len(words) == 3:
		return c.scriptList(q, words[2])
	case at(0) == "script" && at(1) == "enable" && len(words) == 4:
		return c.scriptEnable(q, words[2], words[3])
	case at(0) == "script" && at(1) == "disable" && len(words) == 4:
		return c.scriptDisable(q, words[2], words[3])
	}
	return failure("Usage: ctdb-event [<options>] <command> [<args>]")
}

// runScriptStatus never fails.
func (c *Cluster) runScriptStatus(q *query) ctdb.Result {
	event := monitor
	if len(q.words) > 1 {
		event = q.words[1]
	}
	result := c.eventStatus(q, legacy, event)
	result.ExitCode = 0
	return result
}

// daemonFor gives the node whose daemon for events is asked, unless it does not run. It answers while ctdbd hangs.
func (c *Cluster) daemonFor(q *query) (*node, ctdb.Result, bool) {
	n, ok := c.node(q.local)
	if !ok || !n.running {
		const eio = 5
		result := refused("socket connect failed - /run/ctdb/eventd.socket\nFailed to initialize event client, ret=5")
		result.ExitCode = eio
		return nil, result, false
	}
	return n, ctdb.Result{}, true
}

func noComponent(component string) ctdb.Result {
	const enoent = 2
	return ctdb.Result{ExitCode: enoent, Stdout: []byte("Event dir for " + component + " does not exist\n")}
}

func (c *Cluster) eventStatus(q *query, component, event string) ctdb.Result {
	n, result, ok := c.daemonFor(q)
	switch {
	case !ok:
		return result
	case component != legacy:
		return noComponent(component)
	}
	run, ok := n.lastRun(event)
	if !ok {
		const einval = 22
		return ctdb.Result{ExitCode: einval, Stdout: []byte("Event " + event + " has never run in " + component + "\n")}
	}
	var b strings.Builder
	for _, s := range run.scripts {
		b.WriteString(c.scriptLines(s, run.at))
	}
	return withHelper(printed(b.String()), run.result)
}

// withHelper gives a result with an exit code of the tool's helper, which the tool makes smaller if it is large.
func withHelper(result ctdb.Result, code int) ctdb.Result {
	const shift = 64
	result.ExitCode = code
	if code >= shift {
		result.ExitCode = code - shift
		result.Stderr = fmt.Appendf(nil, "event daemon helper failed with error %d\n", code-shift)
	}
	return result
}

// tookTime is how long scripts take.
const tookTime = 3 * time.Millisecond

// scriptLines prints what became of a script.
func (c *Cluster) scriptLines(s scriptRun, at time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-20s %-10s", s.name, s.state)
	switch s.state {
	case status.ScriptDisabled:
	case status.ScriptTimedOut:
		fmt.Fprintf(&b, " %s", at.Format(time.ANSIC))
	default:
		fmt.Fprintf(&b, " %.3f %s", tookTime.Seconds(), at.Format(time.ANSIC))
	}
	b.WriteByte('\n')
	reportsAll := c.release.AtLeast(4, 19, 0)
	switch output := strings.TrimSuffix(s.output, "\n"); {
	case s.state == status.ScriptDisabled, s.state == status.ScriptOK && (!reportsAll || s.output == ""):
	case !reportsAll:
		b.WriteString("  OUTPUT: " + s.output + "\n")
	case !strings.Contains(output, "\n"):
		b.WriteString("  OUTPUT: " + output + "\n")
	default:
		const indent = "    "
		b.WriteString("  OUTPUT:\n" + indent + strings.ReplaceAll(output, "\n", "\n"+indent) + "\n")
	}
	return b.String()
}

// scriptList prints the scripts of the machine, those that came with CTDB first.
func (c *Cluster) scriptList(q *query, component string) ctdb.Result {
	const enoent = 2
	if component != legacy {
		words := "Command script list finished with result=2"
		if c.release.AtLeast(4, 25, 0) {
			words = "Unable to find event script installation directory: /usr/share/ctdb/events/" + component
		}
		result := refused(words)
		result.ExitCode = enoent
		return result
	}
	n, ok := c.node(q.local)
	if !ok {
		return ctdb.Result{}
	}
	var packaged, local []status.EventScript
	for _, s := range n.scripts {
		one := status.EventScript{Name: s.Name, Enabled: s.Enabled, Local: s.Local}
		if s.Local {
			local = append(local, one)
		} else {
			packaged = append(packaged, one)
		}
	}
	return printed((&status.EventScripts{Scripts: append(packaged, local...)}).String())
}

func (c *Cluster) scriptEnable(q *query, component, name string) ctdb.Result {
	const enoent = 2
	n, ok := c.node(q.local)
	if component != legacy || !ok || n.script(name) == nil {
		return ctdb.Result{ExitCode: enoent, Stdout: []byte("Script " + name + " does not exist in " + component + "\n")}
	}
	c.setEnabled(n, name, true)
	return ctdb.Result{}
}

// scriptDisable finds nothing wrong with a script that is not there.
func (c *Cluster) scriptDisable(q *query, component, name string) ctdb.Result {
	if n, ok := c.node(q.local); ok && component == legacy && n.script(name) != nil {
		c.setEnabled(n, name, false)
	}
	return ctdb.Result{}
}

func (c *Cluster) setEnabled(n *node, name string, enabled bool) {
	c.react(func() {
		n.script(name).Enabled = enabled
		n.scripted = time.Now()
	})
}

// eventRun runs an event by hand. The node's health stays as it was.
func (c *Cluster) eventRun(q *query, timeout, component, event string) ctdb.Result {
	n, result, ok := c.daemonFor(q)
	switch {
	case !ok:
		return result
	case component != legacy:
		return noComponent(component)
	}
	run := n.runs(event)
	if readNumber(timeout, 10).value == 0 {
		run = n.timedOut(event)
	}
	n.events[event] = run
	const enoexec = 8
	switch run.result {
	case 0:
		return ctdb.Result{}
	case etimedout:
		return withHelper(printed("Event "+event+" in "+component+" timed out\n"), etimedout)
	}
	return withHelper(printed("Event "+event+" in "+component+" failed\n"), enoexec)
}
