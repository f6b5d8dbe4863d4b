package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
)

func ExampleClient_Status() {
	// On a node of a cluster this is ctdb.New(ctdb.Config{}).
	client := ctdbtest.New(ctdbtest.Options{Nodes: 2}).Client(0)

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	cluster, err := client.Status(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, node := range cluster.Nodes {
		fmt.Println(node.PNN, node.Address, node.State())
	}
	fmt.Println("leader:", cluster.Leader)
	// Output:
	// 0 10.0.0.1 OK
	// 1 10.0.0.2 OK
	// leader: 0
}

func ExampleClient_On() {
	simulated := ctdbtest.New(ctdbtest.Options{Nodes: 3})
	if err := simulated.Kill(2); err != nil {
		fmt.Println(err)
		return
	}
	_, err := simulated.Client(0).On(2).Status(context.Background())
	switch {
	case errors.Is(err, ctdb.ErrDisconnected):
		fmt.Println("node 2 is disconnected")
	case err != nil:
		fmt.Println(err)
	}
	// Output: node 2 is disconnected
}

func ExampleCommandError() {
	client := ctdbtest.New(ctdbtest.Options{Nodes: 3}).Client(0)
	_, err := client.On(7).Status(context.Background())
	if failed, ok := errors.AsType[*ctdb.CommandError](err); ok {
		fmt.Println(failed.ExitCode)
	}
	fmt.Println(err)
	// Output:
	// 1
	// ctdb -t 3 -T 10 -n 7 status: no such node: Node 7 does not exist
}

func ExampleNew_elsewhere() {
	node1 := ctdb.Prefix(ctdb.ExecRunner{}, "ssh", "-o", "BatchMode=yes", "node1", "--")
	client := ctdb.New(ctdb.Config{Runner: node1, Timeout: 20 * time.Second})
	_ = client // client.Status runs "ssh -o BatchMode=yes node1 -- ctdb -t 6 -T 20 status"
}
