package ctdblog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestSummarizeSample holds that the flapping node of a customer's log is seen.
func TestSummarizeSample(t *testing.T) {
	t.Parallel()
	s, err := ctdblog.Summarize(ctdblog.ScanFile(ctdblog.Options{Path: "testdata/log.ctdb", Location: time.UTC}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]nodes.PNN{1}, s.Flapping()); diff != "" {
		t.Errorf("flapping nodes (-want +got):\n%s", diff)
	}
	want := ctdblog.NodeSummary{
		Flags: status.FlagUnhealthy, Changes: 20, BecameUnhealthy: 10, Flaps: 10,
		Unhealthy: s.Last.Sub(s.First) - 51619450*time.Microsecond, // ten times about five seconds
	}
	if diff := cmp.Diff(want, s.Nodes[1]); diff != "" {
		t.Errorf("node 1 (-want +got):\n%s", diff)
	}
	address := ctdblog.AddressSummary{Taken: 10, Released: 10, Moves: 20, Here: true, Interface: "mother_ctdb0"}
	if diff := cmp.Diff(address, s.Addresses[addr("192.168.6.85")]); diff != "" {
		t.Errorf("the address (-want +got):\n%s", diff)
	}
	if s.Entries != 103 || s.Headerless != 0 || s.Takeovers.Started != 20 || s.Takeovers.Finished != 20 ||
		s.Node.IsReported() ||
		s.Scripts["05.system"].Warnings != 15 || s.Programs["ctdb-eventd"] != 23 || len(s.Levels) != 0 {
		t.Errorf("summary %+v", s)
	}
}

func TestSummarize(t *testing.T) {
	t.Parallel()
	s, err := ctdblog.Summarize(scene(
		"0 ctdbd monitor event OK - node re-enabled", "0 ctdbd Starting CTDBD (Version 4.22.11) as PID: 7",
		"0 ctdbd PNN is 0",
		"1 ctdbd Recovery has started", "2 ctdbd Recovery has finished", "3 ctdbd Recovery has started",
		"6 ctdbd Recovery has finished",
		"7 ctdb-recovery database recovery failed, ret=1",
		"10 ctdbd monitor event OK - node re-enabled", "12 ctdbd Node 1 has changed flags - 0x2 -> 0x0",
		"20 ctdb-eventd 50.samba: ERROR: x", "20 ctdb-eventd monitor event failed",
		"20 ctdbd monitor event failed - disabling node",
		"25 ctdbd monitor event OK - node re-enabled", "26 ctdbd monitor event failed - disabling node",
		"30 ctdb-recoverd Takeover run starting", "31 ctdbd Takeover of IP 10.0.0.1/24 on interface p0",
		"31 ctdb-takeover TAKEOVER_IP 10.0.0.2 failed on node 1, ret=-1",
		"32 ctdb-recoverd Takeover run completed successfully",
		"33 ctdb-recoverd Takeover run starting", "33 ctdb-recoverd Takeover run unsuccessful",
		"40 ctdbd Release of IP 10.0.0.1/24 on interface p0  node:1", "41 ctdbd Takeover of IP 10.0.0.1/24 on interface p0",
		"41 ctdbd Takeover of IP 10.0.0.1/24 on interface p0", "42 ctdbd Dropping all public IP addresses",
		"50 ctdb-recoverd Banning node 1 for 10 seconds", "50 ctdb-recoverd Banning node 0 for 10 seconds",
		"50 ctdbd Banning this node for 10 seconds", "60 ctdbd Banning timed out",
		"70 ctdbd Tearing down connection to dead node :1",
		"70 ctdbd 10.30.0.1:4379: node 10.30.0.2:4379 is dead: 1 connected",
		"86 ctdbd x",
	))
	if err != nil {
		t.Fatal(err)
	}
	wantNodes := map[nodes.PNN]ctdblog.NodeSummary{
		0: {Flags: status.FlagUnhealthy, Changes: 6, BecameUnhealthy: 2, Unhealthy: 75 * time.Second, Flaps: 3, Banned: 1},
		1: {Changes: 1, Unhealthy: 12 * time.Second, Died: 1, Banned: 1},
	}
	if diff := cmp.Diff(wantNodes, s.Nodes); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&ctdblog.NodeSummary{Changes: 1}, s.Unnumbered); diff != "" {
		t.Errorf("the node before its number was known (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]nodes.PNN{0}, s.Flapping()); diff != "" {
		t.Errorf("flapping nodes (-want +got):\n%s", diff)
	}
	if a := s.Addresses[addr("10.0.0.1")]; a != (ctdblog.AddressSummary{Taken: 3, Released: 1, Moves: 4,
		Interface: "p0"}) {
		t.Errorf("10.0.0.1: %+v", a)
	}
	if a := s.Addresses[addr("10.0.0.2")]; a != (ctdblog.AddressSummary{Failed: 1}) {
		t.Errorf("10.0.0.2: %+v", a)
	}
	if r := s.Recoveries; r != (ctdblog.RunSummary{Started: 2, Finished: 2, Failed: 1, Total: 4 * time.Second,
		Longest: 3 * time.Second}) {
		t.Errorf("recoveries: %+v", r)
	}
	if r := s.Takeovers; r != (ctdblog.RunSummary{Started: 2, Finished: 1, Failed: 1, Total: 2 * time.Second,
		Longest: 2 * time.Second}) {
		t.Errorf("takeover runs: %+v", r)
	}
	if c := s.Scripts["50.samba"]; c != (ctdblog.ScriptSummary{Errors: 1, Failed: 1}) {
		t.Errorf("50.samba: %+v", c)
	}
	if !s.Node.Is(0) || s.Version != "4.22.11" || s.Last.Sub(s.First) != 86*time.Second ||
		s.Events[ctdblog.KindBanned] != 1 {
		t.Errorf("summary %+v", s)
	}
	want := "UNHEALTHY, became unhealthy 2 times, was it for 1m15s, 3 flaps, 1 bans"
	if got := s.Nodes[0].String(); got != want {
		t.Errorf("node 0 is %q, want %q", got, want)
	}
	if _, err := json.Marshal(s); err != nil {
		t.Error(err)
	}
}

