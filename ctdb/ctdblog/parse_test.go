package ctdblog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
	"github.com/go-ctdb/go-ctdb/status"
)

// at gives a time in a zone so many seconds east of UTC.
func at(offset int, text string) time.Time {
	zone := time.UTC
	if offset != 0 {
		zone = time.FixedZone("", offset)
	}
	t, err := time.ParseInLocation("2006-01-02 15:04:05.999999999", text, zone)
	if err != nil {
		panic(err)
	}
	return t
}

func entry(form ctdblog.Form, at time.Time, host, program string, pid int, message string) ctdblog.Entry {
	return ctdblog.Entry{Form: form, Time: at, Host: host, Program: program, PID: pid, Message: []byte(message)}
}

func withLevel(e ctdblog.Entry, level config.LogLevel) ctdblog.Entry {
	e.Level = status.Known(level)
	return e
}

var headers = map[string]struct {
	line string
	want ctdblog.Entry
}{
	"4.17": {
		"2026-11-21T21:49:30.845326+00:00 n1 ctdbd[12486]: CTDB starting on node",
		entry(ctdblog.FormISO, at(0, "2026-11-21 21:49:30.845326"), "n1", "ctdbd", 12486, "CTDB starting on node"),
	},
	"another zone": {
		"2026-11-21T21:49:30.845326-03:30 host.example.com ctdb-recoverd[1]: x",
		entry(ctdblog.FormISO, at(-12600, "2026-11-21 21:49:30.845326"), "host.example.com", "ctdb-recoverd", 1, "x"),
	},
	"rsyslog without a fraction": {
		"2026-11-21T21:49:30Z n1 systemd[1]: Started ctdb.service.",
		entry(ctdblog.FormISO, at(0, "2026-11-21 21:49:30"), "n1", "systemd", 1, "Started ctdb.service."),
	},
	"zone without a colon": {
		"2026-11-21T21:49:30+0200 n1 ctdbd[7]: x",
		entry(ctdblog.FormISO, at(7200, "2026-11-21 21:49:30"), "n1", "ctdbd", 7, "x"),
	},
	"nanoseconds": {
		"2026-11-21T21:49:30.123456789+00:00 n1 ctdbd[7]: x",
		entry(ctdblog.FormISO, at(0, "2026-11-21 21:49:30.123456789"), "n1", "ctdbd", 7, "x"),
	},
	"program without a process": {
		"2026-11-21T21:49:30.845326+00:00 n1 kernel: [ 12.3] oom",
		entry(ctdblog.FormISO, at(0, "2026-11-21 21:49:30.845326"), "n1", "kernel", 0, "[ 12.3] oom"),
	},
	"no program": {
		"2026-11-21T21:49:30.845326+00:00 n1 last message repeated",
		entry(ctdblog.FormISO, at(0, "2026-11-21 21:49:30.845326"), "n1", "", 0, "last message repeated"),
	},
	"cut in the program": {
		"2026-11-21T21:49:30.845326+00:00 n1 ctdb-rec",
		entry(ctdblog.FormISO, at(0, "2026-11-21 21:49:30.845326"), "n1", "", 0, "ctdb-rec"),
	},
	"cut in the host": {
		"2026-11-21T21:49:30.845326+00:00 n",
		entry(ctdblog.FormISO, at(0, "2026-11-21 21:49:30.845326"), "", "", 0, "n"),
	},
	"empty message": {
		"2026-11-21T21:49:30.845326+00:00 n1 ctdbd[7]: ",
		entry(ctdblog.FormISO, at(0, "2026-11-21 21:49:30.845326"), "n1", "ctdbd", 7, ""),
	},
	"no blank before the message": {
		"2026-11-21T21:49:30.845326+00:00 n1 ctdbd[7]:x",
		entry(ctdblog.FormISO, at(0, "2026-11-21 21:49:30.845326"), "n1", "ctdbd", 7, "x"),
	},
	"4.6 to 4.15": {
		"2020/09/27 00:12:00.817799 ctdb-recoverd[5035]: Takeover run starting",
		entry(ctdblog.FormLocal, at(0, "2020-09-27 00:12:00.817799"), "", "ctdb-recoverd", 5035, "Takeover run starting"),
	},
	"2.x to 4.5": {
		"2015/01/02 12:00:00.123456 [recoverd: 1234]: Taking out recovery lock",
		entry(ctdblog.FormLocal, at(0, "2015-01-02 12:00:00.123456"), "", "recoverd", 1234, "Taking out recovery lock"),
	},
	"2.x to 4.5, main daemon": {
		"2015/01/02 12:00:00.123456 [ 1234]: Starting CTDBD",
		entry(ctdblog.FormLocal, at(0, "2015-01-02 12:00:00.123456"), "", "", 1234, "Starting CTDBD"),
	},
	"2.x to 4.5, long process number": {
		"2015/01/02 12:00:00.123456 [1234567]: x",
		entry(ctdblog.FormLocal, at(0, "2015-01-02 12:00:00.123456"), "", "", 1234567, "x"),
	},
	"leap day": {
		"2024/02/29 23:59:60.000001 ctdbd[1]: x",
		entry(ctdblog.FormLocal, at(0, "2024-03-01 00:00:00.000001"), "", "ctdbd", 1, "x"),
	},
	"no program in local time": {
		"2020/09/27 00:12:00.817799 something else",
		entry(ctdblog.FormLocal, at(0, "2020-09-27 00:12:00.817799"), "", "", 0, "something else"),
	},
	"syslog": {
		"Nov 21 21:49:30 n1 ctdbd[12486]: x",
		entry(ctdblog.FormSyslog, at(0, "2026-11-21 21:49:30"), "n1", "ctdbd", 12486, "x"),
	},
	"syslog, one digit": {
		"Nov  1 01:02:03 n1 ctdb-eventd[12486]: 60.chatty: x",
		entry(ctdblog.FormSyslog, at(0, "2026-11-01 01:02:03"), "n1", "ctdb-eventd", 12486, "60.chatty: x"),
	},
	"syslog, the year before": {
		"Nov 23 00:00:00.5 n1 ctdbd[1]: x",
		entry(ctdblog.FormSyslog, at(0, "2025-11-23 00:00:00.5"), "n1", "ctdbd", 1, "x"),
	},
	"syslog, leap day": {
		"Feb 29 00:00:00 n1 ctdbd[1]: x",
		entry(ctdblog.FormSyslog, at(0, "2024-02-29 00:00:00"), "n1", "ctdbd", 1, "x"),
	},
	"priority": {
		"<29>ctdbd[12]: x",
		withLevel(entry(ctdblog.FormBare, time.Time{}, "", "ctdbd", 12, "x"), config.LevelNotice),
	},
	"priority and time": {
		"<27>Nov 21 21:49:30 n1 ctdbd[12]: x",
		withLevel(entry(ctdblog.FormSyslog, at(0, "2026-11-21 21:49:30"), "n1", "ctdbd", 12, "x"), config.LevelError),
	},
	"RFC 5424": {
		"<31>1 2026-11-21T21:49:30.845326+00:00 n1 ctdbd 12 - - x y",
		withLevel(entry(ctdblog.FormRFC5424, at(0, "2026-11-21 21:49:30.845326"), "n1", "ctdbd", 12, "x y"),
			config.LevelDebug),
	},
	"RFC 5424 with data": {
		`<30>1 2026-11-21T21:49:30.845326+00:00 - ctdbd - ID47 [a b="c \"] d"][e f="g"] x y`,
		withLevel(entry(ctdblog.FormRFC5424, at(0, "2026-11-21 21:49:30.845326"), "", "ctdbd", 0, "x y"), config.LevelInfo),
	},
	"warning": {
		"<28>1 2026-11-21T21:49:30.845326+00:00 n1 ctdbd 12 - -",
		withLevel(entry(ctdblog.FormRFC5424, at(0, "2026-11-21 21:49:30.845326"), "n1", "ctdbd", 12, ""),
			config.LevelWarning),
	},
	"standard error": {
		"ctdb-recoverd[13]: x",
		entry(ctdblog.FormBare, time.Time{}, "", "ctdb-recoverd", 13, "x"),
	},
}

