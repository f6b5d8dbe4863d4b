//go:build linux

package realctdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// An Install is one copy of CTDB's programs on this host.
type Install struct {
	// Root is the directory that the programs see as "/". Empty means this machine itself.
	Root string
	// Release is what "ctdb version" says.
	Release release.Release

	helpers string // directory of the helper programs, inside Root
}

// String gives the major and minor number, "4.17", for the names of subtests. No two installs of [Releases] share it.
func (i Install) String() string {
	return strconv.Itoa(i.Release.Major) + "." + strconv.Itoa(i.Release.Minor)
}

// Runner gives a [ctdb.Runner] that runs any program in the install's root, for what needs no cluster. The environment
// is what env says, each as "KEY=value", and little more: nothing of this process's own.
func (i Install) Runner(env ...string) ctdb.Runner { return runner{root: i.Root, env: env} }

// Helper gives the path of one of CTDB's programs that are not in PATH, such as "ctdb-config", for [Install.Runner].
func (i Install) Helper(name string) string { return path.Join(i.helpers, name) }

const defaultTrees = "/var/cache/go-ctdb/trees"

// Releases gives the installs of this host, this machine's own first, and of two with the same major and minor number
// only the first. It skips the test where a cluster can't be started and with -short; with GOCTDB_REQUIRE_REAL=1 it
// fails the test instead, and also when one of $GOCTDB_RELEASES is missing.
func Releases(t testing.TB) []Install {
	t.Helper()
	facts := situation{
		short:    testing.Short(),
		root:     os.Geteuid() == 0,
		required: isRequired(),
		wanted:   strings.Fields(os.Getenv("GOCTDB_RELEASES")),
	}
	if facts.root && !facts.short {
		facts.installs, facts.unusable = findInstalls(t.Context())
	}
	facts.enforce(t)
	return facts.installs
}

// findInstalls looks at this machine and at the trees. The error tells of installs that are there but can't be used.
func findInstalls(ctx context.Context) (installs []Install, unusable error) {
	for _, root := range roots() {
		if _, err := findProgram(root, "ctdbd"); err != nil {
			continue // no CTDB here
		}
		install, err := examine(ctx, root)
		if err != nil {
			unusable = errors.Join(unusable, fmt.Errorf("CTDB in %s: %w", filepath.Join("/", root), err))
			continue
		}
		same := func(other Install) bool { return other.String() == install.String() }
		if !slices.ContainsFunc(installs, same) {
			installs = append(installs, install)
		}
	}
	return installs, unusable
}

func roots() []string {
	trees := os.Getenv("GOCTDB_TREES")
	if trees == "" {
		trees = defaultTrees
	}
	found := []string{""}
	entries, err := os.ReadDir(trees)
	if err != nil {
		return found // usually there are no trees
	}
	for _, entry := range entries {
		if entry.IsDir() {
			found = append(found, filepath.Join(trees, entry.Name()))
		}
	}
	return found
}

// examine finds out what a Cluster must know about an install.
func examine(ctx context.Context, root string) (Install, error) {
	if _, err := os.Stat(filepath.Join(root, "/proc/self")); err != nil {
		return Install{}, fmt.Errorf("proc is not mounted: %w", err)
	}
	helpers, err := findHelpers(root)
	if err != nil {
		return Install{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	result, err := (runner{root: root}).Run(ctx, ctdb.Command{Name: "ctdb", Args: []string{"version"}})
	if err != nil {
		return Install{}, err
	}
	version, err := release.Parse(string(result.Stdout))
	return Install{Root: root, Release: version, helpers: helpers}, err
}

// findHelpers finds the directory of the helper programs, inside root.
func findHelpers(root string) (string, error) {
	for _, pattern := range []string{"/usr/libexec/ctdb", "/usr/lib/*/ctdb"} {
		found, err := filepath.Glob(filepath.Join(root, pattern, "ctdb-eventd"))
		if err == nil && len(found) > 0 {
			return strings.TrimPrefix(filepath.Dir(found[0]), root), nil
		}
	}
	return "", errors.New("there is no ctdb-eventd")
}
