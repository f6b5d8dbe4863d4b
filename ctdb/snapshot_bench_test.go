package ctdb_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// BenchmarkSnapshotAll asks all nodes of a made-up cluster, whose tools answer at once: what is left is this package's
// own time. Beside a node that hangs, "answer-ms" is when the last of the others' answers is there and "return-ms"
// when the call returns, of a node's time of 50 ms and a deadline of 100 ms.
func BenchmarkSnapshotAll(b *testing.B) {
	for _, count := range []int{3, 16, 64} {
		b.Run(fmt.Sprintf("well/%d", count), func(b *testing.B) { benchmarkSnapshotAll(b, newFake(count)) })
	}
	b.Run("hung/16", func(b *testing.B) {
		fake := newFake(16)
		fake.hung = map[nodes.PNN]bool{3: true}
		benchmarkSnapshotAll(b, fake)
	})
}

func benchmarkSnapshotAll(b *testing.B, fake *fakeCluster) {
	const deadline = 100 * time.Millisecond
	client := fake.Client(0)
	var answered, returned time.Duration
	b.ReportAllocs()
	for b.Loop() {
		ctx, cancel := context.WithTimeout(b.Context(), deadline)
		all, err := client.SnapshotAll(ctx, ctdb.SnapshotOptions{NodeTimeout: deadline / 2})
		cancel()
		if err != nil || len(all.Nodes) != len(fake.nodes) {
			b.Fatal(err)
		}
		answered += answerTime(all)
		returned += all.Took
	}
	if len(fake.hung) > 0 {
		b.ReportMetric(float64(answered.Milliseconds())/float64(b.N), "answer-ms")
		b.ReportMetric(float64(returned.Milliseconds())/float64(b.N), "return-ms")
	}
}

// answerTime gives when the last answer of a node that answers was there.
func answerTime(all *ctdb.ClusterSnapshot) time.Duration {
	last := all.At
	for _, n := range all.Nodes {
		for _, at := range []time.Time{n.Status.At, n.Lock.At, n.Uptime.At, n.Databases.At, n.PublicIPs.At} {
			if n.Ping.IsReported() && at.After(last) {
				last = at
			}
		}
	}
	return last.Sub(all.At)
}

// BenchmarkFindings compares what all nodes say.
func BenchmarkFindings(b *testing.B) {
	for _, count := range []int{3, 16, 64} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			fake := newFake(count)
			fake.flags = map[nodes.PNN]status.Flags{1: status.FlagDisabled}
			all, err := fake.Client(0).SnapshotAll(b.Context(), ctdb.SnapshotOptions{Runner: fake.On})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if found := all.Findings(); len(found) != 1 {
					b.Fatal(found)
				}
			}
		})
	}
}
