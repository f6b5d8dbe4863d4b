package ctdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"slices"
	"strings"
	"unicode/utf8"
)

// What can go wrong between a [Client] and its cluster. errors.Is finds them in what a Client returns; several can be
// true at once, such as ErrNotRunning and ErrBadConfig.
var (
	// ErrToolMissing: the ctdb program, or the one that should start it, was not found.
	ErrToolMissing = errors.New("the ctdb tool was not found")
	// ErrPermission: ctdbd's socket is for its user only (root), or sudo or ssh refused. errors.Is also finds
	// fs.ErrPermission.
	ErrPermission = fmt.Errorf("may not talk to ctdbd: %w", fs.ErrPermission)
	// ErrNotRunning: no ctdbd is listening on the node that the tool runs on.
	ErrNotRunning = errors.New("ctdbd is not running")
	// ErrNotReady: ctdbd took the question and went away without an answer, as it does when it is shut down. (A ctdbd that
	// is starting lets the tool wait: that is an answer after some seconds, or ErrTimeout.)
	ErrNotReady = errors.New("ctdbd is starting or stopping")
	// ErrAllBanned: all nodes are banned, so that none answers for the cluster.
	ErrAllBanned = errors.New("all nodes are banned")
	// ErrNoSuchNode: the cluster has no node of that number.
	ErrNoSuchNode = errors.New("no such node")
	// ErrDisconnected: the node that was addressed is disconnected.
	ErrDisconnected = errors.New("the node is disconnected")
	// ErrDeleted: the node that was addressed is deleted.
	ErrDeleted = errors.New("the node is deleted")
	// ErrTimeout: no answer in time, be it the context's, the tool's or the daemon's. If the context's deadline passed,
	// errors.Is also finds context.DeadlineExceeded.
	ErrTimeout = errors.New("timed out")
	// ErrRefused: ctdbd answered that it will not or can not. It rarely says why; its log does.
	ErrRefused = errors.New("refused by ctdbd")
	// ErrBadConfig: the tool can't read the node's ctdb.conf or nodes list.
	ErrBadConfig = errors.New("bad configuration on the node")
	// ErrUsage: the tool does not know the command or an argument. A command may be of another release.
	ErrUsage = errors.New("the ctdb tool was used wrongly")
	// ErrCrashed: a signal ended the tool.
	ErrCrashed = errors.New("the ctdb tool crashed")
	// ErrOutput: the tool succeeded, and its output could not be understood. errors.AsType finds a *status.ParseError, but
	// for the few answers that are one word.
	ErrOutput = errors.New("the ctdb tool's output was not understood")
)

// CommandError is a command that failed.
type CommandError struct {
	Command  Command
	ExitCode int    // of the tool, -N if signal N ended it; 0 if it did not finish or if its output is at fault
	Stdout   string // what it wrote, shortened if it is long
	Stderr   string
	// Err is what went wrong: one or several of this package's errors, and what the Runner or a parser returned. Nil
	// when the tool failed for a reason of which only its words tell.
	Err error
}

// Error gives the command, what went wrong, and the tool's own words.
func (e *CommandError) Error() string {
	parts := []string{e.Command.brief()}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	} else {
		parts = append(parts, fmt.Sprintf("exit code %d", e.ExitCode))
	}
	if words := e.words(); words != "" {
		parts = append(parts, words)
	}
	return strings.Join(parts, ": ")
}

// words gives the tool's own words in one line.
func (e *CommandError) words() string {
	said := e.Stderr
	if strings.TrimSpace(said) == "" {
		said = e.Stdout
	}
	lines := slices.DeleteFunc(strings.Split(said, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
	const most = 6
	if len(lines) > most {
		lines = append(lines[:most], "…")
	}
	return shorten(strings.Join(lines, "; "), 400)
}

// Unwrap gives Err.
func (e *CommandError) Unwrap() error { return e.Err }

// causes are several errors at once, in one line.
type causes []error

func (c causes) Error() string {
	texts := make([]string, len(c))
	for i, err := range c {
		texts[i] = err.Error()
	}
	return strings.Join(texts, ", ")
}

func (c causes) Unwrap() []error { return c }

// err gives what the causes amount to: nothing, one error, or all of them.
func (c causes) err() error {
	switch len(c) {
	case 0:
		return nil
	case 1:
		return c[0]
	default:
		return c
	}
}

// maxWords is how much of each output stream a CommandError keeps, in bytes.
const maxWords = 4096

func newCommandError(cmd Command, result Result, all causes) *CommandError {
	return &CommandError{
		Command:  cmd,
		ExitCode: result.ExitCode,
		Stdout:   shorten(string(result.Stdout[:min(len(result.Stdout), 2*maxWords)]), maxWords),
		Stderr:   shorten(string(result.Stderr[:min(len(result.Stderr), 2*maxWords)]), maxWords),
		Err:      all.err(),
	}
}

// shorten cuts text to a number of bytes, between characters, and says so.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for i := 1; i < utf8.UTFMax && !utf8.RuneStart(s[cut]); i++ {
		cut--
	}
	return s[:cut] + "…"
}

// notFinished is the error for a command that its runner could not finish.
func notFinished(cmd Command, result Result, err error) error {
	var all causes
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		all = causes{ErrTimeout}
	case errors.Is(err, context.Canceled):
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		all = causes{ErrToolMissing}
	case errors.Is(err, fs.ErrPermission):
		all = causes{ErrPermission}
	case errors.Is(err, ErrOutputTooLarge):
		all = causes{ErrOutput}
	}
	return newCommandError(cmd, result, append(all, err))
}

// notUnderstood is the error for output that a parser refused.
func notUnderstood(cmd Command, result Result, err error) error {
	return newCommandError(cmd, result, causes{ErrOutput, err})
}
