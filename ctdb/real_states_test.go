//go:build linux

package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

// question is something that a client can be asked.
type question func(ctx context.Context, c *ctdb.Client) error

// asked makes a question of a query.
func asked[T any](query func(*ctdb.Client, context.Context) (T, error)) question {
	return func(ctx context.Context, c *ctdb.Client) error {
		_, err := query(c, ctx)
		return err
	}
}

// anyNode has the questions that a node can be asked through another one.
var anyNode = map[string]question{
	"status":       asked((*ctdb.Client).Status),
	"addresses":    asked((*ctdb.Client).PublicIPs),
	"all":          asked((*ctdb.Client).AllPublicIPs),
	"interfaces":   asked((*ctdb.Client).Interfaces),
	"databases":    asked((*ctdb.Client).Databases),
	"statistics":   asked((*ctdb.Client).Statistics),
	"uptime":       asked((*ctdb.Client).Uptime),
	"leader":       asked((*ctdb.Client).Leader),
	"lock":         asked((*ctdb.Client).ClusterLock),
	"run state":    asked((*ctdb.Client).RunState),
	"ping":         asked((*ctdb.Client).Ping),
	"pid":          asked((*ctdb.Client).PID),
	"log level":    asked((*ctdb.Client).LogLevel),
	"capabilities": asked((*ctdb.Client).Capabilities),
	"tunables":     asked((*ctdb.Client).Tunables),
	"tunable": func(ctx context.Context, c *ctdb.Client) error {
		return errorOf(c.Tunable(ctx, "MonitorInterval"))
	},
	"history": func(ctx context.Context, c *ctdb.Client) error {
		return errorOf(c.StatisticsHistory(ctx, 1))
	},
	"database": func(ctx context.Context, c *ctdb.Client) error {
		return errorOf(c.Database(ctx, statesDB))
	},
	"its statistics": func(ctx context.Context, c *ctdb.Client) error {
		return errorOf(c.DatabaseStatistics(ctx, statesDB))
	},
}

// ownNode has the questions about the node that the tool runs on, which takes its daemon.
var ownNode = map[string]question{
	"number": asked((*ctdb.Client).PNN),
	"event": func(ctx context.Context, c *ctdb.Client) error {
		return errorOf(c.EventStatus(ctx, "monitor"))
	},
}

// noNode has the questions that take no daemon.
var noNode = map[string]question{
	"version":       asked((*ctdb.Client).Version),
	"nodes list":    asked((*ctdb.Client).NodeList),
	"event scripts": asked((*ctdb.Client).EventScripts),
}

const statesDB = "states.tdb"

// sickScript fails while there is a file "sick" in the node's directory.
const sickScript = `#!/bin/sh
[ "$1" != monitor ] || [ ! -e "$CTDB_BASE/sick" ] || { echo "it is sick"; exit 1; }
`

// TestRealEveryQuestion asks real clusters of all releases everything, in every state.
func TestRealEveryQuestion(t *testing.T) {
	options := realctdb.Options{
		Nodes: realNodes, Deleted: []int{realDeleted}, Scripts: map[string]string{"60.sick": sickScript},
	}
	realctdb.Each(t, options, func(t *testing.T, cluster *realctdb.Cluster) {
		c := commands{cluster}
		if err := c.Client(0).Attach(c.context(t), statesDB, ctdb.VolatileDatabase); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			name string
			run  func(t *testing.T, c commands)
		}{
			{"all well", func(t *testing.T, c commands) { c.everything(t, 1); c.local(t, 0) }},
			{"disabled", func(t *testing.T, c commands) { c.inState(t, "DISABLED", (*ctdb.Client).Disable) }},
			{"stopped", func(t *testing.T, c commands) { c.inState(t, "STOPPED|INACTIVE", (*ctdb.Client).Stop) }},
			{"banned", func(t *testing.T, c commands) { c.inState(t, "BANNED|INACTIVE", ban) }},
			{"unhealthy", func(t *testing.T, c commands) { c.inState(t, "UNHEALTHY", c.makeSick(t, 1)) }},
			{"disabled and unhealthy", func(t *testing.T, c commands) {
				c.inState(t, "DISABLED|UNHEALTHY", c.makeSick(t, 1), (*ctdb.Client).Disable)
			}},
			{"banned and stopped", func(t *testing.T, c commands) {
				c.inState(t, "BANNED|STOPPED|INACTIVE", (*ctdb.Client).Stop, ban)
			}},
			{"recovering", realRecovering},
			{"deleted", func(t *testing.T, c commands) { c.refusesAll(t, c.Client(0).On(realDeleted), "deleted") }},
			{"hung", realHung},
			{"gone", realGone},
		} {
			t.Run(test.name, func(t *testing.T) {
				c.WaitHealthy(t)
				test.run(t, c)
			})
		}
	})
}

