package ctdbtest_test

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// tool runs the simulated tool on a node.
func tool(t *testing.T, c *ctdbtest.Cluster, pnn nodes.PNN, args ...string) ctdb.Result {
	t.Helper()
	result, err := c.Runner(pnn).Run(t.Context(), ctdb.Command{Name: "/usr/bin/ctdb", Args: args})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// must fails the test if a change was refused.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTool(t *testing.T) {
	t.Parallel()
	old, recent := release.Release{Major: 4, Minor: 13, Patch: 13}, release.Release{Major: 4, Minor: 25, Patch: 1}
	tests := []struct {
		name    string
		release release.Release
		args    []string
		code    int
		out     string
		err     string
	}{
		{"pnn", old, []string{"pnn"}, 0, "1\n", ""},
		{"own number", old, []string{"-n", "1", "pnn"}, 0, "1\n", ""},
		{"minus one is no number", old, []string{"-n", "-1", "pnn"}, 0, "1\n", ""},
		{"another number", old, []string{"-n", "0", "pnn"}, 1, "", "Node cannot be specified for command pnn\n"},
		{"version", old, []string{"version"}, 0, "4.13.13\n", ""},
		{"version in JSON", recent, []string{"--json", "version"}, 0, "{\n  \"version\": \"4.25.1\"\n}", ""},
		{"JSON of an old release", old, []string{"-j", "version"}, 1, "", "Invalid option -j: unknown option\n"},
		{"JSON of another command", recent, []string{"-j", "pnn"}, 1, "", "--json not supported by the pnn subcommand\n"},
		{"JSON and a table", recent, []string{"-X", "-j", "status"}, 1, "", "--json and -Y options are mutually exclusive\n"},
		{"listnodes", old, []string{"listnodes"}, 0, "10.0.0.1\n10.0.0.2\n10.0.0.4\n", ""},
		{"listnodes as a table", old, []string{"-X", "-x", ",", "listnodes"}, 0, ",0,10.0.0.1,\n,1,10.0.0.2,\n,3,10.0.0.4,\n", ""},
		{"listnodes elsewhere", old, []string{"-n", "0", "listnodes"}, 1, "", "Cannot specify node for command listnodes\n"},
		{"no such node", old, []string{"-n", "9", "status"}, 1, "", "Node 9 does not exist\n"},
		{"deleted node", old, []string{"--node=2", "status"}, 1, "", "Node 2 has status DISCONNECTED|DELETED|INACTIVE\n"},
		{"nodestatus of no node", old, []string{"nodestatus", "9"}, 1, "", "Node 9 does not exist\n"},
		{"nodestatus of a word", old, []string{"nodestatus", "x"}, 1, "", "Invalid node x\n"},
		{"nodestatus of a deleted node", old, []string{"nodestatus", "2"}, 0, "", ""},
		{"nodestatus in another order", old, []string{"nodestatus", "1,,0"}, 0, "pnn:1 10.0.0.2         OK (THIS NODE)\npnn:0 10.0.0.1         OK\n", ""},
		{"unknown command", old, []string{"leader"}, 1, "", "Unknown command 'leader'\n"},
		{"unknown option", old, []string{"-Z", "status"}, 1, "", "Invalid option -Z: unknown option\n"},
		{"option without its value", old, []string{"status", "-n"}, 1, "", "Invalid option -n: missing argument\n"},
		{"option with a bad value", old, []string{"-n", "all", "status"}, 1, "", "Invalid option all: invalid numeric value\n"},
		{"no command", old, nil, 1, "Usage: [-?YXv] [-?|--help] [--usage] COMMAND [ARGS]\n", ""},
		{"too many words", old, []string{"status", "all"}, 1, "Usage: [-?YXv] [-?|--help] [--usage] COMMAND [ARGS]\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := ctdbtest.New(ctdbtest.Options{Release: test.release, Nodes: 4, Deleted: []nodes.PNN{2}})
			got := tool(t, c, 1, test.args...)
			want := ctdb.Result{Stdout: []byte(test.out), Stderr: []byte(test.err), ExitCode: test.code}
			if got.ExitCode != want.ExitCode || !bytes.Equal(got.Stdout, want.Stdout) || !bytes.Equal(got.Stderr, want.Stderr) {
				t.Errorf("got %d, %q, %q; want %d, %q, %q",
					got.ExitCode, got.Stdout, got.Stderr, want.ExitCode, want.Stdout, want.Stderr)
			}
		})
	}
}

