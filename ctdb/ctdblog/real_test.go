//go:build linux

package ctdblog_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestRealFollow follows the logs of real clusters while nodes are disabled and banned, a script fails, and the logs
// are rotated both ways.
func TestRealFollow(t *testing.T) {
	realctdb.Each(t, realctdb.Options{
		Scripts: map[string]string{"60.test": "#!/bin/sh\n" + `[ "$1" = monitor ] || exit 0` + "\n" +
			`if [ -e "$CTDB_BASE/fail" ] ; then echo "ERROR: broken by a test" ; exit 1 ; fi` + "\n"},
		PublicAddresses: func(octet, _ int) string { return fmt.Sprintf("127.78.%d.1/24 lo\n", octet) },
		Config:          "[logging]\n\tlog level = INFO\n",
	}, func(t *testing.T, c *realctdb.Cluster) {
		watchers := make([]*watcher, 3)
		for pnn := range watchers {
			watchers[pnn] = watch(t, c, pnn)
		}
		testStart(t, c, watchers)
		testDisable(t, c, watchers[0])
		testIllness(t, c, watchers)
		testBan(t, c, watchers)
		testRename(t, c, watchers[0])
		testTruncate(t, c, watchers[0])
		c.Tool(t, 2, "shutdown")
		want[ctdblog.ShutdownFinished](watchers[2], "node 2 to end", nil)
		testWhole(t, c)
	})
}

// watcher follows the log of a node.
type watcher struct {
	*testing.T
	path    string
	next    func() (ctdblog.Entry, error, bool)
	tracker ctdblog.Tracker
	last    string // the entry that was waited for last
	gaps    int
}

func watch(t *testing.T, c *realctdb.Cluster, pnn int) *watcher {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	w := &watcher{T: t, path: filepath.Join(c.Dir(pnn), "log.ctdb")}
	next, stop := iter.Pull2(ctdblog.Follow(ctx, ctdblog.Options{Path: w.path, Backlog: -1}))
	w.next = next
	t.Cleanup(func() {
		stop()
		cancel()
	})
	return w
}

// want waits for an event.
func want[E ctdblog.Event](w *watcher, what string, is func(E) bool) E {
	w.Helper()
	for {
		e, err, ok := w.next()
		if _, isGap := errors.AsType[*ctdblog.GapError](err); isGap {
			w.gaps++
			continue
		}
		if err != nil || !ok {
			w.Fatalf("%s: waiting for %s: error %v, %v", w.path, what, err, ok)
		}
		if event, found := w.tracker.Event(e).(E); found && (is == nil || is(event)) {
			w.last = e.String()
			return event
		}
	}
}

// flags waits for flags of a node to be set and others not to be.
func (w *watcher) flags(node nodes.PNN, set, cleared status.Flags) {
	w.Helper()
	want(w, fmt.Sprintf("node %v to be %v", node, set), func(e ctdblog.NodeFlags) bool {
		return e.Node == node && e.New.Has(set) && e.New&cleared == 0 && e.New != e.Old
	})
}

func testStart(t *testing.T, c *realctdb.Cluster, watchers []*watcher) {
	t.Helper()
	for pnn, w := range watchers {
		seen := map[ctdblog.Kind]bool{}
		want(w, "a start", func(event ctdblog.Event) bool { // in any order
			switch event := event.(type) {
			case ctdblog.Started:
				if !strings.HasPrefix(event.Version, fmt.Sprintf("%d.%d.", c.Release().Major, c.Release().Minor)) {
					t.Errorf("version %q of CTDB %v", event.Version, c.Release())
				}
			case ctdblog.RecoveryFinished:
				if event.Duration == 0 {
					return false
				}
			case ctdblog.RunState:
				if event.State != status.RunStateRunning {
					return false
				}
			case ctdblog.LeaderElected:
			default:
				return false
			}
			seen[event.Kind()] = true
			return len(seen) == 4
		})
		if !w.tracker.Node().Is(nodes.PNN(pnn)) { //nolint:gosec // it is a small number
			t.Errorf("the log of node %d says it is %v", pnn, w.tracker.Node())
		}
	}
}

func testDisable(t *testing.T, c *realctdb.Cluster, w *watcher) {
	t.Helper()
	c.Tool(t, 0, "disable", "-n", "1")
	w.flags(1, status.FlagDisabled, status.FlagUnhealthy)
	c.Tool(t, 0, "enable", "-n", "1")
	w.flags(1, 0, status.FlagDisabled|status.FlagUnhealthy)
}

