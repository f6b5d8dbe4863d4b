package ctdbtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// Script is an event script of a machine.
type Script struct {
	// Name is that of the file without ".script", such as "50.samba".
	Name string
	// Enabled tells whether it is run.
	Enabled bool
	// Local tells whether it is the administrator's own, not one that came with CTDB.
	Local bool
}

// PackagedScripts gives the event scripts that come with a release of CTDB. Those are enabled that an installation
// enables.
func PackagedScripts(r release.Release) []Script {
	var all []Script
	for _, s := range []struct {
		name    string
		from    int // the minor release that it came with, and that it was gone in
		until   int
		enabled bool
	}{
		{name: "00.ctdb", enabled: true}, {name: "01.reclock", enabled: true}, {name: "05.system", enabled: true},
		{name: "06.nfs", until: 21}, {name: "10.interface", enabled: true}, {name: "11.natgw"}, {name: "11.routing"},
		{name: "13.per_ip_routing"}, {name: "15.network", from: 25}, {name: "20.multipathd"}, {name: "31.clamd"},
		{name: "40.vsftpd"}, {name: "41.httpd"}, {name: "46.update-keytabs", from: 21},
		{name: "47.samba-dcerpcd", from: 20}, {name: "48.netbios", from: 13}, {name: "49.winbind"}, {name: "50.samba"},
		{name: "60.nfs"}, {name: "70.iscsi"}, {name: "91.lvs"}, {name: "95.database", from: 22, enabled: true},
	} {
		if r.AtLeast(4, s.from, 0) && (s.until == 0 || !r.AtLeast(4, s.until, 0)) {
			all = append(all, Script{Name: s.name, Enabled: s.enabled})
		}
	}
	return all
}

// scripts gives the scripts of a machine in the order in which they run.
func (o Options) scripts(r release.Release) []Script {
	all := o.Scripts
	if all == nil {
		all = PackagedScripts(r)
	}
	all = slices.Clone(all)
	sortScripts(all)
	return all
}

func sortScripts(all []Script) {
	slices.SortStableFunc(all, func(a, b Script) int { return cmp.Compare(a.Name, b.Name) })
}

// Outcome is what a script does when an event runs it. The zero value is success without a word.
type Outcome struct {
	// ExitCode is from 0 to 63; CTDB takes others for error numbers.
	ExitCode int
	// TimesOut: it does not end before the time that the event has.
	TimesOut bool
	// Output is what it prints, with the newline at its end. CTDB reports it of scripts that fail, and since 4.19 of
	// all.
	Output string
}

// scriptEvent is a script at an event.
type scriptEvent struct{ script, event string }

// SetScript says what an event script of a node does from now on at an event: when CTDB runs the event, and for ctdb
// event run. If it fails at the event monitor, the node is unhealthy; at takeip, the node can take no public addresses,
// and takeover runs fail. A script that is not enabled does nothing. The error is an ErrArgument of package ctdb if the
// machine has no such script, or if none could do that.
func (c *Cluster) SetScript(pnn nodes.PNN, script, event string, does Outcome) error {
	const most = 63
	return c.tryChange(pnn, func(n *node) error {
		switch {
		case n.script(script) == nil:
			return fmt.Errorf("%w: there is no script %q", ctdb.ErrArgument, script)
		case does.ExitCode < 0 || does.ExitCode > most:
			return fmt.Errorf("%w: a script's exit code %d", ctdb.ErrArgument, does.ExitCode)
		}
		n.outcomes[scriptEvent{script, event}] = does
		n.scripted = time.Now()
		return nil
	})
}

// FailScript lets an event script of a node fail at the event monitor with exit code 1, so that the node is unhealthy.
// The output ends with a newline if the text does not. To undo it, use [Cluster.SetScript] with the zero Outcome.
func (c *Cluster) FailScript(pnn nodes.PNN, script, output string) error {
	if output != "" && !strings.HasSuffix(output, "\n") {
		output += "\n"
	}
	return c.SetScript(pnn, script, monitor, Outcome{ExitCode: 1, Output: output})
}

// monitor is the event that tells whether a node is healthy.
const monitor = "monitor"

// script gives a script of a machine; nil if it has none of that name. One of the administrator's own goes before one
// that came with CTDB.
func (m *machine) script(name string) *Script {
	var found *Script
	for i := range m.scripts {
		if s := &m.scripts[i]; s.Name == name && (found == nil || s.Local) {
			found = s
		}
	}
	return found
}
