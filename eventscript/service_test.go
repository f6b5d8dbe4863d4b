package eventscript_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/eventscript"
)

func v(minor int) release.Release { return release.Release{Major: 4, Minor: minor} }

// TestCatalogue holds the scripts of each release, as its source has them.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	scripts := func(added string, removed ...string) func([]string) []string {
		return func(before []string) []string {
			after := slices.DeleteFunc(slices.Clone(before), func(s string) bool { return slices.Contains(removed, s) })
			after = append(after, strings.Fields(added)...)
			slices.Sort(after)
			return after
		}
	}
	var want []string
	for _, step := range []struct {
		from, to int
		change   func([]string) []string
	}{
		{2, 3, scripts("00.ctdb 01.reclock 10.interface 11.natgw 11.routing 13.per_ip_routing 20.multipathd 31.clamd " +
			"40.fs_use 40.vsftpd 41.httpd 49.winbind 50.samba 60.ganesha 60.nfs 62.cnfs 70.iscsi 91.lvs 99.timeout")},
		{4, 4, scripts("05.system 10.external", "40.fs_use", "60.ganesha", "62.cnfs")},
		{5, 8, scripts("06.nfs")},
		{9, 12, scripts("", "10.external", "99.timeout")},
		{13, 19, scripts("48.netbios")},
		{20, 20, scripts("47.samba-dcerpcd")},
		{21, 21, scripts("46.update-keytabs", "06.nfs")},
		{22, 24, scripts("95.database")},
		{25, 26, scripts("15.network")},
	} {
		want = step.change(want)
		for minor := step.from; minor <= step.to; minor++ {
			if diff := cmp.Diff(want, catalogueOf(v(minor))); diff != "" {
				t.Errorf("4.%d (-want +got):\n%s", minor, diff)
			}
		}
	}
	if diff := cmp.Diff(want, catalogueOf(release.Release{})); diff != "" {
		t.Errorf("the newest (-want +got):\n%s", diff)
	}
}

func catalogueOf(r release.Release) []string {
	var names []string
	for p := range eventscript.Catalogue(r) {
		names = append(names, p.Name)
	}
	return names
}

// TestServicesAreComplete: each script is in one service or is one that CTDB needs.
func TestServicesAreComplete(t *testing.T) {
	t.Parallel()
	for minor := 2; minor <= 26; minor++ {
		in := map[string]int{}
		for _, s := range eventscript.Services(v(minor)) {
			for _, script := range s.Scripts {
				in[script]++
			}
		}
		for p := range eventscript.Catalogue(v(minor)) {
			if (in[p.Name] == 1) != (p.Service != "") || in[p.Name] > 1 || p.Doc == "" || !strings.HasSuffix(p.Doc, ".") {
				t.Errorf("4.%d: %+v is in %d services", minor, p, in[p.Name])
			}
		}
	}
	for first := range eventscript.Catalogue(release.Release{}) {
		if first.Name != "00.ctdb" {
			t.Errorf("the first is %s", first.Name)
		}
		break
	}
}

