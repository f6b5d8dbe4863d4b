package eventscript

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// List gives the scripts that the tool lists. Of each it knows the name, whether it came with CTDB or is local, and
// whether it is enabled, all as the tool says. Before 4.9 all are local; before 4.6 the tool has no list, which is
// errors.ErrUnsupported.
//
// A name that is in both of the tool's blocks is one [Script]: something else is in the place of the installed script's
// link: [FindingOwn]. Which of the reasons it is, the tool does not say.
//
// The errors are those of [ctdb.Client.EventScripts].
//
// Similar to: ctdb event script list legacy; ctdb event script list before 4.9.
func (t Tool) List(ctx context.Context) (*Listing, error) {
	switch rulesOf(t.Release) {
	case anyRules:
		return nil, t.tooOld("lists no scripts", "4.6")
	case dottedRules:
		return t.listOld(ctx)
	case suffixRules:
	}
	scripts, err := t.client().EventScripts(ctx)
	if err != nil {
		return nil, err
	}
	return listingOf(scripts), nil
}

// listingOf joins the two blocks of the tool.
func listingOf(scripts *status.EventScripts) *Listing {
	l := &Listing{Scripts: make([]Script, 0, len(scripts.Scripts)), Tool: scripts}
	at := make(map[string]int, len(scripts.Scripts))
	for _, listed := range scripts.Scripts {
		i, ok := at[listed.Name]
		if !ok {
			i = len(l.Scripts)
			at[listed.Name] = i
			l.Scripts = append(l.Scripts, Script{
				Name: listed.Name, Order: orderOf(listed.Name), Origin: OriginInstalled, Installed: !listed.Local,
			})
		}
		s := &l.Scripts[i]
		s.Enabled = s.Enabled || listed.Enabled
		if listed.Local {
			s.Origin = OriginLocal
		}
		if ok {
			s.add(FindingOwn, finding.Warning, "there is something else in the place of the link to the script "+clip(s.Name)+
				" that came with CTDB, and it is "+map[bool]string{true: "enabled", false: "not enabled"}[s.Enabled])
		}
	}
	sortScripts(l.Scripts)
	findOrders(l.Scripts)
	return l
}

// listOld asks a tool from 4.6 to 4.8.
func (t Tool) listOld(ctx context.Context) (*Listing, error) {
	cmd, result, err := t.run(ctx, "event", "script", "list")
	if err != nil {
		return nil, err
	}
	l := &Listing{Scripts: []Script{}}
	seen, number := map[string]bool{}, 0
	for line := range strings.Lines(string(result.Stdout)) {
		number++
		if line = strings.TrimRight(line, " \r\n"); line == "" || line == "No event scripts found" {
			continue
		}
		name, isDisabled := strings.CutSuffix(line, " DISABLED")
		name = strings.TrimRight(name, " ")
		if _, ok := dottedRules.script(name); !ok || seen[name] || len(l.Scripts) == MaxScripts {
			err := fmt.Errorf("%w: line %d: want the name of another script, got %q", ctdb.ErrOutput, number, clip(line))
			return nil, &ctdb.CommandError{Command: cmd, Err: err}
		}
		seen[name] = true
		l.Scripts = append(l.Scripts, Script{
			Name: strings.Clone(name), Order: orderOf(name), Origin: OriginLocal, Enabled: !isDisabled,
		})
	}
	findOrders(l.Scripts)
	return l, nil
}
