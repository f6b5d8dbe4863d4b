package config_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// odd has no field that is zero.
var odd = config.Settings{
	Logging: config.Logging{Location: file("/var/log/x"), LogLevel: config.LevelDebug},
	Cluster: config.Cluster{
		Transport: "tcp", NodeAddress: netip.MustParseAddr("fd00::1"), Lock: config.Lock{Command: "/bin/helper a"},
		NodesList: config.NodesList{File: "/etc/nodes"}, LeaderTimeout: 9 * time.Second, LeaderCapability: true,
	},
	Database: config.Database{
		VolatileDirectory: "/v", PersistentDirectory: "/p", StateDirectory: "/s",
		LockDebugScript: "l.sh", TDBMutexes: true,
	},
	Event:    config.Event{DebugScript: "d.sh"},
	Failover: config.Failover{Disabled: true, ShutdownExtraTimeout: 3 * time.Second, ShutdownFailoverTimeout: math.MaxInt32 * time.Second},
	Legacy: config.Legacy{
		RealtimeScheduling: true, LmasterCapability: true, StartAsStopped: true, StartAsDisabled: true,
		ScriptLogLevel: config.LevelInfo,
	},
}

// equal compares addresses with ==.
var equal = cmpopts.EquateComparable(netip.Addr{})

// TestOptionText writes all settings as text and reads them again, for releases with different options.
func TestOptionText(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.13.13", "4.17.12", "4.22.11", "4.25.1"} {
		var got config.Settings
		for option := range config.Known(parseRelease(t, version)) {
			text, err := config.OptionText(odd, option)
			if err != nil || text == "" {
				t.Errorf("%s: %v is written as %q, %v", version, option, text, err)
			}
			if err := config.SetOption(&got, option, text); err != nil {
				t.Errorf("%s: %v: %v", version, option, err)
			}
		}
		want := odd
		r := parseRelease(t, version)
		if !r.HasLeader() {
			want.Cluster.LeaderTimeout = 0
		}
		if !r.HasNodesList() {
			want.Cluster.NodesList = config.NodesList{}
		}
		if !r.HasShutdownTimeouts() {
			want.Failover.ShutdownExtraTimeout, want.Failover.ShutdownFailoverTimeout = 0, 0
		}
		if diff := cmp.Diff(want, got, equal); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
	}
}

// TestOddIsOdd: TestOptionText and TestSettingsJSON would not notice a field that is zero.
func TestOddIsOdd(t *testing.T) {
	t.Parallel()
	all := reflect.ValueOf(odd)
	for _, field := range all.Fields() {
		for name, value := range field.Fields() {
			if value.IsZero() {
				t.Errorf("%s is zero", name.Name)
			}
		}
	}
}

