package ctdbtest_test

import (
	"context"
	"fmt"

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
