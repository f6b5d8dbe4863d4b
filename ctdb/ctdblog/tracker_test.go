package ctdblog_test

import (
	"fmt"
	"iter"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
)

// scene makes a log of lines like "12.5 ctdbd PNN is 0": seconds after the start, a program and a message.
func scene(lines ...string) iter.Seq2[ctdblog.Entry, error] {
	var log strings.Builder
	for _, line := range lines {
		var seconds float64
		var program string
		if _, err := fmt.Sscan(line, &seconds, &program); err != nil {
			panic(err)
		}
		_, message, _ := strings.Cut(line, program+" ")
		when := at(0, "2026-11-21 12:00:00").Add(time.Duration(seconds * float64(time.Second)))
		fmt.Fprintf(&log, "%s n0 %s[7]: %s\n", when.Format("2006-01-02T15:04:05.000000-07:00"), program, message)
	}
	return ctdblog.Scan(strings.NewReader(log.String()), ctdblog.Options{})
}

// events gives the events of a scene, as a Tracker sees them.
func events(t *testing.T, lines ...string) []ctdblog.Event {
	t.Helper()
	var tracker ctdblog.Tracker
	var all []ctdblog.Event
	for e, err := range scene(lines...) {
		if err != nil {
			t.Fatal(err)
		}
		if event := tracker.Event(e); event != nil {
			all = append(all, event)
		}
	}
	return all
}