func TestServices(t *testing.T) {
	t.Parallel()
	tests := map[string]map[int][]string{
		"samba": {
			12: {"50.samba"}, 13: {"50.samba", "48.netbios"}, 19: {"50.samba", "48.netbios"},
			20: {"50.samba", "47.samba-dcerpcd", "48.netbios"},
		},
		"winbind": {8: {"49.winbind"}, 25: {"49.winbind"}},
		"nfs":     {4: {"60.nfs"}, 5: {"60.nfs", "06.nfs"}, 20: {"60.nfs", "06.nfs"}, 21: {"60.nfs"}},
		"network": {24: nil, 25: {"15.network"}},
	}
	for name, releases := range tests {
		for minor, want := range releases {
			var got []string
			for _, s := range eventscript.Services(v(minor)) {
				if s.Name == name {
					got = s.Scripts
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s of 4.%d (-want +got):\n%s", name, minor, diff)
			}
		}
	}
	mine := eventscript.Services(v(25))
	mine[0].Scripts[0] = "changed"
	if diff := cmp.Diff([]string{"31.clamd"}, eventscript.Services(v(25))[0].Scripts); diff != "" {
		t.Errorf("a caller changed it:\n%s", diff)
	}
}

// own are services of a caller that have scripts in common.
var own = []eventscript.Service{
	{Name: "files", Scripts: []string{"60.nfs", "50.samba.script", "50.samba"}},
	{Name: "mine", Scripts: []string{"81.mine", "82.other"}},
}

func TestEnableService(t *testing.T) {
	t.Parallel()
	const dir = packagedDir
	tests := map[string]struct {
		packaged string
		make     func(i image)
		release  release.Release
		service  string
		want     eventscript.ServiceChange
		err      error
	}{
		"all": {
			"48.netbios 50.samba", nil, v(17), "samba",
			eventscript.ServiceChange{Changed: []string{"48.netbios", "50.samba"}}, nil,
		},
		"one is enabled": {
			"48.netbios 50.samba", linkTo("50.samba.script", dir+"50.samba.script"), v(17), "samba",
			eventscript.ServiceChange{Changed: []string{"48.netbios"}, Unchanged: []string{"50.samba"}}, nil,
		},
		"somebody's own is as good": {
			"48.netbios 50.samba", modeOf("50.samba.script", 0o755), v(17), "samba",
			eventscript.ServiceChange{Changed: []string{"48.netbios"}, Unchanged: []string{"50.samba"}}, nil,
		},
		"one is missing": {"50.samba", nil, v(17), "samba", eventscript.ServiceChange{}, eventscript.ErrNoSuchScript},
		"one is missing in a release that is not known": {
			"50.samba", nil, release.Release{}, "samba", eventscript.ServiceChange{
				Service: eventscript.Service{Name: "samba", Scripts: []string{"50.samba", "47.samba-dcerpcd", "48.netbios"}},
				Changed: []string{"50.samba"}, Missing: []string{"47.samba-dcerpcd", "48.netbios"},
			}, nil,
		},
		"a script that only older releases have": {
			"06.nfs 60.nfs", nil, release.Release{}, "nfs", eventscript.ServiceChange{
				Service: eventscript.Service{Name: "nfs", Scripts: []string{"60.nfs", "06.nfs"}},
				Changed: []string{"06.nfs", "60.nfs"},
			}, nil,
		},
		"the main script is missing": {
			"48.netbios", nil, release.Release{}, "samba", eventscript.ServiceChange{}, eventscript.ErrNoSuchScript,
		},
		"one dangles": {
			"48.netbios 50.samba", linkTo("50.samba.script", "/nonexistent"), v(17), "samba",
			eventscript.ServiceChange{Changed: []string{"48.netbios"}}, eventscript.ErrDangling,
		},
		"the caller's": {
			"50.samba 60.nfs", nil, v(17), "files", eventscript.ServiceChange{
				Service: eventscript.Service{Name: "files", Scripts: []string{"60.nfs", "50.samba"}},
				Changed: []string{"50.samba", "60.nfs"},
			}, nil,
		},
		"local scripts": {
			"50.samba", func(i image) {
				i.mode("81.mine.script", "#!/bin/sh\n", 0o644)
				i.file("82.other.script", "#!/bin/sh\n")
			},
			v(17), "mine", eventscript.ServiceChange{
				Service: eventscript.Service{Name: "mine", Scripts: []string{"81.mine", "82.other"}},
				Changed: []string{"81.mine"}, Unchanged: []string{"82.other"},
			}, nil,
		},
		"unknown": {"50.samba", nil, v(17), "smb", eventscript.ServiceChange{}, eventscript.ErrNoSuchService},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			i := newImage(strings.Fields(test.packaged)...)
			defer i.remove()
			if test.make != nil {
				test.make(i)
			}
			f := eventscript.Files{Root: i.root, Release: test.release, Services: own}
			checkChange(t, test.want, test.err, func() (*eventscript.ServiceChange, error) {
				return f.EnableService(t.Context(), test.service)
			})
		})
	}
}

// checkChange compares what became of a service; a service without a name is that of samba in 4.17.
func checkChange(t *testing.T, want eventscript.ServiceChange, wantErr error,
	do func() (*eventscript.ServiceChange, error)) {
	t.Helper()
	got, err := do()
	if !errors.Is(err, wantErr) {
		t.Errorf("the error is %v, want %v", err, wantErr)
	}
	if got == nil {
		got = &eventscript.ServiceChange{}
	}
	if want.Service.Name == "" && got.Service.Name != "" {
		want.Service = eventscript.Service{Name: "samba", Scripts: []string{"50.samba", "48.netbios"}}
	}
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("change (-want +got):\n%s", diff)
	}
}

