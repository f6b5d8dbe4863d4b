//go:build linux

package status_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// reportScript is an event script that ends with the status that an event of the test is named after, or hangs.
const reportScript = `#!/bin/sh
case "$1" in
exit*) echo "leaving"; printf 'with %s' "${1#exit}"; exit "${1#exit}" ;;
hang) sleep 60 ;;
esac
exit 0
`

// TestRealReports asks a real node of each release for what a running node reports, and for the states of events that
// captures have not.
func TestRealReports(t *testing.T) {
	options := realctdb.Options{
		Nodes:   1,
		Scripts: map[string]string{"60.test": reportScript},
		PublicAddresses: func(octet, _ int) string {
			return fmt.Sprintf("127.78.%d.1/24 lo\n", octet)
		},
	}
	realctdb.Each(t, options, func(t *testing.T, c *realctdb.Cluster) {
		t.Logf("ctdb %v", c.Release())
		realStatistics(t, c)
		realDatabases(t, c)
		realTickles(t, c)
		realEvents(t, c)
	})
}

// output runs the tool, which has to succeed.
func output(t *testing.T, c *realctdb.Cluster, args ...string) []byte {
	t.Helper()
	result := c.Tool(t, 0, args...)
	if result.ExitCode != 0 {
		t.Fatalf("%v: exit code %d: %s%s", args, result.ExitCode, result.Stdout, result.Stderr)
	}
	return result.Stdout
}

