package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/status"
)

// eventRequest makes a packet of a request as an event daemon wants it.
func eventRequest(id, command uint32, parts ...any) []byte {
	var m image
	m.u32(8, id)
	m.u32(12, command)
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			m.text(part)
		case int:
			m.u32(len(m), uint32(part))
		}
	}
	m.u32(0, uint32(len(m)))
	return m
}

func TestAppendEvent(t *testing.T) {
	run := func(run wire.EventRun) []byte {
		got, err := wire.AppendEventRun([]byte("x"), 9, run)
		if err != nil {
			t.Error(err)
		}
		return got
	}
	ask, err := wire.AppendEventStatus([]byte("x"), 9, "legacy", "monitor")
	if err != nil {
		t.Error(err)
	}
	tests := []struct {
		name      string
		got, want []byte
	}{
		{"status", ask, eventRequest(9, 2, "legacy", "monitor")},
		{"run", run(wire.EventRun{Component: "legacy", Event: "startup", Timeout: time.Second}),
			eventRequest(9, 1, "legacy", "startup", "", 1, 0)},
		{"run with arguments", run(wire.EventRun{
			Component: "legacy", Event: "takeip", Args: []string{"eth0", "192.0.2.1", "24"}, Timeout: 1500 * time.Millisecond,
			GoOn: true,
		}), eventRequest(9, 1, "legacy", "takeip", "eth0 192.0.2.1 24", 2, 1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(append([]byte("x"), test.want...), test.got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
			if length := binary.NativeEndian.Uint32(test.got[1:]); int(length) != len(test.got)-1 {
				t.Errorf("length %d of %d", length, len(test.got)-1)
			}
		})
	}
}

func TestImpossibleEvents(t *testing.T) {
	long := strings.Repeat("x", 5000)
	good := wire.EventRun{Component: "legacy", Event: "monitor", Timeout: time.Second}
	tests := map[string]func(r *wire.EventRun){
		"no component":        func(r *wire.EventRun) { r.Component = "" },
		"component elsewhere": func(r *wire.EventRun) { r.Component = "../legacy" },
		"hidden component":    func(r *wire.EventRun) { r.Component = ".." },
		"no event":            func(r *wire.EventRun) { r.Event = "" },
		"option":              func(r *wire.EventRun) { r.Event = "-x" },
		"two words":           func(r *wire.EventRun) { r.Event = "a b" },
		"NUL":                 func(r *wire.EventRun) { r.Event = "a\x00" },
		"long event":          func(r *wire.EventRun) { r.Event = long },
		"empty argument":      func(r *wire.EventRun) { r.Args = []string{""} },
		"argument of two":     func(r *wire.EventRun) { r.Args = []string{"a b"} },
		"argument with NUL":   func(r *wire.EventRun) { r.Args = []string{"a\x00"} },
		"long arguments":      func(r *wire.EventRun) { r.Args = []string{"a", long} },
		"no time":             func(r *wire.EventRun) { r.Timeout = 0 },
		"negative time":       func(r *wire.EventRun) { r.Timeout = -1 },
		"centuries":           func(r *wire.EventRun) { r.Timeout = 1<<63 - 1 },
	}
	for name, change := range tests {
		r := good
		change(&r)
		got, err := wire.AppendEventRun([]byte("x"), 1, r)
		if e, ok := errors.AsType[*wire.Error](err); !ok || e.Opcode != wire.NoOpcode || string(got) != "x" {
			t.Errorf("%s: got %q, error %v", name, got, err)
		}
	}
	if got, err := wire.AppendEventStatus([]byte("x"), 1, "legacy", "-x"); err == nil || string(got) != "x" {
		t.Errorf("status of an option: got %q, error %v", got, err)
	}
}

// eventStatus reads an answer about event "monitor".
func eventStatus(t *testing.T, result int32, body []byte) (*status.EventStatus, error) {
	t.Helper()
	r, err := wire.ParseEventReply(eventPacket(3, 2, result, body))
	if err != nil {
		t.Fatal(err)
	}
	return wire.DecodeEventStatus(r, "legacy", "monitor")
}

// later gives a time some milliseconds after the sample.
func later(ms float64) time.Time { return moment.Add(time.Duration(ms * float64(time.Millisecond))) }

func ran(name string, state status.ScriptState, took time.Duration, output string) status.ScriptResult {
	return status.ScriptResult{
		Name: name, State: state, Started: status.Known(moment), Took: status.Known(took), Output: output,
	}
}

func TestDecodeEventStatus(t *testing.T) {
	const ms = time.Millisecond
	first := scriptImage{"00.ctdb", later(1), later(5.6), 0, ""}
	of := func(result int, scripts ...status.ScriptResult) *status.EventStatus {
		return &status.EventStatus{
			State: status.EventRan, Result: status.Known(result), Scripts: append([]status.ScriptResult{}, scripts...),
		}
	}
	zero := time.Unix(0, 0)
	failed := scriptImage{"50.test", later(6), later(7), 7, "a\n\nb\n"}
	tests := []struct {
		name   string
		result int32
		body   []byte
		want   *status.EventStatus
	}{
		{"no scripts", 0, eventStatusImage(0), of(0)},
		{"never run", 22, nil, &status.EventStatus{
			State: status.EventNeverRun, Event: "monitor", Component: "legacy", Scripts: []status.ScriptResult{},
		}},
		{"no component", 2, nil, &status.EventStatus{
			State: status.EventNoComponent, Component: "legacy", Scripts: []status.ScriptResult{},
		}},
		{"success", 0, eventStatusImage(0, first, scriptImage{"10.x", later(6), later(6.4999), 0, "out\n"}),
			of(0, ran("00.ctdb", status.ScriptOK, 5*ms, ""), ran("10.x", status.ScriptOK, 0, "out"))},
		{"failure", 0, eventStatusImage(7, first, failed),
			of(7, ran("00.ctdb", status.ScriptOK, 5*ms, ""), ran("50.test", status.ScriptError, ms, "a\n\nb"))},
		{"not run, never before", 0, eventStatusImage(7, failed, scriptImage{"60.next", zero, zero, -42, ""}),
			of(7, ran("50.test", status.ScriptError, ms, "a\n\nb"))},
		{"not run in 4.24", 0, eventStatusImage(7, failed, scriptImage{"60.next", zero, zero, -61, ""}),
			of(7, ran("50.test", status.ScriptError, ms, "a\n\nb"))},
		{"not run, but before", 0, eventStatusImage(7, failed, scriptImage{"60.next", later(2), later(3), 0, ""}),
			of(7, ran("50.test", status.ScriptError, ms, "a\n\nb"))},
		{"run after a failure", 0, eventStatusImage(7, failed, scriptImage{"60.next", later(8), later(9), 0, ""}),
			of(7, ran("50.test", status.ScriptError, ms, "a\n\nb"), ran("60.next", status.ScriptOK, ms, ""))},
		{"a clock that was set back", 0, eventStatusImage(0, first, scriptImage{"60.next", later(0), later(1), 0, ""}),
			of(0, ran("00.ctdb", status.ScriptOK, 5*ms, ""), ran("60.next", status.ScriptOK, ms, ""))},
		{"ended with 106", 0, eventStatusImage(-42, first, scriptImage{"50.test", later(0), later(0), 7, ""}),
			of(42, ran("00.ctdb", status.ScriptOK, 5*ms, ""))},
		{"ended with 106 up to 4.23", 0, eventStatusImage(-42, scriptImage{"50.test", later(0), later(0), -42, "x"}),
			of(42, status.ScriptResult{
				Name: "50.test", State: status.ScriptCannotRun, Reason: wire.ErrnoText(42), Output: "x",
			})},
		{"timed out", 0, eventStatusImage(-110, scriptImage{"50.test", later(0), later(0), -110, ""}),
			of(110, status.ScriptResult{Name: "50.test", State: status.ScriptTimedOut, Started: status.Known(moment)})},
		{"disabled", 0, eventStatusImage(0, scriptImage{"50.test", later(0), later(0), -8, ""}),
			of(0, status.ScriptResult{Name: "50.test", State: status.ScriptDisabled})},
		{"can't run", 0, eventStatusImage(-2, scriptImage{"50.test", later(0), later(0), -2, ""}),
			of(2, status.ScriptResult{Name: "50.test", State: status.ScriptCannotRun, Reason: wire.ErrnoText(2)})},
		{"a clock that was set back within a script", 0,
			eventStatusImage(0, scriptImage{"50.test", later(3), later(1), 0, ""}),
			of(0, ran("50.test", status.ScriptOK, -2*ms, ""))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := eventStatus(t, test.result, test.body)
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("error %v, mismatch (-want +got)\n%s", err, diff)
			}
		})
	}
}

