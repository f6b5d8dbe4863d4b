//go:build linux

package tunables_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

var files = flag.Int("files", 100, "random files for releases up to 4.16; newer ones get a quarter, since a daemon starts for each")

// TestReal holds the readings of all files against CTDB itself: from 4.17 a daemon is started with each, before that
// the event script of the release gives each to a running one.
func TestReal(t *testing.T) {
	realctdb.Each(t, realctdb.Options{Nodes: 1, DontWait: true}, func(t *testing.T, c *realctdb.Cluster) {
		n := node{c}
		t.Run("known", func(t *testing.T) { testKnown(t, n) })
		read, count := n.restart, *files/4
		if !c.Release().AtLeast(4, 17, 0) {
			read, count = n.runScript, *files
		}
		t.Run("readings", func(t *testing.T) {
			for _, test := range readings {
				compare(t, n, read, test.text)
			}
		})
		t.Run("random", func(t *testing.T) {
			for seed := range uint64(count) { //nolint:gosec // it is small
				compare(t, n, read, generator{rand.New(rand.NewPCG(seed, 2)), seed%2 == 0}.file()) //nolint:gosec // not for secrets
			}
		})
		t.Run("directory", func(t *testing.T) { testDirectory(t, n, read) })
		t.Run("start", func(t *testing.T) { testStart(t, n) })
	})
}

// node is a node whose tunables file changes.
type node struct{ *realctdb.Cluster }

func (n node) path() string { return filepath.Join(n.Dir(0), "ctdb.tunables") }

func (n node) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(n.Dir(0), name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// listvars gives the names in the order of ctdb listvars, and the values.
func (n node) listvars(t *testing.T) (names []string, values tunables.Values) {
	t.Helper()
	var result ctdb.Result
	n.WaitFor(t, "ctdb listvars", func(context.Context) bool {
		result = n.Tool(t, 0, "listvars")
		return result.ExitCode == 0
	})
	values = tunables.Values{}
	for line := range strings.Lines(string(result.Stdout)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			t.Fatalf("ctdb listvars: line %q", line)
		}
		value, err := strconv.ParseUint(fields[2], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, fields[0])
		values[fields[0]] = uint32(value)
	}
	return names, values
}

// testKnown holds the table against ctdb listvars.
func testKnown(t *testing.T, n node) {
	n.listvars(t) // a daemon that has only begun to start its helpers would leave one behind
	n.Kill(t, 0)
	n.write(t, "ctdb.tunables", "")
	n.StartNode(t, 0)
	names, values := n.listvars(t)
	var want []string
	for tunable := range tunables.Known(n.Release()) {
		if !tunable.Obsolete {
			want = append(want, tunable.Name)
		}
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-Known +ctdb):\n%s", diff)
	}
	if diff := cmp.Diff(tunables.Values{}.WithDefaults(n.Release()), values); diff != "" {
		t.Errorf("defaults (-Known +ctdb):\n%s", diff)
	}
}

// outcome is what a release made of a file.
type outcome struct {
	values  tunables.Values
	refused []string // reasons
	stops   bool
}

// restart starts ctdbd with a file.
func (n node) restart(t *testing.T, text string) outcome {
	t.Helper()
	n.Kill(t, 0)
	n.write(t, "ctdb.tunables", text)
	log := filepath.Join(n.Dir(0), "log.ctdb")
	if err := os.Truncate(log, 0); err != nil {
		t.Fatal(err)
	}
	n.StartNode(t, 0)
	_, values := n.listvars(t)
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return outcome{values: values, refused: complaints(string(data))}
}

var wordings = []struct {
	pattern *regexp.Regexp
	reason  string
}{
	{regexp.MustCompile(`(tunables|_load_file): Invalid value "`), "value"},
	{regexp.MustCompile(`(tunables|_load_file): Unknown tunable "`), "unknown"},
	{regexp.MustCompile(`(tunables|_load_file): Obsolete tunable "`), "obsolete"},
	{regexp.MustCompile(`(tunables|_load_file): Invalid (tunables )?line containing "`), "no-value"},
	{regexp.MustCompile(`(tunables|_load_file): Invalid line for section \[`), "section"},
	{regexp.MustCompile(`(tunables|_load_file): Syntax error`), "syntax"},
}

// complaints gives the reasons in a log.
func complaints(log string) (all []string) {
	for line := range strings.Lines(log) {
		for _, w := range wordings {
			if w.pattern.MatchString(line) {
				all = append(all, w.reason)
			}
		}
	}
	return all
}

