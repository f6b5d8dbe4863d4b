package ctdblog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// following is a log that a test writes and follows.
type following struct {
	*testing.T
	path string
	next func() (ctdblog.Entry, error, bool)
}

// follow follows a log in a new directory. If nothing comes for long, the test fails.
func follow(t *testing.T, o ctdblog.Options) *following {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	if o.Path == "" {
		o.Path = filepath.Join(t.TempDir(), "log.ctdb")
	}
	next, stop := iter.Pull2(ctdblog.Follow(ctx, o))
	t.Cleanup(func() {
		stop()
		cancel()
	})
	return &following{T: t, path: o.Path, next: next}
}

// dir gives a path beside the log.
func (f *following) dir(name string) string { return filepath.Join(filepath.Dir(f.path), name) }

// must fails the test on an error.
func (f *following) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// append opens a file, writes to its end, and closes it.
func (f *following) append(path, text string) {
	f.Helper()
	file := f.open(path)
	f.write(file, text)
	f.must(file.Close())
}

func (f *following) open(path string) *os.File {
	f.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	f.must(err)
	return file
}

func (f *following) write(file *os.File, text string) {
	f.Helper()
	_, err := file.WriteString(text)
	f.must(err)
}

// want waits for entries.
func (f *following) want(lines ...string) {
	f.Helper()
	for _, want := range lines {
		e, err, ok := f.next()
		if err != nil || !ok {
			f.Fatalf("instead of %q there is the error %v (%v)", want, err, ok)
		}
		if diff := cmp.Diff(want, string(e.Raw)); diff != "" {
			f.Fatalf("entry (-want +got):\n%s", diff)
		}
		if e.File != f.path && filepath.Dir(e.File) != filepath.Dir(f.path) || e.Line != 0 {
			f.Errorf("the entry is at %s:%d", e.File, e.Line)
		}
	}
}

