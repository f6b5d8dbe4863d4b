package eventscript

import (
	"slices"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/status"
)

// Listing is what there is of event scripts on a host. It is plain data, and the caller's.
type Listing struct {
	// Scripts are in the order in which CTDB runs them, those that do not run included.
	Scripts []Script `json:"scripts"`
	// Tool is what "ctdb event script list legacy" prints, be it right or not: what it printed, or what it would print of
	// the same files. Nil before 4.9, where it prints something else.
	Tool *status.EventScripts `json:"tool,omitempty"`
}

// Script gives the script of that name, and whether there is one. The name is that without ".script".
func (l *Listing) Script(name string) (Script, bool) {
	i := slices.IndexFunc(l.Scripts, func(s Script) bool { return s.Name == name })
	if i < 0 {
		return Script{}, false
	}
	return l.Scripts[i], true
}

// Enabled tells whether CTDB runs the script of that name.
func (l *Listing) Enabled(name string) bool {
	s, ok := l.Script(name)
	return ok && s.Enabled
}

// Findings gives what is wrong with any of the scripts, in their order.
func (l *Listing) Findings() []finding.Finding {
	var all []finding.Finding
	for _, s := range l.Scripts {
		all = append(all, s.Findings...)
	}
	return all
}
