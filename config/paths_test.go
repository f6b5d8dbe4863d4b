package config_test

import (
	"path"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// placesOf gives what all methods derive, by name.
func placesOf(p config.Paths, r release.Release) map[string]string {
	return map[string]string{
		"ConfFile":            p.ConfFile(r),
		"NodesFile":           p.NodesFile(),
		"PublicAddressesFile": p.PublicAddressesFile(),
		"TunablesFile":        p.TunablesFile(),
		"TunablesDir":         p.TunablesDir(),
		"ScriptOptionsFile":   p.ScriptOptionsFile(),
		"OptionsFile":         p.OptionsFile("50.samba"),
		"ScriptDir":           p.ScriptDir(r),
		"InstalledScriptDir":  p.InstalledScriptDir(),
		"NotificationDir":     p.NotificationDir(r),
		"VolatileDir":         p.VolatileDir(r),
		"PersistentDir":       p.PersistentDir(),
		"StateDir":            p.StateDir(),
		"PIDFile":             p.PIDFile(),
		"EventdSocket":        p.EventdSocket(r),
		"Helper":              p.Helper("ctdb-event"),
	}
}

// distinctPaths has another directory in each field, so that a place that is derived from a wrong one shows.
var distinctPaths = config.Paths{
	EtcDir: "/e", DataDir: "/d", VarDir: "/v", DatabaseDir: "/db", LockDir: "/l", PIDDir: "/p", SocketDir: "/s",
	HelperDir: "/h", Socket: "/so/ck", LogFile: "/lo/g", SysconfigFile: "/sys/config",
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	newest := map[string]string{
		"ConfFile":            "/e/ctdb.conf",
		"NodesFile":           "/e/nodes",
		"PublicAddressesFile": "/e/public_addresses",
		"TunablesFile":        "/e/ctdb.tunables",
		"TunablesDir":         "/e/tunables.d",
		"ScriptOptionsFile":   "/e/script.options",
		"OptionsFile":         "/e/events/legacy/50.samba.options",
		"ScriptDir":           "/e/events/legacy",
		"InstalledScriptDir":  "/d/events/legacy",
		"NotificationDir":     "/e/events/notification",
		"VolatileDir":         "/db/volatile",
		"PersistentDir":       "/db/persistent",
		"StateDir":            "/db/state",
		"PIDFile":             "/p/ctdbd.pid",
		"EventdSocket":        "/s/eventd.socket",
		"Helper":              "/h/ctdb-event",
	}
	if diff := cmp.Diff(newest, placesOf(distinctPaths, release.Release{})); diff != "" {
		t.Errorf("unknown release (-want +got):\n%s", diff)
	}
	tests := []struct {
		name    string
		release release.Release
		want    map[string]string // what differs from the newest
	}{
		{"4.9.0", release.Release{Major: 4, Minor: 9}, nil},
		{"4.8.12", release.Release{Major: 4, Minor: 8, Patch: 12}, map[string]string{
			"ConfFile": "/e/ctdbd.conf", "ScriptDir": "/e/events.d", "NotificationDir": "/e/notify.d",
			"VolatileDir": "/db", "EventdSocket": "/s/eventd.sock",
		}},
		{"4.6.0", release.Release{Major: 4, Minor: 6}, map[string]string{
			"ConfFile": "/e/ctdbd.conf", "ScriptDir": "/e/events.d", "NotificationDir": "/e/notify.d",
			"VolatileDir": "/db", "EventdSocket": "/s/eventd.sock",
		}},
		{"4.5.16", release.Release{Major: 4, Minor: 5, Patch: 16}, map[string]string{
			"ConfFile": "/e/ctdbd.conf", "ScriptDir": "/e/events.d", "NotificationDir": "/e/notify.d",
			"VolatileDir": "/db", "EventdSocket": "",
		}},
		{"4.4.16", release.Release{Major: 4, Minor: 4, Patch: 16}, map[string]string{
			"ConfFile": "/sys/config", "ScriptDir": "/e/events.d", "NotificationDir": "/e/notify.d",
			"VolatileDir": "/db", "EventdSocket": "",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := placesOf(distinctPaths, test.release)
			for name, place := range newest {
				if place == got[name] {
					delete(got, name)
				}
			}
			if len(test.want)+len(got) == 0 {
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("differs from the newest (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnknownPlaces wants that nothing is derived from what is not known.
func TestUnknownPlaces(t *testing.T) {
	t.Parallel()
	for _, r := range []release.Release{{}, {Major: 4, Minor: 8}, {Major: 4, Minor: 6}, {Major: 4, Minor: 4}} {
		for name, place := range placesOf(config.Paths{}, r) {
			if place != "" {
				t.Errorf("%v: the zero value has %s = %q", r, name, place)
			}
		}
	}
}

func TestPlacesOfNames(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("x", 255)
	longer := longest[len(".options"):]
	tests := []struct{ name, options, helper string }{
		{"00.ctdb", "/e/events/legacy/00.ctdb.options", "/h/00.ctdb"},
		{"a b", "/e/events/legacy/a b.options", "/h/a b"},
		{longest, "", "/h/" + longest},
		{longer, "/e/events/legacy/" + longer + ".options", "/h/" + longer},
		{longest + "x", "", ""},
		{"", "", ""},
		{".", "", ""},
		{"..", "", ""},
		{".hidden", "", ""},
		{"-h", "", ""},
		{"/etc/passwd", "", ""},
		{"../nodes", "", ""},
		{"a/b", "", ""},
		{"a\x00b", "", ""},
	}
	for _, test := range tests {
		if got := distinctPaths.OptionsFile(test.name); got != test.options {
			t.Errorf("OptionsFile(%q) = %q, want %q", test.name, got, test.options)
		}
		if got := distinctPaths.Helper(test.name); got != test.helper {
			t.Errorf("Helper(%q) = %q, want %q", test.name, got, test.helper)
		}
	}
}

// TestOr fills each field alone, whatever fields there are.
func TestOr(t *testing.T) {
	t.Parallel()
	for i := range reflect.TypeFor[config.Paths]().NumField() {
		var known config.Paths
		reflect.ValueOf(&known).Elem().Field(i).SetString("/known")
		want := distinctPaths
		reflect.ValueOf(&want).Elem().Field(i).SetString("/known")
		if diff := cmp.Diff(want, known.Or(distinctPaths)); diff != "" {
			t.Errorf("one field known (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(known, known.Or(config.Paths{})); diff != "" {
			t.Errorf("nothing to fill in (-want +got):\n%s", diff)
		}
	}
}

// FuzzPlaces wants a name to lead to a file in its directory or nowhere.
func FuzzPlaces(f *testing.F) {
	for _, name := range []string{"50.samba", "", ".", "..", "-n", "a/b", "../../x", "a\x00", "x\n"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		options, helper := distinctPaths.OptionsFile(name), distinctPaths.Helper(name)
		if options != "" && (path.Dir(options) != "/e/events/legacy" || path.Base(options) != name+".options") {
			t.Errorf("OptionsFile(%q) = %q", name, options)
		}
		if helper != "" && (path.Dir(helper) != "/h" || path.Base(helper) != name) {
			t.Errorf("Helper(%q) = %q", name, helper)
		}
	})
}
