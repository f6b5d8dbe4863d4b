package ctdbtest_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
	"github.com/go-ctdb/go-ctdb/status"
)

// each runs a test for all releases.
func each(t *testing.T, test func(t *testing.T, r release.Release)) {
	t.Helper()
	for _, r := range releases {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			test(t, r)
		})
	}
}

// TestMoveIP moves addresses, also those that stay where they are.
func TestMoveIP(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		client := c.Client(3)
		must(t, client.MoveIP(ctx, first, 1))
		must(t, client.WaitForAddress(ctx, first, 1))
		must(t, client.MoveIP(ctx, first, 1))
		must(t, client.MoveIP(ctx, first, 3))
		if host, ok := c.Host(first); host != 3 || !ok {
			t.Errorf("it is on node %v, %t", host, ok)
		}
		if got := hosts(c); got != "3 1 3" {
			t.Errorf("moved to %s", got)
		}
		must(t, client.IPReallocate(ctx)) // node 0 has none
		if got := hosts(c); got != "0 1 3" {
			t.Errorf("after a takeover run: %s", got)
		}
	})
}

// hosts gives the numbers of the addresses' nodes in a line: "0 1 3".
func hosts(c *ctdbtest.Cluster, addrs ...netip.Addr) string {
	if len(addrs) == 0 {
		addrs = []netip.Addr{first, second, third}
	}
	var line strings.Builder
	for i, addr := range addrs {
		if i > 0 {
			line.WriteString(" ")
		}
		if pnn, ok := c.Host(addr); ok {
			line.WriteString(pnn.String())
		} else {
			line.WriteString("-")
		}
	}
	return line.String()
}

// TestAddIP adds an address, which is hosted at once, and takes it away again.
func TestAddIP(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		prefix := netip.MustParsePrefix("fd00::9/64")
		add := func(pnn nodes.PNN) bool {
			added, err := c.Client(1).On(pnn).AddIP(ctx, prefix, "eth0")
			must(t, err)
			return added
		}
		if one, two, again := add(0), add(3), add(3); !one || !two || again {
			t.Errorf("added: %t, %t, %t", one, two, again)
		}
		if got := hosts(c, prefix.Addr()); got != "0" {
			t.Errorf("the new address is on node %s", got)
		}
		delet := func(pnn nodes.PNN) bool {
			deleted, err := c.Client(1).On(pnn).DelIP(ctx, prefix.Addr())
			must(t, err)
			return deleted
		}
		if one, on, again, two := delet(0), hosts(c, prefix.Addr()), delet(0), delet(3); !one || again || !two || on != "3" {
			t.Errorf("deleted: %t, %t, %t; then on %s", one, again, two, on)
		}
		if got := hosts(c, prefix.Addr()); got != "-" {
			t.Errorf("the deleted address is on node %s", got)
		}
	})
}

// TestReloadIPs has nodes read their changed files.
func TestReloadIPs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		const text = "10.1.1.1/24 eth7\n10.1.1.7/24 eth1\n"
		drift := func(pnn nodes.PNN) []ctdb.Drift {
			f, err := publicaddr.Parse("", []byte(text))
			must(t, err)
			all, err := c.Client(pnn).Addresses(ctx, f)
			must(t, err)
			var drift []ctdb.Drift
			for _, a := range all {
				drift = append(drift, a.Drift())
			}
			return drift
		}
		for _, pnn := range []nodes.PNN{0, 1, 3} {
			must(t, c.SetPublicAddressesFile(pnn, text))
		}
		before := drift(0)
		must(t, c.Client(0).ReloadIPs(ctx, 1))
		if got := hosts(c, netip.MustParseAddr("10.1.1.7")); got != "1" {
			t.Errorf("after the reload of one node: on %s", got)
		}
		must(t, c.SetReloadFails(3, true))
		if _, ok := errors.AsType[*ctdb.PartialError](c.Client(0).ReloadIPs(ctx)); !ok {
			t.Error("there is no PartialError")
		}
		must(t, c.SetReloadFails(3, false))
		must(t, c.Client(0).ReloadIPs(ctx))
		if diff := cmp.Diff([]ctdb.Drift{ctdb.OtherInterfaces, ctdb.NotInFile, ctdb.NotLoaded}, before); diff != "" {
			t.Errorf("before: mismatch (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff([]ctdb.Drift{ctdb.OtherInterfaces, ctdb.NoDrift}, drift(0)); diff != "" {
			t.Errorf("after: mismatch (-want +got)\n%s", diff)
		}
		must(t, c.SetPublicAddressesFile(0, "10.1.1.1\n"))
		must(t, c.Client(0).ReloadIPs(ctx))
		must(t, c.Kill(1))
		must(t, c.Start(1))
		if zero, one := drift(0), drift(1); len(zero) != 2 || one[0] != ctdb.NoDrift {
			t.Errorf("with a bad file %v, after a restart %v", zero, one)
		}
	})
}

