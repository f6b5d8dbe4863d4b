package routes_test

import (
	"fmt"
	"testing"

	"github.com/go-ctdb/go-ctdb/publicaddr/routes"
)

func BenchmarkParse(b *testing.B) {
	for _, count := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint("lines=", count), func(b *testing.B) {
			var data []byte
			for i := range count {
				data = fmt.Appendf(data, "10.%d.%d.%d 10.0.0.0/8 10.0.0.1\n", i>>16, i>>8&255, i&255)
			}
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				file, err := routes.Parse("f", data)
				if err != nil || file.Len() != count {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/line")
		})
	}
}
