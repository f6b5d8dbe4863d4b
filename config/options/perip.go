package options

import (
	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/publicaddr/routes"
)

// PerIPRouting has the options of 13.per_ip_routing. Each has the state of its variable.
//
// See the section POLICY ROUTING of ctdb(7).
type PerIPRouting struct {
	Conf        Setting // CTDB_PER_IP_ROUTING_CONF: a path, or routes.AutoLinkLocal; if not set, it is off
	RulePref    Setting // CTDB_PER_IP_ROUTING_RULE_PREF: between 0 and 32766, without these
	TableIDLow  Setting // CTDB_PER_IP_ROUTING_TABLE_ID_LOW
	TableIDHigh Setting // CTDB_PER_IP_ROUTING_TABLE_ID_HIGH: more than TableIDLow

	files string
}

// PerIPRouting gives the options of 13.per_ip_routing.
func (m *Merged) PerIPRouting() PerIPRouting {
	return PerIPRouting{
		Conf: m.Lookup("CTDB_PER_IP_ROUTING_CONF"), RulePref: m.Lookup("CTDB_PER_IP_ROUTING_RULE_PREF"),
		TableIDLow:  m.Lookup("CTDB_PER_IP_ROUTING_TABLE_ID_LOW"),
		TableIDHigh: m.Lookup("CTDB_PER_IP_ROUTING_TABLE_ID_HIGH"),
		files:       m.name(),
	}
}

// Config gives the options for package routes. What is not known is empty there.
func (g PerIPRouting) Config() routes.Config {
	return routes.Config{
		Conf: g.Conf.Or(""), RulePref: g.RulePref.Or(""), TableIDLow: g.TableIDLow.Or(""), TableIDHigh: g.TableIDHigh.Or(""),
	}
}

// Validate reports what 13.per_ip_routing refuses and what does harm. Values that only a shell can tell are not looked
// at. There are no findings if nothing is set.
//
// Similar to: every event of 13.per_ip_routing, which fails for most of this.
func (g PerIPRouting) Validate(h Host) []finding.Finding {
	c := checker{Host: h, files: g.files}
	if !c.on(g.Conf, g.RulePref, g.TableIDLow, g.TableIDHigh) {
		return c.done()
	}
	c.path(g.absolute())
	if value, ok := c.value(g.Conf, true); ok && value != routes.AutoLinkLocal {
		if _, err := routes.Load(routes.Options{Path: value, FS: h.FS}); err != nil {
			c.file(g.Conf, err)
		}
	}
	_, pref := c.value(g.RulePref, true)
	_, low := c.value(g.TableIDLow, true)
	_, high := c.value(g.TableIDHigh, true)
	config := g.Config()
	config.Conf = routes.AutoLinkLocal // the rest is looked at even if that is not known
	for _, f := range config.Validate(h.Public) {
		switch {
		case f.ID == routes.FindingRulePref && pref:
			c.add(FindingRulePref, f.Severity, g.RulePref, "%s", f.Message)
		case f.ID == routes.FindingTableIDs && low && high:
			c.add(FindingTableIDs, f.Severity, g.TableIDLow, "%s", f.Message)
		case f.ID == routes.FindingTables && low && high:
			c.add(FindingTables, f.Severity, g.TableIDLow, "%s", f.Message)
		}
	}
	return c.done()
}

// absolute gives Conf if it is the path of a file.
func (g PerIPRouting) absolute() Setting {
	if g.Conf.Or("") == routes.AutoLinkLocal {
		return Setting{}
	}
	return g.Conf
}
