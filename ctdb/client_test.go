package ctdb_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

const okStatus = `Number of nodes:1
pnn:0 10.0.0.1         OK (THIS NODE)
Generation:1
Size:1
hash:0 lmaster:0
Recovery mode:NORMAL (0)
Leader:0
`

// answers is a runner that gives one answer to all commands.
func answers(result ctdb.Result) ctdb.Runner {
	return ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) { return result, nil })
}

// failing is a runner that can't finish any command.
func failing(err error) ctdb.Runner {
	return ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) { return ctdb.Result{}, err })
}

// all has each error that a Client's errors are told apart by, under the name that the test data uses.
var all = map[string]error{
	"tool missing": ctdb.ErrToolMissing, "permission": ctdb.ErrPermission, "not running": ctdb.ErrNotRunning,
	"not ready": ctdb.ErrNotReady, "all banned": ctdb.ErrAllBanned, "no such node": ctdb.ErrNoSuchNode,
	"disconnected": ctdb.ErrDisconnected, "deleted": ctdb.ErrDeleted, "timeout": ctdb.ErrTimeout,
	"refused": ctdb.ErrRefused, "bad configuration": ctdb.ErrBadConfig, "usage": ctdb.ErrUsage,
	"crashed": ctdb.ErrCrashed, "output": ctdb.ErrOutput,
	"takeover": ctdb.ErrTakeover, "nodes file": ctdb.ErrNodesFile, "recovering": ctdb.ErrRecovering,
	"taking over":     ctdb.ErrTakingOver,
	"no such tunable": ctdb.ErrNoSuchTunable, "no such database": ctdb.ErrNoSuchDatabase,
}

// kinds gives the names of the errors that err is.
func kinds(err error) map[string]bool {
	is := map[string]bool{}
	for name, kind := range all {
		if errors.Is(err, kind) {
			is[name] = true
		}
	}
	return is
}

func set(names ...string) map[string]bool {
	is := map[string]bool{}
	for _, name := range names {
		is[name] = true
	}
	return is
}

// TestFailures gives the client what the tool of real clusters said when it failed, and looks for the errors that a
// person assigned to it: these, and no others.
func TestFailures(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/failures.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data))
	for lines.Scan() {
		n++
		var f struct {
			Release  string
			Args     []string
			Code     int
			Out, Err string
			Want     []string
		}
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		name := f.Release + ": ctdb " + strings.Join(f.Args, " ")
		client := ctdb.New(ctdb.Config{Runner: answers(ctdb.Result{
			Stdout: []byte(f.Out), Stderr: []byte(f.Err), ExitCode: f.Code,
		})})
		_, err := client.Status(t.Context())
		if diff := cmp.Diff(set(f.Want...), kinds(err)); diff != "" {
			t.Errorf("%s: mismatch (-want +got)\n%s\nof %v", name, diff, err)
		}
		e, ok := errors.AsType[*ctdb.CommandError](err)
		if !ok {
			t.Errorf("%s: %v is a %T", name, err, err)
			continue
		}
		if e.ExitCode != f.Code || e.Stderr != f.Err && len(f.Err) < 4000 || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %+v, %v", name, e, err)
		}
	}
	if n < 100 {
		t.Errorf("only %d failures", n)
	}
}

