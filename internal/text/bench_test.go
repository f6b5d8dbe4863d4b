package text_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

func BenchmarkApply(b *testing.B) {
	for _, count := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			data := []byte(strings.Repeat("10.0.0.1\n", count))
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				src := text.NewSource("nodes", data)
				var edits text.Edits
				for i := range src.Lines() {
					edits.Insert(src.Line(i).Start, "#")
				}
				if _, err := edits.Apply(src); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
