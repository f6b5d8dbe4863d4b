package status_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

// TestStatisticsCaptures reads what real clusters printed, prints it again from the model, and compares.
func TestStatisticsCaptures(t *testing.T) {
	t.Parallel()
	forms := map[status.Form]int{}
	for _, r := range reportsIn(t, "statistics", 150) {
		history := &status.StatisticsHistory{}
		var err error
		if r.command()[0] == "statistics" {
			var one *status.Statistics
			if one, err = status.ParseStatistics([]byte(r.Out), time.UTC); err == nil {
				history = &status.StatisticsHistory{Form: one.Form, Records: []status.Statistics{*one}, Unparsed: one.Unparsed}
			}
		} else {
			history, err = status.ParseStats([]byte(r.Out), time.UTC)
		}
		if err != nil {
			t.Errorf("%v: %v", r, err)
			continue
		}
		forms[history.Form]++
		printed := history.String()
		if r.isMachine() {
			printed = statisticsTable(history, r.Out)
		}
		r.checkSame(t, printed, history.Unparsed)
		for _, s := range history.Records {
			if s.Missing != nil || s.Extra != nil {
				t.Errorf("%v: missing %q, unknown %q", r, s.Missing, s.Extra)
			}
			if s.Collected != s.Current.Sub(s.Since) {
				t.Errorf("%v: collected for %v from %v to %v", r, s.Collected, s.Since, s.Current)
			}
		}
	}
	for _, form := range []status.Form{status.FormText, status.FormMachine} {
		if forms[form] < 40 {
			t.Errorf("only %d captures in %v form", forms[form], form)
		}
	}
}

