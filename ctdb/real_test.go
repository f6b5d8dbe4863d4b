//go:build linux

package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// The nodes of the real clusters below: three that run, and a deleted one in between.
const (
	realNodes   = 4
	realDeleted = 2
)

var realRunning = []nodes.PNN{0, 1, 3}

// TestReal asks real clusters of all releases that are there.
func TestReal(t *testing.T) {
	options := realctdb.Options{Nodes: realNodes, Deleted: []int{realDeleted}}
	realctdb.Each(t, options, func(t *testing.T, c *realctdb.Cluster) {
		t.Logf("ctdb %v", c.Release())
		for _, test := range []struct {
			name string
			run  func(t *testing.T, c *realctdb.Cluster)
		}{
			{"same as the tool", realSame},
			{"version", realVersion},
			{"administrator's flags", realFlags},
			{"all banned", realAllBanned},
			{"addressed nodes", realAddressed},
			{"no permission", realPermission},
			{"bad configuration", realBadConfig},
			{"tool that is not there", realToolMissing},
			{"hung peer", realHungPeer},
			{"hung daemon", realHungDaemon},
			{"dead node", realDead},
			{"shutdown", realShutdown},
		} {
			t.Run(test.name, func(t *testing.T) {
				c.WaitHealthy(t) // on a busy machine a node can be banned for a while after what was done to it
				test.run(t, c)
			})
		}
	})
}

// ask reads the state of the cluster as a node sees it.
func ask(t *testing.T, client *ctdb.Client) *status.Cluster {
	t.Helper()
	cluster, err := client.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

// wantError asks, and wants the answer to be an error of these kinds and no others.
func wantError(t *testing.T, client *ctdb.Client, want ...string) {
	t.Helper()
	_, err := client.Status(t.Context())
	if diff := cmp.Diff(set(want...), kinds(err)); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s\nof %v", diff, err)
	}
}

// waitFor waits until a node is reported to be in a state by all nodes that run and one more time, through another.
func waitFor(t *testing.T, c *realctdb.Cluster, of nodes.PNN, state string, by ...nodes.PNN) {
	t.Helper()
	for _, pnn := range by {
		c.WaitFor(t, "node "+of.String()+" to be "+state, func(ctx context.Context) bool {
			cluster, err := c.Client(int(pnn)).Status(ctx)
			if err != nil {
				return false
			}
			n, ok := cluster.Node(of)
			return ok && n.State() == state && !settling(cluster)
		})
	}
}

// settling tells whether a cluster is about to change by itself.
func settling(c *status.Cluster) bool {
	this, _ := c.ThisNode()
	return c.RecoveryMode.Is(status.RecoveryActive) && !this.Flags.Inactive() || c.Leader.IsUnknown()
}

// realSame compares what the client gives with what the tool prints, in each form that the release has.
func realSame(t *testing.T, c *realctdb.Cluster) {
	for _, pnn := range realRunning {
		got := ask(t, c.Client(int(pnn)))
		text := string(c.Tool(t, int(pnn), "status").Stdout)
		want := strings.Replace(text, "Recovery master:", "Leader:", 1)
		if diff := cmp.Diff(want, got.String()); diff != "" {
			t.Errorf("node %v: mismatch (-tool +client)\n%s", pnn, diff)
		}
		if this, ok := got.ThisNode(); !ok || this.PNN != pnn {
			t.Errorf("node %v takes itself for %v", pnn, this)
		}
		if !got.DeletedCount.Is(1) || len(got.Nodes) != len(realRunning) || len(got.Unparsed) > 0 || len(got.Warnings) > 0 {
			t.Errorf("node %v: got %+v", pnn, got)
		}
		forms := map[string]status.Form{"-X": status.FormMachine, "-Y": status.FormMachine}
		if c.Release().HasJSON() {
			forms["--json"] = status.FormJSON
		}
		for option, form := range forms {
			other, err := status.Parse(c.Tool(t, int(pnn), option, "status").Stdout)
			if err != nil {
				t.Errorf("node %v, %s: %v", pnn, option, err)
				continue
			}
			if diff := cmp.Diff(got.Nodes, other.Nodes, addresses); diff != "" || other.Form != form {
				t.Errorf("node %v, %s, %v: mismatch (-text +other)\n%s", pnn, option, other.Form, diff)
			}
			if form == status.FormJSON {
				other.Form = got.Form
				if diff := cmp.Diff(got, other, addresses); diff != "" {
					t.Errorf("node %v: mismatch (-text +JSON)\n%s", pnn, diff)
				}
			}
		}
	}
}

func realVersion(t *testing.T, c *realctdb.Cluster) {
	got, err := c.Client(0).Version(t.Context())
	if err != nil || got != c.Release() {
		t.Errorf("got %v, %v; want %v", got, err, c.Release())
	}
}

