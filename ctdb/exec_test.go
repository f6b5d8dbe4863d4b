//go:build unix && !solaris && !aix

package ctdb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// short is a grace that a test can wait for.
const short = 200 * time.Millisecond

// outcome is what Run gave.
type outcome struct {
	res ctdb.Result
	err error
}

// start calls Run in the background.
func start(ctx context.Context, r ctdb.Runner, cmd ctdb.Command) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		res, err := r.Run(ctx, cmd)
		done <- outcome{res, err}
	}()
	return done
}

// wait gives the outcome, and fails the test if Run hangs.
func wait(t *testing.T, done <-chan outcome) (ctdb.Result, error) {
	t.Helper()
	select {
	case o := <-done:
		return o.res, o.err
	case <-time.After(hangLimit):
		t.Fatal("Run hangs")
		return ctdb.Result{}, nil
	}
}

func run(t *testing.T, r ctdb.Runner, cmd ctdb.Command) (ctdb.Result, error) {
	t.Helper()
	return wait(t, start(t.Context(), r, cmd))
}

// writerFunc lets a function be a writer.
type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestExecRunnerResult(t *testing.T) {
	t.Parallel()
	withStdin := func(cmd ctdb.Command, stdin []byte) ctdb.Command {
		cmd.Stdin = stdin
		return cmd
	}
	tests := map[string]struct {
		runner ctdb.ExecRunner
		cmd    ctdb.Command
		want   ctdb.Result
	}{
		"exit 0":                {cmd: fake("exit", "0")},
		"exit 1":                {cmd: fake("exit", "1"), want: ctdb.Result{ExitCode: 1}},
		"exit 70":               {cmd: fake("exit", "70"), want: ctdb.Result{ExitCode: 70}},
		"hang up":               {cmd: fake("signal", "1"), want: ctdb.Result{ExitCode: -1}},
		"killed":                {cmd: fake("signal", "9"), want: ctdb.Result{ExitCode: -9}},
		"terminated by another": {cmd: fake("signal", "15"), want: ctdb.Result{ExitCode: -15}},
		"streams apart": {
			cmd:  fake("both"),
			want: ctdb.Result{Stdout: []byte("out"), Stderr: []byte("err"), ExitCode: 3},
		},
		"no stdin":       {cmd: fake("cat")},
		"stdin":          {cmd: withStdin(fake("cat"), []byte("one\ntwo")), want: ctdb.Result{Stdout: []byte("one\ntwo")}},
		"stdin not read": {cmd: unread(fake("exit", "4")), want: ctdb.Result{ExitCode: 4}},
		"no shell": {
			cmd:  fake("args", "$HOME; two  words", "", "*", "'"),
			want: ctdb.Result{Stdout: asJSON("$HOME; two  words", "", "*", "'")},
		},
		"output of the limit's size": {
			runner: ctdb.ExecRunner{MaxOutput: 100},
			cmd:    fake("big", "100", "stdout"),
			want:   ctdb.Result{Stdout: bytes.Repeat([]byte("x"), 100)},
		},
		"negative settings are the default": {
			runner: ctdb.ExecRunner{Grace: -1, MaxOutput: -1},
			cmd:    fake("both"),
			want:   ctdb.Result{Stdout: []byte("out"), Stderr: []byte("err"), ExitCode: 3},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := run(t, test.runner, test.cmd)
			if err != nil {
				t.Fatalf("Run(%s): %v", test.cmd, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Run(%s): (-want +got)\n%s", test.cmd, diff)
			}
		})
	}
}

// asJSON gives what the fake "args" prints.
func asJSON(args ...string) []byte {
	raw := make([][]byte, len(args))
	for i, arg := range args {
		raw[i] = []byte(arg)
	}
	text, err := json.Marshal(raw)
	if err != nil {
		panic(err)
	}
	return append(text, '\n')
}

