package status_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/status"
)

// addresses lets cmp compare addresses.
var addresses = cmpopts.EquateComparable(netip.Addr{})

// sample is a status that has most of what there is.
const sample = `Number of nodes:5 (including 1 deleted nodes)
pnn:0 10.0.0.1         OK (THIS NODE)
pnn:1 fd00:1234:5678:9abc::2 DISCONNECTED|UNHEALTHY|INACTIVE
pnn:3 10.0.0.4         PARTIALLYONLINE
pnn:4 10.0.0.5         BANNED|INACTIVE
Generation:1919983054
Size:2
hash:0 lmaster:0
hash:1 lmaster:3
Recovery mode:NORMAL (0)
Leader:0
`

const sampleMachine = `|Node|IP|Disconnected|Unknown|Banned|Disabled|Unhealthy|Stopped|Inactive|PartiallyOnline|ThisNode|
|0|10.0.0.1|0|0|0|0|0|0|0|0|Y|
|1|fd00:1234:5678:9abc::2|1|0|0|0|1|0|1|0|N|
|3|10.0.0.4|0|0|0|0|0|0|0|1|N|
|4|10.0.0.5|0|0|1|0|0|0|1|0|N|
`

func TestParseForms(t *testing.T) {
	t.Parallel()
	text, err := status.Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	machine, err := status.Parse([]byte(sampleMachine))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text.Nodes, machine.Nodes, addresses); diff != "" {
		t.Errorf("nodes of the text and the machine form differ (-text +machine)\n%s", diff)
	}
	for what, reported := range map[string]bool{
		"node count": machine.NodeCount.IsReported(), "deleted count": machine.DeletedCount.IsReported(),
		"generation": machine.Generation.IsReported(), "lmasters": machine.LMasters != nil,
		"recovery mode": machine.RecoveryMode.IsReported(), "leader": machine.Leader.IsReported(),
	} {
		if reported {
			t.Errorf("the machine form reported the %s", what)
		}
	}
	if !text.Leader.Is(0) || !text.Generation.Is(1919983054) || !text.RecoveryMode.Is(status.RecoveryNormal) ||
		!text.NodeCount.Is(5) || !text.DeletedCount.Is(1) {
		t.Errorf("got %+v", text)
	}
	if this, ok := text.ThisNode(); !ok || this.PNN != 0 {
		t.Errorf("this node is %v, %t", this, ok)
	}
	if n, ok := text.Node(3); !ok || n.State() != "PARTIALLYONLINE" || !n.Healthy() {
		t.Errorf("node 3 is %v, %t", n, ok)
	}
	if n, ok := text.Node(2); ok {
		t.Errorf("the deleted node 2 is there: %v", n)
	}
}

