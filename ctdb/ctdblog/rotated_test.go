package ctdblog_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// write writes files into a new directory, and gives the path of its log.ctdb. Files ending in .gz are compressed.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		data := []byte(text)
		if strings.HasSuffix(name, ".gz") {
			data = compress(t, text)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "log.ctdb")
}

func compress(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// line gives an entry of a day and a number.
func line(day, number int) string {
	return fmt.Sprintf("2026/11/%02d 00:00:%02d.000000 ctdbd[1]: %d.%d\n", day, number%60, day, number)
}

func TestRotated(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ files, want []string }{
		"none": {[]string{"log.ctdb"}, nil},
		"numbers": {
			[]string{"log.ctdb", "log.ctdb.1", "log.ctdb.2.gz", "log.ctdb.10.gz", "log.ctdb.9.bz2"},
			[]string{"log.ctdb.10.gz", "log.ctdb.9.bz2", "log.ctdb.2.gz", "log.ctdb.1"},
		},
		"dates": {
			[]string{"log.ctdb-20261121", "log.ctdb-20261114.gz", "log.ctdb-20251231.xz", "log.ctdb-2026112105.zst"},
			[]string{"log.ctdb-20251231.xz", "log.ctdb-20261114.gz", "log.ctdb-20261121", "log.ctdb-2026112105.zst"},
		},
		"dates with dashes": {
			[]string{"log.ctdb-2026-11-21", "log.ctdb-2026-11-14", "log.ctdb-2026-11-14_03:00:00"},
			[]string{"log.ctdb-2026-11-14", "log.ctdb-2026-11-14_03:00:00", "log.ctdb-2026-11-21"},
		},
		"being compressed": {[]string{"log.ctdb.2", "log.ctdb.2.gz", "log.ctdb.3.gz"}, []string{"log.ctdb.3.gz",
			"log.ctdb.2"}},
		"others": {
			[]string{
				"log.ctdb.old", "log.ctdb~", "log.ctdb.gz", "log.ctdb.1.rpmsave", "xlog.ctdb.1", "log.ctdb2", "log.ctdb-1",
				"log.ctdb.-1", "log.ctdb.1-2", "log.ctdb.", "log.ctd", ".log.ctdb.1.swp",
			},
			nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{}
			for _, name := range test.files {
				files[name] = ""
			}
			path := write(t, files)
			got, err := ctdblog.Rotated(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := range got {
				got[i] = filepath.Base(got[i])
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRotatedMixed holds that if logrotate was told to use dates, those are the newer files, and the other way round.
func TestRotatedMixed(t *testing.T) {
	t.Parallel()
	path := write(t, map[string]string{"log.ctdb.1": "", "log.ctdb.2": "", "log.ctdb-20261121": ""})
	for _, test := range []struct{ newest, want string }{
		{"log.ctdb.1", "log.ctdb-20261121 log.ctdb.2 log.ctdb.1"},
		{"log.ctdb-20261121", "log.ctdb.2 log.ctdb.1 log.ctdb-20261121"},
	} {
		for name := range strings.FieldsSeq(test.want) {
			when := time.Unix(1_700_000_000, 0)
			if name == test.newest {
				when = when.Add(time.Hour)
			}
			if err := os.Chtimes(filepath.Join(filepath.Dir(path), name), when, when); err != nil {
				t.Fatal(err)
			}
		}
		paths, err := ctdblog.Rotated(path)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, p := range paths {
			got.WriteString(" " + filepath.Base(p))
		}
		if got.String()[1:] != test.want {
			t.Errorf("with %s as the newest, the order is%s, want %s", test.newest, got.String(), test.want)
		}
	}
}

func TestRotatedBesideTarget(t *testing.T) {
	t.Parallel()
	target := write(t, map[string]string{"log.ctdb": line(2, 0), "log.ctdb.1": line(1, 0)})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	got := collect(t, ctdblog.ScanFile(ctdblog.Options{Path: link, Rotated: true}))
	if diff := cmp.Diff([]string{line(1, 0), line(2, 0)}, raws(got)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestScanFileRotated(t *testing.T) {
	t.Parallel()
	path := write(t, map[string]string{
		"log.ctdb": line(5, 0) + line(5, 1), "log.ctdb.1": line(4, 0) + "continued\n", "log.ctdb.2.gz": line(3, 0),
		"log.ctdb.3.gz": line(2, 0) + line(2, 1), "log.ctdb.12": line(1, 0),
	})
	options := ctdblog.Options{Path: path, Rotated: true, Location: time.UTC}
	want := []string{line(1, 0), line(2, 0), line(2, 1), line(3, 0), line(4, 0) + "continued\n", line(5, 0), line(5, 1)}
	for range 2 { // it can be iterated over again
		got := collect(t, ctdblog.ScanFile(options))
		if diff := cmp.Diff(want, raws(got)); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		if e := got[2]; filepath.Base(e.File) != "log.ctdb.3.gz" || e.Line != 2 {
			t.Errorf("entry at %s:%d", e.File, e.Line)
		}
	}
	options.Filter.Since = at(0, "2026-11-04 00:00:00")
	if diff := cmp.Diff(want[4:], raws(collect(t, ctdblog.ScanFile(options)))); diff != "" {
		t.Errorf("entries since (-want +got):\n%s", diff)
	}
}

// TestScanFileSkips holds that files older than what is wanted are not read.
func TestScanFileSkips(t *testing.T) {
	t.Parallel()
	path := write(t, map[string]string{"log.ctdb": line(5, 0), "log.ctdb.1": line(4, 0), "log.ctdb.2.gz": "",
		"log.ctdb.3": ""})
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "log.ctdb.2.gz"), []byte("\x1f\x8bbroken"),
		0o600); err != nil {
		t.Fatal(err)
	}
	options := ctdblog.Options{Path: path, Rotated: true, Location: time.UTC}
	options.Filter.Since = at(0, "2026-11-04 03:00:01")
	if diff := cmp.Diff([]string{line(5, 0)}, raws(collect(t, ctdblog.ScanFile(options)))); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// results gives all entries and errors.
func results(o ctdblog.Options) (entries []string, errs []error) {
	for e, err := range ctdblog.ScanFile(o) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		entries = append(entries, string(e.Raw))
	}
	return entries, errs
}

// TestScanFileErrors holds that a file that can't be read hides none of the others.
func TestScanFileErrors(t *testing.T) {
	t.Parallel()
	half := compress(t, strings.Repeat(line(2, 0), 100_000))
	path := write(t, map[string]string{
		"log.ctdb": line(9, 0), "log.ctdb.1": line(8, 0), "log.ctdb.2.gz": "", "log.ctdb.3": "\xfd7zXZ\x00",
		"log.ctdb.4":     "\x1f\x8b",
		"log.ctdb.5.bz2": "BZh9broken", "log.ctdb.6": "\x28\xb5\x2f\xfd",
	})
	dir := filepath.Dir(path)
	if err := os.WriteFile(filepath.Join(dir, "log.ctdb.2.gz"), half[:len(half)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	unreadable := 0
	if runtime.GOOS != "windows" && os.Getuid() != 0 {
		unreadable = 1
		if err := os.Chmod(filepath.Join(dir, "log.ctdb.1"), 0); err != nil {
			t.Fatal(err)
		}
	}
	entries, errs := results(ctdblog.Options{Path: path, Rotated: true})
	if n := len(entries); n < 1000 || entries[n-1] != line(9, 0) || unreadable == 0 && entries[n-2] != line(8, 0) {
		t.Errorf("%d entries", n)
	}
	if len(errs) != 5+unreadable || !errors.Is(errors.Join(errs...), ctdblog.ErrCompression) {
		t.Errorf("the errors are %q", errs)
	}
	if unreadable > 0 && !errors.Is(errors.Join(errs...), fs.ErrPermission) {
		t.Errorf("the errors are %q, want one about permission", errs)
	}
	for _, err := range errs[:min(5, len(errs))] {
		e, ok := errors.AsType[*ctdblog.ParseError](err)
		if !ok {
			t.Fatalf("the error %v is a %T", err, err)
		}
		if file, line, _ := e.Position(); filepath.Dir(file) != dir || line < 1 {
			t.Errorf("the error %v is at %s:%d", err, file, line)
		}
	}
	for range ctdblog.ScanFile(ctdblog.Options{Path: path, Rotated: true}) {
		break // at the first error
	}
}

func TestScanFileMissing(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "no", "log.ctdb")
	for _, rotated := range []bool{false, true} {
		entries, errs := results(ctdblog.Options{Path: missing, Rotated: rotated})
		if len(entries) != 0 || len(errs) != 1 || !errors.Is(errs[0], fs.ErrNotExist) {
			t.Errorf("rotated=%v: entries %q and errors %q, want one fs.ErrNotExist", rotated, entries, errs)
		}
	}
	path := write(t, map[string]string{"log.ctdb.1": line(1, 0)})
	entries, errs := results(ctdblog.Options{Path: path, Rotated: true})
	if len(entries) != 1 || len(errs) != 1 || !errors.Is(errs[0], fs.ErrNotExist) {
		t.Errorf("entries %q and errors %q, want that of log.ctdb.1 and one fs.ErrNotExist", entries, errs)
	}
	if _, err := ctdblog.Rotated(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Rotated gives the error %v", err)
	}
	entries, errs = results(ctdblog.Options{Path: t.TempDir()})
	if len(entries) != 0 || len(errs) != 1 {
		t.Errorf("a directory has entries %q and errors %q", entries, errs)
	}
}
