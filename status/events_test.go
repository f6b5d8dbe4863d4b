package status_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

// readEvent reads a capture of event status or scriptstatus.
func readEvent(r report) (*status.EventStatus, error) {
	if r.command()[0] == "scriptstatus" {
		return status.ParseScriptStatus([]byte(r.Out), []byte(r.Err), time.UTC)
	}
	return status.ParseEventStatus([]byte(r.Out), []byte(r.Err), r.Code, time.UTC)
}

// rawOutput is the output of a script as releases up to 4.18 print it, as the last thing.
var rawOutput = regexp.MustCompile(`(?s)\n  OUTPUT:\n    (.*)\n$`)

// TestEventCaptures reads what real clusters printed, prints it again from the model, and compares.
func TestEventCaptures(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for _, r := range reportsIn(t, "events", 200) {
		e, err := readEvent(r)
		if strings.Contains(r.Err, "Failed to initialize event client") {
			counts["no event daemon"]++
			checkRefused(t, err, "socket connect failed")
			continue
		}
		if err != nil {
			t.Errorf("%v: %v\n%s", r, err, r.Out)
			continue
		}
		counts[e.State.String()]++
		printed := e.String()
		if r.Release < "4.19" {
			printed = oldOutput(e, printed)
		}
		r.checkSame(t, printed, e.Unparsed)
		failed, ok := e.Failed()
		if ok {
			counts[failed.State.String()]++
		}
		if r.Code != 0 && e.State == status.EventRan && !e.Result.Is(r.Code) && !e.Result.Is(r.Code+64) {
			t.Errorf("%v: exit code %d, result %v", r, r.Code, e.Result)
		}
		if result, known := e.Result.Get(); known && ok != (result != 0) {
			t.Errorf("%v: result %v, failed %+v", r, result, failed)
		}
	}
	for what, least := range map[string]int{"no event daemon": 5, "ran": 100, "never run": 20, "no component": 1, "ERROR": 20, "TIMEDOUT": 6} {
		if counts[what] < least {
			t.Errorf("only %d captures with %q, want %d", counts[what], what, least)
		}
	}
}

// oldOutput prints the output of the script that failed as releases up to 4.18 do: as it is, with a newline behind it.
func oldOutput(e *status.EventStatus, printed string) string {
	failed, ok := e.Failed()
	if !ok || failed.Output == "" {
		return printed
	}
	if strings.Contains(failed.Output, "\n") {
		match := rawOutput.FindStringIndex(printed)
		return printed[:match[0]] + "\n  OUTPUT: " + failed.Output + "\n\n"
	}
	return printed + "\n"
}

// TestEventForms compares what event status and scriptstatus say of the same run.
func TestEventForms(t *testing.T) {
	t.Parallel()
	runs := map[string]*status.EventStatus{}
	compared := 0
	for _, r := range reportsIn(t, "events", 200) {
		e, err := readEvent(r)
		if err != nil || e.State != status.EventRan || len(e.Scripts) == 0 {
			continue
		}
		event := append(r.command(), "monitor")[1]
		if r.command()[0] == "event" {
			event = r.command()[3]
		}
		key := fmt.Sprint(r.Release, r.State, r.Node, event, e.Scripts[0].Started, e.Scripts[0].Took, len(e.Scripts))
		other, ok := runs[key]
		runs[key] = e
		if !ok {
			continue
		}
		compared++
		if diff := cmp.Diff(other.Scripts, e.Scripts); diff != "" {
			t.Errorf("%v: mismatch\n%s", r, diff)
		}
	}
	if compared < 10 {
		t.Errorf("only %d compared", compared)
	}
}

func scriptAt(name string, state status.ScriptState, took time.Duration) status.ScriptResult {
	s := status.ScriptResult{Name: name, State: state, Started: status.Known(time.Date(2026, 11, 1, 9, 49, 40, 0, time.UTC))}
	if took > 0 {
		s.Took = status.Known(took)
	}
	return s
}

