package ctdblog_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// Print the last entries of a log.
func ExampleTail() {
	for entry, err := range ctdblog.Tail(3, ctdblog.Options{Path: "testdata/log.ctdb"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(entry)
	}
	// Output:
	// 2020/09/28 01:05:03.221812 ctdbd[4709]: Takeover of IP 192.168.6.85/24 on interface mother_ctdb0
	// 2020/09/28 01:05:03.312742 ctdb-recoverd[5035]: Takeover run completed successfully
	// 2020/09/28 01:55:11.685139 ctdb-eventd[4711]: 05.system: WARNING: System memory utilization 81% >=
}

// What did the event script 05.system say in an hour?
func ExampleScanFile() {
	wanted := ctdblog.Filter{
		Since:   time.Date(2020, 9, 27, 22, 20, 0, 0, time.UTC),
		Until:   time.Date(2020, 9, 27, 23, 20, 0, 0, time.UTC),
		Scripts: []string{"05.system"},
	}
	options := ctdblog.Options{Path: "testdata/log.ctdb", Location: time.UTC, Filter: wanted}
	for entry, err := range ctdblog.ScanFile(options) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s  %s\n", entry.Time.Format(time.TimeOnly), entry.Message)
	}
	// Output:
	// 22:20:47  05.system: WARNING: System memory utilization 80% >= threshold 80%
	// 22:21:18  05.system: NOTICE: System memory utilization 79% < threshold 80%
	// 22:21:33  05.system: WARNING: System memory utilization 80% >= threshold 80%
	// 22:21:49  05.system: NOTICE: System memory utilization 79% < threshold 80%
	// 22:22:04  05.system: WARNING: System memory utilization 80% >= threshold 80%
	// 22:22:20  05.system: NOTICE: System memory utilization 79% < threshold 80%
	// 22:22:35  05.system: WARNING: System memory utilization 80% >= threshold 80%
	// 22:22:51  05.system: NOTICE: System memory utilization 79% < threshold 80%
	// 22:23:06  05.system: WARNING: System memory utilization 80% >= threshold 80%
}

// React to what happens, as it happens.
func ExampleFollow() {
	dir, err := os.MkdirTemp("", "ctdblog")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "log.ctdb")
	write := func(line string) {
		if err := os.WriteFile(path, []byte(line+"\n"), 0o600); err != nil {
			log.Fatal(err)
		}
	}
	write("2026-11-21T21:49:30.845326+00:00 host ctdbd[1]: Node 1 has changed flags - 0x0 -> 0x2")

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var tracker ctdblog.Tracker
	for entry, err := range ctdblog.Follow(ctx, ctdblog.Options{Path: path, Backlog: 10}) {
		if gap, ok := errors.AsType[*ctdblog.GapError](err); ok {
			fmt.Println("something may be missing:", filepath.Base(gap.File), gap.Reason == ctdblog.GapTruncated)
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		switch event := tracker.Event(entry).(type) {
		case ctdblog.NodeFlags:
			fmt.Printf("node %v: %v -> %v\n", event.Node, event.Old, event.New)
			write("2026-11-21T21:49:31.103377+00:00 host ctdbd[1]: Shutdown sequence commencing.") // in place of all
		case ctdblog.ShutdownStarted:
			fmt.Println("ctdbd ends")
			cancel()
		}
	}
	// Output:
	// node 1: OK -> UNHEALTHY
	// something may be missing: log.ctdb true
	// ctdbd ends
}

// Which node was unwell, and for how long?
func ExampleSummarize() {
	summary, err := ctdblog.Summarize(ctdblog.ScanFile(ctdblog.Options{
		Path: "testdata/log.ctdb", Rotated: true, Location: time.UTC,
	}))
	if err != nil {
		log.Print(err) // of a file that can't be read; the others are in the summary
	}
	fmt.Println(summary.Entries, "entries in", summary.Last.Sub(summary.First).Round(time.Second))
	for _, pnn := range summary.Flapping() {
		fmt.Printf("node %v is flapping: %v\n", pnn, summary.Nodes[pnn])
	}
	for address, moved := range summary.Addresses {
		fmt.Printf("%v was taken %d times and released %d times\n", address, moved.Taken, moved.Released)
	}
	// Output:
	// 103 entries in 25h43m11s
	// node 1 is flapping: UNHEALTHY, became unhealthy 10 times, was it for 25h42m19s, 10 flaps
	// 192.168.6.85 was taken 10 times and released 10 times
}

// Why did an address move?
func ExampleExplain() {
	entries := ctdblog.ScanFile(ctdblog.Options{Path: "testdata/log.ctdb"})
	why, err := ctdblog.Explain(entries, ctdblog.MoveOf(netip.MustParseAddr("192.168.6.85")))
	if err != nil {
		log.Fatal(err)
	}
	for _, link := range why.Chain {
		fmt.Println(link.Entry)
	}
	// Output:
	// 2020/09/28 01:05:02.956330 ctdb-recoverd[5035]: Node 1 has changed flags - now 0x2  was 0x0
	// 2020/09/28 01:05:03.099805 ctdb-recoverd[5035]: Takeover run starting
	// 2020/09/28 01:05:03.221812 ctdbd[4709]: Takeover of IP 192.168.6.85/24 on interface mother_ctdb0
}

func ExampleScan() {
	text := strings.NewReader(`2026-11-21T21:49:30.845326+00:00 host ctdbd[12]: PANIC (pid 12): Signal 6: Aborted in 4.17.12
BACKTRACE: 2 stack frames:
 #0 ctdbd(main+0x9)
2026-11-21T21:49:30.901558+00:00 host ctdb-recoverd[13]: recovery daemon parent died - exiting
`)
	for entry, err := range ctdblog.Scan(text, ctdblog.Options{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("line %d, %s: %q\n", entry.Line, entry.Program, entry.Message)
	}
	// Output:
	// line 1, ctdbd: "PANIC (pid 12): Signal 6: Aborted in 4.17.12\nBACKTRACE: 2 stack frames:\n #0 ctdbd(main+0x9)"
	// line 4, ctdb-recoverd: "recovery daemon parent died - exiting"
}

func ExampleParse() {
	line := []byte("2020/09/27 06:24:58.938942 ctdb-eventd[4711]: 05.system: WARNING: Filesystem / utilization 91% >= threshold 90%")
	entry, err := ctdblog.Parse(line, ctdblog.Options{Location: time.UTC})
	if err != nil {
		log.Fatal(err)
	}
	if report, ok := entry.Event().(ctdblog.ScriptReport); ok {
		usage, _ := report.Usage.Get()
		fmt.Println(entry.Time, report.Script, report.Level, usage.Of, usage.Percent)
	}
	// Output: 2020-09-27 06:24:58.938942 +0000 UTC 05.system WARNING Filesystem / 91
}

func ExampleScanJournal() {
	output := strings.NewReader(`{"__REALTIME_TIMESTAMP":"1795297770845326","SYSLOG_IDENTIFIER":"ctdbd","_PID":"12",` +
		`"_HOSTNAME":"host","PRIORITY":"3","MESSAGE":"Banning this node for 300 seconds"}`)
	for entry, err := range ctdblog.ScanJournal(output, ctdblog.Options{Path: "journalctl"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(entry.Time, entry.Host, entry.Program, entry.Level, entry.Event().Kind())
	}
	// Output: 2026-11-21 21:49:30.845326 +0000 UTC host ctdbd ERROR banned
}