// TestSummarizeBounds holds that a log of nonsense does not fill the memory, and that errors do not end a summary.
func TestSummarizeBounds(t *testing.T) {
	t.Parallel()
	const many = 15_000
	entries := func(yield func(ctdblog.Entry, error) bool) {
		for i := range many {
			for _, text := range []string{
				fmt.Sprintf("Node %d has changed flags - 0x0 -> 0x2", i), fmt.Sprintf("%d%d.script%d: ERROR: x", i/10%10, i%10, i),
				fmt.Sprintf("Takeover of IP 10.%d.%d.%d/24 on interface p0", i>>16, i>>8&255, i&255),
			} {
				e := ctdblog.Entry{Form: ctdblog.FormISO, Program: fmt.Sprint("ctdb-", i), Message: []byte(text), Raw: []byte(text)}
				e.Level = status.Known(config.LevelError)
				if !yield(e, nil) {
					return
				}
			}
			if !yield(ctdblog.Entry{Truncated: 5}, errors.New("broken")) || !yield(ctdblog.Entry{Truncated: 5}, nil) {
				return
			}
		}
	}
	s, err := ctdblog.Summarize(entries)
	if n := strings.Count(fmt.Sprint(err), "broken"); n != 100 {
		t.Errorf("%d errors", n)
	}
	if s.Entries != 4*many || s.Headerless != many || s.Truncated != many || s.Levels[config.LevelError] != 3*many {
		t.Errorf("%d entries, %d without header, %d truncated, %v", s.Entries, s.Headerless, s.Truncated, s.Levels)
	}
	if len(s.Nodes) != 10_000 || len(s.Programs) != 10_000 || len(s.Scripts) != 10_000 || len(s.Addresses) != 10_000 ||
		s.Omitted == 0 {
		t.Errorf("%d nodes, %d programs, %d scripts, %d addresses, %d left out",
			len(s.Nodes), len(s.Programs), len(s.Scripts), len(s.Addresses), s.Omitted)
	}
}