// TestClient looks at changes of the cluster through a client, as a user's test would.
func TestClient(t *testing.T) {
	t.Parallel()
	for _, r := range []release.Release{{Major: 4, Minor: 9}, {Major: 4, Minor: 13, Patch: 13}, {Major: 4, Minor: 17, Patch: 12}, {}} {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			c := ctdbtest.New(ctdbtest.Options{Release: r})
			states := func() string {
				report, err := c.Client(2).Status(t.Context())
				must(t, err)
				all := []string{"leader " + report.Leader.String()}
				for _, n := range report.Nodes {
					all = append(all, n.State())
				}
				return strings.Join(all, ", ")
			}
			for _, step := range []struct {
				name   string
				change func() error
				want   string
			}{
				{"at first", func() error { return nil }, "leader 0, OK, OK, OK"},
				{"disable", func() error { return c.Disable(1) }, "leader 0, OK, DISABLED, OK"},
				{"and unhealthy", func() error { return c.SetUnhealthy(1, true) }, "leader 0, OK, DISABLED|UNHEALTHY, OK"},
				{"enable", func() error { return c.Enable(1) }, "leader 0, OK, UNHEALTHY, OK"},
				{"kill the leader", func() error { return c.Kill(0) }, "leader 1, DISCONNECTED|UNHEALTHY|INACTIVE, UNHEALTHY, OK"},
				{"stop", func() error { return c.Stop(1) }, "leader 2, DISCONNECTED|UNHEALTHY|INACTIVE, UNHEALTHY|STOPPED|INACTIVE, OK"},
				{"stop the last", func() error { return c.Stop(2) }, "leader unknown, DISCONNECTED|UNHEALTHY|INACTIVE, UNHEALTHY|STOPPED|INACTIVE, STOPPED|INACTIVE"},
				{"continue", func() error { return errors.Join(c.Continue(1), c.Continue(2)) }, "leader 1, DISCONNECTED|UNHEALTHY|INACTIVE, UNHEALTHY, OK"},
				{"start", func() error { return c.Start(0) }, "leader 1, OK, UNHEALTHY, OK"},
				{"start what runs", func() error { return c.Start(1) }, "leader 1, OK, UNHEALTHY, OK"},
				{"healthy", func() error { return c.SetUnhealthy(1, false) }, "leader 1, OK, OK, OK"},
				{"partially", func() error { return c.SetPartiallyOnline(1, true) }, "leader 1, OK, PARTIALLYONLINE, OK"},
				{"partially and disabled", func() error { return c.Disable(1) }, "leader 1, OK, DISABLED, OK"},
				{"ban", func() error { return errors.Join(c.Enable(1), c.Ban(1)) }, "leader 0, OK, BANNED|INACTIVE, OK"},
				{"unban", func() error { return errors.Join(c.SetPartiallyOnline(1, false), c.Unban(1)) }, "leader 0, OK, OK, OK"},
			} {
				must(t, step.change())
				if diff := cmp.Diff(step.want, states()); diff != "" {
					t.Errorf("%s: mismatch (-want +got)\n%s", step.name, diff)
				}
			}
		})
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	c := ctdbtest.New(ctdbtest.Options{Nodes: 4, Deleted: []nodes.PNN{3}})
	must(t, c.Kill(1))
	ask := func(client *ctdb.Client) error {
		_, err := client.Status(t.Context())
		return err
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, canceled := c.Client(0).Status(over)
	_, elsewhere := c.Run(t.Context(), ctdb.Command{Name: "onnode"})
	for _, test := range []struct {
		name string
		err  error
		want error
	}{
		{"on a node that was killed", ask(c.Client(1)), ctdb.ErrNotRunning},
		{"on a deleted node", ask(c.Client(3)), ctdb.ErrNotRunning},
		{"of a node that was killed", ask(c.Client(0).On(1)), ctdb.ErrDisconnected},
		{"of a deleted node", ask(c.Client(0).On(3)), ctdb.ErrDeleted},
		{"of no node", ask(c.Client(0).On(9)), ctdb.ErrNoSuchNode},
		{"on no node", ask(c.Client(9)), ctdb.ErrNotRunning},
		{"context over", canceled, context.Canceled},
		{"another program", elsewhere, exec.ErrNotFound},
		{"disable no node", c.Disable(9), ctdb.ErrNoSuchNode},
		{"ban a deleted node", c.Ban(3), ctdb.ErrNoSuchNode},
	} {
		if !errors.Is(test.err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, test.err, test.want)
		}
	}
	must(t, c.Ban(0))
	must(t, c.Ban(2))
	if err := ask(c.Client(0)); !errors.Is(err, ctdb.ErrAllBanned) {
		t.Errorf("all banned: got %v", err)
	}
}

// TestViews looks at what nodes that are out of the databases report themselves.
func TestViews(t *testing.T) {
	t.Parallel()
	c := ctdbtest.New(ctdbtest.Options{})
	must(t, c.Ban(2))
	in, err := c.Client(0).Status(t.Context())
	must(t, err)
	out, err := c.Client(0).On(2).Status(t.Context())
	must(t, err)
	if !in.RecoveryMode.Is(status.RecoveryNormal) || len(in.LMasters) != 2 {
		t.Errorf("a node that takes part reports\n%v", in)
	}
	if !out.RecoveryMode.Is(status.RecoveryActive) || !out.Generation.IsUnknown() || len(out.LMasters) != 3 {
		t.Errorf("the banned node reports\n%v", out)
	}
	if this, ok := out.ThisNode(); !ok || this.PNN != 2 {
		t.Errorf("this node is %v", this)
	}
}

// TestJSONOfManyNodes looks at the order of nodes, which is that of their numbers.
func TestJSONOfManyNodes(t *testing.T) {
	t.Parallel()
	c := ctdbtest.New(ctdbtest.Options{Release: release.Release{Major: 4, Minor: 25, Patch: 1}, Nodes: 12})
	got := string(tool(t, c, 0, "--json", "status").Stdout)
	two, ten := strings.Index(got, "\n      \"2\": {\n        \"pnn\": 2,"), strings.Index(got, "\n      \"10\": {")
	if two < 0 || ten < two {
		t.Errorf("got %s", got)
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	var stream bytes.Buffer
	c := ctdbtest.New(ctdbtest.Options{Addresses: []netip.Addr{netip.MustParseAddr("fd00::1")}})
	result, err := c.Run(t.Context(), ctdb.Command{Name: "ctdb", Args: []string{"listnodes"}, Stdout: &stream})
	if err != nil || len(result.Stdout) > 0 || stream.String() != "fd00::1\n" {
		t.Errorf("got %q, %q, %v", result.Stdout, stream.String(), err)
	}
}
