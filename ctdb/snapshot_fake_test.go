package ctdb_test

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// fakeCluster answers what snapshots ask for, as the tools of a cluster's machines would. Fields are set before it is
// asked. All is well in the zero value but that it has no nodes.
type fakeCluster struct {
	nodes []nodes.PNN
	flags map[nodes.PNN]status.Flags
	gone  map[nodes.PNN]bool // their ctdbds do not run
	hung  map[nodes.PNN]bool // they take a question and do not answer
	takes time.Duration      // each answer
	// says replaces an answer of a node if it gives one. The words are those of the question.
	says func(pnn nodes.PNN, words string) (ctdb.Result, bool)

	mu            sync.Mutex
	running, most int // tools
	asked         map[string]int
}

func newFake(count int) *fakeCluster {
	f := &fakeCluster{}
	for pnn := range count {
		f.nodes = append(f.nodes, nodes.PNN(pnn))
	}
	return f
}

// Runner gives a runner for the tool of a node.
func (f *fakeCluster) Runner(local nodes.PNN) ctdb.Runner {
	return ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		f.start(local, cmd)
		defer f.end()
		words, target := cmd.Args[4:], local // behind -t and -T
		if words[0] == "-n" {
			pnn, err := strconv.Atoi(words[1])
			if err != nil {
				return ctdb.Result{}, err
			}
			words, target = words[2:], nodes.PNN(pnn)
		}
		return f.run(ctx, local, target, strings.Join(words, " "))
	})
}

// On gives what SnapshotOptions.Runner wants.
func (f *fakeCluster) On(pnn nodes.PNN, _ netip.Addr) ctdb.Runner { return f.Runner(pnn) }

// Client gives a client whose tool runs on a node.
func (f *fakeCluster) Client(pnn nodes.PNN) *ctdb.Client {
	return ctdb.New(ctdb.Config{Runner: f.Runner(pnn)})
}

func (f *fakeCluster) start(local nodes.PNN, cmd ctdb.Command) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.asked == nil {
		f.asked = map[string]int{}
	}
	f.asked[fmt.Sprintf("%v: %s", local, strings.Join(cmd.Args[4:], " "))]++
	f.running++
	f.most = max(f.most, f.running)
}

func (f *fakeCluster) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running--
}

// questions gives what tools were run for, sorted: "0: -n 1 ping".
func (f *fakeCluster) questions() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.asked))
}

// about gives how many tools were run to ask a node, by itself or through node 0.
func (f *fakeCluster) about(pnn nodes.PNN) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	count := 0
	for question, times := range f.asked {
		own, through := fmt.Sprintf("%v: ", pnn), fmt.Sprintf("0: -n %v ", pnn)
		if strings.HasPrefix(question, own) || strings.HasPrefix(question, through) {
			count += times
		}
	}
	return count
}

func (f *fakeCluster) run(ctx context.Context, local, target nodes.PNN, words string) (ctdb.Result, error) {
	offline := strings.Contains(words, "listnodes") || strings.Contains(words, "script list")
	switch {
	case offline:
	case f.gone[local]:
		return failedWith(1, "connect() failed, errno=111\nFailed to connect to CTDB daemon (/run/x)\n"), nil
	case f.hung[local], f.hung[target]:
		<-ctx.Done()
		return ctdb.Result{}, fmt.Errorf("run ctdb: %w", ctx.Err())
	case f.gone[target]:
		return failedWith(1, fmt.Sprintf("Node %v has status DISCONNECTED|UNHEALTHY|INACTIVE\n", target)), nil
	}
	if f.takes > 0 {
		select {
		case <-time.After(f.takes):
		case <-ctx.Done():
			return ctdb.Result{}, fmt.Errorf("run ctdb: %w", ctx.Err())
		}
	}
	if f.says != nil {
		if result, ok := f.says(target, words); ok {
			return result, nil
		}
	}
	return f.well(target, words), nil
}

// well is the answer of a node that is well.
func (f *fakeCluster) well(pnn nodes.PNN, words string) ctdb.Result {
	const when = "Sat Nov 21 21:49:23 2026"
	switch words {
	case "ping":
		return wrote(fmt.Sprintf("response from %v time=0.000046 sec  (3 clients)\n", pnn))
	case "runstate":
		return wrote("RUNNING\n")
	case "status":
		return wrote(f.status(pnn).String())
	case "getreclock":
		return wrote("/shared/lock\n")
	case "-X getcapabilities":
		return wrote("|LEADER|LMASTER|\n|1|1|\n")
	case "-X -v ip":
		return wrote(ipTable("|10.1.0.1|0||eth0|eth0|"))
	case "-X ifaces":
		return wrote("|Name|LinkStatus|References|\n|eth0|1|1|\n")
	case "-X getdbmap":
		return wrote(databaseTable(fmt.Sprintf("|0x4D2A432B|a.tdb|/db/a.tdb.%v|0|0|0|0|0|", pnn)))
	case "uptime":
		return wrote(fmt.Sprintf("Current time of node %-4v    :                Sat Nov 21 21:58:54 2026\n"+
			"Ctdbd start time              : (000 00:09:31) %s\nTime of last recovery/failover: (000 00:09:30) %s\n"+
			"Duration of last recovery/failover: 1.257334 seconds\n", pnn, when, "Sat Nov 21 21:49:24 2026"))
	case "event status legacy monitor":
		return wrote("00.ctdb              OK         0.004 " + when + "\n")
	case "event script list legacy":
		return wrote("* 00.ctdb\n  50.samba\n")
	case "-X listnodes":
		return wrote(f.list())
	case "natgw list":
		return failedWith(1, "ctdb_natgw: NAT gateway nodes file \"/etc/ctdb/natgw_nodes\" not found\n")
	case "lvs list":
		return failedWith(1, "ctdb_lvs: LVS nodes file \"/etc/ctdb/lvs_nodes\" not found\n")
	case "--json status":
		return failedWith(1, "Invalid option --json: unknown option\n")
	}
	return failedWith(1, "Unknown command '"+words+"'\n")
}

func ipTable(rows ...string) string {
	return "|Public IP|Node|ActiveInterfaces|AvailableInterfaces|ConfiguredInterfaces|\n" + strings.Join(rows, "\n") + "\n"
}

func databaseTable(row string) string {
	return "|ID|Name|Path|Persistent|Sticky|Unhealthy|Readonly|Replicated|\n" + row + "\n"
}

// list is the nodes file as listnodes prints it.
func (f *fakeCluster) list() string {
	var b strings.Builder
	for _, pnn := range f.nodes {
		fmt.Fprintf(&b, "|%v|%v|\n", pnn, privateAddress(pnn))
	}
	return b.String()
}

func privateAddress(pnn nodes.PNN) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 0, 0, byte(pnn + 1)})
}

// status is the cluster as a node sees it.
func (f *fakeCluster) status(of nodes.PNN) *status.Cluster {
	cluster := &status.Cluster{
		NodeCount: status.Known(len(f.nodes)), DeletedCount: status.Known(0),
		Generation: status.Known[status.Generation](1919983054), LMasters: f.nodes,
		RecoveryMode: status.Known(status.RecoveryNormal), Leader: status.Known[nodes.PNN](0),
	}
	for _, pnn := range f.nodes {
		n := status.Node{PNN: pnn, Address: privateAddress(pnn), Flags: f.flags[pnn], ThisNode: pnn == of}
		if f.gone[pnn] {
			n.Flags |= status.FlagDisconnected | status.FlagUnhealthy
		}
		cluster.Nodes = append(cluster.Nodes, n)
	}
	return cluster
}
