package ctdblog_test

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdblog"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func known(n nodes.PNN) status.Value[nodes.PNN] { return status.Known(n) }

var unknown = status.Unknown[nodes.PNN]()

// messages are messages of releases from 4.2 on, and what they are.
var messages = map[string]ctdblog.Event{
	"Node 1 has changed flags - now 0x0  was 0x2": ctdblog.NodeFlags{Node: 1, Old: status.FlagUnhealthy},
	"Node 1 has changed flags - 0x0 -> 0x2":       ctdblog.NodeFlags{Node: 1, New: status.FlagUnhealthy},
	"Node 12 has changed flags - 0x28 -> 0xffffffff": ctdblog.NodeFlags{
		Node: 12, Old: status.FlagBanned | status.FlagStopped, New: 0xffffffff,
	},
	"Node 1 has changed flags - 0x0 -> 0x100000000":               nil,
	"Node 1 has changed flags - 0x0 -> 0x2 ":                      nil,
	"Node 1 has changed flags - now 0x0 was 0x2":                  nil,
	"Node -1 has changed flags - 0x0 -> 0x2":                      nil,
	"Node 99999999999 has changed flags - 0x0 -> 0x2":             nil,
	"Node 1 has changed flags":                                    nil,
	"Remote node 1 had flags 0x0, local had 0x2 - updating local": nil,
	"dead count reached for node 2":                               ctdblog.NodeUnresponsive{Node: 2},
	"10.30.0.1:4379: node 10.30.0.3:4379 is dead: 1 connected": ctdblog.NodeDead{Address: addr("10.30.0.3"),
		Connected: 1},
	"fd00:32::1:4379: node fd00:32::3:4379 is dead: 1 connected": ctdblog.NodeDead{Address: addr("fd00:32::3"),
		Connected: 1},
	"fd00:32::1:4379: connected to fd00:32::3:4379 - 2 connected": ctdblog.NodeConnected{
		Address: addr("fd00:32::3"), Connected: 2,
	},
	"10.30.0.1:4379: connected to 10.30.0.2:4379 - 1 connected":                       ctdblog.NodeConnected{Address: addr("10.30.0.2"), Connected: 1},
	"10.30.0.1:4379: connected to host:4379 - 1 connected":                            nil,
	"10.30.0.1:4379: connected to 10.30.0.2 - 1 connected":                            nil,
	"10.30.0.1:4379: connected to 10.30.0.2:4379 - x connected":                       nil,
	"10.30.0.1:4379: node 10.30.0.3:4379 is already marked disconnected: 1 connected": nil,

	"Takeover run starting":               ctdblog.TakeoverStarted{},
	"Takeover run starting soon":          nil,
	"Takeover run completed successfully": ctdblog.TakeoverFinished{},
	"Takeover run unsuccessful":           ctdblog.TakeoverFailed{},
	"Takeover of IP 192.168.6.85/24 on interface mother_ctdb0": ctdblog.AddressTaken{
		Address: addr("192.168.6.85"), Mask: 24, Interface: "mother_ctdb0",
	},
	"Takeover of IP fd00:32:1::2/64 on interface p0": ctdblog.AddressTaken{
		Address: addr("fd00:32:1::2"), Mask: 64, Interface: "p0",
	},
	"Takeover of IP 10.0.0.1/33 on interface p0":                             ctdblog.AddressTaken{Address: addr("10.0.0.1"), Mask: 33, Interface: "p0"},
	"Takeover of IP 10.0.0.1/24 rejected update for IP 10.0.0.1":             nil,
	"Takeover of IP 10.0.0.1 on interface p0":                                nil,
	"Takeover of IP x/24 on interface p0":                                    nil,
	"Redundant takeover of IP 10.0.0.1/24 on interface p0 (ip already held)": nil,
	"Release of IP 192.168.6.85/24 on interface mother_ctdb0  node:1": ctdblog.AddressReleased{
		Address: addr("192.168.6.85"), Mask: 24, Interface: "mother_ctdb0", Node: known(1),
	},
	"Release of IP 10.0.0.1/24 on interface p0 node:-1": ctdblog.AddressReleased{
		Address: addr("10.0.0.1"), Mask: 24, Interface: "p0", Node: unknown,
	},
	"Release of IP 10.0.0.1/24 on interface p0  node:4294967295": ctdblog.AddressReleased{
		Address: addr("10.0.0.1"), Mask: 24, Interface: "p0", Node: unknown,
	},
	"Release of IP 10.0.0.1/24 on interface p0  node:-2": nil,
	"Release of IP 10.0.0.1/24 rejected update":          nil,
	"Dropping all public IP addresses":                   ctdblog.AddressesDropped{},
	"../../ctdb/server/ctdb_takeover.c:533 Failed to takeover IP 10.0.0.1 on interface p0": ctdblog.AddressFailed{
		Address: addr("10.0.0.1"), Interface: "p0",
	},
	"ctdb_do_takeip_callback: Failed to takeover IP 10.0.0.1 on interface p0": ctdblog.AddressFailed{
		Address: addr("10.0.0.1"), Interface: "p0",
	},
	"ctdb/server/ctdb_takeover.c:1 Failed to release IP 10.0.0.1 on interface p0": ctdblog.AddressFailed{
		Address: addr("10.0.0.1"), Interface: "p0", Release: true,
	},
	"TAKEOVER_IP 10.0.0.1 failed on node 2, ret=-1": ctdblog.AddressFailed{Address: addr("10.0.0.1"), Node: known(2)},
	"RELEASE_IP fd00::1 failed on node 2, ret=-1": ctdblog.AddressFailed{
		Address: addr("fd00::1"), Node: known(2), Release: true,
	},
	"TAKEOVER_IP 10.0.0.1 succeeded on node 2":  nil,
	"RELEASE_IP 10.0.0.1 succeeded on 2 nodes":  nil,
	"Failed to find node to cover ip 10.0.0.1":  ctdblog.AddressUnhosted{Address: addr("10.0.0.1")},
	"Failed to find node to cover ip 10.0.0.1 ": nil,

	"../../ctdb/server/ctdb_recoverd.c:1185 Recovery initiated due to problem with node 0": ctdblog.RecoveryInitiated{},
	"do_recovery: Recovery initiated due to problem with node 3":                           ctdblog.RecoveryInitiated{Node: 3},
	"Recovery has started":  ctdblog.RecoveryStarted{},
	"Recovery has finished": ctdblog.RecoveryFinished{},
	"server/ctdb_recover.c:989 startrecovery eventscript has been invoked": ctdblog.RecoveryStarted{},
	"database recovery failed, ret=5":                                      ctdblog.RecoveryFailed{},

	"Start election":           ctdblog.ElectionStarted{},
	"monitor_cluster starting": nil,
	"../../ctdb/server/ctdb_recoverd.c:1756 Force an election": ctdblog.ElectionStarted{},
	"Initial recovery master set - forcing election":           ctdblog.ElectionStarted{Reason: "Initial recovery master set"},
	"Node 1 thinks node 0 is recmaster. Need a new recmaster election": ctdblog.ElectionStarted{
		Reason: "Node 1 thinks node 0 is recmaster",
	},
	"Node 1 thinks node -1 is recmaster. Need a new recmaster election": ctdblog.ElectionStarted{
		Reason: "Node 1 thinks node -1 is recmaster",
	},
	" Current recmaster node 2 does not have CAP_RECMASTER, but we (node 0) have - force an election": nil,
	"Current recmaster node 2 does not have CAP_RECMASTER, but we (node 0) have - force an election": ctdblog.ElectionStarted{
		Reason: "Current recmaster node 2 does not have CAP_RECMASTER, but we (node 0) have",
	},
	"Election period ended":                      ctdblog.ElectionEnded{},
	"Election period ended, master=2":            ctdblog.ElectionEnded{Node: known(2)},
	"Election period ended, leader=4294967295":   ctdblog.ElectionEnded{Node: unknown},
	"Election period ended, chief=2":             nil,
	"Received leader broadcast, leader=2":        ctdblog.LeaderElected{Node: 2},
	"Took cluster lock, leader=0":                ctdblog.LeaderElected{Node: 0},
	"This node (0) is now the recovery master":   ctdblog.LeaderElected{Node: 0},
	"Remote node (1) is now the recovery master": ctdblog.LeaderElected{Node: 1},
	"This node (0) is no longer the recovery master": ctdblog.LeaderLost{
		Node: known(0), Reason: "no longer the recovery master",
	},
	"Received leader broadcast, leader=4294967295": nil,
	"Leader broadcast timeout":                     ctdblog.LeaderLost{Reason: "Leader broadcast timeout"},
	"Recmaster node 1 is inactive. Force election": ctdblog.LeaderLost{Node: known(1), Reason: "is inactive"},
	"Recmaster node 1 no longer available. Force reelection": ctdblog.LeaderLost{
		Node: known(1), Reason: "no longer available",
	},

	"Banning this node for 300 seconds":                       ctdblog.Banned{For: 5 * time.Minute},
	"Banning this node for -1 seconds":                        nil,
	"Banning this node for 300":                               nil,
	"Banning node 2 for 10 seconds":                           ctdblog.BanOrdered{Node: 2, For: 10 * time.Second},
	"Banning timed out":                                       ctdblog.BanEnded{Expired: true},
	"Banning timedout":                                        ctdblog.BanEnded{Expired: true},
	"Unbanning this node":                                     ctdblog.BanEnded{},
	"Cluster lock taken successfully":                         ctdblog.LockTaken{},
	"Recovery lock taken successfully":                        ctdblog.LockTaken{},
	"Releasing cluster lock":                                  ctdblog.LockReleased{},
	"Releasing recovery lock":                                 ctdblog.LockReleased{},
	"Unable to take cluster lock - contention":                ctdblog.LockContended{},
	"Unable to take recovery lock - contention":               ctdblog.LockContended{},
	"Unable to take cluster lock - timeout":                   ctdblog.LockFailed{Reason: "timeout"},
	"Unable to take recover lock - unknown error":             ctdblog.LockFailed{Reason: "unknown error"},
	"Cluster lock helper terminated":                          ctdblog.LockLost{Reason: "Cluster lock helper terminated"},
	"Recovery lock helper terminated, triggering an election": ctdblog.LockLost{Reason: "Recovery lock helper terminated"},
	"Failed cluster lock sanity check":                        ctdblog.LockLost{Reason: "Failed cluster lock sanity check"},
	"Failed recovery lock sanity check.  Force a recovery":    ctdblog.LockLost{Reason: "Failed recovery lock sanity check"},
	"Cluster lock not held - abort recovery, ban node":        ctdblog.LockLost{Reason: "Cluster lock not held"},

	"monitor event failed - disabling node": ctdblog.Unhealthy{},
	"monitor event OK - node re-enabled":    ctdblog.Healthy{},
	"monitor event failed":                  ctdblog.EventFailed{Event: "monitor"},
	"takeip event timed out":                ctdblog.EventFailed{Event: "takeip", TimedOut: true},
	"the monitor event failed":              nil,
	" event failed":                         nil,
	"Event script '10.interface monitor ' timed out after 30.1s, count: 0, pid: 1234": ctdblog.EventFailed{
		Event: "monitor", TimedOut: true, Script: "10.interface",
	},
	"Event script 'x' timed out after 30.1s": nil,
	"05.system: WARNING: Filesystem / utilization 91% >= threshold 90%": ctdblog.ScriptReport{
		Script: "05.system", Level: config.LevelWarning, Text: "Filesystem / utilization 91% >= threshold 90%",
		Usage: status.Known(ctdblog.Usage{Of: "Filesystem /", Percent: 91, Threshold: 90}),
	},
	"05.system: NOTICE: System memory utilization 79% < threshold 80%": ctdblog.ScriptReport{
		Script: "05.system", Level: config.LevelNotice, Text: "System memory utilization 79% < threshold 80%",
		Usage: status.Known(ctdblog.Usage{Of: "System memory", Percent: 79, Threshold: 80}),
	},
	"05.system: WARNING: System memory utilization 81% >=": ctdblog.ScriptReport{
		Script: "05.system", Level: config.LevelWarning, Text: "System memory utilization 81% >=",
	},
	"10.interface: ERROR: No link on the public network interface p1": ctdblog.ScriptReport{
		Script: "10.interface", Level: config.LevelError, Text: "No link on the public network interface p1",
	},
	"99.a: INFO: x":                 ctdblog.ScriptReport{Script: "99.a", Level: config.LevelInfo, Text: "x"},
	"60.chatty: chatty: event=init": nil,

	"Starting CTDBD (Version 4.17.12-Debian) as PID: 12486": ctdblog.Started{Version: "4.17.12-Debian"},
	"Set runstate to FIRST_RECOVERY (3)":                    ctdblog.RunState{State: status.RunStateFirstRecovery},
	"Shutdown sequence commencing.":                         ctdblog.ShutdownStarted{},
	"Shutdown sequence complete, exiting.":                  ctdblog.ShutdownFinished{},
	"ctdb fatal error: Failed to attach to databases":       ctdblog.Died{Reason: "Failed to attach to databases"},
	"ctdb exiting with error: Failed to run init event":     ctdblog.Died{Reason: "Failed to run init event"},
	"INTERNAL ERROR: Signal 6: Aborted in pid 12\nBACKTRACE: 2 stack frames:": ctdblog.Died{
		Reason: "Signal 6: Aborted in pid 12",
	},
	"PANIC (pid 12): Signal 6: Aborted in 4.17.12-Debian": nil,
	"":                  nil,
	":":                 nil,
	"x: Start election": ctdblog.ElectionStarted{},
	"X: Start election": nil,
}

