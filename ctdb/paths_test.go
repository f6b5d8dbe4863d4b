package ctdb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

const pathUsage = "Usage: ctdb-path [<options>] <command> [<args>]\n"

// pathHost is a host with a ctdb-path: its answers by question, and what it was asked.
type pathHost struct {
	helpers string
	answers map[string]ctdb.Result
	failure map[string]error
	asked   []string
}

func (h *pathHost) Run(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	h.asked = append(h.asked, cmd.String())
	if cmd.Name != h.helpers+"/ctdb-path" {
		return ctdb.Result{}, fmt.Errorf("start %s: %w", cmd.Name, fs.ErrNotExist)
	}
	question := strings.Join(cmd.Args, " ")
	if err := h.failure[question]; err != nil {
		return ctdb.Result{}, err
	}
	answer, ok := h.answers[question]
	if !ok {
		return ctdb.Result{Stdout: []byte(pathUsage), ExitCode: 1}, nil
	}
	return answer, nil
}

// hostOf gives a host that has these places.
func hostOf(p config.Paths, r release.Release) *pathHost {
	h := &pathHost{helpers: p.HelperDir, answers: map[string]ctdb.Result{}, failure: map[string]error{}}
	answers := map[string]string{"etcdir": p.EtcDir, "datadir": p.DataDir, "vardir": p.VarDir, "socket ctdbd": p.Socket}
	if r.AtLeast(4, 25, 0) {
		answers["lockdir"], answers["piddir"], answers["socketdir"] = p.LockDir, p.PIDDir, p.SocketDir
	} else {
		answers["rundir"] = p.PIDDir
	}
	for question, answer := range answers {
		h.answers[question] = ctdb.Result{Stdout: []byte(answer + "\n")}
	}
	return h
}

// known gives what FindPaths can find out about a host that has these places.
func known(p config.Paths) config.Paths {
	p.LogFile, p.SysconfigFile = "", ""
	if p.VarDir != p.DatabaseDir { // in test mode
		p.DatabaseDir = ""
	}
	return p
}

func TestFindPaths(t *testing.T) {
	t.Parallel()
	newest, old := release.Release{}, release.Release{Major: 4, Minor: 13}
	separate := config.Layout{}.Paths() // no layout has them all in different places
	separate.LockDir, separate.PIDDir, separate.SocketDir = "/run/a", "/run/b", "/run/c"
	tests := []struct {
		name    string
		paths   config.Paths
		release release.Release
		asked   int
	}{
		{"Debian", config.Layout{}.Paths(), newest, 8},
		{"Debian 4.13", config.Layout{Release: old}.Paths(), old, 5 + 4},
		{"Debian 4.13 on ARM", config.Layout{Release: old, Triplet: "aarch64-linux-gnu"}.Paths(), old, 5 + 5},
		{"Red Hat", config.Layout{Distribution: config.RedHat}.Paths(), release.Release{Major: 4, Minor: 20}, 5},
		{"SUSE", config.Layout{Distribution: config.SUSE}.Paths(), release.Release{Major: 4, Minor: 20}, 5 + 1},
		{"upstream", config.Layout{Distribution: config.Upstream}.Paths(), newest, 8 + 3},
		{"separate directories", separate, newest, 8},
		{"test mode", config.Layout{}.TestPaths("/some/dir"), newest, 8},
		{"test mode in the root", config.Layout{}.TestPaths("/"), newest, 8},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			host := hostOf(test.paths, test.release)
			got, err := ctdb.FindPaths(t.Context(), host)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(known(test.paths), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(host.asked) != test.asked {
				t.Errorf("%d commands, want %d: %q", len(host.asked), test.asked, host.asked)
			}
		})
	}
}

