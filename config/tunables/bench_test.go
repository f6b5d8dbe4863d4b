package tunables_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// makeLines sets the tunables again and again, but for the last one and those that are obsolete.
func makeLines(count int) []byte {
	known := slices.DeleteFunc(slices.Collect(tunables.Known(release.Release{})), func(t tunables.Tunable) bool {
		return t.Obsolete || t.Name == "AllowMixedVersions"
	})
	var data []byte
	for i := range count {
		data = fmt.Appendf(data, "%s=%d\n", known[i%len(known)].Name, i)
	}
	return data
}

var sizes = []int{60, 100_000}

func perLine(b *testing.B, lines int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(lines), "ns/line")
}

func BenchmarkParse(b *testing.B) {
	for _, count := range sizes {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			data := makeLines(count)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tunables.Parse("f", data); err != nil {
					b.Fatal(err)
				}
			}
			perLine(b, count)
		})
	}
}

func BenchmarkGet(b *testing.B) {
	for _, count := range sizes {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			file, err := tunables.Parse("f", append([]byte("AllowMixedVersions=1\n"), makeLines(count-1)...))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if value, ok := file.Get("AllowMixedVersions"); !ok {
					b.Fatal(value, ok)
				}
			}
			perLine(b, count)
		})
	}
}

func BenchmarkEffective(b *testing.B) {
	for _, r := range []release.Release{minor(10), {}} {
		for _, count := range sizes {
			b.Run(fmt.Sprintf("release=%v/lines=%d", r, count), func(b *testing.B) {
				file, err := tunables.Parse("f", makeLines(count))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if _, err := file.Effective(r); err != nil {
						b.Fatal(err)
					}
				}
				perLine(b, count)
			})
		}
	}
}

func BenchmarkSet(b *testing.B) {
	for _, count := range sizes {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			file, err := tunables.Parse("f", makeLines(count))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				again := *file
				if err := again.Set("MonitorInterval", 7); err != nil {
					b.Fatal(err)
				}
			}
			perLine(b, count)
		})
	}
}

// TestAllocations wants reading to allocate no more for a long file than for a short one.
func TestAllocations(t *testing.T) {
	const lines = 1000
	data := makeLines(lines)
	parse := testing.AllocsPerRun(5, func() {
		if _, err := tunables.Parse("f", data); err != nil {
			t.Error(err)
		}
	})
	if parse > lines/10 {
		t.Errorf("Parse: %v allocations for %d lines, want a number that does not grow with them", parse, lines)
	}
}