func TestTracker(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		lines []string
		want  []ctdblog.Event
	}{
		"durations": {
			[]string{
				"0 ctdb-recoverd Takeover run starting", "1.5 ctdb-recoverd Takeover run completed successfully",
				"2 ctdbd Recovery has started", "2.25 ctdbd Recovery has finished", "3 ctdbd Recovery has finished",
			},
			[]ctdblog.Event{
				ctdblog.TakeoverStarted{}, ctdblog.TakeoverFinished{Duration: 1500 * time.Millisecond},
				ctdblog.RecoveryStarted{}, ctdblog.RecoveryFinished{Duration: 250 * time.Millisecond}, ctdblog.RecoveryFinished{},
			},
		},
		"a takeover run that fails": {
			[]string{
				"0 ctdb-recoverd Takeover run starting", "1 ctdb-takeover takeover run failed, ret=-1",
				"1.1 ctdb-recoverd ctdb_takeover_run() failed", "1.2 ctdb-recoverd Takeover run unsuccessful",
				"5 ctdb-recoverd Takeover run starting", "6 ctdb-recoverd Takeover run unsuccessful",
			},
			[]ctdblog.Event{
				ctdblog.TakeoverStarted{},
				ctdblog.TakeoverFailed{Duration: 1200 * time.Millisecond, Reason: "takeover run failed, ret=-1"},
				ctdblog.TakeoverStarted{}, ctdblog.TakeoverFailed{Duration: time.Second},
			},
		},
		"this node": {
			[]string{
				"0 ctdbd Takeover of IP 10.0.0.1/24 on interface p0", "1 ctdbd PNN is 3",
				"2 ctdbd Takeover of IP 10.0.0.1/24 on interface p0", "3 ctdbd monitor event OK - node re-enabled",
			},
			[]ctdblog.Event{
				ctdblog.AddressTaken{Address: addr("10.0.0.1"), Mask: 24, Interface: "p0"},
				ctdblog.AddressTaken{Address: addr("10.0.0.1"), Mask: 24, Interface: "p0", Node: known(3)},
				ctdblog.Healthy{Node: known(3)},
			},
		},
		"nodes by their addresses": {
			[]string{
				"0 ctdbd 10.30.0.1:4379: connected to 10.30.0.3:4379 - 1 connected", "1 ctdbd dead count reached for node 2",
				"1 ctdbd Tearing down connection to dead node :2",
				"1.01 ctdbd 10.30.0.1:4379: node 10.30.0.3:4379 is dead: 0 connected",
				"9 ctdbd 10.30.0.1:4379: connected to 10.30.0.3:4379 - 1 connected",
			},
			[]ctdblog.Event{
				ctdblog.NodeConnected{Address: addr("10.30.0.3"), Connected: 1}, ctdblog.NodeUnresponsive{Node: 2},
				ctdblog.NodeDead{Address: addr("10.30.0.3"), Node: known(2)},
				ctdblog.NodeConnected{Address: addr("10.30.0.3"), Connected: 1, Node: known(2)},
			},
		},
		"the leader is lost": {
			[]string{
				"0 ctdb-recoverd Leader broadcast timeout", "1 ctdb-recoverd Received leader broadcast, leader=2",
				"9 ctdb-recoverd Leader broadcast timeout", "10 ctdb-recoverd Leader broadcast timeout",
			},
			[]ctdblog.Event{
				ctdblog.LeaderLost{Reason: "Leader broadcast timeout"}, ctdblog.LeaderElected{Node: 2},
				ctdblog.LeaderLost{Node: known(2), Reason: "Leader broadcast timeout"},
				ctdblog.LeaderLost{Reason: "Leader broadcast timeout"},
			},
		},
		"a monitor event that fails": {
			[]string{
				"0 ctdb-eventd 05.system: WARNING: much", "0.2 ctdb-eventd 50.samba: ERROR: smbd not running",
				"0.2001 ctdb-eventd monitor event failed", "0.201 ctdbd monitor event failed - disabling node",
				"15 ctdb-eventd monitor event timed out",
			},
			[]ctdblog.Event{
				ctdblog.ScriptReport{Script: "05.system", Level: 1, Text: "much"},
				ctdblog.ScriptReport{Script: "50.samba", Text: "smbd not running"},
				ctdblog.EventFailed{Event: "monitor", Script: "50.samba", Reason: "ERROR: smbd not running"},
				ctdblog.Unhealthy{Script: "50.samba", Reason: "ERROR: smbd not running"},
				ctdblog.EventFailed{Event: "monitor", TimedOut: true},
			},
		},
		"a script at DEBUG": {
			[]string{
				"0 ctdb-eventd Script 05.system finished sig=0, err=0, status=0",
				"0 ctdb-eventd Script 50.test finished sig=0, err=0, status=1", "0 ctdb-eventd monitor event failed",
				"1 ctdb-eventd 50.test: oh no", "1 ctdb-eventd Script 50.test finished sig=0, err=0, status=1",
				"1 ctdb-eventd monitor event failed",
			},
			[]ctdblog.Event{
				ctdblog.EventFailed{Event: "monitor", Script: "50.test", Reason: "finished sig=0, err=0, status=1"},
				ctdblog.EventFailed{Event: "monitor", Script: "50.test", Reason: "oh no"},
			},
		},
		"a ban by the leader, which is this node": {
			[]string{
				"0 ctdbd PNN is 0", "1 ctdb-recoverd Node 0 reached 6 banning credits",
				"1 ctdb-recoverd Banning node 0 for 300 seconds",
				"1 ctdbd Banning this node for 300 seconds", "301 ctdbd Banning timed out",
			},
			[]ctdblog.Event{
				ctdblog.BanOrdered{For: 5 * time.Minute, Reason: "Node 0 reached 6 banning credits"},
				ctdblog.Banned{For: 5 * time.Minute, Reason: "Node 0 reached 6 banning credits", Node: known(0)},
				ctdblog.BanEnded{Expired: true, Node: known(0)},
			},
		},
		"a ban by an administrator": {
			[]string{
				"0 ctdbd PNN is 1", "1 ctdb-takeover Assigning banning credits to node 1",
				"1 ctdb-recoverd Node 0 reached 6 banning credits",
				"1 ctdbd Banning this node for 7 seconds",
			},
			[]ctdblog.Event{ctdblog.Banned{For: 7 * time.Second, Node: known(1)}},
		},
		"a ban by a script": {
			[]string{
				"0 ctdbd ctdb/server/eventscript.c:822 eventscript for 'recovered' timed out. Immediately banning ourself for 300 seconds",
				"0 ctdbd Banning this node for 300 seconds", "9 ctdbd Unbanning this node",
			},
			[]ctdblog.Event{
				ctdblog.Banned{
					For:    5 * time.Minute,
					Reason: "ctdb/server/eventscript.c:822 eventscript for 'recovered' timed out. Immediately banning ourself for 300 seconds",
				},
				ctdblog.BanEnded{},
			},
		},
		"a ban by the lock": {
			[]string{
				"0 ctdb-recoverd Cluster lock not held - abort recovery, ban node", "0.1 ctdbd Banning this node for 300 seconds",
				"20 ctdbd Banning this node for 1 seconds",
			},
			[]ctdblog.Event{
				ctdblog.LockLost{Reason: "Cluster lock not held"},
				ctdblog.Banned{For: 5 * time.Minute, Reason: "Cluster lock not held - abort recovery, ban node"},
				ctdblog.Banned{For: time.Second},
			},
		},
		"a start": {
			[]string{
				"0 ctdbd Recovery has started", "0 ctdb-recoverd Received leader broadcast, leader=2",
				"1 ctdbd Starting CTDBD (Version 4.22.11) as PID: 7", "2 ctdbd Recovery has finished",
				"3 ctdb-recoverd Leader broadcast timeout",
			},
			[]ctdblog.Event{
				ctdblog.RecoveryStarted{}, ctdblog.LeaderElected{Node: 2}, ctdblog.Started{Version: "4.22.11"},
				ctdblog.RecoveryFinished{}, ctdblog.LeaderLost{Reason: "Leader broadcast timeout"},
			},
		},
		"a recovery that fails": {
			[]string{"0 ctdb-recovery control DB_PULL failed for db x on node 1, ret=5",
				"1 ctdb-recovery database recovery failed, ret=5"},
			[]ctdblog.Event{ctdblog.RecoveryFailed{Reason: "control DB_PULL failed for db x on node 1, ret=5"}},
		},
		"another program": {[]string{"0 smbd PNN is 3", "0 smbd Start election"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, events(t, test.lines...), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTrackerNode(t *testing.T) {
	t.Parallel()
	var tracker ctdblog.Tracker
	if tracker.Node().IsReported() {
		t.Error("a new Tracker knows a node")
	}
	for e := range scene("0 ctdbd PNN is 3") {
		if event := tracker.Event(e); event != nil {
			t.Errorf("event %v", event)
		}
	}
	if !tracker.Node().Is(3) {
		t.Errorf("the node is %v", tracker.Node())
	}
}
