package tunables_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// ids gives "LINE:COL SEVERITY ID" for each finding.
func ids(found []finding.Finding) string {
	var all []string
	for _, f := range found {
		all = append(all, fmt.Sprintf("%d:%d %v %s", f.Line, f.Col, f.Severity, strings.TrimPrefix(f.ID, "tunables/")))
	}
	return strings.Join(all, ", ")
}

func TestValidate(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, newest, old string }{
		{"fine", "# a\n\nRecoverTimeout=41\n", "", ""},
		{"unknown", "Nope=1\n", "1:1 error unknown", "1:1 error unknown"},
		{"obsolete", "LCP2PublicIPs=1\n", "1:1 warning obsolete", "1:1 error obsolete"},
		{"value", "RecoverTimeout=x\n", "1:16 error value", "1:16 error value"},
		{"binary", "RecoverTimeout=0b1\n", "1:16 error value", "1:16 warning ignored-text"},
		{"no value", "RecoverTimeout=\nx\n", "1:1 error no-value, 2:1 error no-value", "1:1 error no-value, 2:1 error unknown"},
		{"section", "[a]\n", "1:1 error section", "1:1 error unknown"},
		{"syntax", "=1\n", "1:1 error syntax", "1:1 warning syntax"},
		{"open", "[a\nNope=1\n", "1:1 error syntax", "1:1 error unknown, 2:1 error unknown"},
		{"duplicate", "RecoverTimeout=1\nrecovertimeout=1\n", "2:1 warning duplicate", "2:1 warning duplicate"},
		{"octal", "RecoverTimeout=010\nKeepaliveLimit=07\n", "1:16 warning octal", "1:16 warning octal"},
		{"hexadecimal", "RecoverTimeout=0x10\n", "1:16 note hexadecimal", "1:16 note hexadecimal"},
		{"truncated", "RecoverTimeout=4294967296\n", "1:16 warning truncated", "1:16 warning truncated"},
		{"off", "EnableBans=0\nAllowClientDBAttach=0\n", "1:12 warning off, 2:21 warning off", "1:12 warning off, 2:21 warning off"},
		{"range", "IPAllocAlgorithm=3\nNoIPFailback=5\n", "1:18 warning range, 2:14 note range", "1:18 warning range, 2:14 note range"},
		{"sample", "# MutexEnabled=0\nMutexEnabled=0\n", "1:1 note sample, 2:1 error unknown", "1:1 note sample, 2:1 error unknown"},
		{"trailing", "RecoverTimeout=5 # c\n", "1:16 error value", "1:16 warning ignored-text"},
		{"blanks", "RecoverTimeout = 5\n KeepaliveLimit=5 \n", "", "1:1 error blanks, 2:1 error blanks"},
		{"blank line", " \n\t\n", "", "1:1 error blank-line, 2:1 error blank-line"},
		{"comments", "; a\n # b\n", "", "1:1 error comment, 2:1 error comment"},
		{"continued", "# a\\\nRecoverTimeout=5\n", "", "1:1 warning continued"},
		{"return", "# a\r\nRecoverTimeout=5\r\n\r\n", "", "2:16 note carriage-return, 3:1 error blank-line"},
		{"no newline", "RecoverTimeout=5", "", "1:1 warning no-newline"},
		{"no newline to miss", "# a", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, _ := tunables.Parse("f", []byte(test.text)) // Validate says more
			if diff := cmp.Diff(test.newest, ids(f.Validate(release.Release{}))); diff != "" {
				t.Errorf("newest (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.old, ids(f.Validate(minor(13)))); diff != "" {
				t.Errorf("4.13 (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidateOld(t *testing.T) {
	t.Parallel()
	f, _ := tunables.Parse("f", []byte("RecoverTimeout=\nKeepaliveLimit=x\nRecdFailCount= -1\n")) // Validate says more
	if got := ids(f.Validate(minor(9))); got != "1:16 warning no-value, 2:16 warning value, 3:15 warning truncated" {
		t.Errorf("4.9: %s", got)
	}
	if got := ids(f.Validate(minor(8))); got != "2:1 warning not-read" {
		t.Errorf("4.8: %s", got)
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"MonitorIntervall":       "MonitorInterval",
		"monitor_interval":       "MonitorInterval",
		"KeepAliveLimt":          "KeepaliveLimit",
		"MutexEnabled":           "packaged sample",
		"Frobnicate":             "",
		"x":                      "",
		strings.Repeat("x", 100): "",
	}
	for name, want := range tests {
		found := mustParse(t, name+"=1\n").Validate(release.Release{})
		if len(found) != 1 || found[0].ID != tunables.FindingUnknown {
			t.Fatalf("%s: %v", name, found)
		}
		_, rest, _ := strings.Cut(found[0].Message, "called ")
		if want == "" && strings.Contains(rest, "did you mean") || !strings.Contains(rest, want) {
			t.Errorf("%s: %s", name, rest)
		}
	}
	many := mustParse(t, strings.Repeat("MonitorIntervall=1\n", 200)).Validate(release.Release{})
	if len(many) != 200 || strings.Contains(many[199].Message, "did you mean") {
		t.Errorf("%d findings, the last is %v", len(many), many[199])
	}
}
