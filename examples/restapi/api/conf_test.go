package api_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

func TestConf(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.get("conf").wants(t, http.StatusOK, `{"raw":`+quoted(confText)+`}`)
	for _, text := range []string{
		strings.ReplaceAll(confText, "mother", "robin"), "", "# only a comment", "[cluster]\r\n", "[unknown]\nx = y\n",
		"# é \U0001F600 <&> \u2028\n",
	} {
		got := s.post("conf", `{"raw":`+quoted(text)+`}`)
		got.wants(t, http.StatusOK, `{}`)
		if diff := cmp.Diff(text, s.read("etc/ctdb.conf")); diff != "" {
			t.Errorf("mismatch (-want +got)\n%s", diff)
		}
		again := s.get("conf")
		again.wants(t, http.StatusOK, `{"raw":`+quoted(text)+`}`)
		if got.header.Get("ETag") != again.header.Get("ETag") || again.header.Get("ETag") == "" {
			t.Errorf("%q: POST %q, GET %q", text, got.header.Get("ETag"), again.header.Get("ETag"))
		}
	}
}

// TestConfRefused has texts that a release refuses or drops. The file stays as it was.
func TestConfRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, id string
		release        release.Release
	}{
		{"a value", "[logging]\nlog level = LOUD\n", "ctdb.conf/value", release.Release{Major: 4, Minor: 22}},
		{"a directory that is not there", "[database]\nvolatile database directory = /nope\n", "ctdb.conf/value", old},
		{"an option that is dropped with all others", "[cluster\nrecovery lock = /x\n", "ctdb.conf/dropped", old},
		{"no name", "[cluster]\n= x\n", "ctdb.conf/dropped", release.Release{Major: 4, Minor: 25}},
		{"a timeout of the newer release", "[cluster]\nleader timeout = 0\n", "ctdb.conf/value", release.Release{Major: 4, Minor: 17}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, ofRelease(test.release))
			for _, query := range []string{"", "?dry_run=1"} {
				e := s.post("conf"+query, `{"raw":`+quoted(test.text)+`}`).fails(t, http.StatusUnprocessableEntity, api.CodeRefused)
				i := slices.IndexFunc(e.Findings, func(f finding.Finding) bool { return f.ID == test.id && f.Severity == finding.Error })
				if i < 0 || e.Findings[i].Line == 0 || e.Field != "raw" {
					t.Errorf("got %+v", e)
				}
			}
			s.unchanged()
		})
	}
	// What the older release ignores is not refused.
	newSite(t, ofRelease(old)).post("conf", `{"raw":"[cluster]\nleader timeout = 0\n"}`).wants(t, http.StatusOK, "{}")
}

func TestConfDryRun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	got := s.post("conf?dry_run=1", `{"raw":"[logging]\nlog level = DEBUG\n[custer]\n"}`)
	var d struct {
		Changes  []api.Change
		Findings []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(got.body), &d); err != nil || got.status != http.StatusOK {
		t.Fatalf("%v: %d %s", err, got.status, got.body)
	}
	want := []api.Change{
		{Kind: "changed", Option: "[logging] log level", Old: "NOTICE", New: "DEBUG"},
		{Kind: "changed", Option: "[cluster] cluster lock", Old: "/lfsmnt/mother/.ctdb/lock"},
	}
	if diff := cmp.Diff(want, d.Changes); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	if len(d.Findings) == 0 || d.Findings[len(d.Findings)-1].ID != "ctdb.conf/unknown-section" {
		t.Errorf("findings: %+v", d.Findings)
	}
	s.unchanged()
}

func TestConfMissing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if err := os.Remove(s.path("etc/ctdb.conf")); err != nil {
		t.Fatal(err)
	}
	tag := s.get("conf").header.Get("ETag")
	s.get("conf").wants(t, http.StatusOK, `{"raw":""}`)
	s.post("conf", `{"raw":"[cluster]\n"}`, "If-Match", tag).wants(t, http.StatusOK, `{}`)
	if got := s.read("etc/ctdb.conf"); got != "[cluster]\n" {
		t.Errorf("got %q", got)
	}
}

// TestConfNotUTF8 holds that bytes that JSON can't hold are not lost by a round trip.
func TestConfNotUTF8(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("etc/ctdb.conf", "# caf\xe9\n[cluster]\n")
	got := s.get("conf")
	got.wants(t, http.StatusOK, `{"raw":"# caf`+"\ufffd"+`\n[cluster]\n"}`)
	s.post("conf", got.body).fails(t, http.StatusBadRequest, api.CodeField)
	if got := s.read("etc/ctdb.conf"); got != "# caf\xe9\n[cluster]\n" {
		t.Errorf("got %q", got)
	}
}

// TestConfBroken holds that a ctdb.conf that CTDB drops is shown, and can be mended.
func TestConfBroken(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("etc/ctdb.conf", "[cluster\n")
	for _, path := range []string{"nodes", "addresses", "log"} {
		if got := s.get(path); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	got := s.get("conf")
	got.wants(t, http.StatusOK, `{"raw":"[cluster\n"}`)
	s.post("conf", `{"raw":"[cluster]\n"}`, "If-Match", got.header.Get("ETag")).wants(t, http.StatusOK, `{}`)
}

func TestConfTooLarge(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post("conf", `{"raw":"`+strings.Repeat("# x\\n", 1<<18)+`"}`).fails(t, http.StatusRequestEntityTooLarge, api.CodeTooLarge)
	s.unchanged()
	s.write("etc/ctdb.conf", strings.Repeat("#", 9<<20))
	s.get("conf").fails(t, http.StatusInternalServerError, api.CodeFile)
}
