package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// upgradeTest is a file before and after an upgrade, and the plan of it, a line of showChange for each change.
type upgradeTest struct {
	from, to    string
	data, after string
	plan        []string
}

// showChange shows all of a change.
func showChange(c config.Change) string {
	to := fmt.Sprintf(" -> [%s] %s", c.To.Section, c.To.Key)
	switch {
	case c.To.Section == c.Option.Section && c.To.Key == c.Option.Key:
		to = ""
	case c.To.Section+c.To.Key == "":
		to = " -> nothing"
	}
	return fmt.Sprintf("%v [%s] %s = %s%s", c.Kind, c.Option.Section, c.Option.Key, c.Value, to)
}

func showPlan(changes []config.Change) []string {
	var shown []string
	for _, c := range changes {
		shown = append(shown, showChange(c))
	}
	return shown
}

// What upgrades across 4.19 plan for a file that leaves the log level open.
const (
	pinnedError  = "pinned [logging] log level = ERROR"
	pinnedNotice = "pinned [logging] log level = NOTICE"
)

// head is the first part of the file that Debian's packages install, in all releases, with their log level.
const head = `# See ctdb.conf(5) for documentation
#
# See ctdb-script.options(5) for documentation about event script
# options

[logging]
	# Enable logging to syslog
	location = syslog

	# Default log level
	log level = NOTICE

`

