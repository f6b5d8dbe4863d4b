package ctdblog_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// readLog gives the bytes of a log, which may be compressed.
func readLog(t testing.TB, path string) []byte {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// logs gives the logs of real clusters: those in testdata, and those that $GOCTDB_LOGS matches.
func logs(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/logs/*/*.log.gz")
	if err != nil || len(paths) < 50 {
		t.Fatalf("only %d logs: %v", len(paths), err)
	}
	more, err := filepath.Glob(os.Getenv("GOCTDB_LOGS"))
	if err != nil {
		t.Fatal(err)
	}
	return append(paths, more...)
}

// TestLogs reads logs of real clusters of four releases whole.
func TestLogs(t *testing.T) {
	t.Parallel()
	entries := 0
	for _, path := range logs(t) {
		rest := readLog(t, path)
		var last time.Time
		for e, err := range ctdblog.ScanFile(ctdblog.Options{Path: path, Location: time.UTC}) {
			if err != nil {
				t.Fatal(err)
			}
			entries++
			var whole bool
			if rest, whole = bytes.CutPrefix(rest, e.Raw); !whole || e.Truncated > 0 {
				t.Fatalf("%s:%d: %q is not what is there", e.File, e.Line, e.Raw)
			}
			checkEntry(t, e)
			if e.Time.Before(last.Add(-time.Second)) {
				t.Errorf("%s:%d: %v, which is before %v", e.File, e.Line, e.Time, last)
			}
			last = e.Time
		}
		if len(rest) > 0 {
			t.Errorf("%s: %d bytes were not read", path, len(rest))
		}
	}
	if entries < 70_000 {
		t.Errorf("only %d entries were looked at", entries)
	}
}

// checkEntry holds that an entry of a daemon's own file has what it has to have.
func checkEntry(t *testing.T, e ctdblog.Entry) {
	t.Helper()
	if e.Form != ctdblog.FormISO && e.Form != ctdblog.FormLocal || e.PID == 0 || !strings.HasPrefix(e.Program, "ctdb") ||
		(e.Host == "") != (e.Form == ctdblog.FormLocal) || e.Level.IsReported() {
		t.Errorf("%s:%d: %+v", e.File, e.Line, e)
	}
	layout := "2006/01/02 15:04:05.999999"
	text := string(e.Raw[:len(layout)])
	if e.Form == ctdblog.FormISO {
		layout = time.RFC3339Nano
		text, _, _ = strings.Cut(string(e.Raw), " ")
	}
	if want, err := time.Parse(layout, text); err != nil || !e.Time.Equal(want) {
		t.Errorf("%s:%d: the time is %v, want %v (%v)", e.File, e.Line, e.Time, want, err)
	}
}

// TestKinds holds that logs of all releases have events of these kinds.
func TestKinds(t *testing.T) {
	t.Parallel()
	everywhere := []ctdblog.Kind{
		ctdblog.KindNodeFlags, ctdblog.KindNodeConnected, ctdblog.KindNodeUnresponsive, ctdblog.KindNodeDead,
		ctdblog.KindTakeoverStarted, ctdblog.KindTakeoverFinished, ctdblog.KindTakeoverFailed, ctdblog.KindAddressTaken,
		ctdblog.KindAddressReleased, ctdblog.KindAddressesDropped, ctdblog.KindAddressFailed, ctdblog.KindAddressUnhosted,
		ctdblog.KindRecoveryInitiated,
		ctdblog.KindRecoveryStarted, ctdblog.KindRecoveryFinished, ctdblog.KindElectionStarted, ctdblog.KindElectionEnded,
		ctdblog.KindLeaderElected, ctdblog.KindLeaderLost, ctdblog.KindBanOrdered, ctdblog.KindBanned, ctdblog.KindBanEnded,
		ctdblog.KindLockTaken, ctdblog.KindLockReleased, ctdblog.KindLockContended, ctdblog.KindLockFailed,
		ctdblog.KindUnhealthy, ctdblog.KindHealthy, ctdblog.KindScriptReport, ctdblog.KindEventFailed, ctdblog.KindStarted,
		ctdblog.KindRunState, ctdblog.KindShutdownStarted, ctdblog.KindShutdownFinished, ctdblog.KindDied,
	}
	seen := map[string]map[ctdblog.Kind]int{}
	for _, path := range logs(t) {
		release := filepath.Base(filepath.Dir(path))
		if seen[release] == nil {
			seen[release] = map[ctdblog.Kind]int{}
		}
		for _, s := range story(t, path) {
			seen[release][s.event.Kind()]++
		}
	}
	for release, kinds := range seen {
		for _, kind := range everywhere {
			if kinds[kind] == 0 {
				t.Errorf("%s has no %s", release, kind)
			}
		}
	}
}

// TestMissedEvents looks for messages that read like an event and are none.
func TestMissedEvents(t *testing.T) {
	t.Parallel()
	like := regexp.MustCompile(`(?i)changed flags -|^takeover run|^release of ip|^takeover of ip|recovery has|election period|` +
		`^banning (node|this)|lock taken|unable to take|is dead:|: connected to|event (failed|timed out)$|shutdown sequence`)
	// What follows or comes before says these.
	known := regexp.MustCompile(`^(takeover run failed, ret=-?\d+|Banning this node|Unable to take recovery lock)$`)
	missed := map[string]string{}
	for _, path := range logs(t) {
		for e, err := range ctdblog.ScanFile(ctdblog.Options{Path: path}) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Event() == nil && like.Match(e.Message) && !known.Match(e.Message) {
				missed[string(e.Message)] = e.String()
			}
		}
	}
	if diff := cmp.Diff(map[string]string{}, missed); diff != "" {
		t.Errorf("no events (-want +got):\n%s", diff)
	}
}