func TestExecRunnerEnvironment(t *testing.T) {
	t.Setenv("GOCTDB_A", "process")
	t.Setenv("LC_ALL", "process")
	tests := map[string]struct {
		env, cmdEnv []string
		want        string
	}{
		"inherited":           {want: "GOCTDB_A=process\nLC_ALL=C\n"},
		"runner's":            {env: []string{"GOCTDB_A=runner"}, want: "GOCTDB_A=runner\nLC_ALL=C\n"},
		"LC_ALL is last":      {env: []string{"LC_ALL=runner", "GOCTDB_A="}, want: "GOCTDB_A=\nLC_ALL=C\n"},
		"empty":               {env: []string{}, want: "LC_ALL=C\n"},
		"command's":           {cmdEnv: []string{"GOCTDB_A=cmd"}, want: "LC_ALL=C\nGOCTDB_A=cmd\n"},
		"command's last wins": {cmdEnv: []string{"GOCTDB_A=1", "GOCTDB_A=2=3"}, want: "LC_ALL=C\nGOCTDB_A=2=3\n"},
		"command's LC_ALL": {
			env: []string{"GOCTDB_A=runner"}, cmdEnv: []string{"LC_ALL=cmd"}, want: "GOCTDB_A=runner\nLC_ALL=cmd\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cmd := fake("env", "GOCTDB_A", "LC_ALL")
			cmd.Env = append(cmd.Env, test.cmdEnv...)
			res, err := run(t, ctdb.ExecRunner{Env: test.env}, cmd)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(res.Stdout)); diff != "" {
				t.Errorf("environment: (-want +got)\n%s", diff)
			}
		})
	}
}

func TestExecRunnerDir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink(self(), filepath.Join(dir, "tool")); err != nil {
		t.Fatal(err)
	}
	cmd := fake("env", "PWD")
	cmd.Name = "./tool" // That is there only in Dir.
	res, err := run(t, ctdb.ExecRunner{Dir: dir}, cmd)
	if want := "PWD=" + dir + "\n"; err != nil || string(res.Stdout) != want {
		t.Errorf("PWD: got %q, %v; want %q", res.Stdout, err, want)
	}
}

func TestExecRunnerOwnGroup(t *testing.T) {
	t.Parallel()
	res, err := run(t, ctdb.ExecRunner{}, fake("group"))
	if err != nil {
		t.Fatal(err)
	}
	var pid, group int
	if _, err := fmt.Sscan(string(res.Stdout), &pid, &group); err != nil || pid != group {
		t.Errorf("got process %d in group %d (%v), want it to lead the group", pid, group, err)
	}
}

func TestExecRunnerOutputTooLarge(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		limit  int64
		cmd    ctdb.Command
		stdout int
		stderr int
		text   string
	}{
		"one too many":    {100, fake("big", "101", "stdout"), 100, 0, "standard output: output too large"},
		"on stderr":       {100, fake("big", "101", "stderr"), 0, 100, "standard error: output too large"},
		"endless":         {1 << 20, fake("flood", "stdout"), 1 << 20, 0, "limit of 1048576 bytes"},
		"endless, stderr": {1 << 20, fake("flood", "stderr"), 0, 1 << 20, "limit of 1048576 bytes"},
		"default":         {0, fake("flood", "stdout"), 16 << 20, 0, "limit of 16777216 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := newLifeline(t)
			done := start(t.Context(), ctdb.ExecRunner{Grace: short, MaxOutput: test.limit}, line.attach(test.cmd))
			if test.cmd.Args[0] != "101" {
				defer line.next(t).mustDie(t)
			}
			res, err := wait(t, done)
			if !errors.Is(err, ctdb.ErrOutputTooLarge) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("error: got %v, want ErrOutputTooLarge with %q", err, test.text)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "run "+self()) {
				t.Errorf("error: got %v, want it to name the command", err)
			}
			if got := [2]int{len(res.Stdout), len(res.Stderr)}; got != [2]int{test.stdout, test.stderr} {
				t.Errorf("kept: got %d bytes, want %d", got, [2]int{test.stdout, test.stderr})
			}
		})
	}
}

