package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

func TestLog(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(s *site) { s.config.Log.Location = time.UTC })
	lines := strings.SplitAfter(logText, "\n")
	s.get("log").wants(t, http.StatusOK, `{"raw":`+quoted(logText)+`}`)
	for query, want := range map[string]string{
		"tail=1": lines[2], "tail=2": lines[1] + lines[2], "tail=0": "", "tail=100000": logText, "format=raw": logText,
		"since=2020-09-27T00:12:01Z": lines[1] + lines[2], "since=2020-09-27T00:12:01Z&tail=1": lines[2],
		"since=2021-01-01T00:00:00%2B01:00": "", "since=1h": "",
	} {
		s.get("log?"+query).wants(t, http.StatusOK, `{"raw":`+quoted(want)+`}`)
	}
	for _, query := range []string{
		"tail=", "tail=-1", "tail=x", "tail=100001", "tail=1e9", "tail=99999999999999999999", "since=", "since=yesterday",
		"since=-1h", "since=0s", "format=xml", "tail=1&tail=2", "follow=1",
	} {
		s.get("log?"+query).fails(t, http.StatusBadRequest, api.CodeQuery)
	}
}

func TestLogEntries(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(s *site) { s.config.Log.Location = time.UTC })
	s.write("log.ctdb", logText+"one more line of it\n")
	type entry struct{ Time, Program, PID, Script, Message, Event string }
	var got struct {
		Entries []struct {
			entry
			Details object
		}
	}
	if err := json.Unmarshal([]byte(s.get("log?format=entries&tail=3").body), &got); err != nil {
		t.Fatal(err)
	}
	want := []entry{
		{"2020-09-27T00:12:00.817799Z", "ctdb-recoverd", "5035", "", "Node 1 has changed flags - now 0x0  was 0x2", "node-flags"},
		{"2020-09-27T00:12:01.27705Z", "ctdb-recoverd", "5035", "", "Takeover run starting", "takeover-started"},
		{
			"2020-09-27T06:24:58.938942Z", "ctdb-eventd", "4711", "05.system",
			"05.system: WARNING: Filesystem / utilization 91% >= threshold 90%\none more line of it", "script-report",
		},
	}
	for i, e := range got.Entries {
		if diff := cmp.Diff(want[i], e.entry); diff != "" || e.Details == nil {
			t.Errorf("details %v, mismatch (-want +got)\n%s", e.Details, diff)
		}
	}
	if got := got.Entries[0].Details["new"]; got != "OK" {
		t.Errorf("new flags: %v", got)
	}
	s.write("log.ctdb", "")
	s.get("log?format=entries").wants(t, http.StatusOK, `{"entries":[]}`)
	s.get("log").wants(t, http.StatusOK, `{"raw":""}`)
}

// TestLogText holds that any bytes of a log become the JSON that package json would make of them, however they are
// split.
func TestLogText(t *testing.T) {
	t.Parallel()
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, text := range []string{
		string(all), strings.Repeat("é", 70_000), "x" + strings.Repeat("é", 70_000), strings.Repeat("\U0001F600", 40_000),
		"xyz" + strings.Repeat("\U0001F600", 40_000), "\u2028\u2029<>&\"\\\x7f", "cut \xe2\x82", "\xff\xfe", "\xed\xa0\x80",
		strings.Repeat("\xe2", 70_000),
	} {
		s := newSite(t)
		s.write("log.ctdb", text)
		var got struct{ Raw string }
		a := s.get("log")
		if err := json.Unmarshal([]byte(a.body), &got); err != nil || !utf8.ValidString(a.body) {
			t.Fatalf("%.20q: %v", text, err)
		}
		var want string
		data, err := json.Marshal(text)
		if err == nil {
			err = json.Unmarshal(data, &want)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got.Raw != want {
			t.Errorf("%.20q: got %.40q, want %.40q", text, got.Raw, want)
		}
	}
}

func TestLogElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("other.log", "2020/09/27 00:12:01.277050 ctdbd[1]: other\n")
	s.write("etc/ctdb.conf", "[logging]\nlocation = file:"+s.path("other.log")+"\n")
	s.get("log").wants(t, http.StatusOK, `{"raw":"2020/09/27 00:12:01.277050 ctdbd[1]: other\n"}`)
	for _, location := range []string{"syslog", "file:-", "file:" + s.path("nope")} {
		s.write("etc/ctdb.conf", "[logging]\nlocation = "+location+"\n")
		s.get("log").fails(t, http.StatusNotFound, api.CodeNoLog)
		s.get("log?tail=1").fails(t, http.StatusNotFound, api.CodeNoLog)
	}
	if err := os.Mkdir(s.path("nope"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.get("log").fails(t, http.StatusNotFound, api.CodeNoLog)
	s.write("etc/ctdb.conf", "[logging]\nlocation = nonsense\n") // ctdbd does not start with it
	s.get("log").wants(t, http.StatusOK, `{"raw":`+quoted(logText)+`}`)
}

func TestLogTailOfMany(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var all strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&all, "2026-11-21T21:%02d:%02d.%06d+00:00 mother ctdbd[1]: line %d\n", i/60%60, i%60, i, i)
	}
	s.write("log.ctdb", all.String())
	var got struct{ Raw string }
	if err := json.Unmarshal([]byte(s.get("log?tail=5000").body), &got); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(all.String(), "\n")
	if diff := cmp.Diff(strings.Join(lines[15_000:], ""), got.Raw); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
}
