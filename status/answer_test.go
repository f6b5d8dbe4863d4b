package status_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// The parsers of answers of one line, as functions of one type.
var answers = map[string]func([]byte) (any, error){
	"leader":     func(in []byte) (any, error) { return status.ParseLeader(in) },
	"pnn":        func(in []byte) (any, error) { return status.ParsePNN(in) },
	"getreclock": func(in []byte) (any, error) { return status.ParseClusterLock(in) },
	"runstate":   func(in []byte) (any, error) { return status.ParseRunState(in) },
	"ping":       func(in []byte) (any, error) { return status.ParsePing(in) },
	"getpid":     func(in []byte) (any, error) { return status.ParsePID(in) },
	"getdebug":   func(in []byte) (any, error) { return status.ParseDebugLevel(in) },
}

func TestParseAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		command, in string
		want        any
	}{
		{"leader", "0\n", status.Known(nodes.PNN(0))},
		{"leader", "\n17\r\n\n", status.Known(nodes.PNN(17))},
		{"leader", "UNKNOWN\n", status.Unknown[nodes.PNN]()},
		{"leader", "4294967295\n", status.Unknown[nodes.PNN]()},
		{"leader", "-1\n", status.Unknown[nodes.PNN]()},
		{"pnn", "2\n", nodes.PNN(2)},
		{"pnn", "PNN:2\n", nodes.PNN(2)},
		{"getreclock", "/shared/lock 3\n", "/shared/lock 3"},
		{"getreclock", "!/bin/helper a b\n", "!/bin/helper a b"},
		{"getreclock", "", ""},
		{"getreclock", "\n", ""},
		{"getreclock", "Reclock file:/shared/lock\n", "/shared/lock"},
		{"getreclock", "No reclock file used.\n", ""},
		{"runstate", "FIRST_RECOVERY\n", status.RunStateFirstRecovery},
		{"runstate", "CTDB not in required run state (got RUNNING)\n", status.RunStateRunning},
		{"runstate", "SOMETHING_NEW\n", status.RunState("SOMETHING_NEW")},
		{"ping", "response from 0 time=0.002726 sec  (5 clients)\n",
			&status.Ping{RoundTrip: 2726 * time.Microsecond, Clients: 5}},
		{"ping", "response from 12 time=1.000000 sec  (0 clients)\n", &status.Ping{PNN: 12, RoundTrip: time.Second}},
		{"getpid", "12661\n", 12661},
		{"getpid", "Pid:12661\n", 12661},
		{"getdebug", "NOTICE\n", "NOTICE"},
		{"getdebug", "Node 1 is at debug level NOTICE (2)\n", "NOTICE"},
	}
	for _, test := range tests {
		t.Run(test.command+"/"+test.in, func(t *testing.T) {
			t.Parallel()
			in := []byte(test.in)
			got, err := answers[test.command](in)
			clear(in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseAnswersRefuses(t *testing.T) {
	t.Parallel()
	const ping = `ctdb ping:1:1: want "response from NODE time=SECONDS sec  (N clients)", got `
	for command, tests := range map[string]map[string]refusal{
		"leader": {
			"nothing":   {"", "ctdb leader: no output; want a node number or UNKNOWN"},
			"blank":     {" \n", "ctdb leader: no output; want a node number or UNKNOWN"},
			"word":      {"NONE\n", `ctdb leader:1:1: want a node number or UNKNOWN, got "NONE"`},
			"blank end": {"1 \n", `ctdb leader:1:1: want a node number or UNKNOWN, got "1 "`},
			"two lines": {"1\n2\n", `ctdb leader:2:1: want nothing behind line 1, got "2"`},
			"cut off":   {"1", `ctdb leader:1:2: the output ends within the line "1"`},
		},
		"pnn": {
			"nothing": {"", "ctdb pnn: no output; want a node number"},
			"no node": {"4294967295\n", `ctdb pnn:1:1: want a node number, got that of no node, "4294967295"`},
			"word":    {"PNN:x\n", `ctdb pnn:1:5: want a node number, got "x"`},
		},
		"getreclock": {
			"two lines": {"/a\n/b\n", `ctdb getreclock:2:1: want nothing behind line 1, got "/b"`},
			"cut off":   {"/a", `ctdb getreclock:1:3: the output ends within the line "/a"`},
		},
		"runstate": {
			"nothing": {"", "ctdb runstate: no output; want a run state such as RUNNING"},
			"invalid": {
				"Invalid run state (bogus)\n",
				`ctdb runstate:1:1: want a run state such as RUNNING, got "Invalid run state (bogus)"`,
			},
			"mismatch": {
				"CTDB not in required run state (got )\n",
				`ctdb runstate:1:37: want a run state such as RUNNING, got ""`,
			},
			"unclosed": {"CTDB not in required run state (got RUNNING\n", `ctdb runstate:1:44: want ")"`},
			"two words": {
				"RUNNING SETUP\n",
				`ctdb runstate:1:1: want a run state such as RUNNING, got "RUNNING SETUP"`,
			},
		},
		"ping": {
			"nothing": {"", `ctdb ping: no output; want "response from NODE time=SECONDS sec  (N clients)"`},
			"other":   {"pong\n", ping + `"pong"`},
			"no unit": {"response from 0 time=0.1 (1 clients)\n", ping + `"response from 0 time=0.1 (1 clients)"`},
			"node":    {"response from x time=0.1 sec  (1 clients)\n", `ctdb ping:1:15: want a node number, got "x"`},
			"time": {
				"response from 0 time=fast sec  (1 clients)\n",
				`ctdb ping:1:22: want a number of seconds, got "fast"`,
			},
			"clients": {"response from 0 time=0.1 sec  (-1 clients)\n", `ctdb ping:1:32: want a count, got "-1"`},
		},
		"getpid": {
			"nothing":  {"", "ctdb getpid: no output; want a process ID"},
			"zero":     {"0\n", `ctdb getpid:1:1: want a process ID, got "0"`},
			"negative": {"-1\n", `ctdb getpid:1:1: want a process ID, got "-1"`},
			"large":    {"Pid:2147483648\n", `ctdb getpid:1:5: want a process ID, got "2147483648"`},
		},
		"getdebug": {
			"nothing": {"", "ctdb getdebug: no output; want a debug level such as NOTICE"},
			"lower":   {"notice\n", `ctdb getdebug:1:1: want a debug level such as NOTICE, got "notice"`},
			"old": {
				"Node 0 is at debug level ??? (2)\n",
				`ctdb getdebug:1:26: want a debug level such as NOTICE, got "???"`,
			},
		},
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			refuse(t, answers[command], tests)
		})
	}
}