func TestDisableService(t *testing.T) {
	t.Parallel()
	right := func(scripts ...string) func(image) {
		return func(i image) {
			for _, script := range scripts {
				i.link(script+".script", packagedDir+script+".script")
			}
		}
	}
	tests := map[string]struct {
		make    func(i image)
		service string
		want    eventscript.ServiceChange
		err     error
	}{
		"all": {
			right("48.netbios", "50.samba", "49.winbind"), "samba",
			eventscript.ServiceChange{Changed: []string{"50.samba", "48.netbios"}}, nil,
		},
		"nothing is enabled": {
			right(), "samba", eventscript.ServiceChange{Unchanged: []string{"50.samba", "48.netbios"}}, nil,
		},
		"enabled by itself": {
			right("48.netbios"), "samba", eventscript.ServiceChange{
				Unchanged: []string{"50.samba"}, Left: []eventscript.Left{{Script: "48.netbios", Reason: eventscript.LeftByItself}},
			}, nil,
		},
		"needed": {
			right("48.netbios", "50.samba", "60.nfs"), "samba", eventscript.ServiceChange{
				Changed: []string{"48.netbios"},
				Left:    []eventscript.Left{{Script: "50.samba", Reason: eventscript.LeftNeeded, Needed: []string{"files"}}},
			}, eventscript.ErrLeftAlone,
		},
		"needed by what is not enabled": {
			right("48.netbios", "50.samba"), "samba", eventscript.ServiceChange{Changed: []string{"50.samba", "48.netbios"}},
			nil,
		},
		"somebody's own": {
			func(i image) { right("48.netbios")(i); i.file("50.samba.script", "#!/bin/sh\n") }, "samba",
			eventscript.ServiceChange{Left: []eventscript.Left{
				{Script: "50.samba", Reason: eventscript.LeftOwn}, {Script: "48.netbios", Reason: eventscript.LeftWithService},
			}}, eventscript.ErrLeftAlone,
		},
		"somebody's own, beside it": {
			func(i image) { right("50.samba")(i); i.file("48.netbios.script", "#!/bin/sh\n") }, "samba",
			eventscript.ServiceChange{
				Changed: []string{"50.samba"}, Left: []eventscript.Left{{Script: "48.netbios", Reason: eventscript.LeftOwn}},
			}, nil,
		},
		"a relative link is no other script": {
			func(i image) {
				i.link("50.samba.script", "{relative}/50.samba.script")
			}, "samba",
			eventscript.ServiceChange{Changed: []string{"50.samba"}, Unchanged: []string{"48.netbios"}}, nil,
		},
		"local scripts": {
			func(i image) { i.file("81.mine.script", "#!/bin/sh\n") }, "mine", eventscript.ServiceChange{
				Service: eventscript.Service{Name: "mine", Scripts: []string{"81.mine", "82.other"}},
				Changed: []string{"81.mine"}, Missing: []string{"82.other"},
			}, nil,
		},
		"contained in another": { // samba's script is one of files', so samba does not need it from files
			right("50.samba", "60.nfs"), "files", eventscript.ServiceChange{
				Service: eventscript.Service{Name: "files", Scripts: []string{"60.nfs", "50.samba"}},
				Changed: []string{"60.nfs", "50.samba"},
			}, nil,
		},
		"unknown": {right(), "", eventscript.ServiceChange{}, eventscript.ErrNoSuchService},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			i := newImage("48.netbios", "49.winbind", "50.samba", "60.nfs")
			defer i.remove()
			test.make(i)
			services := own
			if test.service == "files" {
				services = append(services, eventscript.Service{Name: "nfs", Scripts: []string{"06.nfs"}})
			}
			f := eventscript.Files{Root: i.root, Release: v(17), Services: services}
			checkChange(t, test.want, test.err, func() (*eventscript.ServiceChange, error) {
				return f.DisableService(t.Context(), test.service)
			})
			if _, err := os.Lstat(filepath.Join(i.dir(), "49.winbind.script")); what == "all" && err != nil {
				t.Errorf("another service's script: %v", err)
			}
		})
	}
}

