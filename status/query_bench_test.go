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

func interfacesOf(n int) string {
	var b strings.Builder
	fmt.Fprintln(&b, "Interfaces on node 0")
	for i := range n {
		fmt.Fprintf(&b, "name:eth%d link:up references:2\n", i)
	}
	return b.String()
}

func nodeListOf(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "|%d|10.0.%d.%d|\n", i, i/250, i%250+1)
	}
	return b.String()
}

func BenchmarkParseQueries(b *testing.B) {
	ips := func(in []byte) (any, error) { return status.ParsePublicIPs(in) }
	for name, bench := range map[string]struct {
		of    func(n int) string
		parse func([]byte) (any, error)
	}{
		"ip/text":    {ipsOf, ips},
		"ip/machine": {func(n int) string { return ipsMachineOf(b, n) }, ips},
		"ifaces":     {interfacesOf, func(in []byte) (any, error) { return status.ParseInterfaces(in) }},
		"listnodes":  {nodeListOf, func(in []byte) (any, error) { return status.ParseNodeList(in) }},
	} {
		for _, n := range []int{3, 64, 1000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				in := []byte(bench.of(n))
				b.SetBytes(int64(len(in)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := bench.parse(in); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkParseUptime(b *testing.B) {
	in := []byte(uptimeSample)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := status.ParseUptime(in, time.UTC); err != nil {
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