// ban is a method as the others are.
var ban = func(c *ctdb.Client, ctx context.Context) (bool, error) { return c.Ban(ctx, 5*time.Minute) }

// makeSick makes a node's monitor event fail, until the test is over.
func (c commands) makeSick(t *testing.T, pnn int) func(*ctdb.Client, context.Context) (bool, error) {
	t.Helper()
	path := filepath.Join(c.Dir(pnn), "sick")
	return func(client *ctdb.Client, ctx context.Context) (bool, error) {
		t.Cleanup(func() {
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		})
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			return false, err
		}
		_, err := client.WaitFor(ctx, ctdb.NodeIs(nodes.PNN(pnn), status.FlagUnhealthy))
		return true, err
	}
}

// inState puts node 1 into a state, asks everything and lifts it again.
func (c commands) inState(t *testing.T, state string, set ...func(*ctdb.Client, context.Context) (bool, error)) {
	t.Helper()
	c.enter(t, 1, state, set...)
	c.everything(t, 1)
	c.local(t, 1)
}

// enter puts a node into a state until the test is over.
func (c commands) enter(t *testing.T, pnn int, state string, set ...func(*ctdb.Client, context.Context) (bool, error)) {
	t.Helper()
	ctx := c.context(t)
	t.Cleanup(func() { // the node may have several of them
		client := c.Client(pnn)
		for _, lift := range []func(*ctdb.Client, context.Context) (bool, error){
			(*ctdb.Client).Enable, (*ctdb.Client).Continue, (*ctdb.Client).Unban,
		} {
			if _, err := lift(client, context.WithoutCancel(ctx)); err != nil && !errors.Is(err, ctdb.ErrTakeover) {
				t.Error(err)
			}
		}
	})
	for _, step := range set {
		if _, err := step(c.Client(pnn), ctx); err != nil && !errors.Is(err, ctdb.ErrTakeover) {
			t.Fatal(err)
		}
	}
	what := fmt.Sprintf("node %d to be %s", pnn, state)
	cluster, err := c.Client(pnn).WaitFor(ctx, ctdb.NewCondition(what, func(cluster *status.Cluster) bool {
		n, ok := cluster.Node(nodes.PNN(pnn))
		return ok && n.State() == state
	}))
	if err != nil {
		t.Fatalf("%v: %v", err, cluster)
	}
}

// everything asks a node, on itself and through another, and wants answers.
func (c commands) everything(t *testing.T, pnn int) {
	t.Helper()
	c.all(t, c.Client(pnn), anyNode)
	c.all(t, c.Client(0).On(nodes.PNN(pnn)), anyNode)
}

// local asks a node that can only be asked itself.
func (c commands) local(t *testing.T, pnn int) {
	t.Helper()
	c.all(t, c.Client(pnn), ownNode, noNode)
}

// all asks all questions, some at a time, and wants them to have an answer, or else an error of these kinds.
func (c commands) all(t *testing.T, client *ctdb.Client, sets ...map[string]question) {
	t.Helper()
	for name, err := range c.outcomes(t, client, sets...) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// refusesAll wants all questions about any node to be an error of these kinds and no others.
func (c commands) refusesAll(t *testing.T, client *ctdb.Client, want ...string) {
	t.Helper()
	for name, err := range c.outcomes(t, client, anyNode) {
		if diff := cmp.Diff(set(want...), kinds(err)); diff != "" {
			t.Errorf("%s: %v: mismatch (-want +got)\n%s", name, err, diff)
		}
	}
}

// outcomes asks all questions, some at a time.
func (c commands) outcomes(t *testing.T, client *ctdb.Client, sets ...map[string]question) map[string]error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	all := map[string]question{}
	for _, set := range sets {
		maps.Copy(all, set)
	}
	var (
		mu       sync.Mutex
		group    sync.WaitGroup
		outcomes = map[string]error{}
		slots    = make(chan struct{}, 4)
	)
	for name, ask := range all {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			err := ask(ctx, client)
			mu.Lock()
			defer mu.Unlock()
			outcomes[name] = err
		})
	}
	group.Wait()
	return outcomes
}

