package wire_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// BenchmarkLight encodes and decodes a light status, in memory that is there.
func BenchmarkLight(b *testing.B) {
	for _, n := range []int{3, 64, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			stream, buffer := bytes.Join(lightPackets(n, 7), nil), make([]byte, 0, 512)
			var light wire.Light
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				lightRound(b, buffer, stream, 7, &light)
			}
		})
	}
}

// BenchmarkCluster makes a status for a caller to keep out of a light one.
func BenchmarkCluster(b *testing.B) {
	for _, n := range []int{3, 64, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var light wire.Light
			lightRound(b, nil, bytes.Join(lightPackets(n, 7), nil), 7, &light)
			b.ReportAllocs()
			for b.Loop() {
				light.Cluster()
			}
		})
	}
}

// BenchmarkDecode reads the sample of each reply.
func BenchmarkDecode(b *testing.B) {
	for _, d := range decoders() {
		b.Run(d.name, func(b *testing.B) {
			r := reply(d.encode(d.sample))
			b.SetBytes(int64(len(r.Data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.decode(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
