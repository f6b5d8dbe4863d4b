//go:build linux

package ctdb_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

// TestRealPaths asks the programs of all releases that are there, and compares with the layouts. ctdb-config is asked
// for what ctdb-path does not know.
func TestRealPaths(t *testing.T) {
	const base = "/some/dir"
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			layout := config.Layout{Release: install.Release}
			t.Run("host", func(t *testing.T) {
				wantRealPaths(t, install.Runner(), layout.Release, layout.Paths())
			})
			t.Run("test mode", func(t *testing.T) {
				runner := install.Runner("CTDB_TEST_MODE=yes", "CTDB_BASE="+base)
				want := layout.TestPaths(base)
				wantRealPaths(t, runner, layout.Release, want)
				wantRealDefaults(t, runner, layout.Release, want) // there is no ctdb.conf to change them
			})
			t.Run("test mode, socket elsewhere", func(t *testing.T) {
				want := layout.TestPaths(base)
				want.Socket = "/else/where"
				runner := install.Runner("CTDB_TEST_MODE=yes", "CTDB_BASE="+base, "CTDB_SOCKET="+want.Socket)
				wantRealPaths(t, runner, layout.Release, want)
			})
			t.Run("test mode, path not clean", func(t *testing.T) {
				runner := install.Runner("CTDB_TEST_MODE=yes", "CTDB_BASE=/some//dir/")
				wantRealPaths(t, runner, layout.Release, layout.TestPaths("/some//dir/"))
			})
			t.Run("directory without test mode", func(t *testing.T) {
				wantRealPaths(t, install.Runner("CTDB_BASE="+base), layout.Release, layout.Paths())
			})
			t.Run("test mode without a directory", func(t *testing.T) {
				wantNoPaths(t, install.Runner("CTDB_TEST_MODE=yes"), "bad configuration", "crashed")
			})
			t.Run("test mode, path too long", func(t *testing.T) {
				long := "CTDB_BASE=/" + strings.Repeat("x", 5000)
				wantNoPaths(t, install.Runner("CTDB_TEST_MODE=yes", long), "bad configuration")
			})
			t.Run("not installed", func(t *testing.T) {
				_, err := ctdb.FindPaths(t.Context(), install.Runner(), "/nowhere", "/etc/ctdb")
				if diff := cmp.Diff(set("tool missing"), kinds(err)); diff != "" {
					t.Errorf("-want +got:\n%s\nof %v", diff, err)
				}
			})
		})
	}
}

func wantNoPaths(t *testing.T, r ctdb.Runner, want ...string) {
	t.Helper()
	_, err := ctdb.FindPaths(t.Context(), r)
	if diff := cmp.Diff(set(want...), kinds(err)); diff != "" {
		t.Errorf("-want +got:\n%s\nof %v", diff, err)
	}
}

// wantRealPaths compares what FindPaths gives, and what the places derived from it are for ctdb-path itself.
func wantRealPaths(t *testing.T, r ctdb.Runner, version release.Release, want config.Paths) {
	t.Helper()
	got, err := ctdb.FindPaths(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(known(want), got); diff != "" {
		t.Errorf("-layout +FindPaths:\n%s", diff)
	}
	derived := map[string]string{
		"config":                       got.ConfFile(version),
		"pidfile ctdbd":                got.PIDFile(),
		"socket eventd":                got.EventdSocket(version),
		"etcdir append nodes":          got.NodesFile(),
		"etcdir append events/legacy":  got.ScriptDir(version),
		"datadir append events/legacy": got.InstalledScriptDir(),
	}
	for question, place := range derived {
		answer := realAnswer(t, r, got.Helper("ctdb-path"), strings.Fields(question)...)
		for strings.Contains(answer, "//") {
			answer = strings.ReplaceAll(answer, "//", "/")
		}
		if answer != place {
			t.Errorf("%s is %s, and for ctdb-path it is %s", question, place, answer)
		}
	}
}

// wantRealDefaults compares what a ctdb.conf could change with ctdb-config's defaults.
func wantRealDefaults(t *testing.T, r ctdb.Runner, version release.Release, want config.Paths) {
	t.Helper()
	defaults := []struct{ section, key, want string }{
		{"logging", "location", "file:" + want.LogFile},
		{"database", "volatile database directory", want.VolatileDir(version)},
		{"database", "persistent database directory", want.PersistentDir()},
		{"database", "state database directory", want.StateDir()},
	}
	for _, d := range defaults {
		if got := realAnswer(t, r, want.Helper("ctdb-config"), "get", d.section, d.key); got != d.want {
			t.Errorf("the default of %s is %s, and of ctdb-config %s", d.key, d.want, got)
		}
	}
}

func realAnswer(t *testing.T, r ctdb.Runner, program string, args ...string) string {
	t.Helper()
	result, err := r.Run(t.Context(), ctdb.Command{Name: program, Args: args})
	if err != nil || result.ExitCode != 0 {
		t.Fatalf("%s %q: exit code %d, %v: %s", program, args, result.ExitCode, err, result.Stderr)
	}
	return strings.TrimSuffix(string(result.Stdout), "\n")
}
