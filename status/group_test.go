package status_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestGroupCaptures reads what real clusters printed of NAT gateway and LVS groups, and compares what is printed again.
func TestGroupCaptures(t *testing.T) {
	t.Parallel()
	words := strings.NewReplacer("MASTER", "LEADER", "slave-only", "follower-only")
	counts := map[string]int{}
	for _, r := range reportsIn(t, "groups", 450) {
		command := strings.Replace(strings.Join(r.command(), " "), "master", "leader", 1)
		printed, err := printGroup(command, r)
		if err != nil {
			t.Errorf("%v: %v\n%s", r, err, r.Out)
			continue
		}
		counts[command]++
		if r.Code != 0 {
			counts["no leader"]++
		}
		r.Out = words.Replace(r.Out)
		r.checkSame(t, printed, nil)
	}
	for _, command := range []string{"natgw leader", "natgw list", "natgw status", "lvs leader", "lvs list", "lvs status", "no leader"} {
		if counts[command] < 5 {
			t.Errorf("only %d captures of %s", counts[command], command)
		}
	}
}

// printGroup reads a capture and prints it again.
func printGroup(command string, r report) (string, error) {
	out := []byte(r.Out)
	switch command {
	case "natgw leader":
		l, err := status.ParseNATGWLeader(out, r.Code)
		if err != nil || l.PNN.IsUnknown() {
			return "", err
		}
		return fmt.Sprintf("%v %v\n", l.PNN, l.Address), nil
	case "lvs leader":
		l, err := status.ParseLVSLeader(out, r.Code)
		if err != nil || l.PNN.IsUnknown() {
			return "", err
		}
		return fmt.Sprintf("%v\n", l.PNN), nil
	case "natgw list":
		g, err := status.ParseNATGWList(out)
		if err != nil {
			return "", err
		}
		return g.String(), g.Unparsed.Err()
	case "lvs list":
		g, err := status.ParseLVSList(out)
		if err != nil {
			return "", err
		}
		return g.String(), g.Unparsed.Err()
	case "natgw status":
		return printMembers(status.ParseNATGWStatus(out))
	case "lvs status":
		return printMembers(status.ParseLVSStatus(out))
	}
	return "", fmt.Errorf("no command %q", command)
}

func printMembers(c *status.Cluster, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return c.String(), c.Unparsed.Err()
}

