//go:build linux

package ctdb_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// How long the soak is: a few thousand calls; a million and ten thousand connections when somebody says so.
var (
	soakCalls   = flag.Int("soak.calls", 5_000, "calls of the soak of the socket")
	soakConnect = flag.Int("soak.connections", 100, "connections of the soak of the socket")
)

// heard gives a client of a node's socket that has heard of the leader.
func heard(t testing.TB, c *realctdb.Cluster) *ctdb.Client {
	t.Helper()
	client := overSocket(t, c, 0)
	if _, err := client.Leader(t.Context()); err != nil {
		t.Fatal(err)
	}
	return client
}

// TestRealSocketSoak asks a real daemon again and again, over connections that end again and again: nothing grows.
func TestRealSocketSoak(t *testing.T) {
	c := realctdb.Start(t, realctdb.Releases(t)[0], realctdb.Options{Nodes: 1})
	client := heard(t, c)
	light := func() {
		if _, err := client.LightStatus(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for range 1000 { // what is made once, as of pools
		light()
	}
	goroutines, files, memory := runtime.NumGoroutine(), socketFiles(t), heap()
	for range *soakCalls {
		light()
	}
	for range *soakConnect {
		client.Close()
		light()
	}
	if n := runtime.NumGoroutine(); n > goroutines+1 {
		t.Errorf("%d goroutines, %d before", n, goroutines)
	}
	if n := socketFiles(t); n > files {
		t.Errorf("%d files, %d before", n, files)
	}
	const slack = 1 << 20
	now := heap()
	if now > memory+slack {
		t.Errorf("%d bytes of memory, %d before", now, memory)
	}
	t.Logf("%d calls, %d connections: %d goroutines, %d files, %d bytes; before %d, %d, %d",
		*soakCalls, *soakConnect, runtime.NumGoroutine(), socketFiles(t), now, goroutines, files, memory)
}

// heap gives the memory that is in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestRealSocketAllocations: a light status over a connection that is there allocates little.
func TestRealSocketAllocations(t *testing.T) {
	c := realctdb.Start(t, realctdb.Releases(t)[0], realctdb.Options{})
	client := heard(t, c)
	const most = 20
	if n := testing.AllocsPerRun(500, func() {
		if _, err := client.LightStatus(t.Context()); err != nil {
			t.Fatal(err)
		}
	}); n > most {
		t.Errorf("%v allocations, want at most %d", n, most)
	} else {
		t.Logf("%v allocations", n)
	}
}

// cost measures the times and the work of what a benchmark does again and again.
type cost struct {
	b      *testing.B
	daemon string // its directory in /proc
	times  []time.Duration
	cpu    [2]time.Duration
}

func newCost(b *testing.B, c *realctdb.Cluster) *cost {
	b.Helper()
	pid, err := os.ReadFile(filepath.Join(c.Dir(0), "run", "ctdbd.pid"))
	if err != nil {
		b.Fatal(err)
	}
	m := &cost{b: b, daemon: "/proc/" + strings.TrimSpace(string(pid))}
	m.cpu = m.used()
	return m
}

// used gives the time that this process, with its children, and the daemon have computed.
func (m *cost) used() (all [2]time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var usage syscall.Rusage
		if err := syscall.Getrusage(who, &usage); err != nil {
			m.b.Fatal(err)
		}
		all[0] += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	data, err := os.ReadFile(m.daemon + "/stat")
	if err != nil {
		m.b.Fatal(err)
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')'):]))
	const tick = 10 * time.Millisecond
	for _, field := range fields[12:14] {
		ticks, err := strconv.Atoi(field)
		if err != nil {
			m.b.Fatal(err)
		}
		all[1] += time.Duration(ticks) * tick
	}
	return all
}

// do does it once.
func (m *cost) do(f func() error) {
	start := time.Now()
	if err := f(); err != nil {
		m.b.Fatal(err)
	}
	m.times = append(m.times, time.Since(start))
}

// report gives what it took, and the mean time.
func (m *cost) report() time.Duration {
	m.b.StopTimer()
	now, n := m.used(), float64(len(m.times))
	slices.Sort(m.times)
	us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
	m.b.ReportMetric(us(m.times[len(m.times)/2]), "median-µs")
	m.b.ReportMetric(us(m.times[len(m.times)*99/100]), "p99-µs")
	m.b.ReportMetric(us(now[0]-m.cpu[0])/n, "client-cpu-µs/op")
	m.b.ReportMetric(us(now[1]-m.cpu[1])/n, "ctdbd-cpu-µs/op")
	var all time.Duration
	for _, took := range m.times {
		all += took
	}
	return all / time.Duration(len(m.times))
}