func TestFailuresAround(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		result ctdb.Result
		want   map[string]bool
	}{
		{"no permission", ctdb.Result{ExitCode: 1, Stderr: []byte("connect() failed, errno=13\n")}, set("permission")},
		{"bad ctdb.conf", ctdb.Result{ExitCode: 1, Stderr: []byte("conf: validation for option \"log level\" failed\nFailed to load configuration\n")}, set("bad configuration")},
		{"bad nodes file", ctdb.Result{ExitCode: 1, Stderr: []byte("Invalid IP address x\nFailed to read nodes file \"/etc/ctdb/nodes\"\n")}, set("bad configuration")},
		{"in another state", ctdb.Result{ExitCode: 1, Stderr: []byte("Node 1 has status ASLEEP\n")}, set()},
		{"killed", ctdb.Result{ExitCode: -9}, set("crashed")},
		{"crashed behind a shell", ctdb.Result{ExitCode: 139}, set("crashed")},
		{"not found by a shell", ctdb.Result{ExitCode: 127, Stderr: []byte("sh: 1: ctdb: not found\n")}, set("tool missing")},
		{"not allowed by a shell", ctdb.Result{ExitCode: 126}, set("permission")},
		{"sudo wants a password", ctdb.Result{ExitCode: 1, Stderr: []byte("sudo: a password is required\n")}, set("permission")},
		{"sudo finds nothing", ctdb.Result{ExitCode: 1, Stderr: []byte("sudo: ctdb: command not found\n")}, set("tool missing")},
		{"ssh is refused", ctdb.Result{ExitCode: 255, Stderr: []byte("root@node1: Permission denied (publickey,password).\n")}, set("permission")},
		{"words for no reason", ctdb.Result{ExitCode: 1, Stderr: []byte("attach failed, ret=x\nNode\nNode 1\n")}, set()},
		{"nothing said", ctdb.Result{ExitCode: 1}, set("not ready")},
		{"gone in the middle", ctdb.Result{ExitCode: 1, Stdout: []byte("Number of nodes:3\npnn:0 10.0")}, set("not ready")},
		{"nothing said, another code", ctdb.Result{ExitCode: 2}, set()},
		{"carriage returns", ctdb.Result{ExitCode: 1, Stderr: []byte("Node 9 does not exist\r\n")}, set("no such node")},
		{"endless words", ctdb.Result{ExitCode: 1, Stderr: bytes.Repeat([]byte("x"), 1<<20)}, set()},
		{"output garbled", ctdb.Result{Stdout: []byte("pnn:0 x\n")}, set("output")},
		{"output empty", ctdb.Result{}, set("output")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := ctdb.New(ctdb.Config{Runner: answers(test.result)}).Status(t.Context())
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(test.want, kinds(err)); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s\nof %v", diff, err)
			}
			if len(err.Error()) > 1000 {
				t.Errorf("a message of %d bytes", len(err.Error()))
			}
			_, isParse := errors.AsType[*status.ParseError](err)
			if isParse != test.want["output"] {
				t.Errorf("a ParseError: %t", isParse)
			}
			if errors.Is(err, fs.ErrPermission) != test.want["permission"] {
				t.Errorf("%v and fs.ErrPermission", err)
			}
		})
	}
}

func TestRunnerErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
		want map[string]bool
	}{
		{"deadline", context.DeadlineExceeded, set("timeout")},
		{"canceled", context.Canceled, set()},
		{"not in PATH", exec.ErrNotFound, set("tool missing")},
		{"no such file", fs.ErrNotExist, set("tool missing")},
		{"not executable", fs.ErrPermission, set("permission")},
		{"too much output", ctdb.ErrOutputTooLarge, set("output")},
		{"anything else", errors.New("no more processes"), set()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := ctdb.New(ctdb.Config{Runner: failing(test.err)}).Status(t.Context())
			if !errors.Is(err, test.err) {
				t.Errorf("%v is not %v", err, test.err)
			}
			if diff := cmp.Diff(test.want, kinds(err)); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s\nof %v", diff, err)
			}
		})
	}
}

func TestCommandErrorText(t *testing.T) {
	t.Parallel()
	_, err := ctdb.New(ctdb.Config{
		Tool: "/opt/my ctdb",
		Runner: answers(ctdb.Result{ExitCode: 1, Stderr: []byte(
			"connect() failed, errno=2\nFailed to connect to CTDB daemon (/run/ctdb/ctdbd.socket)\n")}),
	}).On(1).Status(t.Context())
	want := "'/opt/my ctdb' -t 3 -T 10 -n 1 --json status: ctdbd is not running: " +
		"connect() failed, errno=2; Failed to connect to CTDB daemon (/run/ctdb/ctdbd.socket)"
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	_, err = ctdb.New(ctdb.Config{Runner: answers(ctdb.Result{ExitCode: 7, Stdout: []byte("no\n")})}).Status(t.Context())
	if want := "ctdb -t 3 -T 10 --json status: exit code 7: no"; err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestLimits looks at what becomes of a context's time on the tool's command line.
func TestLimits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		timeout time.Duration // of the context; 0: none
		config  time.Duration
		want    []string
	}{
		{"zero config", 0, 0, []string{"-t", "3", "-T", "10", "status"}},
		{"configured", 0, 30 * time.Second, []string{"-t", "10", "-T", "30", "status"}},
		{"context first", 4 * time.Second, 30 * time.Second, []string{"-t", "1", "-T", "4", "status"}},
		{"rounded up", 6100 * time.Millisecond, 0, []string{"-t", "2", "-T", "7", "status"}},
		{"at least a second", time.Millisecond, 0, []string{"-t", "1", "-T", "1", "status"}},
		{"past its time", -time.Second, 0, []string{"-t", "1", "-T", "1", "status"}},
		{"a century", 100 * 365 * 24 * time.Hour, 0, []string{"-t", "715827882", "-T", "2147483647", "status"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if test.timeout != 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.timeout)
					defer cancel()
				}
				var got []string
				runner := ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
					got = slices.DeleteFunc(cmd.Args, func(arg string) bool { return arg == "--json" })
					if _, ok := ctx.Deadline(); !ok {
						t.Error("the runner's context has no deadline")
					}
					return ctdb.Result{Stdout: []byte(okStatus)}, nil
				})
				if _, err := ctdb.New(ctdb.Config{Runner: runner, Timeout: test.config}).Status(ctx); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("mismatch (-want +got)\n%s", diff)
				}
			})
		})
	}
}

