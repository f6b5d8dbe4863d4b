package status_test

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

// rows of outputs with n databases, connections, scripts and records.
func databasesOf(n int) string {
	return fmt.Sprintf("Number of databases:%d\n", n) + databaseLines(n, "dbid:0x%08x name:db%d.tdb path:/var/lib/ctdb/volatile/db%d.tdb.0 STICKY\n")
}

func databaseTableOf(n int) string {
	return "|ID|Name|Path|Persistent|Sticky|Unhealthy|Readonly|Replicated|\n" +
		databaseLines(n, "|0x%08X|db%d.tdb|/var/lib/ctdb/volatile/db%d.tdb.0|0|1|0|0|0|\n")
}

func databaseLines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i, i, i)
	}
	return b.String()
}

func ticklesOf(n int) string {
	return fmt.Sprintf("Connections for IP: 192.0.2.1\nNum connections: %d\n", n) +
		numbered("SRC: 192.0.2.9:%d   DST: 192.0.2.1:445\n", n)
}

func eventOf(n int) string {
	return numbered("%03d.script           OK         0.004 Sun Nov  1 09:49:40 2026\n  OUTPUT:\n    one\n    two\n", n)
}

// reportParsers has the parsers whose outputs can be large.
var reportParsers = []struct {
	name  string
	of    func(n int) string
	parse func(out []byte) error
}{
	{"databases-text", databasesOf, func(out []byte) error { _, err := status.ParseDatabaseMap(out); return err }},
	{"databases-machine", databaseTableOf, func(out []byte) error { _, err := status.ParseDatabaseMap(out); return err }},
	{"tickles-text", ticklesOf, func(out []byte) error { _, err := status.ParseTickles(out); return err }},
	{"tickles-machine", func(n int) string {
		return "|Source IP|Port|Destination IP|Port|\n" + numbered("|192.0.2.9|%d|192.0.2.1|445|\n", n)
	}, func(out []byte) error { _, err := status.ParseTickles(out); return err }},
	{"natgw-list", func(n int) string { return "10.0.0.1\tLEADER\n" + strings.Repeat("10.0.0.2\tfollower-only\n", n-1) },
		func(out []byte) error { _, err := status.ParseNATGWList(out); return err }},
	{"lvs-list", func(n int) string { return numbered("%d 10.0.0.1\n", n) },
		func(out []byte) error { _, err := status.ParseLVSList(out); return err }},
	{"tunables", func(n int) string { return numbered("Tunable%d                   = 15\n", n) },
		func(out []byte) error { _, err := status.ParseTunables(out); return err }},
	{"events", eventOf, func(out []byte) error { _, err := status.ParseEventStatus(out, nil, 0, time.UTC); return err }},
	{"scripts", func(n int) string { return numbered("* 10.script%d\n", n) },
		func(out []byte) error { _, err := status.ParseEventScripts(out); return err }},
	{"stats-text", func(n int) string { return strings.Repeat(sampleStatistics, n) },
		func(out []byte) error { _, err := status.ParseStats(out, time.UTC); return err }},
	{"stats-machine", statisticsTableOf, func(out []byte) error { _, err := status.ParseStats(out, time.UTC); return err }},
	{"dbstatistics", func(n int) string {
		head, _, _ := strings.Cut(sampleDBStatistics, " Num Hot Keys:")
		return head + fmt.Sprintf(" Num Hot Keys:     %d\n", n) + numbered("     Count:%d Key:62696e016b6579\n", n)
	}, func(out []byte) error { _, err := status.ParseDBStatistics(out); return err }},
	{"natgw-status", nodesOf, func(out []byte) error { _, err := status.ParseNATGWStatus(out); return err }},
	{"lvs-status", nodesOf, func(out []byte) error { _, err := status.ParseLVSStatus(out); return err }},
}

// statisticsTableOf is the machine form of n records.
func statisticsTableOf(n int) string {
	header := "CTDB version|Current time of statistics|Statistics collected since|" + strings.Join(machineColumns(), "|") + "|\n"
	return statisticsTable(&status.StatisticsHistory{Records: slices.Repeat([]status.Statistics{*wantStatistics()}, n)}, header)
}

// machineColumns gives the columns of the machine form, without those of its head.
func machineColumns() []string {
	cells := statisticsCells(*wantStatistics())
	for _, head := range []string{"CTDB version", "Current time of statistics", "Statistics collected since"} {
		delete(cells, head)
	}
	return slices.Sorted(maps.Keys(cells))
}

