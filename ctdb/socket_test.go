//go:build linux && (amd64 || arm64)

package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// over gives a client of a daemon with a transport and a tool that answers.
func (d *fakeDaemon) over(t testing.TB, transport ctdb.Transport, tool *script) *ctdb.Client {
	t.Helper()
	config := ctdb.Config{Transport: transport, Socket: d.path}
	if tool != nil {
		config.Runner = tool
	}
	client := ctdb.New(config)
	t.Cleanup(client.Close)
	return client
}

// silentTool is a tool that fails a test by having run.
func silentTool() *script { return &script{answers: map[string]ctdb.Result{}} }

func TestSocketStatus(t *testing.T) {
	t.Parallel()
	d := newFakeDaemon(t)
	d.answer(opNodeMap, fixed(nodeMap(0, 4, 0x11, 0)))
	d.answer(opInterfaces, func(to uint32, _ []byte) reply {
		if to == 3 {
			down := append(words(1), append([]byte("eth0"), make([]byte, 20)...)...)
			return reply{data: down}
		}
		return reply{data: words(0)}
	})
	tool := silentTool()
	client := d.over(t, ctdb.TransportAuto, tool)
	cluster, err := client.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := `Number of nodes:4 (including 1 deleted nodes)
pnn:0 10.0.0.1         OK (THIS NODE)
pnn:1 10.0.0.2         DISABLED
pnn:3 10.0.0.4         PARTIALLYONLINE
Generation:99
Size:2
hash:0 lmaster:0
hash:1 lmaster:1
Recovery mode:NORMAL (0)
Leader:1
`
	if diff := cmp.Diff(want, cluster.String()); diff != "" || cluster.Form != status.FormSocket || cluster.Light {
		t.Errorf("%v, light %v: mismatch (-want +got)\n%s", cluster.Form, cluster.Light, diff)
	}
	light, err := client.LightStatus(t.Context())
	if err != nil || !light.Light || light.Nodes[2].PartiallyOnline || !light.Leader.Is(1) || light.LeaderHeard.IsZero() {
		t.Errorf("light: %+v, error %v", light, err)
	}
	if len(tool.ran) > 0 || d.connections() != 1 {
		t.Errorf("the tool ran %q; %d connections", tool.ran, d.connections())
	}
}

// TestSocketLeaderUnheard: a light status does not wait for a leader that nobody knows, and a full one for a third of its
// time.
func TestSocketLeaderUnheard(t *testing.T) {
	t.Parallel()
	d := newFakeDaemon(t)
	d.answer(opRecmaster, fixed(reply{status: -1}))
	client := d.over(t, ctdb.TransportSocket, nil)
	light, err := client.LightStatus(t.Context())
	if err != nil || light.Leader.IsReported() {
		t.Errorf("light: leader %v, error %v", light.Leader, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	full, err := client.Status(ctx)
	if err != nil || !full.Leader.IsUnknown() || !full.Leader.IsReported() {
		t.Errorf("full: %v, error %v", full, err)
	}
	if n := d.count(opRegister); n != 1 {
		t.Errorf("%d registrations", n)
	}
}

// TestSocketFallsBack holds when the tool is asked instead.
func TestSocketFallsBack(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		transport ctdb.Transport
		answer    reply
		ran       []string
		want      error
	}{
		"answered":                   {ctdb.TransportAuto, reply{data: words(5)}, nil, nil},
		"refused":                    {ctdb.TransportAuto, reply{status: -1}, []string{"runstate"}, nil},
		"refused, no tool allowed":   {ctdb.TransportSocket, reply{status: -1}, nil, ctdb.ErrRefused},
		"gibberish":                  {ctdb.TransportAuto, reply{data: words(5, 5)}, []string{"runstate"}, nil},
		"gibberish, no tool allowed": {ctdb.TransportSocket, reply{data: words(5, 5)}, nil, ctdb.ErrProtocol},
		"silence":                    {ctdb.TransportAuto, reply{silent: true}, nil, ctdb.ErrTimeout},
		"always hung up":             {ctdb.TransportAuto, reply{hangUp: true}, nil, ctdb.ErrNotReady},
		"the tool only":              {ctdb.TransportTool, reply{status: 1}, []string{"runstate"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newFakeDaemon(t)
			d.answer(opRunState, fixed(test.answer))
			tool := &script{answers: map[string]ctdb.Result{"runstate": wrote("RUNNING\n")}}
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			state, err := d.over(t, test.transport, tool).RunState(ctx)
			if !errors.Is(err, test.want) || test.want == nil && (err != nil || state != status.RunStateRunning) {
				t.Errorf("got %s, error %v; want error %v", state, err, test.want)
			}
			if diff := cmp.Diff(test.ran, tool.ran); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
			if _, ok := errors.AsType[*ctdb.SocketError](err); ok != (test.want != nil) {
				t.Errorf("%v is a %T", err, err)
			}
		})
	}
}

// TestSocketAbsent holds what becomes of a socket that can't be opened.
func TestSocketAbsent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stale := filepath.Join(dir, "stale")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	_ = listener.Close()
	for _, socket := range []string{filepath.Join(dir, "none"), stale} {
		_, err := ctdb.New(ctdb.Config{Transport: ctdb.TransportSocket, Socket: socket}).PID(t.Context())
		if !errors.Is(err, ctdb.ErrNotRunning) {
			t.Errorf("%s: error %v", socket, err)
		}
		tool := &script{answers: map[string]ctdb.Result{"getpid": wrote("4711\n")}}
		pid, err := ctdb.New(ctdb.Config{Socket: socket, Runner: tool}).PID(t.Context())
		if pid != 4711 || err != nil {
			t.Errorf("%s: with a tool: %d, error %v", socket, pid, err)
		}
		_, err = ctdb.New(ctdb.Config{Socket: socket, Tool: filepath.Join(dir, "no-tool")}).PID(t.Context())
		if !errors.Is(err, ctdb.ErrNotRunning) || errors.Is(err, ctdb.ErrToolMissing) {
			t.Errorf("%s: without a tool: %v", socket, err)
		}
	}
}

