package options_test

import (
	"fmt"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/options"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func makeLines(count int) []byte {
	var data []byte
	for i := range count {
		switch i % 4 {
		case 0:
			data = fmt.Appendf(data, "# CTDB_OPTION_%d is for nothing\n", i)
		case 1:
			data = fmt.Appendf(data, "CTDB_OPTION_%d=/etc/ctdb/a_file\n", i)
		case 2:
			data = fmt.Appendf(data, "export CTDB_OPTION_%d=\"some words\"\n", i)
		default:
			data = fmt.Appendf(data, "CTDB_OPTION_%d='some more words' # why\n", i)
		}
	}
	return data
}

var benchLines = []int{60, 1_000, 100_000}

// perLine runs a benchmark for files of several sizes.
func perLine(b *testing.B, run func(b *testing.B, data []byte)) {
	for _, count := range benchLines {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			b.ReportAllocs()
			run(b, makeLines(count))
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/line")
		})
	}
}

func BenchmarkParse(b *testing.B) {
	perLine(b, func(b *testing.B, data []byte) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := options.Parse("f", data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkGet(b *testing.B) {
	for _, count := range benchLines {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			file := mustParse(b, string(makeLines(count)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := file.Get("CTDB_OPTION_2"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSet(b *testing.B) {
	perLine(b, func(b *testing.B, data []byte) {
		file := mustParse(b, string(data))
		for b.Loop() {
			again := *file
			if err := again.Set("CTDB_OPTION_2", "other words"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSetAbsent(b *testing.B) {
	perLine(b, func(b *testing.B, data []byte) {
		file := mustParse(b, string(data))
		for b.Loop() {
			again := *file
			if err := again.Set("CTDB_OPTION_4", "x"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	perLine(b, func(b *testing.B, data []byte) {
		file := mustParse(b, string(data))
		for b.Loop() {
			file.Validate(release.Release{}, "")
		}
	})
}

func TestAllocations(t *testing.T) {
	const lines = 1000
	data := makeLines(lines)
	parse := testing.AllocsPerRun(10, func() {
		if _, err := options.Parse("f", data); err != nil {
			t.Error(err)
		}
	})
	if parse > lines/10 {
		t.Errorf("Parse: %v allocations for %d lines, want a number that does not grow with them", parse, lines)
	}
	file := mustParse(t, string(data))
	get := testing.AllocsPerRun(10, func() { file.Lookup("CTDB_OPTION_2") })
	if get > 0 {
		t.Errorf("Lookup: %v allocations", get)
	}
}
