package config_test

import (
	"slices"
	"testing"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// TestRules: each rule has a description of its own, and an option that has it.
func TestRules(t *testing.T) {
	t.Parallel()
	var used []config.Rule
	for _, r := range []release.Release{{Major: 4, Minor: 13}, {}} {
		for o := range config.Known(r) {
			used = append(used, o.Rule)
			if o.Rule != 0 && o.Rule != config.IsPositive && o.Type != config.String {
				t.Errorf("%v is a %v and has the rule %v", o, o.Type, o.Rule)
			}
		}
	}
	seen := map[string]bool{}
	for rule := config.Rule(0); rule <= config.IsScript; rule++ {
		if !slices.Contains(used, rule) {
			t.Errorf("no option has the rule %v", rule)
		}
		if seen[rule.String()] {
			t.Errorf("two rules are %v", rule)
		}
		seen[rule.String()] = true
	}
	if got := config.Rule(99).String(); got != "Rule(99)" {
		t.Errorf("a rule that is none is %q", got)
	}
}
