package ctdb_test

import (
	"context"
	"fmt"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
)

func ExampleClient_Watch() {
	cluster := ctdbtest.New(ctdbtest.Options{})
	client := cluster.Client(0) // or ctdb.New(ctdb.Config{})

	for event, err := range client.Watch(context.Background(), ctdb.WatchOptions{Interval: time.Millisecond}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		switch change := event.Change.(type) {
		case ctdb.FullView:
			fmt.Println(len(change.View.Nodes), "nodes, leader", change.View.Leader)
			if err := cluster.Disable(1); err != nil {
				fmt.Println(err)
				return
			}
		case ctdb.NodeFlagsChanged:
			fmt.Println("node", change.PNN, "was", change.Old, "and is", change.New)
			return
		}
	}
	// Output:
	// 3 nodes, leader 0
	// node 1 was OK and is DISABLED
}
