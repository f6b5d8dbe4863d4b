//go:build linux

package realctdb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

// outside is set in the environment of the test process and must not reach a node.
const outside = "CTDB_TIMEOUT"

func TestMain(m *testing.M) {
	os.Setenv(outside, "1")
	m.Run()
}

func TestCluster(t *testing.T) {
	realctdb.Each(t, realctdb.Options{}, func(t *testing.T, c *realctdb.Cluster) {
		t.Run("every node sees three", func(t *testing.T) { testThreeNodes(t, c) })
		t.Run("runner", func(t *testing.T) { testRunner(t, c) })
		t.Run("kill and start", func(t *testing.T) { testKill(t, c) })
		t.Run("pause and resume", func(t *testing.T) { testPause(t, c) })
	})
}

func testThreeNodes(t *testing.T, c *realctdb.Cluster) {
	for pnn := range 3 {
		result := c.Tool(t, pnn, "status")
		text := string(result.Stdout)
		if result.ExitCode != 0 || !strings.HasPrefix(text, "Number of nodes:3\n") {
			t.Errorf("node %d: exit code %d, output\n%s", pnn, result.ExitCode, text)
		}
		this := ""
		for line := range strings.Lines(text) {
			if strings.Contains(line, "(THIS NODE)") {
				this = line
			}
		}
		if want := fmt.Sprintf("pnn:%d %v", pnn, c.Address(pnn)); !strings.HasPrefix(this, want) {
			t.Errorf("node %d is %q, want %q", pnn, this, want)
		}
	}
}

func testRunner(t *testing.T, c *realctdb.Cluster) {
	runner := c.Runner(1)
	result, err := runner.Run(t.Context(), ctdb.Command{Name: "env", Env: []string{"EXTRA=a b"}})
	if err != nil || result.ExitCode != 0 {
		t.Fatalf("env: %v, exit code %d", err, result.ExitCode)
	}
	text := string(result.Stdout)
	if !strings.Contains(text, "/node.1\n") || !strings.Contains(text, "EXTRA=a b\n") {
		t.Errorf("the environment lacks CTDB_BASE or EXTRA:\n%s", text)
	}
	if strings.Contains(text, outside) {
		t.Errorf("the test's own environment reaches the node:\n%s", text)
	}
	for _, name := range []string{"no-such-program", "/no/such/program"} {
		if result, err := runner.Run(t.Context(), ctdb.Command{Name: name}); err == nil {
			t.Errorf("%s: no error but exit code %d", name, result.ExitCode)
		}
	}
	if _, err := runner.Run(t.Context(), ctdb.Command{Name: "no-such-program"}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("not exec.ErrNotFound: %v", err)
	}
}

func testKill(t *testing.T, c *realctdb.Cluster) {
	c.Kill(t, 2)
	waitFlags(t, c, 0, 2, "DISCONNECTED")
	if result := c.Tool(t, 2, "status"); result.ExitCode == 0 {
		t.Errorf("the killed node answers:\n%s", result.Stdout)
	}
	c.StartNode(t, 2)
	c.WaitHealthy(t)
}

func testPause(t *testing.T, c *realctdb.Cluster) {
	c.Pause(t, 1)
	waitFlags(t, c, 0, 1, "DISCONNECTED")
	c.Resume(t, 1)
	c.WaitHealthy(t)
}

// waitFlags waits until one node reports a flag of another one.
func waitFlags(t *testing.T, c *realctdb.Cluster, reporter, pnn int, flag string) {
	t.Helper()
	prefix := fmt.Appendf(nil, "pnn:%d ", pnn)
	c.WaitFor(t, fmt.Sprintf("%s of node %d", flag, pnn), func(context.Context) bool {
		for line := range bytes.Lines(c.Tool(t, reporter, "-t", "1", "status").Stdout) {
			if bytes.HasPrefix(line, prefix) && bytes.Contains(line, []byte(flag)) {
				return true
			}
		}
		return false
	})
}

func TestTwoClustersDoNotCollide(t *testing.T) {
	install := realctdb.Releases(t)[0]
	options := realctdb.Options{Nodes: 2}
	first, second := realctdb.Start(t, install, options), realctdb.Start(t, install, options)
	if first.Address(0) == second.Address(0) || first.Dir(0) == second.Dir(0) {
		t.Fatalf("both have %v and %s", first.Address(0), first.Dir(0))
	}
	second.Kill(t, 1)
	waitFlags(t, second, 0, 1, "DISCONNECTED")
	if result := first.Tool(t, 0, "nodestatus", "all"); result.ExitCode != 0 {
		t.Errorf("what happens in one cluster shows in the other:\n%s", result.Stdout)
	}
}

func TestOptions(t *testing.T) {
	options := realctdb.Options{
		Nodes:   3,
		Deleted: []int{1},
		Config:  "[legacy]\n\tlmaster capability = false\n",
		Tunables: map[string]uint32{
			"MonitorInterval": 7, // has another value by default
			"NoIPFailback":    1,
		},
		PublicAddresses: func(octet, _ int) string { return fmt.Sprintf("127.78.%d.1/24 lo\n", octet) },
		Scripts:         map[string]string{"60.test": "#!/bin/sh\n"},
	}
	realctdb.Each(t, options, func(t *testing.T, c *realctdb.Cluster) {
		tests := []struct {
			args string
			want string
		}{
			{"status", "Number of nodes:3 (including 1 deleted nodes)"},
			{"getcapabilities", "LMASTER: NO"},
			{"getvar MonitorInterval", "= 7\n"},
			{"getvar NoIPFailback", "= 1\n"},
			{"getvar KeepaliveLimit", "= 3\n"},
			{"event script list legacy", "* 00.ctdb\n"},
			{"event script list legacy", "* 10.interface\n"},
			{"event script list legacy", "* 60.test\n"},
		}
		for _, tt := range tests {
			result := c.Tool(t, 2, strings.Fields(tt.args)...)
			if result.ExitCode != 0 || !bytes.Contains(result.Stdout, []byte(tt.want)) {
				t.Errorf("%s: exit code %d, %q not in\n%s%s", tt.args, result.ExitCode, tt.want, result.Stdout, result.Stderr)
			}
		}
		c.WaitFor(t, "a node that hosts the public address", func(context.Context) bool {
			fields := strings.Fields(string(c.Tool(t, 0, "ip", "all").Stdout))
			return len(fields) > 0 && fields[len(fields)-2] == c.PublicAddress(1).String() && fields[len(fields)-1] != "-1"
		})
		for range 3 { // each of which takes the address once more
			if result := c.Tool(t, 0, "ipreallocate"); result.ExitCode != 0 {
				t.Errorf("takeover run: %s%s", result.Stdout, result.Stderr)
			}
		}
	})
}
