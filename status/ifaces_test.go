package status_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

func TestParseInterfaces(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   string
		want status.Interfaces
	}{
		"text": {
			"\nInterfaces on node 1\nname:eth1 link:down references:0\n" +
				"name:eth0 link:up references:2 speed:fast\nbye\n",
			status.Interfaces{
				Form: status.FormText, PNN: status.Known(nodes.PNN(1)),
				Interfaces: []status.Interface{
					{Name: "eth1"},
					{Name: "eth0", Up: true, References: 2, Extra: map[string]string{"speed": "fast"}},
				},
				Unparsed: status.Lines{{Number: 5, Text: "bye"}},
			},
		},
		"none": {
			"No interfaces configured on node 0\n",
			status.Interfaces{Form: status.FormText, PNN: status.Known(nodes.PNN(0)), Interfaces: []status.Interface{}},
		},
		"machine": {
			"|Name|LinkStatus|References|New|\n|eth0|1|12|x|\n|eth1|0|0||\n",
			status.Interfaces{
				Form: status.FormMachine,
				Interfaces: []status.Interface{
					{Name: "eth0", Up: true, References: 12, Extra: map[string]string{"New": "x"}},
					{Name: "eth1", Extra: map[string]string{"New": ""}},
				},
			},
		},
		"machine, a separator that is in the name": {
			"pNamepLinkStatuspReferencesp\npp0p1p2p\n",
			status.Interfaces{
				Form: status.FormMachine, Interfaces: []status.Interface{{Name: "p0", Up: true, References: 2}},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := []byte(test.in)
			got, err := status.ParseInterfaces(in)
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

func TestParseInterfacesRefuses(t *testing.T) {
	t.Parallel()
	const title, header = "Interfaces on node 0\n", "|Name|LinkStatus|References|\n"
	const want = `"Interfaces on node", or a table with the columns Name, LinkStatus and References`
	refuse(t, func(in []byte) (any, error) { return status.ParseInterfaces(in) }, map[string]refusal{
		"nothing": {"", "ctdb ifaces: no output; want " + want},
		"something else": {
			"name:a link:up references:1\n",
			"ctdb ifaces:1: want " + want + `, got "name:a link:up references:1"`,
		},
		"title":      {"Interfaces on node x\n", `ctdb ifaces:1:20: want a node number, got "x"`},
		"two titles": {title + "No interfaces configured on node 0\n", "ctdb ifaces:2:1: a second title"},
		"name": {
			title + "name: link:up references:1\n",
			`ctdb ifaces:2:6: want the name of an interface`,
		},
		"link": {
			title + "name:a link:maybe references:1\n",
			`ctdb ifaces:2:13: want up or down, 1 or 0, got "maybe"`,
		},
		"references":          {title + "name:a link:up references:-1\n", `ctdb ifaces:2:27: want a count, got "-1"`},
		"references, too few": {title + "name:a link:up\n", `ctdb ifaces:2:15: want "references:…"`},
		"key twice":           {title + "name:a link:up link:up\n", `ctdb ifaces:2:16: a second "link"`},
		"no colon":            {title + "name:a up\n", `ctdb ifaces:2:8: want "NAME:VALUE", got "up"`},
		"active": {
			title + "name:a link:up references:1 (active)\n",
			"ctdb ifaces:2:1: an interface that is active for an address, of which there is none here",
		},
		"twice": {
			title + "name:a link:up references:1\nname:a link:up references:1\n",
			`ctdb ifaces:3:1: a second interface "a"`,
		},
		"machine, link":   {header + "|a|2|0|\n", `ctdb ifaces:2:4: want up or down, 1 or 0, got "2"`},
		"machine, column": {header + "|a|2|\n", "ctdb ifaces:2:1: want 3 columns as in the header, got 2"},
		"machine, twice":  {header + "|a|1|0|\n|a|1|0|\n", `ctdb ifaces:3:1: a second interface "a"`},
		"no separator": {
			"NameLinkStatusReferences\na10\n",
			"ctdb ifaces:1:1: a table without a separator: its columns can't be told apart",
		},
	})
}

func TestInterfacesFind(t *testing.T) {
	t.Parallel()
	ifaces, err := status.ParseInterfaces([]byte("|Name|LinkStatus|References|\n|a|1|0|\n|b|0|3|\n"))
	if err != nil {
		t.Fatal(err)
	}
	if b, ok := ifaces.Find("b"); !ok || b.References != 3 {
		t.Errorf("found %+v, %v", b, ok)
	}
	if c, ok := ifaces.Find("c"); ok {
		t.Errorf("found %+v", c)
	}
}

func TestParsePublicIPInfo(t *testing.T) {
	t.Parallel()
	in := "Public IP[fd00::1] info on node 1\nIP:fd00::1\nCurrentNode:1\nNumInterfaces:2\n" +
		"Interface[1]: Name:eth0 Link:up References:2 (active)\n" +
		"Interface[2]: Name:eth1 Link:down References:0 New:x\nbye\n"
	want := &status.PublicIPInfo{
		Form: status.FormText, Address: netip.MustParseAddr("fd00::1"), PNN: 1, Node: status.Known(nodes.PNN(1)),
		Interfaces: []status.Interface{
			{Name: "eth0", Up: true, References: 2}, {Name: "eth1", Extra: map[string]string{"new": "x"}},
		},
		ActiveInterface: "eth0",
		Unparsed:        status.Lines{{Number: 7, Text: "bye"}},
	}
	got, err := status.ParsePublicIPInfo([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, addresses); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	for _, none := range []string{"4294967295", "-1"} {
		got, err := status.ParsePublicIPInfo([]byte(
			"Public IP[10.0.0.1] info on node 1\nIP:10.0.0.1\nCurrentNode:" + none + "\nNumInterfaces:0\n"))
		if err != nil || !got.Node.IsUnknown() || got.ActiveInterface != "" {
			t.Errorf("%s: got %+v, error %v", none, got, err)
		}
	}
}

func TestParsePublicIPInfoRefuses(t *testing.T) {
	t.Parallel()
	const (
		title = "Public IP[10.0.0.1] info on node 1\n"
		ip    = "IP:10.0.0.1\n"
		node  = "CurrentNode:1\n"
		two   = "NumInterfaces:2\n"
		first = "Interface[1]: Name:a Link:up References:2 (active)\n"
	)
	refuse(t, func(in []byte) (any, error) { return status.ParsePublicIPInfo(in) }, map[string]refusal{
		"nothing": {"", `ctdb ipinfo: the output ends without a line "Public IP["`},
		"unknown address": {
			"Node 0 does not know about IP 10.9.9.9\n",
			`ctdb ipinfo:1: the output ends without a line "Public IP["`,
		},
		"no node": {title + ip + two, `ctdb ipinfo:3: the output ends without a line "CurrentNode:"`},
		"title": {
			"Public IP[10.0.0.1]\n",
			`ctdb ipinfo:1:11: want "ADDRESS] info on node NODE", got "10.0.0.1]"`,
		},
		"title, address": {"Public IP[x] info on node 1\n", `ctdb ipinfo:1:11: want an address, got "x"`},
		"title, node":    {"Public IP[::1] info on node x\n", `ctdb ipinfo:1:29: want a node number, got "x"`},
		"other address":  {title + "IP:10.0.0.2\n", `ctdb ipinfo:2:4: want 10.0.0.1 as before, got 10.0.0.2`},
		"title twice":    {title + title, `ctdb ipinfo:2:1: a second line "Public IP["`},
		"node":           {"CurrentNode:x\n", `ctdb ipinfo:1:13: want a node number or -1, got "x"`},
		"count":          {"NumInterfaces:x\n", `ctdb ipinfo:1:15: want a count, got "x"`},
		"too few":        {title + ip + node + two + first, "ctdb ipinfo:4: 2 interfaces, but 1 are listed"},
		"number": {
			"Interface[2]: Name:a Link:up References:2\n",
			`ctdb ipinfo:1:11: want "1]: …", got "2]: Name:a Link:up References:2"`,
		},
		"link": {
			"Interface[1]: Name:a Link:x References:2\n",
			`ctdb ipinfo:1:27: want up or down, 1 or 0, got "x"`,
		},
		"same name": {
			first + "Interface[2]: Name:a Link:up References:2\n",
			`ctdb ipinfo:2:15: a second interface "a"`,
		},
		"two active": {
			first + "Interface[2]: Name:b Link:up References:2 (active)\n",
			"ctdb ipinfo:2:15: a second interface that is active",
		},
		"active twice": {"Interface[1]: Name:a (active) (active)\n", `ctdb ipinfo:1:31: a second "(active)"`},
		"cut off": {
			title + ip + node + "NumInterfaces:",
			`ctdb ipinfo:4:15: the output ends within the line "NumInterfaces:"`,
		},
	})
}
