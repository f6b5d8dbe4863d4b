package group_test

import (
	"fmt"
	"testing"

	"github.com/go-ctdb/go-ctdb/nodes/group"
)

func makeLines(count int) []byte {
	var data []byte
	for i := range count {
		data = fmt.Appendf(data, "%x:%x::\n", 0x10+i>>16, i&0xffff)
	}
	return data
}

func BenchmarkParse(b *testing.B) {
	for _, count := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			data := makeLines(count)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := group.Parse("f", data); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/line")
		})
	}
}

func TestParseAllocations(t *testing.T) {
	const lines = 1000
	data := makeLines(lines)
	allocs := testing.AllocsPerRun(10, func() {
		if _, err := group.Parse("f", data); err != nil {
			t.Error(err)
		}
	})
	if allocs > lines*3/2 {
		t.Errorf("%v allocations for %d lines, want at most one for each", allocs, lines)
	}
}
