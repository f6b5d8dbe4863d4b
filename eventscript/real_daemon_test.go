//go:build linux

package eventscript_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/eventscript"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// obedient does in each monitor event what a file says: nothing, fail, or hang.
const obedient = `#!/bin/sh
[ "$1" = monitor ] || exit 0
read -r order <"$CTDB_BASE/order"
case "$order" in
fail) echo "as I was told"; echo "twice"; exit 3 ;;
hang) echo "waiting"; exec sleep 60 ;;
esac
echo "fine"
`

// TestRealDaemon has a real event daemon, which runs scripts that succeed, fail and hang, and those that can't run.
func TestRealDaemon(t *testing.T) {
	options := realctdb.Options{
		Nodes: 1, Scripts: map[string]string{"50.test": obedient}, Tunables: map[string]uint32{"EventScriptTimeout": 3},
	}
	for _, install := range realctdb.Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			options := options
			options.DontWait = true
			c := realctdb.Start(t, install, options)
			d := daemon{cluster: c}
			d.order("")
			c.WaitHealthy(t)
			d.tool = eventscript.Tool{Config: ctdb.Config{Runner: c.Runner(0), Timeout: time.Minute}, Release: c.Release()}
			base := strings.TrimPrefix(c.Dir(0), c.Root())
			d.files = eventscript.Files{
				Root: c.Root(), Release: c.Release(), Paths: config.Layout{Release: c.Release()}.TestPaths(base),
			}
			t.Run("results", d.testResults)
			t.Run("switch", d.testSwitch)
			t.Run("notification", d.testNotification)
			t.Run("cannot run", d.testCannotRun)
		})
	}
}

type daemon struct {
	cluster *realctdb.Cluster
	tool    eventscript.Tool
	files   eventscript.Files
}

// order tells the script what to do.
func (d daemon) order(what string) {
	file := filepath.Join(d.cluster.Dir(0), "order")
	create(file+"~", what+"\n", 0o644)
	must(os.Rename(file+"~", file))
}

// waitFor waits until the script has a status in the monitor event, with everything that History makes of it.
func (d daemon) waitFor(t *testing.T, h *eventscript.History, want status.ScriptState) status.ScriptResult {
	t.Helper()
	var found status.ScriptResult
	d.cluster.WaitFor(t, "a monitor event in which the script is "+want.String(), func(ctx context.Context) bool {
		results, err := d.tool.Results(ctx, "monitor")
		if err != nil {
			t.Log(err)
			return false
		}
		h.Add(results...)
		for _, s := range results[0].Status.Scripts {
			if s.Name == "50.test" && s.State == want {
				found = s
				return true
			}
		}
		return false
	})
	return found
}

func (d daemon) testResults(t *testing.T) {
	var h eventscript.History
	fine := d.waitFor(t, &h, status.ScriptOK)
	if want := map[bool]string{true: "fine", false: ""}[d.cluster.Release().AtLeast(4, 19, 0)]; fine.Output != want {
		t.Errorf("the output is %q, want %q", fine.Output, want)
	}
	if began, ok := fine.Started.Get(); !ok || time.Since(began) > time.Hour {
		t.Errorf("it began at %v", fine.Started)
	}
	d.order("fail")
	failed := d.waitFor(t, &h, status.ScriptError)
	if took, ok := failed.Took.Get(); !ok || took > time.Minute || failed.Output != "as I was told\ntwice" {
		t.Errorf("it took %v and said %q", failed.Took, failed.Output)
	}
	d.order("hang")
	hung := d.waitFor(t, &h, status.ScriptTimedOut)
	if hung.Output != "waiting" {
		t.Errorf("it said %q", hung.Output)
	}
	d.order("")
	d.waitFor(t, &h, status.ScriptOK)
	d.cluster.WaitHealthy(t)

	seen := map[string]bool{}
	for _, f := range h.Failures() {
		result, _ := f.Result.Get()
		seen[fmt.Sprint(f.Event, " ", f.Script.Name, " ", f.Script.State, " ", result)] = true
	}
	want := map[string]bool{"monitor 50.test ERROR 3": true, "monitor 50.test TIMEDOUT 110": true}
	if diff := gocmp.Diff(want, seen); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	d.checkAll(t)
}

