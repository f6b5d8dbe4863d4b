package ctdblog_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

var logSize = flag.Int("logsize", 4, "size in MB of the log that is read in benchmarks")

// bigLog makes a log of logSize of those of a release.
func bigLog(b *testing.B, release string) (path string, size int64) {
	b.Helper()
	paths, err := filepath.Glob("testdata/logs/" + release + "/*.log.gz")
	if err != nil || len(paths) == 0 {
		b.Fatal("no logs", err)
	}
	path = filepath.Join(b.TempDir(), "log.ctdb")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var all []byte
	for _, p := range paths {
		all = append(all, readLog(b, p)...)
	}
	for size < int64(*logSize)<<20 {
		n, err := file.Write(all[:min(int64(len(all)), int64(*logSize)<<20-size)])
		if err != nil {
			b.Fatal(err)
		}
		size += int64(n)
	}
	return path, size
}

// BenchmarkScan reads a whole log of the old form and of the new one: time, program, process and message of each entry.
// Beside it are awk and grep, which look for a word, and a bufio.Scanner, which only counts bytes. For figures use
// -logsize 280 -cpu 1.
func BenchmarkScan(b *testing.B) {
	for form, release := range map[string]string{"form=old": "4.13", "form=new": "4.17"} {
		b.Run(form, func(b *testing.B) {
			path, size := bigLog(b, release)
			b.Run("ctdblog", func(b *testing.B) {
				b.ReportAllocs()
				measure(b, size, func() time.Duration { return ownTime(func() { scanAll(b, path) }) })
			})
			b.Run("bufio.Scanner", func(b *testing.B) {
				measure(b, size, func() time.Duration { return ownTime(func() { countBytes(b, path) }) })
			})
			for _, command := range [][]string{{"mawk", "/WARNING/"}, {"gawk", "/WARNING/"}, {"grep", "-c", "WARNING"}} {
				b.Run(command[0], func(b *testing.B) {
					if _, err := exec.LookPath(command[0]); err != nil {
						b.Skip(err)
					}
					measure(b, size, func() time.Duration { return runOn(b, path, command) })
				})
			}
		})
	}
}

func scanAll(b *testing.B, path string) {
	b.Helper()
	var programs, messages int
	for e, err := range ctdblog.ScanFile(ctdblog.Options{Path: path, Location: time.UTC}) {
		if err != nil || e.Time.IsZero() || e.PID == 0 {
			b.Fatal(e, err)
		}
		programs += len(e.Program)
		messages += len(e.Message)
	}
	if programs == 0 || messages == 0 {
		b.Fatal("nothing was read")
	}
}

func countBytes(b *testing.B, path string) {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	n := 0
	for s := bufio.NewScanner(file); s.Scan(); {
		n += len(s.Bytes())
	}
	if n == 0 {
		b.Fatal("nothing was read")
	}
}

// measure reports the best of the processor times of runs, besides what benchmarks report: on a busy machine it is what
// can be compared.
func measure(b *testing.B, size int64, run func() time.Duration) {
	b.Helper()
	b.SetBytes(size)
	best := time.Hour
	for b.Loop() {
		best = min(best, run())
	}
	if best > 0 {
		b.ReportMetric(float64(size)/1e6/best.Seconds(), "cpu-MB/s")
	}
}

// ownTime gives the processor time that this process takes for something.
func ownTime(work func()) time.Duration {
	before := processorTime()
	work()
	return processorTime() - before
}

// runOn runs a command and gives its processor time. It reads what the command prints: grep does not go on if nobody
// does.
func runOn(b *testing.B, path string, command []string) time.Duration {
	b.Helper()
	cmd := exec.Command(command[0], append(command[1:], path)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, out); err != nil {
		b.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// BenchmarkSparse reads a log in which each entry is of another minute, as in a cluster where nothing happens.
func BenchmarkSparse(b *testing.B) {
	var log bytes.Buffer
	when := at(0, "2020-09-27 00:12:00.817799")
	for range 10_000 {
		log.WriteString(when.Format("2006/01/02 15:04:05.000000") + " ctdb-recoverd[5035]: Takeover run starting\n")
		when = when.Add(61 * time.Second)
	}
	b.SetBytes(int64(log.Len()))
	b.ReportAllocs()
	for b.Loop() {
		for e, err := range ctdblog.Scan(bytes.NewReader(log.Bytes()), ctdblog.Options{Location: time.UTC}) {
			if err != nil || e.PID == 0 {
				b.Fatal(e, err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/entry")
}

// BenchmarkTail reads the last 100 entries of a file of 10 GB.
func BenchmarkTail(b *testing.B) {
	path := write(b, map[string]string{"log.ctdb": ""})
	makeHuge(b, path)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range ctdblog.Tail(100, ctdblog.Options{Path: path}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 100 {
			b.Fatal(n)
		}
	}
}

// BenchmarkFollow is the time from writing an entry until it comes, while Follow waits: by itself, and when another one
// is behind it, which spares waiting for lines that continue it.
func BenchmarkFollow(b *testing.B) {
	for name, behind := range map[string]string{"last": "", "followed by another": line(1, 1)} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "log.ctdb")
			next, stop := iter.Pull2(ctdblog.Follow(b.Context(), ctdblog.Options{Path: path, Backlog: -1}))
			defer stop()
			file, err := os.Create(path)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = file.Close() }()
			var delay time.Duration
			for b.Loop() {
				began := make(chan time.Time, 1)
				time.AfterFunc(25*time.Millisecond, func() { // when it has nothing more to do
					began <- time.Now()
					_, _ = file.WriteString(line(1, 0) + behind)
				})
				for done := false; !done; {
					e, err, ok := next()
					if err != nil || !ok {
						b.Fatal(err, ok)
					}
					done = string(e.Raw) == line(1, 0)
				}
				delay += time.Since(<-began)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(delay.Microseconds())/float64(b.N), "µs-delay")
		})
	}
}

// BenchmarkEvents recognizes the events of a log.
func BenchmarkEvents(b *testing.B) {
	path, size := bigLog(b, "4.17")
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		events := 0
		for e, err := range ctdblog.ScanFile(ctdblog.Options{Path: path}) {
			if err != nil {
				b.Fatal(err)
			}
			if e.Event() != nil {
				events++
			}
		}
		if events == 0 {
			b.Fatal("no events")
		}
	}
}

func BenchmarkSummarize(b *testing.B) {
	path, size := bigLog(b, "4.17")
	b.SetBytes(size)
	for b.Loop() {
		if s, err := ctdblog.Summarize(ctdblog.ScanFile(ctdblog.Options{Path: path})); err != nil || s.Entries == 0 {
			b.Fatal(s, err)
		}
	}
}

func BenchmarkJournal(b *testing.B) {
	var output strings.Builder
	for i := range 1000 {
		fmt.Fprintln(&output, strings.Replace(journalLines["syslog"].json, "Start election", fmt.Sprint("Start election ",
			i), 1))
	}
	b.SetBytes(int64(output.Len()))
	for b.Loop() {
		for _, err := range ctdblog.ScanJournal(strings.NewReader(output.String()), ctdblog.Options{}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
