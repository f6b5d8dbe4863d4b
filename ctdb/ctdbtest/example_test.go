package ctdbtest_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// A test of a program that watches a cluster: what does it see when the leader dies?
func Example() {
	cluster := ctdbtest.New(ctdbtest.Options{
		Release: release.Release{Major: 4, Minor: 17, Patch: 12},
		Nodes:   4,
		Deleted: []nodes.PNN{1},
	})
	if err := cluster.Kill(0); err != nil {
		fmt.Println(err)
		return
	}
	status, err := cluster.Client(2).Status(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, node := range status.Nodes {
		fmt.Println(node)
	}
	fmt.Println("leader:", status.Leader)
	// Output:
	// pnn:0 10.0.0.1         DISCONNECTED|UNHEALTHY|INACTIVE
	// pnn:2 10.0.0.3         OK (THIS NODE)
	// pnn:3 10.0.0.4         OK
	// leader: 2
}

// A test of what clients see of a failover: which node has their address, and why.
func Example_failover() {
	cluster := ctdbtest.New(ctdbtest.Options{
		PublicAddresses: []ctdbtest.PublicAddress{
			{Prefix: netip.MustParsePrefix("10.1.1.1/24")},
			{Prefix: netip.MustParsePrefix("10.1.1.2/24")},
			{Prefix: netip.MustParsePrefix("10.1.1.3/24")},
		},
	})
	client, ctx := cluster.Client(0), context.Background()
	show := func(what string) {
		addresses, err := client.AllPublicIPs(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(what)
		for _, ip := range addresses.IPs {
			fmt.Println("  ", ip.Address, "on node", ip.Node)
		}
	}
	show("all is well")

	if err := cluster.FailScript(1, "10.interface", "ERROR: No link on eth0"); err != nil {
		fmt.Println(err)
		return
	}
	show("node 1 is unhealthy")
	if events, err := cluster.Client(1).EventStatus(ctx, "monitor"); err == nil {
		if script, failed := events.Failed(); failed {
			fmt.Println("  ", script.Name+":", script.Output)
		}
	}

	if err := cluster.SetScript(1, "10.interface", "monitor", ctdbtest.Outcome{}); err != nil {
		fmt.Println(err)
		return
	}
	show("node 1 is healthy again")
	// Output:
	// all is well
	//    10.1.1.1 on node 0
	//    10.1.1.2 on node 1
	//    10.1.1.3 on node 2
	// node 1 is unhealthy
	//    10.1.1.1 on node 0
	//    10.1.1.2 on node 0
	//    10.1.1.3 on node 2
	//    10.interface: ERROR: No link on eth0
	// node 1 is healthy again
	//    10.1.1.1 on node 0
	//    10.1.1.2 on node 1
	//    10.1.1.3 on node 2
}

// A test of a program that must not wait forever for a daemon that does not answer.
func ExampleCluster_Hang() {
	cluster := ctdbtest.New(ctdbtest.Options{})
	if err := cluster.Hang(1); err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := cluster.Client(1).Uptime(ctx)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output:
	// true
}
