package finding_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"cluster lock", "recovery lock", "leader timeout", "log level", "nodes list", ""}
	tests := map[string]string{
		"cluster lock":            "cluster lock",
		"Cluster Lock":            "cluster lock",
		"log\tlevel":              "log level",
		"log_level":               "log level",
		"loglevel":                "log level",
		"lgo level":               "log level",
		"log leve":                "log level",
		"node list":               "nodes list",
		"leader time-out":         "leader timeout",
		"recovrey lokc":           "recovery lock",
		"lock":                    "",
		"":                        "",
		"log level of the daemon": "",
		"x":                       "",
		strings.Repeat("x", 1e6):  "",
	}
	for word, want := range tests {
		got, ok := finding.Nearest(word, slices.Values(known))
		if got != want || ok != (want != "") {
			t.Errorf("Nearest(%.30q) = %q, %v, want %q", word, got, ok, want)
		}
	}
	if got, ok := finding.Nearest("abcdefgh", slices.Values([]string{strings.Repeat("abcdefgh", 1e5), "abcdefg"})); !ok || got != "abcdefg" {
		t.Errorf("beside a long word it gives %.30q, %v", got, ok)
	}
}
