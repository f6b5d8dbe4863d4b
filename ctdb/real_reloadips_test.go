//go:build linux

package ctdb_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

// TestRealReloadIPsBusy reloads addresses while a takeover run is on its way, of which the tool says at once that it is.
func TestRealReloadIPsBusy(t *testing.T) {
	slow := realctdb.Options{Scripts: map[string]string{"60.slow": "#!/bin/sh\n[ $1 != ipreallocated ] || sleep 2\n"}}
	realctdb.Each(t, slow, func(t *testing.T, c *realctdb.Cluster) {
		storm, stop := context.WithCancel(t.Context())
		var runs sync.WaitGroup
		runs.Go(func() {
			for storm.Err() == nil {
				c.Tool(t, 1, "ipreallocate")
			}
		})
		defer runs.Wait()
		defer stop()
		c.WaitFor(t, "the tool to give up", func(context.Context) bool {
			time.Sleep(rand.N(2 * time.Second)) // else both wait for the same run, and begin together again
			result := c.Tool(t, 0, "reloadips", "all")
			return result.ExitCode == 1 && string(result.Stderr) == "Failed to disable takeover runs\n"
		})
		stop() // after the run that is on its way
		runner, tries := c.Runner(0), 0
		client := ctdb.New(ctdb.Config{Runner: ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
			tries++
			return runner.Run(ctx, cmd)
		})})
		if err := client.ReloadIPs(commands{c}.context(t)); err != nil {
			t.Error(err)
		}
		t.Logf("ctdb %v: %d tries", c.Release(), tries)
	})
}
