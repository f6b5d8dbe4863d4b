//go:build linux

package eventscript_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/eventscript"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

var (
	realFiles = flag.Int("files", 40, "number of random directories that each real ctdb program is asked about")
	realSeed  = flag.Uint64("seed", 0, "seed of the random directories; 0 is a new one each time")
)

// TestRealCatalogue compares the catalogue with the packages, and lists what they have enabled.
func TestRealCatalogue(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			var want, enabled []string
			for p := range eventscript.Catalogue(install.Release) {
				if want = append(want, p.Name); p.Default {
					enabled = append(enabled, p.Name)
				}
				if !p.Seen {
					t.Errorf("%s was not seen, says the catalogue", p.Name)
				}
			}
			l, err := eventscript.Files{Root: install.Root, Release: install.Release}.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got, on []string
			for _, s := range l.Scripts {
				if s.Installed {
					got = append(got, s.Name)
				}
				if s.Enabled {
					on = append(on, s.Name)
				}
				for _, f := range s.Findings {
					t.Logf("%v", f)
				}
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("scripts (-catalogue +package):\n%s", diff)
			}
			if diff := gocmp.Diff(enabled, on); diff != "" {
				t.Errorf("enabled (-catalogue +package):\n%s", diff)
			}
			tool := eventscript.Tool{Config: ctdb.Config{Runner: install.Runner()}, Release: install.Release}
			listed, err := tool.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(listed.Tool, l.Tool); diff != "" {
				t.Errorf("list (-ctdb +ours):\n%s", diff)
			}
		})
	}
}

// host is a host in a directory of its own, and the real ctdb program that takes it for one.
type host struct {
	image
	runner ctdb.Runner
	files  eventscript.Files
	tool   eventscript.Tool
}

func newHost(t *testing.T, install realctdb.Install) host {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Join(install.Root, "/tmp"), "goctdb-scripts-")
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimPrefix(dir, install.Root)
	h := host{
		image: image{install.Root, base, base + "/share/events/legacy", "../../share/events/legacy", base + "/opt"},
		runner: install.Runner("CTDB_TEST_MODE=yes", "CTDB_BASE="+base,
			"CTDB_TEST_HELPER_BINDIR="+path.Dir(install.Helper("x")),
			"CTDB_HELPER_BINDIR="+path.Dir(install.Helper("x"))),
	}
	h.prepare()
	t.Cleanup(func() { must(os.RemoveAll(dir)) })
	h.files = eventscript.Files{
		Root: install.Root, Release: install.Release, Paths: config.Layout{Release: install.Release}.TestPaths(base),
	}
	h.tool = eventscript.Tool{Config: ctdb.Config{Runner: h.runner, Timeout: time.Minute}, Release: install.Release}
	return h
}

// clear empties the directories.
func (h host) clear() {
	for _, dir := range []string{h.packaged, h.etc + "/events", h.opt} {
		must(os.RemoveAll(filepath.Join(h.root, dir)))
	}
	h.prepare()
}

// run runs the real ctdb program itself, with nothing of ours between.
func (h host) run(t *testing.T, words ...string) ctdb.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	result, err := h.runner.Run(ctx, ctdb.Command{Name: "ctdb", Args: words})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// checkList compares our list with the tool's, byte for byte, and gives that.
func (h host) checkList(t *testing.T) string {
	t.Helper()
	l, err := h.files.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := h.run(t, "event", "script", "list", "legacy")
	if want.ExitCode != 0 {
		t.Fatalf("exit code %d: %s", want.ExitCode, want.Stderr)
	}
	if diff := gocmp.Diff(string(want.Stdout), l.Tool.String()); diff != "" {
		t.Errorf("list (-ctdb +ours):\n%s\n%s", diff, h.snapshot())
	}
	return string(want.Stdout)
}

