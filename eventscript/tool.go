package eventscript

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Tool are the event scripts of a host as its ctdb tool sees them: of this machine, or of any that a [ctdb.Runner]
// reaches. The zero value is this machine, with the newest CTDB.
//
// The tool knows less than [Files]: it lists what is enabled and what is local, and is wrong about some. It does not
// say whether a script is a link or a file, where it leads and why it does not run, and it enables links that lead to
// something that is not executable. Notification scripts and dependencies are not its business.
//
// Since 4.9 the tool needs no daemon for scripts. Before, it does. What is before 4.9 was not tried with a tool of that
// time; it is written after what CTDB's source and manuals say.
//
// A call is bounded as those of a [ctdb.Client] are. A Tool is plain data. It is safe for concurrent use if its Runner
// is.
type Tool struct {
	// Config says how to reach the tool.
	Config ctdb.Config
	// Release is the tool's. The zero value is the newest; all since 4.9 are the same here.
	Release release.Release
	// Services are the caller's own, and win over those of this package that have the same name.
	Services []Service
}

func (t Tool) client() *ctdb.Client { return ctdb.New(t.Config) }

// run runs the tool with some words. The error is nil only if it ended with exit code 0.
func (t Tool) run(ctx context.Context, words ...string) (ctdb.Command, ctdb.Result, error) {
	config := t.Config
	if config.Runner == nil {
		config.Runner = ctdb.ExecRunner{}
	}
	if config.Tool == "" {
		config.Tool = "ctdb"
	}
	ctx, cancel := t.bounded(ctx)
	defer cancel()
	deadline, _ := ctx.Deadline()
	cmd := ctdb.Command{Name: config.Tool, Args: append(limits(time.Until(deadline)), words...)}
	result, err := config.Runner.Run(ctx, cmd)
	switch {
	case err != nil:
		return cmd, result, &ctdb.CommandError{Command: cmd, Err: notFinished(err)}
	case result.ExitCode != 0:
		return cmd, result, failed(cmd, result)
	}
	return cmd, result, nil
}

// bounded gives a context with a deadline.
func (t Tool) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	timeout := t.Config.Timeout
	if timeout <= 0 {
		timeout = ctdb.DefaultTimeout
	}
	return context.WithTimeout(ctx, timeout)
}

// limits gives the tool's options for its time, in seconds: for one request to a daemon, and for its whole run.
func limits(left time.Duration) []string {
	run := int(min(max(math.Ceil(left.Seconds()), 1), math.MaxInt32))
	return []string{"-t", strconv.Itoa(max(run/3, 1)), "-T", strconv.Itoa(run)}
}

// notFinished says what a Runner's error means.
func notFinished(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return because(ctdb.ErrTimeout, err)
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return because(ctdb.ErrToolMissing, err)
	case errors.Is(err, fs.ErrPermission):
		return because(ctdb.ErrPermission, err)
	}
	return err
}

// failed is the error about a tool that ended with another exit code than 0.
func failed(cmd ctdb.Command, result ctdb.Result) error {
	const most = 4096
	out, words := result.Stdout[:min(len(result.Stdout), most)], result.Stderr[:min(len(result.Stderr), most)]
	e := &ctdb.CommandError{Command: cmd, ExitCode: result.ExitCode, Stdout: string(out), Stderr: string(words)}
	for _, text := range [][]byte{words, out} {
		for line := range bytes.Lines(text) {
			if cause := causeIn(strings.TrimRight(string(line), "\r\n")); cause != nil && e.Err == nil {
				e.Err = cause
			}
		}
	}
	return e
}

// causeIn finds what a line of the tool's output says about a script. Since 4.9 it says so on standard output, before
// on standard error.
func causeIn(line string) error {
	isScript := strings.HasPrefix(line, "Script ")
	switch {
	case isScript && strings.HasSuffix(line, " is not a file or a link"):
		return ErrNotFile
	case isScript && (strings.HasSuffix(line, " does not exist") || strings.Contains(line, " does not exist in ")):
		return ErrNoSuchScript
	case isScript && (strings.HasSuffix(line, " is invalid") || strings.Contains(line, " is invalid in ")):
		return ErrName
	case strings.HasPrefix(line, "socket connect failed - "), strings.HasPrefix(line, "connect() failed, errno="):
		return ctdb.ErrNotRunning
	case strings.HasPrefix(line, "Maximum runtime exceeded"):
		return ctdb.ErrTimeout
	case strings.HasPrefix(line, "Usage: "), strings.HasPrefix(line, "Unknown command '"):
		return ctdb.ErrUsage
	}
	return nil
}

// tooOld is the error about something that a release does not have.
func (t Tool) tooOld(what, since string) error {
	return fmt.Errorf("the ctdb tool of CTDB %v %s: it does since %s: %w", t.Release, what, since, errors.ErrUnsupported)
}