func realStatistics(t *testing.T, c *realctdb.Cluster) {
	for _, form := range []string{"-d0", "-X"} {
		s, err := status.ParseStatistics(output(t, c, form, "statistics"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if age := time.Since(s.Current).Abs(); age > time.Minute || s.Missing != nil || s.Unparsed != nil {
			t.Errorf("%v: %v old, missing %q, unknown %v", form, age, s.Missing, s.Unparsed)
		}
		h, err := status.ParseStats(output(t, c, form, "stats"), nil)
		if err != nil || h.Unparsed != nil {
			t.Errorf("%v: %v, %v", form, h, err)
		}
	}
	tunables, err := status.ParseTunables(output(t, c, "listvars"))
	if err != nil || len(tunables.Tunables) != 49 {
		t.Fatalf("%v, %v", tunables, err)
	}
	for _, want := range tunables.Tunables {
		got, err := status.ParseTunable(output(t, c, "getvar", want.Name))
		if err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
}

// realDatabases attaches a database whose name is as bad as can be.
func realDatabases(t *testing.T, c *realctdb.Cluster) {
	const name = "a|b path:c STICKY"
	output(t, c, "attach", name)
	text, err := status.ParseDatabaseMap(output(t, c, "getdbmap"))
	if err != nil {
		t.Fatal(err)
	}
	for _, sep := range []string{"|", ":", "@@", "_"} {
		table, err := status.ParseDatabaseMap(output(t, c, "-X", "-x", sep, "getdbmap"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text.Databases, table.Databases); diff != "" {
			t.Errorf("separator %q: mismatch (-text +machine)\n%s", sep, diff)
		}
	}
	want, ok := text.Database(name)
	if !ok {
		t.Fatalf("no database %q in\n%v", name, text)
	}
	got, err := status.ParseDatabaseStatus(output(t, c, "getdbstatus", name))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Database); diff != "" || got.Health != "OK" {
		t.Errorf("health %q, mismatch (-getdbmap +getdbstatus)\n%s", got.Health, diff)
	}
	statistics, err := status.ParseDBStatistics(output(t, c, "dbstatistics", want.ID.String()))
	if err != nil || statistics.Name != name || statistics.Missing != nil {
		t.Errorf("got %+v, %v", statistics, err)
	}
}

func realTickles(t *testing.T, c *realctdb.Cluster) {
	address := c.PublicAddress(1).String()
	c.WaitFor(t, "the connection to be there", func(context.Context) bool {
		// A takeover run that is on its way can lose it.
		c.Tool(t, 0, "addtickle", "192.0.2.9:1234", address+":445")
		result := c.Tool(t, 0, "gettickles", address)
		got, err := status.ParseTickles(result.Stdout)
		return result.ExitCode == 0 && err == nil && len(got.Connections) == 1
	})
	for _, form := range []string{"-d0", "-X"} {
		got, err := status.ParseTickles(output(t, c, form, "gettickles", address))
		if err != nil || len(got.Connections) != 1 {
			t.Fatalf("got %v, %v", got, err)
		}
		if want := "SRC: 192.0.2.9:1234   DST: " + address + ":445"; got.Connections[0].String() != want {
			t.Errorf("got %v, want %s", got.Connections[0], want)
		}
	}
}

// realEvents runs events that end in all the ways that there are.
func realEvents(t *testing.T, c *realctdb.Cluster) {
	for _, code := range []int{0, 1, 46, 63, 64, 65, 100, 110, 127, 200, 255} {
		event := fmt.Sprintf("exit%d", code)
		e := realEvent(t, c, event)
		want, state := code, status.ScriptError
		switch {
		case code == 0, code == 64:
			want, state = 0, 0
		case code > 64 && code < 255:
			want, state = code-64, status.ScriptCannotRun
		}
		script, _ := e.Failed()
		if !e.Result.Is(want) || script.State != state {
			t.Errorf("%s: result %v, %+v, want %d, %v", event, e.Result, script, want, state)
		}
		if want := fmt.Sprintf("leaving\nwith %d", code); state != 0 && script.Output != want {
			t.Errorf("%s: output %q, want %q", event, script.Output, want)
		}
	}
	if e := realEvent(t, c, "hang"); !e.Result.Is(110) || e.Scripts[len(e.Scripts)-1].State != status.ScriptTimedOut {
		t.Errorf("a script that hangs: %+v", e)
	}
	path := filepath.Join(c.Dir(0), "events/legacy/99.a bad name.script")
	if err := os.WriteFile(path, []byte("#!/no/such/interpreter\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Remove(path) }()
	e := realEvent(t, c, "other")
	last := e.Scripts[len(e.Scripts)-1]
	if last.Name != "99.a bad name" || !e.Result.Is(2) && !e.Result.Is(0) {
		t.Errorf("a script without its interpreter: %+v", e)
	}
	want := status.ScriptCannotRun // in old releases; new ones take it for disabled
	if e.Result.Is(0) {
		want = status.ScriptDisabled
	}
	if last.State != want {
		t.Errorf("a script without its interpreter: result %v, %+v", e.Result, last)
	}
	list, err := status.ParseEventScripts(output(t, c, "event", "script", "list", "legacy"))
	if err != nil || !list.Enabled("99.a bad name") || list.Unparsed != nil {
		t.Errorf("got %v, %v", list, err)
	}
}

// realEvent runs an event and reads what became of it.
func realEvent(t *testing.T, c *realctdb.Cluster, event string) *status.EventStatus {
	t.Helper()
	c.Tool(t, 0, "event", "run", "2", "legacy", event)
	result := c.Tool(t, 0, "event", "status", "legacy", event)
	e, err := status.ParseEventStatus(result.Stdout, result.Stderr, result.ExitCode, nil)
	if err != nil {
		t.Fatalf("%s: %v\n%+v", event, err, result)
	}
	result = c.Tool(t, 0, "scriptstatus", event)
	other, err := status.ParseScriptStatus(result.Stdout, result.Stderr, nil)
	if err != nil {
		t.Fatalf("%s: %v\n%+v", event, err, result)
	}
	if diff := cmp.Diff(e.Scripts, other.Scripts); diff != "" || other.Result.IsReported() && other.Result != e.Result {
		t.Errorf("%s: result %v and %v, mismatch (-event status +scriptstatus)\n%s", event, e.Result, other.Result, diff)
	}
	return e
}
