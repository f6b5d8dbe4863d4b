package ctdblog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// addLogs adds seeds made of the headers and messages of the tables, and a piece of a real log.
func addLogs(f *testing.F, add func(log string)) {
	f.Helper()
	var all strings.Builder
	for _, test := range headers {
		add(test.line)
		all.WriteString(test.line + "\n")
	}
	add(all.String())
	add(strings.Repeat(newLine+"x\n", 100) + "continued\n" + oldLine)
	add(string(readLog(f, "testdata/logs/4.17/db-unhealthy-no-start-node.0.log.gz")[:5000]))
	add(strings.Repeat(strings.Join([]string{
		newLine + strings.Repeat("y", 100), "<29>1 2026-11-21T21:49:30.845326+02:00 n1 ctdbd 1 - - x", oldLine + strings.Repeat("z", 1000),
		"Nov 21 21:50:30 n1 ctdbd[1]: x", "2026-11-21T21:51:30.845326+02:00 n1 ctdbd[1]: x", `<29>1 2026-11-21T21:49:30Z - - - - [x="\`,
	}, "\n")+"\n", 3) + strings.Repeat(oldLine+"\n", 30))
	for _, other := range []string{"<29>1 2026-11-21T21:49:30.845326+02:00 n1 ctdbd 1 - - x\n", "Nov 21 21:50:30 n1 ctdbd[1]: x\n"} {
		add(newLine + "\n" + other + newLine + "\n" + oldLine + "\n" + other + oldLine + "\n" + strings.Repeat("z", 2000))
	}
	add(newLine + strings.Repeat("y", 5000) + "\n\x00\xff\n\r\n" + newLine)
}

// FuzzParse holds that a line is an entry of one line at most, that its parts are where they are said to be, and that
// Parse and Scan agree.
func FuzzParse(f *testing.F) {
	addLogs(f, func(log string) { f.Add([]byte(log)) })
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := ctdblog.Parse(line, pastOptions)
		if (err != nil) != (e.Form == ctdblog.FormNone) || !bytes.Equal(e.Raw, line) {
			t.Fatalf("%q is %+v, with the error %v", line, e, err)
		}
		rest := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
		if string(e.Message) != string(line) && !strings.HasSuffix(rest, string(e.Message)) &&
			!strings.HasSuffix(string(line), string(e.Message)) {
			t.Errorf("the message %q is no end of %q", e.Message, line)
		}
		if e.PID < 0 || e.Form == ctdblog.FormNone && (e.PID != 0 || e.Program != "" || !e.Time.IsZero()) {
			t.Errorf("%q is %+v", line, e)
		}
		for scanned, err := range ctdblog.Scan(bytes.NewReader(line), pastOptions) {
			if err != nil || scanned.Program != e.Program || scanned.PID != e.PID || !scanned.Time.Equal(e.Time) ||
				scanned.Form != e.Form {
				t.Errorf("Scan gives %+v, Parse %+v", scanned, e)
			}
			break
		}
	})
}

// FuzzScan holds the laws of scanning: the entries are the log, whatever it is and in whichever pieces it comes, and
// each but the first begins with a header, unless there was none to continue.
func FuzzScan(f *testing.F) {
	addLogs(f, func(log string) { f.Add([]byte(log)) })
	f.Fuzz(func(t *testing.T, log []byte) {
		o := pastOptions
		o.MaxEntry = 1
		var got []ctdblog.Entry
		offset, line := int64(0), 1
		for e, err := range ctdblog.Scan(bytes.NewReader(log), o) {
			if err != nil {
				t.Fatal(err)
			}
			end := offset + int64(len(e.Raw))
			if e.Offset != offset || e.Line != line || len(e.Raw) > 4096 || len(e.Raw) == 0 || end > int64(len(log)) ||
				!bytes.Equal(e.Raw, log[offset:end]) {
				t.Fatalf("entry %+v at %d", e, offset)
			}
			if lines := bytes.Count(e.Raw, []byte("\n")); e.Form == ctdblog.FormNone && lines > 1 {
				t.Errorf("an entry without header has %d lines: %q", lines, e.Raw)
			}
			if alone, _ := ctdblog.Parse(e.Raw, o); !alone.Time.Equal(e.Time) || alone.Host != e.Host ||
				alone.Program != e.Program || alone.PID != e.PID || alone.Level != e.Level || alone.Form != e.Form {
				t.Fatalf("entry %+v is %+v by itself", e, alone)
			}
			offset = end + e.Truncated
			line += bytes.Count(log[end-int64(len(e.Raw)):offset], []byte("\n"))
			got = append(got, e.Clone())
		}
		if offset != int64(len(log)) {
			t.Errorf("the entries end at %d of %d", offset, len(log))
		}
		i := 0
		for e, err := range ctdblog.Scan(iotest.OneByteReader(bytes.NewReader(log)), o) {
			if err != nil || i >= len(got) || !same(got[i], e) {
				t.Fatalf("in small pieces entry %d is %+v (%v)", i, e, err)
			}
			i++
		}
		if i != len(got) {
			t.Errorf("in small pieces there are %d entries, else %d", i, len(got))
		}
	})
}

// FuzzTail holds that reading from the end gives what reading from the start gives.
func FuzzTail(f *testing.F) {
	addLogs(f, func(log string) { f.Add([]byte(log), uint8(3), uint16(20)) })
	f.Add([]byte("2026/10/25 02:30:00 a[1]: x\n2026/10/25 02:10:00 a[1]: x\n"), uint8(2), uint16(3000))
	path := filepath.Join(f.TempDir(), "log.ctdb")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		berlin = time.UTC
	}
	f.Fuzz(func(t *testing.T, log []byte, n uint8, times uint16) {
		log = bytes.Repeat(log, int(min(times, uint16(300_000/(len(log)+1)))))
		if err := os.WriteFile(path, log, 0o600); err != nil {
			t.Fatal(err)
		}
		checkTail(t, ctdblog.Options{Path: path, Location: berlin, MaxEntry: 1, Newest: pastOptions.Newest}, int(n),
			10*int(n))
	})
}

// FuzzEvents holds that events can be written as JSON, do not depend on anything but the entry, and that nothing panics
// that looks at them.
func FuzzEvents(f *testing.F) {
	for message := range messages {
		f.Add(message, message)
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		var tracker ctdblog.Tracker
		var entries []ctdblog.Entry
		for i, message := range []string{one, two, one} {
			e := ctdblog.Entry{Message: []byte(message), Raw: []byte(message), Time: time.Unix(int64(i), 0)}
			entries = append(entries, e)
			event := e.Event()
			tracked := tracker.Event(e)
			if (event == nil) != (tracked == nil) {
				t.Fatalf("the event of %q is %v, and tracked %v", message, event, tracked)
			}
			if event == nil {
				continue
			}
			if diff := cmp.Diff(event.Kind(), tracked.Kind()); diff != "" {
				t.Error(diff)
			}
			if _, err := json.Marshal(tracked); err != nil {
				t.Error(err)
			}
		}
		sequence := func(yield func(ctdblog.Entry, error) bool) {
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
		}
		if s, err := ctdblog.Summarize(sequence); err != nil || s.Entries != 3 {
			t.Errorf("summary %+v with the error %v", s, err)
		}
		for _, subject := range []ctdblog.Subject{ctdblog.BanOf(0), ctdblog.IllnessOf(1), ctdblog.MoveOf(addr("10.0.0.1"))} {
			x, err := ctdblog.Explain(sequence, subject)
			if (x == nil) != errors.Is(err, ctdblog.ErrNothing) || x != nil && len(x.Chain) == 0 {
				t.Errorf("explanation %+v with the error %v", x, err)
			}
		}
	})
}

// FuzzScanJournal holds that each line is an entry or an error at that line.
func FuzzScanJournal(f *testing.F) {
	for _, test := range journalLines {
		f.Add([]byte(test.json + "\n" + test.json))
	}
	f.Fuzz(func(t *testing.T, output []byte) {
		line := 0
		for e, err := range ctdblog.ScanJournal(bytes.NewReader(output), ctdblog.Options{MaxEntry: 1}) {
			before := line
			if failed, ok := errors.AsType[*ctdblog.ParseError](err); ok {
				_, line, _ = failed.Position()
			} else if line = e.Line; err != nil || !bytes.Contains(output, e.Raw) || e.Form != ctdblog.FormJournal {
				t.Fatalf("%+v with the error %v", e, err)
			}
			if line <= before {
				t.Errorf("behind line %d there is line %d", before, line)
			}
		}
		if most := bytes.Count(output, []byte("\n")) + 1; line > most {
			t.Errorf("line %d of %d", line, most)
		}
	})
}

// FuzzFollow holds that whatever happens to a file while it is followed, no entry comes twice, and that none is lost
// unless it is reported, or the file was removed.
func FuzzFollow(f *testing.F) {
	f.Add([]byte("wwswwrwowsrowws"))
	f.Add([]byte("wsrwowrwowrowws"))
	f.Add([]byte("wwswtwwws"))
	f.Add([]byte("wswwtws"))
	f.Add([]byte("wpspwsrpowps"))
	f.Add([]byte("wsdowwsdows"))
	f.Fuzz(func(t *testing.T, steps []byte) {
		rotation := following{T: t, path: filepath.Join(t.TempDir(), "log.ctdb")}
		step, end := ctdblog.FollowStep(t.Context(), ctdblog.Options{Path: rotation.path, Backlog: -1, Settle: 1})
		defer end()
		daemon := rotation.open(rotation.path)
		defer func() { _ = daemon.Close() }()
		next, written, lossy, renamed := 0, 0, false, false
		unseen, seen := 0, 0 // entries of the current file
		look := func() {
			entries, errs := step()
			seen, unseen = seen+unseen, 0
			for _, err := range errs {
				if _, ok := errors.AsType[*ctdblog.GapError](err); !ok {
					t.Fatal(err)
				}
				lossy = true
			}
			for _, e := range entries {
				var number int
				if _, err := fmt.Sscanf(string(e.Message), "%d\n", &number); err != nil || number < next || number > next &&
					!lossy {
					t.Fatalf("%q: behind %d there is %q, reported: %v", steps, next-1, e.Raw, lossy)
				}
				next = number + 1
			}
		}
		look()
		for _, what := range steps[:min(len(steps), 60)] {
			switch what {
			case 'w':
				rotation.write(daemon, fmt.Sprintf("%s%d\n", newLine, written))
				written++
				unseen++
			case 'p': // in two parts
				text := fmt.Sprintf("%s%d\n", newLine, written)
				rotation.write(daemon, text[:30])
				look()
				rotation.write(daemon, text[30:])
				written++
				unseen++
			case 's':
				look()
			case 'r':
				if !renamed {
					rotation.rotate(60)
				}
				renamed = true
			case 'o':
				_ = daemon.Close()
				daemon = rotation.open(rotation.path)
				renamed, unseen, seen = false, 0, 0
			case 't':
				lossy = lossy || seen == 0 && unseen > 0 // a file that nobody looked at does not seem to be another one
				unseen, seen = 0, 0
				rotation.must(daemon.Truncate(0))
			case 'd':
				look()
				if !renamed {
					rotation.must(os.Remove(rotation.path))
				}
				renamed, lossy = true, true
			}
		}
		for range 20 {
			look()
		}
		if next != written && !lossy {
			t.Errorf("%q: %d entries of %d, and no report", steps, next, written)
		}
	})
}
