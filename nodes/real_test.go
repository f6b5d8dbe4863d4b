package nodes_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

var (
	realFiles = flag.Int("files", 200, "number of random nodes files that each real ctdb program is asked about")
	realSeed  = flag.Uint64("seed", 0, "seed of the random nodes files; 0 is a new one each time")
)

// TestRealVerdicts asks real ctdb programs about random nodes files: the installed one, and those in the directory
// trees that .ci/trees makes. `ctdb listnodes` needs no daemon. With GOCTDB_REQUIRE_REAL=1 a missing program is a
// failure, unless GOCTDB_UNAVAILABLE names its suite.
func TestRealVerdicts(t *testing.T) {
	required := os.Getenv("GOCTDB_REQUIRE_REAL") == "1"
	if testing.Short() && !required {
		t.Skip("starts many processes")
	}
	seed := cmp.Or(*realSeed, rand.Uint64())
	for _, suite := range []string{"installed", "bullseye", "trixie", "sid"} {
		t.Run(suite, func(t *testing.T) {
			tool, err := findTool(suite)
			switch {
			case err != nil && required && !isUnavailable(suite):
				t.Fatal(err)
			case err != nil:
				t.Skip(err)
			}
			version := tool.version(t)
			t.Logf("ctdb %v: %d files, seed %d", version, *realFiles, seed)
			checkRealVerdicts(t, tool, randomFiles(seed, *realFiles, version))
		})
	}
}

func isUnavailable(suite string) bool {
	return slices.Contains(strings.Fields(os.Getenv("GOCTDB_UNAVAILABLE")), suite)
}

func checkRealVerdicts(t *testing.T, tool tool, files [][]byte) {
	var accepted atomic.Int64
	jobs := make(chan []byte)
	var workers sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		base := tool.makeBase(t)
		workers.Go(func() {
			for data := range jobs {
				want, err := tool.listNodes(t.Context(), base, data)
				if err != nil {
					t.Errorf("file %q: %v", data, err)
					continue
				}
				if want.Refused == "" {
					accepted.Add(1)
				}
				got := verdictOf(t, data)
				got.List = canonical(t, got.List)
				if diff := diffVerdicts(want, got); diff != "" {
					t.Errorf("file %q (-ctdb +Parse):\n%s", data, diff)
				}
			}
		})
	}
	for _, data := range files {
		jobs <- data
	}
	close(jobs)
	workers.Wait()
	t.Logf("ctdb accepts %d of them", accepted.Load())
}

// tool is a real ctdb program, in a directory tree of its own unless root is empty.
type tool struct{ root string }

func findTool(suite string) (tool, error) {
	if suite == "installed" {
		_, err := exec.LookPath("ctdb")
		return tool{}, err
	}
	root := filepath.Join(cmp.Or(os.Getenv("GOCTDB_TREES"), "/var/cache/go-ctdb/trees"), suite)
	if os.Geteuid() != 0 {
		return tool{}, errors.New("only root can use the tree " + root)
	}
	_, err := os.Stat(filepath.Join(root, "usr/bin/ctdb"))
	return tool{root: root}, err
}

// makeBase makes a configuration directory that the tool can see.
func (o tool) makeBase(t *testing.T) (base string) {
	t.Helper()
	if o.root == "" {
		return t.TempDir()
	}
	base, err := os.MkdirTemp(filepath.Join(o.root, "tmp"), "nodes-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(base); err != nil {
			t.Error(err)
		}
	})
	return base
}

func (o tool) run(ctx context.Context, base string, args ...string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	argv := append([]string{"ctdb"}, args...)
	if o.root != "" {
		argv = append([]string{"chroot", o.root}, argv...)
		base = strings.TrimPrefix(base, o.root)
	}
	var out, errOut bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "CTDB_TEST_MODE=yes", "CTDB_BASE="+base)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	return out.String(), errOut.String(), err
}

func (o tool) version(t *testing.T) release.Release {
	t.Helper()
	stdout, stderr, err := o.run(t.Context(), "", "version")
	if err != nil {
		t.Fatalf("ctdb version: %v %s", err, stderr)
	}
	version, err := release.Parse(stdout)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func (o tool) listNodes(ctx context.Context, base string, data []byte) (verdict, error) {
	if err := os.WriteFile(filepath.Join(base, "nodes"), data, 0o600); err != nil {
		return verdict{}, err
	}
	stdout, stderr, err := o.run(ctx, base, "-X", "listnodes")
	if err != nil {
		text, _, ok := strings.Cut(stderr, "\nFailed to read nodes")
		for _, prefix := range []string{"Invalid node address ", "Invalid IP address "} {
			if refused, found := strings.CutPrefix(text, prefix); ok && found {
				return verdict{Refused: refused}, nil
			}
		}
		return verdict{}, fmt.Errorf("ctdb listnodes: %w %s", err, stderr)
	}
	var list []string
	for line := range strings.Lines(stdout) {
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

// canonical writes each address of a list as netip does. CTDB prints some differently, "::10.0.0.1" for "::a00:1".
func canonical(t *testing.T, list []string) []string {
	t.Helper()
	var out []string
	for _, entry := range list {
		entry, err := canonicalEntry(entry)
		if err != nil {
			t.Error(err)
		}
		out = append(out, entry)
	}
	return out
}

func canonicalEntry(entry string) (string, error) {
	pnn, text, _ := strings.Cut(entry, " ")
	addr, err := netip.ParseAddr(text)
	return pnn + " " + addr.String(), err
}