const (
	eventOK = "00.ctdb              OK         0.004 Sun Nov  1 09:49:40 2026\n"
	event50 = "50.test              ERROR      0.120 Sun Nov  1 09:49:40 2026\n"
)

func TestParseEventStatus(t *testing.T) {
	t.Parallel()
	ok := scriptAt("00.ctdb", status.ScriptOK, 4*time.Millisecond)
	okWith := func(output string) status.ScriptResult { s := ok; s.Output = output; return s }
	failed := func(output string) status.ScriptResult {
		s := scriptAt("50.test", status.ScriptError, 120*time.Millisecond)
		s.Output = output
		return s
	}
	timedOut := scriptAt("50.test", status.ScriptTimedOut, 0)
	cannot := status.ScriptResult{Name: "50.test", State: status.ScriptCannotRun, Reason: "Exec format error"}
	const cannotRun = "60.test              CANNOT RUN (Operation not permitted)\n"
	not65 := status.ScriptResult{Name: "60.test", State: status.ScriptCannotRun, Reason: "Operation not permitted"}
	with65 := not65
	with65.Output = "leaving\nwith 65"
	disabled := status.ScriptResult{Name: "70.disabled", State: status.ScriptDisabled}
	long := scriptAt("50.a name that is long and has blanks", status.ScriptOK, 12*time.Second)
	const shifted = "event daemon helper failed with error 46\n"
	tests := map[string]struct {
		out, err string
		code     int
		result   status.Value[int]
		want     []status.ScriptResult
	}{
		"fine":                  {eventOK, "", 0, status.Known(0), []status.ScriptResult{ok}},
		"no scripts":            {"", "", 0, status.Known(0), []status.ScriptResult{}},
		"disabled":              {eventOK + "70.disabled          DISABLED  \n", "", 0, status.Known(0), []status.ScriptResult{ok, disabled}},
		"long name":             {"50.a name that is long and has blanks OK         12.000 Sun Nov  1 09:49:40 2026\n", "", 0, status.Known(0), []status.ScriptResult{long}},
		"failed":                {eventOK + event50, "", 7, status.Known(7), []status.ScriptResult{ok, failed("")}},
		"failed with 100":       {event50, "event daemon helper failed with error 36\n", 36, status.Known(100), []status.ScriptResult{failed("")}},
		"failed with 36":        {event50, "", 36, status.Known(36), []status.ScriptResult{failed("")}},
		"cancelled":             {eventOK, "event daemon helper failed with error 61\n", 61, status.Known(125), []status.ScriptResult{ok}},
		"new, one line":         {event50 + "  OUTPUT: no luck\n", "", 1, status.Known(1), []status.ScriptResult{failed("no luck")}},
		"old, one line":         {event50 + "  OUTPUT: no luck\n\n", "", 1, status.Known(1), []status.ScriptResult{failed("no luck")}},
		"old, lines":            {event50 + "  OUTPUT: no\n  luck\n\n" + eventOK + "\n", "", 1, status.Known(1), []status.ScriptResult{failed("no\n  luck\n\n" + strings.TrimSuffix(eventOK, "\n"))}},
		"old, blank line first": {event50 + "  OUTPUT: \nno luck\n\n", "", 1, status.Known(1), []status.ScriptResult{failed("\nno luck")}},
		"new, lines":            {event50 + "  OUTPUT:\n    no\n    \n      luck\n", "", 1, status.Known(1), []status.ScriptResult{failed("no\n\n  luck")}},
		"new, output of OK":     {eventOK + "  OUTPUT: hello\n70.disabled          DISABLED  \n", "", 0, status.Known(0), []status.ScriptResult{okWith("hello"), disabled}},
		"new, lines of OK":      {eventOK + "  OUTPUT:\n    a\n    b\n70.disabled          DISABLED  \n", "", 0, status.Known(0), []status.ScriptResult{okWith("a\nb"), disabled}},
		"terminal":              {strings.ReplaceAll(event50+"  OUTPUT: a\nb\n\n", "\n", "\r\n"), "", 1, status.Known(1), []status.ScriptResult{failed("a\nb")}},
		"timed out":             {"50.test              TIMEDOUT   Sun Nov  1 09:49:40 2026\n", shifted, 46, status.Known(110), []status.ScriptResult{timedOut}},
		"timed out, no stderr":  {"50.test              TIMEDOUT   Sun Nov  1 09:49:40 2026\n", "", 46, status.Known(110), []status.ScriptResult{timedOut}},
		"cannot run":            {"50.test              CANNOT RUN (Exec format error)\n", "", 8, status.Known(8), []status.ScriptResult{cannot}},
		"ended with 65":         {cannotRun + "  OUTPUT: leaving\nwith 65\n", "", 1, status.Known(1), []status.ScriptResult{with65}},
		"ended with 200":        {cannotRun, "event daemon helper failed with error 72\n", 72, status.Known(136), []status.ScriptResult{not65}},
		"no output after all":   {event50 + "  OUTPUT: \n", "", 1, status.Known(1), []status.ScriptResult{failed("")}},
		"scriptstatus":          {event50, "", 0, status.Value[int]{}, []status.ScriptResult{failed("")}},
		"scriptstatus, shifted": {event50, shifted, 0, status.Known(110), []status.ScriptResult{failed("")}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := status.ParseEventStatus([]byte(test.out), []byte(test.err), test.code, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			want := &status.EventStatus{Form: status.FormText, State: status.EventRan, Result: test.result, Scripts: test.want}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseEventStatusWithoutScripts(t *testing.T) {
	t.Parallel()
	none := []status.ScriptResult{}
	never := &status.EventStatus{Form: status.FormText, State: status.EventNeverRun, Event: "takeip", Component: "legacy", Scripts: none}
	nowhere := &status.EventStatus{Form: status.FormText, State: status.EventNoComponent, Component: "nosuch", Scripts: none}
	for _, test := range []struct {
		out  string
		code int
		want *status.EventStatus
	}{
		{"Event takeip has never run in legacy\n", 22, never},
		{"Event takeip has never run in legacy\n", 0, never}, // of scriptstatus
		{"Event dir for nosuch does not exist\n", 2, nowhere},
	} {
		got, err := status.ParseEventStatus([]byte(test.out), nil, test.code, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("mismatch (-want +got)\n%s", diff)
		}
		if s, ok := got.Failed(); ok || got.Result.IsReported() {
			t.Errorf("failed: %v, result %v", s, got.Result)
		}
	}
}

func TestParseEventStatusRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		out, err string
		code     int
		want     string
	}{
		"no daemon":       {"", "socket connect failed - /run/x\nFailed to initialize\n", 5, `ctdb event status: no output, exit code 5; the tool says "socket connect failed - /run/x"`},
		"silent failure":  {"", "", 5, `no output, exit code 5`},
		"said but 0":      {"", "Failed to initialize event client, ret=5\n", 0, "Failed to initialize"},
		"usage":           {"Usage: ctdb-event\n", "", 1, `ctdb event status:1: want the scripts of an event, got "Usage: ctdb-event"`},
		"cut":             {eventOK + event50[:30], "", 0, "the output ends within the line"},
		"cut in output":   {event50 + "  OUTPUT: a\nb", "", 0, "the output ends within the output of script"},
		"twice":           {eventOK + eventOK, "", 0, `ctdb event status:2:1: a second script "00.ctdb"`},
		"two outputs":     {eventOK + "  OUTPUT: a\n  OUTPUT: b\n", "", 0, "ctdb event status:3:1: a second output of script"},
		"bad time":        {"00.ctdb              OK         0.004 Sun Nov 31 09:49:40 2026\n", "", 0, `ctdb event status:1:1: want "NAME OK SECONDS TIME" or the like`},
		"bad duration":    {"00.ctdb              OK         soon Sun Nov  1 09:49:40 2026\n", "", 0, `want "NAME OK SECONDS TIME"`},
		"no time":         {"00.ctdb              TIMEDOUT\n", "", 0, `want "NAME OK SECONDS TIME"`},
		"never, but ran":  {"Event e has never run in c\n" + eventOK, "", 22, `scripts of an event whose state is "never run"`},
		"never, code 7":   {"Event e has never run in c\n", "", 7, "exit code 7 of an event that never ran; want 22"},
		"no dir, code 22": {"Event dir for c does not exist\n", "", 22, "exit code 22 for a component that is not there"},
		"too many":        {numbered("%d.a OK 0.1 Sun Nov  1 09:49:40 2026\n", 10001), "", 0, "too many scripts"},
		"too large":       {strings.Repeat("\n", status.MaxOutput+1), "", 0, "the limit is"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := status.ParseEventStatus([]byte(test.out), []byte(test.err), test.code, time.UTC)
			checkRefused(t, err, test.want)
		})
	}
	_, err := status.ParseScriptStatus(nil, []byte("socket connect failed - /run/x\n"), nil)
	checkRefused(t, err, "ctdb scriptstatus: no output, exit code 0; the tool says \"socket connect failed")
}

func TestParseEventStatusKeepsUnknown(t *testing.T) {
	t.Parallel()
	got, err := status.ParseEventStatus([]byte(eventOK+"60.x                 SKIPPED\n"), nil, 0, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	want := status.Lines{{2, "60.x                 SKIPPED"}}
	if diff := cmp.Diff(want, got.Unparsed); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
}

func TestEventEnumerations(t *testing.T) {
	t.Parallel()
	for state := status.EventRan; state <= status.EventNoComponent; state++ {
		out, err := json.Marshal(state)
		var back status.EventState
		if err2 := json.Unmarshal(out, &back); err != nil || err2 != nil || back != state {
			t.Errorf("%v comes back as %v: %v, %v", state, back, err, err2)
		}
	}
	for state := status.ScriptOK; state <= status.ScriptCannotRun; state++ {
		out, err := json.Marshal(state)
		var back status.ScriptState
		if err2 := json.Unmarshal(out, &back); err != nil || err2 != nil || back != state {
			t.Errorf("%v comes back as %v: %v, %v", state, back, err, err2)
		}
	}
	var event status.EventState
	var script status.ScriptState
	if event.UnmarshalText([]byte("")) == nil || script.UnmarshalText([]byte("ok")) == nil {
		t.Errorf("got %v, %v", event, script)
	}
	if got := status.EventState(9).String() + status.ScriptState(9).String(); got != "EventState(9)ScriptState(9)" {
		t.Errorf("got %s", got)
	}
}

func FuzzParseEventStatus(f *testing.F) {
	f.Add([]byte(eventOK+"  OUTPUT:\n    a\n    b\n"+event50+"  OUTPUT: a\nb\n\n"), []byte(""), 1)
	f.Add([]byte("50.test              CANNOT RUN (Exec format error)\n"), []byte(""), 8)
	for i, r := range reportsIn(f, "events", 200) {
		if i%15 == 0 {
			f.Add([]byte(r.Out), []byte(r.Err), r.Code)
		}
	}
	f.Fuzz(func(t *testing.T, in, stderr []byte, code int) {
		e, err := status.ParseEventStatus(in, stderr, code, time.UTC)
		if err != nil {
			checkError(t, in, err)
			return
		}
		if len(e.Scripts) > len(in) || len(e.Unparsed) > 100 || e.State == 0 {
			t.Fatalf("got %+v", e)
		}
		e.Unparsed = nil
		printed := e.String()
		back, err := status.ParseEventStatus([]byte(printed), stderr, code, time.UTC)
		again(t, e, back, err, printed)
	})
}
