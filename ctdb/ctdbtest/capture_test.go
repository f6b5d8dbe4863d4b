package ctdbtest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// states are states that real clusters were captured in, with what brings a simulated one there.
var states = map[string]func(c *ctdbtest.Cluster) error{
	"ok":       func(*ctdbtest.Cluster) error { return nil },
	"single":   func(*ctdbtest.Cluster) error { return nil },
	"sixteen":  func(*ctdbtest.Cluster) error { return nil },
	"ipv6":     func(*ctdbtest.Cluster) error { return nil },
	"deleted":  func(*ctdbtest.Cluster) error { return nil },
	"disabled": func(c *ctdbtest.Cluster) error { return c.Disable(1) },
	"banned":   func(c *ctdbtest.Cluster) error { return c.Ban(1) },
	"stopped":  func(c *ctdbtest.Cluster) error { return c.Stop(2) },
	"unhealthy": func(c *ctdbtest.Cluster) error {
		return c.SetUnhealthy(2, true)
	},
	"partiallyonline": func(c *ctdbtest.Cluster) error { return c.SetPartiallyOnline(1, true) },
	"disconnected":    func(c *ctdbtest.Cluster) error { return c.Kill(2) },
}

// what differs from run to run: the generation, and who won the race to lead.
var chance = regexp.MustCompile(`(?m)^(Generation:|Leader:|Recovery master:|    "generation": |  "leader": )\d+`)

// TestLikeCaptures brings simulated clusters into states that real ones were in, and compares what the tool prints.
func TestLikeCaptures(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../status/testdata/captures.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	compared := map[string]int{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data))
	for lines.Scan() {
		var c struct {
			Release, State, Out string
			Args                []string
			Code                int
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		bring, ok := states[c.State]
		if !ok || inTransition(c.State, c.Out) {
			continue
		}
		cluster, local := simulate(t, c.Release, c.Out)
		if cluster == nil {
			continue
		}
		if err := bring(cluster); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(c.Args, "-n") {
			local = 0
		}
		got, err := cluster.Runner(local).Run(t.Context(), ctdb.Command{Name: "ctdb", Args: c.Args})
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%s, %s, node %v: ctdb %s", c.Release, c.State, local, strings.Join(c.Args, " "))
		want := chance.ReplaceAllString(c.Out, "${1}N")
		if diff := cmp.Diff(want, chance.ReplaceAllString(string(got.Stdout), "${1}N")); diff != "" {
			t.Errorf("%s: mismatch (-real +simulated)\n%s", name, diff)
		}
		if got.ExitCode != c.Code {
			t.Errorf("%s: exit code %d, a real one %d", name, got.ExitCode, c.Code)
		}
		compared[c.State]++
	}
	for state := range states {
		if compared[state] < 3 {
			t.Errorf("only %d captures of a cluster that is %s", compared[state], state)
		}
	}
}

// inTransition tells whether a real cluster was caught on its way into a state: recovering, or not well yet.
func inTransition(state, out string) bool {
	own := status.FlagDisabled | status.FlagBanned | status.FlagStopped
	report, err := status.Parse([]byte(out))
	if err != nil {
		report, err = status.ParseNodeStatus([]byte(out))
	}
	if err != nil {
		return true
	}
	this, _ := report.ThisNode()
	recovering := report.RecoveryMode.Is(status.RecoveryActive) && this.Flags&own == 0
	unwell := state == "ok" && slices.ContainsFunc(report.Nodes, func(n status.Node) bool { return !n.Healthy() })
	return recovering || unwell
}

// simulate gives a cluster with the nodes that an output lists, and which of them printed it. There is none if the
// output does not tell.
func simulate(t *testing.T, of, out string) (*ctdbtest.Cluster, nodes.PNN) {
	t.Helper()
	report, err := status.Parse([]byte(out))
	if err != nil {
		if report, err = status.ParseNodeStatus([]byte(out)); err != nil {
			return nil, 0
		}
	}
	this, ok := report.ThisNode()
	if !ok || len(report.Nodes) < 3 && this.PNN != 0 {
		return nil, 0
	}
	r, err := release.Parse(of)
	if err != nil {
		t.Fatal(err)
	}
	options := ctdbtest.Options{Release: r}
	for _, n := range report.Nodes {
		for len(options.Addresses) < int(n.PNN) {
			options.Deleted = append(options.Deleted, nodes.PNN(len(options.Addresses)))
			options.Addresses = append(options.Addresses, netip.IPv4Unspecified())
		}
		options.Addresses = append(options.Addresses, n.Address)
	}
	return ctdbtest.New(options), this.PNN
}
