package eventscript_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/eventscript"
	"github.com/go-ctdb/go-ctdb/status"
)

// scripted is a runner that answers the words of a command, without the options before them.
type scripted struct {
	answers map[string][]ctdb.Result // the last one stays
	ran     []string
}

func (s *scripted) Run(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	words := strings.Join(cmd.Args[4:], " ")
	s.ran = append(s.ran, words)
	answers, ok := s.answers[words]
	if !ok {
		return ctdb.Result{}, errors.New("not scripted: " + words)
	}
	if len(answers) > 1 {
		s.answers[words] = answers[1:]
	}
	return answers[0], nil
}

func (s *scripted) tool(r release.Release) eventscript.Tool {
	return eventscript.Tool{Config: ctdb.Config{Runner: s}, Release: r}
}

func said(out string) ctdb.Result { return ctdb.Result{Stdout: []byte(out)} }

func saidAndFailed(code int, out string) ctdb.Result {
	return ctdb.Result{ExitCode: code, Stdout: []byte(out)}
}

const listLegacy = "event script list legacy"

func TestToolList(t *testing.T) {
	t.Parallel()
	s := &scripted{answers: map[string][]ctdb.Result{listLegacy: {
		said("* 00.ctdb\n  10.interface\n  49.winbind\n  50.samba\n\n  49.winbind\n* 50.a\n* 50.samba\n* 81.dir\n"),
	}}}
	l, err := s.tool(debian12).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]brief{
		"00.ctdb":      {installed, 0, true, nil},
		"10.interface": {installed, 0, false, nil},
		"49.winbind":   {local, 0, false, []string{"own warning"}},
		"50.a":         {local, 0, true, []string{"duplicate-order note"}},
		"50.samba":     {local, 0, true, []string{"own warning", "duplicate-order note"}},
		"81.dir":       {local, 0, true, nil},
	}
	got, order := map[string]brief{}, ""
	for _, s := range l.Scripts {
		got[s.Name] = briefOf(s)
		order += s.Name + " "
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scripts (-want +got):\n%s", diff)
	}
	if want := "00.ctdb 10.interface 49.winbind 50.a 50.samba 81.dir "; order != want {
		t.Errorf("the order is %s", order)
	}
	samba, _ := l.Script("50.samba")
	if mine, _ := l.Script("81.dir"); !samba.Installed || mine.Installed || len(l.Tool.Scripts) != 8 {
		t.Errorf("%+v %+v %v", samba, mine, l.Tool)
	}
}

// TestToolListOld has the words of 4.6 to 4.8, as its source has them.
func TestToolListOld(t *testing.T) {
	t.Parallel()
	for out, want := range map[string][]string{
		"00.ctdb             \n50.samba             DISABLED\n99.a name longer than twenty DISABLED\n": {
			"* 00.ctdb", "  50.samba", "  99.a name longer than twenty",
		},
		"No event scripts found\n": nil,
		"":                         nil,
	} {
		s := &scripted{answers: map[string][]ctdb.Result{"event script list": {said(out)}}}
		l, err := s.tool(v(7)).List(t.Context())
		if err != nil {
			t.Errorf("%q: %v", out, err)
			continue
		}
		var got []string
		for _, s := range l.Scripts {
			got = append(got, s.String())
		}
		if diff := cmp.Diff(want, got); diff != "" || l.Tool != nil {
			t.Errorf("%q (-want +got):\n%s", out, diff)
		}
	}
	s := &scripted{answers: map[string][]ctdb.Result{"event script list": {said("00.ctdb\nUsage: ctdb\n")}}}
	_, err := s.tool(v(7)).List(t.Context())
	if e, ok := errors.AsType[*ctdb.CommandError](err); !errors.Is(err, ctdb.ErrOutput) || !ok ||
		e.Command.Name != "ctdb" {
		t.Errorf("the error is %v", err)
	}
	if _, err := s.tool(v(5)).List(t.Context()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("4.5: %v", err)
	}
	if _, err := s.tool(v(5)).EnableService(t.Context(), "samba"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a service in 4.5: %v", err)
	}
}