// runScript lets the function of 00.ctdb read a file. The daemon has its defaults before.
func (n node) runScript(t *testing.T, text string) outcome {
	t.Helper()
	n.write(t, "ctdb.tunables", text)
	result, err := n.Runner(0).Run(t.Context(), ctdb.Command{Name: "sh", Args: []string{"-c",
		`eval "$(sed -n '/^set_ctdb_variables ()/,/^}/p' "$CTDB_BASE/share/events/legacy/00.ctdb.script")"
		CTDB=ctdb; set_ctdb_variables`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, values := n.listvars(t)
	for tunable := range tunables.Known(n.Release()) {
		if values[tunable.Name] != tunable.Default && !tunable.Obsolete {
			n.Tool(t, 0, "setvar", tunable.Name, strconv.FormatUint(uint64(tunable.Default), 10))
		}
	}
	return outcome{values: values, stops: result.ExitCode != 0}
}

// compare holds what this package makes of a file against what CTDB made of it.
func compare(t *testing.T, n node, read func(*testing.T, string) outcome, text string) {
	t.Helper()
	got, r := read(t, text), n.Release()
	f, _ := tunables.Parse("f", []byte(text)) // CheckFor says more
	values, err := f.Effective(r)
	if got.stops != (err != nil) {
		t.Errorf("%q: does not start: %v; Effective: %v", text, got.stops, err)
	}
	if diff := cmp.Diff(values.WithDefaults(r), got.values); diff != "" && err == nil {
		t.Errorf("%q: values (-Effective +ctdb):\n%s", text, diff)
	}
	if !r.AtLeast(4, 17, 0) {
		return
	}
	var refused []string
	for place := range strings.SplitSeq(reasons(f.CheckFor(r)), ", ") {
		if _, reason, ok := strings.Cut(place, " "); ok {
			refused = append(refused, reason)
		}
	}
	if diff := cmp.Diff(refused, got.refused); diff != "" {
		t.Errorf("%q: refused (-CheckFor +ctdbd):\n%s", text, diff)
	}
}

// testDirectory holds LoadAll against ctdbd.
func testDirectory(t *testing.T, n node, read func(*testing.T, string) outcome) {
	dir := filepath.Join(n.Dir(0), "tunables.d")
	if err := os.MkdirAll(filepath.Join(dir, "d.tunables"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nowhere", filepath.Join(dir, "c.tunables")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		".h.tunables": "RecoverTimeout=1\nKeepaliveLimit=9\n", "10.tunables": "RecoverTimeout=2\n", "9.tunables": "RecoverTimeout=3\n",
		"B.tunables": "RecoverTimeout=4\nMonitorInterval=7\n", "a.tunables": "RecoverTimeout=5\n[\nx", "b.tunables": "Nope\nRecdFailCount=8\n",
		"z.tunable": "RecoverTimeout=6\n", "z": "RecoverTimeout=6\n", "z.tunables~": "RecoverTimeout=6\n",
	} {
		n.write(t, filepath.Join("tunables.d", name), text)
	}
	main := "RecoverTimeout=41\nTraverseTimeout=11\n"
	got := read(t, main)
	all, err := tunables.LoadAll(tunables.Options{Path: n.path()})
	if all == nil || len(finding.Refusals(err)) == 0 {
		t.Fatalf("LoadAll: %v", err)
	}
	values, err := all.Effective(n.Release())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(values.WithDefaults(n.Release()), got.values); diff != "" {
		t.Errorf("values (-Effective +ctdb):\n%s", diff)
	}
	if read := values["RecoverTimeout"] != 41; read != n.Release().AtLeast(4, 23, 0) {
		t.Errorf("RecoverTimeout is %d", values["RecoverTimeout"])
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
}

// testStart lets a node start with a file that it refuses. It does not, before 4.17.
func testStart(t *testing.T, n node) {
	const text = "RecoverTimeout=41\nTDBMutexEnabled=1\n"
	found := mustParse(t, text).Validate(n.Release())
	if !slices.ContainsFunc(found, func(f finding.Finding) bool { return f.ID == tunables.FindingObsolete }) {
		t.Errorf("findings %v", found)
	}
	if n.Release().AtLeast(4, 17, 0) {
		n.restart(t, text)
		n.WaitHealthy(t)
		return
	}
	n.Kill(t, 0)
	n.write(t, "ctdb.tunables", text)
	n.StartNode(t, 0)
	log := filepath.Join(n.Dir(0), "log.ctdb")
	n.WaitFor(t, "the end of ctdbd", func(context.Context) bool {
		data, err := os.ReadFile(log)
		return err == nil && strings.Contains(string(data), "Failed to run setup event")
	})
}
