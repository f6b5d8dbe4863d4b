package ctdblog_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// journalLines are what journalctl prints, shortened.
var journalLines = map[string]struct {
	json string
	want ctdblog.Entry
}{
	"syslog": {
		`{"_HOSTNAME":"n1","SYSLOG_IDENTIFIER":"ctdb-recoverd","SYSLOG_PID":"13","_PID":"12","PRIORITY":"5","_COMM":"ctdbd",` +
			`"__REALTIME_TIMESTAMP":"1795297770845400","_SOURCE_REALTIME_TIMESTAMP":"1795297770845326","MESSAGE":"Start election",` +
			`"__CURSOR":"s=0","_TRANSPORT":"syslog","_SYSTEMD_UNIT":"ctdb.service"}`,
		withLevel(entry(ctdblog.FormJournal, at(0, "2026-11-21 21:49:30.845326"), "n1", "ctdb-recoverd", 13,
			"Start election"),
			config.LevelNotice),
	},
	"standard error": {
		`{"_COMM":"ctdbd","_PID":"12","__REALTIME_TIMESTAMP":"1795297770845326","MESSAGE":"x"}`,
		entry(ctdblog.FormJournal, at(0, "2026-11-21 21:49:30.845326"), "", "ctdbd", 12, "x"),
	},
	"bytes": {
		`{"MESSAGE":[27,255,10,0],"PRIORITY":"7"}`,
		withLevel(entry(ctdblog.FormJournal, time.Time{}, "", "", 0, "\x1b\xff\n\x00"), config.LevelDebug),
	},
	"several values": {
		`{"MESSAGE":[[104,105],"x"],"SYSLOG_IDENTIFIER":["ctdbd","other"],"PRIORITY":"3"}`,
		withLevel(entry(ctdblog.FormJournal, time.Time{}, "", "ctdbd", 0, "hi"), config.LevelError),
	},
	"too large, and odd": {
		` { "MESSAGE" : null , "_PID" : 12 , "PRIORITY" : "9" , "__REALTIME_TIMESTAMP" : "x" , "SYSLOG_PID" : "-" }` + "\r",
		entry(ctdblog.FormJournal, time.Time{}, "", "", 0, ""),
	},
	"several lines": {
		`{"MESSAGE":"a\nb ü","_PID":"1"}`, entry(ctdblog.FormJournal, time.Time{}, "", "", 1, "a\nb ü"),
	},
}

func TestScanJournal(t *testing.T) {
	t.Parallel()
	for name, test := range journalLines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []io.Reader{
				strings.NewReader(test.json), iotest.OneByteReader(strings.NewReader(test.json + "\n\n")),
			} {
				got := collect(t, ctdblog.ScanJournal(r, ctdblog.Options{}))
				want := test.want
				want.File, want.Line = "log", 1
				if len(got) == 1 {
					want.Raw = got[0].Raw
				}
				if len(want.Message) == 0 {
					want.Message = nil
				}
				if diff := cmp.Diff([]ctdblog.Entry{want}, got, cmp.Transformer("empty",
					func(b []byte) string { return string(b) })); diff != "" {
					t.Errorf("entries of %s (-want +got):\n%s", test.json, diff)
				}
				if raw := strings.TrimSuffix(string(got[0].Raw), "\n"); raw != test.json {
					t.Errorf("Raw is %q", raw)
				}
			}
		})
	}
}

func TestScanJournalErrors(t *testing.T) {
	t.Parallel()
	good := `{"MESSAGE":"good"}` + "\n"
	long := `{"MESSAGE":"` + strings.Repeat("x", 40_000) + `"}` + "\n"
	input := good + "Hint: You are currently not seeing messages\n" + good + long + "null\n5\n[]\n\n" + `{"MESSAGE":{}}` + "\n" +
		`{"MESSAGE":[300]}` + "\n" + `{"MESSAGE":["a",` + "\n" + good + `{"MESS`
	var got []string
	var lines []int
	for e, err := range ctdblog.ScanJournal(strings.NewReader(input), ctdblog.Options{Path: "journalctl", MaxEntry: 4096}) {
		if err == nil {
			got = append(got, string(e.Message))
			continue
		}
		failed, ok := errors.AsType[*ctdblog.ParseError](err)
		if !ok || !errors.Is(err, ctdblog.ErrJournal) && !errors.Is(err, ctdblog.ErrTooLong) {
			t.Fatalf("the error is %v", err)
		}
		file, line, _ := failed.Position()
		lines = append(lines, line)
		if file != "journalctl" || errors.Is(err, ctdblog.ErrTooLong) != (line == 4) {
			t.Errorf("the error of line %d of %s is %v", line, file, err)
		}
	}
	if diff := cmp.Diff([]string{"good", "good", "", "good"}, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff) // {"MESSAGE":{}} is one without a message
	}
	if diff := cmp.Diff([]int{2, 4, 5, 6, 7, 10, 11, 13}, lines); diff != "" {
		t.Errorf("lines with errors (-want +got):\n%s", diff)
	}
}

// TestScanJournalIsPrompt holds that an entry comes as soon as its line is there.
func TestScanJournalIsPrompt(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	write := make(chan string)
	go func() {
		for text := range write {
			_, _ = io.WriteString(w, text)
		}
		_ = w.CloseWithError(errors.New("killed"))
	}()
	n := 0
	write <- `{"MESSAGE":"0"}` + "\n"
	var last error
	for e, err := range ctdblog.ScanJournal(r, ctdblog.Options{}) {
		if last = err; err != nil {
			break
		}
		if n++; string(e.Message) != string(rune('0'+n-1)) {
			t.Errorf("message %q", e.Message)
		}
		if n == 3 {
			close(write)
			continue
		}
		write <- `{"MESSAGE":"` + string(rune('0'+n)) + `"}` + "\n"
	}
	if n != 3 || last == nil || !strings.Contains(last.Error(), "killed") {
		t.Errorf("%d entries, and the error %v", n, last)
	}
}

func TestScanJournalFilter(t *testing.T) {
	t.Parallel()
	var input bytes.Buffer
	for _, program := range []string{"ctdbd", "smbd", "ctdb-eventd"} {
		input.WriteString(`{"MESSAGE":"50.samba: x","SYSLOG_IDENTIFIER":"` + program + `","_PID":"1"}` + "\n")
	}
	filter := ctdblog.Filter{Programs: []string{"ctdbd", "ctdb-eventd"}, Scripts: []string{"50.samba"}}
	got := collect(t, ctdblog.ScanJournal(&input, ctdblog.Options{Filter: filter}))
	if len(got) != 2 || got[1].Program != "ctdb-eventd" || got[1].Line != 3 {
		t.Errorf("entries: %+v", got)
	}
}