// upgrades go up and down between releases.
var upgrades = map[string]upgradeTest{
	"nothing": {"4.13.0", "4.18.0", "", "", nil},
	"the packaged file": {
		"4.13.14", "4.25.0",
		head + "[cluster]\n\t# recovery lock = !/bin/false RECOVERY LOCK NOT CONFIGURED\n",
		head + "[cluster]\n\t# recovery lock = !/bin/false RECOVERY LOCK NOT CONFIGURED\n", nil,
	},
	"a file of 4.13": {
		"4.13.14", "4.25.0",
		head + `[cluster]
	# Shared recovery lock file to avoid split brain.
	#
	# recovery lock = !/bin/false RECOVERY LOCK NOT CONFIGURED
    recovery  lock= !/usr/lib/ctdb/helper  /shared/lock 5	# hers
	; mine
	node address = 10.0.0.1

[legacy]
	# remote site
	recmaster capability = No
	start as disabled = true
`,
		head + `[cluster]
	# Shared recovery lock file to avoid split brain.
	#
	# recovery lock = !/bin/false RECOVERY LOCK NOT CONFIGURED
    cluster lock= !/usr/lib/ctdb/helper  /shared/lock 5	# hers
	; mine
	node address = 10.0.0.1
	leader capability = false

[legacy]
	# remote site
	start as disabled = true
`,
		[]string{
			"renamed [cluster] recovery lock = !/usr/lib/ctdb/helper /shared/lock 5\t# hers -> [cluster] cluster lock",
			"renamed [legacy] recmaster capability = false -> [cluster] leader capability",
		},
	},
	"a file of 4.25": {
		"4.25.0", "4.13.14",
		head + `[Cluster]
	leader capability = no
	# list
	nodes list = \
		/shared/nodes
	leader timeout = 5
	cluster lock = /shared/lock
[failover]
	shutdown extra timeout = 3
`,
		head + `[Cluster]
	# list
	# nodes list = \
# 		/shared/nodes
	# leader timeout = 5
	recovery lock = /shared/lock
[failover]
	# shutdown extra timeout = 3

[legacy]
	recmaster capability = false
`,
		[]string{
			"renamed [cluster] cluster lock = /shared/lock -> [cluster] recovery lock",
			"lost [cluster] nodes list = /shared/nodes -> nothing",
			"lost [cluster] leader timeout = 5 -> nothing",
			"renamed [cluster] leader capability = false -> [legacy] recmaster capability",
			"lost [failover] shutdown extra timeout = 3 -> nothing",
		},
	},

	"lock to 4.15":          {"4.13.0", "4.15.0", "[cluster]\nrecovery lock = /l\n", "[cluster]\nrecovery lock = /l\n", nil},
	"lock to 4.16":          {"4.15.0", "4.16.0", "[cluster]\nrecovery lock = /l\n", "[cluster]\ncluster lock = /l\n", renamedLock},
	"lock from 4.16":        {"4.16.0", "4.15.0", "[cluster]\ncluster lock = /l\n", "[cluster]\nrecovery lock = /l\n", renamedBack},
	"deprecated lock":       {"4.17.0", "4.18.0", "[cluster]\nrecovery lock = /l\n", "[cluster]\ncluster lock = /l\n", renamedLock},
	"deprecated lock, down": {"4.17.0", "4.13.0", "[cluster]\nrecovery lock = /l\n", "[cluster]\nrecovery lock = /l\n", nil},
	"lock in several lines": {"4.15.0", "4.16.0", "[cluster]\n recovery \\\r\nlock = /\\\r\nl\r\n", "[cluster]\n cluster lock = /\\\r\nl\r\n", renamedLock},
	"lock that ends in \\": {
		"4.15.0", "4.16.0", "[cluster]\nrecovery lock = C:\\", "[cluster]\ncluster lock = C:\\",
		[]string{`renamed [cluster] recovery lock = C:\ -> [cluster] cluster lock`},
	},
	"several locks": {"4.15.0", "4.16.0", "[cluster]\nrecovery lock = /k\n[legacy]\n[CLUSTER]\nrecovery lock = /l\n",
		"[cluster]\n[legacy]\n[CLUSTER]\ncluster lock = /l\n", renamedLock},
	"both locks, known": {
		"4.17.0", "4.18.0", "[cluster]\nrecovery lock = /k\ncluster lock = /l\n", "[cluster]\nrecovery lock = /k\ncluster lock = /l\n", nil,
	},
	"both locks, up": {
		"4.15.0", "4.16.0", "[cluster]\nrecovery lock = /k\ncluster lock = /l\n", "[cluster]\ncluster lock = /l\n",
		[]string{"awoken [cluster] cluster lock = /l", "removed [cluster] recovery lock = /k -> [cluster] cluster lock"},
	},
	"both locks, down": {
		"4.16.0", "4.15.0", "[cluster]\nrecovery lock = /k\ncluster lock = /l\n", "[cluster]\nrecovery lock = /l\n", renamedBack,
	},

	"capability to 4.16": {
		"4.15.0", "4.16.0", "[legacy]\n\trecmaster capability = false\n", "[legacy]\n\n[cluster]\n\tleader capability = false\n",
		[]string{"renamed [legacy] recmaster capability = false -> [cluster] leader capability"},
	},
	"the default, to 4.16": {
		"4.15.0", "4.16.0", "[cluster]\n# leader capability = false\n[legacy]\nrecmaster capability=yes\n",
		"[cluster]\nleader capability = true\n[legacy]\n",
		[]string{"renamed [legacy] recmaster capability = true -> [cluster] leader capability"},
	},
	"both capabilities, up": {
		"4.15.0", "4.16.0", "[legacy]\nrecmaster capability = true\n[cluster]\nleader capability = false\n",
		"[legacy]\n[cluster]\nleader capability = false\n",
		[]string{
			"awoken [cluster] leader capability = false",
			"removed [legacy] recmaster capability = true -> [cluster] leader capability",
		},
	},
	"both capabilities, one the default": {
		"4.15.0", "4.16.0", "[legacy]\nrecmaster capability = false\n[cluster]\nleader capability = true\n",
		"[legacy]\n[cluster]\nleader capability = false\n",
		[]string{"renamed [legacy] recmaster capability = false -> [cluster] leader capability"},
	},
	"both capabilities, down": {
		"4.16.0", "4.15.0", "[legacy]\nrecmaster capability = false\n[cluster]\nleader capability = false\n",
		"[legacy]\nrecmaster capability = false\n[cluster]\n",
		[]string{
			"removed [cluster] leader capability = false -> [legacy] recmaster capability",
			"awoken [legacy] recmaster capability = false",
		},
	},
	"both capabilities, again": {
		"4.16.0", "4.18.0", "[legacy]\nrecmaster capability = false\n[cluster]\nleader capability = false\n",
		"[legacy]\nrecmaster capability = false\n[cluster]\nleader capability = false\n", nil,
	},

	"log level open":        {"4.18.0", "4.19.0", "[logging]\n", "[logging]\n\tlog level = ERROR\n", []string{pinnedError}},
	"log level open, empty": {"4.13.0", "4.25.0", "", "[logging]\n\tlog level = ERROR\n", []string{pinnedError}},
	"log level in a comment": {
		"4.17.0", "4.22.0", packaged, strings.Replace(packaged, "# log level = NOTICE", "log level = ERROR", 1), []string{pinnedError},
	},
	"log level open, down": {"4.19.0", "4.18.0", "[logging]\n", "[logging]\n\tlog level = NOTICE\n", []string{pinnedNotice}},
	"log level error":      {"4.18.0", "4.19.0", "[logging]\nlog level = ERROR\n", "[logging]\nlog level = ERROR\n", nil},
	"log level notice":     {"4.18.0", "4.19.0", "[logging]\nlog level = NOTICE\n", "[logging]\nlog level = NOTICE\n", nil},
	"log level down":       {"4.25.0", "4.13.0", "[logging]\nlog level = ERROR\n", "[logging]\nlog level = ERROR\n", nil},
	"log level of several": {
		"4.18.0", "4.19.0", "[logging]\nlog level = DEBUG\nlocation = syslog\nlog level = ERROR\n",
		"[logging]\nlocation = syslog\nlog level = DEBUG\n", []string{"pinned [logging] log level = DEBUG"},
	},
	"log level of several, notice": {
		"4.18.0", "4.19.0", "[logging]\nlog level = debug\nlog level = NOTICE\n", "[logging]\nlog level = NOTICE\n", []string{pinnedNotice},
	},
	"log level of several, equal": {
		"4.18.0", "4.19.0", "[logging]\nlog level = ERROR\nlog level = DEBUG\n", "[logging]\nlog level = ERROR\nlog level = DEBUG\n", nil,
	},

	"awoken": {
		"4.17.0", "4.22.2", "[logging]\nlog level = INFO\n[cluster]\nnodes list = /n\n[failover]\nshutdown extra timeout = 0x1\n",
		"[logging]\nlog level = INFO\n[cluster]\nnodes list = /n\n[failover]\nshutdown extra timeout = 0x1\n",
		[]string{"awoken [cluster] nodes list = /n", "awoken [failover] shutdown extra timeout = 1"},
	},
	"not looked for": {
		"4.15.0", "4.16.0", "[database]\nvolatile database directory = /none\nlock debug script = none\n[cluster]\nrecovery lock = /l\n",
		"[database]\nvolatile database directory = /none\nlock debug script = none\n[cluster]\ncluster lock = /l\n", renamedLock,
	},
	"lost on the way up": {
		"4.21.6", "4.22.1", "[failover]\nshutdown extra timeout = 1\n shutdown extra timeout = 2\n",
		"[failover]\n# shutdown extra timeout = 1\n # shutdown extra timeout = 2\n",
		[]string{"lost [failover] shutdown extra timeout = 2 -> nothing"},
	},
	"junk": {
		"4.13.0", "4.18.0", "x = 1\n[samba]\ny\n[cluster]\nfoo = bar \\\n \n[legacy]] z\nrecovery lock = /l\nRecmaster capability = no\n",
		"x = 1\n[samba]\ny\n[cluster]\nfoo = bar \\\n \n[legacy]] z\nrecovery lock = /l\nRecmaster capability = no\n", nil,
	},
}