// TestServiceRoundTrip: what is enabled is disabled again, and nothing else.
func TestServiceRoundTrip(t *testing.T) {
	t.Parallel()
	for minor := 9; minor <= 26; minor++ {
		i := newImage(catalogueOf(v(minor))...)
		i.link("00.ctdb.script", packagedDir+"00.ctdb.script")
		f := eventscript.Files{Root: i.root, Release: v(minor)}
		before := i.snapshot()
		for _, s := range eventscript.Services(v(minor)) {
			enabled, err := f.EnableService(t.Context(), s.Name)
			if err != nil || len(enabled.Changed) != len(s.Scripts) {
				t.Errorf("4.%d: enable %s: %+v (%v)", minor, s.Name, enabled, err)
			}
			disabled, err := f.DisableService(t.Context(), s.Name)
			if err != nil || len(disabled.Changed) != len(s.Scripts) {
				t.Errorf("4.%d: disable %s: %+v (%v)", minor, s.Name, disabled, err)
			}
		}
		if diff := cmp.Diff(before, i.snapshot()); diff != "" {
			t.Errorf("4.%d (-before +after):\n%s", minor, diff)
		}
		i.remove()
	}
}

func TestBadServices(t *testing.T) {
	t.Parallel()
	i := newImage("50.samba")
	defer i.remove()
	for _, s := range []eventscript.Service{
		{Name: "x"}, {Name: "x", Scripts: []string{"../50.samba"}}, {Name: "x", Scripts: []string{"50.samba", "-h"}},
	} {
		f := eventscript.Files{Root: i.root, Services: []eventscript.Service{s}}
		if _, err := f.EnableService(t.Context(), "samba"); !errors.Is(err, eventscript.ErrName) {
			t.Errorf("%v: %v", s, err)
		}
	}
	_, err := eventscript.Files{Root: i.root, Release: v(17)}.EnableService(t.Context(), "smb")
	const want = `there is no such service as "smb": want one of clamd, httpd, iscsi, lvs, multipathd, natgw, nfs, ` +
		"per_ip_routing, routing, samba, vsftpd, winbind"
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v", err)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	change := eventscript.ServiceChange{Left: []eventscript.Left{
		{Script: "50.samba", Reason: eventscript.LeftNeeded, Needed: []string{"files"}},
		{Script: "48.netbios", Reason: eventscript.LeftByItself},
	}}
	text, err := json.Marshal(change)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"service":{"name":"","scripts":null},"left":[` +
		`{"script":"50.samba","reason":"needed","needed":["files"]},{"script":"48.netbios","reason":"enabled by itself"}]}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	var back eventscript.ServiceChange
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(change, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	for got, want := range map[string]string{
		change.Left[0].String():                "50.samba: needed by [files]",
		change.Left[1].String():                "48.netbios: enabled by itself",
		eventscript.LeftOwn.String():           "somebody's own",
		eventscript.LeftWithService.String():   "its service goes on",
		eventscript.LeftReason(0).String():     "LeftReason(0)",
		eventscript.LeftReason(9).String():     "LeftReason(9)",
		eventscript.OriginInstalled.String():   "installed",
		eventscript.OriginLocal.String():       "local",
		eventscript.Origin(3).String():         "Origin(3)",
		eventscript.KindNone.String():          "none",
		eventscript.KindLink.String():          "link",
		eventscript.KindFile.String():          "file",
		eventscript.KindOther.String():         "other",
		eventscript.Kind(200).String():         "Kind(200)",
		eventscript.Script{Name: "x"}.String(): "  x",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	s := eventscript.Script{Name: "50.samba", Order: 50, Origin: local, Kind: link, Enabled: true, Target: "/x"}
	text, err = json.Marshal(s)
	const wantScript = `{"name":"50.samba","order":50,"origin":"local","installed":false,"enabled":true,"kind":"link",` +
		`"target":"/x"}`
	if err != nil || string(text) != wantScript {
		t.Errorf("JSON is %s (%v)", text, err)
	}
	var script eventscript.Script
	if err := json.Unmarshal(text, &script); err != nil || script.Kind != link || script.Origin != local {
		t.Errorf("read back: %+v (%v)", script, err)
	}
	for _, bad := range []string{`{"kind":"x"}`, `{"origin":""}`, `{"origin":"Origin(0)"}`} {
		if err := json.Unmarshal([]byte(bad), &script); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