func TestExecRunnerContext(t *testing.T) {
	t.Parallel()
	errCause := errors.New("the cluster went away")
	tests := map[string]struct {
		cmd    ctdb.Command
		grace  time.Duration
		end    func(context.Context) (context.Context, context.CancelFunc)
		want   []error
		not    error
		stdout string
		lives  bool // the process that reports to the lifeline, afterwards
	}{
		"cancel": {
			cmd: fake("sleep"), end: context.WithCancel, want: []error{context.Canceled}, not: context.DeadlineExceeded,
		},
		"cause": {
			cmd: fake("sleep"),
			end: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancelCause(ctx)
				return ctx, func() { cancel(errCause) }
			},
			want: []error{context.Canceled, errCause},
		},
		"last words": {
			cmd: fake("last-words"), grace: hangLimit, end: context.WithCancel, want: []error{context.Canceled},
			stdout: "last words",
		},
		"stubborn":       {cmd: fake("stubborn"), end: context.WithCancel, want: []error{context.Canceled}},
		"stdin not read": {cmd: unread(fake("stubborn")), end: context.WithCancel, want: []error{context.Canceled}},
		"group": {
			cmd: fake("parent", "stay", "group", "5", "last-words"), grace: 5 * time.Second, end: context.WithCancel,
			want: []error{context.Canceled}, stdout: "xxxxxlast words",
		},
		"stubborn one in the group": {
			cmd: fake("parent", "stay", "group", "5", "stubborn"), end: context.WithCancel,
			want: []error{context.Canceled}, stdout: "xxxxx",
		},
		"pipe held from another session": {
			cmd: fake("parent", "stay", "session", "5", "sleep"), grace: hangLimit, end: context.WithCancel,
			want: []error{context.Canceled}, stdout: "xxxxx", lives: true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, end := test.end(t.Context())
			defer end()
			grace := test.grace
			if grace == 0 {
				grace = short
			}
			line := newLifeline(t)
			done := start(ctx, ctdb.ExecRunner{Grace: grace}, line.attach(test.cmd))
			process := line.next(t)
			end()
			res, err := wait(t, done)
			for _, want := range test.want {
				if !errors.Is(err, want) {
					t.Errorf("error: got %v, want it to be %v", err, want)
				}
			}
			if test.not != nil && errors.Is(err, test.not) {
				t.Errorf("error: got %v, want it not to be %v", err, test.not)
			}
			if test.stdout != string(res.Stdout) {
				t.Errorf("stdout: got %q, want %q", res.Stdout, test.stdout)
			}
			if test.lives {
				process.mustLive(t)
			} else {
				process.mustDie(t)
			}
		})
	}
}

// unread gives cmd an input that no pipe holds, so that the writing of it blocks.
func unread(cmd ctdb.Command) ctdb.Command {
	cmd.Stdin = make([]byte, 4<<20)
	return cmd
}

func TestExecRunnerDeadline(t *testing.T) {
	t.Parallel()
	errCause := errors.New("the operator is waiting")
	ctx, cancel := context.WithTimeoutCause(t.Context(), short, errCause)
	defer cancel()
	_, err := wait(t, start(ctx, ctdb.ExecRunner{Grace: short}, fake("stubborn")))
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errCause) || errors.Is(err, context.Canceled) {
		t.Errorf("error: got %v, want DeadlineExceeded and the cause", err)
	}
}

func TestExecRunnerContextOver(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	trace := filepath.Join(t.TempDir(), "trace")
	_, err := wait(t, start(ctx, ctdb.ExecRunner{}, ctdb.Command{Name: "touch", Args: []string{trace}}))
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "not started") {
		t.Errorf("error: got %v, want Canceled, not started", err)
	}
	if _, err := os.Stat(trace); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("trace of the program: got %v, want none", err)
	}
}

// A program that finished is not blamed for another that holds its output, and the other one is left alone.
func TestExecRunnerPipeHeldAtExit(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"group", "session"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			line := newLifeline(t)
			done := start(t.Context(), ctdb.ExecRunner{Grace: short},
				line.attach(fake("parent", "exit", where, "60000", "sleep")))
			holder := line.next(t)
			res, err := wait(t, done)
			if err != nil || res.ExitCode != 7 || len(res.Stdout) != 60000 {
				t.Errorf("got exit code %d, %d bytes, %v; want 7, 60000, no error", res.ExitCode, len(res.Stdout), err)
			}
			holder.mustLive(t)
		})
	}
}