// TestTimeoutWithoutDeadline looks whether a call ends by itself that nothing else would end.
func TestTimeoutWithoutDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang := ctdb.RunnerFunc(func(ctx context.Context, _ ctdb.Command) (ctdb.Result, error) {
			<-ctx.Done()
			return ctdb.Result{}, ctx.Err()
		})
		start := time.Now()
		_, err := ctdb.New(ctdb.Config{Runner: hang}).Status(context.Background())
		if !errors.Is(err, ctdb.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took != ctdb.DefaultTimeout {
			t.Errorf("took %v", took)
		}
	})
}

func TestOn(t *testing.T) {
	t.Parallel()
	var got []string
	client := ctdb.New(ctdb.Config{Runner: ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		got = slices.DeleteFunc(cmd.Args[4:], func(arg string) bool { return arg == "--json" })
		return ctdb.Result{Stdout: []byte(okStatus)}, nil
	})})
	for _, test := range []struct {
		client *ctdb.Client
		want   []string
	}{
		{client, []string{"status"}},
		{client.On(7), []string{"-n", "7", "status"}},
		{client.On(7).On(nodes.NoPNN), []string{"status"}},
	} {
		if _, err := test.client.Status(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("mismatch (-want +got)\n%s", diff)
		}
	}
	got = nil
	if _, err := client.On(1 << 31).Status(t.Context()); !errors.Is(err, ctdb.ErrNoSuchNode) || got != nil {
		t.Errorf("a number that the tool can't take: ran %q, error %v", got, err)
	}
}

func TestStatusKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	result := ctdb.Result{
		Stdout: []byte(strings.Replace(okStatus, "Size", "Weather:fine\nSize", 1)),
		Stderr: []byte("Control GET_IFACES failed to node 2, ret=110\n"),
	}
	cluster, err := ctdb.New(ctdb.Config{Runner: answers(result)}).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(cluster.Unparsed) != 1 || cluster.Unparsed[0].Number != 4 {
		t.Errorf("unparsed lines: %v", cluster.Unparsed)
	}
	if diff := cmp.Diff([]string{"Control GET_IFACES failed to node 2, ret=110"}, cluster.Warnings); diff != "" {
		t.Errorf("warnings: mismatch (-want +got)\n%s", diff)
	}
	_, err = ctdb.New(ctdb.Config{Runner: answers(result), Strict: true}).Status(t.Context())
	if !errors.Is(err, ctdb.ErrOutput) {
		t.Errorf("strict: got error %v", err)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	client := ctdb.New(ctdb.Config{Runner: answers(ctdb.Result{Stdout: []byte("4.17.12-Debian\n")})})
	if got, err := client.Version(t.Context()); err != nil || got.String() != "4.17.12" {
		t.Errorf("got %v, %v", got, err)
	}
	client = ctdb.New(ctdb.Config{Runner: answers(ctdb.Result{Stdout: []byte("a new one\n")})})
	if got, err := client.Version(t.Context()); !errors.Is(err, ctdb.ErrOutput) || !got.IsZero() {
		t.Errorf("got %v, %v", got, err)
	}
	client = ctdb.New(ctdb.Config{Runner: answers(ctdb.Result{ExitCode: 1, Stderr: []byte("Failed to load configuration\n")})})
	if got, err := client.Version(t.Context()); !errors.Is(err, ctdb.ErrBadConfig) {
		t.Errorf("got %v, %v", got, err)
	}
}