// realFlags sets and lifts what an administrator can, and looks at it from the node itself and from another.
func realFlags(t *testing.T, c *realctdb.Cluster) {
	for _, test := range []struct{ set, lift, state string }{
		{"disable", "enable", "DISABLED"},
		{"stop", "continue", "STOPPED|INACTIVE"},
		{"ban 60", "unban", "BANNED|INACTIVE"},
	} {
		c.Tool(t, 1, strings.Fields(test.set)...)
		waitFor(t, c, 1, test.state, 0, 1, 3)
		before, after := ask(t, c.Client(0)), ask(t, c.Client(0).On(1))
		n, _ := before.Node(1)
		if n.Healthy() || before.RecoveryMode.Is(status.RecoveryActive) {
			t.Errorf("%s: got %v", test.set, before)
		}
		if after.Generation.IsUnknown() != n.Flags.Inactive() || after.RecoveryMode.Is(status.RecoveryActive) != n.Flags.Inactive() {
			t.Errorf("%s: the node itself reports\n%v", test.set, after)
		}
		if this, ok := after.ThisNode(); !ok || this.PNN != 1 {
			t.Errorf("%s: addressed node 1, which takes itself for %v", test.set, this)
		}
		c.Tool(t, 1, test.lift)
		waitFor(t, c, 1, "OK", 0, 1, 3)
	}
}

func realAllBanned(t *testing.T, c *realctdb.Cluster) {
	for _, pnn := range realRunning {
		// Without waiting for what will not come: the last takeover run of an all but banned cluster.
		c.Tool(t, int(pnn), "-T", "3", "ban", "60")
	}
	c.WaitFor(t, "all nodes to be banned", func(ctx context.Context) bool {
		_, err := c.Client(0).Status(ctx)
		return errors.Is(err, ctdb.ErrAllBanned)
	})
	wantError(t, c.Client(0), "all banned")
	for _, pnn := range realRunning {
		c.Tool(t, int(pnn), "-T", "3", "unban")
	}
	c.WaitHealthy(t)
}

func realAddressed(t *testing.T, c *realctdb.Cluster) {
	if this, ok := ask(t, c.Client(0).On(3)).ThisNode(); !ok || this.PNN != 3 {
		t.Errorf("addressed node 3, got %v", this)
	}
	wantError(t, c.Client(0).On(realDeleted), "deleted")
	wantError(t, c.Client(0).On(99), "no such node")
	wantError(t, c.Client(0).On(1<<31), "no such node")
	wantError(t, c.Client(realDeleted), "not running")
}

