package ctdb_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// kept is a runner that keeps what was run, without the options -t and -T.
type kept struct {
	runner ctdb.Runner
	mu     sync.Mutex
	ran    []string
}

func (k *kept) Run(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	k.mu.Lock()
	k.ran = append(k.ran, strings.Join(cmd.Args[4:], " "))
	k.mu.Unlock()
	return k.runner.Run(ctx, cmd)
}

// TestForms: a client finds out once what its tool can do.
func TestForms(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		release release.Release
		want    status.Form
		ran     []string
	}{
		"4.13": {
			release.Release{Major: 4, Minor: 13}, status.FormText,
			[]string{"--json status", "status", "-n 1 status", "setleaderrole on", "setrecmasterrole on", "setrecmasterrole on"},
		},
		"4.22": {
			release.Release{Major: 4, Minor: 22}, status.FormText,
			[]string{"--json status", "status", "-n 1 status", "setleaderrole on", "setleaderrole on"},
		},
		"4.25": {
			release.Release{Major: 4, Minor: 25}, status.FormJSON,
			[]string{"--json status", "-n 1 --json status", "setleaderrole on", "setleaderrole on"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runner := &kept{runner: ctdbtest.New(ctdbtest.Options{Release: test.release}).Runner(0)}
			client := ctdb.New(ctdb.Config{Runner: runner})
			for _, c := range []*ctdb.Client{client, client.On(1)} {
				cluster, err := c.Status(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if cluster.Form != test.want || !cluster.Leader.Is(0) {
					t.Errorf("form %v, leader %v", cluster.Form, cluster.Leader)
				}
			}
			if err := errors.Join(client.SetLeaderRole(t.Context(), true), client.SetLeaderRole(t.Context(), true)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.ran, runner.ran); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFormsLearnedForSure: what may have another reason than the tool's age is asked anew.
func TestFormsLearnedForSure(t *testing.T) {
	t.Parallel()
	const down = "connect() failed, errno=2\n"
	refusal := []struct {
		name   string
		answer ctdb.Result
		sure   bool
	}{
		{"an older tool", failedWith(1, "Invalid option --json: unknown option\n"), true},
		{"built without", failedWith(1, "JSON support not available\n"), true},
		{"another command's", failedWith(1, "--json not supported by the status subcommand\n"), true},
		{"after a warning", failedWith(1, "ctdb: odd\nInvalid option --json: unknown option\n"), true},
		{"another option", failedWith(1, "Invalid option -T: invalid numeric value\n"), false},
		{"no daemon", failedWith(1, down), false},
		{"a crash", failedWith(-11, ""), false},
		{"words with success", said("Invalid option --json: unknown option"), false},
	}
	for _, test := range refusal {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			runner := &kept{runner: ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
				if cmd.Args[4] == "--json" {
					return test.answer, nil
				}
				return wrote(okStatus), nil
			})}
			client := ctdb.New(ctdb.Config{Runner: runner})
			_, first := client.Status(t.Context())
			_, second := client.Status(t.Context())
			want := []string{"--json status", "--json status"}
			if test.sure {
				want = []string{"--json status", "status", "status"}
			}
			if diff := cmp.Diff(want, runner.ran); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
			if (first == nil) != test.sure || (second == nil) != test.sure {
				t.Errorf("errors %v, %v", first, second)
			}
		})
	}
}

// TestFormsTogether: goroutines that learn at the same time all get their answers.
func TestFormsTogether(t *testing.T) {
	t.Parallel()
	client := ctdbtest.New(ctdbtest.Options{Release: release.Release{Major: 4, Minor: 17}}).Client(0)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := client.On(nodes.PNN(1)).Status(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// TestNoTables: a tool without -X is asked for text.
func TestNoTables(t *testing.T) {
	t.Parallel()
	runner := &kept{runner: ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		if cmd.Args[4] == "-X" {
			return failedWith(1, "Invalid option -X: unknown option\n"), nil
		}
		return wrote("Interfaces on node 0\nname:eth0 link:up references:2\n"), nil
	})}
	client := ctdb.New(ctdb.Config{Runner: runner})
	for range 2 {
		all, err := client.Interfaces(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if all.Form != status.FormText || len(all.Interfaces) != 1 {
			t.Errorf("got %+v", all)
		}
	}
	if diff := cmp.Diff([]string{"-X ifaces", "ifaces", "ifaces"}, runner.ran); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}
