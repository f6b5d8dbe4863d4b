//go:build unix && !solaris && !aix

package ctdb_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/publicaddr"
	"github.com/go-ctdb/go-ctdb/status"
)

// inquiry is a query method of a client and what a real tool answers to it.
type inquiry struct {
	method string
	form   string // of the answer, where there are several
	ask    func(ctx context.Context, c *ctdb.Client) (any, error)
	answer string
}

func (q inquiry) String() string { return strings.TrimSpace(q.method + " " + q.form) }

// twoStates is what ctdb -X nodestatus all prints of two healthy nodes.
const twoStates = "|Node|IP|Disconnected|Unknown|Banned|Disabled|Unhealthy|Stopped|Inactive|PartiallyOnline|ThisNode|\n" +
	"|0|127.0.32.1|0|0|0|0|0|0|0|0|Y|\n|2|127.0.32.3|0|0|0|0|0|0|0|0|N|\n"

// inquiries has every query method. TestFaultsCoverQueries looks for others.
func inquiries(t testing.TB) []inquiry {
	t.Helper()
	of := captured(t)
	addr := netip.MustParseAddr("10.132.0.1")
	file, err := publicaddr.Parse("public_addresses", nil)
	if err != nil {
		t.Fatal(err)
	}
	return []inquiry{
		{"Status", "text", asks((*ctdb.Client).Status), of("", "4.22", "status")},
		{"Status", "machine", asks((*ctdb.Client).Status), of("", "4.22", "-X status")},
		{"Status", "json", asks((*ctdb.Client).Status), of("", "4.25", "-j status")},
		{"LightStatus", "", asks((*ctdb.Client).LightStatus), twoStates},
		{"Version", "", asks((*ctdb.Client).Version), "4.22.11-Debian-4.22.11+dfsg-0+deb13u1\n"},
		{"PublicIPs", "", asks((*ctdb.Client).PublicIPs), of("ip", "4.22", "-Xv ip")},
		{"AllPublicIPs", "machine", asks((*ctdb.Client).AllPublicIPs), of("ip", "4.22", "-X -v ip all")},
		{"AllPublicIPs", "text", asks((*ctdb.Client).AllPublicIPs), of("ip", "4.22", "ip -v all")},
		{"Addresses", "", asksFor((*ctdb.Client).Addresses, file), of("ip", "4.22", "-v ip")},
		{"PublicIPInfo", "", asksFor((*ctdb.Client).PublicIPInfo, addr), of("ip", "4.22", "ipinfo 10.132.0.1")},
		{"Interfaces", "", asks((*ctdb.Client).Interfaces), of("ip", "4.22", "-X ifaces")},
		{"Tickles", "", asksFor((*ctdb.Client).Tickles, addr), of("tickles", "4.22", "-X gettickles 10.132.0.1")},
		{"Databases", "", asks((*ctdb.Client).Databases), of("databases", "4.22", "-X getdbmap")},
		{"Database", "", asksFor((*ctdb.Client).Database, "vol1.tdb"), of("databases", "4.22", "getdbstatus vol1.tdb")},
		{"Statistics", "text", asks((*ctdb.Client).Statistics), of("statistics", "4.22", "statistics")},
		{"Statistics", "machine", asks((*ctdb.Client).Statistics), of("statistics", "4.22", "-X statistics")},
		{"DatabaseStatistics", "", asksFor((*ctdb.Client).DatabaseStatistics, "a"), of("dbstatistics", "4.22", "dbstatistics vol1.tdb")},
		{"StatisticsHistory", "", asksFor((*ctdb.Client).StatisticsHistory, 0), of("statistics", "4.22", "stats 1")},
		{"EventStatus", "", asksFor((*ctdb.Client).EventStatus, "monitor"), of("events", "4.22", "event status legacy monitor")},
		{"EventScripts", "", asks((*ctdb.Client).EventScripts), of("scripts", "4.22", "event script list legacy")},
		{"NATGWLeader", "", asks((*ctdb.Client).NATGWLeader), "0 127.0.32.1\n"},
		{"NATGWList", "", asks((*ctdb.Client).NATGWList), of("groups", "4.22", "natgw list")},
		{"NATGWStatus", "", asks((*ctdb.Client).NATGWStatus), of("groups", "4.22", "natgw status")},
		{"LVSLeader", "", asks((*ctdb.Client).LVSLeader), "0\n"},
		{"LVSList", "", asks((*ctdb.Client).LVSList), of("groups", "4.22", "lvs list")},
		{"LVSStatus", "", asks((*ctdb.Client).LVSStatus), of("groups", "4.22", "lvs status")},
		{"Uptime", "", asks((*ctdb.Client).Uptime), of("uptime", "4.22", "uptime")},
		{"Leader", "", asks((*ctdb.Client).Leader), "0\n"},
		{"PNN", "", asks((*ctdb.Client).PNN), "12\n"},
		{"ClusterLock", "", asks((*ctdb.Client).ClusterLock), "/srv/shared/.ctdb/reclock\n"},
		{"RunState", "", asks((*ctdb.Client).RunState), "RUNNING\n"},
		{"Ping", "", asks((*ctdb.Client).Ping), "response from 0 time=0.000046 sec  (3 clients)\n"},
		{"PID", "", asks((*ctdb.Client).PID), "4711\n"},
		{"LogLevel", "", asks((*ctdb.Client).LogLevel), "NOTICE\n"},
		{"Capabilities", "", asks((*ctdb.Client).Capabilities), "|LEADER|LMASTER|\n|1|1|\n"},
		{"NodeList", "", asks((*ctdb.Client).NodeList), "|0|127.0.32.1|\n|2|127.0.32.3|\n"},
		{"NodesFile", "", asks((*ctdb.Client).NodesFile), "|0|127.0.32.1|\n|2|127.0.32.3|\n"},
		{"Tunables", "", asks((*ctdb.Client).Tunables), of("tunables", "4.22", "listvars")},
		{"Tunable", "", asksFor((*ctdb.Client).Tunable, "MonitorInterval"), "MonitorInterval            = 15\n"},
	}
}

