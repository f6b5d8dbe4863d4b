package options_test

import (
	"bytes"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/options"
)

var (
	shellFiles = flag.Int("files", 500, "number of random files that shells are asked about")
	shellSeed  = flag.Uint64("seed", 0, "seed of the random files; 0 is a new one each time")
)

// shells are what may be behind #!/bin/sh.
func shells(t *testing.T) [][]string {
	t.Helper()
	var found [][]string
	for _, s := range [][]string{{"sh"}, {"dash"}, {"bash", "--posix"}} {
		if path, err := exec.LookPath(s[0]); err == nil {
			found = append(found, append([]string{path}, s[1:]...))
		}
	}
	if len(found) == 0 && os.Getenv("GOCTDB_REQUIRE_REAL") == "1" {
		t.Fatal("there is no shell")
	}
	if len(found) == 0 {
		t.Skip("there is no shell")
	}
	return found
}

// held is what a shell holds in a variable.
type held struct {
	set   bool
	value string
}

// ask sources a file in a shell, and tells what it then holds, and whether the file was read without a complaint. There
// is no answer if the shell does not get that far.
func ask(t *testing.T, shell []string, path string, names []string) (answer map[string]held, fine bool) {
	t.Helper()
	var script strings.Builder
	script.WriteString(". " + path + "\nprintf '%s\\0' begin $?")
	for _, name := range names {
		script.WriteString(` "${` + name + `+x}$` + name + `"`)
	}
	command := exec.CommandContext(t.Context(), shell[0], append(slices.Clone(shell[1:]), "-c", script.String()+" end")...)
	command.Env = []string{}
	command.Dir = filepath.Dir(path)
	out, err := command.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || failed.ExitCode() < 0) {
		t.Fatal(err)
	}
	_, list, ok := bytes.Cut(out, []byte("begin\x00"))
	fields := strings.Split(string(list), "\x00")
	if !ok || len(fields) != len(names)+3 || fields[len(names)+1] != "end" {
		return nil, false
	}
	answer = map[string]held{}
	for i, name := range names {
		value, set := strings.CutPrefix(fields[i+1], "x")
		answer[name] = held{set, value}
	}
	return answer, fields[0] == "0"
}

// verdict counts what was compared.
type verdict struct{ files, refused, unfinished, literal, unset, unknown atomic.Int64 }

// compare holds what Lookup says against what a shell does.
func (v *verdict) compare(t *testing.T, shell []string, path string, data []byte) {
	t.Helper()
	file, err := options.Parse("f", data)
	dynamic := false
	names := []string{"A", "B", "CTDB_X", "CTDB_NFS_CALLOUT"}
	for e := range file.All() {
		dynamic = dynamic || e.Kind == options.Dynamic
		for _, name := range append(e.Names, e.Name) {
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	got, fine := ask(t, shell, path, names)
	v.files.Add(1)
	switch {
	case err != nil && fine:
		t.Errorf("%s accepts what Parse refuses with %v:\n%q", shell[0], err, data)
		return
	case err != nil:
		v.refused.Add(1)
		return
	case got == nil && dynamic:
		v.unfinished.Add(1)
		return
	case !fine && !dynamic:
		t.Errorf("%s refuses what Parse reads:\n%q", shell[0], data)
		return
	}
	for _, name := range names {
		s, holds := file.Lookup(name), got[name]
		switch {
		case s.State == options.Unknown:
			v.unknown.Add(1)
		case s.State == options.NotSet && !holds.set:
			v.unset.Add(1)
		case s.State == options.Literal && holds.set && holds.value == s.Value:
			v.literal.Add(1)
		default:
			t.Errorf("%s holds %q (set: %v) in %s, and Lookup says %v %q:\n%q",
				shell[0], holds.value, holds.set, name, s.State, s.Value, data)
		}
	}
}

// compareAll asks all shells about files.
func compareAll(t *testing.T, files [][]byte) *verdict {
	t.Helper()
	all := shells(t)
	v := &verdict{}
	jobs := make(chan []byte)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		path := filepath.Join(t.TempDir(), "f")
		workers.Go(func() {
			for data := range jobs {
				if err := os.WriteFile(path, data, 0o600); err != nil {
					t.Error(err)
				}
				for _, shell := range all {
					v.compare(t, shell, path, data)
				}
			}
		})
	}
	for _, data := range files {
		jobs <- data
	}
	close(jobs)
	workers.Wait()
	t.Logf("%d verdicts: %d files refused, %d not read to the end; %d literal values, %d not set, %d unknown",
		v.files.Load(), v.refused.Load(), v.unfinished.Load(), v.literal.Load(), v.unset.Load(), v.unknown.Load())
	return v
}

// TestShellRandom asks real shells about random files: what Lookup calls literal is what they hold.
func TestShellRandom(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many shells")
	}
	seed := *shellSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("%d files, seed %d", *shellFiles, seed)
	files := make([][]byte, *shellFiles)
	g := newGenerator(seed)
	for i := range files {
		files[i] = g.file()
	}
	v := compareAll(t, files)
	if v.literal.Load() < int64(*shellFiles) || v.refused.Load() == 0 || v.unknown.Load() == 0 {
		t.Error("the files are too much alike to show anything")
	}
}