func TestFindPathsElsewhere(t *testing.T) {
	t.Parallel()
	want := config.Layout{}.Paths()
	want.HelperDir = "/opt/ctdb/libexec"
	host := hostOf(want, release.Release{})
	got, err := ctdb.FindPaths(t.Context(), host, "/nowhere", "/opt//ctdb/libexec/")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(known(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	first := []string{"/nowhere/ctdb-path etcdir", "/opt/ctdb/libexec/ctdb-path etcdir"}
	if diff := cmp.Diff(first, host.asked[:2]); diff != "" {
		t.Errorf("asked first (-want +got):\n%s", diff)
	}
	for _, dir := range []string{"", ".", "relative", "../x", "-x"} {
		_, err := ctdb.FindPaths(t.Context(), nil, dir)
		if err == nil || !strings.Contains(err.Error(), "not absolute") {
			t.Errorf("helpers in %q: %v", dir, err)
		}
	}
}

// TestFindPathsMissing has hosts without ctdb-path, as different runners report it.
func TestFindPathsMissing(t *testing.T) {
	t.Parallel()
	said := func(code int, words string) ctdb.Runner {
		return answers(ctdb.Result{ExitCode: code, Stderr: []byte(words)})
	}
	tests := []struct {
		name   string
		runner ctdb.Runner
	}{
		{"here", failing(fmt.Errorf("start: %w", fs.ErrNotExist))},
		{"no ssh here", failing(fmt.Errorf("start: %w", exec.ErrNotFound))},
		{"behind a shell", said(127, "sh: 1: /usr/libexec/ctdb/ctdb-path: not found\n")},
		{"behind sudo", said(1, "sudo: /usr/libexec/ctdb/ctdb-path: command not found\n")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := 0
			counting := ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
				n++
				return test.runner.Run(ctx, cmd)
			})
			got, err := ctdb.FindPaths(t.Context(), counting)
			if diff := cmp.Diff(set("tool missing"), kinds(err)); diff != "" {
				t.Errorf("-want +got:\n%s\nof %v", diff, err)
			}
			if got != (config.Paths{}) || n != len(config.HelperDirs()) {
				t.Errorf("got %+v after %d commands", got, n)
			}
			for _, words := range append(config.HelperDirs(), "since 4.9") {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("no %q in %v", words, err)
				}
			}
		})
	}
}

func TestFindPathsFailures(t *testing.T) {
	t.Parallel()
	printed := func(out string) ctdb.Result { return ctdb.Result{Stdout: []byte(out)} }
	says := func(code int, words string) ctdb.Result { return ctdb.Result{ExitCode: code, Stderr: []byte(words)} }
	tests := []struct {
		name, question string
		answer         ctdb.Result
		failure        error
		want           map[string]bool
	}{
		{"no permission", "etcdir", ctdb.Result{}, fs.ErrPermission, set("permission")},
		{"not in sudoers", "etcdir", says(1, "Sorry, user u is not allowed to\n"), nil, set("permission")},
		{"too slow", "vardir", ctdb.Result{}, context.DeadlineExceeded, set("timeout")},
		{"endless", "vardir", ctdb.Result{}, ctdb.ErrOutputTooLarge, set("output")},
		{"removed meanwhile", "vardir", ctdb.Result{}, fs.ErrNotExist, set("tool missing")},
		{"crash", "vardir", says(-11, ""), nil, set("crashed")},
		{"no directory", "etcdir", says(-6, "Broken CTDB setup, x\n"), nil, set("bad configuration", "crashed")},
		{"directory too long", "etcdir", ctdb.Result{
			Stdout: []byte("/etc/ctdb\n"), Stderr: []byte("Failed to construct ETCDIR\n"),
		}, nil, set("bad configuration")},
		{"another program", "datadir", ctdb.Result{Stdout: []byte(pathUsage), ExitCode: 1}, nil, set("usage")},
		{"neither run directory", "lockdir", ctdb.Result{Stdout: []byte(pathUsage), ExitCode: 1}, nil, set("usage")},
		{"nothing", "etcdir", printed(""), nil, set("output")},
		{"empty line", "etcdir", printed("\n"), nil, set("output")},
		{"relative", "etcdir", printed("etc/ctdb\n"), nil, set("output")},
		{"blank before", "etcdir", printed(" /etc/ctdb\n"), nil, set("output")},
		{"no newline", "etcdir", printed("/etc/ctdb"), nil, set("output")},
		{"cut off", "socketdir", printed("/run/sam"), nil, set("output")},
		{"two lines", "etcdir", printed("/etc/ctdb\n/etc/ctdb\n"), nil, set("output")},
		{"greeting", "etcdir", printed("Welcome!\n/etc/ctdb\n"), nil, set("output")},
		{"carriage return", "etcdir", printed("/etc/ctdb\r\n"), nil, set("output")},
		{"NUL", "etcdir", printed("/etc\x00/ctdb\n"), nil, set("output")},
		{"escape sequence", "etcdir", printed("/etc\x1b[0m\n"), nil, set("output")},
		{"delete", "etcdir", printed("/etc\x7f\n"), nil, set("output")},
		{"too long", "etcdir", printed("/" + strings.Repeat("x", 4095) + "\n"), nil, set("output")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			host := hostOf(config.Layout{}.Paths(), release.Release{})
			host.answers[test.question], host.failure[test.question] = test.answer, test.failure
			got, err := ctdb.FindPaths(t.Context(), host)
			if diff := cmp.Diff(test.want, kinds(err)); diff != "" {
				t.Errorf("-want +got:\n%s\nof %v", diff, err)
			}
			if got != (config.Paths{}) {
				t.Errorf("with an error: %+v", got)
			}
			failed, ok := errors.AsType[*ctdb.CommandError](err)
			if !ok || failed.Command.String() != "/usr/libexec/ctdb/ctdb-path "+test.question {
				t.Errorf("the error is about another command: %v", err)
			}
			if last := host.asked[len(host.asked)-1]; ok && last != failed.Command.String() {
				t.Errorf("asked on after the failure: %s", last)
			}
		})
	}
}