var pastOptions = ctdblog.Options{Location: time.UTC, Newest: at(0, "2026-11-22 00:00:00")}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, test := range headers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, end := range []string{"", "\n", "\r\n", "\n second line\n"} {
				raw := test.line + end
				want := test.want
				want.Raw, want.Line, want.File = []byte(raw), 1, "log"
				if strings.Contains(end, "second") {
					want.Message = append(append([]byte{}, want.Message...), "\n second line"...)
				}
				got, err := ctdblog.Parse([]byte(raw), pastOptions)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("entry of %q (-want +got):\n%s", raw, diff)
				}
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"nothing":              "",
		"text":                 " #1 ctdbd(main+0x9) [0x55]",
		"a stack":              "BACKTRACE: 13 stack frames:",
		"month":                "2020/13/27 00:12:00.817799 ctdbd[1]: x",
		"day":                  "2021/02/29 00:12:00.817799 ctdbd[1]: x",
		"hour":                 "2020/09/27 24:12:00.817799 ctdbd[1]: x",
		"minute":               "2020/09/27 00:60:00.817799 ctdbd[1]: x",
		"second":               "2020/09/27 00:12:61.817799 ctdbd[1]: x",
		"letters":              "2020/09/27 00:12:0x.817799 ctdbd[1]: x",
		"mixed separators":     "2020/09-27 00:12:00.817799 ctdbd[1]: x",
		"cut in the date":      "2020/09/27 00:1",
		"cut in the zone":      "2026-11-21T21:49:30.845326+00:",
		"no zone":              "2026-11-21T21:49:30.845326 n1 ctdbd[1]: x",
		"zone of 24 hours":     "2026-11-21T21:49:30.845326+24:00 n1 ctdbd[1]: x",
		"day of syslog":        "Nov 31 21:49:30 n1 ctdbd[1]: x",
		"month of syslog":      "Nex 21 21:49:30 n1 ctdbd[1]: x",
		"priority too large":   "<192>ctdbd[1]: x",
		"priority of letters":  "<x>ctdbd[1]: x",
		"priority twice":       "<29><29>ctdbd[1]: x",
		"priority alone":       "<29>",
		"program alone":        "ctdbd: x",
		"process of letters":   "ctdbd[x]: y",
		"program with a blank": "the ctdbd[1]: y",
		"NUL bytes":            "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ctdblog.Parse([]byte(line), ctdblog.Options{Path: "a.log"})
			if !errors.Is(err, ctdblog.ErrNoHeader) {
				t.Fatalf("%q is %+v with the error %v", line, got, err)
			}
			e, ok := errors.AsType[*ctdblog.ParseError](err)
			if !ok {
				t.Fatalf("the error is a %T", err)
			}
			if file, number, col := e.Position(); file != "a.log" || number != 1 || col != 1 {
				t.Errorf("the error is at %s:%d:%d", file, number, col)
			}
			want := ctdblog.Entry{File: "a.log", Line: 1, Raw: []byte(line), Message: []byte(line)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("entry of %q (-want +got):\n%s", line, diff)
			}
		})
	}
}