// wantGap waits for the report that something may be missing.
func (f *following) wantGap(reason ctdblog.GapReason) {
	f.Helper()
	e, err, ok := f.next()
	gap, isGap := errors.AsType[*ctdblog.GapError](err)
	if !ok || !isGap || gap.Reason != reason {
		f.Fatalf("instead of a gap there is %+v with the error %v", e, err)
	}
	if file, _, _ := gap.Position(); file != f.path {
		f.Errorf("the gap is in %s, want %s", file, f.path)
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	f := follow(t, ctdblog.Options{Backlog: -1})
	f.append(f.path, line(1, 0)+line(1, 1))
	f.want(line(1, 0), line(1, 1))
	f.append(f.path, line(1, 3)+"continued\n"+line(1, 4))
	f.want(line(1, 3)+"continued\n", line(1, 4))
	f.append(f.path, "continued too late\n"+line(1, 5))
	f.want("continued too late\n", line(1, 5))
	f.append(f.path, line(1, 6)+line(1, 7)[:10])
	f.want(line(1, 6))
	f.append(f.path, line(1, 7)[10:])
	f.want(line(1, 7))
}

// TestFollowBacklog holds what comes of that which is there already.
func TestFollowBacklog(t *testing.T) {
	t.Parallel()
	old := line(1, 0) + line(1, 1) + "continued\n" + line(1, 2)
	tests := map[string]struct {
		old, added string
		backlog    int
		filter     ctdblog.Filter
		want       []string
	}{
		"none":            {old, line(2, 0), 0, ctdblog.Filter{}, []string{line(2, 0)}},
		"none, cut":       {old + line(1, 3)[:20], line(1, 3)[20:], 0, ctdblog.Filter{}, []string{line(1, 3)}},
		"none, continued": {old, "continued\n" + line(2, 0), 0, ctdblog.Filter{}, []string{"continued\n", line(2, 0)}},
		"none, empty":     {"", line(2, 0), 0, ctdblog.Filter{}, []string{line(2, 0)}},
		"one":             {old, line(2, 0), 1, ctdblog.Filter{}, []string{line(1, 2), line(2, 0)}},
		"two": {old, line(2, 0), 2, ctdblog.Filter{}, []string{line(1, 1) + "continued\n", line(1, 2),
			line(2, 0)}},
		"more than there is": {line(1, 0), line(2, 0), 9, ctdblog.Filter{}, []string{line(1, 0), line(2, 0)}},
		"all":                {line(1, 0), line(2, 0), -1, ctdblog.Filter{}, []string{line(1, 0), line(2, 0)}},
		"filtered": {
			old + line(2, 0), line(2, 1), 1, ctdblog.Filter{Until: at(0, "2026-11-02 00:00:00")}, []string{line(1, 2)},
		},
		"nothing wanted": {old, line(2, 0), 5, ctdblog.Filter{Since: at(0, "2026-11-02 00:00:00")}, []string{line(2, 0)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, map[string]string{"log.ctdb": test.old})
			f := following{T: t, path: path}
			step, end := ctdblog.FollowStep(t.Context(), ctdblog.Options{
				Path: path, Backlog: test.backlog, Filter: test.filter, Location: time.UTC, Settle: 1,
			})
			defer end()
			got, errs := step()
			f.append(path, test.added)
			more, errsLater := step()
			if err := errors.Join(append(errs, errsLater...)...); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(test.want, raws(append(got, more...))); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFollowRename holds that with rename no entry is lost and none comes twice.
func TestFollowRename(t *testing.T) {
	t.Parallel()
	f := follow(t, ctdblog.Options{Backlog: -1})
	old := f.open(f.path)
	f.write(old, line(1, 0))
	f.want(line(1, 0))
	f.must(os.Rename(f.path, f.dir("log.ctdb.1")))
	f.write(old, line(1, 1)) // before the daemon is told
	f.want(line(1, 1))
	f.append(f.path, line(2, 0))
	f.write(old, line(1, 2)) // by another daemon
	e1, err1, _ := f.next()
	got := []string{string(e1.Raw)} // before the next one, which uses the memory again
	e2, err2, _ := f.next()
	got = append(got, string(e2.Raw))
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if got[0] > got[1] {
		got[0], got[1] = got[1], got[0]
	}
	if diff := cmp.Diff([]string{line(1, 2), line(2, 0)}, got); diff != "" {
		t.Errorf("entries of both files (-want +got):\n%s", diff)
	}
	f.append(f.path, line(2, 1))
	f.want(line(2, 1))
	f.write(old, line(1, 3))
	f.want(line(1, 3))
	f.must(old.Close())
}

// TestFollowRotations holds the same for several rotations while nobody looked.
func TestFollowRotations(t *testing.T) {
	t.Parallel()
	f := follow(t, ctdblog.Options{Backlog: -1})
	f.append(f.path, line(1, 0))
	f.want(line(1, 0))
	var want []string
	for day := range 4 {
		for number := range 3 {
			f.append(f.path, line(day+2, number))
			want = append(want, line(day+2, number))
		}
		f.rotate(9)
	}
	f.append(f.path, line(9, 0))
	f.want(append(want, line(9, 0))...)
}

// rotate renames the log, and those that were renamed before, of which there are at most so many.
func (f *following) rotate(most int) {
	for n := most; n > 0; n-- {
		if from := f.dir(fmt.Sprintf("log.ctdb.%d", n)); exists(from) {
			f.must(os.Rename(from, f.dir(fmt.Sprintf("log.ctdb.%d", n+1))))
		}
	}
	f.must(os.Rename(f.path, f.dir("log.ctdb.1")))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestFollowCompressed holds that what can't be read any more between two rotations is reported.
func TestFollowCompressed(t *testing.T) {
	t.Parallel()
	f := follow(t, ctdblog.Options{Backlog: -1})
	f.append(f.path, line(1, 0))
	f.want(line(1, 0))
	f.must(os.Remove(f.path))
	f.must(os.WriteFile(f.dir("log.ctdb.1.gz"), compress(t, line(2, 0)), 0o600))
	later := time.Now().Add(time.Hour)
	f.must(os.Chtimes(f.dir("log.ctdb.1.gz"), later, later))
	f.append(f.path, line(3, 0))
	f.wantGap(ctdblog.GapRotated)
	f.want(line(3, 0))
}

// TestFollowReplaced holds that a file that was removed and made anew is read from its start, without a report.
func TestFollowReplaced(t *testing.T) {
	t.Parallel()
	f := follow(t, ctdblog.Options{Backlog: -1})
	f.append(f.path, line(1, 0))
	f.want(line(1, 0))
	f.must(os.Remove(f.path))
	f.append(f.path, line(2, 0))
	f.want(line(2, 0))
}

// TestFollowTruncate holds that with copytruncate nothing comes twice, and that it is reported.
func TestFollowTruncate(t *testing.T) {
	t.Parallel()
	f := follow(t, ctdblog.Options{Backlog: -1})
	daemon := f.open(f.path)
	f.write(daemon, line(1, 0)+line(1, 1))
	f.want(line(1, 0), line(1, 1))
	f.must(os.Truncate(f.path, 0))
	f.write(daemon, line(2, 0))
	f.wantGap(ctdblog.GapTruncated)
	f.want(line(2, 0))

	// Grown past the old place while nobody looked.
	f.must(os.Truncate(f.path, 0))
	f.write(daemon, line(3, 0)+line(3, 1)+line(3, 2))
	f.wantGap(ctdblog.GapTruncated)
	f.want(line(3, 0), line(3, 1), line(3, 2))

	// Grown to the old place exactly.
	f.must(os.Truncate(f.path, 0))
	f.write(daemon, line(4, 0)+line(4, 1)+line(4, 2))
	f.write(daemon, line(4, 3))
	f.wantGap(ctdblog.GapTruncated)
	f.want(line(4, 0), line(4, 1), line(4, 2), line(4, 3))

	// In the middle of a line.
	f.write(daemon, line(5, 0)+line(5, 1)[:40])
	f.want(line(5, 0))
	f.must(os.Truncate(f.path, 0))
	f.write(daemon, line(6, 0))
	f.wantGap(ctdblog.GapTruncated)
	f.want(line(6, 0))
	f.must(daemon.Close())
}

func TestFollowMissing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "log")
	path := filepath.Join(dir, "log.ctdb")
	f := following{T: t, path: path}
	step, end := ctdblog.FollowStep(t.Context(), ctdblog.Options{Path: path, Settle: 1})
	defer end()
	for day := 1; day < 5; day++ {
		if got, errs := step(); len(got) > 0 || len(errs) > 0 {
			t.Errorf("while it is not there: %q, %v", got, errs)
		}
		f.must(os.Mkdir(dir, 0o700))
		f.append(path, line(day, 0))
		var got []string
		for range 20 { // it looks for the file before, too
			entries, errs := step()
			f.must(errors.Join(errs...))
			got = append(got, raws(entries)...)
		}
		if diff := cmp.Diff([]string{line(day, 0)}, got); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		f.must(os.RemoveAll(dir))
	}
}

// TestFollowDirectory holds that Follow wakes for a file in a directory that is made anew.
func TestFollowDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "log")
	f := follow(t, ctdblog.Options{Path: filepath.Join(dir, "log.ctdb"), Backlog: -1})
	for day := 1; day < 5; day++ {
		f.must(os.MkdirAll(dir, 0o700))
		f.append(f.path, line(day, 0))
		f.want(line(day, 0))
		f.must(os.RemoveAll(dir))
	}
}

// TestFollowUnreadable holds that what is in the way is reported once.
func TestFollowUnreadable(t *testing.T) {
	t.Parallel()
	path := write(t, map[string]string{"log.ctdb": line(1, 0)})
	f := follow(t, ctdblog.Options{Path: path, Backlog: -1, Poll: time.Millisecond})
	f.want(line(1, 0))
	f.must(os.Remove(path))
	f.must(os.Mkdir(path, 0o700))
	if _, err, _ := f.next(); !errors.Is(err, ctdblog.ErrIrregular) {
		t.Fatalf("the error is %v", err)
	}
	f.append(f.dir("log.ctdb.new"), line(2, 0))
	go func() { // while it waits
		f.must(os.Remove(path))
		f.must(os.Rename(f.dir("log.ctdb.new"), path))
	}()
	f.want(line(2, 0))
}

// TestFollowEnds holds that the context ends it, and that nothing of it goes on.
func TestFollowEnds(t *testing.T) {
	path := write(t, map[string]string{"log.ctdb": line(1, 0)})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for e, err := range ctdblog.Follow(ctx, ctdblog.Options{Path: path, Backlog: 1}) {
		if err != nil || string(e.Raw) != line(1, 0) {
			t.Error(e, err)
		}
		cancel()
	}
	for range ctdblog.Follow(ctx, ctdblog.Options{Path: path, Backlog: 1}) {
		t.Error("an entry after the end of the context")
	}
	for range ctdblog.Follow(t.Context(), ctdblog.Options{Path: path, Backlog: 1}) {
		break
	}
	deadline, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	for range ctdblog.Follow(deadline, ctdblog.Options{Path: filepath.Join(t.TempDir(), "no", "log.ctdb")}) {
		t.Error("an entry of no file")
	}
	buf := make([]byte, 1<<20)
	if stacks := buf[:runtime.Stack(buf, true)]; bytes.Contains(stacks, []byte("ctdblog.(*follower)")) ||
		bytes.Contains(stacks, []byte("ctdblog.newAlarm")) {
		t.Errorf("a goroutine is left:\n%s", stacks)
	}
}

// TestFollowUnderRotation writes and rotates at the same time: each entry comes once.
func TestFollowUnderRotation(t *testing.T) {
	t.Parallel()
	const lines, each = 20_000, 700
	f := follow(t, ctdblog.Options{Backlog: -1, Poll: time.Millisecond})
	file := f.open(f.path)
	f.write(file, newLine+"0\n")
	f.want(newLine + "0\n")
	var writer sync.WaitGroup
	t.Cleanup(writer.Wait)
	writer.Go(func() {
		for i := 1; i < lines; i++ {
			f.write(file, fmt.Sprintf("%s%d\n", newLine, i))
			switch {
			case i%each == each-1:
				f.rotate(lines / each)
			case i > each && i%each == 5: // the daemon is slow to open its log anew
				f.must(file.Close())
				file = f.open(f.path)
			}
		}
		f.must(file.Close())
	})
	for i := 1; i < lines; i++ {
		f.want(fmt.Sprintf("%s%d\n", newLine, i))
	}
}

// TestFollowUnderTruncation does so with copytruncate: none comes twice, and where one is missing there is a report.
func TestFollowUnderTruncation(t *testing.T) {
	t.Parallel()
	const lines, each = 20_000, 700
	f := follow(t, ctdblog.Options{Backlog: -1, Poll: time.Millisecond})
	file := f.open(f.path)
	f.write(file, newLine+"0\n")
	f.want(newLine + "0\n")
	var writer sync.WaitGroup
	t.Cleanup(writer.Wait)
	writer.Go(func() {
		for i := 1; i < lines; i++ {
			if i%each == each-1 {
				f.must(os.Truncate(f.path, 0))
			}
			f.write(file, fmt.Sprintf("%s%d\n", newLine, i))
		}
		f.must(file.Close())
	})
	last, gaps, reported := 0, 0, false
	for last < lines-1 {
		e, err, ok := f.next()
		if _, isGap := errors.AsType[*ctdblog.GapError](err); isGap {
			reported = true
			continue
		}
		if err != nil || !ok {
			t.Fatal(err, ok)
		}
		var number int
		if _, err := fmt.Sscanf(strings.TrimPrefix(string(e.Raw), newLine), "%d\n", &number); err != nil {
			t.Fatalf("%q: %v", e.Raw, err)
		}
		if number <= last || number > last+1 && !reported {
			t.Fatalf("behind %d there is %d, reported: %v", last, number, reported)
		}
		if number > last+1 {
			gaps++
		}
		last, reported = number, false
	}
	t.Logf("%d gaps in %d truncations", gaps, lines/each)
}