func realPermission(t *testing.T, c *realctdb.Cluster) {
	// The harness keeps others out of its directories; a package's are open, and only the socket is not.
	for _, dir := range []string{filepath.Dir(c.Dir(0)), filepath.Dir(filepath.Dir(c.Dir(0)))} {
		if err := os.Chmod(dir, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	nobody := ctdb.Prefix(c.Runner(0), "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
	wantError(t, ctdb.New(ctdb.Config{Runner: nobody}), "permission")
}

func realToolMissing(t *testing.T, c *realctdb.Cluster) {
	wantError(t, ctdb.New(ctdb.Config{Runner: c.Runner(0), Tool: "no-such-ctdb"}), "tool missing")
	// Here it is another program that does not find it.
	behind := ctdb.Prefix(c.Runner(0), "nice")
	wantError(t, ctdb.New(ctdb.Config{Runner: behind, Tool: "no-such-ctdb"}), "tool missing")
}

// realBadConfig breaks the files that the tool reads by itself, which is ctdb.conf from 4.22 on, and the nodes list when
// ctdbd is not running.
func realBadConfig(t *testing.T, c *realctdb.Cluster) {
	conf := filepath.Join(c.Dir(3), "ctdb.conf")
	good, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	defer write(string(good))
	write(string(good) + "[logging]\n\tlog level = LOUD\n")
	if c.Release().ToolReadsConf() {
		wantError(t, c.Client(3), "bad configuration")
	} else {
		ask(t, c.Client(3))
	}
}

// realDead looks at a node whose daemon was killed, and what the tool there says when it can't even read its files.
func realDead(t *testing.T, c *realctdb.Cluster) {
	const dead = 3
	c.Kill(t, dead)
	waitFor(t, c, dead, "DISCONNECTED|UNHEALTHY|INACTIVE", 0, 1)
	wantError(t, c.Client(dead), "not running")
	wantError(t, c.Client(0).On(dead), "disconnected")

	list := filepath.Join(c.Dir(dead), "nodes")
	if err := os.Rename(list, list+".away"); err != nil {
		t.Fatal(err)
	}
	wantError(t, c.Client(dead), "not running", "bad configuration")
	if err := os.Rename(list+".away", list); err != nil {
		t.Fatal(err)
	}
	if c.Release().HasNodesList() {
		realCrash(t, c, dead)
	}
	c.StartNode(t, dead)
	c.WaitHealthy(t)
}

// realCrash makes the tool crash, as releases from 4.22 on do for a nodes list that is a command without a name.
func realCrash(t *testing.T, c *realctdb.Cluster, pnn int) {
	conf := filepath.Join(c.Dir(pnn), "ctdb.conf")
	good, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, append(good, "[cluster]\n\tnodes list = !\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	wantError(t, c.Client(pnn), "not running", "crashed")
	if err := os.WriteFile(conf, good, 0o644); err != nil {
		t.Fatal(err)
	}
}

// realShutdown asks a node again and again while it is shut down. From 4.16 on, questions wait for word of the leader, so
// that the daemon goes away under some of them.
func realShutdown(t *testing.T, c *realctdb.Cluster) {
	const last = 3
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]int{}
	for range 6 {
		all.Go(func() {
			for {
				_, err := c.Client(last).Status(t.Context())
				mu.Lock()
				for kind := range kinds(err) {
					seen[kind]++
				}
				mu.Unlock()
				if err != nil && !errors.Is(err, ctdb.ErrNotReady) {
					return
				}
			}
		})
	}
	c.Tool(t, last, "shutdown")
	all.Wait()
	if seen["not running"] != 6 || len(seen) > 1 && seen["not ready"] == 0 || len(seen) > 2 {
		t.Errorf("got %v", seen)
	}
	t.Logf("ctdbd went away under %d questions", seen["not ready"])
	c.StartNode(t, last)
	c.WaitHealthy(t)
}

// realHungPeer stops another node's daemon. It stays connected for a while, during which its interfaces can't be asked.
func realHungPeer(t *testing.T, c *realctdb.Cluster) {
	c.Pause(t, 1)
	defer func() {
		c.Resume(t, 1)
		c.WaitHealthy(t)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	cluster, err := c.Client(0).Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := cluster.Node(1)
	if len(cluster.Warnings) == 0 && n.Healthy() { // disconnected by now, or banned
		t.Errorf("neither a warning nor a flag:\n%v", cluster)
	}
}

// realHungDaemon stops the daemon that the tool asks. Only the client's own deadline helps then.
func realHungDaemon(t *testing.T, c *realctdb.Cluster) {
	c.Pause(t, 1)
	defer func() {
		c.Resume(t, 1)
		c.WaitHealthy(t)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := c.Client(1).Status(ctx)
	if !errors.Is(err, ctdb.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	// The far side has a bound of its own, for where the context can't reach.
	result := c.Tool(t, 1, "-T", "1", "status")
	if !strings.HasPrefix(string(result.Stderr), "Maximum runtime exceeded") || result.ExitCode != 1 {
		t.Errorf("the tool's own bound: exit code %d, %q", result.ExitCode, result.Stderr)
	}
}

// TestRealPrefix lets the programs that a command is put behind fail by themselves: as somebody who may not use them, and
// with a tool that is not there. It needs no CTDB, but root, and a network namespace of its own.
func TestRealPrefix(t *testing.T) {
	if os.Geteuid() != 0 {
		cannot(t, "only root can make a network namespace")
	}
	space := fmt.Sprintf("goctdb-%d", os.Getpid())
	if out, err := exec.Command("ip", "netns", "add", space).CombinedOutput(); err != nil {
		cannot(t, fmt.Sprintf("ip netns add: %v %s", err, out))
	}
	t.Cleanup(func() {
		if out, err := exec.Command("ip", "netns", "del", space).CombinedOutput(); err != nil {
			t.Errorf("ip netns del: %v %s", err, out)
		}
	})
	nobody := ctdb.Prefix(ctdb.ExecRunner{}, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
	for _, prefix := range [][]string{
		{"chroot", "/"},
		{"nsenter", "-t", strconv.Itoa(os.Getpid()), "-n"},
		{"ip", "netns", "exec", space},
	} {
		t.Run(prefix[0], func(t *testing.T) {
			wantError(t, ctdb.New(ctdb.Config{Runner: ctdb.Prefix(nobody, prefix...), Tool: "true"}), "permission")
			runner := ctdb.Prefix(ctdb.ExecRunner{}, prefix...)
			wantError(t, ctdb.New(ctdb.Config{Runner: runner, Tool: "no-such-ctdb"}), "tool missing")
		})
	}
}

// TestRealNoLeader asks a node that no leader can be elected for. From 4.16 on the tool waits for one before it says so,
// and there has to be time left for the answer. Up to 4.15 a node calls itself the leader in that case.
func TestRealNoLeader(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		if !install.Release.AtLeast(4, 16, 0) {
			continue
		}
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			c := realctdb.Start(t, install, realctdb.Options{
				Nodes: 1, DontWait: true, Config: "[cluster]\n\tleader capability = false\n",
			})
			var cluster *status.Cluster
			c.WaitFor(t, "an answer", func(ctx context.Context) (ok bool) {
				ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
				defer cancel()
				var err error
				cluster, err = c.Client(0).Status(ctx)
				return err == nil
			})
			if !cluster.Leader.IsUnknown() || !cluster.Generation.IsUnknown() {
				t.Errorf("got\n%v", cluster)
			}
		})
	}
}
