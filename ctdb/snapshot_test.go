package ctdb_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// The fields of a NodeSnapshot that are not reported when another node is asked, and those that are in no case here.
var (
	ownParts  = []string{"Scripts", "EventScripts", "NodeList"}
	noGroups  = []string{"NATGW", "LVS"}
	allGroups = slices.Concat(ownParts, noGroups)
)

// unreported gives the names of a snapshot's parts that are not reported, and of those that failed.
func unreported(t *testing.T, n *ctdb.NodeSnapshot) (missing, failed []string) {
	t.Helper()
	value := reflect.ValueOf(n).Elem()
	for i := range value.NumField() {
		part, ok := value.Field(i).Interface().(interface{ IsReported() bool })
		switch {
		case !ok: // PNN
		case !value.Field(i).FieldByName("Err").IsNil():
			failed = append(failed, value.Type().Field(i).Name)
		case !part.IsReported():
			missing = append(missing, value.Type().Field(i).Name)
		}
	}
	return missing, failed
}

// wantParts compares the names of parts that are not reported and of those that failed.
func wantParts(t *testing.T, n *ctdb.NodeSnapshot, missing, failed []string) {
	t.Helper()
	gotMissing, gotFailed := unreported(t, n)
	if diff := cmp.Diff([][]string{missing, failed}, [][]string{gotMissing, gotFailed}); diff != "" {
		t.Errorf("node %v: parts that are missing and that failed (-want +got):\n%s%v", n.PNN, diff, n.Err())
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	fake := newFake(3)
	n := fake.Client(1).Snapshot(t.Context())
	wantParts(t, n, noGroups, nil)
	if n.PNN != 1 || n.Err() != nil {
		t.Errorf("node %v, %v", n.PNN, n.Err())
	}
	if lock, ok := n.Lock.Get(); !ok || lock != (config.Lock{File: "/shared/lock"}) {
		t.Errorf("the lock is %v, %v", lock, ok)
	}
	if leader, ok := n.Leader.Get(); !ok || !leader.Is(0) || n.Leader.At != n.Status.At || n.Leader.Took != n.Status.Took {
		t.Errorf("the leader is %+v", n.Leader)
	}
	if age := n.Status.Age(n.Status.At.Add(time.Minute)); age != time.Minute {
		t.Errorf("the status is %v old", age)
	}

	n = fake.Client(1).On(2).Snapshot(t.Context())
	wantParts(t, n, allGroups, nil)
	if n.PNN != 2 || n.Status.Value.Nodes[2].PNN != 2 || !n.Status.Value.Nodes[2].ThisNode {
		t.Errorf("the snapshot is of node %v", n.PNN)
	}
}

// TestSnapshotOfGroups: a node that is in groups reports them.
func TestSnapshotOfGroups(t *testing.T) {
	t.Parallel()
	fake := newFake(2)
	fake.says = func(_ nodes.PNN, words string) (ctdb.Result, bool) {
		switch words {
		case "natgw list":
			return wrote("10.0.0.1\tLEADER\n10.0.0.2\n"), true
		case "lvs list":
			return wrote("0 10.0.0.1\n1 10.0.0.2\n"), true
		}
		return ctdb.Result{}, false
	}
	n := fake.Client(0).Snapshot(t.Context())
	wantParts(t, n, nil, nil)
	if len(n.NATGW.Value.Members) != 2 || len(n.LVS.Value.Members) != 2 {
		t.Errorf("groups are %v and %v", n.NATGW, n.LVS)
	}
}

// TestSnapshotPartial: a part that fails is no other part's matter.
func TestSnapshotPartial(t *testing.T) {
	t.Parallel()
	fake := newFake(2)
	fake.says = func(_ nodes.PNN, words string) (ctdb.Result, bool) {
		switch words {
		case "status":
			return wrote("what?\n"), true
		case "-X getdbmap", "uptime":
			return failedWith(255, "Control X failed, ret=-1\n"), true
		case "natgw list":
			return failedWith(1, "ctdb_natgw: something else\n"), true
		}
		return ctdb.Result{}, false
	}
	n := fake.Client(0).Snapshot(t.Context())
	wantParts(t, n, []string{"LVS"}, []string{"Status", "Leader", "Databases", "Uptime", "NATGW"})
	err := n.Err()
	if !errors.Is(err, ctdb.ErrOutput) || !errors.Is(err, ctdb.ErrRefused) {
		t.Errorf("the error is %v", err)
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 4 || !strings.HasPrefix(lines[0], "node 0: ctdb ") {
		t.Errorf("the error's text is %q", lines)
	}
}

// TestSnapshotWithoutAnswer: what is asked of a node that does not answer the first question.
func TestSnapshotWithoutAnswer(t *testing.T) {
	t.Parallel()
	withAll := []string{
		"Ping", "RunState", "Status", "Leader", "Lock", "Capabilities", "PublicIPs", "Interfaces", "Databases", "Uptime",
		"Scripts", "EventScripts", "NodeList", "NATGW", "LVS",
	}
	all := slices.DeleteFunc(slices.Clone(withAll), func(s string) bool { return s == "EventScripts" || s == "NodeList" })
	offline := []string{"0: -X listnodes", "0: event script list legacy", "0: ping"}
	tests := map[string]struct {
		change        func(*fakeCluster)
		want          error
		failed, asked []string
	}{
		"not running": {func(f *fakeCluster) { f.gone = map[nodes.PNN]bool{0: true} }, ctdb.ErrNotRunning, all, offline},
		"hung":        {func(f *fakeCluster) { f.hung = map[nodes.PNN]bool{0: true} }, ctdb.ErrTimeout, withAll, offline[2:]},
		"all banned": {func(f *fakeCluster) {
			f.says = says("ping", failedWith(1, "Warning: All nodes are banned.\n"))
		}, ctdb.ErrAllBanned, all, offline},
		"bad configuration": {func(f *fakeCluster) {
			f.says = says("ping", failedWith(1, "connect() failed, errno=2\nFailed to load configuration\n"))
		}, ctdb.ErrBadConfig, withAll, offline[2:]},
		"no permission": {func(f *fakeCluster) {
			f.says = says("ping", failedWith(1, "connect() failed, errno=13\n"))
		}, ctdb.ErrPermission, withAll, offline[2:]},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake(2)
				test.change(fake)
				n := fake.Client(0).Snapshot(t.Context())
				wantParts(t, n, nil, test.failed)
				if !errors.Is(n.Err(), test.want) || strings.Count(n.Err().Error(), "ping") != 1 || n.PNN != nodes.NoPNN {
					t.Errorf("node %v: %v", n.PNN, n.Err())
				}
				if diff := cmp.Diff(test.asked, fake.questions()); diff != "" {
					t.Errorf("questions (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// says gives one answer to one question, whichever node is asked.
func says(question string, answer ctdb.Result) func(nodes.PNN, string) (ctdb.Result, bool) {
	return func(_ nodes.PNN, words string) (ctdb.Result, bool) { return answer, words == question }
}

// TestSnapshotTime: a node that hangs costs two thirds of the time, of Config.Timeout where there is no deadline, and
// never more than Config.Timeout.
func TestSnapshotTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ deadline, want time.Duration }{
		"no deadline":    {0, 2 * time.Second},
		"a deadline":     {time.Second * 6 / 10, time.Second * 4 / 10},
		"a far deadline": {time.Hour, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if test.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				fake := newFake(2)
				fake.hung = map[nodes.PNN]bool{0: true}
				client := ctdb.New(ctdb.Config{Runner: fake.Runner(0), Timeout: 3 * time.Second})
				start := time.Now()
				n := client.Snapshot(ctx)
				if took := time.Since(start); took != test.want || n.Ping.Took != took || !n.Ping.At.Equal(time.Now()) {
					t.Errorf("took %v, the part %v, want %v", took, n.Ping.Took, test.want)
				}
			})
		})
	}
}

// TestSnapshotCanceled: what was answered by then is there.
func TestSnapshotCanceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake(2)
		fake.takes = time.Second
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		start := time.Now()
		n := fake.Client(0).Snapshot(ctx)
		if took := time.Since(start); took != 1500*time.Millisecond {
			t.Errorf("took %v", took)
		}
		err := n.Lock.Err
		if !n.Ping.IsReported() || n.PNN != 0 || !errors.Is(err, context.Canceled) || errors.Is(err, ctdb.ErrTimeout) {
			t.Errorf("the ping is %+v, the lock %+v", n.Ping, n.Lock)
		}
		n = fake.Client(0).Snapshot(ctx)
		if took := time.Since(start); took != 1500*time.Millisecond || !errors.Is(n.Err(), context.Canceled) {
			t.Errorf("with a context that is over: %v after %v", n.Err(), took)
		}
	})
}

// TestSnapshotLeader: the leader is that of the status, as far as it has one.
func TestSnapshotLeader(t *testing.T) {
	t.Parallel()
	fake := newFake(2)
	cluster := fake.status(0)
	cluster.Leader = status.Unknown[nodes.PNN]()
	fake.says = says("status", wrote(cluster.String()))
	if n := fake.Client(0).Snapshot(t.Context()); !n.Leader.IsReported() || !n.Leader.Value.IsUnknown() {
		t.Errorf("the leader is %+v", n.Leader)
	}
}