// BenchmarkRealStatus asks one real cluster of three nodes for its state in each way, and gives the time of each beside
// that of the light status before it. From 4.16 on, nearly all of what "ctdb status" takes is the wait for the next
// message of the leader, which comes once a second, as is that of a full status over a fresh connection. Nearly all of
// what "ctdb -X nodestatus all" takes is the start of a program, which is what the processor time of the client says.
func BenchmarkRealStatus(b *testing.B) {
	c := realctdb.Start(b, realctdb.Releases(b)[0], realctdb.Options{})
	client, tool, ctx := heard(b, c), c.Client(0), b.Context()
	light := func() error { return errorOf(client.LightStatus(ctx)) }
	bare, err := newBare(c)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = bare.conn.Close() }()
	var kept time.Duration
	for _, way := range []struct {
		name  string
		do    func() error
		pause func() // before each
	}{
		{name: "bare write and read", do: bare.do},
		{name: "light, kept connection", do: light},
		{name: "bare write and read again", do: bare.do},
		{name: "light, kept connection again", do: light},
		{name: "full, kept connection", do: func() error { return errorOf(client.Status(ctx)) }},
		{name: "light, fresh connection", do: func() error {
			fresh := ctdb.New(ctdb.Config{Transport: ctdb.TransportSocket, Socket: socketOf(c, 0)})
			defer fresh.Close()
			return errorOf(fresh.LightStatus(ctx))
		}},
		{name: "full, fresh connection", pause: randomly, do: func() error {
			fresh := ctdb.New(ctdb.Config{Transport: ctdb.TransportSocket, Socket: socketOf(c, 0)})
			defer fresh.Close()
			return errorOf(fresh.Status(ctx))
		}},
		{name: "tool, -X nodestatus all", do: func() error { return errorOf(tool.LightStatus(ctx)) }},
		{name: "tool, status", do: func() error { return errorOf(tool.Status(ctx)) }, pause: randomly},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			m := newCost(b, c)
			for b.Loop() {
				if way.pause != nil {
					b.StopTimer()
					way.pause()
					b.StartTimer()
				}
				m.do(way.do)
			}
			mean := m.report()
			if strings.HasPrefix(way.name, "light, kept") {
				kept = mean
			}
			if kept > 0 {
				b.ReportMetric(float64(mean)/float64(kept), "light-statuses")
			}
		})
	}
}

// randomly waits up to a second, so that what follows begins at no certain time between two messages of the leader.
func randomly() { time.Sleep(rand.N(time.Second)) }

// socketOf is the path of a node's socket.
func socketOf(c *realctdb.Cluster, pnn int) string {
	return filepath.Join(c.Dir(pnn), "run", "ctdbd.socket")
}

// bareConn writes and reads the bytes of a light status, with nothing else around it.
type bareConn struct {
	conn    net.Conn
	request []byte
	buf     []byte
}

func newBare(c *realctdb.Cluster) (*bareConn, error) {
	conn, err := net.Dial("unix", socketOf(c, 0))
	if err != nil {
		return nil, err
	}
	return &bareConn{conn, wire.AppendLight(nil, wire.Destination{}, 1), make([]byte, 16<<10)}, nil
}

func (b *bareConn) do() error {
	if _, err := b.conn.Write(b.request); err != nil {
		return err
	}
	filled, packets := 0, 0
	for used := 0; packets < wire.LightRequests; {
		n, err := b.conn.Read(b.buf[filled:])
		if err != nil {
			return err
		}
		filled += n
		for {
			packet, _, err := (wire.Splitter{}).Next(b.buf[used:filled])
			if err != nil {
				return err
			}
			if packet == nil {
				break
			}
			used, packets = used+len(packet), packets+1
		}
	}
	return nil
}

// BenchmarkRealCalls has goroutines ask for a light status over one connection.
func BenchmarkRealCalls(b *testing.B) {
	c := realctdb.Start(b, realctdb.Releases(b)[0], realctdb.Options{})
	client := heard(b, c)
	for _, goroutines := range []int{1, 8, 64} {
		b.Run(fmt.Sprint(goroutines), func(b *testing.B) {
			var left atomic.Int64
			left.Store(int64(b.N))
			var group sync.WaitGroup
			start := time.Now()
			for range goroutines {
				group.Go(func() {
					for left.Add(-1) >= 0 {
						if _, err := client.LightStatus(context.Background()); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "status/s")
		})
	}
}