// TestEventStatusCutOff reads each beginning of an answer, one that goes on, and one whose lengths lie.
func TestEventStatusCutOff(t *testing.T) {
	first, last := scriptImage{"00.ctdb", moment, moment, 0, ""}, scriptImage{"50.test", moment, moment, 7, "out"}
	body := eventStatusImage(7, first, last)
	refuse := func(name string, body []byte) {
		t.Helper()
		var got *status.EventStatus
		var err error
		if bytes := allocated(func() { got, err = eventStatus(t, 0, body) }); bytes > 16<<10 {
			t.Errorf("%s: %d bytes were allocated", name, bytes)
		}
		e, ok := errors.AsType[*wire.Error](err)
		if !ok || got != nil || e.Offset < 20 || e.Offset > 20+len(body) {
			t.Errorf("%s: got %v, error %+v", name, got, err)
		}
	}
	for n := range body {
		refuse("cut off", body[:n])
	}
	refuse("more", append(bytes.Clone(body), 0))
	for _, at := range []int{4, 8, len(body) - 8} {
		n := binary.NativeEndian.Uint32(body[at:])
		for _, lie := range []uint32{n - 1, n + 1, 1 << 31, 1<<32 - 1} {
			m := image(bytes.Clone(body))
			m.u32(at, lie)
			refuse("a lie", m)
		}
	}
	m := image(bytes.Clone(body))
	m.u64(8+12, 1<<63)
	refuse("a time before 1970", m)
}

