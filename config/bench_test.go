package config_test

import (
	"fmt"
	"testing"

	"github.com/go-ctdb/go-ctdb/config"
)

var benchSizes = []int{60, 1_000, 10_000, 100_000}

// makeLines gives a file with all sections, comments and blank lines, of which two in three set an option. All keys are
// different, and CTDB knows none. 100,000 lines fit into MaxSize.
func makeLines(count int) []byte {
	sections := []string{"logging", "cluster", "database", "event", "failover", "legacy"}
	var data []byte
	for i := range count {
		switch {
		case i%(count/len(sections)) == 0:
			data = fmt.Appendf(data, "[%s]\n", sections[i/(count/len(sections))%len(sections)])
		case i%6 == 2:
			data = append(data, '\n')
		case i%6 == 3:
			data = fmt.Appendf(data, "\t# what line %d is about\n", i+1)
		default:
			data = fmt.Appendf(data, "\t%05d made up option = value of line %05d\n", i, i)
		}
	}
	return data
}

// lastOption gives the section and the key of the last setting of such a file.
func lastOption(tb testing.TB, file *config.File) (section, key string) {
	tb.Helper()
	for s := range file.All() {
		section, key = s.Section, s.Key
	}
	if key == "" {
		tb.Fatal("the file has no settings")
	}
	return section, key
}

func parseLines(tb testing.TB, count int) *config.File {
	tb.Helper()
	file, err := config.Parse("ctdb.conf", makeLines(count))
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

func reportPerLine(b *testing.B, lines int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(lines), "ns/line")
}

func BenchmarkParse(b *testing.B) {
	for _, count := range benchSizes {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			data := makeLines(count)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := config.Parse("ctdb.conf", data); err != nil {
					b.Fatal(err)
				}
			}
			reportPerLine(b, count)
		})
	}
}

// BenchmarkGet takes the same time for all sizes, so that the time for a line goes down.
func BenchmarkGet(b *testing.B) {
	for _, count := range benchSizes {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			file := parseLines(b, count)
			section, key := lastOption(b, file)
			b.ReportAllocs()
			for b.Loop() {
				if file.Get(section, key) == "" {
					b.Fatal("no value")
				}
			}
			reportPerLine(b, count)
		})
	}
}

func BenchmarkSet(b *testing.B) {
	for _, count := range benchSizes {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			file := parseLines(b, count)
			section, key := lastOption(b, file)
			values := []string{"one", "two"}
			b.SetBytes(int64(len(file.Bytes())))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := file.Set(section, key, values[i%2]); err != nil {
					b.Fatal(err)
				}
			}
			reportPerLine(b, count)
		})
	}
}

// TestAllocations: a file of 60 lines is read with a few, and the number grows with the lines only as far as the map of
// the settings does: one for hundreds of them. A value that stands in the file is got without any.
func TestAllocations(t *testing.T) {
	for _, count := range benchSizes {
		data, file := makeLines(count), parseLines(t, count)
		section, key := lastOption(t, file)
		value := "a"
		calls := map[string]struct {
			most float64
			call func() error
		}{
			"Parse": {float64(16 + count/300), func() error { _, err := config.Parse("ctdb.conf", data); return err }},
			"Get":   {0, func() error { file.Get(section, key); return nil }},
			"Set":   {float64(20 + count/300), func() error { value += "a"; return file.Set(section, key, value) }},
		}
		for name, c := range calls {
			got := testing.AllocsPerRun(5, func() {
				if err := c.call(); err != nil {
					t.Error(err)
				}
			})
			if got > c.most {
				t.Errorf("%s: %v allocations for %d lines, want at most %v", name, got, count, c.most)
			}
		}
	}
}