// The context may end while Run waits for the rest of the output: the program has finished all the same.
func TestExecRunnerContextEndsAfterExit(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	line := newLifeline(t)
	done := start(ctx, ctdb.ExecRunner{Grace: 2 * hangLimit},
		line.attach(fake("parent", "exit", "group", "60000", "sleep")))
	holder := line.next(t)
	awaitReaped(t, holder.group)
	cancel()
	res, err := wait(t, done)
	if err != nil || res.ExitCode != 7 || len(res.Stdout) != 60000 {
		t.Errorf("got exit code %d, %d bytes, %v; want 7, 60000, no error", res.ExitCode, len(res.Stdout), err)
	}
	holder.mustLive(t)
}

func awaitReaped(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(hangLimit); !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH); {
		if time.Now().After(end) {
			t.Fatalf("process %d has not been reaped", pid)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestExecRunnerStreams(t *testing.T) {
	t.Parallel()
	t.Run("without a limit", func(t *testing.T) {
		t.Parallel()
		var got bytes.Buffer
		cmd := fake("big", "1000000", "stdout")
		cmd.Stdout = &got
		res, err := run(t, ctdb.ExecRunner{MaxOutput: 10}, cmd)
		if err != nil || got.Len() != 1000000 || res.Stdout != nil {
			t.Errorf("got %d bytes, Stdout %q, %v; want 1000000, none, no error", got.Len(), res.Stdout, err)
		}
	})
	t.Run("as it comes", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		cmd := fake("parent", "stay", "group", "5", "exit", "0")
		cmd.Stdout = writerFunc(func(p []byte) (int, error) {
			cancel() // The program sleeps by now and would not end soon.
			return len(p), nil
		})
		if _, err := wait(t, start(ctx, ctdb.ExecRunner{}, cmd)); !errors.Is(err, context.Canceled) {
			t.Errorf("error: got %v, want Canceled", err)
		}
	})
	// All that a finished program wrote arrives, though Grace is over before the writer takes it, and though the stream
	// does not end.
	t.Run("to a slow writer", func(t *testing.T) {
		t.Parallel()
		line := newLifeline(t)
		got := 0
		cmd := line.attach(fake("parent", "exit", "session", "60000", "sleep"))
		cmd.Stdout = writerFunc(func(p []byte) (int, error) {
			time.Sleep(short)
			got += len(p)
			return len(p), nil
		})
		res, err := run(t, ctdb.ExecRunner{Grace: time.Millisecond}, cmd)
		line.next(t)
		if err != nil || res.ExitCode != 7 || got != 60000 {
			t.Errorf("got exit code %d, %d bytes, %v; want 7, 60000, no error", res.ExitCode, got, err)
		}
	})
}

func TestExecRunnerWriterFails(t *testing.T) {
	t.Parallel()
	errDisk := errors.New("disk full")
	tests := map[string]struct {
		write func(p []byte) (int, error)
		want  error
	}{
		"error": {func([]byte) (int, error) { return 0, errDisk }, errDisk},
		"short": {func(p []byte) (int, error) { return len(p) - 1, nil }, io.ErrShortWrite},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := newLifeline(t)
			cmd := line.attach(fake("flood", "stdout"))
			cmd.Stdout = writerFunc(test.write)
			done := start(t.Context(), ctdb.ExecRunner{Grace: short}, cmd)
			process := line.next(t)
			if _, err := wait(t, done); !errors.Is(err, test.want) {
				t.Errorf("error: got %v, want %v", err, test.want)
			}
			process.mustDie(t)
		})
	}
	t.Run("after the exit", func(t *testing.T) {
		t.Parallel()
		cmd := fake("big", "10", "stdout")
		cmd.Stdout = writerFunc(func([]byte) (int, error) { return 0, errDisk })
		if _, err := run(t, ctdb.ExecRunner{}, cmd); !errors.Is(err, errDisk) {
			t.Errorf("error: got %v, want %v", err, errDisk)
		}
	})
}