// checkAll asks about all events. Those that a start of the daemon has run have run.
func (d daemon) checkAll(t *testing.T) {
	t.Helper()
	results, err := d.tool.Results(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ran := map[string]bool{}
	for _, r := range results {
		ran[r.Event] = r.Status.State == status.EventRan
	}
	for event, want := range map[string]bool{
		"init": true, "setup": true, "startup": true, "monitor": true, "recovered": true, "shutdown": false,
		"releaseip": false,
	} {
		if ran[event] != want {
			t.Errorf("event %s: ran %v, want %v", event, ran[event], want)
		}
	}
}

// testSwitch has the next event see what was changed.
func (d daemon) testSwitch(t *testing.T) {
	var h eventscript.History
	if err := d.files.Disable(t.Context(), "50.test"); err != nil {
		t.Fatal(err)
	}
	d.waitFor(t, &h, status.ScriptDisabled)
	if err := d.tool.Enable(t.Context(), "50.test"); err != nil {
		t.Fatal(err)
	}
	d.waitFor(t, &h, status.ScriptOK)
	if failures := h.Failures(); len(failures) > 0 {
		t.Errorf("failures: %v", failures)
	}
	if err := d.files.Enable(t.Context(), "05.system"); err != nil {
		t.Fatal(err)
	}
	if err := d.cluster.Client(0).RunEvent(t.Context(), 5*time.Second, "mine"); err != nil {
		t.Error(err)
	}
	results, err := d.tool.Results(t.Context(), "mine")
	if err != nil || len(results[0].Status.Scripts) != 3 || results[0].Status.Scripts[1].Name != "05.system" {
		t.Errorf("results %+v (%v)", results, err)
	}
	if err := d.tool.Disable(t.Context(), "05.system"); err != nil {
		t.Error(err)
	}
}

// testNotification installs a script that ctdbd runs when the node's health changes.
func (d daemon) testNotification(t *testing.T) {
	const script = "#!/bin/sh\n" + `echo "$1" >>"${0%/*}/../../heard"` + "\n"
	if _, err := d.files.Notifications().Install(t.Context(), "hear", []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	heard := func(what string) {
		t.Helper()
		d.cluster.WaitFor(t, "a notification that the node is "+what, func(context.Context) bool {
			text, err := os.ReadFile(filepath.Join(d.cluster.Dir(0), "heard"))
			return err == nil && strings.HasSuffix(string(text), what+"\n")
		})
	}
	d.order("fail")
	heard("unhealthy")
	d.order("")
	heard("unhealthy\nhealthy")
	d.cluster.WaitHealthy(t)
	if err := d.files.Notifications().Remove(t.Context(), "hear"); err != nil {
		t.Error(err)
	}
}

// testCannotRun holds what the findings say about scripts that can't run: whether events fail of them.
func (d daemon) testCannotRun(t *testing.T) {
	file := filepath.Join(d.cluster.Dir(0), "events/legacy/60.x.script")
	write := func(text string, mode os.FileMode) func() {
		return func() { create(file, text, mode) }
	}
	for what, test := range map[string]struct {
		make func()
		id   string
	}{
		"dangling":               {func() { must(os.Symlink("/nonexistent", file)) }, eventscript.FindingDangling},
		"loop":                   {func() { must(os.Symlink(filepath.Base(file), file)) }, eventscript.FindingDangling},
		"directory":              {func() { must(os.Mkdir(file, 0o755)) }, eventscript.FindingNotFile},
		"no interpreter line":    {write("echo\n", 0o755), eventscript.FindingInterpreter},
		"interpreter is missing": {write("#!/nonexistent\n", 0o755), eventscript.FindingInterpreter},
		"carriage return":        {write("#!/bin/sh\r\n", 0o755), eventscript.FindingInterpreter},
		"not executable":         {write("#!/bin/sh\n", 0o611), ""},
		"by its owner only":      {write("#!/bin/sh\n", 0o500), ""},
	} {
		test.make()
		l, err := d.files.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s, _ := l.Script("60.x")
		id := ""
		for _, f := range s.Findings {
			id = f.ID
		}
		if id != test.id {
			t.Errorf("%s: finding %q, want %q", what, id, test.id)
		}
		err = d.cluster.Client(0).RunEvent(t.Context(), 5*time.Second, "mine")
		isFailing := finding.Worst(s.Findings) == finding.Error
		if errors.Is(err, ctdb.ErrEventFailed) != isFailing || !isFailing && err != nil {
			t.Errorf("%s: findings %v, and the event: %v", what, s.Findings, err)
		}
		d.checkState(t, what, s, isFailing)
		must(os.RemoveAll(file))
	}
}

// checkState compares what we say of the script with what became of it.
func (d daemon) checkState(t *testing.T, what string, s eventscript.Script, isFailing bool) {
	t.Helper()
	results, err := d.tool.Results(t.Context(), "mine")
	if err != nil {
		t.Fatal(err)
	}
	scripts := results[0].Status.Scripts
	last := scripts[len(scripts)-1]
	want := status.ScriptDisabled
	switch {
	case isFailing:
		want = status.ScriptCannotRun
	case s.Enabled && len(s.Findings) == 0:
		want = status.ScriptOK
	}
	if last.Name != "60.x" || last.State != want {
		t.Errorf("%s: %v is %v, want %v", what, last.Name, last.State, want)
	}
}

// TestRealEvents wants all events of a release to be in its ctdbd, and those that are not to be only those that the
// documentation of Events names.
func TestRealEvents(t *testing.T) {
	for _, install := range realctdb.Releases(t) {
		program, err := os.ReadFile(filepath.Join(install.Root, "/usr/sbin/ctdbd"))
		if err != nil {
			t.Fatal(err)
		}
		for _, event := range eventscript.Events(install.Release) {
			if !strings.Contains(string(program), event+"\x00") {
				t.Errorf("%v: there is no event %s", install, event)
			}
		}
		isListed := strings.Contains(strings.Join(eventscript.Events(install.Release), " "), "startipreallocate")
		if has := strings.Contains(string(program), "\x00startipreallocate\x00"); has != isListed {
			t.Errorf("%v: has startipreallocate %v, listed %v", install, has, isListed)
		}
	}
	if len(eventscript.Events(release.Release{})) != 12 {
		t.Errorf("the newest has %v", eventscript.Events(release.Release{}))
	}
}
