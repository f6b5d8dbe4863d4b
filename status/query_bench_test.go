package status_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

// ipsOf is the output of "ip -v all" with n addresses.
func ipsOf(n int) string {
	var b strings.Builder
	fmt.Fprintln(&b, "Public IPs on ALL nodes")
	for i := range n {
		fmt.Fprintf(&b, "10.%d.%d.1 node[%d] active[eth0] available[eth0,eth1] configured[eth0,eth1]\n",
			i/250, i%250, i%7)
	}
	return b.String()
}

// ipsMachineOf is the machine form of the same.
func ipsMachineOf(tb testing.TB, n int) string {
	p, err := status.ParsePublicIPs([]byte(ipsOf(n)))
	if err != nil {
		tb.Fatal(err)
	}
	p.Form = status.FormMachine
	return printIPs(p, "|")
}

// briefIPsOf is the output of "ip all" with n addresses.
func briefIPsOf(n int) string {
	return "Public IPs on ALL nodes\n" + rowsOf(n, func(i int) string {
		return fmt.Sprintf("10.%d.%d.1 %d\n", i/250, i%250, i%7)
	})
}

// briefIPsMachineOf is the machine form of the same.
func briefIPsMachineOf(n int) string {
	return "|Public IP|Node|\n" + rowsOf(n, func(i int) string {
		return fmt.Sprintf("|10.%d.%d.1|%d|\n", i/250, i%250, i%7)
	})
}

func rowsOf(n int, row func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(row(i))
	}
	return b.String()
}

func interfacesOf(n int) string {
	return "Interfaces on node 0\n" + numbered("name:eth%d link:up references:2\n", n)
}

func interfacesMachineOf(n int) string {
	return "|Name|LinkStatus|References|\n" + numbered("|eth%d|1|2|\n", n)
}

func nodeListOf(n int) string {
	return rowsOf(n, func(i int) string { return fmt.Sprintf("|%d|10.0.%d.%d|\n", i, i/250, i%250+1) })
}

func nodeListTextOf(n int) string {
	return rowsOf(n, func(i int) string { return fmt.Sprintf("10.0.%d.%d\n", i/250, i%250+1) })
}

// ipInfoOf is the output of ipinfo about an address with n interfaces.
func ipInfoOf(n int) string {
	return fmt.Sprintf("Public IP[10.0.0.1] info on node 0\nIP:10.0.0.1\nCurrentNode:0\nNumInterfaces:%d\n", n) +
		rowsOf(n, func(i int) string { return fmt.Sprintf("Interface[%d]: Name:eth%d Link:up References:2\n", i+1, i) })
}

func BenchmarkParseQueries(b *testing.B) {
	ips := func(in []byte) error { _, err := status.ParsePublicIPs(in); return err }
	ifaces := func(in []byte) error { _, err := status.ParseInterfaces(in); return err }
	list := func(in []byte) error { _, err := status.ParseNodeList(in); return err }
	for _, bench := range []struct {
		name  string
		of    func(n int) string
		parse func([]byte) error
	}{
		{"ip/text", ipsOf, ips},
		{"ip/machine", func(n int) string { return ipsMachineOf(b, n) }, ips},
		{"ip-brief/text", briefIPsOf, ips},
		{"ip-brief/machine", briefIPsMachineOf, ips},
		{"ipinfo", ipInfoOf, func(in []byte) error { _, err := status.ParsePublicIPInfo(in); return err }},
		{"ifaces/text", interfacesOf, ifaces},
		{"ifaces/machine", interfacesMachineOf, ifaces},
		{"listnodes/text", nodeListTextOf, list},
		{"listnodes/machine", nodeListOf, list},
	} {
		for _, n := range []int{3, 64, 1000} {
			b.Run(fmt.Sprintf("%s/%d", bench.name, n), func(b *testing.B) { benchmarkRead(b, bench.of(n), bench.parse) })
		}
	}
}

// BenchmarkParseAnswers is about the outputs whose length does not depend on the cluster.
func BenchmarkParseAnswers(b *testing.B) {
	for _, bench := range []struct {
		name  string
		in    string
		parse func([]byte) error
	}{
		{"uptime", uptimeSample, func(in []byte) error { _, err := status.ParseUptime(in, time.UTC); return err }},
		{"leader", "12\n", func(in []byte) error { _, err := status.ParseLeader(in); return err }},
		{"pnn", "12\n", func(in []byte) error { _, err := status.ParsePNN(in); return err }},
		{"getreclock", "/srv/shared/.ctdb/reclock\n", func(in []byte) error { _, err := status.ParseClusterLock(in); return err }},
		{"runstate", "RUNNING\n", func(in []byte) error { _, err := status.ParseRunState(in); return err }},
		{"ping", "response from 0 time=0.000046 sec  (3 clients)\n", func(in []byte) error { _, err := status.ParsePing(in); return err }},
		{"getpid", "4711\n", func(in []byte) error { _, err := status.ParsePID(in); return err }},
		{"getdebug", "NOTICE\n", func(in []byte) error { _, err := status.ParseDebugLevel(in); return err }},
		{"getcapabilities-text", "LEADER: YES\nLMASTER: YES\n", readCapabilities},
		{"getcapabilities-machine", "|LEADER|LMASTER|\n|1|1|\n", readCapabilities},
		{"getdbstatus", sampleDBStatus, func(in []byte) error { _, err := status.ParseDatabaseStatus(in); return err }},
		{"getvar", "MonitorInterval            = 15\n", func(in []byte) error { _, err := status.ParseTunable(in); return err }},
		{"natgw-leader", "0 10.0.0.1\n", func(in []byte) error { _, err := status.ParseNATGWLeader(in, 0); return err }},
		{"lvs-leader", "0\n", func(in []byte) error { _, err := status.ParseLVSLeader(in, 0); return err }},
	} {
		b.Run(bench.name, func(b *testing.B) { benchmarkRead(b, bench.in, bench.parse) })
	}
}

