package status_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/status"
)

var sockets = cmpopts.EquateComparable(netip.AddrPort{})

// TestTicklesCaptures reads what real clusters printed and compares what is printed again.
func TestTicklesCaptures(t *testing.T) {
	t.Parallel()
	connections, inSix := 0, 0
	for _, r := range reportsIn(t, "tickles", 100) {
		got, err := status.ParseTickles([]byte(r.Out))
		if err != nil {
			t.Errorf("%v: %v\n%s", r, err, r.Out)
			continue
		}
		printed := got.String()
		if got.Form == status.FormMachine {
			printed = ticklesTable(got, r.Out)
		}
		if r.isMachine() != (got.Form == status.FormMachine) {
			t.Errorf("%v: read as %v", r, got.Form)
		}
		if r.Release == "4.13" && got.Form == status.FormText {
			printed = strings.NewReplacer("[", "", "]", "").Replace(printed)
		}
		r.checkSame(t, printed, got.Unparsed)
		for _, c := range got.Connections {
			connections++
			if c.Source.Addr().Is6() {
				inSix++
			}
			if address := r.command()[1]; c.Destination.Addr().String() != address {
				t.Errorf("%v: a connection to %v", r, c.Destination)
			}
		}
	}
	if connections < 200 || inSix < 5 {
		t.Errorf("only %d connections, %d of them in IPv6", connections, inSix)
	}
}

// TestTicklesForms compares what text and machine form say of the same address in the same state.
func TestTicklesForms(t *testing.T) {
	t.Parallel()
	type question struct {
		release, state string
		node           int
		address        string
	}
	text, table := map[question][][]status.Connection{}, map[question][][]status.Connection{}
	for _, r := range reportsIn(t, "tickles", 100) {
		got, err := status.ParseTickles([]byte(r.Out))
		if err != nil || len(r.command()) != 2 || slices.Contains(r.Args, "-n") {
			continue
		}
		q := question{r.Release, r.State, r.Node, r.command()[1]}
		if got.Form == status.FormMachine {
			table[q] = append(table[q], got.Connections)
		} else {
			text[q] = append(text[q], got.Connections)
		}
	}
	compared := 0
	for q, all := range table {
		for _, want := range all {
			if len(text[q]) != 1 || len(all) != 1 {
				continue // it changed in between
			}
			compared++
			if diff := cmp.Diff(want, text[q][0], sockets); diff != "" {
				t.Errorf("%v: mismatch (-table +text)\n%s", q, diff)
			}
		}
	}
	if compared < 10 {
		t.Errorf("only %d compared", compared)
	}
}

// ticklesTable prints connections as the machine form with the header of an output.
func ticklesTable(tickles *status.Tickles, like string) string {
	header, _, _ := strings.Cut(like, "\n")
	sep := header[:strings.Index(header, "Source")]
	var b strings.Builder
	fmt.Fprintln(&b, header)
	for _, c := range tickles.Connections {
		for _, end := range []netip.AddrPort{c.Source, c.Destination} {
			fmt.Fprintf(&b, "%s%v%s%d", sep, end.Addr(), sep, end.Port())
		}
		b.WriteString(sep + "\n")
	}
	return b.String()
}