var (
	renamedLock = []string{"renamed [cluster] recovery lock = /l -> [cluster] cluster lock"}
	renamedBack = []string{"renamed [cluster] cluster lock = /l -> [cluster] recovery lock"}
)

func TestUpgrade(t *testing.T) {
	t.Parallel()
	for name, test := range upgrades {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := releaseOf(t, test.from), releaseOf(t, test.to)
			f := parse(t, test.data)
			plan, err := f.PlanUpgrade(from, to)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.plan, showPlan(plan)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.data, string(f.Bytes())); diff != "" {
				t.Errorf("PlanUpgrade changes the file (-want +got):\n%s", diff)
			}
			if err := f.Upgrade(from, to); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.after, string(f.Bytes())); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
			checkCarried(t, f, from, to)
		})
	}
}

// checkCarried wants nothing left to do for a file that an upgrade went over.
func checkCarried(t *testing.T, f *config.File, from, to release.Release) {
	t.Helper()
	for _, first := range []release.Release{from, to} {
		plan, err := f.PlanUpgrade(first, to)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range plan {
			if c.Kind != config.Awoken {
				t.Errorf("from CTDB %v to %v it still plans: %v", first, to, c)
			}
		}
	}
}

// TestUpgradeBack: what a downgrade renames or writes down comes back.
func TestUpgradeBack(t *testing.T) {
	t.Parallel()
	const data = "[logging]\n\tlog level = INFO\n[cluster]\n\tcluster lock = /l # c\n\tleader capability = false\n[legacy]\n\ttdb = 1\n"
	for _, older := range []string{"4.9.0", "4.13.0", "4.15.0", "4.16.0", "4.17.0", "4.18.0", "4.19.0", "4.22.0", "4.25.0"} {
		f := parse(t, data)
		for _, step := range [][2]string{{"", older}, {older, ""}} {
			if err := f.Upgrade(releaseOf(t, step[0]), releaseOf(t, step[1])); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(data, string(f.Bytes())); diff != "" {
			t.Errorf("to CTDB %s and back (-want +got):\n%s", older, diff)
		}
	}
}

// TestUpgradeRefuses: an upgrade that is refused changes nothing.
func TestUpgradeRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from, to, data, want string
		is                   error
	}{
		"dropped":           {"4.13.0", "4.17.0", "[cluster]\nrecovery lock = /l\n[x\n", "ctdb.conf:3:1: " + config.ErrUnclosed.Error() + `, got "[x"`, config.ErrUnclosed},
		"refused before":    {"4.13.0", "4.17.0", "[cluster]\nrecovery lock =\n", "CTDB 4.13.0: ctdb.conf:2:16: [cluster] recovery lock: CTDB refuses the value: it is empty", config.ErrValue},
		"refused after":     {"4.13.0", "4.17.0", "[cluster]\nleader timeout = 0\n", `CTDB 4.17.0: ctdb.conf:2:18: [cluster] leader timeout: CTDB refuses the value: want a number of seconds above 0, got "0"`, config.ErrLeaderTimeout},
		"refused at last":   {"4.13.0", "", "[cluster]\nleader timeout = 0\n", `the newest CTDB: ctdb.conf:2:18: [cluster] leader timeout: CTDB refuses the value: want a number of seconds above 0, got "0"`, config.ErrLeaderTimeout},
		"no place to write": {"4.13.0", "4.25.0", "[cluster]\nx = y \\", `[logging] log level = "ERROR" is written down, since the default differs: `, config.ErrUnwritable},
	}
	for name, test := range tests {
		f, _ := config.Parse("ctdb.conf", []byte(test.data))
		err := f.Upgrade(releaseOf(t, test.from), releaseOf(t, test.to))
		if err == nil || !errors.Is(err, test.is) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
		if diff := cmp.Diff(test.data, string(f.Bytes())); diff != "" {
			t.Errorf("%s: file (-want +got):\n%s", name, diff)
		}
	}
}