// asks makes a method one that gives any answer.
func asks[T any](
	method func(*ctdb.Client, context.Context) (T, error),
) func(context.Context, *ctdb.Client) (any, error) {
	return func(ctx context.Context, c *ctdb.Client) (any, error) { return method(c, ctx) }
}

// asksFor does the same with a method that takes an argument.
func asksFor[A, T any](
	method func(*ctdb.Client, context.Context, A) (T, error), arg A,
) func(context.Context, *ctdb.Client) (any, error) {
	return func(ctx context.Context, c *ctdb.Client) (any, error) { return method(c, ctx, arg) }
}

// captured gives what finds the longest answer of a real tool among the captures of package status: those that are in a
// file, of a release, to some words. Long ones are left out: some tests cut each byte.
func captured(t testing.TB) func(file, release, words string) string {
	files := map[string][]byte{}
	return func(file, release, words string) string {
		t.Helper()
		path := strings.TrimSuffix("../status/testdata/captures-"+file, "-") + ".jsonl"
		data, err := files[path], error(nil)
		if data == nil {
			data, err = os.ReadFile(path)
			files[path] = data
		}
		if err != nil {
			t.Fatal(err)
		}
		best := ""
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, len(data)+1)
		for lines.Scan() {
			var c struct {
				Release, Out string
				Args         []string
				Code         int
			}
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				t.Fatal(err)
			}
			if c.Release == release && strings.Join(c.Args, " ") == words && c.Code == 0 &&
				len(c.Out) > len(best) && len(c.Out) < 8_000 {
				best = c.Out
			}
		}
		if best == "" {
			t.Fatalf("no capture of %s: ctdb %s", release, words)
		}
		return best
	}
}

// others are the methods with an answer that are no queries: they change a cluster, are made of those above,
// or can't be asked by the tool.
var others = []string{"BanState", "ReloadNodes", "WaitFor", "Snapshot", "SnapshotAll"}

// TestFaultsCoverQueries looks for query methods that the tests below leave out.
func TestFaultsCoverQueries(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, q := range inquiries(t) {
		covered[q.method] = true
	}
	for method := range reflect.TypeFor[*ctdb.Client]().Methods() {
		results := slices.Collect(method.Type.Outs())
		isQuery := len(results) == 2 && results[0].Kind() != reflect.Bool && !slices.Contains(others, method.Name)
		if isQuery != covered[method.Name] {
			t.Errorf("%s: it is a query: %t; it is among the inquiries: %t", method.Name, isQuery, covered[method.Name])
		}
	}
}