func TestToolChange(t *testing.T) {
	t.Parallel()
	const on, off = "* 50.samba\n", "  50.samba\n"
	tests := map[string]struct {
		release release.Release
		op      string
		answers map[string][]ctdb.Result
		want    []error // nil is success
		ran     []string
	}{
		"enable": {debian12, "enable", map[string][]ctdb.Result{
			"event script enable legacy 50.samba": {said("")}, listLegacy: {said(on)},
		}, nil, []string{"event script enable legacy 50.samba", listLegacy}},
		"enable, of a release that is not known": {release.Release{}, "enable", map[string][]ctdb.Result{
			"event script enable legacy 50.samba": {said("")}, listLegacy: {said(on)},
		}, nil, []string{"event script enable legacy 50.samba", listLegacy}},
		"enable without an effect": {debian12, "enable", map[string][]ctdb.Result{
			"event script enable legacy 50.samba": {said("")}, listLegacy: {said(off + "\n" + off)},
		}, []error{eventscript.ErrNotEnabled}, []string{"event script enable legacy 50.samba", listLegacy}},
		"enable what is not there": {debian12, "enable", map[string][]ctdb.Result{
			"event script enable legacy 50.samba": {saidAndFailed(2, "Script 50.samba does not exist in legacy\n")},
		}, []error{eventscript.ErrNoSuchScript, fs.ErrNotExist}, []string{"event script enable legacy 50.samba"}},
		"enable a directory": {debian12, "enable", map[string][]ctdb.Result{
			"event script enable legacy 50.samba": {
				saidAndFailed(22, "Script /etc/x/50.samba.script is not a file or a link\n"),
			},
		}, []error{eventscript.ErrNotFile}, []string{"event script enable legacy 50.samba"}},
		"enable without permission": {debian12, "enable", map[string][]ctdb.Result{
			"event script enable legacy 50.samba": {saidAndFailed(5, "Failed to create symlink /etc/x/50.samba.script\n")},
		}, []error{nil}, []string{"event script enable legacy 50.samba"}},
		"the list fails": {debian12, "enable", map[string][]ctdb.Result{
			"event script enable legacy 50.samba": {said("")}, listLegacy: {saidAndFailed(2, "")},
		}, []error{nil}, []string{"event script enable legacy 50.samba", listLegacy}},
		"disable": {debian12, "disable", map[string][]ctdb.Result{
			"event script disable legacy 50.samba": {said("")}, listLegacy: {said(on), said(off)},
		}, nil, []string{listLegacy, "event script disable legacy 50.samba", listLegacy}},
		"disable without an effect": {debian12, "disable", map[string][]ctdb.Result{
			"event script disable legacy 50.samba": {said("")}, listLegacy: {said(on)},
		}, []error{eventscript.ErrStillEnabled}, []string{listLegacy, "event script disable legacy 50.samba", listLegacy}},
		"disable what is not there": {debian12, "disable", map[string][]ctdb.Result{
			listLegacy: {said("* 00.ctdb\n")},
		}, []error{eventscript.ErrNoSuchScript}, []string{listLegacy}},
		"enable in 4.8": {v(8), "enable", map[string][]ctdb.Result{
			"event script enable 50.samba": {said("")}, "event script list": {said("50.samba\n")},
		}, nil, []string{"event script enable 50.samba", "event script list"}},
		"enable in 4.8 without an effect": {v(8), "enable", map[string][]ctdb.Result{
			"event script enable 50.samba": {said("")}, "event script list": {said("50.samba             DISABLED\n")},
		}, []error{eventscript.ErrNotEnabled}, []string{"event script enable 50.samba", "event script list"}},
		"disable in 4.6": {v(6), "disable", map[string][]ctdb.Result{
			"event script disable 50.samba": {said("")}, "event script list": {said("50.samba             DISABLED\n")},
		}, nil, []string{"event script disable 50.samba", "event script list"}},
		"disable in 4.6 what is not there": {v(6), "disable", map[string][]ctdb.Result{
			"event script disable 50.samba": {{ExitCode: 1, Stderr: []byte("Script 50.samba does not exist\n")}},
		}, []error{eventscript.ErrNoSuchScript}, []string{"event script disable 50.samba"}},
		"enable in 4.6 without a daemon": {v(6), "enable", map[string][]ctdb.Result{
			"event script enable 50.samba": {{ExitCode: 1, Stderr: []byte("socket connect failed - /run/ctdb/eventd.sock\n")}},
		}, []error{ctdb.ErrNotRunning}, []string{"event script enable 50.samba"}},
		"enable in 4.5": {
			v(5), "enable", map[string][]ctdb.Result{"enablescript 50.samba": {said("")}}, nil,
			[]string{"enablescript 50.samba"},
		},
		"disable in 4.2": {
			v(2), "disable", map[string][]ctdb.Result{"disablescript 50.samba": {said("")}}, nil,
			[]string{"disablescript 50.samba"},
		},
		"another tool": {v(5), "enable", map[string][]ctdb.Result{
			"enablescript 50.samba": {{ExitCode: 1, Stderr: []byte("Unknown command 'enablescript'\n")}},
		}, []error{ctdb.ErrUsage}, []string{"enablescript 50.samba"}},
	}
	for what, test := range tests {
		for _, tail := range []string{"", ".script"} {
			t.Run(what+tail, func(t *testing.T) {
				t.Parallel()
				s := &scripted{answers: map[string][]ctdb.Result{}}
				maps.Copy(s.answers, test.answers)
				tool := s.tool(test.release)
				do := map[string]func(context.Context, string) error{"enable": tool.Enable, "disable": tool.Disable}[test.op]
				err := do(t.Context(), "50.samba"+tail)
				if (err == nil) != (test.want == nil) {
					t.Errorf("the error is %v", err)
				}
				for _, want := range test.want {
					if want != nil && !errors.Is(err, want) {
						t.Errorf("the error is %v, want %v", err, want)
					}
				}
				if e, ok := errors.AsType[*eventscript.ScriptError](err); err != nil &&
					(!ok || e.Op != test.op || e.Script != "50.samba" || e.Path != "") {
					t.Errorf("the error is %#v", err)
				}
				if diff := cmp.Diff(test.ran, s.ran); diff != "" {
					t.Errorf("commands (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestToolRunner has what a runner reports.
func TestToolRunner(t *testing.T) {
	t.Parallel()
	for cause, want := range map[error]error{
		exec.ErrNotFound: ctdb.ErrToolMissing, fs.ErrPermission: ctdb.ErrPermission,
		context.DeadlineExceeded: ctdb.ErrTimeout,
		context.Canceled:         context.Canceled,
	} {
		var got ctdb.Command
		runner := ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
			if _, ok := ctx.Deadline(); !ok {
				t.Error("the command has no limit of time")
			}
			got = cmd
			return ctdb.Result{}, cause
		})
		tool := eventscript.Tool{Config: ctdb.Config{Runner: runner, Tool: "/opt/ctdb", Timeout: 7 * time.Second}}
		err := tool.Enable(t.Context(), "50.samba")
		if !errors.Is(err, want) || !errors.Is(err, cause) {
			t.Errorf("%v becomes %v, want %v", cause, err, want)
		}
		if e, ok := errors.AsType[*ctdb.CommandError](err); !ok || e.Command.String() != got.String() {
			t.Errorf("the error is %#v", err)
		}
		if want := "/opt/ctdb -t 2 -T 7 event script enable legacy 50.samba"; got.String() != want {
			t.Errorf("ran %v, want %s", got, want)
		}
	}
}

// TestToolNames has names for which nothing is run.
func TestToolNames(t *testing.T) {
	t.Parallel()
	s := &scripted{}
	for _, name := range []string{"", "-h", ".script", "..", "../50.samba", "50.samba/x", "50.a\nb", "badname", "5.x",
		"50.a\\b", "50.\xff", "--", "50"} {
		for _, do := range []func(context.Context, string) error{s.tool(debian12).Enable, s.tool(debian12).Disable} {
			if err := do(t.Context(), name); !errors.Is(err, eventscript.ErrName) {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
	if err := s.tool(v(4)).Enable(t.Context(), "-h"); !errors.Is(err, eventscript.ErrName) {
		t.Errorf("-h in 4.4: %v", err)
	}
	if len(s.ran) > 0 {
		t.Errorf("ran %q", s.ran)
	}
}

func TestToolService(t *testing.T) {
	t.Parallel()
	s := &scripted{answers: map[string][]ctdb.Result{
		listLegacy: {
			said("  48.netbios\n  50.samba\n"), said("* 48.netbios\n  50.samba\n"), said("* 48.netbios\n* 50.samba\n"),
		},
		"event script enable legacy 48.netbios": {said("")}, "event script enable legacy 50.samba": {said("")},
	}}
	checkChange(t, eventscript.ServiceChange{Changed: []string{"48.netbios", "50.samba"}}, nil,
		func() (*eventscript.ServiceChange, error) {
			return s.tool(debian12).EnableService(t.Context(), "samba")
		})
	s = &scripted{answers: map[string][]ctdb.Result{listLegacy: {said("* 48.netbios\n  50.samba\n\n* 50.samba\n")}}}
	checkChange(t, eventscript.ServiceChange{Left: []eventscript.Left{
		{Script: "50.samba", Reason: eventscript.LeftOwn}, {Script: "48.netbios", Reason: eventscript.LeftWithService},
	}}, eventscript.ErrLeftAlone, func() (*eventscript.ServiceChange, error) {
		return s.tool(debian12).DisableService(t.Context(), "samba")
	})
}

const (
	ranOK     = "00.ctdb              OK         0.004 Sat Nov 21 21:49:40 2026\n"
	ranFailed = ranOK + "50.samba             ERROR      0.120 Sat Nov 21 21:49:40 2026\n  OUTPUT: no smbd\n\n"
)

func TestResults(t *testing.T) {
	t.Parallel()
	s := &scripted{answers: map[string][]ctdb.Result{}}
	for _, event := range eventscript.Events(release.Release{}) {
		s.answers["event status legacy "+event] = []ctdb.Result{saidAndFailed(22,
			"Event "+event+" has never run in legacy\n")}
	}
	s.answers["event status legacy monitor"] = []ctdb.Result{saidAndFailed(1, ranFailed)}
	s.answers["event status legacy startup"] = []ctdb.Result{said(ranOK)}
	results, err := s.tool(release.Release{}).Results(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range results {
		failed, _ := r.Status.Failed()
		got[r.Event] = r.Status.State.String() + " " + failed.Name
	}
	want := map[string]string{
		"init": "never run ", "setup": "never run ", "startrecovery": "never run ", "recovered": "never run ",
		"startipreallocate": "never run ", "takeip": "never run ", "releaseip": "never run ", "updateip": "never run ",
		"ipreallocated": "never run ", "startup": "ran ", "monitor": "ran 50.samba", "shutdown": "never run ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	results, err = s.tool(debian12).Results(t.Context(), "monitor", "other", "startup")
	if err == nil || len(results) != 1 || results[0].Event != "monitor" {
		t.Errorf("%v (%v)", results, err)
	}
	if _, err := s.tool(v(8)).Results(t.Context()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("4.8: %v", err)
	}
	if _, err := s.tool(debian12).Results(t.Context(), "-x"); !errors.Is(err, ctdb.ErrArgument) {
		t.Errorf("an option: %v", err)
	}
	for r, want := range map[release.Release]string{v(17): "reload", v(25): "startipreallocate"} {
		if all := strings.Join(eventscript.Events(r), " "); !strings.Contains(all, want) {
			t.Errorf("%v has %s", r, all)
		}
	}
}

// parsed makes a result as the tool would give it.
func parsed(t *testing.T, event, out string, code int) eventscript.Result {
	t.Helper()
	s, err := status.ParseEventStatus([]byte(out), nil, code, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return eventscript.Result{Event: event, Status: s}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	later := strings.ReplaceAll(ranFailed, "21:49:40", "21:49:55")
	const cannot = "50.samba             CANNOT RUN (No such file or directory)\n"
	const timedOut = ranOK + "50.samba             TIMEDOUT   Sat Nov 21 21:49:40 2026\n"
	never := "Event monitor has never run in legacy\n"
	var h eventscript.History
	for i, step := range []struct {
		event, out string
		code       int
		fresh      string
		seen       []int // of all failures afterwards
	}{
		{"monitor", never, 22, "", []int{}},
		{"monitor", ranOK, 0, "", []int{}},
		{"monitor", ranFailed, 1, "monitor: 50.samba ERROR at 2026-11-21 21:49:40: no smbd", []int{1}},
		{"monitor", ranFailed, 1, "", []int{2}},
		{"startup", ranFailed, 1, "startup: 50.samba ERROR at 2026-11-21 21:49:40: no smbd", []int{2, 1}},
		{"monitor", ranFailed, 1, "", []int{3, 1}},
		{"monitor", later, 1, "monitor: 50.samba ERROR at 2026-11-21 21:49:55: no smbd", []int{3, 1, 1}},
		{"monitor", ranOK, 0, "", []int{3, 1, 1}},
		{"monitor", later, 1, "monitor: 50.samba ERROR at 2026-11-21 21:49:55: no smbd", []int{3, 1, 1, 1}},
		{"monitor", timedOut, 46, "monitor: 50.samba TIMEDOUT at 2026-11-21 21:49:40", []int{3, 1, 1, 1, 1}},
		{"monitor", cannot, 2, "monitor: 50.samba CANNOT RUN", []int{3, 1, 1, 1, 1, 1}},
		{"monitor", cannot, 2, "", []int{3, 1, 1, 1, 1, 2}},
	} {
		fresh := ""
		for _, f := range h.Add(parsed(t, step.event, step.out, step.code)) {
			fresh = f.String()
		}
		seen := []int{}
		for _, f := range h.Failures() {
			seen = append(seen, f.Seen)
		}
		if fresh != step.fresh {
			t.Errorf("step %d: new is %q, want %q", i, fresh, step.fresh)
		}
		if diff := cmp.Diff(step.seen, seen); diff != "" {
			t.Errorf("step %d: seen (-want +got):\n%s", i, diff)
		}
	}
	first := h.Failures()[0]
	want := status.ScriptResult{
		Name: "50.samba", State: status.ScriptError, Output: "no smbd", Took: status.Known(120 * time.Millisecond),
		Started: status.Known(time.Date(2026, 11, 21, 21, 49, 40, 0, time.UTC)),
	}
	if diff := cmp.Diff(want, first.Script); diff != "" || !first.Result.Is(1) {
		t.Errorf("result %v, script (-want +got):\n%s", first.Result, diff)
	}
}

// TestHistoryLimit has more failures than are kept, and much output.
func TestHistoryLimit(t *testing.T) {
	t.Parallel()
	h := eventscript.History{Limit: 3}
	for n := range 10 {
		at := time.Date(2026, 11, 21, 21, 0, n, 0, time.UTC).Format(time.ANSIC)
		out := "50.samba             ERROR      0.120 " + at + "\n  OUTPUT: " + strings.Repeat("é", 5000) + "\n\n"
		for range 2 {
			h.Add(parsed(t, "monitor", out, 1), parsed(t, "startup", out, 1))
		}
	}
	failures := h.Failures()
	if len(failures) != 3 || h.Forgotten() != 17 || failures[2].Event != "startup" || failures[2].Seen != 2 {
		t.Errorf("%d failures, %d forgotten: %+v", len(failures), h.Forgotten(), failures[len(failures)-1].Seen)
	}
	if n := len(failures[0].Script.Output); n > 4100 || !strings.HasSuffix(failures[0].Script.Output, "é…") {
		t.Errorf("%d bytes of output are kept", n)
	}
	small := eventscript.History{Limit: 1}
	fresh := 0
	for range 5 {
		fresh += len(small.Add(parsed(t, "monitor", ranFailed, 1), parsed(t, "startup", ranFailed, 1)))
	}
	if fresh != 2 || len(small.Failures()) != 1 || small.Forgotten() != 1 {
		t.Errorf("%d new failures, %d forgotten", fresh, small.Forgotten())
	}
	var none eventscript.History
	if got := none.Add(eventscript.Result{Event: "monitor"}); got != nil || len(none.Failures()) > 0 {
		t.Errorf("no status is %v", got)
	}
}

// TestHistoryOther has events that fail without a script that does.
func TestHistoryOther(t *testing.T) {
	t.Parallel()
	var h eventscript.History
	for code, want := range map[int]bool{0: false, 125: false, 110: true, 2: true} {
		r := parsed(t, "monitor", ranOK, 0)
		r.Status.Result = status.Known(code)
		if got := h.Add(r); (len(got) > 0) != want {
			t.Errorf("result %d: %v", code, got)
		}
		h.Add(parsed(t, "monitor", ranOK, 0))
	}
	for _, f := range h.Failures() {
		if f.String() != "monitor: failed at 2026-11-21 21:49:40" {
			t.Errorf("the failure is %v", f)
		}
	}
}
