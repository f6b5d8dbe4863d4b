package socket_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// lightRequest is the size of each request of a light status.
const lightRequest = 64

// serve answers light statuses with prepared replies of a cluster of three nodes until the connection ends. It
// allocates nothing in doing so.
func serve(conn *net.UnixConn) {
	replies := lightReplies(3, 0)
	in, filled, out := make([]byte, 64<<10), 0, make([]byte, 0, 128<<10)
	for i := 0; ; {
		n, err := conn.Read(in[filled:])
		if err != nil {
			return
		}
		filled += n
		rest := in[:filled]
		for ; len(rest) >= lightRequest; rest = rest[lightRequest:] {
			at := len(out)
			out = append(out, replies[i%wire.LightRequests]...)
			copy(out[at+28:], rest[28:32])
			i++
		}
		filled = copy(in, rest)
		if _, err := conn.Write(out); err != nil {
			return
		}
		out = out[:0]
	}
}

// floor is a connection to the same daemon without this package.
type floor struct {
	b        *testing.B
	conn     *net.UnixConn
	requests []byte
	in       []byte
}

// bare opens one. The daemon ends when the benchmark does.
func bare(b *testing.B, over *sync.WaitGroup) *floor {
	b.Helper()
	l := listen(b)
	conn, err := net.DialUnix("unix", nil, l.Addr().(*net.UnixAddr))
	if err != nil {
		b.Fatal(err)
	}
	d := accept(b, l)
	over.Go(func() { serve(d.conn) })
	size := len(bytes.Join(lightReplies(3, 0), nil))
	return &floor{b, conn, wire.AppendLight(nil, wire.Destination{}, 1), make([]byte, size)}
}

// run writes the bytes of some light statuses and reads those of their replies, one after the other.
func (f *floor) run(n int) {
	f.b.Helper()
	for range n {
		if _, err := f.conn.Write(f.requests); err != nil {
			f.b.Fatal(err)
		}
		if _, err := io.ReadFull(f.conn, f.in); err != nil {
			f.b.Fatal(err)
		}
	}
}

// BenchmarkLight asks a daemon in this process for light statuses, over one connection. x-bare is how many times as
// long one takes as the same bytes take a single user without this package. The two take turns, since the machine may
// have others to serve.
func BenchmarkLight(b *testing.B) {
	for _, users := range []int{1, 8, 64} {
		b.Run(fmt.Sprint(users), func(b *testing.B) {
			var over sync.WaitGroup
			conn, d := dial(b)
			over.Go(func() { serve(d.conn) })
			low := bare(b, &over)
			asks(b, conn, users, 1000)
			low.run(1000)
			var took time.Duration
			b.ReportAllocs()
			b.ResetTimer()
			for done := 0; done < b.N; done += 500 {
				n := min(500, b.N-done)
				asks(b, conn, users, n)
				b.StopTimer()
				start := time.Now()
				low.run(n)
				took += time.Since(start)
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed())/float64(took), "x-bare")
			conn.Close()
			_ = low.conn.Close()
			over.Wait()
		})
	}
}

// asks has some users share some light statuses.
func asks(b *testing.B, conn *socket.Conn, users, count int) {
	b.Helper()
	ctx := b.Context()
	var all sync.WaitGroup
	for u := range users {
		all.Go(func() {
			var light wire.Light
			for range (count + u) / users {
				if err := conn.Light(ctx, wire.Destination{}, &light); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
