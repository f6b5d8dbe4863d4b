//go:build linux

package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestRealFailover moves public addresses between the nodes of real clusters of all releases, in all ways that they move,
// and looks for them in two places: in what the library says, and on the interfaces of each node.
func TestRealFailover(t *testing.T) {
	options := realctdb.NetOptions{
		Nodes: 3, Public: 4, Public6: 2, Interfaces: 2,
		ScriptOptions: "CTDB_PARTIALLY_ONLINE_INTERFACES=yes\n",
	}
	realctdb.EachNet(t, options, func(t *testing.T, cluster *realctdb.NetCluster) {
		f := failover{commands{cluster.Cluster}, cluster}
		for _, test := range []struct {
			name string
			run  func(t *testing.T, f failover)
		}{
			{"start", realSpread},
			{"move", realMove},
			{"disable", realDisable},
			{"stop", realStop},
			{"link", realLink},
			{"kill", realKill},
			{"addip", realAddIP},
			{"reloadips", realReloadIPs},
			{"shutdown", realRelease},
		} {
			if !t.Run(test.name, func(t *testing.T) { test.run(t, f) }) {
				return // the others would wait in vain
			}
		}
	})
}

// failover is a cluster whose addresses move.
type failover struct {
	commands
	net *realctdb.NetCluster
}

var allThree = []nodes.PNN{0, 1, 2}

// public gives the addresses that the cluster starts with.
func (f failover) public() []netip.Addr {
	all := []netip.Addr{f.net.PublicAddress6(1), f.net.PublicAddress6(2)}
	for number := 1; number <= 4; number++ {
		all = append(all, f.PublicAddress(number))
	}
	return all
}

// places say which node hosts each address. An address that is on no node is on nodes.NoPNN.
type places map[netip.Addr]nodes.PNN

// on gives the addresses on a node, in order.
func (p places) on(pnn nodes.PNN) []netip.Addr {
	var found []netip.Addr
	for addr, at := range p {
		if at == pnn {
			found = append(found, addr)
		}
	}
	slices.SortFunc(found, netip.Addr.Compare)
	return found
}

// asReported gives the places that a node's answer tells of.
func asReported(ips *status.PublicIPs) places {
	all := places{}
	for _, ip := range ips.IPs {
		all[ip.Address] = nodes.NoPNN
		if at, ok := ip.Node.Get(); ok {
			all[ip.Address] = at
		}
	}
	return all
}

// held looks for public addresses on the interfaces of nodes. One that is on two nodes is an error.
func (f failover) held(t *testing.T, pnns []nodes.PNN) (places, error) {
	t.Helper()
	all := places{}
	for _, pnn := range pnns {
		for _, addr := range f.net.Addresses(t, int(pnn)) {
			if addr == f.Address(int(pnn)) {
				continue
			}
			if other, twice := all[addr]; twice {
				return nil, fmt.Errorf("%v is on nodes %v and %v", addr, other, pnn)
			}
			all[addr] = pnn
		}
	}
	return all, nil
}

// look compares what is on the interfaces of holders with what nodes report, each of itself and each of all, and gives it.
func (f failover) look(ctx context.Context, t *testing.T, holders, reporters []nodes.PNN) (places, error) {
	t.Helper()
	held, err := f.held(t, holders)
	if err != nil {
		return nil, err
	}
	var all places
	for _, pnn := range reporters {
		own, err := f.Client(int(pnn)).PublicIPs(ctx)
		if err != nil {
			return nil, err
		}
		every, err := f.Client(int(pnn)).AllPublicIPs(ctx)
		if err != nil {
			return nil, err
		}
		all = asReported(every)
		hosted := maps.Clone(all)
		maps.DeleteFunc(hosted, func(_ netip.Addr, at nodes.PNN) bool { return at == nodes.NoPNN })
		if diff := cmp.Diff(held, hosted, addresses); diff != "" {
			return nil, fmt.Errorf("interfaces and ip all of node %v (-held +reported)\n%s", pnn, diff)
		}
		if diff := cmp.Diff(held.on(pnn), asReported(own).on(pnn), addresses); diff != "" {
			return nil, fmt.Errorf("interfaces and ip of node %v (-held +reported)\n%s", pnn, diff)
		}
	}
	return all, nil
}

// await waits until nodes, their interfaces and the test agree on where addresses are.
func (f failover) await(t *testing.T, what string, pnns []nodes.PNN, right func(p places) bool) places {
	t.Helper()
	return f.awaitReports(t, what, pnns, pnns, right)
}

