package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

func TestParseCapabilities(t *testing.T) {
	t.Parallel()
	text, machine := status.FormText, status.FormMachine
	tests := map[string]struct {
		in   string
		want status.Capabilities
	}{
		"text":            {"LEADER: YES\nLMASTER: NO\n", status.Capabilities{Form: text, Leader: true}},
		"text of 4.13":    {"RECMASTER: NO\nLMASTER: YES\n", status.Capabilities{Form: text, LMaster: true}},
		"machine":         {"|LEADER|LMASTER|\n|0|1|\n", status.Capabilities{Form: machine, LMaster: true}},
		"machine of 4.13": {"@RECMASTER@LMASTER@\n@1@0@\n", status.Capabilities{Form: machine, Leader: true}},
		"machine, a column": {
			"|LEADER|LMASTER|LVS|\n|1|1|0|\n",
			status.Capabilities{Form: machine, Leader: true, LMaster: true, Extra: map[string]string{"LVS": "0"}},
		},
		"text, something new": {
			"hello\nLEADER: YES\nLMASTER: YES\nNATGW: PERHAPS\nbye\n",
			status.Capabilities{
				Form: text, Leader: true, LMaster: true, Extra: map[string]string{"NATGW": "PERHAPS"},
				Unparsed: status.Lines{{Number: 1, Text: "hello"}, {Number: 5, Text: "bye"}},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := []byte(test.in)
			got, err := status.ParseCapabilities(in)
			clear(in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseCapabilitiesRefuses(t *testing.T) {
	t.Parallel()
	const header = "|LEADER|LMASTER|\n"
	refuse(t, func(in []byte) (any, error) { return status.ParseCapabilities(in) }, map[string]refusal{
		"nothing": {
			"",
			`ctdb getcapabilities: no output; want "LEADER:" and "LMASTER:", or a table with such columns`,
		},
		"something else": {
			"RUNNING\n",
			`ctdb getcapabilities:1: want "LEADER:" and "LMASTER:", or a table with such columns, got "RUNNING"`,
		},
		"one missing":     {"LEADER: YES\n", "ctdb getcapabilities:1: the output ends without LMASTER"},
		"no row":          {header, "ctdb getcapabilities:1: the output ends without LEADER"},
		"word":            {"LEADER: 1\n", `ctdb getcapabilities:1:9: want YES or NO, got "1"`},
		"bit":             {header + "|YES|NO|\n", `ctdb getcapabilities:2:2: want 1 or 0, got "YES"`},
		"twice":           {"LEADER: YES\nLEADER: YES\n", "ctdb getcapabilities:2:1: a second LEADER"},
		"twice, old word": {"LEADER: YES\nRECMASTER: YES\n", "ctdb getcapabilities:2:1: a second LEADER"},
		"two rows":        {header + "|1|1|\n|1|1|\n", "ctdb getcapabilities:3:1: a second row"},
		"surplus cell":    {header + "|1|1|1|\n", "ctdb getcapabilities:2:1: want 2 columns as in the header, got 3"},
		"no separator": {
			"LEADERLMASTER\n11\n",
			"ctdb getcapabilities:1:1: a table without a separator: its columns can't be told apart",
		},
		"cut off": {
			"LEADER: YES\nLMASTER: YE",
			`ctdb getcapabilities:2:12: the output ends within the line "LMASTER: YE"`,
		},
		"machine, cut off": {header + "|1|1\n", `ctdb getcapabilities:2:5: want "|" behind the last column`},
	})
}
