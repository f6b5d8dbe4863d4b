package config_test

import (
	"path"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

var distributions = []config.Distribution{config.Debian, config.RedHat, config.SUSE, config.Upstream}

// packagedPaths is what all distributions' packages have, and the newest of Red Hat and SUSE.
func packagedPaths(change func(*config.Paths)) config.Paths {
	p := config.Paths{
		EtcDir: "/etc/ctdb", DataDir: "/usr/share/ctdb", VarDir: "/var/lib/ctdb", DatabaseDir: "/var/lib/ctdb",
		LockDir: "/run/ctdb", PIDDir: "/run/ctdb", SocketDir: "/run/ctdb", HelperDir: "/usr/libexec/ctdb",
		Socket: "/run/ctdb/ctdbd.socket", LogFile: "/var/log/log.ctdb", SysconfigFile: "/etc/sysconfig/ctdb",
	}
	change(&p)
	return p
}

func oldDebian(helpers string) config.Paths {
	return packagedPaths(func(p *config.Paths) {
		p.LockDir, p.PIDDir, p.SocketDir = "/var/run/ctdb", "/var/run/ctdb", "/var/run/ctdb"
		p.Socket, p.HelperDir = "/var/run/ctdb/ctdbd.socket", helpers
		p.LogFile, p.SysconfigFile = "/var/log/ctdb/log.ctdb", "/etc/default/ctdb"
	})
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	at := func(minor int) release.Release { return release.Release{Major: 4, Minor: minor} }
	debian := packagedPaths(func(p *config.Paths) {
		p.LogFile, p.SysconfigFile = "/var/log/ctdb/log.ctdb", "/etc/default/ctdb"
	})
	debian425 := debian
	debian425.LockDir, debian425.PIDDir, debian425.SocketDir = "/run/samba/ctdb", "/run/samba/ctdb", "/run/samba/ctdb"
	redHat := packagedPaths(func(*config.Paths) {})
	suse := packagedPaths(func(p *config.Paths) { p.HelperDir = "/usr/lib64/ctdb" })
	suse49 := suse
	suse49.Socket = "/var/lib/ctdb/ctdb.socket"
	suse32 := packagedPaths(func(p *config.Paths) { p.HelperDir = "/usr/lib/ctdb" })
	const arm, arm64 = "arm-linux-gnueabihf", "aarch64-linux-gnu"
	debian413, debian413arm := oldDebian("/usr/lib/x86_64-linux-gnu/ctdb"), oldDebian("/usr/lib/aarch64-linux-gnu/ctdb")
	tests := []struct {
		name   string
		layout config.Layout
		want   config.Paths
	}{
		{"zero value", config.Layout{}, debian425},
		{"Debian 4.25", config.Layout{Release: at(25)}, debian425},
		{"Debian 4.24", config.Layout{Release: at(24)}, debian},
		{"Debian 4.17", config.Layout{Release: at(17), Triplet: arm64}, debian},
		{"Debian 4.16", config.Layout{Release: at(16)}, debian},
		{"Debian 4.15", config.Layout{Release: at(15)}, debian413},
		{"Debian 4.13 on ARM", config.Layout{Release: at(13), Triplet: arm64}, debian413arm},
		{"Debian 4.13 on nonsense", config.Layout{Release: at(13), Triplet: "../etc"}, debian413},
		{"something else", config.Layout{Distribution: 99}, debian425},
		{"Red Hat", config.Layout{Distribution: config.RedHat}, redHat},
		{"Red Hat 4.19", config.Layout{Distribution: config.RedHat, Release: at(19)}, redHat},
		{"SUSE", config.Layout{Distribution: config.SUSE}, suse},
		{"SUSE 4.10", config.Layout{Distribution: config.SUSE, Release: at(10), Triplet: "s390x-linux-gnu"}, suse},
		{"SUSE 4.9", config.Layout{Distribution: config.SUSE, Release: at(9), Triplet: arm64}, suse49},
		{"SUSE, 32 bits", config.Layout{Distribution: config.SUSE, Triplet: arm}, suse32},
		{"upstream", config.Layout{Distribution: config.Upstream}, config.Paths{
			EtcDir: "/usr/local/etc/ctdb", DataDir: "/usr/local/share/ctdb", VarDir: "/usr/local/var/lib/ctdb",
			DatabaseDir: "/usr/local/var/lib/ctdb", LockDir: "/usr/local/var/run/ctdb",
			PIDDir: "/usr/local/var/run/ctdb", SocketDir: "/usr/local/var/run/ctdb", HelperDir: "/usr/local/libexec/ctdb",
			Socket: "/usr/local/var/run/ctdb/ctdbd.socket", LogFile: "/usr/local/var/log/log.ctdb",
			SysconfigFile: "/etc/sysconfig/ctdb",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.layout.Paths()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestLayoutsAreComplete wants each field of each layout to be a clean absolute path, and the helpers where HelperDirs
// says.
func TestLayoutsAreComplete(t *testing.T) {
	t.Parallel()
	for _, distribution := range distributions {
		for minor := 5; minor < 30; minor++ {
			layout := config.Layout{Distribution: distribution, Release: release.Release{Major: 4, Minor: minor}}
			paths := layout.Paths()
			fields := reflect.ValueOf(paths)
			for i := range fields.NumField() {
				if got := fields.Field(i).String(); !path.IsAbs(got) || path.Clean(got) != got {
					t.Errorf("%+v has %s = %q", layout, fields.Type().Field(i).Name, got)
				}
			}
			if !slices.Contains(config.HelperDirs(), paths.HelperDir) {
				t.Errorf("%+v has its helpers in %s, where nobody looks", layout, paths.HelperDir)
			}
		}
	}
}

func TestTestPaths(t *testing.T) {
	t.Parallel()
	want := config.Paths{
		EtcDir: "/some/dir", DataDir: "/some/dir/share", VarDir: "/some/dir/var", DatabaseDir: "/var/lib/ctdb",
		LockDir: "/some/dir/run", PIDDir: "/some/dir/run", SocketDir: "/some/dir/run", HelperDir: "/usr/libexec/ctdb",
		Socket: "/some/dir/run/ctdbd.socket", LogFile: "/var/log/ctdb/log.ctdb",
	}
	for _, base := range []string{"/some/dir", "/some//dir/", "/some/./dir"} {
		if diff := cmp.Diff(want, config.Layout{}.TestPaths(base)); diff != "" {
			t.Errorf("in %s (-want +got):\n%s", base, diff)
		}
	}
	got := config.Layout{Distribution: config.Upstream}.TestPaths("/some/dir")
	want.DatabaseDir, want.HelperDir = "/usr/local/var/lib/ctdb", "/usr/local/libexec/ctdb"
	want.LogFile = "/usr/local/var/log/log.ctdb"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("upstream (-want +got):\n%s", diff)
	}
}

func TestHelperDirsAreTheCallers(t *testing.T) {
	t.Parallel()
	want := config.HelperDirs()
	clear(config.HelperDirs())
	if diff := cmp.Diff(want, config.HelperDirs()); diff != "" {
		t.Errorf("changed (-before +after):\n%s", diff)
	}
}

func TestDistributionNames(t *testing.T) {
	t.Parallel()
	var got []string
	for _, distribution := range append(distributions, -1) {
		got = append(got, distribution.String())
	}
	if diff := cmp.Diff([]string{"Debian", "Red Hat", "SUSE", "upstream", "unknown"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