// statisticsTable prints a history as the machine form with the header of an output, each cell found by its column.
func statisticsTable(h *status.StatisticsHistory, like string) string {
	header, _, _ := strings.Cut(like, "\n")
	rest, _ := strings.CutPrefix(header, "CTDB version")
	sep := rest[:strings.Index(rest, "Current time of statistics")]
	var b strings.Builder
	fmt.Fprintln(&b, header)
	for _, s := range h.Records {
		cells := statisticsCells(s)
		for name := range strings.SplitSeq(strings.TrimSuffix(header, sep), sep) {
			b.WriteString(cells[name] + sep)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// statisticsCells gives the cells of the machine form by their columns.
func statisticsCells(s status.Statistics) map[string]string {
	cells := map[string]string{
		"CTDB version":               strconv.FormatUint(s.Protocol, 10),
		"Current time of statistics": strconv.FormatInt(s.Current.Unix(), 10),
		"Statistics collected since": strconv.FormatInt(s.Since.Unix(), 10),
	}
	text := strings.Split(s.String(), "\n")
	group := ""
	for _, line := range text[3:] { // the text form has the same names
		fields := strings.Fields(line)
		switch {
		case len(fields) == 1:
			group = fields[0] + "."
		case len(fields) == 2 && strings.HasPrefix(line, "     "):
			cells[group+fields[0]] = fields[1]
		case len(fields) == 2:
			cells[fields[0]] = fields[1]
		}
	}
	for name, l := range map[string]status.Latency{
		"reclock_ctdbd": s.ReclockCtdbd, "reclock_recd": s.ReclockRecd, "call": s.CallLatency,
		"lockwait": s.LockLatency, "childwrite": s.ChildwriteLatency,
	} {
		times, _, _ := strings.Cut(l.String(), " ")
		parts := strings.Split(times, "/")
		cells["num_"+name+"_latency"] = strconv.FormatUint(l.Count, 10)
		cells["min_"+name+"_latency"], cells["avg_"+name+"_latency"], cells["max_"+name+"_latency"] = parts[0], parts[1], parts[2]
	}
	return cells
}

const sampleStatistics = `CTDB version 1
Current time of statistics  :                Sat Nov 21 21:58:56 2026
Statistics collected since  : (001 00:07:46) Fri Nov 20 21:51:10 2026
 num_clients                        4
 frozen                             0
 recovering                         0
 num_recoveries                    28
 client_packets_sent            28718
 client_packets_recv            29214
 node_packets_sent              52745
 node_packets_recv              11109
 keepalive_packets_sent           753
 keepalive_packets_recv           742
 node
     req_call                       1
     reply_call                     2
     req_dmaster                    3
     reply_dmaster                  4
     reply_error                    5
     req_message                  266
     req_control                22830
     reply_control              28448
     req_tunnel                     6
 client
     req_call                       7
     req_message                  773
     req_control                28441
     req_tunnel                     8
 timeouts
     call                           9
     control                       10
     traverse                      11
 locks
     num_calls                    252
     num_current                   12
     num_pending                   13
     num_failed                    14
 total_calls                       15
 pending_calls                     16
 childwrite_calls                  17
 pending_childwrite_calls            18
 memory_used                   130549
 max_hop_count                     19
 total_ro_delegations              20
 total_ro_revokes                  21
 hop_count_buckets: 1 2 0 0 0 0 0 0 0 0 0 0 0 0 0 3
 lock_buckets: 0 6 121 121 4 0 0 0 0 0 0 0 0 0 0 0
 locks_latency      MIN/AVG/MAX     0.003889/0.195992/1.171522 sec out of 252
 reclock_ctdbd      MIN/AVG/MAX     0.010089/0.070936/0.484223 sec out of 28
 reclock_recd       MIN/AVG/MAX     0.009096/0.009096/0.009096 sec out of 1
 call_latency       MIN/AVG/MAX     0.000000/0.000000/0.000000 sec out of 0
 childwrite_latency MIN/AVG/MAX     0.000000/0.000000/0.000000 sec out of 0
`

// wantStatistics is what sampleStatistics says.
func wantStatistics() *status.Statistics {
	const us = time.Microsecond
	return &status.Statistics{
		Form: status.FormText, Protocol: 1,
		Current:   time.Date(2026, 11, 21, 21, 58, 56, 0, time.UTC),
		Since:     time.Date(2026, 11, 20, 21, 51, 10, 0, time.UTC),
		Collected: 24*time.Hour + 7*time.Minute + 46*time.Second,
		Clients:   4, Recoveries: 28, ClientPacketsSent: 28718, ClientPacketsRecv: 29214, NodePacketsSent: 52745,
		NodePacketsRecv: 11109, KeepalivesSent: 753, KeepalivesReceived: 742,
		Node: status.NodeCounters{
			ReqCall: 1, ReplyCall: 2, ReqDmaster: 3, ReplyDmaster: 4, ReplyError: 5, ReqMessage: 266, ReqControl: 22830,
			ReplyControl: 28448, ReqTunnel: 6,
		},
		Client:     status.ClientCounters{ReqCall: 7, ReqMessage: 773, ReqControl: 28441, ReqTunnel: 8},
		Timeouts:   status.TimeoutCounters{Call: 9, Control: 10, Traverse: 11},
		Locks:      status.LockCounters{Calls: 252, Current: 12, Pending: 13, Failed: 14},
		TotalCalls: 15, PendingCalls: 16, ChildwriteCalls: 17, PendingChildwriteCalls: 18, MemoryUsed: 130549,
		MaxHopCount: 19, ReadOnlyDelegations: 20, ReadOnlyRevokes: 21,
		HopCounts:    status.Buckets{1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3},
		LockTimes:    status.Buckets{0, 6, 121, 121, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		LockLatency:  status.Latency{Count: 252, Min: 3889 * us, Avg: 195992 * us, Max: 1171522 * us},
		ReclockCtdbd: status.Latency{Count: 28, Min: 10089 * us, Avg: 70936 * us, Max: 484223 * us},
		ReclockRecd:  status.Latency{Count: 1, Min: 9096 * us, Avg: 9096 * us, Max: 9096 * us},
	}
}

func TestParseStatistics(t *testing.T) {
	t.Parallel()
	newer := wantStatistics()
	newer.Extra = map[string]string{"node.req_teleport": "77", "new_calls": "5", "new_buckets": "1 2"}
	newer.Unparsed = status.Lines{{Number: 4, Text: "Mood: good"}}
	newer.Missing = []string{"frozen", "client.req_tunnel"}
	newer.Client.ReqTunnel = 0
	tests := map[string]struct {
		in   string
		want *status.Statistics
	}{
		"text":     {sampleStatistics, wantStatistics()},
		"terminal": {strings.ReplaceAll(sampleStatistics, "\n", "\r\n"), wantStatistics()},
		"newer release": {strings.NewReplacer(
			" 2026\n num_clients", " 2026\nMood: good\n num_clients",
			" frozen                             0\n", "",
			" client\n", "     req_teleport                  77\n client\n",
			"     req_tunnel                     8\n", "",
			" lock_buckets", " new_buckets: 1 2\n lock_buckets",
			" total_calls ", " new_calls                          5\n total_calls ",
		).Replace(sampleStatistics), newer},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := status.ParseStatistics([]byte(test.in), time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseStatisticsRefuses(t *testing.T) {
	t.Parallel()
	const table = "CTDB version|Current time of statistics|Statistics collected since|num_clients|min_call_latency|\n"
	change := func(old, by string) string { return strings.Replace(sampleStatistics, old, by, 1) }
	lines := strings.SplitAfter(sampleStatistics, "\n")
	tests := map[string]struct{ in, want string }{
		"empty":              {"", "want \"CTDB version\""},
		"something else":     {"Usage: ctdb\n", `ctdb statistics:1: want "CTDB version", got "Usage: ctdb"`},
		"cut within line":    {sampleStatistics[:len(sampleStatistics)-5], "the output ends within the line"},
		"cut behind line":    {strings.Join(lines[:len(lines)-2], ""), "ctdb statistics:51: the output ends within statistics"},
		"cut within head":    {lines[0] + lines[1], "ctdb statistics:2: the output ends within statistics"},
		"head out of order":  {lines[0] + lines[2] + lines[1], `ctdb statistics:2:1: want "Current time of statistics"`},
		"two records":        {sampleStatistics + sampleStatistics, "statistics of 2 times; want one"},
		"bad counter":        {change("           28718", "           x8718"), `ctdb statistics:8:33: want a number, got "x8718"`},
		"negative counter":   {change(" 28718", " -1"), `want a number, got "-1"`},
		"second counter":     {change(" frozen ", " num_clients "), "ctdb statistics:5:1: a second value num_clients"},
		"bad bucket":         {change("0 6 121", "0 6 x"), `ctdb statistics:47:20: want a number, got "x"`},
		"blank bucket":       {change("0 6 121", "0  121"), `want a number, got ""`},
		"too many buckets":   {change("0 6 121", strings.Repeat("1 ", 300)+"1"), "buckets; the limit is 256"},
		"bad latency":        {change("0.195992", "1e5"), `ctdb statistics:48:46: want a number of seconds, got "1e5"`},
		"latency of two":     {change("0.195992/", ""), `want "MIN/AVG/MAX A/B/C sec out of N"`},
		"bad latency count":  {change("out of 252", "out of it"), `ctdb statistics:48:75: want a number, got "it"`},
		"not a latency":      {change("out of 252", "of 252"), `want "MIN/AVG/MAX A/B/C sec out of N"`},
		"bad time":           {change("Sat Nov 21", "Sun Nov 21"), `ctdb statistics:2:46: want a time such as "Sat Nov 21`},
		"bad span":           {change("(001 00:07:46)", "(001 07:46)"), `want "(DDD HH:MM:SS) " and a time`},
		"bad protocol":       {change("version 1", "version one"), `ctdb statistics:1:14: want a number, got "one"`},
		"no separator":       {"CTDB versionCurrent time of statistics\n", "a table without a separator"},
		"no rows":            {table, "got nothing of it"},
		"two rows":           {table + "1|2|1|0|0.1|\n1|2|1|0|0.1|\n", "statistics of 2 times"},
		"column missing":     {"CTDB version|Current time of statistics|\n1|2|\n", "want the columns CTDB version,"},
		"row too short":      {table + "1|2|1|\n", "want 5 columns as in the header, got 3"},
		"row cut":            {table + "1|2|1|0|0.1\n", "behind the last column"},
		"bad cell":           {table + "1|2|1|x|0.1|\n", `ctdb statistics:2:7: want a number, got "x"`},
		"bad latency cell":   {table + "1|2|1|0|x|\n", `ctdb statistics:2:9: want a number of seconds, got "x"`},
		"bad time cell":      {table + "1|x|1|0|0.1|\n", `ctdb statistics:2:3: want a Unix time, got "x"`},
		"time after 9999":    {table + "1|999999999999|1|0|0.1|\n", "want a Unix time"},
		"too many unknown":   {change(" node\n", " node\n"+manyValues(101)), "too many values that are unknown"},
		"second unknown":     {change(" node\n", " x 1\n x 1\n node\n"), `a second value "x"`},
		"second column":      {strings.Replace(table, "num_clients", "CTDB version", 1), "a second column"},
		"too many columns":   {strings.Replace(table, "num_clients", strings.Repeat("x|", 3000), 1), "the limit is 2000"},
		"more than 16 MB":    {strings.Repeat("\n", status.MaxOutput+1), "the limit is"},
		"too many unparsed":  {strings.Repeat("?\n", 101) + sampleStatistics, "too many lines that are unknown"},
		"seconds too large":  {change("0.195992", "99999999999"), "want a number of seconds"},
		"number too large":   {change(" 28718", " 99999999999999999999"), "want a number"},
		"span too large":     {change("(001 ", "(999999999 "), "want \"(DDD HH:MM:SS) \""},
		"fraction in a time": {change("21:58:56 ", "21:58:56.5 "), "want a time"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := status.ParseStatistics([]byte(test.in), time.UTC)
			checkRefused(t, err, test.want)
		})
	}
}

func manyValues(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "     new%d   1\n", i)
	}
	return b.String()
}

// TestParseStatisticsLocation looks at the times of a host in another zone, across the end of summer time there.
func TestParseStatisticsLocation(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CET", 3600)
	in := strings.Replace(sampleStatistics, "(001 00:07:46)", "(001 01:07:46)", 1)
	got, err := status.ParseStatistics([]byte(in), berlin)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 11, 21, 20, 58, 56, 0, time.UTC); !got.Current.Equal(want) {
		t.Errorf("current %v, want %v", got.Current, want)
	}
	if want := 25*time.Hour + 7*time.Minute + 46*time.Second; got.Collected != want {
		t.Errorf("collected for %v, want %v: the span decides, not the zone", got.Collected, want)
	}
	if diff := cmp.Diff(in, got.String()); diff != "" {
		t.Errorf("mismatch (-tool +printed)\n%s", diff)
	}
	here, err := status.ParseStatistics([]byte(in), nil)
	if err != nil {
		t.Fatal(err)
	}
	if here.Current.Location() != time.Local {
		t.Errorf("location %v, want that of the machine", here.Current.Location())
	}
}

func TestParseStats(t *testing.T) {
	t.Parallel()
	older := strings.Replace(sampleStatistics, " 4\n", " 3\n", 1)
	tests := map[string]struct {
		in    string
		want  []uint64 // clients in each record
		lines int
	}{
		"none":    {"", []uint64{}, 0},
		"one":     {sampleStatistics, []uint64{4}, 0},
		"two":     {sampleStatistics + older, []uint64{4, 3}, 0},
		"unknown": {sampleStatistics + "?\n" + older, []uint64{4, 3}, 1},
		"machine": {"CTDB version@Current time of statistics@Statistics collected since@num_clients@\n1@2@1@6@\n1@1@0@7@\n", []uint64{6, 7}, 0},
		"no rows": {"CTDB version|Current time of statistics|Statistics collected since|\n", []uint64{}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := status.ParseStats([]byte(test.in), time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			got := []uint64{}
			for _, s := range h.Records {
				got = append(got, s.Clients)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
			if len(h.Unparsed) != test.lines {
				t.Errorf("unknown lines %v, want %d", h.Unparsed, test.lines)
			}
		})
	}
	_, err := status.ParseStats([]byte(sampleStatistics+strings.SplitAfter(sampleStatistics, "\n")[0]), nil)
	checkRefused(t, err, "ctdb stats:53: the output ends within statistics")
	row := "CTDB version|Current time of statistics|Statistics collected since|\n" + strings.Repeat("1|1|1|\n", 10001)
	_, err = status.ParseStats([]byte(row), nil)
	checkRefused(t, err, "too many records")
}

// TestStatisticsMachineMissing looks at what the machine form of another release lacks and has besides.
func TestStatisticsMachineMissing(t *testing.T) {
	t.Parallel()
	in := "CTDB version|Current time of statistics|Statistics collected since|frozen|teleported|num_lockwait_latency|\n1|60|50|1|9|3|\n"
	got, err := status.ParseStatistics([]byte(in), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if got.Frozen != 1 || got.LockLatency.Count != 3 || got.Collected != 10*time.Second {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff(map[string]string{"teleported": "9"}, got.Extra); diff != "" {
		t.Errorf("extra: mismatch (-want +got)\n%s", diff)
	}
	for _, name := range []string{"num_clients", "node.req_call", "childwrite_latency"} {
		if !slices.Contains(got.Missing, name) {
			t.Errorf("missing %q lacks %s", got.Missing, name)
		}
	}
	if slices.Contains(got.Missing, "lock_buckets") || slices.Contains(got.Missing, "frozen") {
		t.Errorf("missing %q has what this form never has, or what it has", got.Missing)
	}
}

func FuzzParseStatistics(f *testing.F) {
	f.Add([]byte(sampleStatistics))
	f.Add([]byte(sampleStatistics + sampleStatistics))
	for i, r := range reportsIn(f, "statistics", 150) {
		if i%20 == 0 && len(r.Out) < 5000 {
			f.Add([]byte(r.Out))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if s, err := status.ParseStatistics(in, time.UTC); err != nil {
			checkError(t, in, err)
		} else {
			s.Unparsed = nil
			checkStatistics(t, *s)
		}
		h, err := status.ParseStats(in, time.UTC)
		if err != nil {
			checkError(t, in, err)
			return
		}
		if len(h.Records) > len(in) || len(h.Unparsed) > 100 {
			t.Fatalf("%d records, %d unknown lines from %d bytes", len(h.Records), len(h.Unparsed), len(in))
		}
		for _, s := range h.Records[:min(len(h.Records), 10)] {
			checkStatistics(t, s)
		}
	})
}

// checkStatistics reads what String prints, which has no lines for what is not known and all lines of the text form.
func checkStatistics(t *testing.T, s status.Statistics) {
	t.Helper()
	if s.Form == status.FormMachine && s.Collected%time.Second != 0 || s.Collected < 0 {
		return // no text form has such a span
	}
	printed := s.String()
	back, err := status.ParseStatistics([]byte(printed), time.UTC)
	s.Form, s.Extra, s.Missing = status.FormText, nil, nil
	if err == nil {
		back.Missing = nil // the buckets of the machine form
	}
	again(t, &s, back, err, printed)
}
