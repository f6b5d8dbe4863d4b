package ctdb

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// answers looks for nodes that did not answer. Those that others take for dead are dealt with among the states.
func (c *checker) answers() {
	var silent []said
	answered := false
	for _, n := range c.nodes {
		_, ok := answer(n.Ping)
		answered = answered || ok
		of := c.links[n.PNN]
		switch err := n.Ping.Err; {
		case err == nil:
		case errors.Is(err, ErrTimeout) && len(of.connected) > 0:
			c.addTo(n.PNN, FindingHung, finding.Error, "it does not answer, and %s took it for connected: %s",
				nodesText(of.connected), shorten(err.Error(), maxReason))
		case len(of.disconnected) == 0:
			silent = append(silent, said{by: n.PNN, what: err.Error()})
		}
	}
	severity := finding.Error
	if answered {
		severity = finding.Warning
	}
	for _, v := range voicesOf(silent) {
		c.add(FindingNoAnswer, severity, "nothing is known from %s: %s", nodesText(v.by), shorten(v.what, maxReason))
	}
}

// maxReason is how many bytes of an error a message has.
const maxReason = 300

// links are the active nodes that another is connected to, and those that it is not.
type links struct{ connected, disconnected []nodes.PNN }

// linksIn gives the links of each node that some view has.
func linksIn(views []view) map[nodes.PNN]links {
	all := map[nodes.PNN]links{}
	for _, v := range views {
		for _, n := range v.cluster.Nodes {
			of := all[n.PNN]
			switch {
			case n.Flags.Has(status.FlagUnknown):
			case n.Flags.Has(status.FlagDisconnected):
				of.disconnected = append(of.disconnected, v.PNN)
			default:
				of.connected = append(of.connected, v.PNN)
			}
			all[n.PNN] = of
		}
	}
	return all
}

func (c *checker) recovering() {
	var all []nodes.PNN
	for _, v := range c.views {
		if uptime, ok := answer(v.Uptime); v.cluster.RecoveryMode.Is(status.RecoveryActive) || ok && uptime.Recovering() {
			all = append(all, v.PNN)
		}
	}
	if len(all) > 0 {
		c.add(FindingRecovering, finding.Note, "the databases are being recovered, says %s", nodesText(all))
	}
}

func (c *checker) runStates() {
	for _, n := range c.nodes {
		if state, ok := n.RunState.Get(); ok && state != status.RunStateRunning {
			c.addTo(n.PNN, FindingRunState, finding.Note, "its ctdbd is in run state %s", shorten(string(state), maxReason))
		}
	}
}

// states reports the states of nodes: as each sees itself, or else as the first active node sees it.
func (c *checker) states() {
	known := map[nodes.PNN]status.Node{}
	for _, v := range c.views {
		for _, n := range v.cluster.Nodes {
			if _, ok := known[n.PNN]; !ok {
				known[n.PNN] = n
			}
		}
	}
	for _, n := range c.nodes {
		if this, _, ok := n.self(); ok {
			known[n.PNN] = this
		}
	}
	for _, pnn := range slices.Sorted(maps.Keys(known)) {
		c.state(known[pnn])
	}
}

// nodeFindings are the states of a node that are reported.
var nodeFindings = []struct {
	flag     status.Flags
	id       string
	severity finding.Severity
	message  string
}{
	{status.FlagBanned, FindingNodeBanned, finding.Error, "it is banned"},
	{status.FlagUnhealthy, FindingNodeUnhealthy, finding.Error, "it is unhealthy: monitoring failed or did not begin yet"},
	{status.FlagStopped, FindingNodeStopped, finding.Note, "it was stopped by an administrator"},
	{status.FlagDisabled, FindingNodeDisabled, finding.Note, "it was disabled by an administrator"},
}

func (c *checker) state(n status.Node) {
	if from := c.links[n.PNN].disconnected; len(from) > 0 {
		c.addTo(n.PNN, FindingNodeDisconnected, finding.Error, "it is disconnected from %s", nodesText(from))
	}
	if n.Flags.Has(status.FlagDisconnected) {
		return // the rest is what it was in, or follows
	}
	for _, f := range nodeFindings {
		if n.Flags.Has(f.flag) {
			c.addTo(n.PNN, f.id, f.severity, "%s", f.message)
		}
	}
	if n.PartiallyOnline {
		c.addTo(n.PNN, FindingNodePartiallyOnline, finding.Warning, "an interface with public addresses has no link")
	}
}

func (c *checker) databases() {
	unhealthy := map[string][]nodes.PNN{}
	for _, n := range c.nodes {
		all, ok := answer(n.Databases)
		if !ok {
			continue
		}
		for _, database := range all.Databases {
			if database.Unhealthy {
				unhealthy[database.Name] = append(unhealthy[database.Name], n.PNN)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unhealthy)) {
		c.add(FindingDatabaseUnhealthy, finding.Error,
			"database %q is unhealthy on %s", finding.Clip(name), nodesText(unhealthy[name]))
	}
}

func (c *checker) scripts() {
	for _, n := range c.nodes {
		event, ok := answer(n.Scripts)
		if !ok {
			continue
		}
		if script, ok := event.Failed(); ok {
			said, _, _ := strings.Cut(strings.TrimSpace(script.Output+"\n"+script.Reason), "\n")
			c.addTo(n.PNN, FindingScriptFailed, finding.Warning,
				"event script %s is %v: %q", finding.Clip(script.Name), script.State, shorten(said, maxReason))
		}
	}
}
