package publicaddr_test

import (
	"fmt"
	"testing"

	"github.com/go-ctdb/go-ctdb/publicaddr"
)

func makeLines(count int) []byte {
	var data []byte
	for i := range count {
		data = fmt.Appendf(data, "10.%d.%d.%d/8 eth0,eth1\n", i>>16, i>>8&255, i&255)
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
				if _, err := publicaddr.Parse("f", data); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/line")
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	for _, count := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			file, err := publicaddr.Parse("f", makeLines(count))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				again := *file
				if err := again.Add(entry("192.0.2.1/24", "eth0")); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/line")
		})
	}
}

func TestAllocations(t *testing.T) {
	const lines = 1000
	data := makeLines(lines)
	parse := testing.AllocsPerRun(10, func() {
		if _, err := publicaddr.Parse("f", data); err != nil {
			t.Error(err)
		}
	})
	if parse > lines/10 {
		t.Errorf("Parse: %v allocations for %d lines, want a number that does not grow with them", parse, lines)
	}
	file := mustParse(t, string(data))
	all := testing.AllocsPerRun(10, func() {
		for range file.All() {
		}
	})
	if all > lines*11/10 {
		t.Errorf("All: %v allocations for %d lines, want one for each", all, lines)
	}
}