// TestUpgradeKeepsUndo: an upgrade that fails on its way leaves what Unset knows of an earlier Set.
func TestUpgradeKeepsUndo(t *testing.T) {
	t.Parallel()
	const data = "[cluster]\n# recovery lock = /old\ncluster lock = /l\nleader capability = no\n[x]\ny = z \\"
	f := parse(t, data)
	if err := f.Set("cluster", "recovery lock", "/new"); err != nil {
		t.Fatal(err)
	}
	err := f.Upgrade(releaseOf(t, "4.16.0"), releaseOf(t, "4.15.0"))
	if !errors.Is(err, config.ErrUnwritable) || !strings.Contains(err.Error(), "leader capability") {
		t.Fatalf("Upgrade gives %v", err)
	}
	if err := f.Unset("cluster", "recovery lock"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(data, string(f.Bytes())); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

func TestChangeString(t *testing.T) {
	t.Parallel()
	f := parse(t, "[cluster]\nnodes list = "+strings.Repeat("x", 100)+"\ncluster lock = /l\nleader capability = no\n[legacy]\nrecmaster capability = no\n")
	plan, err := f.PlanUpgrade(release.Release{}, release.Release{Major: 4, Minor: 13})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`[logging] log level = "NOTICE" is written down, since the default differs`,
		`[cluster] cluster lock = "/l" becomes [cluster] recovery lock`,
		`[cluster] nodes list = "` + strings.Repeat("x", 64) + `..." becomes a comment, since there is no such option`,
		`[cluster] leader capability = "false" goes, since [legacy] recmaster capability is set`,
		`[legacy] recmaster capability = "false" takes effect`,
	}
	var got []string
	for _, c := range plan {
		got = append(got, c.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	for kind, want := range map[config.ChangeKind]string{0: "ChangeKind(0)", config.Awoken + 1: "ChangeKind(6)", config.Lost: "lost"} {
		if got := kind.String(); got != want {
			t.Errorf("kind %d is %q, want %q", uint8(kind), got, want)
		}
	}
	if got := (config.Change{}).String(); got != "ChangeKind(0)" {
		t.Errorf("no change is %q", got)
	}
}