func TestParseGroupLeader(t *testing.T) {
	t.Parallel()
	address := func(text string) status.Value[netip.Addr] { return status.Known(netip.MustParseAddr(text)) }
	none, nobody := status.Unknown[nodes.PNN](), status.Unknown[netip.Addr]()
	one := status.Known(nodes.PNN(1))
	tests := map[string]struct {
		out  string
		code int
		of   func([]byte, int) (*status.GroupLeader, error)
		want *status.GroupLeader
		err  string
	}{
		"natgw":                   {"1 10.0.0.2\n", 0, status.ParseNATGWLeader, &status.GroupLeader{Form: status.FormText, PNN: one, Address: address("10.0.0.2")}, ""},
		"natgw IPv6":              {"1 fd00::2\n", 0, status.ParseNATGWLeader, &status.GroupLeader{Form: status.FormText, PNN: one, Address: address("fd00::2")}, ""},
		"natgw none":              {"", 2, status.ParseNATGWLeader, &status.GroupLeader{Form: status.FormText, PNN: none, Address: nobody}, ""},
		"natgw empty, 0":          {"", 0, status.ParseNATGWLeader, nil, "ctdb natgw leader: no output, exit code 0; want a node number and an address, or exit code 2"},
		"natgw failure":           {"", 1, status.ParseNATGWLeader, nil, "no output, exit code 1"},
		"natgw usage":             {"ctdb_natgw <option>\n", 1, status.ParseNATGWLeader, nil, `ctdb natgw leader:1: "ctdb_natgw <option>" with exit code 1`},
		"natgw long usage":        {"a\nb\n", 1, status.ParseNATGWLeader, nil, "ctdb natgw leader:2"},
		"natgw no address":        {"1\n", 0, status.ParseNATGWLeader, nil, `ctdb natgw leader:1:2: want an address, got ""`},
		"natgw bad number":        {"x 10.0.0.2\n", 0, status.ParseNATGWLeader, nil, `ctdb natgw leader:1:1: want a node number, got "x"`},
		"natgw bad address":       {"1 here\n", 0, status.ParseNATGWLeader, nil, `ctdb natgw leader:1:3: want an address, got "here"`},
		"natgw cut":               {"1 10.0.0", 0, status.ParseNATGWLeader, nil, "the output ends within the line"},
		"lvs":                     {"1\n", 0, status.ParseLVSLeader, &status.GroupLeader{Form: status.FormText, PNN: one}, ""},
		"lvs none":                {"", 255, status.ParseLVSLeader, &status.GroupLeader{Form: status.FormText, PNN: none}, ""},
		"lvs exit code of natgw":  {"", 2, status.ParseLVSLeader, nil, "no output, exit code 2"},
		"lvs leader and failure":  {"1\n", 255, status.ParseLVSLeader, nil, "with exit code 255"},
		"lvs bad number":          {"-1\n", 0, status.ParseLVSLeader, nil, `ctdb lvs leader:1:1: want a node number, got "-1"`},
		"lvs number and address?": {"1 10.0.0.2\n", 0, status.ParseLVSLeader, nil, "want a node number"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.of([]byte(test.out), test.code)
			if test.err != "" {
				checkRefused(t, err, test.err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseNATGWList(t *testing.T) {
	t.Parallel()
	member := func(address string) status.NATGWMember {
		return status.NATGWMember{Address: netip.MustParseAddr(address)}
	}
	leader, follower, both := member("10.0.0.2"), member("10.0.0.3"), member("10.0.0.4")
	leader.Leader, follower.FollowerOnly, both.FollowerOnly, both.Leader = true, true, true, true
	both.Other = []string{"golden"}
	tests := map[string]struct {
		in   string
		want status.NATGWGroup
	}{
		"none": {"", status.NATGWGroup{Form: status.FormText, Members: []status.NATGWMember{}}},
		"new words": {
			"10.0.0.1\n10.0.0.2\tLEADER\n10.0.0.3\tfollower-only\n10.0.0.4\tLEADER,follower-only,golden\n?\n",
			status.NATGWGroup{
				Form: status.FormText, Members: []status.NATGWMember{member("10.0.0.1"), leader, follower, both},
				Unparsed: status.Lines{{5, "?"}},
			},
		},
		"old words": {
			"10.0.0.2\tMASTER\n10.0.0.3\tslave-only\n10.0.0.1\n",
			status.NATGWGroup{Form: status.FormText, Members: []status.NATGWMember{leader, follower, member("10.0.0.1")}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := status.ParseNATGWList([]byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got, addresses); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
			leads := slices.IndexFunc(test.want.Members, func(m status.NATGWMember) bool { return m.Leader })
			if m, ok := got.Leader(); ok != (leads >= 0) || ok && m.Address != test.want.Members[leads].Address {
				t.Errorf("leader %v, %v", m, ok)
			}
		})
	}
	_, err := status.ParseNATGWList([]byte("Usage: ctdb\n"))
	checkRefused(t, err, `ctdb natgw list:1: want private addresses, got "Usage: ctdb"`)
	_, err = status.ParseNATGWList([]byte("10.0.0.1\n10.0"))
	checkRefused(t, err, "the output ends within the line")
	_, err = status.ParseNATGWList([]byte(strings.Repeat("::\n", 10001)))
	checkRefused(t, err, "too many nodes")
}

func TestParseLVSList(t *testing.T) {
	t.Parallel()
	got, err := status.ParseLVSList([]byte("0 10.0.0.1\n?\n2 fd00::3\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := &status.LVSGroup{
		Form:     status.FormText,
		Members:  []status.LVSMember{{0, netip.MustParseAddr("10.0.0.1")}, {2, netip.MustParseAddr("fd00::3")}},
		Unparsed: status.Lines{{2, "?"}},
	}
	if diff := cmp.Diff(want, got, addresses); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	for in, want := range map[string]string{
		"Usage: ctdb\n":                  `ctdb lvs list:1: want node numbers and addresses, got "Usage: ctdb"`,
		"0 10.0.0.1\n1 10.0":             "the output ends within the line",
		"0 10.0.0.1\n0 10.0.0.1\n":       "ctdb lvs list:2:1: node 0 after node 0",
		"1 10.0.0.1\n0 10.0.0.2\n":       "ctdb lvs list:2:1: node 0 after node 1",
		"0 here\n":                       `ctdb lvs list:1:3: want an address, got "here"`,
		"4294967296 10.0.0.1\n":          `ctdb lvs list:1:1: want a node number, got "4294967296"`,
		numbered("%d 10.0.0.1\n", 10001): "too many nodes",
	} {
		_, err := status.ParseLVSList([]byte(in))
		checkRefused(t, err, want)
	}
}

func TestParseGroupStatus(t *testing.T) {
	t.Parallel()
	in := "pnn:0 10.0.0.1         OK (THIS NODE)\npnn:2 10.0.0.3         BANNED|INACTIVE\n"
	for command, of := range map[string]func([]byte) (*status.Cluster, error){
		"natgw": status.ParseNATGWStatus, "lvs": status.ParseLVSStatus,
	} {
		c, err := of([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(in, c.String()); diff != "" {
			t.Errorf("%s: mismatch (-want +got)\n%s", command, diff)
		}
		if c, err = of(nil); err != nil || len(c.Nodes) != 0 {
			t.Errorf("%s: no nodes at all: %v, %v", command, c, err)
		}
		_, err = of([]byte("pnn:x\n"))
		checkRefused(t, err, "ctdb "+command+` status:1:5: want a node number, got "x"`)
	}
}

func FuzzParseGroups(f *testing.F) {
	f.Add([]byte("10.0.0.4\tLEADER,follower-only,golden\n"), 0)
	for i, r := range reportsIn(f, "groups", 450) {
		if i%30 == 0 {
			f.Add([]byte(r.Out), r.Code)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, code int) {
		for _, of := range []func([]byte, int) (*status.GroupLeader, error){status.ParseNATGWLeader, status.ParseLVSLeader} {
			if l, err := of(in, code); err != nil {
				checkError(t, in, err)
			} else if l.PNN.IsUnknown() != (code != 0) || !l.PNN.IsReported() {
				t.Fatalf("%+v with exit code %d", l, code)
			}
		}
		if g, err := status.ParseNATGWList(in); err != nil {
			checkError(t, in, err)
		} else {
			g.Unparsed = nil
			back, err := status.ParseNATGWList([]byte(g.String()))
			again(t, g, back, err, g.String())
		}
		if g, err := status.ParseLVSList(in); err != nil {
			checkError(t, in, err)
		} else {
			g.Unparsed = nil
			back, err := status.ParseLVSList([]byte(g.String()))
			again(t, g, back, err, g.String())
		}
		for _, of := range []func([]byte) (*status.Cluster, error){status.ParseNATGWStatus, status.ParseLVSStatus} {
			c, err := of(in)
			checkParsed(t, in, c, err)
		}
	})
}
