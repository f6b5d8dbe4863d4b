//go:build linux

package main_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestReal builds the program and runs it on a node of a real cluster, inside the node's root.
func TestReal(t *testing.T) {
	realctdb.Each(t, realctdb.Options{}, func(t *testing.T, c *realctdb.Cluster) {
		program := filepath.Join(c.Dir(1), "quickstart")
		build := exec.Command("go", "build", "-o", program, ".")
		build.Env = append(build.Environ(), "CGO_ENABLED=0") // the root may have another C library
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		inside := "/" + strings.TrimPrefix(strings.TrimPrefix(program, c.Root()), "/")
		run := func(args ...string) ctdb.Result {
			result, err := c.Runner(1).Run(t.Context(), ctdb.Command{Name: inside, Args: args})
			if err != nil || result.ExitCode != 0 || len(result.Stderr) > 0 {
				t.Fatalf("exit code %d, error %v, %s", result.ExitCode, err, result.Stderr)
			}
			return result
		}
		want, err := status.Parse(c.Tool(t, 1, "status").Stdout)
		if err != nil {
			t.Fatal(err)
		}

		var got struct {
			Simulated bool
			Cluster   *status.Cluster
		}
		if err := json.Unmarshal(run("-json").Stdout, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), got.Cluster.String()); diff != "" || got.Simulated {
			t.Errorf("simulated: %t; mismatch (-tool +quickstart)\n%s", got.Simulated, diff)
		}
		table := run().Stdout
		for _, n := range want.Nodes {
			for _, word := range []string{n.PNN.String(), n.Address.String(), n.State()} {
				if !bytes.Contains(table, []byte(word)) {
					t.Errorf("%s is not in the table:\n%s", word, table)
				}
			}
		}
		for _, value := range []string{want.Leader.String(), want.Generation.String(), want.RecoveryMode.String(), "this node"} {
			if !bytes.Contains(table, []byte(value)) {
				t.Errorf("%s is not in the table:\n%s", value, table)
			}
		}
	})
}
