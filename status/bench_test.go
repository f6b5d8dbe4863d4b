package status_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/status"
)

// textOf is the status of a cluster of n nodes as the tool prints it, every fourth node out of order.
func textOf(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Number of nodes:%d\n", n)
	for i := range n {
		state := "OK"
		if i%4 == 3 {
			state = "DISCONNECTED|UNHEALTHY|INACTIVE"
		}
		if i == 0 {
			state += " (THIS NODE)"
		}
		fmt.Fprintf(&b, "pnn:%d %-16s %s\n", i, fmt.Sprintf("10.0.%d.%d", i/250, i%250+1), state)
	}
	fmt.Fprintf(&b, "Generation:1919983054\nSize:%d\n", n)
	for i := range n {
		fmt.Fprintf(&b, "hash:%d lmaster:%d\n", i, i)
	}
	b.WriteString("Recovery mode:NORMAL (0)\nLeader:0\n")
	return b.String()
}

// machineOf is the machine form of the same cluster.
func machineOf(tb testing.TB, n int) string {
	c, err := status.Parse([]byte(textOf(n)))
	if err != nil {
		tb.Fatal(err)
	}
	return machineTable(c, sampleMachine)
}

// jsonOf is the JSON form of the same cluster, on as many lines as the tool has it.
func jsonOf(tb testing.TB, n int) string {
	c, err := status.Parse([]byte(textOf(n)))
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(toolJSON(tb, c)), "", "  "); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

// nodesOf has the lines of text that nodestatus prints.
func nodesOf(n int) string {
	text, _, _ := strings.Cut(textOf(n), "Generation:")
	return text
}

// statusForms has each form of status and nodestatus.
var statusForms = []struct {
	name  string
	of    func(tb testing.TB, n int) string
	parse func(out []byte) (*status.Cluster, error)
}{
	{"text", func(_ testing.TB, n int) string { return textOf(n) }, status.Parse},
	{"machine", machineOf, status.Parse},
	{"json", jsonOf, status.Parse},
	{"nodestatus-text", func(_ testing.TB, n int) string { return nodesOf(n) }, status.ParseNodeStatus},
	{"nodestatus-machine", machineOf, status.ParseNodeStatus},
}

func BenchmarkParse(b *testing.B) {
	for _, form := range statusForms {
		for _, n := range []int{3, 64, 1000} {
			b.Run(fmt.Sprintf("%s/%d", form.name, n), func(b *testing.B) {
				in := []byte(form.of(b, n))
				b.SetBytes(int64(len(in)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := form.parse(in); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// TestParseAllocations holds the number of allocations to what is promised: at most two for each node, and a constant.
func TestParseAllocations(t *testing.T) {
	for form, of := range map[string]func(n int) string{
		"text":    textOf,
		"machine": func(n int) string { return machineOf(t, n) },
	} {
		for _, n := range []int{3, 64, 1000} {
			in := []byte(of(n))
			got := testing.AllocsPerRun(10, func() {
				if _, err := status.Parse(in); err != nil {
					t.Fatal(err)
				}
			})
			if limit := float64(2*n + 30); got > limit {
				t.Errorf("%s of %d nodes: %v allocations, want at most %v", form, n, got, limit)
			}
		}
	}
}

// TestParseBounded holds memory against hostile output: lines that are short and many, counts that are lies.
func TestParseBounded(t *testing.T) {
	tests := map[string]string{
		"newlines":        strings.Repeat("\n", status.MaxOutput),
		"key, no rest":    strings.Repeat("pnn:\n", status.MaxOutput/5),
		"size that lies":  strings.Replace(sample, "Size:2", "Size:16000000", 1),
		"count that lies": strings.Replace(sample, "nodes:5", "nodes:16000000", 1),
		"many columns":    "|Node|IP" + strings.Repeat("|x", 1000) + "|\n",
	}
	for name, in := range tests {
		data := []byte(in)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if c, err := status.Parse(data); err == nil {
			t.Errorf("%s was read as %d nodes", name, len(c.Nodes))
		}
		runtime.ReadMemStats(&after)
		if got, limit := after.TotalAlloc-before.TotalAlloc, uint64(20*len(in)+100_000); got > limit {
			t.Errorf("%s: %d bytes allocated for an input of %d", name, got, len(in))
		}
	}
}
