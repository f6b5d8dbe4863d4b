//go:build linux

package ctdbtest_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

// TestArgumentsLikeReal gives real tools and simulated ones the same arguments and the same input, where no daemon is
// needed, and compares exit codes and outputs.
func TestArgumentsLikeReal(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			actual := install.Runner("CTDB_BASE=/nonexistent", "CTDB_SOCKET=/nonexistent")
			simulated := ctdbtest.New(ctdbtest.Options{Release: install.Release})
			must(t, simulated.SetNodesFile(0, ""))
			for _, test := range argumentTests(install.Release) {
				command := ctdb.Command{Name: "ctdb", Args: test.args, Stdin: []byte(test.input)}
				want, err := actual.Run(t.Context(), command)
				must(t, err)
				got, err := simulated.Run(t.Context(), command)
				must(t, err)
				if diff := cmp.Diff(withoutPaths(want), withoutPaths(got)); diff != "" {
					t.Errorf("%q with %q: mismatch (-real +simulated)\n%s", test.args, test.input, diff)
				}
			}
		})
	}
}

// withoutPaths describes an answer without the path of the nodes file and without what a usage says.
func withoutPaths(answer ctdb.Result) string {
	text := described(answer)
	text = strings.NewReplacer("/nonexistent/nodes", "(NODES)", "/etc/ctdb/nodes", "(NODES)").Replace(text)
	text = vendor.ReplaceAllString(text, "$1")
	if first, _, ok := strings.Cut(text, "Usage: "); ok {
		return first + "Usage"
	}
	return text
}

// vendor is what packages add to the version.
var vendor = regexp.MustCompile(`(\b4\.\d+\.\d+)-[^\s"]+`)

type argumentTest struct {
	args  []string
	input string
}

// argumentTests are arguments that need no daemon. What an option says that is given a value and takes none depends on
// the machine's library for options.
func argumentTests(r release.Release) []argumentTest {
	var all []argumentTest
	version := strings.TrimSpace(r.String())
	for _, line := range []string{
		"", "version", "version x y", "-X version", "-Y version", "-Xv version", "-Xn1 version", "-n1 version", "-n 1 version",
		"-n -1 version", "-n -2 version", "-n=1 version", "-n= version", "-n 0x1 version", "-n 0x version", "-n 010 version",
		"-n 08 version", "-n 1x version", "-n x version", "-n +1 version", "-n +-1 version", "-n - version", "-n -- version",
		"-n -0x10 version", "-n 99999999999 version", "-n 2147483647 version", "-n 2147483648 version", "-n -2147483648 version",
		"-n -2147483649 version", "-n 18446744073709551616 version", "-n", "--node", "--node=1 version", "--node 1 version",
		"--node= version", "--node=x version", "--nod=1 version", "--nosuch version", "--nosuch=1 version", "-Z version", "-XZ version",
		"--verbose version", "-t x version", "-t 5 version", "--timelimit=5 version", "-T x version", "-T 5 version",
		"--maxruntime=5 version", "-T -5 version", "-d 5 version", "-d version", "--debug=x version", "-x , version", "-x version",
		"-x= version", "--separator=, version", "-- version", "-- -X", "- version", "-", "version -- -Z", "version -Z", "version -n",
		"--help", "-?", "--usage", "--help version", "-X --help", "nosuch", "NOSUCH", "listnodes", "listnodes x",
		"-X listnodes", "-n 0 listnodes", "--json version", "-j version", "-j listnodes", "-j -X version", "-X -j nosuch",
		"-j nosuch", "tickle x", "tickle x y", "tickle 1 2 3", "-n 0 tickle", "tickle 10.9.9.9 10.1.1.1:1",
		"tickle 10.9.9.9:x 10.1.1.1:1", "tickle 10.9.9.9:1 10.1.1.1:", "tickle 10.9.9.9:1x 10.1.1.1:1", "tickle [10.9.9.9]:1 10.1.1.1:1",
		"tickle [fd00::1:1 [fd00::2]:1", "tickle fe80::1%lo:1 fe80::1:1", "tickle fd00::1:1 10.1.1.1:1", "tickle [fd00::1]:1 10.1.1.1:1",
		"event", "event x", "-n 1 event", "-n 1 scriptstatus",
	} {
		all = append(all, argumentTest{args: strings.Fields(line)})
	}
	all = append(all, argumentTest{args: []string{"-n", "", "version"}}, argumentTest{args: []string{"-n", " 1", "version"}},
		argumentTest{args: []string{"-n", "1 ", "version"}}, argumentTest{args: []string{"", "version"}},
		argumentTest{args: []string{version, "-X"}}, argumentTest{args: []string{"-x", "", "version"}})
	for _, input := range []string{
		"", "\n\n", "10.9.9.9:1\n", "10.9.9.9:1", "10.9.9.9 10.1.1.1:1\n", "fd00::1:1 10.1.1.1:1\n", "10.9.9.9:1 10.1.1.1:x\n", "#x\n",
		" #x\n", " \n", "\x00x\n", "10.9.9.9:1,10.1.1.1:1\n", "10.9.9.9:1 10.1.1.1:1\r\n", "10.9.9.9:1 10.1.1.1\n\n", "x y z",
	} {
		all = append(all, argumentTest{[]string{"tickle"}, input})
	}
	return all
}
