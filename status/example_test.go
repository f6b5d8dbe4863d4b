package status_test

import (
	"errors"
	"fmt"

	"github.com/go-ctdb/go-ctdb/status"
)

func ExampleParse() {
	out := `Number of nodes:3
pnn:0 10.0.0.1         OK (THIS NODE)
pnn:1 10.0.0.2         DISCONNECTED|UNHEALTHY|INACTIVE
pnn:2 10.0.0.3         DISABLED
Generation:1919983054
Size:2
hash:0 lmaster:0
hash:1 lmaster:2
Recovery mode:NORMAL (0)
Leader:2
`
	cluster, err := status.Parse([]byte(out))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, node := range cluster.Nodes {
		fmt.Println(node.PNN, node.Address, node.State(), "inactive:", node.Flags.Inactive())
	}
	fmt.Println("leader:", cluster.Leader)
	// Output:
	// 0 10.0.0.1 OK inactive: false
	// 1 10.0.0.2 DISCONNECTED|UNHEALTHY|INACTIVE inactive: true
	// 2 10.0.0.3 DISABLED inactive: false
	// leader: 2
}

// The machine form has no leader. That is another answer than a leader that nobody knows.
func ExampleParse_machine() {
	out := `|Node|IP|Disconnected|Unknown|Banned|Disabled|Unhealthy|Stopped|Inactive|PartiallyOnline|ThisNode|
|0|10.0.0.1|0|0|0|0|0|0|0|1|Y|
`
	cluster, err := status.Parse([]byte(out))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cluster.Nodes[0])
	fmt.Println("leader:", cluster.Leader)
	// Output:
	// pnn:0 10.0.0.1         PARTIALLYONLINE (THIS NODE)
	// leader: not reported
}

func ExampleParseError() {
	_, err := status.Parse([]byte("Number of nodes:1\npnn:0 10.0.0         OK\n"))
	if parse, ok := errors.AsType[*status.ParseError](err); ok {
		_, line, col := parse.Position()
		fmt.Println(line, col)
	}
	fmt.Println(err)
	// Output:
	// 2 7
	// ctdb status:2:7: want an address, got "10.0.0"
}

func ExampleParseNodeStatus() {
	nodes, err := status.ParseNodeStatus([]byte("pnn:2 10.0.0.3         BANNED|INACTIVE\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	if nodes.Nodes[0].Flags.Has(status.FlagBanned) {
		fmt.Println("node", nodes.Nodes[0].PNN, "is banned")
	}
	// Output: node 2 is banned
}

func ExampleFlags() {
	fmt.Println(status.FlagDisabled | status.FlagUnhealthy)
	fmt.Println(status.FlagBanned)
	fmt.Println(status.Flags(0))
	// Output:
	// DISABLED|UNHEALTHY
	// BANNED|INACTIVE
	// OK
}

func ExampleValue() {
	leader := status.Unknown[int]()
	if _, ok := leader.Get(); !ok {
		fmt.Println("leader", leader, "and reported:", leader.IsReported())
	}
	// Output: leader unknown and reported: true
}
