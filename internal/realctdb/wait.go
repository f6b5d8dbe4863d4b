//go:build linux

package realctdb

import (
	"context"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// pollInterval is how often waits look. One look is a run of the ctdb program, some milliseconds.
const pollInterval = 50 * time.Millisecond

// WaitFor waits until condition holds, and stops the test when it has not after a minute. What is for the message:
// "timed out waiting for " and what. The condition's context ends with the wait.
func (c *Cluster) WaitFor(t testing.TB, what string, condition func(ctx context.Context) bool) {
	t.Helper()
	waitFor(t, what, condition)
}

func waitFor(t testing.TB, what string, condition func(ctx context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), healthyLimit)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for !condition(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("timed out waiting for %s", what)
		case <-ticker.C:
		}
	}
}

// WaitHealthy waits until every node that is not deleted sees all nodes as healthy.
func (c *Cluster) WaitHealthy(t testing.TB) {
	t.Helper()
	for pnn := range c.nodes() {
		if c.isDeleted(pnn) {
			continue
		}
		c.WaitFor(t, "a healthy cluster", func(ctx context.Context) bool {
			command := ctdb.Command{Name: "ctdb", Args: []string{"nodestatus", "all"}}
			result, err := c.Runner(pnn).Run(ctx, command)
			return err == nil && result.ExitCode == 0
		})
	}
}

// Tool runs the ctdb program on a node. It stops the test only when the program did not finish within a minute; what
// it said and its exit code are the test's to judge.
func (c *Cluster) Tool(t testing.TB, pnn int, args ...string) ctdb.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), commandLimit)
	defer cancel()
	command := ctdb.Command{Name: "ctdb", Args: args}
	result, err := c.Runner(pnn).Run(ctx, command)
	if err != nil {
		t.Fatalf("node %d: %v: %v", pnn, command, err)
	}
	return result
}