// half gives the beginning of an answer, as whole lines if there are several, and otherwise a part of one.
func half(answer string) string {
	at := len(answer) / 2
	if end := strings.LastIndexByte(answer[:at], '\n'); end >= 0 {
		at = end + 1
	}
	return answer[:at]
}

// fault is what is wrong with the tool, and what has to come of it.
type fault struct {
	acts func(answer string) []act
	want error // nil: the answer as ever
}

// errAny stands for an error that has no name.
var errAny = errors.New("any error")

// faults has what a tool does wrong that ends by itself or is ended for its output. It runs as a process.
var faults = map[string]fault{
	"killed in the middle of its answer": {want: ctdb.ErrCrashed, acts: func(answer string) []act {
		return []act{{actStdout, half(answer)}, {"signal", "9"}}
	}},
	"hung up within a line": {want: ctdb.ErrCrashed, acts: func(answer string) []act {
		return []act{{actStdout, answer[:len(answer)-1]}, {"signal", "1"}}
	}},
	"terminated behind its answer": {want: ctdb.ErrCrashed, acts: func(answer string) []act {
		return []act{{actStdout, answer}, {"signal", "15"}}
	}},
	"killed below a shell": {want: ctdb.ErrCrashed, acts: func(answer string) []act {
		return []act{{actStdout, half(answer)}, {actStderr, "Killed\n"}, {"exit", "137"}}
	}},
	"connection lost": {want: errAny, acts: func(answer string) []act {
		return []act{{actStdout, half(answer)}, {actStderr, "Connection to n1 closed.\n"}, {"exit", "255"}}
	}},
	"out of its own time": {want: ctdb.ErrTimeout, acts: func(answer string) []act {
		return []act{{actStdout, half(answer)}, {actStderr, "Maximum runtime exceeded - exiting\n"}, {"exit", "1"}}
	}},
	"ctdbd gone, among noise": {want: ctdb.ErrNotRunning, acts: func(answer string) []act {
		return []act{{actStderr, "Warning: noise\n"}, {actStdout, half(answer)},
			{actStderr, "connect() failed, errno=111\nmore noise\n"}, {"exit", "1"}}
	}},
	"cut within its last line": {want: ctdb.ErrOutput, acts: func(answer string) []act {
		return []act{{actStdout, answer[:len(answer)-1]}, {"exit", "0"}}
	}},
	"garbage": {want: ctdb.ErrOutput, acts: func(string) []act { return []act{{actStdout, "\x00\ufffd{|\n\n|}\n"}} }},
	"a flood behind its answer": {want: ctdb.ErrOutputTooLarge, acts: func(answer string) []act {
		return []act{{actStdout, answer}, {"flood", actStdout}}
	}},
	"a flood of complaints": {want: ctdb.ErrOutputTooLarge, acts: func(answer string) []act {
		return []act{{actStdout, answer}, {"flood", actStderr}}
	}},
	"complaints around its answer": {acts: func(answer string) []act {
		return []act{{actStderr, "Control GET_IFACES failed to node 2, ret=110\n"}, {actStdout, half(answer)},
			{actStderr, "Warning: what a tool in between says\n"},
			{actStdout, strings.TrimPrefix(answer, half(answer))}, {actStderr, "more of it\n"}, {"exit", "0"}}
	}},
	"its answer held open by another": {acts: func(answer string) []act {
		return []act{{actStdout, answer}, {actChild, "sleep"}}
	}},
}

// TestFaults has each query method ask tools that have each of the faults. There is an error of the right kind and no
// half answer, or else the whole answer.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, q := range inquiries(t) {
		for name, f := range faults {
			t.Run(q.String()+"/"+name, func(t *testing.T) {
				t.Parallel()
				line, acts := newLifeline(t), f.acts(q.answer)
				runner := tool(t, line.attach(ctdb.Command{}).Env, acts...)
				runner.MaxOutput = 100_000
				got, err := q.ask(t.Context(), ctdb.New(ctdb.Config{Runner: runner, Tool: self()}))
				switch acts[len(acts)-1][0] {
				case "flood":
					line.next(t).mustDie(t)
				case actChild:
					line.next(t)
				}
				if f.want == nil {
					q.checkAnswer(t, got, err)
				} else {
					q.checkFailure(t, got, err, f.want)
				}
			})
		}
	}
}

