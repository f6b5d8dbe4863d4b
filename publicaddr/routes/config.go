package routes

import (
	"strconv"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// Config has the settings of policy routing, as they are in script.options. Empty is not set.
type Config struct {
	Conf        string // CTDB_PER_IP_ROUTING_CONF: the path of the file, or AutoLinkLocal
	RulePref    string // CTDB_PER_IP_ROUTING_RULE_PREF
	TableIDLow  string // CTDB_PER_IP_ROUTING_TABLE_ID_LOW
	TableIDHigh string // CTDB_PER_IP_ROUTING_TABLE_ID_HIGH
}

// The identifiers of what [Config.Validate] finds.
const (
	FindingRulePref = "routes/rule-pref" // not between those of the kernel's own rules
	FindingTableIDs = "routes/table-ids" // no range, or one with tables of the kernel
	FindingTables   = "routes/tables"    // too few for the public addresses
)

// Validate reports settings that 13.per_ip_routing refuses, or that do harm. There are none if policy routing is off: if
// Conf is not set. public is the public_addresses file of a node, whose IPv4 addresses need a table each; nil leaves that
// out. The findings are about no file and no line.
func (c Config) Validate(public *publicaddr.File) []finding.Finding {
	if c.Conf == "" {
		return nil
	}
	var found []finding.Finding
	add := func(id string, severity finding.Severity, message string) {
		found = append(found, finding.Finding{ID: id, Severity: severity, File: "script.options", Message: message})
	}
	if pref, err := strconv.Atoi(c.RulePref); err != nil || pref <= 0 || pref >= 32766 {
		add(FindingRulePref, finding.Error, "CTDB_PER_IP_ROUTING_RULE_PREF must be between 0 and 32766, without these, and is "+
			strconv.Quote(finding.Clip(c.RulePref)))
	}
	low, err := strconv.Atoi(c.TableIDLow)
	high, errHigh := strconv.Atoi(c.TableIDHigh)
	switch {
	case err != nil || errHigh != nil || low <= 0 || low >= high:
		add(FindingTableIDs, finding.Error, "CTDB_PER_IP_ROUTING_TABLE_ID_LOW must be a number above 0 and below "+
			"CTDB_PER_IP_ROUTING_TABLE_ID_HIGH; they are "+strconv.Quote(finding.Clip(c.TableIDLow))+" and "+strconv.Quote(finding.Clip(c.TableIDHigh)))
		return found
	case low <= 255 && high >= 253:
		add(FindingTableIDs, finding.Error, "the range from CTDB_PER_IP_ROUTING_TABLE_ID_LOW to "+
			"CTDB_PER_IP_ROUTING_TABLE_ID_HIGH has one of the kernel's own tables, 253 to 255")
	}
	if public == nil {
		return found
	}
	need := 0
	for entry := range public.All() {
		if entry.Address.Is4() {
			need++
		}
	}
	if have := high - low + 1; have < need {
		add(FindingTables, finding.Warning, "there are "+strconv.Itoa(have)+" routing tables for "+strconv.Itoa(need)+" public addresses")
	}
	return found
}