func TestParseVariants(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		from, to string // what to replace in the sample
		check    func(c *status.Cluster) bool
	}{
		{"no leader", "Leader:0", "Leader:UNKNOWN", func(c *status.Cluster) bool { return c.Leader.IsUnknown() }},
		{"old leader", "Leader:0", "Recovery master:3", func(c *status.Cluster) bool { return c.Leader.Is(3) }},
		{"old, no leader", "Leader:0", "Recovery master:-1", func(c *status.Cluster) bool { return c.Leader.IsUnknown() }},
		{"leader as bits", "Leader:0", "Leader:4294967295", func(c *status.Cluster) bool { return c.Leader.IsUnknown() }},
		{"invalid generation", "1919983054", "INVALID", func(c *status.Cluster) bool { return c.Generation.IsUnknown() }},
		{"negative generation", "1919983054", "-2", func(c *status.Cluster) bool { return c.Generation.Is(4294967294) }},
		{"recovery", "NORMAL (0)", "RECOVERY (1)", func(c *status.Cluster) bool { return c.RecoveryMode.Is(status.RecoveryActive) }},
		{"recovery with another number", "NORMAL (0)", "RECOVERY (7)", func(c *status.Cluster) bool { return c.RecoveryMode.Is(7) }},
		{"carriage returns", "\n", "\r\n", func(c *status.Cluster) bool { return c.Leader.Is(0) && len(c.Nodes) == 4 }},
		{"unknown flag", "BANNED|INACTIVE", "BANNED|FROZEN|INACTIVE", func(c *status.Cluster) bool {
			n := c.Nodes[3]
			return n.Flags == status.FlagBanned && cmp.Equal(n.OtherFlags, []string{"FROZEN"}) &&
				n.State() == "BANNED|INACTIVE|FROZEN" && !n.Healthy()
		}},
		{"unknown flag alone", "PARTIALLYONLINE", "ASLEEP", func(c *status.Cluster) bool {
			n := c.Nodes[2]
			return n.Flags == 0 && n.State() == "ASLEEP" && !n.Healthy() && !n.PartiallyOnline
		}},
		{"inactive for no known reason", "BANNED|INACTIVE", "INACTIVE", func(c *status.Cluster) bool {
			return c.Nodes[3].State() == "INACTIVE" && !c.Nodes[3].Healthy()
		}},
		{"a line of a newer release", "Size:2", "Weather:fine\nSize:2", func(c *status.Cluster) bool {
			return cmp.Equal(c.Unparsed, status.Lines{{Number: 7, Text: "Weather:fine"}})
		}},
		{"a greeting before it", "Number", "Welcome to node 0!\n\nNumber", func(c *status.Cluster) bool {
			return cmp.Equal(c.Unparsed, status.Lines{{Number: 1, Text: "Welcome to node 0!"}}) && len(c.Nodes) == 4
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := strings.ReplaceAll(sample, test.from, test.to)
			c, err := status.Parse([]byte(in))
			if err != nil {
				t.Fatal(err)
			}
			if !test.check(c) {
				t.Errorf("got\n%v\n%+v\nfrom\n%s", c, c, in)
			}
		})
	}
}

func TestParseMachineVariants(t *testing.T) {
	t.Parallel()
	for _, sep := range []string{"|", ":", ",", ".", "@", "@@", "\t", "; "} {
		c, err := status.Parse([]byte(strings.ReplaceAll(sampleMachine, "|", sep)))
		if err != nil {
			t.Errorf("separator %q: %v", sep, err)
			continue
		}
		want, _ := status.Parse([]byte(sampleMachine))
		if diff := cmp.Diff(want, c, addresses); diff != "" {
			t.Errorf("separator %q: mismatch (-want +got)\n%s", sep, diff)
		}
	}

	extra := "|Node|IP|Disconnected|Colour|ThisNode|\n|0|10.0.0.1|0|blue|Y|\n"
	c, err := status.Parse([]byte(extra))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"Colour": "blue"}, c.Nodes[0].Extra); diff != "" {
		t.Errorf("unknown column: mismatch (-want +got)\n%s", diff)
	}
}