func readCapabilities(in []byte) error {
	_, err := status.ParseCapabilities(in)
	return err
}

// benchmarkRead reads an output again and again.
func benchmarkRead(b *testing.B, out string, parse func([]byte) error) {
	b.Helper()
	in := []byte(out)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if err := parse(in); err != nil {
			b.Fatal(err)
		}
	}
}

// TestParseQueriesBounded holds memory against hostile output: small things that are many, names and counts that are
// lies.
func TestParseQueriesBounded(t *testing.T) {
	const size = 1 << 20
	fill := func(head string, row func(i int) string) []byte {
		b := make([]byte, 0, size+1000)
		b = append(b, head...)
		for i := 0; len(b) < size; i++ {
			b = append(b, row(i)...)
		}
		return b
	}
	same := func(text string) func(int) string { return func(int) string { return text } }
	rows := func(format string) func(int) string {
		return func(i int) string { return fmt.Sprintf(format, i) }
	}
	ips := func(in []byte) { _, _ = status.ParsePublicIPs(in) }
	info := func(in []byte) { _, _ = status.ParsePublicIPInfo(in) }
	ifaces := func(in []byte) { _, _ = status.ParseInterfaces(in) }
	list := func(in []byte) { _, _ = status.ParseNodeList(in) }
	capabilities := func(in []byte) { _, _ = status.ParseCapabilities(in) }
	leader := func(in []byte) { _, _ = status.ParseLeader(in) }
	const (
		columns      = 1900
		ipTitle      = "Public IPs on node 0\n"
		ipHeader     = "|Public IP|Node|ActiveInterfaces|AvailableInterfaces|\n"
		ifacesTitle  = "Interfaces on node 0\n"
		anyInterface = "name:a link:up references:0"
	)
	manyCells := "|%x::|0|" + strings.Repeat("|", columns) + "\n"
	tests := map[string]struct {
		parse func([]byte)
		in    []byte
	}{
		"addresses":       {ips, fill(ipTitle, func(i int) string { return fmt.Sprintf("::%x:%x 0\n", i>>16, i&0xFFFF) })},
		"unknown words":   {ips, fill(ipTitle+"1::1 ", rows("%x[] "))},
		"unknown columns": {ips, fill("|Public IP|Node"+manyColumns(columns)+"|\n", rows(manyCells))},
		"interface names": {ips, fill(ipHeader+"|::|0||", same("a,"))},
		"interfaces":      {ifaces, fill(ifacesTitle, rows("name:%x link:up references:0\n"))},
		"unknown keys":    {ifaces, fill(ifacesTitle+anyInterface, rows(" %x:"))},
		"nodes":           {list, fill("", same("::\n"))},
		"nodes, machine":  {list, fill("", rows("|%d|::|\n"))},
		"newlines":        {list, fill("", same("\n"))},
		"capabilities":    {capabilities, fill("", func(i int) string { return letters(i) + ": \n" })},
		"blank lines":     {leader, fill("1\n", same("\n"))},
		"interfaces of an IP": {info, fill("", func(i int) string {
			return fmt.Sprintf("Interface[%d]: Name:%x Link:up References:0\n", i+1, i)
		})},
		"count that lies": {info, []byte("NumInterfaces:16000000\n")},
	}
	for name, test := range tests {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		test.parse(test.in)
		runtime.ReadMemStats(&after)
		got, limit := after.TotalAlloc-before.TotalAlloc, uint64(30*len(test.in)+100_000)
		if got > limit {
			t.Errorf("%s: %d bytes allocated for an input of %d", name, got, len(test.in))
		}
	}
}

// manyColumns gives n columns.
func manyColumns(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "|%d", i)
	}
	return b.String()
}

// letters gives a word of capitals for a number.
func letters(n int) string {
	word := []byte{}
	for ; len(word) == 0 || n > 0; n /= 26 {
		word = append(word, byte('A'+n%26))
	}
	return string(word)
}
