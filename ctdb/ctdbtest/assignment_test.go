package ctdbtest_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// pool gives public addresses 10.2.0.1 and on, on all nodes.
func pool(count int) (addrs []netip.Addr, options []ctdbtest.PublicAddress) {
	for i := range count {
		addr := netip.AddrFrom4([4]byte{10, 2, byte(i / 256), byte(i%256 + 1)})
		addrs = append(addrs, addr)
		options = append(options, ctdbtest.PublicAddress{Prefix: netip.PrefixFrom(addr, 16)})
	}
	return addrs, options
}

// TestAssignment takes nodes away and gives them back, and looks at who hosts which address.
func TestAssignment(t *testing.T) {
	t.Parallel()
	type cluster = *ctdbtest.Cluster
	type step struct {
		name   string
		change func(c cluster) error
		want   string
	}
	for _, test := range []struct {
		name  string
		steps []step
	}{
		{"kill", []step{
			{"two of three", func(c cluster) error { return c.Kill(1) }, "0 0 2 0 2 2"},
			{"the second", func(c cluster) error { return c.Kill(0) }, "2 2 2 2 2 2"},
			{"the last", func(c cluster) error { return c.Kill(2) }, "- - - - - -"},
			{"one is back", func(c cluster) error { return c.Start(1) }, "1 1 1 1 1 1"},
			{"another", func(c cluster) error { return c.Start(0) }, "1 1 1 0 0 0"},
		}},
		{"disable", []step{
			{"one", func(c cluster) error { return c.Disable(0) }, "1 1 2 2 1 2"},
			{"enable", func(c cluster) error { return c.Enable(0) }, "1 1 2 2 0 0"},
			{"all", func(c cluster) error { return errors.Join(c.Disable(0), c.Disable(1), c.Disable(2)) }, "- - - - - -"},
		}},
		{"stop and ban", []step{
			{"stop", func(c cluster) error { return c.Stop(2) }, "0 1 0 0 1 1"},
			{"ban", func(c cluster) error { return c.Ban(1) }, "0 0 0 0 0 0"},
			{"back", func(c cluster) error { return errors.Join(c.Continue(2), c.Unban(1)) }, "0 0 1 2 2 1"},
		}},
		{"unhealthy", []step{
			{"a script", func(c cluster) error { return c.FailScript(2, "00.ctdb", "") }, "0 1 0 0 1 1"},
			{"all", func(c cluster) error { return errors.Join(c.SetUnhealthy(0, true), c.SetUnhealthy(1, true)) }, "- - - - - -"},
		}},
		{"starting up", []step{
			{"a node", func(c cluster) error { return c.StartUp(2, status.RunStateStartup) }, "0 1 0 0 1 1"},
			{"it has come up", func(c cluster) error { return c.Start(2) }, "0 1 0 2 1 2"},
		}},
		{"without a leader", []step{
			{"disable", func(c cluster) error { c.SetNoLeader(true); return c.Disable(0) }, "0 1 2 0 1 2"},
			{"kill", func(c cluster) error { return c.Kill(1) }, "0 - 2 0 - 2"},
			{"with one", func(c cluster) error { c.SetNoLeader(false); return nil }, "2 2 2 2 2 2"},
		}},
		{"in a recovery", []step{
			{"disable", func(c cluster) error { c.SetRecovering(true); return c.Disable(0) }, "0 1 2 0 1 2"},
			{"after it", func(c cluster) error { c.SetRecovering(false); return nil }, "1 1 2 2 1 2"},
		}},
		{"moving", []step{
			{"one", func(c cluster) error { c.SetMoving(netip.MustParseAddr("10.2.0.3"), true); return nil }, "0 1 - 0 1 2"},
			{"no more", func(c cluster) error { c.SetMoving(netip.MustParseAddr("10.2.0.3"), false); return nil }, "0 1 2 0 1 2"},
		}},
		{"without failback", []step{
			{"kill", func(c cluster) error { return errors.Join(set(c, "NoIPFailback", 1), c.Kill(2)) }, "0 1 0 0 1 1"},
			{"back", func(c cluster) error { return c.Start(2) }, "0 1 0 0 1 1"},
		}},
		{"without takeover", []step{
			{"kill", func(c cluster) error { return errors.Join(set(c, "NoIPTakeover", 1), c.Kill(2)) }, "0 1 - 0 1 -"},
		}},
		{"no link", []step{
			{"one", func(c cluster) error { return c.SetLink(0, "eth0", false) }, "1 1 2 2 1 2"},
		}},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			addrs, options := pool(6)
			c := ctdbtest.New(ctdbtest.Options{PublicAddresses: options})
			if got := hosts(c, addrs...); got != "0 1 2 0 1 2" {
				t.Errorf("at first: %s", got)
			}
			for _, step := range test.steps {
				must(t, step.change(c))
				if got := hosts(c, addrs...); got != step.want {
					t.Errorf("%s: %s, want %s", step.name, got, step.want)
				}
			}
		})
	}
}