// awaitReports waits as await does, when not all nodes that hold addresses can be trusted.
func (f failover) awaitReports(t *testing.T, what string, holders, reporters []nodes.PNN, right func(p places) bool) places {
	t.Helper()
	var last places
	var disagreement error
	defer func() {
		if t.Failed() {
			t.Logf("last seen: %v; %v", last, disagreement)
		}
	}()
	f.WaitFor(t, what, func(ctx context.Context) bool {
		seen, err := f.look(ctx, t, holders, reporters)
		if ctx.Err() == nil {
			last, disagreement = seen, err
		}
		return err == nil && right(seen)
	})
	return last
}

// complete tells whether all addresses that the cluster starts with are on a node.
func (f failover) complete(p places) bool {
	return !slices.ContainsFunc(f.public(), func(addr netip.Addr) bool {
		at, ok := p[addr]
		return !ok || at == nodes.NoPNN
	})
}

// spread tells whether all addresses that the cluster starts with are on a node, each of some nodes has one, and no other.
func (f failover) spread(pnns ...nodes.PNN) func(p places) bool {
	return func(p places) bool {
		return f.complete(p) && !slices.ContainsFunc(allThree, func(pnn nodes.PNN) bool {
			return (len(p.on(pnn)) > 0) != slices.Contains(pnns, pnn)
		})
	}
}

// realSpread looks at the start: two addresses on each node. What nodes report of their interfaces fits.
func realSpread(t *testing.T, f failover) {
	ctx := f.context(t)
	at := f.await(t, "all addresses", allThree, f.spread(allThree...))
	if len(at) != len(f.public()) {
		t.Errorf("got %v", at)
	}
	references := map[string]int{}
	for addr, pnn := range at {
		info, err := f.Client(int(pnn)).PublicIPInfo(ctx, addr)
		if err != nil || !info.Node.Is(pnn) || info.ActiveInterface == "" {
			t.Errorf("%v on node %v: %+v, %v", addr, pnn, info, err)
			continue
		}
		out, err := f.Runner(int(pnn)).Run(ctx, ctdb.Command{
			Name: "ip", Args: []string{"address", "show", "dev", info.ActiveInterface},
		})
		if err != nil || !strings.Contains(string(out.Stdout), " "+addr.String()+"/") {
			t.Errorf("%v is not on %s of node %v: %v\n%s", addr, info.ActiveInterface, pnn, err, out.Stdout)
		}
		references[fmt.Sprint(pnn, info.ActiveInterface)]++
	}
	for _, pnn := range allThree {
		interfaces, err := f.Client(0).On(pnn).Interfaces(ctx)
		if err != nil || len(interfaces.Interfaces) != 2 {
			t.Fatalf("interfaces of node %v: %+v, %v", pnn, interfaces, err)
		}
		for _, i := range interfaces.Interfaces {
			if want := references[fmt.Sprint(pnn, i.Name)]; !i.Up || i.References != want {
				t.Errorf("node %v: got %+v, want it up with %d addresses", pnn, i, want)
			}
		}
	}
}

// realMove moves addresses, from and to each node. The others stay, and so do the moved ones when the leader looks at
// them again: they are balanced as well as before.
func realMove(t *testing.T, f failover) {
	ctx := f.context(t)
	for _, addr := range []netip.Addr{f.PublicAddress(1), f.net.PublicAddress6(1)} {
		for range allThree {
			want := f.await(t, "all addresses", allThree, f.spread(allThree...))
			want[addr] = (want[addr] + 1) % 3
			// Up to 4.19 a move puts takeover runs off, for longer if it has more time.
			short, cancel := context.WithTimeout(ctx, 9*time.Second)
			is(t, "moveip", f.Client(0).MoveIP(short, addr, want[addr]))
			cancel()
			is(t, "wait for the address", f.Client(1).WaitForAddress(ctx, addr, want[addr]))
			got, err := f.look(ctx, t, allThree, allThree)
			if diff := cmp.Diff(want, got, addresses); diff != "" || err != nil {
				t.Errorf("after moveip of %v (-want +got): %v\n%s", addr, err, diff)
			}
		}
	}
}

func realDisable(t *testing.T, f failover) {
	ctx := f.context(t)
	changes(t, "disable", true)(f.Client(0).On(1).Disable(ctx))
	f.await(t, "the others to host all", allThree, f.spread(0, 2))
	changes(t, "enable", true)(f.Client(0).On(1).Enable(ctx))
	f.await(t, "all nodes to host addresses", allThree, f.spread(allThree...))
}