// checkSwitch lets us and the tool do the same to the same directory, which rebuild makes, and wants the same of it
// then.
func (h host) checkSwitch(t *testing.T, op, script string, rebuild func()) (err error) {
	t.Helper()
	do := map[string]func(context.Context, string) error{"enable": h.files.Enable, "disable": h.files.Disable}[op]
	rebuild()
	before := h.snapshot()
	err = do(t.Context(), script)
	ours := h.snapshot()
	if err != nil && ours != before {
		t.Errorf("%s %s: %v, and something changed (-before +after):\n%s", op, script, err, gocmp.Diff(before, ours))
	}
	rebuild()
	result := h.run(t, "event", "script", op, "legacy", script)
	theirs := h.snapshot()
	switch {
	case err == nil && (result.ExitCode != 0 || theirs != ours):
		t.Errorf("%s %s: ctdb ends with %d: %s; directory (-ctdb +ours):\n%s", op, script, result.ExitCode, result.Stdout,
			gocmp.Diff(theirs, ours))
	case err == nil, errors.Is(err, eventscript.ErrName):
	case errors.Is(err, eventscript.ErrNotExecutable), errors.Is(err, eventscript.ErrNotFile):
		// The tool makes a link, or leaves one, that has no effect. Where it says no, it has not changed anything.
		if result.ExitCode != 0 && theirs != before {
			t.Errorf("%s %s: ctdb ends with %d and changes something:\n%s", op, script, result.ExitCode,
				gocmp.Diff(before, theirs))
		}
	case theirs != before:
		t.Errorf("%s %s: we say %v, and ctdb does it:\n%s", op, script, err, gocmp.Diff(before, theirs))
	}
	return err
}

// TestRealStates has all states of one script.
func TestRealStates(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			h := newHost(t, install)
			for what, s := range states() {
				rebuild := func() {
					h.clear()
					h.file("../../share/events/legacy/50.samba.script", "#!/bin/sh\n")
					s.make(h.image)
				}
				t.Run(what, func(t *testing.T) {
					rebuild()
					got := h.checkList(t)
					want := strings.ReplaceAll(strings.TrimSuffix(s.listed, "|")+"\n", "|", "\n\n")
					if got != want {
						t.Errorf("ctdb lists %q, want %q", got, want)
					}
					if strings.Contains(strings.Join(s.want.Findings, " "), "interpreter") {
						return // the tool does not look into scripts
					}
					script := strings.TrimSuffix(s.name, ".script")
					for _, op := range []string{"enable", "disable"} {
						direct := h.checkSwitch(t, op, script, rebuild)
						if errors.Is(direct, eventscript.ErrName) {
							continue
						}
						h.checkTool(t, op, script, direct, rebuild)
					}
				})
			}
		})
	}
}

// checkTool does the same through the tool, with a look at its effect, and wants the same verdict where the tool can
// know.
func (h host) checkTool(t *testing.T, op, script string, direct error, rebuild func()) {
	t.Helper()
	rebuild()
	do := map[string]func(context.Context, string) error{"enable": h.tool.Enable, "disable": h.tool.Disable}[op]
	err := do(t.Context(), script)
	isBlind := errors.Is(direct, eventscript.ErrNotExecutable) || errors.Is(direct, eventscript.ErrNotFile)
	if (err == nil) != (direct == nil) && !isBlind {
		t.Errorf("%s %s: %v through the tool, and %v in the file system", op, script, err, direct)
	}
	if errors.Is(direct, eventscript.ErrDangling) && !errors.Is(err, eventscript.ErrNotEnabled) {
		t.Errorf("%s %s: %v through the tool", op, script, err)
	}
	if errors.Is(direct, eventscript.ErrNoSuchScript) && !errors.Is(err, eventscript.ErrNoSuchScript) {
		t.Errorf("%s %s: %v through the tool", op, script, err)
	}
}

// TestRealPassed has links that the tool passes.
func TestRealPassed(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			h := newHost(t, install)
			for n := range passed {
				h.clear()
				if diff := gocmp.Diff(h.makePassed(n), h.checkList(t)); diff != "" {
					t.Errorf("%s with %s (-want +ctdb):\n%s", passed[n].packaged, passed[n].enabled, diff)
				}
			}
		})
	}
}

