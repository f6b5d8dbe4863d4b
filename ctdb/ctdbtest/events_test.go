package ctdbtest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// TestEvents runs events, and has scripts fail in them.
func TestEvents(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r release.Release) {
		ctx, c := t.Context(), ctdbtest.New(full(r))
		client := c.Client(1)
		health := func() string {
			report, err := client.Status(ctx)
			must(t, err)
			n, _ := report.Node(1)
			return n.State()
		}
		scripts := func(event string) string {
			all, err := client.EventStatus(ctx, event)
			must(t, err)
			var line strings.Builder
			for _, s := range all.Scripts {
				line.WriteString(s.Name + " " + s.State.String() + " " + s.Output + ", ")
			}
			return line.String()
		}
		must(t, client.RunEvent(ctx, time.Second, "monitor"))
		must(t, client.RunEvent(ctx, time.Second, "own", "argument"))
		const fine = "00.ctdb OK , 50.own OK , 70.own DISABLED , "
		if got := scripts("own"); got != fine {
			t.Errorf("own: %s", got)
		}

		must(t, c.FailScript(1, "50.own", "no power"))
		if got := health(); got != "UNHEALTHY" {
			t.Errorf("a script fails: %s", got)
		}
		if got := scripts("monitor"); got != "00.ctdb OK , 50.own ERROR no power, " {
			t.Errorf("a script fails: %s", got)
		}
		err := client.RunEvent(ctx, time.Second, "monitor")
		if e, ok := errors.AsType[*ctdb.EventError](err); !ok || e.Status != 8 || !errors.Is(err, ctdb.ErrEventFailed) {
			t.Errorf("by hand: got %v", err)
		}
		must(t, c.SetScript(1, "50.own", "monitor", ctdbtest.Outcome{TimesOut: true}))
		if got := scripts("monitor"); health() != "UNHEALTHY" || got != "00.ctdb OK , 50.own TIMEDOUT , " {
			t.Errorf("a script is slow: %s, %s", health(), got)
		}
		must(t, c.SetScript(1, "50.own", "monitor", ctdbtest.Outcome{}))
		if got := scripts("monitor"); health() != "OK" || got != fine {
			t.Errorf("all is well: %s, %s", health(), got)
		}
		must(t, c.SetScript(1, "70.own", "monitor", ctdbtest.Outcome{ExitCode: 1}))
		if health() != "OK" {
			t.Error("a disabled script makes it unhealthy")
		}
		for _, err := range []error{
			c.FailScript(1, "nosuch", ""), c.SetScript(1, "50.own", "x", ctdbtest.Outcome{ExitCode: 64}),
			c.SetScript(1, "50.own", "x", ctdbtest.Outcome{ExitCode: -1}),
		} {
			if !errors.Is(err, ctdb.ErrArgument) {
				t.Errorf("got %v", err)
			}
		}
	})
}

// TestEnableScripts enables and disables scripts with the tool.
func TestEnableScripts(t *testing.T) {
	t.Parallel()
	c := ctdbtest.New(full(release.Release{}))
	must(t, c.FailScript(0, "70.own", ""))
	line := func() string {
		report, err := c.Client(1).Status(t.Context())
		must(t, err)
		scripts, err := c.Client(0).EventScripts(t.Context())
		must(t, err)
		n, _ := report.Node(0)
		var line strings.Builder
		line.WriteString(n.State())
		for _, s := range scripts.Scripts {
			if s.Enabled {
				line.WriteString(" " + s.Name)
			}
		}
		return line.String()
	}
	for _, step := range []struct{ command, script, want string }{
		{"enable", "70.own", "UNHEALTHY 00.ctdb 50.own 70.own"},
		{"disable", "50.own", "UNHEALTHY 00.ctdb 70.own"},
		{"disable", "70.own", "OK 00.ctdb"},
		{"disable", "nosuch", "OK 00.ctdb"},
		{"enable", "11.natgw", "OK 00.ctdb 11.natgw"},
	} {
		if result := tool(t, c, 0, "event", "script", step.command, "legacy", step.script); result.ExitCode != 0 {
			t.Errorf("%s %s: got %+v", step.command, step.script, result)
		}
		if got := line(); got != step.want {
			t.Errorf("%s %s: %s, want %s", step.command, step.script, got, step.want)
		}
	}
	missing := tool(t, c, 0, "event", "script", "enable", "legacy", "nosuch")
	if missing.ExitCode != 2 || string(missing.Stdout) != "Script nosuch does not exist in legacy\n" {
		t.Errorf("enable what is not there: got %d, %q", missing.ExitCode, missing.Stdout)
	}
}