// TestFindPathsForgives has answers that are odd and good.
func TestFindPathsForgives(t *testing.T) {
	t.Parallel()
	longest := "/" + strings.Repeat("x", 4094)
	tests := []struct {
		name   string
		answer ctdb.Result
		want   string
	}{
		{"not clean", ctdb.Result{Stdout: []byte("/a//b/./../c/\n")}, "/a/c"},
		{"longest", ctdb.Result{Stdout: []byte(longest + "\n")}, longest},
		{"blanks and signs", ctdb.Result{Stdout: []byte("/a b~\n")}, "/a b~"},
		{"not UTF-8", ctdb.Result{Stdout: []byte("/\xff\n")}, "/\xff"},
		{"a warning of ssh", ctdb.Result{Stdout: []byte("/a\n"), Stderr: []byte("Warning: added 'h'\n")}, "/a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			host := hostOf(config.Layout{}.Paths(), release.Release{})
			host.answers["etcdir"] = test.answer
			got, err := ctdb.FindPaths(t.Context(), host)
			if err != nil || got.EtcDir != test.want {
				t.Errorf("got %q, %v, want %q", got.EtcDir, err, test.want)
			}
		})
	}
}

// TestFindPathsHere has no runner, so that programs run on this machine.
func TestFindPathsHere(t *testing.T) {
	t.Parallel()
	_, err := ctdb.FindPaths(t.Context(), nil, t.TempDir())
	if diff := cmp.Diff(set("tool missing"), kinds(err)); diff != "" {
		t.Errorf("-want +got:\n%s\nof %v", diff, err)
	}
}

// TestFindPathsEnds wants the context to end the questions, and each call to have a deadline.
func TestFindPathsEnds(t *testing.T) {
	t.Parallel()
	host := hostOf(config.Layout{}.Paths(), release.Release{})
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	ending := ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("no deadline")
		}
		if n++; n == 3 {
			cancel()
		}
		if ctx.Err() != nil {
			return ctdb.Result{}, ctx.Err()
		}
		return host.Run(ctx, cmd)
	})
	_, err := ctdb.FindPaths(ctx, ending)
	if !errors.Is(err, context.Canceled) || n != 3 {
		t.Errorf("%d commands, %v", n, err)
	}
	if diff := cmp.Diff(set(), kinds(err)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// FuzzFindPaths gives any answer to one question, and wants a clean absolute path from it or ErrOutput.
func FuzzFindPaths(f *testing.F) {
	for _, answer := range []string{
		"/etc/ctdb\n", "/a//b/../c\n", "/\n", "", "\n", "etc\n", "/etc/ctdb", "/a\n/b\n", "/a\r\n", "/a\x00\n",
	} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		host := hostOf(config.Layout{}.Paths(), release.Release{})
		host.answers["etcdir"] = ctdb.Result{Stdout: answer}
		got, err := ctdb.FindPaths(t.Context(), host)
		if err != nil {
			if !errors.Is(err, ctdb.ErrOutput) || got != (config.Paths{}) || len(err.Error()) > 1024 {
				t.Fatalf("%q: %+v, %v", answer, got, err)
			}
			return
		}
		dir := got.EtcDir
		if !path.IsAbs(dir) || path.Clean(dir) != dir || strings.ContainsAny(dir, "\x00\n") {
			t.Fatalf("%q: EtcDir is %q", answer, dir)
		}
		if bytes.Count(answer, []byte("\n")) != 1 || len(dir) >= len(answer) {
			t.Fatalf("%q: EtcDir is %q, which was not said", answer, dir)
		}
	})
}
