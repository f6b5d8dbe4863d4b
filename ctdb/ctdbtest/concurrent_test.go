package ctdbtest_test

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestConcurrent changes and asks from many goroutines; the race detector watches.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	addrs, options := pool(16)
	c := ctdbtest.New(ctdbtest.Options{Nodes: 8, PublicAddresses: options})
	var all sync.WaitGroup
	for i := range nodes.PNN(8) {
		client := c.Client(0).On(i)
		for _, work := range [][]func() error{
			{
				func() error { return c.Disable(i) },
				func() error { return errorOf(client.Status(ctx)) },
				func() error { return c.Enable(i) },
			},
			{
				func() error { return c.SetLink(i, "eth0", false) },
				func() error { return errorOf(client.PublicIPs(ctx)) },
				func() error { return c.SetLink(i, "eth0", true) },
			},
			{
				func() error { return c.FailScript(i, "00.ctdb", "words") },
				func() error { return errorOf(client.Interfaces(ctx)) },
				func() error { return c.SetScript(i, "00.ctdb", "monitor", ctdbtest.Outcome{}) },
			},
			{
				func() error { return errorOf(c.Client(i).EventStatus(ctx, "monitor")) },
				func() error { return errorOf(client.Statistics(ctx)) },
				func() error { return errorOf(c.Client(i).EventScripts(ctx)) },
			},
			{
				func() error { return c.SetRecord("g_lock.tdb", i.String(), "value") },
				func() error { return errorOf(client.Databases(ctx)) },
				func() error { c.Records("g_lock.tdb"); return nil },
			},
			{
				func() error { return client.SetVar(ctx, "MonitorInterval", 7) },
				func() error { return errorOf(client.Tunables(ctx)) },
				func() error { c.Tunable(i, "MonitorInterval"); return nil },
			},
			{
				func() error { return client.AddTickle(ctx, toAddress(addrs[i], uint16(i)+1)) },
				func() error { return errorOf(client.Tickles(ctx, addrs[i])) },
				func() error { c.Host(addrs[i]); return nil },
			},
			{
				func() error { return c.SetFlagsView(i, i, status.FlagBanned) },
				func() error { return errorOf(c.Client(i).Status(ctx)) },
				func() error { return c.ClearViews(i) },
			},
		} {
			all.Go(func() {
				for range 10 {
					for _, step := range work {
						if err := step(); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
	}
	all.Wait()
	report, err := c.Client(0).Status(ctx)
	must(t, err)
	for _, n := range report.Nodes {
		if !n.Healthy() {
			t.Errorf("left behind: %v", n)
		}
	}
}

// toAddress gives a connection to a public address.
func toAddress(addr netip.Addr, port uint16) status.Connection {
	return status.Connection{Source: netip.AddrPortFrom(first, port), Destination: netip.AddrPortFrom(addr, 445)}
}

// TestConcurrentHang has daemons hang, go on, die and come back while commands wait for them.
func TestConcurrentHang(t *testing.T) {
	t.Parallel()
	c := ctdbtest.New(ctdbtest.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var asking, changing sync.WaitGroup
	stop := make(chan struct{})
	changing.Go(func() {
		for i := 0; ; i++ {
			pnn := nodes.PNN(i % 3)
			if err := errors.Join(c.Hang(pnn), c.Resume(pnn), c.Kill(pnn), c.Start(pnn)); err != nil {
				t.Error(err)
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	for i := range nodes.PNN(3) {
		asking.Go(func() {
			for range 100 {
				for _, err := range []error{
					errorOf(c.Client(i).On((i + 1) % 3).Uptime(ctx)), c.Client(i).IPReallocate(ctx),
				} {
					if _, ok := errors.AsType[*ctdb.CommandError](err); err != nil && !ok { // a dead node is fine
						t.Error(err)
					}
				}
			}
		})
	}
	asking.Wait()
	close(stop)
	changing.Wait()
}