// set sets a tunable on all nodes that run.
func set(c *ctdbtest.Cluster, name string, value uint32) error {
	var all []error
	for pnn := range nodes.PNN(3) {
		all = append(all, c.Client(pnn).SetVar(context.Background(), name, value))
	}
	return errors.Join(all...)
}

// TestAssignmentIsEven distributes many addresses over several nodes, twice the same, and takes every other node away.
func TestAssignmentIsEven(t *testing.T) {
	t.Parallel()
	spread := func() string {
		addrs, options := pool(300)
		c := ctdbtest.New(ctdbtest.Options{Nodes: 8, PublicAddresses: options})
		var line strings.Builder
		for _, change := range []func(nodes.PNN) error{func(nodes.PNN) error { return nil }, c.Kill, c.Start} {
			for pnn := nodes.PNN(1); pnn < 8; pnn += 2 {
				must(t, change(pnn))
			}
			count := make([]int, 8)
			for _, addr := range addrs {
				pnn, ok := c.Host(addr)
				if !ok {
					t.Fatalf("no node hosts %v", addr)
				}
				count[pnn]++
			}
			busy := slices.DeleteFunc(slices.Clone(count), func(n int) bool { return n == 0 })
			if slices.Max(busy)-slices.Min(busy) > 1 {
				t.Errorf("the nodes have %v", count)
			}
			fmt.Fprint(&line, count, hosts(c, addrs...))
		}
		return line.String()
	}
	if one, two := spread(), spread(); one != two {
		t.Errorf("the same changes end differently:\n%s\n%s", one, two)
	}
}

// TestAssignmentOfSome has addresses that only some nodes may host.
func TestAssignmentOfSome(t *testing.T) {
	t.Parallel()
	c := ctdbtest.New(full(release.Release{}))
	for _, step := range []struct {
		name   string
		change func() error
		want   string
	}{
		{"at first", func() error { return nil }, "0 1 3"},
		{"the only node is gone", func() error { return c.Disable(3) }, "0 1 -"},
		{"all others are gone", func() error { return errors.Join(c.Enable(3), c.Disable(0), c.Disable(1)) }, "3 3 3"},
		{"one of two interfaces is down", func() error { return c.SetLink(3, "eth1", false) }, "3 3 -"},
		{"back", func() error { return c.Enable(1) }, "3 1 -"},
	} {
		must(t, step.change())
		if got := hosts(c); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
	if _, ok := c.Host(netip.MustParseAddr("192.0.2.1")); ok {
		t.Error("a node hosts an unknown address")
	}
}

// TestWaitForAddress waits for a failover.
func TestWaitForAddress(t *testing.T) {
	t.Parallel()
	addrs, options := pool(3)
	c := ctdbtest.New(ctdbtest.Options{PublicAddresses: options})
	must(t, c.Kill(2))
	must(t, c.Client(1).WaitForAddress(t.Context(), addrs[2], 0))
	within, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := c.Client(1).WaitForAddress(within, addrs[2], 1); err == nil {
		t.Error("it came to node 1")
	}
}
