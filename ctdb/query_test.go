package ctdb_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
)

// TestQueries holds each query's words and what becomes of its answer.
func TestQueries(t *testing.T) {
	t.Parallel()
	addr := netip.MustParseAddr("::ffff:10.0.0.9")
	tests := map[string]struct {
		ask    func(c *ctdb.Client) (any, error)
		words  string
		answer string
		want   string // what is printed of the result
	}{
		"leader": {func(c *ctdb.Client) (any, error) { return c.Leader(t.Context()) }, "leader", "2\n", "2"},
		"pnn":    {func(c *ctdb.Client) (any, error) { return c.PNN(t.Context()) }, "pnn", "3\n", "3"},
		"lock": {func(c *ctdb.Client) (any, error) { return c.ClusterLock(t.Context()) }, "getreclock", "!/bin/x y\n",
			fmt.Sprint(config.Lock{Command: "/bin/x y"})},
		"no lock":    {func(c *ctdb.Client) (any, error) { return c.ClusterLock(t.Context()) }, "getreclock", "\n", ""},
		"runstate":   {func(c *ctdb.Client) (any, error) { return c.RunState(t.Context()) }, "runstate", "STARTUP\n", "STARTUP"},
		"pid":        {func(c *ctdb.Client) (any, error) { return c.PID(t.Context()) }, "getpid", "4711\n", "4711"},
		"log level":  {func(c *ctdb.Client) (any, error) { return c.LogLevel(t.Context()) }, "getdebug", "INFO\n", "INFO"},
		"a tunable":  {func(c *ctdb.Client) (any, error) { return c.Tunable(t.Context(), "X") }, "getvar X", "X = 7\n", "7"},
		"an address": {func(c *ctdb.Client) (any, error) { return nil, errorOf(c.PublicIPInfo(t.Context(), addr)) }, "ipinfo 10.0.0.9", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runner := &script{answers: map[string]ctdb.Result{test.words: wrote(test.answer)}}
			got, err := test.ask(ctdb.New(ctdb.Config{Runner: runner}))
			if test.answer == "" {
				if !errors.Is(err, ctdb.ErrOutput) {
					t.Errorf("no answer gives %v", err)
				}
			} else if err != nil || fmt.Sprint(got) != test.want {
				t.Errorf("the answer is %v, %v, want %s", got, err, test.want)
			}
			if diff := cmp.Diff([]string{test.words}, runner.ran); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
		})
	}
}

// errorOf drops a result.
func errorOf[T any](_ T, err error) error { return err }

// TestQueryFails: exit codes, silence and answers that can't be read are errors of their own kinds.
func TestQueryFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer ctdb.Result
		want   error
	}{
		"not running":    {failedWith(1, "connect() failed, errno=111\nFailed to connect to CTDB daemon (/run/x)\n"), ctdb.ErrNotRunning},
		"silence":        {ctdb.Result{ExitCode: 1}, ctdb.ErrNotReady},
		"not understood": {wrote("what?\n"), ctdb.ErrOutput},
		"cut off":        {wrote("Current time of node          :                Sat"), ctdb.ErrOutput},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runner := &script{answers: map[string]ctdb.Result{"uptime": test.answer}}
			_, err := ctdb.New(ctdb.Config{Runner: runner}).Uptime(t.Context())
			if _, ok := errors.AsType[*ctdb.CommandError](err); !ok || !errors.Is(err, test.want) {
				t.Errorf("the error is %v, want %v", err, test.want)
			}
		})
	}
}

// TestNoSuchTunable: the tool says so on standard output.
func TestNoSuchTunable(t *testing.T) {
	t.Parallel()
	runner := &script{answers: map[string]ctdb.Result{"getvar X": {ExitCode: 1, Stdout: []byte("No such tunable X\n")}}}
	if _, err := ctdb.New(ctdb.Config{Runner: runner}).Tunable(t.Context(), "X"); !errors.Is(err, ctdb.ErrNoSuchTunable) {
		t.Errorf("the error is %v", err)
	}
}

// TestQueryStrict: a line that is unknown is kept, or is an error to a strict client.
func TestQueryStrict(t *testing.T) {
	t.Parallel()
	const answer = "LEADER: YES\nLMASTER: NO\nbut also this\n"
	for _, strict := range []bool{false, true} {
		runner := &script{answers: map[string]ctdb.Result{"-X getcapabilities": wrote(answer)}}
		got, err := ctdb.New(ctdb.Config{Runner: runner, Strict: strict}).Capabilities(t.Context())
		switch {
		case strict && !errors.Is(err, ctdb.ErrOutput):
			t.Errorf("a strict client gives %v", err)
		case !strict && (err != nil || len(got.Unparsed) != 1):
			t.Errorf("a client gives %+v, %v", got, err)
		}
	}
}

// TestLeaderOfOldReleases asks in the words of 4.15 when those of today are not known.
func TestLeaderOfOldReleases(t *testing.T) {
	t.Parallel()
	runner := &script{answers: map[string]ctdb.Result{
		"leader": failedWith(1, "Unknown command 'leader'\n"), "recmaster": wrote("1\n"),
	}}
	leader, err := ctdb.New(ctdb.Config{Runner: runner}).Leader(t.Context())
	if err != nil || !leader.Is(1) {
		t.Errorf("the leader is %v, %v", leader, err)
	}
	if diff := cmp.Diff([]string{"leader", "recmaster"}, runner.ran); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

// TestEventStatusFails tells a failed event from a tool that failed.
func TestEventStatusFails(t *testing.T) {
	t.Parallel()
	const words = "event status legacy monitor"
	const failing = "00.ctdb              OK         0.004 Sat Nov 21 21:49:40 2026\n" +
		"50.samba             ERROR      0.010 Sat Nov 21 21:49:40 2026\n  OUTPUT: no smbd\n"
	runner := &script{answers: map[string]ctdb.Result{words: {Stdout: []byte(failing), ExitCode: 7}}}
	client := ctdb.New(ctdb.Config{Runner: runner})
	event, err := client.EventStatus(t.Context(), "monitor")
	if err != nil {
		t.Fatal(err)
	}
	if got, failed := event.Failed(); !failed || got.Name != "50.samba" || !strings.Contains(got.Output, "no smbd") {
		t.Errorf("the failed script is %+v, %v", got, failed)
	}
	runner.answers[words] = failedWith(5, "socket connect failed - /run/x\nFailed to initialize event client, ret=5\n")
	if _, err := client.EventStatus(t.Context(), "monitor"); !errors.Is(err, ctdb.ErrNotRunning) {
		t.Errorf("without eventd: %v", err)
	}
	if _, err := client.EventStatus(t.Context(), "-x"); !errors.Is(err, ctdb.ErrArgument) {
		t.Errorf("an option for an event: %v", err)
	}
}
