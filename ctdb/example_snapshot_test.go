package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// What does each node say, and what is wrong?
func ExampleClient_SnapshotAll() {
	// On a node of a cluster the client is ctdb.New(ctdb.Config{}).
	simulated := ctdbtest.New(ctdbtest.Options{Nodes: 3, Lock: "/shared/lock"})
	client := simulated.Client(0)
	if err := errors.Join(simulated.SetLock(1, "/share/lock"), simulated.Kill(2)); err != nil {
		fmt.Println(err)
		return
	}

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	snapshot, err := client.SnapshotAll(ctx, ctdb.SnapshotOptions{})
	if err != nil {
		fmt.Println(err) // not even a list of the nodes
		return
	}
	for _, node := range snapshot.Nodes {
		if cluster, ok := node.Status.Get(); ok {
			fmt.Println("node", node.PNN, "sees", len(cluster.Nodes), "nodes, the leader is", cluster.Leader)
		} else {
			fmt.Println(node.Err())
		}
	}
	for _, finding := range snapshot.Findings() {
		fmt.Printf("%v %s %q\n", finding.Severity, finding.ID, finding.File)
	}
	// Output:
	// node 0 sees 3 nodes, the leader is 0
	// node 1 sees 3 nodes, the leader is 0
	// node 2: ctdb -t 2 -T 7 -n 2 ping: the node is disconnected: Node 2 has status DISCONNECTED|UNHEALTHY|INACTIVE
	// error cluster/locks-differ ""
	// error cluster/node-disconnected "node 2"
}

// Each node is asked by itself: the tool runs there, as onnode(1) does it. So nodes files and event scripts can be
// compared too, and a node that the others take for dead can speak for itself.
func ExampleSnapshotOptions() {
	options := ctdb.SnapshotOptions{
		Runner: func(_ nodes.PNN, private netip.Addr) ctdb.Runner {
			return ctdb.Prefix(ctdb.ExecRunner{}, "ssh", "-o", "BatchMode=yes", private.String(), "--")
		},
		NodeTimeout: 5 * time.Second,
	}
	_ = options // client.SnapshotAll(ctx, options)
}

// One node is asked for all that it knows. Each part is there, or has an error of its own.
func ExampleClient_Snapshot() {
	client := ctdbtest.New(ctdbtest.Options{}).Client(1)
	snapshot := client.Snapshot(context.Background())
	if cluster, ok := snapshot.Status.Get(); ok {
		fmt.Println("node", snapshot.PNN, "sees", len(cluster.Nodes), "nodes, the leader is", cluster.Leader)
	}
	if age := snapshot.Status.Age(time.Now()); age < time.Minute {
		fmt.Println("that is news")
	}
	// Output:
	// node 1 sees 3 nodes, the leader is 0
	// that is news
}