// testIllness breaks a script on node 1.
func testIllness(t *testing.T, c *realctdb.Cluster, watchers []*watcher) {
	t.Helper()
	fail := filepath.Join(c.Dir(1), "fail")
	if err := os.WriteFile(fail, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ill := want[ctdblog.Unhealthy](watchers[1], "an illness", nil)
	if ill.Script != "60.test" || ill.Reason != "ERROR: broken by a test" || !ill.Node.Is(1) {
		t.Errorf("node 1 is ill: %+v", ill)
	}
	watchers[0].flags(1, status.FlagUnhealthy, 0)
	why, err := ctdblog.Explain(ctdblog.ScanFile(ctdblog.Options{Path: watchers[1].path}), ctdblog.IllnessOf(1))
	if err != nil || len(why.Chain) < 3 {
		t.Errorf("explanation %+v with the error %v", why, err)
	}
	if err := os.Remove(fail); err != nil {
		t.Fatal(err)
	}
	want[ctdblog.Healthy](watchers[1], "health", nil)
	watchers[0].flags(1, 0, status.FlagUnhealthy)
}

func testBan(t *testing.T, c *realctdb.Cluster, watchers []*watcher) {
	t.Helper()
	c.Tool(t, 0, "ban", "77", "-n", "1")
	banned := want(watchers[1], "a ban", func(e ctdblog.Banned) bool { return e.For == 77*time.Second })
	if banned.Reason != "" || !banned.Node.Is(1) {
		t.Errorf("node 1 is banned: %+v", banned)
	}
	watchers[0].flags(1, status.FlagBanned, 0)
	c.Tool(t, 0, "unban", "-n", "1")
	want(watchers[1], "its end", func(e ctdblog.BanEnded) bool { return !e.Expired })
	watchers[0].flags(1, 0, status.FlagBanned)
	c.WaitHealthy(t)
}

// testRename rotates the log of node 0, and tells ctdbd, if it is one that can be told.
func testRename(t *testing.T, c *realctdb.Cluster, w *watcher) {
	t.Helper()
	if err := os.Rename(w.path, w.path+".1"); err != nil {
		t.Fatal(err)
	}
	testDisable(t, c, w)
	if c.Release().HasLeader() { // it came with that
		pid, err := status.ParsePID(c.Tool(t, 0, "getpid").Stdout)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	for { // until all daemons have been told
		testDisable(t, c, w)
		now, err := os.ReadFile(w.path)
		if err == nil && strings.Contains(string(now), w.last) || !c.Release().HasLeader() {
			break
		}
	}
	if w.gaps > 0 {
		t.Errorf("%d gaps", w.gaps)
	}
}

// testTruncate rotates the log of node 0 as copytruncate does.
func testTruncate(t *testing.T, c *realctdb.Cluster, w *watcher) {
	t.Helper()
	path := w.path
	if !c.Release().HasLeader() { // ctdbd still writes to the file that was renamed
		path += ".1"
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.path+".2", data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	for range 5 { // what was written before may still have to be read
		if testDisable(t, c, w); w.gaps > 0 {
			break
		}
	}
	if w.gaps != 1 {
		t.Errorf("%d gaps, want one", w.gaps)
	}
}

// testWhole reads all logs once more.
func testWhole(t *testing.T, c *realctdb.Cluster) {
	t.Helper()
	form := ctdblog.FormISO
	if !c.Release().HasLeader() {
		form = ctdblog.FormLocal
	}
	for pnn := range 3 {
		o := ctdblog.Options{Path: filepath.Join(c.Dir(pnn), "log.ctdb"), Rotated: true}
		for e, err := range ctdblog.ScanFile(o) {
			if errors.Is(err, os.ErrNotExist) && !c.Release().HasLeader() {
				continue // nobody has made it anew
			}
			if err != nil || e.Form != form || e.PID == 0 || !strings.HasPrefix(e.Program, "ctdb") {
				t.Fatalf("entry %+v, error %v", e, err)
			}
			if age := time.Since(e.Time); age < 0 || age > 10*time.Minute {
				t.Fatalf("entry of %v: %+v", e.Time, e)
			}
		}
		s, _ := ctdblog.Summarize(ctdblog.ScanFile(o))
		if pnn == 1 && (s.Nodes[1].Banned == 0 || s.Nodes[1].BecameUnhealthy == 0 || s.Scripts["60.test"].Failed == 0) {
			t.Errorf("summary of node 1: %+v, %+v", s.Nodes, s.Scripts)
		}
	}
}
