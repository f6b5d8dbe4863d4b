package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
)

// asCommand makes the test binary act as a command of -exec.
const asCommand = "GOCTDB_WATCH_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		_, _ = io.WriteString(os.Stdout, "got "+strings.Join(os.Args[1:], ",")+" ")
		_, _ = io.Copy(os.Stdout, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// missing has no ctdb tool.
var missing = ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) {
	return ctdb.Result{}, exec.ErrNotFound
})

// watchFor runs the program for a time that does not pass by itself.
func watchFor(t *testing.T, d time.Duration, runner ctdb.Runner, args ...string) (stdout, stderr string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), d)
		defer cancel()
		var out, errors bytes.Buffer
		if code := run(ctx, ctdb.New(ctdb.Config{Runner: runner}), args, &out, &errors); code != 0 {
			t.Errorf("exit code %d, %s", code, errors.String())
		}
		stdout, stderr = out.String(), errors.String()
	})
	return stdout, stderr
}

// TestSimulated watches the simulated cluster lose a node and get it back.
func TestSimulated(t *testing.T) {
	t.Parallel()
	stdout, stderr := watchFor(t, 19*time.Second, missing)
	if !strings.Contains(stderr, "This is a simulated cluster") {
		t.Errorf("stderr: %q", stderr)
	}
	var got []string
	for line := range strings.Lines(stdout) {
		_, event, _ := strings.Cut(strings.TrimSpace(line), "  ")
		got = append(got, event)
	}
	for _, want := range []string{
		"3 of 3 nodes OK, 6 of 6 addresses hosted, leader 0 (start)",
		"node 1: OK -> DISCONNECTED|UNHEALTHY|INACTIVE (poll)",
		"node 1: DISCONNECTED|UNHEALTHY|INACTIVE -> OK (poll)",
	} {
		if len(got) == 0 || !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if !strings.Contains(stdout, ": node 1 -> node") || !strings.Contains(stdout, "-> node 1 (poll)") {
		t.Errorf("no addresses move:\n%s", stdout)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	stdout, _ := watchFor(t, 10*time.Second, ctdbtest.New(ctdbtest.Options{}), "-json", "-debounce", "1s")
	var event ctdb.Event
	if err := json.Unmarshal([]byte(stdout), &event); err != nil {
		t.Fatalf("%v of %s", err, stdout)
	}
	if view, ok := event.Change.(ctdb.FullView); !ok || len(view.View.Nodes) != 3 {
		t.Errorf("got %v", event)
	}
}

// TestExec runs this program as the command, and one that is not there.
func TestExec(t *testing.T) {
	t.Setenv(asCommand, "1")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	stdout, _ := watchFor(t, 12*time.Second, missing, "-json", "-exec", self, "a b", ";")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) < 5 || len(lines)%2 != 1 {
		t.Fatalf("got\n%s", stdout)
	}
	for i := 1; i < len(lines); i += 2 {
		if diff := cmp.Diff("got a b,; "+lines[i], lines[i+1]); diff != "" {
			t.Errorf("event %d (-want +got)\n%s", i, diff)
		}
	}
	stdout, stderr := watchFor(t, 12*time.Second, missing, "-exec", "no-such-command")
	if strings.Count(stderr, "watch: no-such-command: ") != strings.Count(stdout, "\n")-1 {
		t.Errorf("stdout:\n%sstderr:\n%s", stdout, stderr)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	denied := ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) {
		return ctdb.Result{ExitCode: 1, Stderr: []byte("connect() failed, errno=13\n")}, nil
	})
	for _, test := range []struct {
		name   string
		args   []string
		code   int
		stderr string
	}{
		{"help", []string{"-h"}, 0, "usage: watch"},
		{"unknown option", []string{"-yaml"}, 2, "usage: watch"},
		{"arguments without -exec", []string{"true"}, 2, "go together"},
		{"-exec without a command", []string{"-exec"}, 2, "go together"},
		{"no permission", nil, 1, "may not talk to ctdbd"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), ctdb.New(ctdb.Config{Runner: denied}), test.args, &stdout, &stderr)
			if code != test.code || !strings.Contains(stderr.String(), test.stderr) || stdout.Len() > 0 {
				t.Errorf("exit code %d, %q, %q", code, stdout.String(), stderr.String())
			}
		})
	}
}