func TestEventErrors(t *testing.T) {
	parse := func(command uint32, result int32) wire.EventReply {
		r, err := wire.ParseEventReply(eventPacket(3, command, result, nil))
		if err != nil || r.ID != 3 {
			t.Errorf("got %+v, error %v", r, err)
		}
		return r
	}
	if err := wire.DecodeEventRun(parse(1, 0)); err != nil {
		t.Error(err)
	}
	for _, code := range []int32{8, 110, 125} {
		e, ok := errors.AsType[*wire.EventError](wire.DecodeEventRun(parse(1, code)))
		if !ok || e.Status != int(code) || e.Command != wire.EventRunCommand || !strings.HasPrefix(e.Error(), "event run: ") {
			t.Errorf("result %d: error %v", code, e)
		}
	}
	if _, ok := errors.AsType[*wire.Error](wire.DecodeEventRun(parse(2, 0))); !ok {
		t.Error("the answer to another command was taken")
	}
	if _, err := wire.DecodeEventStatus(parse(1, 22), "legacy", "x"); err == nil {
		t.Error("the answer to another command was taken")
	}
	if _, ok := errors.AsType[*wire.EventError](second(wire.DecodeEventStatus(parse(2, 12), "legacy", "x"))); !ok {
		t.Error("want an EventError")
	}
	for command, want := range map[wire.EventCommand]string{2: "event status", 3: "event command 3"} {
		if got := command.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }
