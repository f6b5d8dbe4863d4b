//go:build linux

package realctdb_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

func TestNetCluster(t *testing.T) {
	options := realctdb.NetOptions{Public: 4, Public6: 2, Interfaces: 2}
	realctdb.EachNet(t, options, func(t *testing.T, c *realctdb.NetCluster) {
		t.Run("every node sees three", func(t *testing.T) { testThreeNodes(t, c.Cluster) })
		t.Run("runner", func(t *testing.T) { testNetRunner(t, c) })
		t.Run("addresses", func(t *testing.T) { testNetAddresses(t, c) })
		t.Run("links", func(t *testing.T) { testLinks(t, c) })
		t.Run("kill and start", func(t *testing.T) { testNetKill(t, c) })
		t.Run("pause and resume", func(t *testing.T) { testPause(t, c.Cluster) })
	})
}

// inNode runs a program in a node, and wants it to succeed.
func inNode(t *testing.T, c *realctdb.NetCluster, pnn int, name string, args ...string) string {
	t.Helper()
	result, err := c.Runner(pnn).Run(t.Context(), ctdb.Command{Name: name, Args: args})
	if err != nil || result.ExitCode != 0 {
		t.Fatalf("node %d: %s %q: %v, exit code %d: %s", pnn, name, args, err, result.ExitCode, result.Stderr)
	}
	return string(result.Stdout)
}

