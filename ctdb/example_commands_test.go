package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/status"
)

// Take a node out of service, whatever state it is in, and bring it back.
func ExampleClient_Disable() {
	// On a node of a cluster this is ctdb.New(ctdb.Config{}).
	client := ctdbtest.New(ctdbtest.Options{}).Client(0)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	for range 2 {
		changed, err := client.On(1).Disable(ctx)
		switch {
		case errors.Is(err, ctdb.ErrTakeover):
			fmt.Println("disabled, but its addresses may be nowhere:", err)
		case err != nil:
			fmt.Println(err)
		default:
			fmt.Println("it had to be disabled:", changed)
		}
	}
	if _, err := client.On(1).Enable(ctx); err != nil {
		fmt.Println(err)
	}
	// Output:
	// it had to be disabled: true
	// it had to be disabled: false
}

func ExampleClient_WaitFor() {
	simulated := ctdbtest.New(ctdbtest.Options{})
	if err := simulated.SetUnhealthy(2, true); err != nil {
		fmt.Println(err)
		return
	}
	client := simulated.Client(0)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()

	cluster, err := client.WaitFor(ctx, ctdb.NodeIs(2, status.FlagUnhealthy))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cluster.Nodes[2])

	_, err = client.WaitFor(ctx, ctdb.Healthy())
	if failure, ok := errors.AsType[*ctdb.WaitError](err); ok {
		fmt.Println("gave up waiting for", failure.For)
		fmt.Println(failure.Last.Nodes[2])
	}
	// Output:
	// pnn:2 10.0.0.3         UNHEALTHY
	// gave up waiting for all nodes to be healthy
	// pnn:2 10.0.0.3         UNHEALTHY
}

func ExampleNewCondition() {
	client := ctdbtest.New(ctdbtest.Options{}).Client(0)
	inCharge := ctdb.NewCondition("node 0 to lead", func(c *status.Cluster) bool { return c.Leader.Is(0) })
	if _, err := client.WaitFor(context.Background(), inCharge); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("waited for", inCharge)
	// Output: waited for node 0 to lead
}

// Set a tunable on all nodes that are there.
func ExampleClient_SetVar() {
	simulated := ctdbtest.New(ctdbtest.Options{})
	client, ctx := simulated.Client(0), context.Background()
	cluster, err := client.Status(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, node := range cluster.Nodes {
		if err := client.On(node.PNN).SetVar(ctx, "MonitorInterval", 20); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(simulated.Tunable(2, "MonitorInterval"))
	fmt.Println(errors.Is(client.SetVar(ctx, "MonitorIntervall", 20), ctdb.ErrNoSuchTunable))
	// Output:
	// 20 true
	// true
}