func TestParseTickles(t *testing.T) {
	t.Parallel()
	connect := func(from, to string) status.Connection {
		return status.Connection{Source: netip.MustParseAddrPort(from), Destination: netip.MustParseAddrPort(to)}
	}
	four := connect("192.0.2.9:10002", "192.0.2.1:445")
	six := connect("[2001:db8::7]:1234", "[2001:db8::1]:445")
	zone := connect("[fe80::7%eth0]:1234", "[fe80::1%eth0]:445")
	known := func(text string) status.Value[netip.Addr] { return status.Known(netip.MustParseAddr(text)) }
	none := []status.Connection{}
	tests := map[string]struct {
		in   string
		want status.Tickles
	}{
		"text": {
			"Connections for IP: 192.0.2.1\nNum connections: 1\nSRC: 192.0.2.9:10002   DST: 192.0.2.1:445\n",
			status.Tickles{Form: status.FormText, Address: known("192.0.2.1"), Connections: []status.Connection{four}},
		},
		"none": {
			"Connections for IP: 192.0.2.1\nNum connections: 0\n",
			status.Tickles{Form: status.FormText, Address: known("192.0.2.1"), Connections: none},
		},
		"IPv6": {
			"Connections for IP: 2001:db8::1\nNum connections: 1\nSRC: [2001:db8::7]:1234   DST: [2001:db8::1]:445\n",
			status.Tickles{Form: status.FormText, Address: known("2001:db8::1"), Connections: []status.Connection{six}},
		},
		"IPv6 of 4.13": {
			"Connections for IP: 2001:db8::1\nNum connections: 1\nSRC: 2001:db8::7:1234   DST: 2001:db8::1:445\n",
			status.Tickles{Form: status.FormText, Address: known("2001:db8::1"), Connections: []status.Connection{six}},
		},
		"unknown lines": {
			"?\nConnections for IP: 192.0.2.1\nNum connections: 0\nMood: good\n",
			status.Tickles{
				Form: status.FormText, Address: known("192.0.2.1"), Connections: none,
				Unparsed: status.Lines{{1, "?"}, {4, "Mood: good"}},
			},
		},
		"machine": {
			"|Source IP|Port|Destination IP|Port|\n|192.0.2.9|10002|192.0.2.1|445|\n",
			status.Tickles{Form: status.FormMachine, Connections: []status.Connection{four}},
		},
		"machine of 4.13": {
			"|Source IP|Port|Destiation IP|Port|\n",
			status.Tickles{Form: status.FormMachine, Connections: none},
		},
		"new column": {
			"|Source IP|Port|Destination IP|Port|Age|\n|192.0.2.9|10002|192.0.2.1|445|7|\n",
			status.Tickles{Form: status.FormMachine, Connections: []status.Connection{four}},
		},
		"IPv6 between colons": {
			":Source IP:Port:Destination IP:Port:\n:2001:db8:0:0:0:0:0:7:1234:2001:db8::1:445:\n:fe80::7%eth0:1234:fe80::1%eth0:445:\n",
			status.Tickles{Form: status.FormMachine, Connections: []status.Connection{six, zone}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := status.ParseTickles([]byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got, sockets, addresses); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseTicklesRefuses(t *testing.T) {
	t.Parallel()
	text := func(line string) string { return "Num connections: 1\n" + line + "\n" }
	row := func(line string) string { return "|Source IP|Port|Destination IP|Port|\n" + line + "\n" }
	colons := ":Source IP:Port:Destination IP:Port:\n"
	tests := map[string]struct{ in, want string }{
		"empty":             {"", `ctdb gettickles: no output; want "Connections for IP: "`},
		"something else":    {"Usage: ctdb\n", `ctdb gettickles:1: want "Connections for IP: "`},
		"cut":               {"Connections for IP: 192.0.2.1\n", `ctdb gettickles:1: the output ends without a line "Num connections: "`},
		"cut line":          {text("SRC: 192.0.2.9:1   DST: 192.0.2.1:445") + "S", "the output ends within the line"},
		"line lost":         {"Num connections: 1\n", "ctdb gettickles:1: 1 connections, but 0 are listed"},
		"two counts":        {"Num connections: 0\nNum connections: 0\n", "a second line"},
		"two addresses":     {"Connections for IP: ::1\nConnections for IP: ::1\n", "a second line"},
		"bad address":       {"Connections for IP: here\n", `ctdb gettickles:1:21: want an address, got "here"`},
		"bad count":         {"Num connections: x\n", `ctdb gettickles:1:18: want a count, got "x"`},
		"no destination":    {text("SRC: 192.0.2.9:1"), `want "SRC: ADDRESS:PORT   DST: ADDRESS:PORT"`},
		"bad source":        {text("SRC: x:1   DST: 192.0.2.1:445"), `ctdb gettickles:2:6: want an address and a port, got "x:1"`},
		"bad destination":   {text("SRC: 192.0.2.9:1   DST: 192.0.2.1"), `ctdb gettickles:2:25: want an address and a port`},
		"port too large":    {text("SRC: 192.0.2.9:65536   DST: 192.0.2.1:445"), "want an address and a port"},
		"half a bracket":    {text("SRC: [::1:1   DST: [::1]:445"), "want an address and a port"},
		"bracket around v4": {text("SRC: [192.0.2.9]:1   DST: 192.0.2.1:445"), "want an address and a port"},
		"other columns":     {"|Source IP|Port|Where|Port|\n", "want the columns Source IP, Port"},
		"too few columns":   {"|Source IP|Port|Destination IP|\n", "want the columns Source IP, Port"},
		"no separator":      {"Source IPPortDestination IPPort\n", "a table without a separator"},
		"short row":         {row("|192.0.2.9|1|192.0.2.1|"), "want 4 columns as in the header, got 3"},
		"bad cell":          {row("|192.0.2.9|x|192.0.2.1|445|"), `ctdb gettickles:2:2: want an address, a port and an address`},
		"bad port":          {row("|192.0.2.9|1|192.0.2.1|x|"), `ctdb gettickles:2:24: want a port, got "x"`},
		"two ways":          {colons + ":1::2:3:4:5::6:445:\n", "can be read in 2 ways"},
		"too many parts":    {colons + ":" + strings.Repeat("1:", 30) + "445:\n", "want an address, a port and an address"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := status.ParseTickles([]byte(test.in))
			checkRefused(t, err, test.want)
		})
	}
}

func FuzzParseTickles(f *testing.F) {
	f.Add([]byte(":Source IP:Port:Destination IP:Port:\n:fd00::7:1234:fd00:30:1::1:445:\n"))
	for i, r := range reportsIn(f, "tickles", 100) {
		if i%10 == 0 || strings.Contains(r.Out, "::") {
			f.Add([]byte(r.Out))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := status.ParseTickles(in)
		if err != nil {
			checkError(t, in, err)
			return
		}
		if len(got.Connections) > len(in) || len(got.Unparsed) > 100 {
			t.Fatalf("%d connections, %d unknown lines from %d bytes", len(got.Connections), len(got.Unparsed), len(in))
		}
		got.Form, got.Unparsed = status.FormText, nil
		back, err := status.ParseTickles([]byte(got.String()))
		if err == nil && !slices.Equal(got.Connections, back.Connections) || err == nil && got.Address != back.Address {
			t.Fatalf("%v comes back as %v", got, back)
		}
		if err != nil {
			t.Fatalf("%v, from\n%s", err, got)
		}
	})
}