// checkAnswer fails unless the answer is the one that an undisturbed tool gives.
func (q inquiry) checkAnswer(t *testing.T, got any, err error) {
	t.Helper()
	want, wantErr := q.ask(t.Context(), ctdb.New(ctdb.Config{Runner: answers(wrote(q.answer))}))
	if err != nil || wantErr != nil {
		t.Fatalf("errors %v, %v", err, wantErr)
	}
	if cluster, ok := got.(*status.Cluster); ok {
		cluster.Warnings = nil
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// checkFailure fails unless there is an error of a kind, and no answer.
func (q inquiry) checkFailure(t *testing.T, got any, err, want error) {
	t.Helper()
	if !reflect.ValueOf(got).IsZero() {
		t.Errorf("half an answer: %+v", got)
	}
	e, ok := errors.AsType[*ctdb.CommandError](err)
	switch {
	case !ok || !errors.Is(want, errAny) && !errors.Is(err, want):
		t.Fatalf("error %v, want %v", err, want)
	case len(e.Stdout) > 5_000 || len(e.Stderr) > 5_000:
		t.Errorf("the error keeps %d and %d bytes of output", len(e.Stdout), len(e.Stderr))
	case errors.Is(want, ctdb.ErrOutputTooLarge) && !errors.Is(err, ctdb.ErrOutput):
		t.Errorf("error %v, want %v as well", err, ctdb.ErrOutput)
	case errors.Is(want, ctdb.ErrOutput) && q.method != "Version": // whose output has one place
		checkPlace(t, q.answer, err)
	}
}

// checkPlace fails unless an error says where in the output it is.
func checkPlace(t *testing.T, out string, err error) {
	t.Helper()
	parse, ok := errors.AsType[*status.ParseError](err)
	if !ok {
		t.Fatalf("error %v has no *status.ParseError", err)
	}
	if _, line, _ := parse.Position(); line == 0 && strings.TrimSpace(out) != "" {
		t.Errorf("error %v has no position", err)
	}
}

// deadline is a context whose deadline is over when a test says so.
type deadline struct {
	context.Context
	over chan struct{}
}

func newDeadline() deadline { return deadline{context.Background(), make(chan struct{})} }

func (deadline) Deadline() (time.Time, bool) { return time.Now().Add(time.Hour), true }
func (d deadline) Done() <-chan struct{}     { return d.over }

func (d deadline) Err() error {
	select {
	case <-d.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// TestHangingTool has each query method ask a tool that stops in the middle of its answer and ignores SIGTERM, as does
// a process that it started. The call returns when its deadline is over, and both are dead.
func TestHangingTool(t *testing.T) {
	t.Parallel()
	for _, q := range inquiries(t) {
		t.Run(q.String(), func(t *testing.T) {
			t.Parallel()
			line, ctx := newLifeline(t), newDeadline()
			runner := tool(t, line.attach(ctdb.Command{}).Env,
				act{actStdout, half(q.answer)}, act{actChild, "stubborn"}, act{"stubborn"})
			type outcome struct {
				got any
				err error
			}
			done := make(chan outcome, 1)
			go func() {
				got, err := q.ask(ctx, ctdb.New(ctdb.Config{Runner: runner, Tool: self()}))
				done <- outcome{got, err}
			}()
			one, other := line.next(t), line.next(t)
			close(ctx.over)
			select {
			case o := <-done:
				q.checkFailure(t, o.got, o.err, ctdb.ErrTimeout)
				if !errors.Is(o.err, context.DeadlineExceeded) {
					t.Errorf("error %v, want %v as well", o.err, context.DeadlineExceeded)
				}
			case <-time.After(hangLimit):
				t.Fatal("the call hangs")
			}
			one.mustDie(t)
			other.mustDie(t)
		})
	}
}

// TestCutAnswers cuts each answer at each byte, of a tool that succeeds all the same. There is an error with a position,
// or what is left is whole lines, which package status has tests of.
func TestCutAnswers(t *testing.T) {
	t.Parallel()
	for _, q := range inquiries(t) {
		t.Run(q.String(), func(t *testing.T) {
			t.Parallel()
			for at := range len(q.answer) {
				cut := q.answer[:at]
				got, err := q.ask(t.Context(), ctdb.New(ctdb.Config{Runner: answers(wrote(cut))}))
				switch {
				case err == nil && cut != "" && !strings.HasSuffix(cut, "\n"):
					t.Errorf("cut at byte %d: %+v", at, got)
				case err != nil && !errors.Is(err, ctdb.ErrOutput):
					t.Errorf("cut at byte %d: error %v", at, err)
				case err != nil && q.method != "Version": // whose output has one place
					checkPlace(t, cut, err)
				}
			}
		})
	}
}

// TestForeignLocale gives answers in which times and numbers are not those of the C locale.
func TestForeignLocale(t *testing.T) {
	t.Parallel()
	affecting := []string{
		"Uptime", "Ping", "EventStatus", "StatisticsHistory", "DatabaseStatistics", "Statistics text",
	}
	german := strings.NewReplacer("Sat Nov ", "Sa Nov ", "Sun Nov ", "So Nov ", "time=0.", "time=0,", "/0.", "/0,")
	for _, q := range inquiries(t) {
		t.Run(q.String(), func(t *testing.T) {
			t.Parallel()
			answer := german.Replace(q.answer)
			affected := slices.Contains(affecting, q.String())
			if affected == (answer == q.answer) {
				t.Fatalf("the answer is affected: %t, want %t", !affected, affected)
			}
			if got, err := q.ask(t.Context(), ctdb.New(ctdb.Config{Runner: answers(wrote(answer))})); affected {
				q.checkFailure(t, got, err, ctdb.ErrOutput)
			}
		})
	}
}

// TestTenThousandRows asks a tool that has much to say.
func TestTenThousandRows(t *testing.T) {
	t.Parallel()
	const many = 10_000
	rows := func(head, format string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := range many {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	tests := map[string]struct {
		out   string
		count func(c *ctdb.Client) (int, error)
	}{
		"nodes": {
			rows("Number of nodes:10000\n", "pnn:%d 10.0.0.1         OK\n") +
				rows("Generation:1\nSize:10000\n", "hash:%[1]d lmaster:%[1]d\n") +
				"Recovery mode:NORMAL (0)\nLeader:0\n",
			func(c *ctdb.Client) (int, error) {
				return countOf(c.Status)(func(s *status.Cluster) int { return len(s.Nodes) })
			},
		},
		"addresses": {
			rows("|Public IP|Node|\n", "|fd00::%x|0|\n"),
			func(c *ctdb.Client) (int, error) {
				return countOf(c.AllPublicIPs)(func(p *status.PublicIPs) int { return len(p.IPs) })
			},
		},
		"databases": {
			rows("Number of databases:10000\n", "dbid:0x%08[1]x name:a%[1]d.tdb path:/db/a%[1]d.tdb.0\n"),
			func(c *ctdb.Client) (int, error) {
				return countOf(c.Databases)(func(m *status.DatabaseMap) int { return len(m.Databases) })
			},
		},
		"tunables": {
			rows("", "Tunable%d                  = 1\n"),
			func(c *ctdb.Client) (int, error) {
				return countOf(c.Tunables)(func(all *status.Tunables) int { return len(all.Tunables) })
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runner := tool(t, nil, act{actStdout, test.out})
			got, err := test.count(ctdb.New(ctdb.Config{Runner: runner, Tool: self(), Timeout: hangLimit}))
			if err != nil || got != many {
				t.Errorf("got %d %s, %v", got, name, err)
			}
		})
	}
}

// countOf asks, and gives what counts what is in an answer.
func countOf[T any](ask func(context.Context) (*T, error)) func(count func(*T) int) (int, error) {
	return func(count func(*T) int) (int, error) {
		answer, err := ask(context.Background())
		if err != nil {
			return 0, err
		}
		return count(answer), nil
	}
}

// TestFloodIsBounded holds the memory that a flood costs against the limit. Not parallel: it counts what the whole
// process allocates.
func TestFloodIsBounded(t *testing.T) {
	const limit = 4 << 20
	for _, where := range []string{actStdout, actStderr} {
		runner := tool(t, nil, act{"flood", where})
		runner.MaxOutput = limit
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ctdb.New(ctdb.Config{Runner: runner, Tool: self(), Timeout: hangLimit}).Status(t.Context())
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ctdb.ErrOutputTooLarge) {
			t.Errorf("%s: error %v", where, err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 8*limit {
			t.Errorf("%s: %d bytes were allocated for %d", where, got, limit)
		}
	}
}