func BenchmarkReports(b *testing.B) {
	for _, p := range reportParsers {
		for _, n := range []int{3, 64, 1000} {
			b.Run(fmt.Sprintf("%s/%d", p.name, n), func(b *testing.B) { benchmarkRead(b, p.of(n), p.parse) })
		}
	}
}

// BenchmarkParseStatistics is about one record. BenchmarkReports has the history, of many.
func BenchmarkParseStatistics(b *testing.B) {
	parse := func(out []byte) error { _, err := status.ParseStatistics(out, time.UTC); return err }
	b.Run("text", func(b *testing.B) { benchmarkRead(b, sampleStatistics, parse) })
	b.Run("machine", func(b *testing.B) { benchmarkRead(b, statisticsTableOf(1), parse) })
}

// TestReportsAreLinear holds the bytes that are allocated for each byte of input: at a hundred rows, and at ten times as
// many.
func TestReportsAreLinear(t *testing.T) {
	for _, p := range reportParsers {
		few, many := perByte(t, p.parse, p.of(100)), perByte(t, p.parse, p.of(1000))
		if many > 2*few+1 || many > 60 {
			t.Errorf("%s: %.1f bytes for each byte of 100 rows, %.1f of 1,000", p.name, few, many)
		}
	}
}

func perByte(t *testing.T, parse func([]byte) error, in string) float64 {
	t.Helper()
	data := []byte(in)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 5 {
		if err := parse(data); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc-before.TotalAlloc) / 5 / float64(len(data))
}

// TestReportsBounded holds memory against hostile output: rows that are short and many, counts that are lies.
func TestReportsBounded(t *testing.T) {
	full := func(head, row string) string {
		return head + strings.Repeat(row, (status.MaxOutput-len(head))/len(row))
	}
	tests := map[string]struct {
		in    string
		parse func(out []byte) error
	}{
		"tickles rows":     {full("|Source IP|Port|Destination IP|Port|\n", "|::|1|::|1|\n"), reportParsers[2].parse},
		"tickles count":    {"Num connections: 16000000\n", reportParsers[2].parse},
		"tickles colons":   {full(":Source IP:Port:Destination IP:Port:\n", ":::1::::1:\n"), reportParsers[2].parse},
		"databases row":    {"|ID|Name|Path|\n|0x1|" + strings.Repeat("a|", status.MaxOutput/2-50) + "\n", reportParsers[0].parse},
		"databases line":   {"Number of databases:1\ndbid:0x1 name:" + strings.Repeat(" path:", status.MaxOutput/6-50) + "\n", reportParsers[0].parse},
		"databases flags":  {"Number of databases:1\ndbid:0x1 name:a path:b" + strings.Repeat(" A", status.MaxOutput/2-50) + "\n", reportParsers[0].parse},
		"statistics rows":  {full("CTDB version|Current time of statistics|Statistics collected since|\n", "1|1|1|\n"), reportParsers[9].parse},
		"statistics heads": {full("", "CTDB version 1\n"), reportParsers[9].parse},
		"groups":           {full(sampleStatistics[:strings.Index(sampleStatistics, " num_clients")], " x\n"), reportParsers[9].parse},
		"natgw words":      {"::\t" + strings.Repeat(",", status.MaxOutput-10) + "\n!", reportParsers[4].parse},
		"events output":    {eventOK + full("  OUTPUT:\n", "    \n") + "!", reportParsers[7].parse},
		"events raw":       {event50 + "  OUTPUT: " + strings.Repeat("\n", status.MaxOutput-200) + "!", reportParsers[7].parse},
		"many columns":     {"|ID|Name|" + strings.Repeat("x|", 1<<22) + "\n", reportParsers[0].parse},
	}
	for name, test := range tests {
		data := []byte(test.in)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := test.parse(data)
		runtime.ReadMemStats(&after)
		if err == nil && name != "tickles rows" && name != "databases flags" {
			t.Errorf("%s was read", name)
		}
		if got, limit := after.TotalAlloc-before.TotalAlloc, uint64(40*len(data)+100_000); got > limit {
			t.Errorf("%s: %d bytes allocated for an input of %d", name, got, len(data))
		}
	}
}