// realStop stops a node and lets addresses be moved there.
func realStop(t *testing.T, f failover) {
	ctx := f.context(t)
	changes(t, "stop", true)(f.Client(0).On(2).Stop(ctx))
	before := f.await(t, "the others to host all", allThree, f.spread(0, 1))
	addr := f.PublicAddress(1)
	is(t, "moveip to a stopped node", f.Client(0).MoveIP(ctx, addr, 2), "refused")
	after, err := f.look(ctx, t, allThree, allThree)
	if diff := cmp.Diff(before, after, addresses); diff != "" || err != nil {
		t.Errorf("moveip to a stopped node (-before +after): %v\n%s", err, diff)
	}

	// This is why the library does not try: the tool takes the address away from the node that has it, and no other gets
	// it.
	f.loses(t, addr, 2, func() {
		result := f.Tool(t, 0, "-T", "1", "moveip", addr.String(), "2", "-t", "1")
		if want := "Failed to takeover IP on node 2"; result.ExitCode == 0 || !strings.Contains(string(result.Stderr), want) {
			t.Errorf("the tool: exit code %d, %s", result.ExitCode, result.Stderr)
		}
	})
	f.await(t, "the others to host all", allThree, f.spread(0, 1))

	changes(t, "continue", true)(f.Client(0).On(2).Continue(ctx))
	f.await(t, "all nodes to host addresses", allThree, f.spread(allThree...))
}

// realLink takes the links from a node's interfaces, one after the other.
func realLink(t *testing.T, f failover) {
	ctx := f.context(t)
	f.net.LinkDown(t, 1, "eth2")
	f.waitForNode(ctx, t, "node 1 to be partially online", 1, func(n status.Node) bool { return n.PartiallyOnline && n.Healthy() })
	onEth2 := []netip.Addr{f.PublicAddress(2), f.PublicAddress(4), f.net.PublicAddress6(2)}
	f.await(t, "eth2's addresses to leave", allThree, func(p places) bool {
		return f.complete(p) && !slices.ContainsFunc(onEth2, func(addr netip.Addr) bool { return p[addr] == 1 })
	})
	interfaces, err := f.Client(1).Interfaces(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if i, ok := interfaces.Find("eth2"); !ok || i.Up || i.References != 0 {
		t.Errorf("without a link: %+v", i)
	}
	realMoveWithoutLink(t, f, onEth2[0])

	f.net.LinkDown(t, 1, "eth1")
	f.waitForNode(ctx, t, "node 1 to be unhealthy", 1, func(n status.Node) bool { return n.Flags.Has(status.FlagUnhealthy) })
	f.await(t, "the others to host all", allThree, f.spread(0, 2))
	f.net.LinkUp(t, 1, "eth1")
	f.net.LinkUp(t, 1, "eth2")
	if _, err := f.Client(0).WaitFor(ctx, ctdb.Healthy()); err != nil {
		t.Fatal(err)
	}
	f.await(t, "all nodes to host addresses", allThree, f.spread(allThree...))
}

// realMoveWithoutLink moves an address to a node without a link, which finds that out when the others have given the
// address up.
func realMoveWithoutLink(t *testing.T, f failover, addr netip.Addr) {
	f.loses(t, addr, 1, func() {
		if err := f.moveSoon(t, addr, 1); !errors.Is(err, ctdb.ErrTimeout) {
			t.Errorf("moveip to a node without a link: %v", err)
		}
	})
	f.await(t, "the address on another node", allThree, func(p places) bool { return f.complete(p) && p[addr] != 1 })
}

// loses wants a move to leave an address on no node, and brings it back. No takeover run may be quicker than the look. The
// node that does not take it may believe that it did.
func (f failover) loses(t *testing.T, addr netip.Addr, to nodes.PNN, move func()) {
	t.Helper()
	ctx := f.context(t)
	others := slices.DeleteFunc(slices.Clone(allThree), func(pnn nodes.PNN) bool { return pnn == to })
	takeovers := func(off uint32) {
		for _, pnn := range allThree {
			is(t, "setvar", f.Client(int(pnn)).SetVar(ctx, "NoIPTakeover", off))
		}
	}
	takeovers(1)
	move()
	f.awaitReports(t, "the address on no node", allThree, others, func(p places) bool { return p[addr] == nodes.NoPNN })
	takeovers(0)
	is(t, "ipreallocate", f.Client(0).IPReallocate(ctx))
}

// moveSoon moves an address with less time than the tool takes to give up.
func (f failover) moveSoon(t *testing.T, addr netip.Addr, to nodes.PNN) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	return f.Client(0).MoveIP(ctx, addr, to)
}

// waitForNode waits until a node is as wanted, as another sees it.
func (f failover) waitForNode(ctx context.Context, t *testing.T, what string, pnn nodes.PNN, right func(status.Node) bool) {
	t.Helper()
	condition := ctdb.NewCondition(what, func(cluster *status.Cluster) bool {
		n, ok := cluster.Node(pnn)
		return ok && right(n)
	})
	if _, err := f.Client(0).WaitFor(ctx, condition); err != nil {
		t.Fatal(err)
	}
}

