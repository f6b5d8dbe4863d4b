//go:build linux

package nodes_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
)

var (
	realFiles = flag.Int("files", 500, "number of random nodes files that each real ctdb program is asked about")
	realSeed  = flag.Uint64("seed", 0, "seed of the random nodes files; 0 is a new one each time")
)

// TestRealVerdicts asks each real ctdb program about random nodes files, and compares with CheckFor its release.
// `ctdb listnodes` needs no daemon.
func TestRealVerdicts(t *testing.T) {
	seed := cmp.Or(*realSeed, rand.Uint64())
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Logf("ctdb %v: %d files, seed %d", install.Release, *realFiles, seed)
			checkRealVerdicts(t, install, randomFiles(seed, *realFiles))
		})
	}
}

func checkRealVerdicts(t *testing.T, install realctdb.Install, files [][]byte) {
	var accepted, brackets atomic.Int64
	jobs := make(chan []byte)
	var workers sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		tool := newTool(t, install)
		workers.Go(func() {
			for data := range jobs {
				want, err := tool.listNodes(t.Context(), data)
				if err != nil {
					t.Errorf("file %q: %v", data, err)
					continue
				}
				if want.Refused == "" {
					accepted.Add(1)
				}
				file, err := nodes.Parse("nodes", data)
				if err == nil && file.CheckFor(release.Release{Major: 4, Minor: 13}) != nil {
					brackets.Add(1)
				}
				got := verdictOf(t, data, install.Release)
				got.List = canonical(t, got.List)
				if diff := diffVerdicts(want, got); diff != "" {
					t.Errorf("file %q (-ctdb +CheckFor):\n%s", data, diff)
				}
			}
		})
	}
	for _, data := range files {
		jobs <- data
	}
	close(jobs)
	workers.Wait()
	t.Logf("ctdb accepts %d of them; %d are good but for brackets", accepted.Load(), brackets.Load())
}

// tool is a real ctdb program with a configuration directory of its own.
type tool struct {
	runner ctdb.Runner
	root   string // what the program sees as "/"
	base   string // inside root
}

func newTool(t *testing.T, install realctdb.Install) tool {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Join(install.Root, "/tmp"), "goctdb-nodes-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	base := strings.TrimPrefix(dir, install.Root)
	return tool{install.Runner("CTDB_TEST_MODE=yes", "CTDB_BASE="+base), install.Root, base}
}

// write puts a file into the configuration directory.
func (o tool) write(name string, data []byte) error {
	return os.WriteFile(filepath.Join(o.root, o.base, name), data, 0o600)
}

// fs is the file system that the program sees.
func (o tool) fs() afero.Fs {
	if o.root == "" {
		return nil
	}
	return afero.NewBasePathFs(afero.NewOsFs(), o.root)
}

func (o tool) run(ctx context.Context, name string, args ...string) (ctdb.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return o.runner.Run(ctx, ctdb.Command{Name: name, Args: args})
}

// listNodes gives the program's verdict about a nodes file.
func (o tool) listNodes(ctx context.Context, data []byte) (verdict, error) {
	if err := o.write("nodes", data); err != nil {
		return verdict{}, err
	}
	result, err := o.run(ctx, "ctdb", "-X", "listnodes")
	if err != nil {
		return verdict{}, err
	}
	return readVerdict(result)
}

// readVerdict reads what `ctdb -X listnodes` printed.
func readVerdict(result ctdb.Result) (verdict, error) {
	if result.ExitCode != 0 {
		text, _, ok := strings.Cut(string(result.Stderr), "\nFailed to read nodes")
		for _, prefix := range []string{"Invalid node address ", "Invalid IP address "} {
			if refused, found := strings.CutPrefix(text, prefix); ok && found {
				return verdict{Refused: refused}, nil
			}
		}
		err := fmt.Errorf("ctdb listnodes: exit code %d: %s", result.ExitCode, result.Stderr)
		if strings.Contains(string(result.Stderr), "Failed to read nodes") {
			err = fmt.Errorf("%w: %w", errNoList, err)
		}
		return verdict{}, err
	}
	var list []string
	for line := range strings.Lines(string(result.Stdout)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "|")
		if len(fields) != 4 {
			return verdict{}, fmt.Errorf("ctdb listnodes: unexpected line %q", line)
		}
		entry, err := canonicalEntry(fields[1] + " " + fields[2])
		if err != nil {
			return verdict{}, err
		}
		list = append(list, entry)
	}
	return verdict{List: list}, nil
}

var errNoList = errors.New("ctdb has no list to read")
