package status_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

func TestParseNodeList(t *testing.T) {
	t.Parallel()
	listed := func(pnn int, address string) status.ListedNode {
		n := status.ListedNode{Address: netip.MustParseAddr(address)}
		if pnn >= 0 {
			n.PNN = status.Known(nodes.PNN(pnn))
		}
		return n
	}
	tests := map[string]struct {
		in   string
		want status.NodeList
	}{
		"nothing": {"", status.NodeList{Form: status.FormText, Nodes: []status.ListedNode{}}},
		"text, the same twice": {
			"10.0.0.1\n::1\n10.0.0.1\nbye\n",
			status.NodeList{
				Form:     status.FormText,
				Nodes:    []status.ListedNode{listed(-1, "10.0.0.1"), listed(-1, "::1"), listed(-1, "10.0.0.1")},
				Unparsed: status.Lines{{Number: 4, Text: "bye"}},
			},
		},
		"machine, a gap": {
			"hello\n|0|10.0.0.1|\n|12|fd00::1|\nbye\n",
			status.NodeList{
				Form:     status.FormMachine,
				Nodes:    []status.ListedNode{listed(0, "10.0.0.1"), listed(12, "fd00::1")},
				Unparsed: status.Lines{{Number: 1, Text: "hello"}, {Number: 4, Text: "bye"}},
			},
		},
		"colons": {
			":0:::1:\n:1:fd00:::\n",
			status.NodeList{
				Form: status.FormMachine, Nodes: []status.ListedNode{listed(0, "::1"), listed(1, "fd00::")},
			},
		},
		"long separator": {
			"<->0<->10.0.0.1<->\n",
			status.NodeList{Form: status.FormMachine, Nodes: []status.ListedNode{listed(0, "10.0.0.1")}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := []byte(test.in)
			got, err := status.ParseNodeList(in)
			clear(in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got, addresses); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseNodeListRefuses(t *testing.T) {
	t.Parallel()
	refuse(t, func(in []byte) (any, error) { return status.ParseNodeList(in) }, map[string]refusal{
		"something else": {"hello\n", `ctdb listnodes:1: want an address or a table of nodes, got "hello"`},
		"address":        {"10.0.0.1\n10.0.0.\n", `ctdb listnodes:2:1: want an address, got "10.0.0."`},
		"no separator": {
			"010.0.0.1\n110.0.0.2\n",
			`ctdb listnodes:1:1: want an address or a table of nodes with a separator, got "010.0.0.1"`,
		},
		"machine": {
			"|0|10.0.0.1|\n|1|\n",
			`ctdb listnodes:2:4: want a number and an address, "|" before, between and behind`,
		},
		"machine, end": {
			"|0|10.0.0.1|\n|1|10.0.0.2\n",
			`ctdb listnodes:2:12: want a number and an address, "|" before, between and behind`,
		},
		"machine, number": {"|0|10.0.0.1|\n|x|10.0.0.2|\n", `ctdb listnodes:2:2: want a node number, got "x"`},
		"machine, order":  {"|1|10.0.0.1|\n|1|10.0.0.2|\n", `ctdb listnodes:2:2: node 1 after node 1`},
		"machine, addr":   {"|1|10.0.0.x|\n", `ctdb listnodes:1:4: want an address, got "10.0.0.x"`},
		"digits": {
			"a10a110.0.0.1a1\n",
			`ctdb listnodes:1: want an address or a table of nodes, got "a10a110.0.0.1a1"`,
		},
		"cut off": {"10.0.0.1\n10.0", `ctdb listnodes:2:5: the output ends within the line "10.0"`},
	})
}