func testNetRunner(t *testing.T, c *realctdb.NetCluster) {
	for pnn := range 3 {
		if out := inNode(t, c, pnn, "ip", "address", "show", "dev", "eth0"); !strings.Contains(out, c.Address(pnn).String()) {
			t.Errorf("node %d has no %v:\n%s", pnn, c.Address(pnn), out)
		}
		marker := filepath.Join(c.Dir(pnn), "marker")
		if err := os.WriteFile(marker, []byte(c.Dir(pnn)), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := inNode(t, c, pnn, "cat", "/etc/ctdb/marker"); out != c.Dir(pnn) {
			t.Errorf("node %d has the /etc/ctdb of %s", pnn, out)
		}
	}
	if out := inNode(t, c, 1, "env"); strings.Contains(out, "CTDB") {
		t.Errorf("CTDB's variables are set:\n%s", out)
	}
	// What CTDB finds by its compiled-in paths is the node's.
	paths, err := ctdb.FindPaths(t.Context(), c.Runner(1))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := os.ReadFile(filepath.Join(c.Dir(1), "run", "ctdbd.pid"))
	if err != nil {
		t.Fatal(err)
	}
	if out := inNode(t, c, 1, "cat", paths.PIDFile()); out != string(pid) {
		t.Errorf("%s has %q, want %q", paths.PIDFile(), out, pid)
	}
	if _, err := c.Runner(1).Run(t.Context(), ctdb.Command{Name: "no-such-program"}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("not exec.ErrNotFound: %v", err)
	}
}

var compareAddresses = cmpopts.EquateComparable(netip.Addr{})

// waitPublic waits until the nodes hold each public address once.
func waitPublic(t *testing.T, c *realctdb.NetCluster) {
	t.Helper()
	want := []netip.Addr{c.PublicAddress6(1), c.PublicAddress6(2)}
	for number := 1; number <= 4; number++ {
		want = append(want, c.PublicAddress(number))
	}
	slices.SortFunc(want, netip.Addr.Compare)
	var diff string
	defer func() {
		if diff != "" {
			t.Logf("addresses (-want +got)\n%s", diff)
		}
	}()
	c.WaitFor(t, "all public addresses", func(context.Context) bool {
		diff = cmp.Diff(want, publicAddresses(t, c), compareAddresses)
		return diff == ""
	})
}

// publicAddresses gives the public addresses that the nodes hold.
func publicAddresses(t *testing.T, c *realctdb.NetCluster) (all []netip.Addr) {
	t.Helper()
	for pnn := range 3 {
		held := c.Addresses(t, pnn)
		if !slices.Contains(held, c.Address(pnn)) {
			t.Errorf("node %d has %v", pnn, held)
		}
		all = append(all, slices.DeleteFunc(held, func(a netip.Addr) bool { return a == c.Address(pnn) })...)
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return all
}

func testNetAddresses(t *testing.T, c *realctdb.NetCluster) {
	waitPublic(t, c)
	for number, want := range map[int]string{1: "eth1", 2: "eth2", 3: "eth1"} {
		file, err := os.ReadFile(filepath.Join(c.Dir(0), "public_addresses"))
		if line := fmt.Sprintf("%v/24 %s\n", c.PublicAddress(number), want); err != nil || !strings.Contains(string(file), line) {
			t.Errorf("no line %q in\n%s%v", line, file, err)
		}
	}
}

func testLinks(t *testing.T, c *realctdb.NetCluster) {
	c.LinkDown(t, 1, "eth2")
	waitFlags(t, c.Cluster, 0, 1, "UNHEALTHY")
	c.LinkUp(t, 1, "eth2")
	c.WaitHealthy(t)
	c.LinkDown(t, 2, "eth0")
	waitFlags(t, c.Cluster, 0, 2, "DISCONNECTED")
	c.LinkUp(t, 2, "eth0")
	c.WaitHealthy(t)
}

func testNetKill(t *testing.T, c *realctdb.NetCluster) {
	waitPublic(t, c)
	held := c.Addresses(t, 2)
	c.Kill(t, 2)
	if diff := cmp.Diff(held, c.Addresses(t, 2), compareAddresses); diff != "" {
		t.Errorf("addresses of the killed node (-before +after)\n%s", diff)
	}
	if out := inNode(t, c, 2, "cat", "/etc/ctdb/marker"); out != c.Dir(2) {
		t.Errorf("the killed node has the /etc/ctdb of %s", out)
	}
	waitFlags(t, c.Cluster, 0, 2, "DISCONNECTED")
	c.StartNode(t, 2)
	c.WaitHealthy(t)
	waitPublic(t, c)
}

func TestNetOptions(t *testing.T) {
	c := realctdb.StartNet(t, realctdb.Releases(t)[0], realctdb.NetOptions{
		Nodes: 2, Spare: 1,
		Config:          "[logging]\n\tlog level = WARNING\n",
		Tunables:        map[string]uint32{"MonitorInterval": 7},
		PublicAddresses: func(octet, pnn int) string { return fmt.Sprintf("10.78.%d.%d/24 eth1\n", octet, 10+pnn) },
		Scripts:         map[string]string{"60.test": "#!/bin/sh\n"},
		ScriptOptions:   "CTDB_PARTIALLY_ONLINE_INTERFACES=yes\n",
	})
	tests := []struct{ args, want string }{
		{"status", "Number of nodes:2\n"},
		{"getdebug", "WARNING\n"},
		{"getvar MonitorInterval", "= 7\n"},
		{"event script list legacy", "* 00.ctdb\n"},
		{"event script list legacy", "* 10.interface\n"},
		{"event script list legacy", "* 60.test\n"},
		{"ip", c.PublicAddress(11).String() + " "},
	}
	for _, tt := range tests {
		result := c.Tool(t, 1, strings.Fields(tt.args)...)
		if result.ExitCode != 0 || !strings.Contains(string(result.Stdout), tt.want) {
			t.Errorf("%s: exit code %d, %q not in\n%s%s", tt.args, result.ExitCode, tt.want, result.Stdout, result.Stderr)
		}
	}
	if out := inNode(t, c, 1, "cat", "/etc/ctdb/script.options"); out != "CTDB_PARTIALLY_ONLINE_INTERFACES=yes\n" {
		t.Errorf("script.options is %q", out)
	}
	if diff := cmp.Diff([]netip.Addr{c.Address(2)}, c.Addresses(t, 2), compareAddresses); diff != "" {
		t.Errorf("addresses of the spare node (-want +got)\n%s", diff)
	}
}
