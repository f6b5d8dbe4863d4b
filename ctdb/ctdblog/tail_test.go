package ctdblog_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// checkTail compares Tail with the end of what ScanFile gives.
func checkTail(t *testing.T, o ctdblog.Options, sizes ...int) {
	t.Helper()
	all := collect(t, ctdblog.ScanFile(o))
	for _, n := range sizes {
		want := all[max(0, len(all)-n):]
		i := 0
		for got, err := range ctdblog.Tail(n, o) {
			if err != nil {
				t.Fatal(err)
			}
			if i >= len(want) {
				t.Fatalf("the last %d are more than that: %.200q", n, got.Raw)
			}
			if got.Line == 0 {
				got.Line = want[i].Line // it need not know
			}
			if !same(want[i], got) {
				t.Fatalf("number %d of the last %d (-want +got):\n%s", i, n, cmp.Diff(want[i], got))
			}
			i++
		}
		if i < len(want) {
			t.Errorf("the last %d are %d, want %d", n, i, len(want))
		}
	}
}

// same tells whether two entries are equal, faster than cmp does.
func same(a, b ctdblog.Entry) bool {
	return a.Time.Equal(b.Time) && a.Host == b.Host && a.Program == b.Program && bytes.Equal(a.Message, b.Message) &&
		bytes.Equal(a.Raw, b.Raw) && a.File == b.File && a.Offset == b.Offset && a.Line == b.Line &&
		a.Truncated == b.Truncated && a.PID == b.PID && a.Level == b.Level && a.Form == b.Form
}

// TestTailOfLogs holds on logs of real clusters that reading from the end gives what reading from the start gives.
func TestTailOfLogs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.ctdb")
	for _, compressed := range logs(t) {
		if err := os.WriteFile(path, readLog(t, compressed), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, filter := range []ctdblog.Filter{{}, {Programs: []string{"ctdb-recoverd"}}, {Pattern: regexp.MustCompile(`^Takeover`)}} {
			o := ctdblog.Options{Path: path, Location: time.UTC, Filter: filter}
			var all, got []string
			for _, e := range collect(t, ctdblog.ScanFile(o)) {
				all = append(all, string(e.Raw))
			}
			for _, e := range collect(t, ctdblog.Tail(100, o)) {
				got = append(got, string(e.Raw))
			}
			if diff := cmp.Diff(all[max(0, len(all)-100):], got); diff != "" {
				t.Errorf("%s, the last 100 (-want +got):\n%s", compressed, diff)
			}
		}
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	for i := range 30_000 {
		long.WriteString(line(1+i/1000, i))
		if i%100 == 0 {
			long.WriteString("continued\n\n")
		}
		if i%7000 == 0 {
			long.WriteString(strings.Repeat("x", 2<<20) + "\n")
		}
	}
	for name, text := range map[string]string{
		"empty":        "",
		"one":          line(1, 0),
		"cut":          line(1, 0) + line(1, 1)[:35],
		"headerless":   strings.Repeat("no header\n", 50_000),
		"only newline": strings.Repeat("\n", 100_000),
		"long":         long.String(),
		"headerless then headers": strings.Repeat("no header\n", 20_000) + strings.Repeat(line(1, 1), 100) +
			strings.Repeat("continued\n", 200_000),
		"bare": strings.Repeat("ctdbd[1]: x\n", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, map[string]string{"log.ctdb": text})
			checkTail(t, ctdblog.Options{Path: path, Location: time.UTC}, 0, 1, 2, 100, 5000, 1_000_000)
			checkTail(t, ctdblog.Options{Path: path, Location: time.UTC, MaxEntry: 1}, 1, 100)
		})
	}
}

func TestTailRotated(t *testing.T) {
	t.Parallel()
	path := write(t, map[string]string{
		"log.ctdb": "", "log.ctdb.1": line(4, 0) + "continued\n", "log.ctdb.2.gz": line(3, 0) + line(3, 1) + line(3, 2),
		"log.ctdb.3.gz": line(2, 0) + line(2, 1), "log.ctdb.4": line(1, 0),
	})
	checkTail(t, ctdblog.Options{Path: path, Rotated: true, Location: time.UTC}, 0, 1, 2, 3, 4, 5, 6, 7, 8)
	checkTail(t, ctdblog.Options{Path: path, Location: time.UTC}, 1)
	checkTail(t, ctdblog.Options{
		Path: path, Rotated: true, Location: time.UTC, Filter: ctdblog.Filter{Pattern: regexp.MustCompile(`\.[01]`)},
	}, 1, 3, 10)
	for range ctdblog.Tail(3, ctdblog.Options{Path: path, Rotated: true}) {
		break
	}
}

// TestTailFold holds that times are those of ScanFile where clocks have been put back, which only the entries before
// show.
func TestTailFold(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	var text strings.Builder
	for when := at(0, "2026-10-24 23:00:00"); when.Before(at(0, "2026-10-25 01:30:00")); when = when.Add(500 * time.Millisecond) {
		fmt.Fprintf(&text, "%s ctdbd[1]: x\n", when.In(berlin).Format("2006/01/02 15:04:05.000000"))
	}
	path := write(t, map[string]string{"log.ctdb": text.String()})
	checkTail(t, ctdblog.Options{Path: path, Location: berlin}, 1, 100, 6000)
	checkTail(t, ctdblog.Options{
		Path: path, Location: berlin, Filter: ctdblog.Filter{Until: at(0, "2026-10-25 00:10:00")},
	}, 1, 100)
}

// TestTailHuge reads the end of a file of 10 GB, most of which is not there.
func TestTailHuge(t *testing.T) {
	path := write(t, map[string]string{"log.ctdb": ""})
	makeHuge(t, path)
	o := ctdblog.Options{Path: path, Location: time.UTC}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for e, err := range ctdblog.Tail(100, o) {
		if err != nil || string(e.Raw) != line(2, 900+n) {
			t.Fatal(e, err)
		}
		n++
	}
	runtime.ReadMemStats(&after)
	if n != 100 {
		t.Errorf("%d entries", n)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("it took %d bytes of memory", used)
	}
}

// makeHuge makes a file of 10 GB with 1000 entries at its end.
func makeHuge(t testing.TB, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var text strings.Builder
	text.WriteByte('\n')
	for i := range 1000 {
		text.WriteString(line(2, i))
	}
	if _, err := file.WriteAt([]byte(text.String()), 10<<30); err != nil {
		t.Skip(err) // the file system has no such files
	}
}

func TestTailErrors(t *testing.T) {
	t.Parallel()
	path := write(t, map[string]string{"log.ctdb.1": line(1, 0), "log.ctdb.2": "\xfd7zXZ\x00"})
	var got []string
	var errs []error
	for e, err := range ctdblog.Tail(10, ctdblog.Options{Path: path, Rotated: true}) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		got = append(got, string(e.Raw))
	}
	if len(got) != 1 || len(errs) != 2 || !errors.Is(errs[0], ctdblog.ErrCompression) || !errors.Is(errs[1],
		os.ErrNotExist) {
		t.Errorf("entries %q and errors %v", got, errs)
	}
	if runtime.GOOS != "linux" {
		return
	}
	for _, err := range ctdblog.Tail(1, ctdblog.Options{Path: "/dev/null"}) {
		if !errors.Is(err, ctdblog.ErrIrregular) {
			t.Errorf("the error about a device is %v", err)
		}
	}
}
