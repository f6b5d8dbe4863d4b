package status_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

func TestDBStatisticsCaptures(t *testing.T) {
	t.Parallel()
	keys := 0
	for _, r := range reportsIn(t, "dbstatistics", 60) {
		d, err := status.ParseDBStatistics([]byte(r.Out))
		if err != nil {
			t.Errorf("%v: %v", r, err)
			continue
		}
		r.checkSame(t, d.String(), d.Unparsed)
		if d.Missing != nil || d.Extra != nil || d.Form != status.FormText {
			t.Errorf("%v: got %+v", r, d)
		}
		for _, k := range d.HotKeys {
			keys += len(k.Key)
		}
	}
	if keys == 0 {
		t.Error("no hot keys at all")
	}
}

const sampleDBStatistics = `DB Statistics with space.tdb
 db_ro_delegations                  1
 db_ro_revokes                      2
 locks
     num_calls                     28
     num_current                    3
     num_pending                    4
     num_failed                     5
 hop_count_buckets: 6 0
 lock_buckets: 0 7 10
 locks_latency      MIN/AVG/MAX     0.013095/0.239919/0.912818 sec out of 28
 vacuum_latency     MIN/AVG/MAX     0.000365/0.024375/0.332945 sec out of 27
 Num Hot Keys:     2
     Count:8 Key:62696e016b6579
     Count:0 Key:
`

func TestParseDBStatistics(t *testing.T) {
	t.Parallel()
	const us = time.Microsecond
	want := &status.DBStatistics{
		Form: status.FormText, Name: "with space.tdb", ReadOnlyDelegations: 1, ReadOnlyRevokes: 2,
		Locks:     status.LockCounters{Calls: 28, Current: 3, Pending: 4, Failed: 5},
		HopCounts: status.Buckets{6, 0}, LockTimes: status.Buckets{0, 7, 10},
		LockLatency:   status.Latency{Count: 28, Min: 13095 * us, Avg: 239919 * us, Max: 912818 * us},
		VacuumLatency: status.Latency{Count: 27, Min: 365 * us, Avg: 24375 * us, Max: 332945 * us},
		HotKeys:       []status.HotKey{{Count: 8, Key: []byte("bin\x01key")}, {}},
	}
	got, err := status.ParseDBStatistics([]byte(sampleDBStatistics))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	newer := strings.NewReplacer(" db_ro_revokes                      2\n", " db_new   9\nMood: good\n").Replace(sampleDBStatistics)
	if got, err = status.ParseDBStatistics([]byte(newer)); err != nil {
		t.Fatal(err)
	}
	want.ReadOnlyRevokes, want.Missing, want.Extra = 0, []string{"db_ro_revokes"}, map[string]string{"db_new": "9"}
	want.Unparsed = status.Lines{{Number: 4, Text: "Mood: good"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("newer release: mismatch (-want +got)\n%s", diff)
	}
}

func TestParseDBStatisticsRefuses(t *testing.T) {
	t.Parallel()
	change := func(old, by string) string { return strings.Replace(sampleDBStatistics, old, by, 1) }
	tests := map[string]struct{ in, want string }{
		"empty":           {"", `the output ends without a line "DB Statistics "`},
		"something else":  {"Usage: ctdb\n", `ctdb dbstatistics:1: want "DB Statistics ", got "Usage: ctdb"`},
		"no name":         {change("DB Statistics with space.tdb\n", ""), `without a line "DB Statistics "`},
		"two names":       {change(" locks\n", "DB Statistics x\n locks\n"), "ctdb dbstatistics:4:1: a second line"},
		"cut":             {sampleDBStatistics[:len(sampleDBStatistics)-3], "the output ends within the line"},
		"no hot keys":     {sampleDBStatistics[:strings.Index(sampleDBStatistics, " Num")], `without a line " Num Hot Keys:"`},
		"hot key lost":    {change("     Count:0 Key:\n", ""), "ctdb dbstatistics:13: 2 hot keys, but 1 are listed"},
		"hot keys twice":  {sampleDBStatistics + " Num Hot Keys: 2\n", "a second line"},
		"bad hot count":   {change("Keys:     2", "Keys:     x"), `ctdb dbstatistics:13:20: want a count, got "x"`},
		"odd key":         {change("62696e", "62696"), "ctdb dbstatistics:14:18: want a key in hexadecimal"},
		"bad key count":   {change("Count:8", "Count:-8"), `ctdb dbstatistics:14:12: want a number, got "-8"`},
		"no key":          {change(" Key:62", " 62"), `want "COUNT Key:HEX"`},
		"bad counter":     {change("  28\n", "  28.5\n"), `ctdb dbstatistics:5:36: want a number, got "28.5"`},
		"counter twice":   {change(" db_ro_revokes ", " db_ro_delegations "), "a second value db_ro_delegations"},
		"more than 16 MB": {strings.Repeat("\n", status.MaxOutput+1), "the limit is"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := status.ParseDBStatistics([]byte(test.in))
			checkRefused(t, err, test.want)
		})
	}
}

func FuzzParseDBStatistics(f *testing.F) {
	f.Add([]byte(sampleDBStatistics))
	for i, r := range reportsIn(f, "dbstatistics", 60) {
		if i%10 == 0 {
			f.Add([]byte(r.Out))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := status.ParseDBStatistics(in)
		if err != nil {
			checkError(t, in, err)
			return
		}
		if len(d.HotKeys) > len(in) || len(d.Unparsed) > 100 || len(d.Extra) > 100 {
			t.Fatalf("got %+v", d)
		}
		d.Unparsed, d.Extra, d.Missing = nil, nil, nil
		printed := d.String()
		back, err := status.ParseDBStatistics([]byte(printed))
		if err == nil {
			back.Missing = nil
		}
		again(t, d, back, err, printed)
	})
}
