package ctdbtest_test

import (
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// TestArguments gives the tool options in all forms that there are. The wanted answers are those of real tools.
func TestArguments(t *testing.T) {
	t.Parallel()
	const (
		version = "4.22.11"
		noNode  = "Cannot specify node for command version"
		table   = ";0;10.0.0.1;\n;1;10.0.0.2;\n;2;10.0.0.3;"
		usage   = "Usage: [-?YXv] [-?|--help] [--usage] COMMAND [ARGS]"
		lines   = "10.0.0.1\n10.0.0.2\n10.0.0.3"
	)
	c := ctdbtest.New(ctdbtest.Options{Release: release.Release{Major: 4, Minor: 22, Patch: 11}})
	for _, test := range []struct{ args, want string }{
		{"version x y", version},
		{"-Xv version", version},
		{"version -X -t 5 --maxruntime=5 -d x --timelimit 5", version},
		{"-T -5 version", version},
		{"-n -1 version", version},
		{"-Xn1 version", noNode},
		{"-n1 version", noNode},
		{"-n=1 version", noNode},
		{"-n= version", noNode},
		{"-n -2 version", noNode},
		{"-n 0x1 version", noNode},
		{"-n 010 version", noNode},
		{"-n -2147483648 version", noNode},
		{"-n 2147483647 version", noNode},
		{"--node=1 version", noNode},
		{"--node= version", noNode},
		{"-n 2147483648 version", "Invalid option 2147483648: number too large or too small"},
		{"-n -2147483649 version", "Invalid option -2147483649: number too large or too small"},
		{"-n 99999999999999999999 version", "Invalid option 99999999999999999999: number too large or too small"},
		{"-n 08 version", "Invalid option 08: invalid numeric value"},
		{"-n 1x version", "Invalid option 1x: invalid numeric value"},
		{"-n +-1 version", "Invalid option +-1: invalid numeric value"},
		{"-n - version", "Invalid option -: invalid numeric value"},
		{"--node=x version", "Invalid option --node=x: invalid numeric value"},
		{"version -n", "Invalid option -n: missing argument"},
		{"--node", "Invalid option --node: missing argument"},
		{"--nod=1 version", "Invalid option --nod=1: unknown option"},
		{"--nosuch version", "Invalid option --nosuch: unknown option"},
		{"-XZ version", "Invalid option -XZ: unknown option"},
		{"-X=1 version", "Invalid option -X=1: option does not take an argument"},
		{"--verbose=1 version", "Invalid option --verbose=1: option does not take an argument"},
		{"-- version", version},
		{"-- -X", "Unknown command '-X'"},
		{"- version", "Unknown command '-'"},
		{"--help version", usage},
		{"-?", usage},
		{"--", usage},
		{"NOSUCH", "Unknown command 'NOSUCH'"},
		{"listnodes", lines},
		{"-x ; listnodes", lines},
		{"-Xx; listnodes", table},
		{"-Xx=; listnodes", table},
		{"-X --separator=; listnodes", table},
		{"-Y -x ; listnodes", table},
		{"-x; -X listnodes", table},
	} {
		result := tool(t, c, 0, strings.Fields(test.args)...)
		if got := strings.TrimSuffix(string(result.Stdout)+string(result.Stderr), "\n"); got != test.want {
			t.Errorf("ctdb %s: got %q, want %q", test.args, got, test.want)
		}
	}
}