func TestEvents(t *testing.T) {
	t.Parallel()
	kinds := map[ctdblog.Kind]bool{}
	for message, want := range messages {
		for _, program := range []string{"ctdbd", "ctdb-recoverd"} {
			e := ctdblog.Entry{Form: ctdblog.FormISO, Program: program, Message: []byte(message)}
			got := e.Event()
			if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
				t.Errorf("event of %q (-want +got):\n%s", message, diff)
			}
		}
		if want == nil {
			continue
		}
		kinds[want.Kind()] = true
		checkJSON(t, want)
	}
	if len(kinds) != 37 {
		t.Errorf("%d kinds were looked at", len(kinds))
	}
}

// checkJSON holds that an event can be written and read as JSON.
func checkJSON(t *testing.T, want ctdblog.Event) {
	t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := reflect.New(reflect.TypeOf(want))
	if err := json.Unmarshal(text, got.Interface()); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Elem().Interface(), want) {
		t.Errorf("%T %+v is read from %s as %+v", want, want, text, got.Elem())
	}
	if strings.Contains(string(text), "4294967295") && want.Kind() != ctdblog.KindNodeFlags {
		t.Errorf("%s has a number that is none", text)
	}
}

// TestEventsOfOthers holds that what other programs say in the same syslog is no event.
func TestEventsOfOthers(t *testing.T) {
	t.Parallel()
	for _, form := range []ctdblog.Form{ctdblog.FormISO, ctdblog.FormSyslog, ctdblog.FormRFC5424, ctdblog.FormJournal} {
		for program, want := range map[string]bool{"smbd": false, "": false, "ctdbd": true, "ctdb-takeover": true} {
			e := ctdblog.Entry{Form: form, Program: program, Message: []byte("Start election")}
			if got := e.Event() != nil; got != want {
				t.Errorf("%v, %q: event is %v", form, program, got)
			}
		}
	}
	e := ctdblog.Entry{Form: ctdblog.FormLocal, Program: "recoverd", Message: []byte("Start election")}
	if e.Event() == nil {
		t.Error("no event of CTDB's own file")
	}
}
