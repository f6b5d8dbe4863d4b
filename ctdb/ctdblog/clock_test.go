package ctdblog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skip(err)
	}
	return z
}

// TestFolds holds that times that clocks show twice go on in order.
func TestFolds(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	tests := map[string]struct {
		local []string
		want  []string // in UTC
	}{
		"back in autumn": {
			[]string{"01:59:59", "02:00:01", "02:59:58", "02:00:02", "02:59:59", "03:00:00"},
			[]string{"23:59:59", "00:00:01", "00:59:58", "01:00:02", "01:59:59", "02:00:00"},
		},
		"first entry is ambiguous": {[]string{"02:30:00", "02:31:00"}, []string{"00:30:00", "00:31:00"}},
		"not quite in order": {
			[]string{"02:30:00", "02:29:59.5", "02:30:01"}, []string{"00:30:00", "00:29:59.5", "00:30:01"},
		},
		"quiet hour":        {[]string{"01:30:00", "02:30:00", "02:10:00"}, []string{"23:30:00", "00:30:00", "01:10:00"}},
		"forward in spring": {[]string{"S01:59:59", "S03:00:01"}, []string{"00:59:59", "01:00:01"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			for _, local := range test.local {
				date := "2026/10/25"
				if local[0] == 'S' {
					date, local = "2026/03/29", local[1:]
				}
				fmt.Fprintf(&log, "%s %s ctdbd[1]: x\n", date, local)
			}
			var got []string
			for _, e := range collect(t, ctdblog.Scan(strings.NewReader(log.String()), ctdblog.Options{Location: berlin})) {
				got = append(got, e.Time.UTC().Format("15:04:05.999999"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("times in UTC (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTimesAgree compares local times with those of package time, in zones with odd rules.
func TestTimesAgree(t *testing.T) {
	t.Parallel()
	names := []string{
		"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu",
		"Africa/Casablanca",
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone := zone(t, name)
			var log strings.Builder
			var want []time.Time
			for when := at(0, "2011-12-20 00:00:17.25"); len(want) < 20_000; when = when.Add(37*time.Minute + 13*time.Second) {
				want = append(want, when.In(zone))
				fmt.Fprintf(&log, "%s ctdbd[1]: x\n", when.In(zone).Format("2006/01/02 15:04:05.000000"))
			}
			i, early := 0, 0
			for e, err := range ctdblog.Scan(strings.NewReader(log.String()), ctdblog.Options{Location: zone}) {
				if err != nil {
					t.Fatal(err)
				}
				if !want[i].Equal(e.Time) {
					early++ // of an hour that was there twice the first, if nothing before shows that it is the second
					if want[i].Sub(e.Time) > time.Hour || e.Time.Format(time.DateTime) != want[i].Format(time.DateTime) {
						t.Fatalf("%q is %v, want %v", e.Raw, e.Time, want[i])
					}
				}
				i++
			}
			if i != len(want) || early > 20 {
				t.Errorf("%d entries of %d, %d of them an hour early", i, len(want), early)
			}
		})
	}
}

// TestClockJumps holds that times are those of the log, whatever they are.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	log := strings.Join([]string{
		"2026/11/21 21:49:30.000001 ctdbd[1]: a", "2038/01/19 03:14:08.000000 ctdbd[1]: b",
		"1970/01/01 00:00:00.000000 ctdbd[1]: c", "9999/12/31 23:59:59.999999 ctdbd[1]: d",
		"0001/01/01 00:00:00.000001 ctdbd[1]: e", "2026/11/21 21:49:31.000000 ctdbd[1]: f", "",
	}, "\n")
	var got []string
	for _, e := range collect(t, ctdblog.Scan(strings.NewReader(log), pastOptions)) {
		got = append(got, e.Time.Format("2006/01/02 15:04:05.000000 ")+"ctdbd[1]: "+string(e.Message))
	}
	if diff := cmp.Diff(log, strings.Join(got, "\n")+"\n"); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
}