func TestParseJSON(t *testing.T) {
	t.Parallel()
	const node = `{"pnn":0,"address":"10.0.0.1","partially_online":false,"flags_raw":8,"flags_ok":false,` +
		`"flags":{"banned":true,"inactive":true,"frozen":true},"this_node":true,"mood":[1, 2]}`
	in := `{"node_status":{"node_count":1,"deleted_node_count":0,"nodes":{"0":` + node + `}},
"weather": {"sky": "blue"},
"vnn_status":{"generation":null,"size":0,"vnn_map":[]},"recovery_mode":"NORMAL","recovery_mode_raw":0,
"leader":4294967295}`
	c, err := status.Parse([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if !c.Leader.IsUnknown() || !c.Generation.IsUnknown() || c.LMasters == nil {
		t.Errorf("got %+v", c)
	}
	if diff := cmp.Diff(status.Lines{{Number: 2, Text: `"weather": {"sky":"blue"}`}}, c.Unparsed); diff != "" {
		t.Errorf("unknown key: mismatch (-want +got)\n%s", diff)
	}
	n := c.Nodes[0]
	if n.State() != "BANNED|INACTIVE|FROZEN" {
		t.Errorf("state is %s", n.State())
	}
	if diff := cmp.Diff(map[string]string{"mood": "[1,2]"}, n.Extra); diff != "" {
		t.Errorf("unknown key of a node: mismatch (-want +got)\n%s", diff)
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	edit := func(from, to string) string {
		if !strings.Contains(sample, from) {
			panic("the sample has no " + from)
		}
		return strings.Replace(sample, from, to, 1)
	}
	row := func(row string) string { return "|Node|IP|Banned|ThisNode|\n" + row }
	tests := []struct{ name, in, want string }{
		{"empty", "", `ctdb status: no output; want "Number of nodes:", a table with the columns Node and IP, or JSON`},
		{"blank", "\n \n", `ctdb status: no output; want "Number of nodes:", a table with the columns Node and IP, or JSON`},
		{"something else", "PING 10.0.0.1\n", `ctdb status:1: want "Number of nodes:", a table with the columns Node and IP, or JSON, got "PING 10.0.0.1"`},
		{"binary", "\x00\x01\xff\n", `ctdb status:1: want "Number of nodes:", a table with the columns Node and IP, or JSON, got "\x00\x01\xff"`},
		{"cut in a line", sample[:len(sample)-1], `ctdb status:11:9: the output ends within the line "Leader:0"`},
		{"cut behind a line", strings.TrimSuffix(sample, "Leader:0\n"), `ctdb status:10: the output ends without a line "Leader:" or "Recovery master:"`},
		{"cut in the nodes", sample[:strings.Index(sample, "pnn:3")], "ctdb status:1: 5 nodes of which 1 are deleted, but 2 are listed"},
		{"cut in the hashes", sample[:strings.Index(sample, "hash:1")], "ctdb status:7: size 2, but 1 hash lines"},
		{"no generation", edit("Generation:1919983054\n", ""), `ctdb status:10: the output ends without a line "Generation:"`},
		{"count", edit("nodes:5", "nodes:x"), `ctdb status:1:17: want a count, got "x"`},
		{"huge count", edit("nodes:5", "nodes:4294967295"), `ctdb status:1:17: a count of "4294967295"`},
		{"deleted count", edit("including 1", "including one"), `ctdb status:1:30: want a count, got "one"`},
		{"suffix", edit("including", "with"), `ctdb status:1:19: want "(including N deleted nodes)", got "(with 1 deleted nodes)"`},
		{"node number", edit("pnn:3", "pnn:-3"), `ctdb status:4:5: want a node number, got "-3"`},
		{"address", edit("10.0.0.4  ", "10.0.0  "), `ctdb status:4:7: want an address, got "10.0.0"`},
		{"no address", edit("pnn:3 10.0.0.4         PARTIALLYONLINE", "pnn:3"), `ctdb status:4:7: want an address, got ""`},
		{"no flags", edit("PARTIALLYONLINE", ""), `ctdb status:4:24: want the names of node flags joined by |, got ""`},
		{"empty flag", edit("BANNED|INACTIVE", "BANNED||INACTIVE"), `ctdb status:5:31: want the names of node flags joined by |, got "BANNED||INACTIVE"`},
		{"text behind the flags", edit("PARTIALLYONLINE", "OK (THIS NOD"), `ctdb status:4:26: want the names of node flags joined by |, got "OK (THIS NOD"`},
		{"nodes out of order", edit("pnn:3", "pnn:1"), "ctdb status:4:1: node 1 after node 1"},
		{"generation", edit("1919983054", "1e9"), `ctdb status:6:12: want a generation or INVALID, got "1e9"`},
		{"generation past 32 bits", edit("1919983054", "4294967296"), `ctdb status:6:12: want a generation or INVALID, got "4294967296"`},
		{"size", edit("Size:2", "Size:two"), `ctdb status:7:6: want a count, got "two"`},
		{"hash before size", edit("Size:2\nhash:0 lmaster:0", "hash:0 lmaster:0\nSize:2"), "ctdb status:7:6: hash 0 where hash 0 is due"},
		{"hash out of order", edit("hash:1", "hash:2"), "ctdb status:9:6: hash 2 where hash 1 is due"},
		{"hash without lmaster", edit("lmaster:3", "lmistress:3"), `ctdb status:9:6: want "HASH lmaster:NODE", got "1 lmistress:3"`},
		{"lmaster", edit("lmaster:3", "lmaster:x"), `ctdb status:9:16: want a node number, got "x"`},
		{"recovery mode", edit("NORMAL (0)", "NORMAL"), `ctdb status:10:15: want "NORMAL (0)" or "RECOVERY (1)", got "NORMAL"`},
		{"recovery mode's number", edit("NORMAL (0)", "NORMAL (x)"), `ctdb status:10:23: want a recovery mode, got "x"`},
		{"recovery mode against its number", edit("NORMAL (0)", "NORMAL (1)"), "ctdb status:10:15: recovery mode 1 is not NORMAL"},
		{"leader", edit("Leader:0", "Leader:none"), `ctdb status:11:8: want a node number or UNKNOWN, got "none"`},
		{"two leaders", sample + "Leader:0\n", `ctdb status:12:1: a second line "Leader:"`},
		{"two leaders of two ages", sample + "Recovery master:0\n", "ctdb status:12:1: a second leader"},
		{"two generations", edit("Size:2", "Generation:1\nSize:2"), `ctdb status:7:1: a second line "Generation:"`},
		{"endless garbage", sample + strings.Repeat("x\n", 1000), `ctdb status:112:1: too many lines that are unknown, up to "x"`},
		{"a long word is shortened", edit("PARTIALLYONLINE", strings.Repeat("é", 1000)), `ctdb status:4:24: want the names of node flags joined by |, got "` + strings.Repeat("é", 30) + `"…`},

		{"no separator", "NodeIPThisNode\n010.0.0.1Y\n", "ctdb status:1:1: a table without a separator: its columns can't be told apart"},
		{"too few cells", row("|0|10.0.0.1|0|\n"), "ctdb status:2:1: want 4 columns as in the header, got 3"},
		{"too many cells", row("|0|10.0.0.1|0|0|Y|\n"), `ctdb status:2:4: want an address, got "10.0.0.1|0"`},
		{"no end", row("|0|10.0.0.1|0|Y\n"), `ctdb status:2:16: want "|" behind the last column`},
		{"row cut", row("|0|10.0.0.1|0|"), `ctdb status:2:15: the output ends within the line "|0|10.0.0.1|0|"`},
		{"cell of a number", row("|x|10.0.0.1|0|Y|\n"), `ctdb status:2:2: want a node number, got "x"`},
		{"cell of a bit", row("|0|10.0.0.1|2|Y|\n"), `ctdb status:2:13: want 0 or 1 in column Banned, got "2"`},
		{"cell of a letter", row("|0|10.0.0.1|0|1|\n"), `ctdb status:2:15: want Y or N in column ThisNode, got "1"`},
		{"second column", "|Node|IP|Banned|Banned|\n", `ctdb status:1:1: a second column "Banned"`},
		{"rows out of order", row("|1|10.0.0.1|0|Y|\n|0|10.0.0.1|0|Y|\n"), "ctdb status:3:1: node 0 after node 1"},

		{"JSON cut", "{\n  \"leader\": ", `ctdb status:2:12: JSON: the output ends within the object`},
		{"JSON garbled", "{\n  \"leader\" 0}", `ctdb status:2:12: JSON: …`},
		{"JSON without nodes", "{\"leader\": 0}", `ctdb status:1:14: JSON: the object has no "node_status"`},
		{"JSON of another type", "{\n\"leader\": \"zero\"}", `ctdb status:2: "leader": json: cannot unmarshal string into Go value of type uint32`},
		{"JSON twice the same", "{\"leader\": 0,\n\"leader\": 0}", `ctdb status:2: a second "leader"`},
		{"JSON node under another number", `{"node_status":{"nodes":{"1":{"pnn":2,"address":"10.0.0.1","flags":{}}}}}`, `ctdb status:1: "node_status": node "1": its pnn is 2`},
		{"JSON node without address", `{"node_status":{"nodes":{"1":{"pnn":1,"flags":{}}}}}`, `ctdb status:1: "node_status": node "1": it needs an address and flags`},
		{"JSON size", `{"vnn_status":{"size":2,"vnn_map":[]}}`, `ctdb status:1: "vnn_status": size 2, but 0 hashes`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := status.Parse([]byte(test.in))
			if err == nil {
				t.Fatalf("no error; got\n%v", c)
			}
			got := err.Error()
			if start, ok := strings.CutSuffix(test.want, "…"); ok && !strings.HasSuffix(got, "…") {
				got = got[:min(len(start), len(got))] + "…" // the rest is the standard library's
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
			if _, ok := errors.AsType[*status.ParseError](err); !ok {
				t.Errorf("a %T, want a ParseError", err)
			}
			if c != nil {
				t.Errorf("there is a cluster beside the error: %v", c)
			}
		})
	}
}

func TestParseTooLong(t *testing.T) {
	t.Parallel()
	_, err := status.Parse(make([]byte, status.MaxOutput+1))
	if want := "ctdb status: output of 16777217 bytes; the limit is 16777216"; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestParseNodeStatus(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     string // String of the cluster, or the error
	}{
		{"one node", "pnn:1 10.0.0.2         OK (THIS NODE)\n", "pnn:1 10.0.0.2         OK (THIS NODE)\n"},
		{"nodes as they were asked for", "pnn:2 10.0.0.3         OK\npnn:1 10.0.0.2         OK\npnn:2 10.0.0.3         OK\n",
			"pnn:2 10.0.0.3         OK\npnn:1 10.0.0.2         OK\npnn:2 10.0.0.3         OK\n"},
		{"a deleted node", "", ""},
		{"all", "Number of nodes:1\npnn:0 10.0.0.1         OK\n", "Number of nodes:1\npnn:0 10.0.0.1         OK\n"},
		{"all, cut", "Number of nodes:2\npnn:0 10.0.0.1         OK\n", "ctdb nodestatus:1: 2 nodes of which 0 are deleted, but 1 are listed"},
		{"something else", "hello\n", `ctdb nodestatus:1: want "Number of nodes:", a table with the columns Node and IP, or JSON, got "hello"`},
		{"JSON", "{}", "ctdb nodestatus:1: JSON, which no release prints for nodestatus"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := status.ParseNodeStatus([]byte(test.in))
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = c.String()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestStrict(t *testing.T) {
	t.Parallel()
	c, err := status.Parse([]byte(strings.Replace(sample, "Size", "Weather:fine\nSize", 1)))
	if err != nil {
		t.Fatal(err)
	}
	err = c.Unparsed.Err()
	parse, ok := errors.AsType[*status.ParseError](err)
	if !ok {
		t.Fatalf("got %v, want a ParseError", err)
	}
	if _, line, _ := parse.Position(); line != 7 || !strings.Contains(err.Error(), "Weather:fine") {
		t.Errorf("got %v", err)
	}
	if err := (status.Lines)(nil).Err(); err != nil {
		t.Errorf("no lines give %v", err)
	}
}

// TestJSON pins the JSON of the model, which programs rely on, and reads it back.
func TestJSON(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"text", sample, `{"form":"text","node_count":5,"deleted_count":1,"nodes":[` +
			`{"pnn":0,"address":"10.0.0.1","flags":"OK","partially_online":false,"this_node":true},` +
			`{"pnn":1,"address":"fd00:1234:5678:9abc::2","flags":"DISCONNECTED|UNHEALTHY|INACTIVE","partially_online":false,"this_node":false},` +
			`{"pnn":3,"address":"10.0.0.4","flags":"OK","partially_online":true,"this_node":false},` +
			`{"pnn":4,"address":"10.0.0.5","flags":"BANNED|INACTIVE","partially_online":false,"this_node":false}],` +
			`"generation":1919983054,"lmasters":[0,3],"recovery_mode":"NORMAL","leader":0}`},
		{"unknown values", "Number of nodes:0\nGeneration:INVALID\nSize:0\nWeather:fine\nRecovery mode:RECOVERY (1)\nLeader:UNKNOWN\n",
			`{"form":"text","node_count":0,"deleted_count":0,"nodes":[],"generation":null,"lmasters":[],` +
				`"recovery_mode":"RECOVERY","leader":null,"unparsed":[{"line":4,"text":"Weather:fine"}]}`},
		{"machine", "|Node|IP|ThisNode|\n|0|10.0.0.1|Y|\n", `{"form":"machine","nodes":[` +
			`{"pnn":0,"address":"10.0.0.1","flags":"OK","partially_online":false,"this_node":true}]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := status.Parse([]byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
			var back status.Cluster
			if err := json.Unmarshal(got, &back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c, &back, addresses); diff != "" {
				t.Errorf("read back: mismatch (-want +got)\n%s", diff)
			}
		})
	}
}