func TestSettingsJSON(t *testing.T) {
	t.Parallel()
	paths := config.Paths{DatabaseDir: "/var/lib/ctdb", LogFile: "/var/log/x"}
	for name, want := range map[string]config.Settings{
		"odd": odd, "zero": {}, "defaults": config.Defaults(release.Release{}, paths),
	} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got config.Settings
		if err := json.Unmarshal(data, &got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got, equal); diff != "" || got != want {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	data, err := json.MarshalIndent(odd, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(oddJSON, string(data)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

const oddJSON = `{
  "logging": {
    "location": "file:/var/log/x",
    "log_level": "DEBUG"
  },
  "cluster": {
    "transport": "tcp",
    "node_address": "fd00::1",
    "cluster_lock": "!/bin/helper a",
    "nodes_list": "/etc/nodes",
    "leader_timeout": 9000000000,
    "leader_capability": true
  },
  "database": {
    "volatile_database_directory": "/v",
    "persistent_database_directory": "/p",
    "state_database_directory": "/s",
    "lock_debug_script": "l.sh",
    "tdb_mutexes": true
  },
  "event": {
    "debug_script": "d.sh"
  },
  "failover": {
    "disabled": true,
    "shutdown_extra_timeout": 3000000000,
    "shutdown_failover_timeout": 2147483647000000000
  },
  "legacy": {
    "realtime_scheduling": true,
    "lmaster_capability": true,
    "start_as_stopped": true,
    "start_as_disabled": true,
    "script_log_level": "INFO"
  }
}`

// TestSetOption has texts that ctdbd refuses, and what it reads as something else.
func TestSetOption(t *testing.T) {
	t.Parallel()
	tests := []struct {
		section, key, text string
		want               string // as it is written again
		err                error
	}{
		{"logging", "location", "file:/a:b", "file:/a", nil},
		{"logging", "location", "stderr", "", config.ErrLocation},
		{"logging", "log level", "warn", "WARNING", nil},
		{"logging", "log level", "CRIT", "", config.ErrLogLevel},
		{"legacy", "script log level", "10", "DEBUG", nil},
		{"legacy", "script log level", "11", "", config.ErrLogLevel},
		{"cluster", "transport", "tcp", "tcp", nil},
		{"cluster", "transport", "TCP", "", config.ErrTransport},
		{"cluster", "transport", "ib", "", config.ErrTransport},
		{"cluster", "node address", "10.0.0.1", "10.0.0.1", nil},
		{"cluster", "node address", "FD00:0::0A", "fd00::a", nil},
		{"cluster", "node address", "::ffff:10.0.0.1", "::ffff:10.0.0.1", nil},
		{"cluster", "node address", "fe80::1%eth0", "", config.ErrNodeAddress},
		{"cluster", "node address", "10.0.0.01", "", config.ErrNodeAddress},
		{"cluster", "node address", "10.0.0.1:4379", "", config.ErrNodeAddress},
		{"cluster", "node address", "localhost", "", config.ErrNodeAddress},
		{"cluster", "recovery lock", "/x y", "/x y", nil},
		{"cluster", "cluster lock", "!  /x  y", "!/x y", nil},
		{"cluster", "cluster lock", "!", "", config.ErrNoHelper},
		{"cluster", "nodes list", "!", "", nodes.ErrNoCommand},
		{"cluster", "leader timeout", "0x10", "16", nil},
		{"cluster", "leader timeout", "08", "", config.ErrLeaderTimeout},
		{"cluster", "leader timeout", "-1", "", config.ErrInteger},
		{"cluster", "leader capability", "No", "false", nil},
		{"legacy", "recmaster capability", "YES", "true", nil},
		{"legacy", "recmaster capability", "1", "", config.ErrBool},
		{"failover", "shutdown extra timeout", "10s", "10", nil},
		{"failover", "shutdown extra timeout", "junk", "0", nil},
		{"failover", "shutdown failover timeout", "2147483648", "", config.ErrInteger},
		{"event", "debug script", "/a b/c.sh", "/a b/c.sh", nil},
	}
	for _, test := range tests {
		t.Run(test.key+" "+test.text, func(t *testing.T) {
			t.Parallel()
			option := findAny(t, test.section, test.key)
			var settings config.Settings
			err := config.SetOption(&settings, option, test.text)
			if test.err != nil {
				if !errors.Is(err, test.err) || settings != (config.Settings{}) {
					t.Errorf("error %v, want %v; settings %+v", err, test.err, settings)
				}
				return
			}
			text, writeErr := config.OptionText(settings, option)
			if text != test.want || err != nil || writeErr != nil {
				t.Errorf("%q, %v, %v, want %q", text, err, writeErr, test.want)
			}
		})
	}
}

// TestLocks: what is deprecated does not replace what is in force.
func TestLocks(t *testing.T) {
	t.Parallel()
	var s config.Settings
	recovery, cluster := findAny(t, "cluster", "recovery lock"), findAny(t, "cluster", "cluster lock")
	for _, step := range []struct {
		option config.Option
		text   string
		want   config.Lock
	}{
		{recovery, "/old", config.Lock{File: "/old"}},
		{cluster, "/new", config.Lock{File: "/new"}},
		{recovery, "!", config.Lock{File: "/new"}},
		{cluster, "!/newer", config.Lock{Command: "/newer"}},
	} {
		if err := config.SetOption(&s, step.option, step.text); err != nil || s.Cluster.Lock != step.want {
			t.Errorf("%v = %s: %+v, %v, want %+v", step.option, step.text, s.Cluster.Lock, err, step.want)
		}
	}
}

func TestUnknownOption(t *testing.T) {
	t.Parallel()
	unknown := config.Option{Section: "logging", Key: "Location"}
	var s config.Settings
	if err := config.SetOption(&s, unknown, "syslog"); err == nil || s != (config.Settings{}) {
		t.Errorf("set: %v, %+v", err, s)
	}
	if text, err := config.OptionText(s, unknown); err == nil {
		t.Errorf("it is written as %q", text)
	}
}

// TestUnwritable has settings that ctdbd would refuse, or read as others.
func TestUnwritable(t *testing.T) {
	t.Parallel()
	type all = config.Settings
	for name, test := range map[string]struct {
		section, key string
		change       func(*all)
		want         error
	}{
		"location":  {"logging", "location", func(s *all) { s.Logging.Location.Path = "/a:b" }, config.ErrUnwritable},
		"level":     {"logging", "log level", func(s *all) { s.Logging.LogLevel = 5 }, config.ErrLogLevel},
		"transport": {"cluster", "transport", func(s *all) { s.Cluster.Transport = "ib" }, config.ErrTransport},
		"lock":      {"cluster", "recovery lock", func(s *all) { s.Cluster.Lock.File = "/x" }, config.ErrUnwritable},
		"nodes":     {"cluster", "nodes list", func(s *all) { s.Cluster.NodesList.File = "!x" }, config.ErrUnwritable},
		"no leader": {"cluster", "leader timeout", func(s *all) { s.Cluster.LeaderTimeout = 0 }, config.ErrLeaderTimeout},
		"negative":  {"cluster", "leader timeout", func(s *all) { s.Cluster.LeaderTimeout = -1 }, config.ErrInteger},
		"zone": {"cluster", "node address", func(s *all) {
			s.Cluster.NodeAddress = netip.MustParseAddr("fe80::1%lo")
		}, config.ErrNodeAddress},
		"below 0": {"failover", "shutdown extra timeout", func(s *all) {
			s.Failover.ShutdownExtraTimeout = -1
		}, config.ErrInteger},
	} {
		s, option := odd, findAny(t, test.section, test.key)
		test.change(&s)
		text, err := config.OptionText(s, option)
		if !errors.Is(err, test.want) || text != "" {
			t.Errorf("%s: it is written as %q, error %v, want %v", name, text, err, test.want)
		}
		if err != nil && !strings.HasPrefix(err.Error(), option.String()+": ") {
			t.Errorf("%s: the error does not name the option: %v", name, err)
		}
	}
}

// TestNoText: settings that are none have no text.
func TestNoText(t *testing.T) {
	t.Parallel()
	for _, name := range [][2]string{
		{"logging", "location"}, {"cluster", "transport"}, {"cluster", "node address"}, {"cluster", "cluster lock"},
		{"cluster", "nodes list"}, {"database", "lock debug script"}, {"event", "debug script"},
	} {
		text, err := config.OptionText(config.Settings{}, findAny(t, name[0], name[1]))
		if text != "" || err != nil {
			t.Errorf("%v: %q, %v", name, text, err)
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	want := config.Settings{
		Logging: config.Logging{Location: file("/var/log/ctdb/log.ctdb"), LogLevel: config.LevelNotice},
		Cluster: config.Cluster{Transport: "tcp", LeaderTimeout: 5 * time.Second, LeaderCapability: true},
		Database: config.Database{
			VolatileDirectory: "/db/volatile", PersistentDirectory: "/db/persistent", StateDirectory: "/db/state",
			TDBMutexes: true,
		},
		Failover: config.Failover{ShutdownFailoverTimeout: 10 * time.Second},
		Legacy:   config.Legacy{RealtimeScheduling: true, LmasterCapability: true},
	}
	paths := config.Paths{DatabaseDir: "/db", LogFile: "/var/log/ctdb/log.ctdb"}
	if diff := cmp.Diff(want, config.Defaults(release.Release{}, paths), equal); diff != "" {
		t.Errorf("newest (-want +got):\n%s", diff)
	}
	want.Logging.LogLevel = config.LevelError
	want.Failover.ShutdownFailoverTimeout = 0
	if diff := cmp.Diff(want, config.Defaults(parseRelease(t, "4.17.12"), paths), equal); diff != "" {
		t.Errorf("4.17 (-want +got):\n%s", diff)
	}
	want.Cluster.LeaderTimeout = 0
	if diff := cmp.Diff(want, config.Defaults(parseRelease(t, "4.13.13"), paths), equal); diff != "" {
		t.Errorf("4.13 (-want +got):\n%s", diff)
	}
	want.Logging.Location = config.Location{}
	want.Database = config.Database{TDBMutexes: true}
	if diff := cmp.Diff(want, config.Defaults(parseRelease(t, "4.13.13"), config.Paths{}), equal); diff != "" {
		t.Errorf("4.13 without paths (-want +got):\n%s", diff)
	}
}
