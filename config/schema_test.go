package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// dumps are what ctdb-config dump prints without a ctdb.conf, in Debian's packages.
var dumps = map[string]string{
	"4.13.13": `[logging]
	# location = file:/var/log/ctdb/log.ctdb
	# log level = ERROR
[cluster]
	# transport = tcp
	# node address = 
	# recovery lock = 
` + databaseDump + `[failover]
	# disabled = false
[legacy]
	# realtime scheduling = true
	# recmaster capability = true
	# lmaster capability = true
	# start as stopped = false
	# start as disabled = false
	# script log level = ERROR
`,
	"4.17.12": `[logging]
	# location = file:/var/log/ctdb/log.ctdb
	# log level = ERROR
[cluster]
	# transport = tcp
	# node address = 
	# cluster lock = 
	# recovery lock = 
	# leader timeout = 5
	# leader capability = true
` + databaseDump + `[failover]
	# disabled = false
` + legacyDump,
	"4.22.11": newDump,
	"4.25.1":  newDump,
}

const databaseDump = `[database]
	# volatile database directory = /var/lib/ctdb/volatile
	# persistent database directory = /var/lib/ctdb/persistent
	# state database directory = /var/lib/ctdb/state
	# lock debug script = 
	# tdb mutexes = true
[event]
	# debug script = 
`

const legacyDump = `[legacy]
	# realtime scheduling = true
	# lmaster capability = true
	# start as stopped = false
	# start as disabled = false
	# script log level = ERROR
`

const newDump = `[logging]
	# location = file:/var/log/ctdb/log.ctdb
	# log level = NOTICE
[cluster]
	# transport = tcp
	# node address = 
	# cluster lock = 
	# recovery lock = 
	# nodes list = 
	# leader timeout = 5
	# leader capability = true
` + databaseDump + `[failover]
	# disabled = false
	# shutdown extra timeout = 0
	# shutdown failover timeout = 10
` + legacyDump

// dumpDefaults prints the schema as ctdb-config dump does.
func dumpDefaults(r release.Release, p config.Paths) string {
	var b strings.Builder
	section := ""
	for option := range config.Known(r) {
		if option.Section != section {
			section = option.Section
			b.WriteString("[" + section + "]\n")
		}
		b.WriteString("\t# " + option.Key + " = " + config.DefaultText(option, p) + "\n")
	}
	return b.String()
}

func TestKnown(t *testing.T) {
	t.Parallel()
	paths := config.Paths{DatabaseDir: "/var/lib/ctdb", LogFile: "/var/log/ctdb/log.ctdb"}
	for version, want := range dumps {
		if diff := cmp.Diff(want, dumpDefaults(parseRelease(t, version), paths)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
	}
	if diff := cmp.Diff(newDump, dumpDefaults(release.Release{}, paths)); diff != "" {
		t.Errorf("the unknown release (-newest +got):\n%s", diff)
	}
	if got := dumpDefaults(parseRelease(t, "4.8.12"), paths); got != "" {
		t.Errorf("4.8 has options:\n%s", got)
	}
	for option := range config.Known(release.Release{}) {
		if option.Key != "location" {
			t.Errorf("the first option is %v", option)
		}
		break
	}
}

// TestLogLevelDefault: 4.18.11 is the last release with ERROR, and 4.19.0 the first with NOTICE.
func TestLogLevelDefault(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"4.9.0": "ERROR", "4.18.11": "ERROR", "4.19.0": "NOTICE", "4.25.1": "NOTICE",
	} {
		option, ok := config.FindOption(parseRelease(t, version), "logging", "log level")
		if !ok || option.Default != want {
			t.Errorf("%s: %q, want %q", version, option.Default, want)
		}
	}
}

func TestFindOption(t *testing.T) {
	t.Parallel()
	tests := []struct {
		section, key string
		want         bool
	}{
		{"logging", "log level", true},
		{"LOGGING", "log level", true},
		{"LogGing", "log level", true},
		{"logging", "Log level", false},
		{"logging", "log  level", false},
		{"logging", "log\tlevel", false},
		{" logging", "log level", false},
		{"cluster", "log level", false},
		{"", "log level", false},
		{"logging", "", false},
		{"cluſter", "transport", false}, // which strings.EqualFold takes for an s
	}
	for _, test := range tests {
		option, ok := config.FindOption(release.Release{}, test.section, test.key)
		if ok != test.want || ok && (option.Section != "logging" || option.Key != test.key) {
			t.Errorf("FindOption(%q, %q) = %v, %v, want %v", test.section, test.key, option, ok, test.want)
		}
	}
}