func TestScript(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"05.system: WARNING: x":           "05.system|WARNING: x",
		"60.chatty:   second line":        "60.chatty|  second line",
		"60.chatty:":                      "60.chatty|",
		"60.chatty: ":                     "60.chatty|",
		"10.30.0.1:4379: node 10.30.0.3:": "",
		"10.30.0.1: x":                    "10.30.0.1|x", // as a script's name it is fine
		"5.system: x":                     "",
		"05system: x":                     "",
		"05.: x":                          "",
		"05.a b: x":                       "",
		"05.system":                       "",
		"Takeover run starting":           "",
		"":                                "",
	} {
		name, text, ok := ctdblog.Entry{Message: []byte(message)}.Script()
		got := ""
		if ok {
			got = string(name) + "|" + string(text)
		}
		if got != want {
			t.Errorf("Script of %q is %q, want %q", message, got, want)
		}
	}
}

func TestClone(t *testing.T) {
	t.Parallel()
	line := []byte("2020/09/27 00:12:00.817799 ctdbd[1]: message\n")
	e, err := ctdblog.Parse(line, ctdblog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	clone := e.Clone()
	copy(line, strings.Repeat("x", len(line)))
	if got := clone.String(); got != "2020/09/27 00:12:00.817799 ctdbd[1]: message" {
		t.Errorf("the clone is %q", got)
	}
	if got := string(clone.Message); got != "message" {
		t.Errorf("the clone's message is %q", got)
	}
	if file, number, col := clone.Position(); file != "log" || number != 1 || col != 1 {
		t.Errorf("the clone is at %s:%d:%d", file, number, col)
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	var names []string
	for f := ctdblog.FormNone; f <= ctdblog.FormJournal+1; f++ {
		names = append(names, f.String())
	}
	want := []string{"none", "iso", "local", "syslog", "rfc5424", "bare", "journal", "unknown"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names of forms (-want +got):\n%s", diff)
	}
}