// realRecovering asks while a recovery can't end, since a node that takes part hangs.
func realRecovering(t *testing.T, c commands) {
	c.recovers(t, func() { c.all(t, c.Client(0), anyNode) })
}

// recovers does something while a recovery can't end.
func (c commands) recovers(t *testing.T, meanwhile func()) {
	t.Helper()
	hangs := 3
	if leader, err := c.Client(0).Leader(c.context(t)); err != nil || leader.Is(3) { // which has to begin it
		hangs = 1
	}
	c.Pause(t, hangs)
	defer func() {
		c.Resume(t, hangs)
		c.WaitHealthy(t)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := c.Client(0).Recover(ctx); err != nil && !errors.Is(err, ctdb.ErrTimeout) {
		t.Error(err)
	}
	cluster, err := c.Client(0).WaitFor(c.context(t), ctdb.NewCondition("a recovery, or a node that is out",
		func(cluster *status.Cluster) bool {
			return cluster.RecoveryMode.Is(status.RecoveryActive) || len(c.flagged(cluster)) > 0
		}))
	if err != nil {
		t.Errorf("%v:\n%v", err, cluster)
	}
	meanwhile()
}

// flagged gives the nodes that have flags.
func (c commands) flagged(cluster *status.Cluster) []nodes.PNN {
	var all []nodes.PNN
	for _, n := range cluster.Nodes {
		if n.Flags != 0 {
			all = append(all, n.PNN)
		}
	}
	return all
}

// realHung asks a node whose daemon hangs, through itself and through another, until their time is up.
func realHung(t *testing.T, c commands) {
	c.Pause(t, 1)
	defer func() {
		c.Resume(t, 1)
		c.WaitHealthy(t)
	}()
	for _, name := range slices.Sorted(maps.Keys(anyNode)) {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		if err := anyNode[name](ctx, c.Client(1)); !maps.Equal(kinds(err), set("timeout")) {
			t.Errorf("%s of a hung daemon: %v", name, err)
		}
		cancel()
	}
	c.all(t, c.Client(1), noNode)
}

// realGone asks a daemon that was killed, through itself and through another.
func realGone(t *testing.T, c commands) {
	c.Kill(t, 3)
	defer func() {
		c.StartNode(t, 3)
		c.WaitHealthy(t)
	}()
	waitFor(t, c.Cluster, 3, "DISCONNECTED|UNHEALTHY|INACTIVE", 0)
	c.refusesAll(t, c.Client(0).On(3), "disconnected")
	c.refusesAll(t, c.Client(3), "not running")
	c.all(t, c.Client(3), noNode)
	for name, err := range c.outcomes(t, c.Client(3), ownNode) {
		if !maps.Equal(kinds(err), set("not running")) {
			t.Errorf("%s without a daemon: %v", name, err)
		}
	}
}

// TestRealSixteen asks clusters of sixteen nodes.
func TestRealSixteen(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) { // one after the other: each is 16 daemons and their children
			c := commands{realctdb.Start(t, install, realctdb.Options{Nodes: 16})}
			cluster := ask(t, c.Client(15))
			if len(cluster.Nodes) != 16 || len(c.flagged(cluster)) != 0 || len(cluster.LMasters) != 16 {
				t.Errorf("got\n%v", cluster)
			}
			text := strings.Replace(string(c.Tool(t, 15, "status").Stdout), "Recovery master:", "Leader:", 1)
			if diff := cmp.Diff(text, cluster.String()); diff != "" {
				t.Errorf("mismatch (-tool +client)\n%s", diff)
			}
			c.all(t, c.Client(15).On(7), map[string]question{"uptime": anyNode["uptime"], "databases": anyNode["databases"]})
		})
	}
}