// A process that floods the pipe after the program's end gets nothing more through to the caller's writer.
func TestExecRunnerNoWriteAfterReturn(t *testing.T) {
	t.Parallel()
	var returned, late atomic.Bool
	line := newLifeline(t)
	cmd := line.attach(fake("parent", "exit", "session", "5", "flood", "stdout"))
	cmd.Stdout = writerFunc(func(p []byte) (int, error) {
		if returned.Load() {
			late.Store(true)
		}
		time.Sleep(50 * time.Millisecond) // The flood fills the pipe faster than it is emptied.
		return len(p), nil
	})
	done := start(t.Context(), ctdb.ExecRunner{Grace: short}, cmd)
	flood := line.next(t)
	res, err := wait(t, done)
	returned.Store(true)
	if err != nil || res.ExitCode != 7 {
		t.Errorf("got exit code %d, %v; want 7, no error", res.ExitCode, err)
	}
	flood.mustLive(t)
	if late.Load() {
		t.Error("the writer got a write after Run had returned")
	}
}

func TestExecRunnerCannotStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, []byte("not a program"), 0o644); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing")
	tests := map[string]struct {
		runner ctdb.ExecRunner
		name   string
		want   error
	}{
		"not in PATH":    {name: "goctdb-no-such-program", want: exec.ErrNotFound},
		"no such file":   {name: missing, want: fs.ErrNotExist},
		"not executable": {name: plain, want: fs.ErrPermission},
		"a directory":    {name: dir, want: fs.ErrPermission},
		"no such Dir":    {runner: ctdb.ExecRunner{Dir: missing}, name: "echo", want: fs.ErrNotExist},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := run(t, test.runner, unread(ctdb.Command{Name: test.name, Args: []string{"a b"}}))
			if !errors.Is(err, test.want) {
				t.Fatalf("error: got %v, want %v", err, test.want)
			}
			if want := "run " + test.name + " 'a b': "; !strings.HasPrefix(err.Error(), want) {
				t.Errorf("error: got %q, want it to start with %q", err, want)
			}
		})
	}
}

func TestExecRunnerRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		runner ctdb.ExecRunner
		cmd    ctdb.Command
		want   string
	}{
		"no name":     {cmd: ctdb.Command{Args: []string{"a"}}, want: "run '' a: the program has no name"},
		"NUL in name": {cmd: ctdb.Command{Name: "e\x00"}, want: "run 'e\x00': the program's name holds a NUL byte"},
		"NUL in argument": {
			cmd:  ctdb.Command{Name: "echo", Args: []string{"a", "\x00"}},
			want: "run echo a '\x00': argument 2 holds a NUL byte",
		},
		"NUL in environment": {
			cmd:  ctdb.Command{Name: "echo", Env: []string{"A=", "KEY=secret\x00"}},
			want: `run echo: the command's environment: entry 2 ("KEY") holds a NUL byte`,
		},
		"no assignment": {
			cmd:  ctdb.Command{Name: "echo", Env: []string{"A=", "secret"}},
			want: `run echo: the command's environment: entry 2 has no "="`,
		},
		"NUL in the runner's environment": {
			runner: ctdb.ExecRunner{Env: []string{"KEY=secret\x00"}},
			cmd:    ctdb.Command{Name: "echo"},
			want:   `run echo: the runner's environment: entry 1 ("KEY") holds a NUL byte`,
		},
		"no assignment in the runner's environment": {
			runner: ctdb.ExecRunner{Env: []string{""}},
			cmd:    ctdb.Command{Name: "echo"},
			want:   `run echo: the runner's environment: entry 1 has no "="`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := run(t, test.runner, test.cmd)
			if diff := cmp.Diff(test.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("error: (-want +got)\n%s", diff)
			}
		})
	}
}