// TestSocketAlone: what only the tool can do is not supported without it, and not run.
func TestSocketAlone(t *testing.T) {
	t.Parallel()
	d, tool := newFakeDaemon(t), silentTool()
	client := d.over(t, ctdb.TransportSocket, tool)
	for name, call := range map[string]func() error{
		"Version":     func() error { return errorOf(client.Version(t.Context())) },
		"NodeList":    func() error { return errorOf(client.NodeList(t.Context())) },
		"ReloadNodes": func() error { return errorOf(client.ReloadNodes(t.Context())) },
		"ReloadIPs":   func() error { return client.ReloadIPs(t.Context()) },
		"Shutdown":    func() error { return client.Shutdown(t.Context()) },
		"LVSLeader":   func() error { return errorOf(client.LVSLeader(t.Context())) },
	} {
		err := call()
		if _, ok := errors.AsType[*ctdb.SocketError](err); !ok || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if len(tool.ran) > 0 {
		t.Errorf("the tool ran %q", tool.ran)
	}
}

// TestSocketReconnects: a query finds a daemon that was started anew, whether or not the end of the old connection was
// noticed.
func TestSocketReconnects(t *testing.T) {
	t.Parallel()
	d := newFakeDaemon(t)
	client := d.over(t, ctdb.TransportSocket, nil)
	for range 3 {
		if _, err := client.PID(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.hangUp()
	}
	d.stop()
	if _, err := client.PID(t.Context()); !errors.Is(err, ctdb.ErrNotRunning) {
		t.Errorf("a daemon that is gone: %v", err)
	}
	_ = os.Remove(d.path)
	d.start(t)
	if _, err := client.PID(t.Context()); err != nil {
		t.Error(err)
	}
	client.Close()
	if _, err := client.PID(t.Context()); err != nil {
		t.Errorf("after Close: %v", err)
	}
}

// TestSocketRetries: a query that loses its connection is asked once more, an action never.
func TestSocketRetries(t *testing.T) {
	t.Parallel()
	once := func(then reply) func(uint32, []byte) reply {
		var first sync.Once
		return func(uint32, []byte) reply {
			r := then
			first.Do(func() { r = reply{hangUp: true} })
			return r
		}
	}
	d := newFakeDaemon(t)
	tool := silentTool()
	client := d.over(t, ctdb.TransportAuto, tool)
	d.answer(opPID, once(reply{status: 4711}))
	if pid, err := client.PID(t.Context()); pid != 4711 || err != nil || d.count(opPID) != 2 {
		t.Errorf("a query: %d, error %v, asked %d times", pid, err, d.count(opPID))
	}
	d.answer(opStop, once(reply{}))
	if _, err := client.Stop(t.Context()); !errors.Is(err, ctdb.ErrNotReady) || d.count(opStop) != 1 {
		t.Errorf("an action: error %v, done %d times", err, d.count(opStop))
	}
	d.answer(opNames, fixed(reply{data: append(words(8), "Tunable\x00"...)}))
	d.answer(opSetTunable, once(reply{}))
	if err := client.SetVar(t.Context(), "tunable", 1); !errors.Is(err, ctdb.ErrNotReady) || d.count(opSetTunable) != 1 {
		t.Errorf("a tunable: error %v, done %d times", err, d.count(opSetTunable))
	}
	if len(tool.ran) > 0 {
		t.Errorf("the tool ran %q", tool.ran)
	}
}

// TestSocketTunables: values whose order is not known, as those of a release to come, are asked for one by one.
func TestSocketTunables(t *testing.T) {
	t.Parallel()
	d := newFakeDaemon(t)
	d.answer(opNames, fixed(reply{data: append(words(15), "First:Second:3\x00"...)}))
	d.answer(opAllTunables, fixed(reply{data: words(1, 2)}))
	d.answer(opTunable, func(_ uint32, data []byte) reply { return reply{data: words(uint32(len(data)))} })
	got, err := d.over(t, ctdb.TransportSocket, nil).Tunables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := &status.Tunables{Form: status.FormSocket, Tunables: []status.Tunable{
		{Name: "First", Value: 10}, {Name: "Second", Value: 11}, {Name: "3", Value: 6},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
}

// TestSocketOldDisable: a release without the control leaves it to the tool.
func TestSocketOldDisable(t *testing.T) {
	t.Parallel()
	d := newFakeDaemon(t)
	tool := &script{answers: map[string]ctdb.Result{"disable": {}}}
	if changed, err := d.over(t, ctdb.TransportAuto, tool).Disable(t.Context()); !changed || err != nil {
		t.Errorf("changed %v, error %v", changed, err)
	}
	if diff := cmp.Diff([]string{"disable"}, tool.ran); diff != "" || d.count(opDisable) != 1 {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	_, err := d.over(t, ctdb.TransportSocket, tool).Disable(t.Context())
	if !errors.Is(err, ctdb.ErrRefused) || !errors.Is(err, errors.ErrUnsupported) || len(tool.ran) != 1 {
		t.Errorf("by the socket alone: %v", err)
	}
}

// TestSocketOwner: nothing is sent to a socket of somebody else's, and the tool is not sent there either.
func TestSocketOwner(t *testing.T) {
	t.Parallel()
	d, tool := newFakeDaemon(t), silentTool()
	me := uint32(os.Getuid())
	for _, test := range []struct {
		owner uint32
		want  error
	}{{me, nil}, {me + 1, ctdb.ErrSocketOwner}} {
		client := ctdb.New(ctdb.Config{Socket: d.path, Runner: tool, SocketOwner: &test.owner})
		defer client.Close()
		before := d.count(opPID)
		_, err := client.PID(t.Context())
		if !errors.Is(err, test.want) || (d.count(opPID) > before) != (test.want == nil) {
			t.Errorf("owner %d: error %v", test.owner, err)
		}
	}
	if len(tool.ran) > 0 {
		t.Errorf("the tool ran %q", tool.ran)
	}
}

// TestSocketAbsentNodes tells nodes that are not there from those that are disconnected.
func TestSocketAbsentNodes(t *testing.T) {
	t.Parallel()
	d := newFakeDaemon(t)
	d.answer(opNodeMap, fixed(nodeMap(0, 1, 0x11)))
	d.answer(opPID, fixed(reply{status: -1, text: "ctdb_control to disconnected node"}))
	client := d.over(t, ctdb.TransportSocket, nil)
	for pnn, want := range map[nodes.PNN]string{
		1: "disconnected", 2: "deleted", 3: "no such node", 0xFFFFFFF0: "no such node",
	} {
		_, err := client.On(pnn).PID(t.Context())
		if diff := cmp.Diff(set(want), kinds(err)); diff != "" {
			t.Errorf("node %v: %v: mismatch (-want +got)\n%s", pnn, err, diff)
		}
	}
}

// TestSocketDeadlines: a daemon that says nothing costs each caller its own time, also while others wait longer.
func TestSocketDeadlines(t *testing.T) {
	t.Parallel()
	d := newFakeDaemon(t)
	for _, opcode := range []uint32{opPID, opPNN, opRegister, opRecmaster, opNodeMap} {
		d.answer(opcode, fixed(reply{silent: true}))
	}
	client := d.over(t, ctdb.TransportAuto, silentTool())
	patient, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	calls := []func(context.Context) error{
		func(ctx context.Context) error { return errorOf(client.PID(ctx)) },
		func(ctx context.Context) error { return errorOf(client.Leader(ctx)) },
		func(ctx context.Context) error { return errorOf(client.LightStatus(ctx)) },
		func(ctx context.Context) error { return errorOf(client.Stop(ctx)) },
		func(ctx context.Context) error { return client.IPReallocate(ctx) },
	}
	for _, call := range calls {
		group.Go(func() { _ = call(patient) })
	}
	for i, call := range calls {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if err := call(ctx); !errors.Is(err, ctdb.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("call %d: %v", i, err)
		}
		cancel()
	}
	cancel()
	group.Wait()
	over, stop := context.WithCancel(t.Context())
	stop()
	if _, err := client.PID(over); !errors.Is(err, context.Canceled) || errors.Is(err, ctdb.ErrTimeout) {
		t.Errorf("a call that is over: %v", err)
	}
}

// TestSocketSoak asks and reconnects again and again: nothing is left behind.
func TestSocketSoak(t *testing.T) {
	d := newFakeDaemon(t)
	client := ctdb.New(ctdb.Config{Transport: ctdb.TransportSocket, Socket: d.path})
	const calls, each = 4000, 100
	goroutines, files := runtime.NumGoroutine(), socketFiles(t)
	for i := range calls {
		if i%each == 0 {
			d.hangUp()
		}
		if _, err := client.LightStatus(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	client.Close()
	d.hangUp()
	for i := 0; runtime.NumGoroutine() > goroutines || socketFiles(t) > files; i++ {
		if i > 1000 {
			t.Fatalf("%d goroutines, %d files; before %d and %d", runtime.NumGoroutine(), socketFiles(t), goroutines, files)
		}
		runtime.Gosched()
		time.Sleep(time.Millisecond) // the fake's own goroutines end
	}
}

// TestEventSocket: the event daemon's socket is beside ctdbd's or where the config says; without one, the tool is asked.
func TestEventSocket(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tool := &script{answers: map[string]ctdb.Result{"event run 1 legacy other": {}}}
	client := ctdb.New(ctdb.Config{Socket: filepath.Join(dir, "ctdbd.socket"), Runner: tool})
	if err := client.RunEvent(t.Context(), time.Second, "other"); err != nil {
		t.Error(err)
	}
	for config, want := range map[ctdb.Config]string{
		{Socket: filepath.Join(dir, "ctdbd.socket")}:                                        filepath.Join(dir, "eventd.socket"),
		{Socket: filepath.Join(dir, "ctdbd.socket"), EventSocket: filepath.Join(dir, "ev")}: filepath.Join(dir, "ev"),
	} {
		config.Transport = ctdb.TransportSocket
		err := ctdb.New(config).RunEvent(t.Context(), time.Second, "other")
		if e, ok := errors.AsType[*ctdb.SocketError](err); !ok || e.Socket != want || !errors.Is(err, ctdb.ErrNotRunning) {
			t.Errorf("error %v, want %s", err, want)
		}
		if err := ctdb.New(config).On(1).RunEvent(t.Context(), time.Second, "other"); !errors.Is(err, ctdb.ErrUsage) {
			t.Errorf("an event elsewhere: %v", err)
		}
	}
}

func TestTransportNames(t *testing.T) {
	t.Parallel()
	all := []string{fmt.Sprint(ctdb.TransportAuto), fmt.Sprint(ctdb.TransportSocket), fmt.Sprint(ctdb.TransportTool)}
	if !slices.Equal(all, []string{"auto", "socket", "tool"}) || !strings.Contains(fmt.Sprint(ctdb.Transport(9)), "9") {
		t.Errorf("names %q", all)
	}
}
