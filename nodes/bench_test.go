package nodes_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// makeLines gives a valid file. 100,000 lines fit into MaxSize.
func makeLines(count int) []byte {
	var data []byte
	for i := range count {
		data = fmt.Appendf(data, "%x:%x::\n", i>>16, i&0xffff)
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
				if _, err := nodes.Parse("nodes", data); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/line")
		})
	}
}

func BenchmarkEdit(b *testing.B) {
	for _, count := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			file := mustParse(b, string(makeLines(count)))
			middle := nodes.PNN(count / 2)
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range []error{file.Delete(middle), file.Restore(middle, netip.Addr{})} {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			perEdit := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / 2
			b.ReportMetric(perEdit/float64(count), "ns/line/edit")
		})
	}
}

func BenchmarkDiff(b *testing.B) {
	for _, count := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			data := makeLines(count)
			before := mustParse(b, string(data))
			after := mustParse(b, string(data[bytes.IndexByte(data, '\n')+1:])) // all shift
			b.ReportAllocs()
			for b.Loop() {
				if changes := nodes.Diff(before, after); len(changes) != count {
					b.Fatalf("%d changes", len(changes))
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
		if _, err := nodes.Parse("nodes", data); err != nil {
			t.Error(err)
		}
	})
	if allocs > lines/10 {
		t.Errorf("%v allocations for %d lines, want a number that does not grow with them", allocs, lines)
	}
}

func TestEditAllocations(t *testing.T) {
	const lines = 1000
	data := string(makeLines(lines))
	file := mustParse(t, data)
	next := netip.MustParseAddr("10.0.0.1")
	edits := map[string]func() error{
		"Append":            func() error { _, err := file.Append(next); next = next.Next(); return err },
		"Delete, Restore":   func() error { return errors.Join(file.Delete(7), file.Restore(7, netip.Addr{})) },
		"Diff of the same":  func() error { nodes.Diff(file, file); return nil },
		"Validate, nothing": func() error { file.Validate(); return nil },
	}
	for name, edit := range edits {
		allocs := testing.AllocsPerRun(10, func() {
			if err := edit(); err != nil {
				t.Error(err)
			}
		})
		if allocs > lines/10 {
			t.Errorf("%s: %v allocations for %d lines, want a number that does not grow with them", name, allocs, lines)
		}
	}
}