func TestExecRunnerCutsLongCommands(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ arg, want string }{
		"fits":       {strings.Repeat("a", 195), "no/x " + strings.Repeat("a", 195)},
		"too long":   {strings.Repeat("a", 196), "no/x " + strings.Repeat("a", 195) + "…"},
		"characters": {strings.Repeat("é", 100000), "no/x '" + strings.Repeat("é", 97) + "…"},
		"no UTF-8":   {strings.Repeat("\x80", 1000), "no/x '" + strings.Repeat("\x80", 191) + "…"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := run(t, ctdb.ExecRunner{}, ctdb.Command{Name: "no/x", Args: []string{test.arg}})
			got, _, _ := strings.Cut(fmt.Sprint(err), ": ")
			if diff := cmp.Diff("run "+test.want, got); diff != "" {
				t.Errorf("error: (-want +got)\n%s", diff)
			}
		})
	}
}

// Each run gets its own output, here more than a pipe holds in both directions.
func TestExecRunnerConcurrent(t *testing.T) {
	t.Parallel()
	runner := ctdb.ExecRunner{}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			cmd := fake("cat")
			cmd.Stdin = bytes.Repeat([]byte{byte('a' + i)}, 1<<20)
			res, err := runner.Run(t.Context(), cmd)
			if err != nil || !bytes.Equal(res.Stdout, cmd.Stdin) {
				t.Errorf("run %d: got %d bytes, %v; want its input", i, len(res.Stdout), err)
			}
		})
	}
	all.Wait()
}

// However the end of the context and that of the program meet, the program has finished with its exit code, or else the
// context is to blame.
func TestExecRunnerContextMeetsExit(t *testing.T) {
	t.Parallel()
	for i := range 30 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*3*time.Millisecond)
		res, err := wait(t, start(ctx, ctdb.ExecRunner{}, fake("exit", "9")))
		cancel()
		switch {
		case err == nil && res.ExitCode != 9:
			t.Errorf("got exit code %d without an error, want 9", res.ExitCode)
		case err != nil && !errors.Is(err, context.DeadlineExceeded):
			t.Errorf("error: got %v, want none or DeadlineExceeded", err)
		}
	}
}

