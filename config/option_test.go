package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func parseRelease(t *testing.T, text string) release.Release {
	t.Helper()
	r, err := release.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// releases are the first of each series with another ctdb.conf, and those around the gaps.
var releases = []string{
	"4.2.0", "4.8.12", "4.9.0", "4.13.13", "4.15.13", "4.16.0", "4.17.12", "4.18.11", "4.19.0", "4.20.8",
	"4.21.0", "4.21.5", "4.21.6", "4.21.10", "4.22.0", "4.22.1", "4.22.2", "4.22.11", "4.23.0", "4.25.1", "5.0.0",
}

func TestOptionIn(t *testing.T) {
	t.Parallel()
	always := "4.9.0 4.13.13 4.15.13 4.16.0 4.17.12 4.18.11 4.19.0 4.20.8 " +
		"4.21.0 4.21.5 4.21.6 4.21.10 4.22.0 4.22.1 4.22.2 4.22.11 4.23.0 4.25.1 5.0.0 unknown "
	since416 := "4.16.0 4.17.12 4.18.11 4.19.0 4.20.8 " +
		"4.21.0 4.21.5 4.21.6 4.21.10 4.22.0 4.22.1 4.22.2 4.22.11 4.23.0 4.25.1 5.0.0 unknown "
	tests := []struct{ section, key, want string }{
		{"logging", "location", always},
		{"cluster", "recovery lock", always},
		{"cluster", "cluster lock", since416},
		{"cluster", "leader timeout", since416},
		{"cluster", "leader capability", since416},
		{"cluster", "nodes list", "4.22.0 4.22.1 4.22.2 4.22.11 4.23.0 4.25.1 5.0.0 unknown "},
		{"failover", "shutdown extra timeout", "4.21.6 4.21.10 4.22.2 4.22.11 4.23.0 4.25.1 5.0.0 unknown "},
		{"failover", "shutdown failover timeout", "4.21.6 4.21.10 4.22.2 4.22.11 4.23.0 4.25.1 5.0.0 unknown "},
		{"legacy", "recmaster capability", "4.9.0 4.13.13 4.15.13 "},
	}
	for _, test := range tests {
		t.Run(test.key, func(t *testing.T) {
			t.Parallel()
			option := findAny(t, test.section, test.key)
			in, found := "", ""
			for _, text := range append(releases[:len(releases):len(releases)], "") {
				var r release.Release
				if text != "" {
					r = parseRelease(t, text)
				}
				if option.In(r) {
					in += r.String() + " "
				}
				if _, ok := config.FindOption(r, test.section, test.key); ok {
					found += r.String() + " "
				}
			}
			if in != test.want || found != test.want {
				t.Errorf("In:         %s\nFindOption: %s\nwant:       %s", in, found, test.want)
			}
		})
	}
}

// findAny finds an option of any release.
func findAny(t *testing.T, section, key string) config.Option {
	t.Helper()
	for option := range config.AllOptions() {
		if option.Section == section && option.Key == key {
			return option
		}
	}
	t.Fatalf("there is no option [%s] %s", section, key)
	return config.Option{}
}

func TestOptionFacts(t *testing.T) {
	t.Parallel()
	v416 := release.Release{Major: 4, Minor: 16}
	want := []config.Option{
		{Section: "logging", Key: "location", Rule: config.IsLocation, HostDefault: true},
		{Section: "logging", Key: "log level", Rule: config.IsLogLevel, Default: "NOTICE"},
		{
			Section: "cluster", Key: "recovery lock", Rule: config.IsLock, Deprecated: v416,
			Successor: config.OptionName{Section: "cluster", Key: "cluster lock"},
		},
		{Section: "cluster", Key: "leader timeout", Type: config.Integer, Rule: config.IsPositive, Default: "5", Since: v416},
		{
			Section: "legacy", Key: "recmaster capability", Type: config.Bool, Default: "true", Until: v416,
			Successor: config.OptionName{Section: "cluster", Key: "leader capability"},
		},
	}
	for _, option := range want {
		if diff := cmp.Diff(option, findAny(t, option.Section, option.Key)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", option, diff)
		}
	}
}

// TestSuccessors: what replaces an option is one that the newest release has, and that is of the same type.
func TestSuccessors(t *testing.T) {
	t.Parallel()
	for option := range config.AllOptions() {
		gone := !option.Deprecated.IsZero() || !option.Until.IsZero()
		if gone != (option.Successor != config.OptionName{}) {
			t.Errorf("%v: until %v, successor %v", option, option.Until, option.Successor)
		}
		if !gone {
			continue
		}
		next, ok := config.FindOption(release.Release{}, option.Successor.Section, option.Successor.Key)
		if !ok || next.Type != option.Type || next.Default != option.Default {
			t.Errorf("%v is replaced by %+v, %v", option, next, ok)
		}
	}
}

func TestTypeString(t *testing.T) {
	t.Parallel()
	for want, typ := range map[string]config.Type{
		"string": config.String, "boolean": config.Bool, "integer": config.Integer, "Type(7)": 7,
	} {
		if typ.String() != want {
			t.Errorf("String gives %q, want %q", typ, want)
		}
	}
	if got := findAny(t, "cluster", "leader timeout").String(); got != "[cluster] leader timeout" {
		t.Errorf("the option prints as %q", got)
	}
}
