package status_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

func ExampleParsePublicIPs() {
	ips, err := status.ParsePublicIPs([]byte(`Public IPs on ALL nodes
10.1.0.1 node[0] active[eth1] available[eth1] configured[eth1,eth2]
10.1.0.2 node[-1] active[] available[] configured[]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, ip := range ips.IPs {
		fmt.Println(ip.Address, "on node", ip.Node)
	}
	for ip := range ips.Unassigned() {
		fmt.Println("nobody hosts", ip.Address)
	}
	// Output:
	// 10.1.0.1 on node 0
	// 10.1.0.2 on node unknown
	// nobody hosts 10.1.0.2
}

func ExampleParsePublicIPInfo() {
	info, err := status.ParsePublicIPInfo([]byte(`Public IP[10.1.0.1] info on node 0
IP:10.1.0.1
CurrentNode:0
NumInterfaces:2
Interface[1]: Name:eth1 Link:up References:2 (active)
Interface[2]: Name:eth2 Link:down References:0
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("on", info.ActiveInterface, "of node", info.Node)
	for _, iface := range info.Interfaces {
		fmt.Println(iface.Name, "has a link:", iface.Up)
	}
	// Output:
	// on eth1 of node 0
	// eth1 has a link: true
	// eth2 has a link: false
}

func ExampleParseInterfaces() {
	ifaces, err := status.ParseInterfaces([]byte("|Name|LinkStatus|References|\n|eth1|1|2|\n|eth2|0|0|\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, iface := range ifaces.Interfaces {
		fmt.Println(iface.Name, iface.Up, iface.References)
	}
	// Output:
	// eth1 true 2
	// eth2 false 0
}

// A node that is commented out in the nodes file leaves a gap.
func ExampleParseNodeList() {
	list, err := status.ParseNodeList([]byte("|0|10.0.0.1|\n|2|10.0.0.3|\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, node := range list.Nodes {
		fmt.Println(node.PNN, node.Address)
	}
	// Output:
	// 0 10.0.0.1
	// 2 10.0.0.3
}

// Up to 4.15 the leader was called the recovery master.
func ExampleParseCapabilities() {
	for _, out := range []string{"LEADER: YES\nLMASTER: NO\n", "|RECMASTER|LMASTER|\n|1|0|\n"} {
		capabilities, err := status.ParseCapabilities([]byte(out))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(capabilities.Leader, capabilities.LMaster)
	}
	// Output:
	// true false
	// true false
}

func ExampleParseUptime() {
	uptime, err := status.ParseUptime([]byte(`Current time of node 0        :                Sat Nov 21 21:58:54 2026
Ctdbd start time              : (000 00:09:31) Sat Nov 21 21:49:23 2026
Time of last recovery/failover: (000 00:00:08) Sat Nov 21 21:58:46 2026
Duration of last recovery/failover: 1.257334 seconds
`), time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("started", uptime.Started.Format(time.RFC3339))
	fmt.Println("runs for", uptime.Now.Sub(uptime.Started))
	if recovered, ok := uptime.Recovered.Get(); ok {
		fmt.Println("recovered", uptime.Now.Sub(recovered), "ago, took", uptime.RecoveryTook)
	}
	// Output:
	// started 2026-11-21T21:49:23Z
	// runs for 9m31s
	// recovered 8s ago, took 1.257334s
}

func ExampleParsePing() {
	ping, err := status.ParsePing([]byte("response from 0 time=0.002726 sec  (5 clients)\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("node", ping.PNN, "answered after", ping.RoundTrip)
	// Output: node 0 answered after 2.726ms
}

func ExampleParseLeader() {
	for _, out := range []string{"2\n", "UNKNOWN\n", "4294967295\n"} {
		leader, err := status.ParseLeader([]byte(out))
		fmt.Println(leader, err)
	}
	// Output:
	// 2 <nil>
	// unknown <nil>
	// unknown <nil>
}

func ExampleParsePNN() {
	pnn, err := status.ParsePNN([]byte("3\n"))
	fmt.Println(pnn, err)
	// Output: 3 <nil>
}

func ExampleParseClusterLock() {
	lock, err := status.ParseClusterLock([]byte("!/usr/libexec/ctdb/ctdb_mutex_fcntl_helper /shared/lock\n"))
	fmt.Println(lock, err)
	// Output: !/usr/libexec/ctdb/ctdb_mutex_fcntl_helper /shared/lock <nil>
}

func ExampleParseRunState() {
	state, err := status.ParseRunState([]byte("CTDB not in required run state (got FIRST_RECOVERY)\n"))
	fmt.Println(state, err, state == status.RunStateRunning)
	// Output: FIRST_RECOVERY <nil> false
}

func ExampleParsePID() {
	pid, err := status.ParsePID([]byte("12661\n"))
	fmt.Println(pid, err)
	// Output: 12661 <nil>
}

func ExampleParseDebugLevel() {
	level, err := status.ParseDebugLevel([]byte("NOTICE\n"))
	fmt.Println(level, err)
	// Output: NOTICE <nil>
}

// The exit code 1 is a node that is disconnected, or a tool that failed.
func ExampleParseNodeStatusExit() {
	_, flags, err := status.ParseNodeStatusExit([]byte("pnn:1 10.0.0.2         DISCONNECTED|INACTIVE\n"), 1)
	fmt.Println(flags, err)
	_, _, err = status.ParseNodeStatusExit(nil, 1)
	fmt.Println(errors.Is(err, status.ErrExitCode))
	// Output:
	// DISCONNECTED|INACTIVE <nil>
	// true
}
