//go:build linux

package ctdb_test

import (
	"context"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
)

// BenchmarkRealSnapshot asks the sixteen nodes of a real cluster of each release through one of them, in good days and
// beside a node that hangs: "answer-ms" is when the last of the others' answers is there and "return-ms" when the call
// returns, of a deadline of 10 s.
func BenchmarkRealSnapshot(b *testing.B) {
	for _, install := range realctdb.Releases(b) {
		b.Run(install.String(), func(b *testing.B) {
			c := realctdb.Start(b, install, realctdb.Options{
				Nodes: 16, Tunables: map[string]uint32{"KeepaliveInterval": 30, "KeepaliveLimit": 10},
			})
			b.Run("well", func(b *testing.B) { benchmarkRealSnapshot(b, c) })
			b.Run("hung", func(b *testing.B) {
				const hung = 9
				c.Pause(b, hung)
				defer c.Resume(b, hung)
				benchmarkRealSnapshot(b, c)
			})
		})
	}
}

func benchmarkRealSnapshot(b *testing.B, c *realctdb.Cluster) {
	var answered, returned time.Duration
	failed := 0
	for b.Loop() {
		ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
		all, err := c.Client(0).SnapshotAll(ctx, ctdb.SnapshotOptions{})
		cancel()
		if err != nil || len(all.Nodes) != 16 {
			b.Fatal(err)
		}
		for _, n := range all.Nodes {
			if n.Err() != nil {
				failed++
			}
		}
		answered += answerTime(all)
		returned += all.Took
	}
	b.ReportMetric(float64(answered.Milliseconds())/float64(b.N), "answer-ms")
	b.ReportMetric(float64(returned.Milliseconds())/float64(b.N), "return-ms")
	b.ReportMetric(float64(failed)/float64(b.N), "silent-nodes")
}