// Not parallel: it counts what the whole process has.
func TestExecRunnerLeavesNothing(t *testing.T) {
	runner := ctdb.ExecRunner{Grace: 50 * time.Millisecond, MaxOutput: 1000}
	failing := fake("flood", "stdout")
	failing.Stdout = writerFunc(func([]byte) (int, error) { return 0, io.ErrClosedPipe })
	cmds := []ctdb.Command{
		fake("exit", "0"), fake("both"), fake("flood", "stderr"), unread(fake("exit", "0")), unread(fake("stubborn")),
		fake("parent", "stay", "group", "10", "stubborn"), failing, {Name: "goctdb-no-such-program"}, {Name: "no/such"}, {},
	}
	held := fake("parent", "exit", "session", "10", "sleep")

	goroutines, files := runtime.NumGoroutine(), openFiles()
	t.Run("runs", func(t *testing.T) {
		line := newLifeline(t)
		for range 3 {
			for _, cmd := range cmds {
				ctx, cancel := context.WithTimeout(t.Context(), short)
				_, _ = wait(t, start(ctx, runner, cmd))
				cancel()
			}
			_, _ = run(t, runner, line.attach(held))
			line.next(t)
		}
	})
	for end := time.Now().Add(hangLimit); runtime.NumGoroutine() > goroutines || openFiles() > files; {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("got %d goroutines and %d files, want at most %d and %d\n%s", runtime.NumGoroutine(), openFiles(),
				goroutines, files, stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(time.Millisecond)
	}
}

// openFiles counts this process's file descriptors, where the system shows them.
func openFiles() int {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}

// abandoned is what the fake "abandon" tells.
type abandoned struct {
	Deadline, Permission bool
	Text, Stdout         string
}

// A program that became another user cannot be signalled. Run gives it up, and reaps it when it ends.
func TestExecRunnerMayNotSignal(t *testing.T) {
	if os.Getuid() != 0 {
		cannot(t, "only root can make a set-user-ID program")
	}
	plain, setuid := setuidCopies(t)
	helper := exec.CommandContext(t.Context(), plain, setuid)
	helper.Dir, helper.Env, helper.Stderr = "/", []string{fakeEnv + "=abandon", promptExit}, os.Stderr
	helper.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	stdout, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(stdout)
	var got abandoned
	if err := decoder.Decode(&got); err != nil {
		t.Fatal("the helper gave no result:", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(got.Stdout, "root ")))
	if err != nil {
		_ = helper.Wait()
		cannot(t, "the set-user-ID program did not become root: "+got.Stdout+got.Text)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("the program is gone: %v", err)
	}
	if took := time.Since(began); took > hangLimit {
		t.Errorf("Run returned after %v", took)
	}
	if !got.Deadline || got.Permission || !strings.Contains(got.Text, "could not be ended: operation not permitted") {
		t.Errorf("got %+v, want DeadlineExceeded, not ErrPermission, and that the program goes on", got)
	}
	var rest string
	if err := decoder.Decode(&rest); err != nil || rest != "" {
		t.Errorf("after the program's end: got %q, %v; want it reaped and no goroutine left", rest, err)
	}
	if err := helper.Wait(); err != nil {
		t.Errorf("helper: %v", err)
	}
}

// nobody is the user and the group that the helper runs as.
const nobody = 65534

// setuidCopies makes two copies of the test binary for that user alone, one of them set-user-ID root.
func setuidCopies(t *testing.T) (plain, setuid string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "goctdb") // t.TempDir is closed to other users.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	plain, setuid = filepath.Join(dir, "plain"), filepath.Join(dir, "setuid")
	// Not copied by this process: a child that another test forks in between would hold the file open for writing, and
	// then it cannot be run.
	if out, err := exec.Command("cp", self(), plain).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v: %s", err, out)
	}
	if out, err := exec.Command("cp", self(), setuid).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v: %s", err, out)
	}
	if err := os.Chown(dir, 0, nobody); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]fs.FileMode{dir: 0o710, plain: 0o755, setuid: 0o755 | fs.ModeSetuid} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	return plain, setuid
}

// cannot skips a test that this machine cannot run, unless nothing may be skipped.
func cannot(t *testing.T, why string) {
	t.Helper()
	if os.Getenv(requireEnv) == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// fakeAbandon runs the given set-user-ID program, ends the context when the program has become root, and tells what came
// of it. When the program is gone, it tells what is left.
func fakeAbandon(args []string) int {
	goroutines := runtime.NumGoroutine()
	ctx, cancel := context.WithCancelCause(context.Background())
	var stdout bytes.Buffer
	cmd := ctdb.Command{Name: args[0], Env: []string{fakeEnv + "=setuid", promptExit}}
	cmd.Stdout = writerFunc(func(p []byte) (int, error) {
		cancel(context.DeadlineExceeded)
		return stdout.Write(p)
	})
	_, err := ctdb.ExecRunner{Grace: short}.Run(ctx, cmd)
	told := json.NewEncoder(os.Stdout)
	_ = told.Encode(abandoned{
		Deadline:   errors.Is(err, context.DeadlineExceeded),
		Permission: errors.Is(err, fs.ErrPermission),
		Text:       fmt.Sprint(err),
		Stdout:     stdout.String(),
	})
	for end := time.Now().Add(hangLimit); runtime.NumGoroutine() > goroutines; {
		if time.Now().After(end) {
			_ = told.Encode("a goroutine is left")
			return 1
		}
		time.Sleep(time.Millisecond)
	}
	_ = told.Encode("")
	return 0
}

// fakeSetuid becomes root, if its file is set-user-ID root, so that the user who started it may not signal it.
func fakeSetuid([]string) int {
	if err := syscall.Setuid(0); err != nil {
		fmt.Println(err)
		return 77
	}
	fmt.Println("root", os.Getpid())
	time.Sleep(fakeLife)
	return 0
}
