package ctdbtest

import (
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// The releases before and after brackets around IPv6 addresses.
var (
	oldTool = New(Options{Release: release.Release{Major: 4, Minor: 13, Patch: 13}})
	newTool = New(Options{Release: release.Release{Major: 4, Minor: 22, Patch: 11}})
)

// TestSocket reads ends of connections as real tools of 4.13 and 4.22 do.
func TestSocket(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		word         string
		old, current string // "" is an error
	}{
		{"10.9.9.9:1", "10.9.9.9:1", "10.9.9.9:1"},
		{"10.9.9.9:" + strings.Repeat("0", 53) + "1", "10.9.9.9:1", "10.9.9.9:1"},
		{"10.9.9.9:" + strings.Repeat("0", 54) + "1", "", ""},
		{"[10.9.9.9]:1", "", ""},
		{"[fd00::1]:1", "", "[fd00::1]:1"},
		{"fd00::1:1", "[fd00::1]:1", "[fd00::1]:1"},
		{"[fd00::1:1", "", ""},
		{"fd00::1]:1", "", ""},
		{"[]:1", "", ""},
		{"[:1", "", ""},
		{"fe80::1%lo:1", "", ""},
		{"::ffff:10.1.1.1:1", "10.1.1.1:1", "10.1.1.1:1"},
		{"10.9.9.9:99999", "10.9.9.9:34463", "10.9.9.9:34463"},
		{"10.9.9.9:+1", "10.9.9.9:1", "10.9.9.9:1"},
		{"10.9.9.9: 1", "10.9.9.9:1", "10.9.9.9:1"},
		{"10.9.9.9:-1", "", ""},
		{"10.9.9.9:1x", "", ""},
		{"10.9.9.9:99999999999999999999999", "", ""},
		{"10.9.9.9:", "", ""},
		{"10.9.9.9", "", ""},
		{" 10.9.9.9:1", "", ""},
		{"", "", ""},
	} {
		for c, want := range map[*Cluster]string{oldTool: test.old, newTool: test.current} {
			got := ""
			if end, ok := c.socket(test.word); ok {
				got = end.String()
			}
			if got != want {
				t.Errorf("%v: %q: got %q, want %q", c.release, test.word, got, want)
			}
		}
	}
}

// TestConnectionLines reads standard input as real tools of 4.13 and 4.22 do.
func TestConnectionLines(t *testing.T) {
	t.Parallel()
	const bad = -1
	for _, test := range []struct {
		text         string
		old, current int // how many connections
	}{
		{"", 0, 0},
		{"10.9.9.9:1 10.1.1.1:1\n", 1, 1},
		{"10.9.9.9:1 10.1.1.1:1", 0, 1},
		{"10.9.9.9:1", 0, bad},
		{"10.9.9.9:1\n", bad, bad},
		{"10.9.9.9 10.1.1.1:1\n", bad, bad},
		{"10.9.9.9:1 10.1.1.1:445 x y\n\n10.9.9.9:1\t10.1.1.1:2\n", 2, 2},
		{"fd00::1:1 10.1.1.1:1\n", bad, bad},
		{"fd00::1:1 fd00::2:1\n", 1, 1},
		{"[fd00::1]:1 [fd00::2]:1\n", bad, 1},
		{"10.9.9.9:1 10.1.1.1:1\nbad\n", bad, bad},
		{"10.9.9.9:1 10.1.1.1:1\r\n", bad, bad},
		{"10.9.9.9:1\v10.1.1.1:1\n", bad, bad},
		{"#x\n\x00 y\n", bad, 0},
		{"\x0010.9.9.9:1 10.1.1.1:1\x00", 1, 0},
		{"x\x00", bad, bad},
		{" # comment\n", bad, bad},
		{"  \n", bad, bad},
		{"10.9.9.9:1 10.1.1.1:1" + strings.Repeat(" ", 106) + "\n", 1, 1},
		{"10.9.9.9:1 10.1.1.1:1" + strings.Repeat(" ", 107) + "\n", bad, bad},
	} {
		for c, want := range map[*Cluster]int{oldTool: test.old, newTool: test.current} {
			all, result, ok := c.connectionLines(test.text)
			got := len(all)
			if !ok {
				got = bad
			}
			wantCode := 0
			if want == bad {
				wantCode = 22
			}
			if got != want || result.ExitCode != wantCode || len(result.Stderr) > 0 {
				t.Errorf("%v: %q: got %d and %v, want %d", c.release, test.text, got, result.ExitCode, want)
			}
		}
	}
}
