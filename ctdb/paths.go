package ctdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/go-ctdb/go-ctdb/config"
)

// FindPaths asks the host on which r runs programs for the places of its CTDB. A nil r is [ExecRunner]{}, this machine.
// It needs no daemon and no privileges.
//
// The program to ask, ctdb-path, is not in PATH. It is tried in each of helperDirs, which are absolute, or else in
// [config.HelperDirs]; the first one counts. Then it answers one question at a time, five or, from 4.25 on, eight of
// them.
//
// What it does not know stays empty: LogFile and SysconfigFile, and DatabaseDir in test mode (see
// [config.Layout.TestPaths]). [config.Paths.Or] fills in what a layout has. All other fields are what the host said,
// without double slashes and dots.
//
// FindPaths is bounded by ctx, or by [DefaultTimeout] if that has no deadline. Failures are a [*CommandError]: with
// [ErrToolMissing] if no directory has the program, as on a host without CTDB or with one before 4.9, for which a
// [config.Layout] must do; with [ErrPermission], [ErrTimeout], [ErrCrashed] or [ErrUsage] as those of a [Client]; with
// [ErrBadConfig] in test mode without a directory, or with one whose name is too long; and with [ErrOutput] if an
// answer is not one absolute path.
//
// Similar to: ctdb-path etcdir, and so on.
func FindPaths(ctx context.Context, r Runner, helperDirs ...string) (config.Paths, error) {
	if r == nil {
		r = ExecRunner{}
	}
	if len(helperDirs) == 0 {
		helperDirs = config.HelperDirs()
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, DefaultTimeout)
		defer cancel()
	}
	f := pathFinder{runner: r}
	f.find(ctx, helperDirs)
	f.paths.DataDir = f.ask(ctx, "datadir")
	f.paths.VarDir = f.ask(ctx, "vardir")
	f.paths.Socket = f.ask(ctx, "socket", "ctdbd")
	f.askRun(ctx)
	if f.err != nil {
		return config.Paths{}, f.err
	}
	if !inTestMode(f.paths) {
		f.paths.DatabaseDir = f.paths.VarDir
	}
	return f.paths, nil
}

// pathFinder asks one ctdb-path. After an error it asks no more.
type pathFinder struct {
	runner Runner
	paths  config.Paths
	err    error
}

// find asks the first question in one directory after the other, until there is a ctdb-path.
func (f *pathFinder) find(ctx context.Context, dirs []string) {
	for _, dir := range dirs {
		f.err, f.paths.HelperDir = nil, path.Clean(dir)
		f.paths.EtcDir = f.ask(ctx, "etcdir")
		if !errors.Is(f.err, ErrToolMissing) {
			return
		}
	}
	if last, ok := errors.AsType[*CommandError](f.err); ok {
		missing := *last
		const reason = "no ctdb-path in %s: CTDB has it since 4.9"
		missing.Err = causes{fmt.Errorf(reason, strings.Join(dirs, ", ")), last.Err}
		f.err = &missing
	}
}

// askRun asks for the run directory or, where that is a word that ctdb-path does not know, for the three in its place.
func (f *pathFinder) askRun(ctx context.Context) {
	if f.err != nil {
		return
	}
	run := f.ask(ctx, "rundir")
	f.paths.LockDir, f.paths.PIDDir, f.paths.SocketDir = run, run, run
	if errors.Is(f.err, ErrUsage) {
		f.err = nil
		f.paths.LockDir = f.ask(ctx, "lockdir")
		f.paths.PIDDir = f.ask(ctx, "piddir")
		f.paths.SocketDir = f.ask(ctx, "socketdir")
	}
}

// ask asks one question, and keeps the error if that fails.
func (f *pathFinder) ask(ctx context.Context, words ...string) (answer string) {
	if f.err == nil {
		answer, f.err = askPath(ctx, f.runner, Command{Name: f.paths.Helper("ctdb-path"), Args: words})
	}
	return answer
}

func askPath(ctx context.Context, r Runner, cmd Command) (string, error) {
	if !path.IsAbs(cmd.Name) { // which would be looked up in PATH, or in the working directory
		return "", &CommandError{Command: cmd, Err: errors.New("the directory of the helpers is not absolute")}
	}
	result, err := r.Run(ctx, cmd)
	switch {
	case err != nil:
		return "", notFinished(cmd, result, err)
	case result.ExitCode != 0:
		return "", failed(cmd, result)
	}
	for line := range firstLines(result.Stderr) {
		if strings.HasPrefix(line, "Failed to construct ") { // and the answer is that of another directory
			return "", newCommandError(cmd, result, causes{ErrBadConfig})
		}
	}
	answer, err := parsePath(result.Stdout)
	if err != nil {
		return "", notUnderstood(cmd, result, err)
	}
	return answer, nil
}

// parsePath reads an answer of ctdb-path: one line with an absolute path.
func parsePath(out []byte) (string, error) {
	const most = 4096 // Linux's PATH_MAX, which counts a zero byte where there is a newline here
	line, ended := bytes.CutSuffix(out, []byte("\n"))
	switch {
	case !ended:
		return "", errors.New("want one line, with a newline at its end")
	case len(out) > most:
		return "", fmt.Errorf("want a path of less than %d bytes, not of %d", most, len(line))
	case !bytes.HasPrefix(line, []byte("/")):
		return "", errors.New("want an absolute path")
	case bytes.ContainsFunc(line, isControl):
		return "", errors.New("want one path without control characters")
	}
	return path.Clean(string(line)), nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// inTestMode tells whether paths are those of CTDB_TEST_MODE, where directories that are elsewhere on any host are in
// that of the configuration.
func inTestMode(p config.Paths) bool {
	return p.VarDir == path.Join(p.EtcDir, "var") && p.DataDir == path.Join(p.EtcDir, "share")
}
