package status_test

import (
	"fmt"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

func ExampleParseStatistics() {
	out := "CTDB version|Current time of statistics|Statistics collected since|num_clients|" +
		"num_call_latency|min_call_latency|avg_call_latency|max_call_latency|\n" +
		"1|1795298336|1795297870|4|126626|0.000006|0.000719|4.562991|\n"
	statistics, err := status.ParseStatistics([]byte(out), time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("since", statistics.Since.Format(time.RFC3339), "for", statistics.Collected)
	fmt.Println("clients:", statistics.Clients)
	fmt.Println("slowest call:", statistics.CallLatency.Max, "of", statistics.CallLatency.Count)
	// Output:
	// since 2026-11-21T21:51:10Z for 7m46s
	// clients: 4
	// slowest call: 4.562991s of 126626
}

func ExampleParseStats() {
	out := "CTDB version|Current time of statistics|Statistics collected since|client_packets_recv|\n" +
		"1|1795298336|1795298335|126|\n1|1795298335|1795298334|343|\n"
	history, err := status.ParseStats([]byte(out), time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, second := range history.Records {
		fmt.Println(second.Current.Format(time.TimeOnly), second.ClientPacketsRecv)
	}
	// Output:
	// 21:58:56 126
	// 21:58:55 343
}

func ExampleParseDBStatistics() {
	statistics, err := status.ParseDBStatistics([]byte(sampleDBStatistics))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(statistics.Name, "locks:", statistics.LockLatency)
	for _, hot := range statistics.HotKeys {
		if hot.Key != nil {
			fmt.Printf("hot: %q, %d hops\n", hot.Key, hot.Count)
		}
	}
	// Output:
	// with space.tdb locks: 0.013095/0.239919/0.912818 sec out of 28
	// hot: "bin\x01key", 8 hops
}

func ExampleParseDatabaseMap() {
	out := `Number of databases:2
dbid:0x50b3e450 name:with space.tdb path:/var/lib/ctdb/volatile/with space.tdb.0
dbid:0x60369e52 name:secrets.tdb path:/var/lib/ctdb/persistent/secrets.tdb.0 PERSISTENT UNHEALTHY
`
	dbs, err := status.ParseDatabaseMap([]byte(out))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, db := range dbs.Databases {
		fmt.Printf("%v %q persistent: %v unhealthy: %v\n", db.ID, db.Name, db.Persistent, db.Unhealthy)
	}
	// Output:
	// 0x50b3e450 "with space.tdb" persistent: false unhealthy: false
	// 0x60369e52 "secrets.tdb" persistent: true unhealthy: true
}

func ExampleParseDatabaseStatus() {
	out := `dbid: 0x60369e52
name: secrets.tdb
path: /var/lib/ctdb/persistent/secrets.tdb.0
PERSISTENT: yes
REPLICATED: no
STICKY: no
READONLY: no
HEALTH: OK
`
	db, err := status.ParseDatabaseStatus([]byte(out))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(db.Name, db.Health)
	// Output: secrets.tdb OK
}

func ExampleParseTunables() {
	out := "MonitorInterval            = 15\nRecoveryBanPeriod          = 300\n"
	tunables, err := status.ParseTunables([]byte(out))
	if err != nil {
		fmt.Println(err)
		return
	}
	period, ok := tunables.Value("RecoveryBanPeriod")
	fmt.Println(period, ok)
	// Output: 300 true
}

func ExampleParseTunable() {
	tunable, err := status.ParseTunable([]byte("MonitorInterval            = 15\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(tunable.Name, tunable.Value)
	// Output: MonitorInterval 15
}

func ExampleParseTickles() {
	out := `Connections for IP: 2001:db8::1
Num connections: 1
SRC: [2001:db8::7]:50123   DST: [2001:db8::1]:445
`
	tickles, err := status.ParseTickles([]byte(out))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range tickles.Connections {
		fmt.Println(c.Source.Addr(), "to port", c.Destination.Port())
	}
	// Output: 2001:db8::7 to port 445
}

func ExampleParseNATGWLeader() {
	for _, answer := range []struct {
		out  string
		code int
	}{{"2 10.0.0.3\n", 0}, {"", 2}} {
		leader, err := status.ParseNATGWLeader([]byte(answer.out), answer.code)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("gateway:", leader.PNN, leader.Address)
	}
	// Output:
	// gateway: 2 10.0.0.3
	// gateway: unknown unknown
}

func ExampleParseNATGWList() {
	// A release up to 4.13 wrote this, in the words of its time.
	group, err := status.ParseNATGWList([]byte("10.0.0.1\n10.0.0.2\tMASTER\n10.0.0.3\tslave-only\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range group.Members {
		fmt.Println(m.Address, "leader:", m.Leader, "follower only:", m.FollowerOnly)
	}
	// Output:
	// 10.0.0.1 leader: false follower only: false
	// 10.0.0.2 leader: true follower only: false
	// 10.0.0.3 leader: false follower only: true
}

func ExampleParseNATGWStatus() {
	group, err := status.ParseNATGWStatus([]byte("pnn:0 10.0.0.1         OK (THIS NODE)\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(group.Nodes[0].State())
	// Output: OK
}

func ExampleParseLVSLeader() {
	leader, err := status.ParseLVSLeader([]byte("1\n"), 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("leader:", leader.PNN)
	// Output: leader: 1
}

func ExampleParseLVSList() {
	group, err := status.ParseLVSList([]byte("0 10.0.0.1\n2 10.0.0.3\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(group.Members), "nodes serve, the last is", group.Members[1].Address)
	// Output: 2 nodes serve, the last is 10.0.0.3
}

func ExampleParseLVSStatus() {
	group, err := status.ParseLVSStatus([]byte("pnn:0 10.0.0.1         DISABLED\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(group.Nodes[0].Flags)
	// Output: DISABLED
}

func ExampleParseEventStatus() {
	out := `00.ctdb              OK         0.004 Sat Nov 21 21:49:40 2026
50.samba             ERROR      0.120 Sat Nov 21 21:49:40 2026
  OUTPUT:
    ERROR: smbd is not running
    ERROR: 3 consecutive failures
`
	event, err := status.ParseEventStatus([]byte(out), nil, 1, time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	if script, ok := event.Failed(); ok {
		fmt.Printf("%s ended with %v after %v: %q\n", script.Name, event.Result, script.Took, script.Output)
	}
	// Output: 50.samba ended with 1 after 120ms: "ERROR: smbd is not running\nERROR: 3 consecutive failures"
}

func ExampleParseScriptStatus() {
	// The exit code of scriptstatus is always 0. That a script ran out of time shows nevertheless.
	out := "50.samba             TIMEDOUT   Sat Nov 21 21:49:40 2026\n"
	event, err := status.ParseScriptStatus([]byte(out), []byte("event daemon helper failed with error 46\n"), time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(event.Scripts[0].State, event.Result)
	// Output: TIMEDOUT 110
}

func ExampleParseEventScripts() {
	scripts, err := status.ParseEventScripts([]byte("* 00.ctdb\n  11.natgw\n\n* 81.mine\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range scripts.Scripts {
		fmt.Println(s.Name, "enabled:", s.Enabled, "local:", s.Local)
	}
	// Output:
	// 00.ctdb enabled: true local: false
	// 11.natgw enabled: false local: false
	// 81.mine enabled: true local: true
}
