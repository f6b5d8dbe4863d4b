package status_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

func TestParsePublicIPs(t *testing.T) {
	t.Parallel()
	one, two := netip.MustParseAddr("10.1.0.1"), netip.MustParseAddr("fd00::2")
	none, node2 := status.Unknown[nodes.PNN](), status.Known(nodes.PNN(2))
	eth := []string{"eth0", "eth1"}
	tests := map[string]struct {
		in   string
		want status.PublicIPs
	}{
		"one node": {
			"Public IPs on node 3\n10.1.0.1 2\nfd00::2 -1\n",
			status.PublicIPs{
				Form: status.FormText, All: status.Known(false), PNN: status.Known(nodes.PNN(3)),
				IPs: []status.PublicIP{{Address: one, Node: node2}, {Address: two, Node: none}},
			},
		},
		"nothing": {
			"Public IPs on ALL nodes\n",
			status.PublicIPs{Form: status.FormText, All: status.Known(true), IPs: []status.PublicIP{}},
		},
		"verbose, something new": {
			"hello\nPublic IPs on ALL nodes\n10.1.0.1 node[2] active[eth1] available[eth0,eth1] configured[eth0,eth1] " +
				"vlan[7]\n" +
				"fd00::2 node[4294967295] active[] available[] configured[]\nbye\r\n",
			status.PublicIPs{
				Form: status.FormText, All: status.Known(true), Verbose: true,
				IPs: []status.PublicIP{
					{
						Address: one, Node: node2, ActiveInterface: "eth1",
						AvailableInterfaces: eth, ConfiguredInterfaces: eth,
						Extra: map[string]string{"vlan": "7"},
					},
					{Address: two, Node: none},
				},
				Unparsed: status.Lines{{Number: 1, Text: "hello"}, {Number: 5, Text: "bye"}},
			},
		},
		"machine": {
			"|Public IP|Node|\n|10.1.0.1|2|\n|fd00::2|4294967295|\n",
			status.PublicIPs{
				Form: status.FormMachine,
				IPs:  []status.PublicIP{{Address: one, Node: node2}, {Address: two, Node: none}},
			},
		},
		"machine, colons, old name, new column": {
			"\n:Public IP:Node:ActiveInterface:New:AvailableInterfaces:ConfiguredInterfaces:\n" +
				":fd00::2:2:eth0:x:eth0,eth1::\noops\n",
			status.PublicIPs{
				Form: status.FormMachine, Verbose: true,
				IPs: []status.PublicIP{{
					Address: two, Node: node2, ActiveInterface: "eth0", AvailableInterfaces: eth,
					Extra: map[string]string{"New": "x"},
				}},
				Unparsed: status.Lines{{Number: 4, Text: "oops"}},
			},
		},
		"machine, an address of colons": {
			":Public IP:Node:\n:::1:-1:\n",
			status.PublicIPs{
				Form: status.FormMachine, IPs: []status.PublicIP{{Address: netip.MustParseAddr("::1"), Node: none}},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := []byte(test.in)
			got, err := status.ParsePublicIPs(in)
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

func TestParsePublicIPsRefuses(t *testing.T) {
	t.Parallel()
	const title, header = "Public IPs on node 0\n", "|Public IP|Node|\n"
	verbose := "10.0.0.1 node[0] active[a] available[a] configured[a]\n"
	refuse(t, func(in []byte) (any, error) { return status.ParsePublicIPs(in) }, map[string]refusal{
		"nothing": {
			"",
			`ctdb ip: no output; want "Public IPs on", or a table with the columns Public IP and Node`,
		},
		"something else": {
			"\nNumber of nodes:1\n",
			`ctdb ip:2: want "Public IPs on", or a table with the columns Public IP and Node, got "Number of nodes:1"`,
		},
		"cut off": {title + "10.0.0.1 ", `ctdb ip:2:10: the output ends within the line "10.0.0.1 "`},
		"title": {
			"Public IPs on moon\n",
			`ctdb ip:1:15: want "ALL nodes" or "node" and its number, got "moon"`,
		},
		"title, number": {"Public IPs on node x\n", `ctdb ip:1:20: want a node number, got "x"`},
		"title, no node": {
			"Public IPs on node 4294967295\n",
			`ctdb ip:1:20: want a node number, got that of no node, "4294967295"`,
		},
		"second title": {title + title, "ctdb ip:2:1: a second title"},
		"address":      {title + "10.0.0.256 1\n", `ctdb ip:2:1: want an address, got "10.0.0.256"`},
		"no node":      {title + "10.0.0.1\n", `ctdb ip:2:10: want a node number or -1, got ""`},
		"node":         {title + "10.0.0.1 -2\n", `ctdb ip:2:10: want a node number or -1, got "-2"`},
		"node too large": {
			title + "10.0.0.1 4294967296\n",
			`ctdb ip:2:10: want a node number or -1, got "4294967296"`,
		},
		"twice": {title + "10.0.0.1 0\n10.0.0.1 1\n", "ctdb ip:3:1: a second row of 10.0.0.1"},
		"some verbose": {
			title + verbose + "10.0.0.2 1\n",
			"ctdb ip:3:10: some rows have interfaces and some have not",
		},
		"no bracket": {
			title + "10.0.0.1 node[0] active[a\n",
			`ctdb ip:2:18: want "NAME[VALUE]", got "active[a"`,
		},
		"word twice": {title + "10.0.0.1 node[0] node[1]\n", `ctdb ip:2:18: a second "node"`},
		"word missing": {
			title + "10.0.0.1 node[0] active[a] available[a]\n",
			"ctdb ip:2:40: want configured[…]",
		},
		"two active": {
			title + "10.0.0.1 node[0] active[a,b]\n",
			`ctdb ip:2:25: want one interface that is active, got "a,b"`,
		},
		"interface without name": {
			title + "10.0.0.1 node[0] active[] available[a,,b]\n",
			`ctdb ip:2:39: want the name of an interface, got ""`,
		},
		"machine, address":        {header + "|10.0.0|1|\n", `ctdb ip:2:2: want an address, got "10.0.0"`},
		"machine, node":           {header + "|10.0.0.1|x|\n", `ctdb ip:2:11: want a node number or -1, got "x"`},
		"machine, twice":          {header + "|::1|1|\n|::1|1|\n", "ctdb ip:3:1: a second row of ::1"},
		"machine, column missing": {header + "|10.0.0.1|\n", "ctdb ip:2:1: want 2 columns as in the header, got 1"},
		"machine, no separator": {
			"Public IPNode\n10.0.0.10\n",
			"ctdb ip:1:1: a table without a separator: its columns can't be told apart",
		},
		"header twice": {"|Public IP|Node|Node|\n", `ctdb ip:1:1: a second column "Node"`},
		"too large": {
			string(make([]byte, status.MaxOutput+1)),
			"ctdb ip: output of 16777217 bytes; the limit is 16777216",
		},
	})
}

// refusal is an input and the error that it gets.
type refusal struct{ in, want string }

func refuse(t *testing.T, parse func([]byte) (any, error), tests map[string]refusal) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parse([]byte(test.in))
			checkResult(t, []byte(test.in), err)
			if err == nil {
				t.Fatalf("was read as %+v", got)
			}
			if err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestPublicIPsQueries(t *testing.T) {
	t.Parallel()
	ips, err := status.ParsePublicIPs([]byte(
		"Public IPs on ALL nodes\n10.0.0.1 1\n10.0.0.2 -1\n10.0.0.3 1\n10.0.0.4 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	last := func(ip status.PublicIP) byte { return ip.Address.As4()[3] }
	collect := func(seq func(yield func(status.PublicIP) bool)) (all []byte) {
		for ip := range seq {
			all = append(all, last(ip))
		}
		return all
	}
	if got := collect(ips.On(1)); !slices.Equal(got, []byte{1, 3}) {
		t.Errorf("on node 1: %v", got)
	}
	if got := collect(ips.Unassigned()); !slices.Equal(got, []byte{2}) {
		t.Errorf("unassigned: %v", got)
	}
	for range ips.On(1) {
		break // an iterator that goes on after this panics
	}
	ip, ok := ips.Find(netip.MustParseAddr("10.0.0.4"))
	if !ok || !ip.Node.Is(0) || !ip.Assigned() {
		t.Errorf("found %+v, %v", ip, ok)
	}
	if ip, ok := ips.Find(netip.MustParseAddr("10.0.0.5")); ok {
		t.Errorf("found %+v", ip)
	}
	if ip, _ := ips.Find(netip.MustParseAddr("10.0.0.2")); ip.Assigned() {
		t.Errorf("%+v is assigned", ip)
	}
}