// realKill kills a node's daemon. Nobody takes its addresses off its interfaces, so that its own view does not count. On a
// machine that lost its power there would be none.
func realKill(t *testing.T, f failover) {
	ctx := f.context(t)
	f.Kill(t, 2)
	if _, err := f.Client(0).WaitFor(ctx, ctdb.NodeIs(2, status.FlagDisconnected)); err != nil {
		t.Fatal(err)
	}
	f.await(t, "the others to host all", []nodes.PNN{0, 1}, f.spread(0, 1))
	f.StartNode(t, 2)
	if _, err := f.Client(0).WaitFor(ctx, ctdb.Healthy()); err != nil {
		t.Fatal(err)
	}
	f.await(t, "all nodes to host addresses", allThree, f.spread(allThree...))
}

// realAddIP gives an address to one node only, so that there are times when no node can host it.
func realAddIP(t *testing.T, f failover) {
	ctx := f.context(t)
	addr := f.PublicAddress(7)
	changes(t, "addip", true)(f.Client(0).On(2).AddIP(ctx, netip.PrefixFrom(addr, 24), "eth2"))
	f.await(t, "the new address", allThree, func(p places) bool { return p[addr] == 2 })
	if err := f.moveSoon(t, addr, 0); !errors.Is(err, ctdb.ErrTimeout) {
		t.Errorf("moveip to a node that does not know the address: %v", err)
	}
	f.await(t, "the new address where it was", allThree, func(p places) bool { return p[addr] == 2 })

	changes(t, "disable", true)(f.Client(0).On(2).Disable(ctx))
	is(t, "wait for no node", f.Client(0).WaitForAddress(ctx, addr, nodes.NoPNN))
	p := f.await(t, "the new address on no node", allThree, func(p places) bool { return p[addr] == nodes.NoPNN })
	if !f.spread(0, 1)(p) {
		t.Errorf("the others: %v", p)
	}
	info, err := f.Client(2).PublicIPInfo(ctx, addr)
	if err != nil || !info.Node.IsUnknown() {
		t.Errorf("without a node: %+v, %v", info, err)
	}
	changes(t, "enable", true)(f.Client(0).On(2).Enable(ctx))
	is(t, "wait for node 2", f.Client(0).WaitForAddress(ctx, addr, 2))
	f.await(t, "the new address again", allThree, func(p places) bool { return p[addr] == 2 })

	changes(t, "delip", true)(f.Client(0).On(2).DelIP(ctx, addr))
	f.await(t, "the address to go", allThree, func(p places) bool {
		_, there := p[addr]
		return !there && f.spread(allThree...)(p)
	})
}

// realReloadIPs changes the files of all nodes, and then breaks that of one.
func realReloadIPs(t *testing.T, f failover) {
	ctx := f.context(t)
	file := func(pnn nodes.PNN) string { return filepath.Join(f.Dir(int(pnn)), "public_addresses") }
	data, err := os.ReadFile(file(0))
	if err != nil {
		t.Fatal(err)
	}
	write := func(pnn nodes.PNN, text string) {
		if err := os.WriteFile(file(pnn), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	from, to := f.PublicAddress(4), f.PublicAddress(8)
	good := string(data)
	changed := strings.Replace(good, from.String()+"/", to.String()+"/", 1)
	for _, pnn := range allThree {
		write(pnn, changed)
	}
	is(t, "reloadips", f.Client(0).ReloadIPs(ctx))
	before := f.await(t, "the other address", allThree, func(p places) bool {
		_, left := p[from]
		at, ok := p[to]
		return !left && ok && at != nodes.NoPNN
	})

	for _, bad := range []string{good + "10.78.0.1/24 nosuch\n", good + "10.78.0.1\n", good + good} {
		write(1, bad)
		err := f.Client(0).ReloadIPs(ctx)
		if partial, ok := errors.AsType[*ctdb.PartialError](err); !ok || len(partial.Nodes) > 0 {
			t.Errorf("reloadips with a file that is refused: %v", err)
		}
	}
	if after, err := f.look(ctx, t, allThree, allThree); err != nil || !cmp.Equal(before, after, addresses) {
		t.Errorf("files that are refused changed %v to %v, %v", before, after, err)
	}
	for _, pnn := range allThree {
		write(pnn, good)
	}
	is(t, "reloadips of the first file", f.Client(0).ReloadIPs(ctx))
	f.await(t, "the first addresses", allThree, func(p places) bool {
		_, left := p[to]
		return !left && f.spread(allThree...)(p)
	})
}

// realRelease shuts a node down, which, other than a killed one, leaves no address on its interfaces.
func realRelease(t *testing.T, f failover) {
	ctx := f.context(t)
	is(t, "shutdown", f.Client(1).Shutdown(ctx))
	if diff := cmp.Diff([]netip.Addr{f.Address(1)}, f.net.Addresses(t, 1), addresses); diff != "" {
		t.Errorf("after shutdown (-want +got)\n%s", diff)
	}
	f.await(t, "the others to host all", []nodes.PNN{0, 2}, f.spread(0, 2))
}
