package nodes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// trailing is the finding about deleted nodes at the end of a file.
func trailing(line, col, from, next int) string {
	return fmt.Sprintf("nodes:%d:%d: note: from number %d on all nodes are deleted: restoring one uses its number again, "+
		"a new node gets number %d (nodes/trailing-deleted)", line, col, from, next)
}

func TestValidate(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"good", "10.0.0.1\n#10.0.0.2 dead\n[fd00::1]\n", nil},
		{"good, CRLF and blanks", "\t# 10.0.0.2\r\n 10.0.0.1 \r\n\r\n", nil},
		{"deleted nodes at the end", "10.0.0.1\n#10.0.0.2\n10.0.0.3\n#10.0.0.4 dead\n\t# 10.0.0.5\r\n", []string{trailing(4, 1, 3, 5)}},
		{"blank lines at the end", "10.0.0.1\n\n \n\r\n", nil},
		{"a cluster of one on loopback", "127.0.0.1\n#127.0.0.2\n", []string{trailing(2, 1, 1, 2)}},
		{"a NUL that hides nothing", "10.0.0.1\x00\n", nil},
		{"IPv4 link-local needs no zone", "169.254.0.1\n169.254.0.2\n", nil},

		{"empty", "", []string{"nodes: error: there is no node, so ctdbd does not start (nodes/no-nodes)"}},
		{"only deleted", "#10.0.0.1\n", []string{"nodes: error: there is no node, so ctdbd does not start (nodes/no-nodes)"}},
		{"refused", "10.0.0.1\n\n y\n10.0.0.2/24\n# x\n", []string{
			"nodes:2:1: warning: a blank line: ctdbd skips it, but onnode counts it and numbers the nodes below it " +
				"differently (nodes/blank-line)",
			`nodes:3:2: error: want a numeric IPv4 or IPv6 address, got "y" (nodes/address)`,
			`nodes:4:1: error: want a numeric IPv4 or IPv6 address without a mask length, got "10.0.0.2/24" (nodes/address)`,
			"nodes:5:1: warning: there are no comments in a nodes file: for ctdbd this is node 3, a deleted one (nodes/prose)",
		}},
		{"one bad line", "\tx", []string{
			`nodes:1:2: error: want a numeric IPv4 or IPv6 address, got "x" (nodes/address)`,
		}},
		{"comments", "# my cluster\n10.0.0.1\n  #\n#10.0.0\n", []string{
			"nodes:1:1: warning: there are no comments in a nodes file: for ctdbd this is node 0, a deleted one (nodes/prose)",
			"nodes:3:3: warning: there are no comments in a nodes file: for ctdbd this is node 2, a deleted one (nodes/prose)",
			trailing(3, 3, 2, 4),
			"nodes:4:1: warning: there are no comments in a nodes file: for ctdbd this is node 3, a deleted one (nodes/prose)",
		}},
		{"blank lines", "\n10.0.0.1\n \t\n10.0.0.2\n", []string{
			"nodes:1:1: warning: a blank line: ctdbd skips it, but onnode counts it and numbers the nodes below it " +
				"differently (nodes/blank-line)",
			"nodes:3:1: warning: a blank line: ctdbd skips it, but onnode counts it and numbers the nodes below it " +
				"differently (nodes/blank-line)",
		}},
		{"ignored text", "10.0.0.1 \r10.0.0.2\n10.0.0.3\x00 # c\r\n\r#\n", []string{
			"nodes:1:10: warning: ctdbd ignores what is behind a carriage return or a NUL on a line, here " +
				`"10.0.0.2" (nodes/ignored-text)`,
			`nodes:2:9: warning: ctdbd ignores what is behind a carriage return or a NUL on a line, here "# c" (nodes/ignored-text)`,
			`nodes:3:1: warning: ctdbd ignores what is behind a carriage return or a NUL on a line, here "#" (nodes/ignored-text)`,
		}},
		{"unusable addresses", "0.0.0.0\n ::\n224.0.0.1\nff02::1\nfe80::1\n255.255.255.255\n", []string{
			"nodes:1:1: error: 0.0.0.0 is no address of a machine (nodes/unusable)",
			"nodes:2:2: error: :: is no address of a machine (nodes/unusable)",
			"nodes:3:1: error: 224.0.0.1 is a multicast address (nodes/unusable)",
			"nodes:4:1: error: ff02::1 is a multicast address (nodes/unusable)",
			"nodes:5:1: error: fe80::1 needs a zone, which the nodes file can't have (nodes/unusable)",
			"nodes:6:1: error: 255.255.255.255 is the broadcast address (nodes/unusable)",
		}},
		{"duplicates", "10.0.0.1\n#10.0.0.1\n::ffff:10.0.0.1\n\t10.0.0.1\n", []string{
			"nodes:3:1: error: 10.0.0.1 is the address of node 0 too (nodes/duplicate)",
			"nodes:4:2: error: 10.0.0.1 is the address of node 0 too (nodes/duplicate)",
		}},
		{"loopback", "127.0.0.1\n10.0.0.1\n::1\n", []string{
			"nodes:1:1: warning: other machines can't reach the loopback address 127.0.0.1 (nodes/loopback)",
			"nodes:3:1: warning: other machines can't reach the loopback address ::1 (nodes/loopback)",
		}},
		{"too large", "\n" + strings.Repeat("#", nodes.MaxSize), []string{
			"nodes:2:1048576: error: the nodes file is larger than 1 MiB (nodes/too-large)",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, _ := nodes.Parse("nodes", []byte(test.text))
			if diff := cmp.Diff(test.want, lines(file.Validate())); diff != "" {
				t.Errorf("Validate (-want +got):\n%s", diff)
			}
		})
	}
}

func lines(findings []finding.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.String())
	}
	return all
}

// TestValidateBounds wants few findings for a file that could have hundreds of thousands.
func TestValidateBounds(t *testing.T) {
	tests := []struct{ name, text, first string }{
		{"blank lines", strings.Repeat("\n", 500_000) + "10.0.0.1", "nodes: warning: and 499900 more of these (nodes/blank-line)"},
		{"bad lines", strings.Repeat("x\n", 101), "nodes: error: and 1 more of these (nodes/address)"},
		{"duplicates", strings.Repeat("::1\n", 250_000), "nodes: error: and 249899 more of these (nodes/duplicate)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, _ := nodes.Parse("nodes", []byte(test.text))
			got := file.Validate()
			if len(got) != 101 || got[0].String() != test.first {
				t.Errorf("%d findings, the first of which is %v; want 101 and %s", len(got), got[0], test.first)
			}
		})
	}
	full, _ := nodes.Parse("nodes", []byte(strings.Repeat("x\n", 100)))
	if got := full.Validate(); len(got) != 100 || got[0].Line != 1 {
		t.Errorf("%d findings, the first of which is %v; want 100", len(got), got[0])
	}
}

func TestValidateZeroFile(t *testing.T) {
	var file nodes.File
	want := []finding.Finding{{
		ID: nodes.FindingNoNodes, Severity: finding.Error, File: "nodes", Message: "there is no node, so ctdbd does not start",
	}}
	if diff := cmp.Diff(want, file.Validate()); diff != "" {
		t.Errorf("Validate (-want +got):\n%s", diff)
	}
}