// TestInterfaces takes links away, which moves addresses to another interface, or to another node.
func TestInterfaces(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		client := c.Client(1)
		line := func() string {
			info, err := client.PublicIPInfo(ctx, second)
			must(t, err)
			report, err := client.Status(ctx)
			must(t, err)
			n, _ := report.Node(1)
			return info.Node.String() + " " + info.ActiveInterface + " " + n.State()
		}
		var got []string
		for _, change := range []func() error{
			func() error { return nil },
			func() error { return client.SetIfaceLink(ctx, "eth1", false) },
			func() error { return c.SetLink(1, "eth2", false) },
			func() error { return client.SetIfaceLink(ctx, "eth1", true) },
			func() error { return c.Disable(0) },
			func() error { return c.SetLink(1, "eth2", true) },
		} {
			must(t, change())
			got = append(got, line())
		}
		want := []string{
			"1 eth1 OK", "1 eth2 PARTIALLYONLINE", "0  PARTIALLYONLINE", "0  PARTIALLYONLINE", "1 eth1 PARTIALLYONLINE", "1 eth1 OK",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("mismatch (-want +got)\n%s", diff)
		}
		must(t, client.GratARP(ctx, second, "eth1"))
		if err := c.SetLink(1, "nosuch", true); !errors.Is(err, ctdb.ErrArgument) {
			t.Errorf("no such interface: got %v", err)
		}
	})
}

// TestConnections has nodes remember connections, and forget them.
func TestConnections(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		other := status.Connection{
			Source: netip.MustParseAddrPort("[fd00::99]:7777"), Destination: netip.AddrPortFrom(third, 2049),
		}
		client := c.Client(3)
		must(t, client.Tickle(ctx, connection))
		must(t, client.AddTickle(ctx, connection))
		must(t, client.AddTickle(ctx, connection))
		must(t, client.AddTickle(ctx, other))
		count := func(addr netip.Addr) int {
			all, err := client.Tickles(ctx, addr)
			must(t, err)
			for _, one := range all.Connections {
				if one != connection && one != other {
					t.Errorf("a connection is %v", one)
				}
			}
			return len(all.Connections)
		}
		if one, two := count(first), count(third); one != 1 || two != 1 {
			t.Errorf("there are %d and %d", one, two)
		}
		must(t, client.DelTickle(ctx, connection))
		must(t, client.DelTickle(ctx, connection))
		if one, two := count(first), count(third); one != 0 || two != 1 {
			t.Errorf("then there are %d and %d", one, two)
		}
	})
}

// TestConnectionsWithoutAddresses adds a connection to a node without public addresses, which does not look at it.
func TestConnectionsWithoutAddresses(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), ctdbtest.New(ctdbtest.Options{}).Client(0)
	must(t, client.AddTickle(ctx, connection))
	if _, err := client.Tickles(ctx, first); !errors.Is(err, ctdb.ErrRefused) {
		t.Errorf("got %v", err)
	}
}

// TestConnectionsFromInput gives the tool connections on its standard input.
func TestConnectionsFromInput(t *testing.T) {
	t.Parallel()
	const title = "Connections for IP: 10.1.1.1\nNum connections: "
	c := ctdbtest.New(full(release.Release{}))
	for _, test := range []struct {
		name, command, input string
		code                 int
		err                  string
		left                 string
	}{
		{"add", "addtickle", "10.9.9.9:1 10.1.1.1:445\n10.9.9.9:2 10.1.1.1:445 x\n10.9.9.9:3\t10.1.1.1:139\n", 0, "",
			title + "3\nSRC: 10.9.9.9:1   DST: 10.1.1.1:445\n" +
				"SRC: 10.9.9.9:2   DST: 10.1.1.1:445\nSRC: 10.9.9.9:3   DST: 10.1.1.1:139\n"},
		{"delete", "deltickle", "10.9.9.9:1 10.1.1.1:445\n10.9.9.9:3 10.1.1.1:139\n", 0, "",
			title + "1\nSRC: 10.9.9.9:2   DST: 10.1.1.1:445\n"},
		{"one end", "addtickle", "10.9.9.9:7 10.1.1.1:445\n10.9.9.9:1\n", 22, "",
			title + "1\nSRC: 10.9.9.9:2   DST: 10.1.1.1:445\n"},
		{"an unknown address", "addtickle", "10.9.9.9:1 10.1.1.99:1\n", 1,
			"Control TCP_ADD_DELAYED_UPDATE failed, ret=-1\nFailed to register connection\n",
			title + "1\nSRC: 10.9.9.9:2   DST: 10.1.1.1:445\n"},
		{"none", "tickle", "", 0, "", title + "1\nSRC: 10.9.9.9:2   DST: 10.1.1.1:445\n"},
	} {
		result, err := c.Run(t.Context(), ctdb.Command{Name: "ctdb", Args: []string{test.command}, Stdin: []byte(test.input)})
		must(t, err)
		if result.ExitCode != test.code || string(result.Stderr) != test.err {
			t.Errorf("%s: got %v, %q", test.name, result.ExitCode, result.Stderr)
		}
		if diff := cmp.Diff(test.left, string(tool(t, c, 0, "gettickles", "10.1.1.1").Stdout)); diff != "" {
			t.Errorf("%s: mismatch (-want +got)\n%s", test.name, diff)
		}
	}
	table := string(tool(t, c, 0, "-X", "gettickles", "10.1.1.1", "445").Stdout)
	if want := "|Source IP|Port|Destination IP|Port|\n|10.9.9.9|2|10.1.1.1|445|\n"; table != want {
		t.Errorf("as a table: got %q", table)
	}
	if none := string(tool(t, c, 0, "gettickles", "10.1.1.1", "446").Stdout); none != title+"0\n" {
		t.Errorf("of another port: got %q", none)
	}
}
