package config_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

var (
	r413 = release.Release{Major: 4, Minor: 13}
	r417 = release.Release{Major: 4, Minor: 17}
	r422 = release.Release{Major: 4, Minor: 22, Patch: 11}
)

func settingsOf(t testing.TB, f *config.File, r release.Release) config.Settings {
	t.Helper()
	e, err := f.Effective(r, config.Env{FS: host()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.Settings()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSetSettings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		release    release.Release
		data, want string
		change     func(*config.Settings)
	}{
		"nothing": {r422, packaged, packaged, func(*config.Settings) {}},
		"what is so, however it is written": {r422, "[logging]\nlog level = D\n[legacy]\nlmaster capability = No\n",
			"[logging]\nlog level = D\n[legacy]\nlmaster capability = No\n",
			func(s *config.Settings) { s.Logging.LogLevel, s.Legacy.LmasterCapability = config.LevelDebug, false }},
		"a level": {r422, "[logging]\nlog level = D\n", "[logging]\nlog level = INFO\n",
			func(s *config.Settings) { s.Logging.LogLevel = config.LevelInfo }},
		"back to the default": {r422, "[logging]\nlog level = D\n", "[logging]\nlog level = NOTICE\n",
			func(s *config.Settings) { s.Logging.LogLevel = config.LevelNotice }},
		"to none": {r422, "[cluster]\nnode address = 10.0.0.1\n", "[cluster]\n",
			func(s *config.Settings) { s.Cluster.NodeAddress = netip.Addr{} }},
		"an address": {r422, "[cluster]\n", "[cluster]\n\tnode address = fd00::1\n",
			func(s *config.Settings) { s.Cluster.NodeAddress = netip.MustParseAddr("fd00::1") }},
		"a lock before 4.16": {r413, "[cluster]\ncluster lock = /ignored\n", "[cluster]\ncluster lock = /ignored\nrecovery lock = /lock\n",
			func(s *config.Settings) { s.Cluster.Lock.File = "/lock" }},
		"a lock": {r417, "[cluster]\ncluster lock = /a\n", "[cluster]\ncluster lock = /lock\n",
			func(s *config.Settings) { s.Cluster.Lock.File = "/lock" }},
		"the lock is a recovery lock": {r417, "[cluster]\nrecovery lock = /a\n", "[cluster]\ncluster lock = !/bin/lock x\n",
			func(s *config.Settings) { s.Cluster.Lock = config.Lock{Command: "/bin/lock x"} }},
		"a recovery lock not in force": {r417, "[cluster]\nrecovery lock = /a\ncluster lock = /b\n", "[cluster]\ncluster lock = /c\n",
			func(s *config.Settings) { s.Cluster.Lock.File = "/c" }},
		"no lock": {r417, "[cluster]\nrecovery lock = /a\n", "[cluster]\n",
			func(s *config.Settings) { s.Cluster.Lock = config.Lock{} }},
		"a setting that an earlier one beats": {r417, "[legacy]\nstart as stopped = yes\nstart as stopped = no\n",
			"[legacy]\nstart as stopped = false\n", func(s *config.Settings) { s.Legacy.StartAsStopped = false }},
		"recmaster": {r413, "[legacy]\nrecmaster capability = no\n", "[legacy]\nrecmaster capability = true\n",
			func(s *config.Settings) { s.Cluster.LeaderCapability = true }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := parse(t, test.data)
			s := settingsOf(t, f, test.release)
			test.change(&s)
			if err := f.SetSettings(test.release, config.Env{FS: host()}, s); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(f.Bytes())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := settingsOf(t, f, test.release); got != s {
				t.Errorf("the settings are %+v, want %+v", got, s)
			}
		})
	}
}

func TestSetSettingsRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		release release.Release
		data    string
		want    error
		change  func(*config.Settings)
	}{
		"nodes list before 4.22": {r417, "", config.ErrNoOption, func(s *config.Settings) { s.Cluster.NodesList.File = "/x" }},
		"timeout before 4.16":    {r413, "", config.ErrNoOption, func(s *config.Settings) { s.Cluster.LeaderTimeout = 7 * time.Second }},
		"no leader timeout":      {r422, "", config.ErrLeaderTimeout, func(s *config.Settings) { s.Cluster.LeaderTimeout = 0 }},
		"a part of a second": {r422, "", config.ErrUnwritable,
			func(s *config.Settings) { s.Cluster.LeaderTimeout = time.Second / 2 }},
		"a negative timeout": {r422, "", config.ErrInteger, func(s *config.Settings) { s.Failover.ShutdownExtraTimeout = -1 }},
		"another transport":  {r422, "", config.ErrTransport, func(s *config.Settings) { s.Cluster.Transport = "ib" }},
		"a zone": {r422, "", config.ErrNodeAddress,
			func(s *config.Settings) { s.Cluster.NodeAddress = netip.MustParseAddr("fe80::1%eth0") }},
		"two kinds of lock": {r422, "", config.ErrUnwritable,
			func(s *config.Settings) { s.Cluster.Lock = config.Lock{File: "/a", Command: "/b"} }},
		"blanks": {r422, "", config.ErrUnwritable, func(s *config.Settings) { s.Cluster.Lock.File = "/a  b" }},
		"no such directory": {r422, "", config.ErrNoDirectory,
			func(s *config.Settings) { s.Database.StateDirectory = "/none" }},
		"no such script": {r422, "", config.ErrNoScript, func(s *config.Settings) { s.Event.DebugScript = "none" }},
		"a file that is refused": {r422, "[logging]\nlog level = x\n", config.ErrLogLevel,
			func(s *config.Settings) { s.Legacy.StartAsStopped = true }},
		"a file that is dropped": {r422, "[legacy]\nstart as stopped = yes\n[logging", config.ErrUnclosed,
			func(s *config.Settings) { s.Legacy.StartAsStopped = true }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _ := config.Parse("ctdb.conf", []byte(test.data)) // some are refused
			s := config.Defaults(test.release, config.Layout{Release: test.release}.Paths())
			test.change(&s)
			if err := f.SetSettings(test.release, config.Env{FS: host()}, s); !errors.Is(err, test.want) {
				t.Errorf("the error is %v, want %v", err, test.want)
			}
			if string(f.Bytes()) != test.data {
				t.Errorf("the file became %q", f.Bytes())
			}
		})
	}
}

// TestUselessLock: CTDB loads a lock without a command, but there is no value for it.
func TestUselessLock(t *testing.T) {
	t.Parallel()
	e, err := parse(t, "[cluster]\nrecovery lock = !\n").Effective(r417, config.Env{FS: host()})
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := e.Lookup("CLUSTER", "recovery lock"); !ok || v.Text != "!" || !v.IsSet || v.Line != 2 {
		t.Errorf("the lock is %+v, %v", v, ok)
	}
	if s, err := e.Settings(); !errors.Is(err, config.ErrNoHelper) {
		t.Errorf("the settings are %+v, %v", s, err)
	}
}
