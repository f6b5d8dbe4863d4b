package status_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

const uptimeSample = `Current time of node 12       :                Sat Nov 21 21:58:54 2026
Ctdbd start time              : (000 00:09:31) Sat Nov 21 21:49:23 2026
Time of last recovery/failover: (000 00:00:08) Sat Nov 21 21:58:46 2026
Duration of last recovery/failover: 1.257334 seconds
`

func TestParseUptime(t *testing.T) {
	t.Parallel()
	at := func(clock string) time.Time {
		when, err := time.Parse(time.DateTime, "2026-11-21 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	base := status.Uptime{
		Form: status.FormText, PNN: status.Known(nodes.PNN(12)), Now: at("21:58:54"), Started: at("21:49:23"),
		Recovered: status.Known(at("21:58:46")), RecoveryTook: 1257334 * time.Microsecond,
	}
	with := func(change func(u *status.Uptime)) status.Uptime {
		u := base
		change(&u)
		return u
	}
	const last = "(000 00:00:08) Sat Nov 21 21:58:46 2026"
	const never = "(000 00:09:31) Sat Nov 21 21:49:23 2026"
	tests := map[string]struct {
		replace []string
		want    status.Uptime
	}{
		"plain": {nil, base},
		"no node": {
			[]string{"node 12  ", "node     "},
			with(func(u *status.Uptime) { u.PNN = status.Value[nodes.PNN]{} }),
		},
		"new line": {
			[]string{"Duration", "bye\n\nDuration"},
			with(func(u *status.Uptime) { u.Unparsed = status.Lines{{Number: 4, Text: "bye"}} }),
		},
		"recovering": {
			[]string{"1.257334", "-4.000001"},
			with(func(u *status.Uptime) { u.RecoveryTook = -4000001 * time.Microsecond }),
		},
		"never recovered": {
			[]string{last, never, "1.257334", "0.000001"},
			with(func(u *status.Uptime) {
				u.Recovered, u.RecoveryTook = status.Unknown[time.Time](), time.Microsecond
			}),
		},
		"recovering for the first time": {
			[]string{last, never, "1.257334", "-3.000000"},
			with(func(u *status.Uptime) { u.Recovered, u.RecoveryTook = status.Unknown[time.Time](), -3*time.Second }),
		},
		"recovered at once": {
			[]string{last, never, "1.257334", "0.100000"},
			with(func(u *status.Uptime) {
				u.Recovered, u.RecoveryTook = status.Known(at("21:49:23")), 100*time.Millisecond
			}),
		},
		"a clock that was set back": {
			[]string{last, "(000 00:-1:-6) Sat Nov 21 22:00:00 2026"},
			with(func(u *status.Uptime) { u.Recovered = status.Known(at("22:00:00")) }),
		},
		"long ago": {
			[]string{never, "(1400 01:00:00) Sat Jan 21 20:58:54 2023"},
			with(func(u *status.Uptime) { u.Started = at("20:58:54").AddDate(0, 0, -1400) }),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := []byte(strings.NewReplacer(test.replace...).Replace(uptimeSample))
			got, err := status.ParseUptime(in, time.UTC)
			clear(in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
			if got.Recovering() != (got.RecoveryTook < 0) {
				t.Errorf("recovering: %v", got.Recovering())
			}
		})
	}
}

// TestParseUptimeLocation reads wall-clock times from before and after the end of daylight saving.
func TestParseUptimeLocation(t *testing.T) {
	t.Parallel()
	in := []byte(strings.NewReplacer(
		"Sat Nov 21 21:58:54 2026", "Sun Oct 25 12:00:00 2026",
		"(000 00:09:31) Sat Nov 21 21:49:23 2026", "(001 00:00:00) Sat Oct 24 13:00:00 2026",
		"(000 00:00:08) Sat Nov 21 21:58:46 2026", "(000 10:00:00) Sun Oct 25 02:00:00 2026", // which of the two
	).Replace(uptimeSample))
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	for name, loc := range map[string]*time.Location{"the right one": berlin, "another": time.UTC, "nil": nil} {
		u, err := status.ParseUptime(in, loc)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if loc == nil {
			loc = time.Local
		}
		if want := time.Date(2026, 10, 25, 12, 0, 0, 0, loc); !u.Now.Equal(want) {
			t.Errorf("%s: now is %v, want %v", name, u.Now, want)
		}
		recovered, _ := u.Recovered.Get()
		if got := u.Now.Sub(u.Started); got != 24*time.Hour {
			t.Errorf("%s: started %v ago", name, got)
		}
		if got := u.Now.Sub(recovered); got != 10*time.Hour {
			t.Errorf("%s: recovered %v ago", name, got)
		}
	}
}

func TestParseUptimeRefuses(t *testing.T) {
	t.Parallel()
	change := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(uptimeSample) }
	refuse(t, func(in []byte) (any, error) { return status.ParseUptime(in, time.UTC) }, map[string]refusal{
		"nothing": {"", `ctdb uptime: the output ends without a line "Current time of node"`},
		"no duration": {
			uptimeSample[:strings.Index(uptimeSample, "Duration")],
			`ctdb uptime:3: the output ends without a line "Duration of last recovery/failover"`,
		},
		"cut off": {
			uptimeSample[:len(uptimeSample)-1],
			`ctdb uptime:4:53: the output ends within the line "Duration of last recovery/failover: 1.257334 seconds"`,
		},
		"twice":    {uptimeSample + uptimeSample, `ctdb uptime:5:1: a second line "Current time of node"`},
		"no colon": {"Current time of node 1\n", `ctdb uptime:1:21: want ":", got " 1"`},
		"node":     {change("node 12", "node x "), `ctdb uptime:1:22: want a node number, got "x"`},
		"now": {
			change("Sat Nov 21 21:58:54", "Sun Nov 21 21:58:54"),
			`ctdb uptime:1:48: want a time such as "Sat Nov 21 21:58:56 2026", got "Sun Nov 21 21:58:54 2026"`,
		},
		"span": {
			change("(000 00:09:31)", "(00:09:31)"),
			`ctdb uptime:2:33: want "(DDD HH:MM:SS) " and a time, got "(00:09:31) Sat Nov 21 21:49:23 2026"`,
		},
		"start": {
			change("21:49:23", "25:49:23"),
			`ctdb uptime:2:48: want a time such as "Sat Nov 21 21:58:56 2026", got "Sat Nov 21 25:49:23 2026"`,
		},
		"words between": {
			change("start time     ", "start time now "),
			`ctdb uptime:2:17: want ":", got " now          : (000 00:09:31) Sat Nov 21 21:49:23 2026"`,
		},
		"start does not fit": {
			change("(000 00:09:31)", "(003 00:09:31)"),
			"ctdb uptime:2: the start time does not fit the current time and the time since then",
		},
		"recovery does not fit": {
			change("(000 00:00:08)", "(002 00:00:08)"),
			"ctdb uptime:3: the last recovery does not fit the current time and the time since then",
		},
		"no seconds":   {change(" seconds", ""), `ctdb uptime:4:35: want ": SECONDS seconds", got ": 1.257334"`},
		"duration":     {change("1.257334", "1,257334"), `ctdb uptime:4:37: want a number of seconds, got "1,257334"`},
		"no duration ": {change("1.257334", "nan"), `ctdb uptime:4:37: want a number of seconds, got "nan"`},
	})
}