// TestRealDirectories has random directories: our list and the tool's, and what becomes of scripts.
func TestRealDirectories(t *testing.T) {
	seed := cmp.Or(*realSeed, rand.Uint64())
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			t.Logf("ctdb %v: %d directories, seed %d", install.Release, *realFiles, seed)
			h := newHost(t, install)
			done := 0
			for n := range *realFiles {
				random := rand.New(rand.NewPCG(seed, uint64(n)))
				data := make([]byte, 3*random.IntN(25))
				for i := range data {
					data[i] = byte(random.IntN(256))
				}
				var used []string
				rebuild := func() { h.clear(); used = build(h.image, data) }
				rebuild()
				h.checkList(t)
				script := strings.TrimSuffix(append(used, "50.d.script")[random.IntN(len(used)+1)], ".script")
				for _, op := range []string{"enable", "disable"} {
					if h.checkSwitch(t, op, script, rebuild) == nil {
						done++
					}
				}
				if t.Failed() {
					t.Fatalf("directory %d of seed %d: %v", n, seed, data)
				}
			}
			t.Logf("%d of %d changes succeed", done, 2**realFiles)
		})
	}
}

// TestRealMissing has directories that are not there, and names that do not exist.
func TestRealMissing(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			h := newHost(t, install)
			for _, dir := range []string{h.packaged, h.etc + "/events/legacy"} {
				h.clear()
				must(os.Remove(filepath.Join(h.root, dir)))
				_, direct := h.files.List(t.Context())
				_, through := h.tool.List(t.Context())
				if !errors.Is(direct, os.ErrNotExist) || through == nil {
					t.Errorf("without %s: %v, and through the tool %v", dir, direct, through)
				}
			}
			h.clear()
			for _, do := range []func(context.Context, string) error{h.files.Enable, h.files.Disable, h.tool.Enable,
				h.tool.Disable} {
				if err := do(t.Context(), "50.smaba"); !errors.Is(err, eventscript.ErrNoSuchScript) {
					t.Errorf("a name that does not exist: %v", err)
				}
			}
			if result := h.run(t, "event", "script", "disable", "legacy", "50.smaba"); result.ExitCode != 0 {
				t.Errorf("the tool itself ends with %d", result.ExitCode)
			}
		})
	}
}

// TestRealServices switches services, through the tool and in the file system.
func TestRealServices(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			h := newHost(t, install)
			for script := range eventscript.Catalogue(install.Release) {
				h.file("../../share/events/legacy/"+script.Name+".script", "#!/bin/sh\n")
			}
			for _, s := range eventscript.Services(install.Release) {
				if len(s.Scripts) == 1 && s.Name != "winbind" {
					continue // one will do
				}
				before := h.snapshot()
				enabled, err := h.tool.EnableService(t.Context(), s.Name)
				if err != nil {
					t.Fatal(err)
				}
				ours := h.snapshot()
				disabled, err := h.files.DisableService(t.Context(), s.Name)
				if err != nil {
					t.Fatal(err)
				}
				slices.Sort(enabled.Changed)
				slices.Sort(disabled.Changed)
				if diff := gocmp.Diff(enabled.Changed, disabled.Changed); diff != "" || len(enabled.Changed) != len(s.Scripts) {
					t.Errorf("%s (-enabled +disabled):\n%s", s.Name, diff)
				}
				if diff := gocmp.Diff(before, h.snapshot()); diff != "" {
					t.Errorf("%s (-before +after):\n%s", s.Name, diff)
				}
				if _, err := h.files.EnableService(t.Context(), s.Name); err != nil || h.snapshot() != ours {
					t.Errorf("%s: %v (-tool +ours):\n%s", s.Name, err, gocmp.Diff(ours, h.snapshot()))
				}
				if _, err := h.tool.DisableService(t.Context(), s.Name); err != nil || h.snapshot() != before {
					t.Errorf("%s: %v (-before +after):\n%s", s.Name, err, gocmp.Diff(before, h.snapshot()))
				}
			}
		})
	}
}
