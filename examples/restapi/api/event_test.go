package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/eventscript"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

func event(service, action string) string {
	return `{"service":` + quoted(service) + `,"action":` + quoted(action) + `}`
}

// enabled gives the scripts that the simulated tool lists as enabled.
func (s *site) enabled() []string {
	s.t.Helper()
	list, err := s.cluster.Client(0).EventScripts(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	var all []string
	for _, script := range list.Scripts {
		if script.Enabled {
			all = append(all, script.Name)
		}
	}
	return all
}

func TestEvent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := s.enabled()
	tests := []struct {
		service string
		scripts []string
	}{
		{"samba", []string{"47.samba-dcerpcd", "48.netbios", "50.samba"}},
		{"nfs", []string{"60.nfs"}},
		{"winbind", []string{"49.winbind"}},
		{"httpd", []string{"41.httpd"}},
		{"40.vsftpd", []string{"40.vsftpd"}},
		{"40.vsftpd.script", []string{"40.vsftpd"}},
	}
	for _, test := range tests {
		for range 2 { // the second time it is so already
			s.post("event", event(test.service, "enable")).wants(t, http.StatusOK, "{}")
			var added []string
			for _, name := range s.enabled() {
				if !slices.Contains(before, name) {
					added = append(added, name)
				}
			}
			if diff := cmp.Diff(test.scripts, added); diff != "" {
				t.Errorf("%s: mismatch (-want +got)\n%s", test.service, diff)
			}
		}
		for range 2 {
			s.post("event", event(test.service, "disable")).wants(t, http.StatusOK, "{}")
			if diff := cmp.Diff(before, s.enabled()); diff != "" {
				t.Errorf("%s: mismatch (-before +after)\n%s", test.service, diff)
			}
		}
	}
}

// scriptFiles lays out event scripts in the file system and makes the API change them there.
func scriptFiles(s *site) {
	for _, name := range []string{"49.winbind", "50.samba", "48.netbios", "47.samba-dcerpcd", "60.nfs"} {
		s.write("share/events/legacy/"+name+".script", "#!/bin/sh\n")
		if err := os.Chmod(s.path("share/events/legacy/"+name+".script"), 0o755); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := os.MkdirAll(s.path("etc/events/legacy"), 0o755); err != nil {
		s.t.Fatal(err)
	}
	s.config.Paths.DataDir = s.path("share")
	s.config.Scripts = nil
}

func TestEventFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, scriptFiles)
	s.post("event", event("winbind", "enable")).wants(t, http.StatusOK, "{}")
	link := s.path("etc/events/legacy/49.winbind.script")
	if target, err := os.Readlink(link); err != nil || target != s.path("share/events/legacy/49.winbind.script") {
		t.Errorf("got %s, %v", target, err)
	}
	s.post("event", event("winbind", "disable")).wants(t, http.StatusOK, "{}")
	if _, err := os.Lstat(link); !os.IsNotExist(err) {
		t.Errorf("the link is still there: %v", err)
	}
	// Somebody's own script is left alone, and the answer says so.
	s.write("etc/events/legacy/50.samba.script", "#!/bin/sh\n")
	own := s.path("etc/events/legacy/50.samba.script")
	if err := os.Chmod(own, 0o755); err != nil {
		t.Fatal(err)
	}
	e := s.post("event", event("samba", "disable")).fails(t, http.StatusConflict, api.CodeScriptAlone)
	if len(e.Left) == 0 || !strings.HasPrefix(e.Left[0], "50.samba: ") {
		t.Errorf("got %+v", e)
	}
	if info, err := os.Stat(own); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("got %v, %v", info, err)
	}
	s.post("event", event("50.samba", "disable")).wants(t, http.StatusOK, "{}")
}

func TestEventRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, scriptFiles)
	legacy := s.path("etc/events/legacy")
	if err := os.Symlink("/nowhere", filepath.Join(legacy, "70.gone.script")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		service string
		status  int
		code    api.Code
	}{
		{"nope", 404, api.CodeNoScript},
		{"99.nope", 404, api.CodeNoScript},
		{"samba.", 404, api.CodeNoScript},
		{"x.script", 404, api.CodeNoScript},
		{"70.gone", 409, api.CodeBadScript},
	} {
		s.post("event", event(test.service, "enable")).fails(t, test.status, test.code)
	}
	var left []string
	entries, err := os.ReadDir(legacy)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if diff := cmp.Diff([]string{"70.gone.script"}, left); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
}

// The two kinds of scripts that there are.
var (
	_ api.Scripts = eventscript.Files{}
	_ api.Scripts = eventscript.Tool{}
)
