//go:build linux

package config_test

import (
	"cmp"
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

var (
	realFiles = flag.Int("files", 500, "number of random ctdb.conf files that each real ctdb-config is asked about")
	realSeed  = flag.Uint64("seed", 0, "seed of the random ctdb.conf files; 0 is a new one each time")
)

// TestRealVerdicts asks the ctdb-config of each release about the cases, the corpus and random files, and wants from us the
// same messages and the same values.
func TestRealVerdicts(t *testing.T) {
	seed := cmp.Or(*realSeed, rand.Uint64())
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			t.Logf("ctdb %v: %d files, seed %d", install.Release, *realFiles, seed)
			var accepted, dropped atomic.Int64
			programs := make([]program, runtime.GOMAXPROCS(0))
			for i := range programs {
				programs[i] = newProgram(t, install)
			}
			var next atomic.Int64
			var workers sync.WaitGroup
			for _, p := range programs {
				workers.Go(func() {
					for i := int(next.Add(1)) - 1; !t.Failed(); i = int(next.Add(1)) - 1 {
						data, ok := p.file(t, i, seed)
						if !ok {
							return
						}
						e := p.compare(t, data, i)
						if e != nil {
							accepted.Add(1)
						}
						if e != nil && e.Dropped() {
							dropped.Add(1)
						}
					}
				})
			}
			workers.Wait()
			t.Logf("ctdb-config accepts %d of them, of which it drops %d", accepted.Load(), dropped.Load())
		})
	}
}

// program is a real ctdb-config with a configuration directory of its own.
type program struct {
	install  realctdb.Install
	runner   ctdb.Runner
	dir      string // the configuration directory
	base     string // the same, as the program sees it
	env      config.Env
	recorded []recorded
}

func newProgram(t *testing.T, install realctdb.Install) program {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Join(install.Root, "/tmp"), "goctdb-config-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	for name, mode := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "vol"), 0o755); err != nil {
		t.Fatal(err)
	}
	base := strings.TrimPrefix(dir, install.Root)
	p := program{
		install: install, dir: dir, base: base,
		runner:   install.Runner("CTDB_TEST_MODE=yes", "CTDB_BASE="+base),
		recorded: append(readRecorded(t, "cases.jsonl"), readRecorded(t, "verdicts.jsonl")...),
	}
	p.env.Paths = config.Layout{Release: install.Release}.TestPaths(base)
	if install.Root != "" {
		p.env.FS = afero.NewBasePathFs(afero.NewOsFs(), install.Root)
	} else if p.env.Dir, err = os.Getwd(); err != nil {
		t.Fatal(err)
	}
	return p
}

// file gives the file with a number: first those that were recorded, then random ones.
func (p program) file(t *testing.T, i int, seed uint64) ([]byte, bool) {
	t.Helper()
	if i < len(p.recorded) {
		return p.recorded[i].data(p.base), true
	}
	i -= len(p.recorded)
	return newGenerator(seed+uint64(i), p.base).file(), i < *realFiles
}

// compare gives what we make of a file that ctdb-config accepts.
func (p program) compare(t *testing.T, data []byte, number int) *config.Effective {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "ctdb.conf"), data, 0o600); err != nil {
		t.Error(err)
		return nil
	}
	got := verdictOf(t, data, p.install.Release, p.env)
	var want verdict
	_, want.Validate = p.run(t, "validate")
	dump, refused := p.run(t, "dump")
	want.Refused, want.Set = refused, got.Set
	if diff := diffVerdicts(want, got); diff != "" {
		t.Errorf("file %q (-ctdb-config +ours):\n%s", data, diff)
	}
	f, _ := config.Parse("ctdb.conf", data) // a file that is dropped is no error for ctdb-config
	e, err := f.Effective(p.install.Release, p.env)
	if err != nil {
		return nil
	}
	if diff := gocmp.Diff(dump, e.String()); diff != "" {
		t.Errorf("dump of file %q (-ctdb-config +ours):\n%s", data, diff)
	}
	p.compareGet(t, e, number)
	if f.Len() > 0 {
		p.compareSet(t, f, number)
	}
	return e
}

// compareSet sets an option in a file that ctdb-config accepts, and asks for its value.
func (p program) compareSet(t *testing.T, f *config.File, number int) {
	t.Helper()
	options := slices.Collect(config.Known(p.install.Release))
	o := options[number%len(options)]
	values := map[string][]string{
		"log level": {"DEBUG", "ERROR", "NOTICE"}, "script log level": {"INFO", "ERROR"}, "transport": {"tcp"},
		"node address": {"10.0.0.1", "fd00::1"}, "location": {"syslog", "file:/tmp/x"},
		"lock debug script": {"dbg.sh"}, "debug script": {"/x/dbg.sh"},
	}[o.Key]
	switch {
	case o.Type == config.Bool:
		values = []string{"true", "false"}
	case o.Type == config.Integer:
		values = []string{"5", "10", "7"}
	case strings.HasSuffix(o.Key, "directory"):
		values = []string{p.base, "/tmp"}
	case values == nil:
		values = []string{"/a/b", "!/bin/x y", "a # b=c"}
	}
	value := values[number/len(options)%len(values)]
	before := string(f.Bytes())
	if err := f.Set(strings.ToUpper(o.Section), o.Key, value); err != nil {
		if !strings.HasSuffix(strings.TrimRight(before, " \t\r\v\f\n"), "\\") { // which would join a new line
			t.Errorf("Set %v in %q: %v", o, before, err)
		}
		return
	}
	if err := os.WriteFile(filepath.Join(p.dir, "ctdb.conf"), f.Bytes(), 0o600); err != nil {
		t.Error(err)
		return
	}
	if got, refused := p.run(t, "get", o.Section, o.Key); got != value+"\n" || len(refused) > 0 {
		t.Errorf("file %q: %v was set to %q, and ctdb-config gives %q, %q", f.Bytes(), o, value, got, refused)
	}
}

// compareGet asks about an option of any release.
func (p program) compareGet(t *testing.T, e *config.Effective, number int) {
	t.Helper()
	options := newGenerator(0, "").options
	o := options[number%len(options)]
	text, refused := p.run(t, "get", o.Section, o.Key)
	value, ok := e.Lookup(o.Section, o.Key)
	if len(refused) > 0 || ok != (text != "") || ok && value.Text+"\n" != text {
		t.Errorf("get of %v gives %q and %q, we have %q, %v", o, text, refused, value.Text, ok)
	}
}

// run gives the output, and the messages about a file that is refused.
func (p program) run(t *testing.T, args ...string) (out string, messages []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	result, err := p.runner.Run(ctx, ctdb.Command{Name: p.install.Helper("ctdb-config"), Args: args})
	if err != nil {
		t.Error(err)
		return "", nil
	}
	for line := range strings.Lines(string(result.Stderr)) {
		if message, ok := strings.CutPrefix(line, "conf: "); ok {
			messages = append(messages, strings.TrimSuffix(message, "\n"))
		}
	}
	const invalid, unknown = 22, 2
	switch {
	case result.ExitCode == 0 && len(messages) == 0:
	case result.ExitCode == invalid && len(messages) > 0:
	case result.ExitCode == unknown && args[0] == "get":
	default:
		t.Errorf("ctdb-config %s: exit code %d: %s", args[0], result.ExitCode, result.Stderr)
	}
	return string(result.Stdout), messages
}
