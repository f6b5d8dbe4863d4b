package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// script is a runner that has one answer for each command line, without the options -t and -T, and keeps what was run.
// Commands that it has no answer for succeed without a word. It knows no --json, and says so each time.
type script struct {
	mu      sync.Mutex
	answers map[string]ctdb.Result
	ran     []string
}

func (s *script) Run(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	if slices.Contains(cmd.Args, "--json") {
		return failedWith(1, "Invalid option --json: unknown option\n"), nil
	}
	line := strings.Join(cmd.Args[4:], " ")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ran = append(s.ran, line)
	return s.answers[line], nil
}

// Answers of the tool.
func said(words string) ctdb.Result { return ctdb.Result{Stderr: []byte(words + "\n")} }
func wrote(out string) ctdb.Result  { return ctdb.Result{Stdout: []byte(out)} }
func failedWith(code int, words string) ctdb.Result {
	return ctdb.Result{ExitCode: code, Stderr: []byte(words)}
}

// done makes a call without a result one with a result.
func done(err error) (string, error) { return "", err }

// result makes a call's boolean text.
func result(changed bool, err error) (string, error) { return fmt.Sprint(changed), err }

var (
	aRecord  = status.Connection{Source: netip.MustParseAddrPort("10.1.1.1:99"), Destination: netip.MustParseAddrPort("10.0.0.9:445")}
	aRecord6 = status.Connection{Source: netip.MustParseAddrPort("[fd00::1]:99"), Destination: netip.MustParseAddrPort("[fd00::9]:445")}
	anIP     = netip.MustParseAddr("10.0.0.9")
)

const twoNodes = "Number of nodes:2\npnn:0 10.0.0.1         OK (THIS NODE)\npnn:1 10.0.0.2         OK\n"

const oneDatabase = "Number of databases:1\ndbid:0x4d2a432b name:a.tdb path:/db/a.tdb.0\n"

// TestCommands holds each command's words, its result and its errors against what the tool says.
func TestCommands(t *testing.T) {
	t.Parallel()
	type answersTo map[string]ctdb.Result
	tests := []struct {
		name    string
		call    func(context.Context, *ctdb.Client) (string, error)
		answers answersTo
		ran     []string
		result  string
		want    map[string]bool
	}{
		{"disable", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Disable(ctx)) },
			nil, []string{"disable"}, "true", nil},
		{"disable another", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.On(1).Disable(ctx)) },
			nil, []string{"-n 1 disable"}, "true", nil},
		{"disabled already", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Disable(ctx)) },
			answersTo{"disable": said("Node 0 is already disabled")}, []string{"disable"}, "false", nil},
		{"disable, with another warning", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Disable(ctx)) },
			answersTo{"disable": said("Control GET_IFACES failed to node 2, ret=110")}, []string{"disable"}, "true", nil},
		{"disable, takeover fails", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Disable(ctx)) },
			answersTo{"disable": failedWith(1, "")}, []string{"disable", "pnn"}, "true", set("takeover")},
		{"disable, ctdbd goes away", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.On(1).Disable(ctx)) },
			answersTo{"-n 1 disable": failedWith(1, ""), "pnn": failedWith(1, "connect() failed, errno=2\n")},
			[]string{"-n 1 disable", "pnn"}, "false", set("not ready")},
		{"disable a dead one", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.On(1).Disable(ctx)) },
			answersTo{"-n 1 disable": failedWith(1, "Node 1 has status DISCONNECTED|UNHEALTHY|INACTIVE\n")},
			[]string{"-n 1 disable"}, "false", set("disconnected")},
		{"enable", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Enable(ctx)) },
			answersTo{"enable": said("Node 0 is not disabled")}, []string{"enable"}, "false", nil},
		{"stop", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Stop(ctx)) },
			answersTo{"stop": said("Node 0 is already stopped")}, []string{"stop"}, "false", nil},
		{"stop the last", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Stop(ctx)) },
			answersTo{"stop": failedWith(1, "Maximum runtime exceeded - exiting\n")}, []string{"stop"}, "false", set("timeout")},
		{"continue", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Continue(ctx)) },
			answersTo{"continue": said("Node 0 is not stopped")}, []string{"continue"}, "false", nil},
		{"ban", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Ban(ctx, time.Minute)) },
			nil, []string{"ban 60"}, "true", nil},
		{"ban for a moment", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Ban(ctx, 1)) },
			nil, []string{"ban 1"}, "true", nil},
		{"ban the last", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Ban(ctx, time.Minute)) },
			answersTo{"ban 60": failedWith(1, "Warning: All nodes are banned.\nFailed to get nodemap, trying again\nMaximum runtime exceeded - exiting\n")},
			[]string{"ban 60"}, "false", set("all banned", "timeout")},
		{"unban", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Unban(ctx)) },
			answersTo{"unban": said("Node 0 is not banned")}, []string{"unban"}, "false", nil},
		{"unban the first of all", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Unban(ctx)) },
			answersTo{"unban": said("Warning: All nodes are banned.")}, []string{"unban"}, "true", nil},

		{"ipreallocate", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.IPReallocate(ctx)) },
			answersTo{"ipreallocate": failedWith(1, "")}, []string{"ipreallocate", "pnn"}, "", set("takeover")},
		{"recover", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.Recover(ctx)) },
			nil, []string{"recover"}, "", nil},
		{"moveip", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.MoveIP(ctx, anIP, 1)) },
			answersTo{"nodestatus 1": wrote("pnn:1 10.0.0.2         OK\n")}, []string{"nodestatus 1", "moveip 10.0.0.9 1 -t 3"}, "", nil},
		{"moveip of a mapped address", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.MoveIP(ctx, netip.MustParseAddr("::ffff:10.0.0.9"), 1))
		}, answersTo{"nodestatus 1": {ExitCode: 2, Stdout: []byte("pnn:1 10.0.0.2         UNHEALTHY\n")}},
			[]string{"nodestatus 1", "moveip 10.0.0.9 1 -t 3"}, "", nil},
		{"moveip to a deleted node", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.MoveIP(ctx, anIP, 2)) },
			nil, []string{"nodestatus 2"}, "", set("deleted")},
		{"moveip to a dead node", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.MoveIP(ctx, anIP, 1)) },
			answersTo{"nodestatus 1": {ExitCode: 3, Stdout: []byte("pnn:1 10.0.0.2         DISCONNECTED|UNHEALTHY|INACTIVE\n")}},
			[]string{"nodestatus 1"}, "", set("disconnected")},
		{"moveip to no node", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.MoveIP(ctx, anIP, 9)) },
			answersTo{"nodestatus 9": failedWith(1, "Node 9 does not exist\n")}, []string{"nodestatus 9"}, "", set("no such node")},
		{"moveip to no number", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.MoveIP(ctx, anIP, nodes.NoPNN))
		}, nil, nil, "", set("no such node")},
		{"moveip without ctdbd", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.MoveIP(ctx, anIP, 1)) },
			answersTo{"nodestatus 1": failedWith(1, "connect() failed, errno=2\n")}, []string{"nodestatus 1"}, "", set("not running")},
		{"moveip that can't be", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.MoveIP(ctx, anIP, 1)) },
			answersTo{
				"nodestatus 1":           wrote("pnn:1 10.0.0.2         OK\n"),
				"moveip 10.0.0.9 1 -t 3": failedWith(1, "Node 1 CANNOT host IP address 10.0.0.9\nFailed to move IP 10.0.0.9 to node 1\n"),
			}, []string{"nodestatus 1", "moveip 10.0.0.9 1 -t 3"}, "", set("refused")},
		{"addip", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return result(c.On(1).AddIP(ctx, netip.MustParsePrefix("10.0.0.9/24"), "eth0", "eth1"))
		}, nil, []string{"-n 1 addip 10.0.0.9/24 eth0,eth1", "-n 1 ipreallocate"}, "true", nil},
		{"addip again", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return result(c.AddIP(ctx, netip.MustParsePrefix("fd00::9/64"), "eth0"))
		}, answersTo{"addip fd00::9/64 eth0": said("Node already knows about IP fd00::9")}, []string{"addip fd00::9/64 eth0"}, "false", nil},
		{"addip to no interface", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return result(c.AddIP(ctx, netip.MustParsePrefix("10.0.0.9/24"), "x"))
		}, answersTo{"addip 10.0.0.9/24 x": failedWith(1, "Control ADD_PUBLIC_IP failed, ret=-1\nFailed to add public IP to node 0. Giving up\n")},
			[]string{"addip 10.0.0.9/24 x"}, "false", set("refused")},
		{"delip", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.DelIP(ctx, anIP)) },
			nil, []string{"delip 10.0.0.9", "ipreallocate"}, "true", nil},
		{"delip again", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.DelIP(ctx, anIP)) },
			answersTo{"delip 10.0.0.9": said("Node does not know about IP address 10.0.0.9")}, []string{"delip 10.0.0.9"}, "false", nil},
		{"delip, takeover fails", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.DelIP(ctx, anIP)) },
			answersTo{"ipreallocate": failedWith(1, "")}, []string{"delip 10.0.0.9", "ipreallocate", "pnn"}, "true", set("takeover")},
		{"reloadips", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.ReloadIPs(ctx)) },
			nil, []string{"reloadips all"}, "", nil},
		{"reloadips of some", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.ReloadIPs(ctx, 0, 1)) },
			answersTo{"nodestatus 0,1": wrote("pnn:0 10.0.0.1         OK (THIS NODE)\npnn:1 10.0.0.2         OK\n")},
			[]string{"nodestatus 0,1", "reloadips 0,1"}, "", nil},
		{"reloadips of a deleted one", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.ReloadIPs(ctx, 0, 1)) },
			answersTo{"nodestatus 0,1": wrote("pnn:0 10.0.0.1         OK (THIS NODE)\n")}, []string{"nodestatus 0,1"}, "", set("deleted")},

		{"setdebug", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.SetDebug(ctx, config.LevelInfo))
		},
			nil, []string{"setdebug INFO"}, "", nil},
		{"setvar", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetVar(ctx, "X", 1<<32-1)) },
			nil, []string{"setvar X 4294967295"}, "", nil},
		{"setvar of no tunable", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetVar(ctx, "nosuch", 1)) },
			answersTo{"setvar nosuch 1": {ExitCode: 1, Stdout: []byte("No such tunable nosuch\n")}}, []string{"setvar nosuch 1"}, "", set("no such tunable")},
		{"setifacelink", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.SetIfaceLink(ctx, "eth0", false))
		},
			nil, []string{"setifacelink eth0 down"}, "", nil},
		{"setifacelink of no interface", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetIfaceLink(ctx, "x", true)) },
			answersTo{"setifacelink x up": {ExitCode: 1, Stdout: []byte("Interface x not configured on node 0\n")}}, []string{"setifacelink x up"}, "", set("refused")},
		{"gratarp", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.GratARP(ctx, anIP, "eth0")) },
			nil, []string{"gratarp 10.0.0.9 eth0"}, "", nil},
		{"statisticsreset", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.StatisticsReset(ctx)) },
			answersTo{"statisticsreset": failedWith(1, "")}, []string{"statisticsreset"}, "", set("not ready")},
		{"setleaderrole on", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetLeaderRole(ctx, true)) },
			nil, []string{"setleaderrole on"}, "", nil},
		{"setleaderrole on, 4.13", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetLeaderRole(ctx, true)) },
			answersTo{"setleaderrole on": failedWith(1, "Unknown command 'setleaderrole'\n")}, []string{"setleaderrole on", "setrecmasterrole on"}, "", nil},
		{"setleaderrole off", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetLeaderRole(ctx, false)) },
			answersTo{"status": wrote(strings.Replace(okStatus, "Leader:0", "Leader:1", 1))}, []string{"setleaderrole off", "status"}, "", nil},
		{"setlmasterrole on", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetLMasterRole(ctx, true)) },
			answersTo{"status": wrote(okStatus)}, []string{"setlmasterrole on", "status"}, "", nil},
		{"setlmasterrole off", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetLMasterRole(ctx, false)) },
			answersTo{"status": wrote(strings.Replace(okStatus, "lmaster:0", "lmaster:1", 1))}, []string{"setlmasterrole off", "status"}, "", nil},
		{"setlmasterrole off without another", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetLMasterRole(ctx, false)) },
			answersTo{"status": wrote(okStatus)}, []string{"setlmasterrole off", "status"}, "", nil},
		{"shutdown", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.Shutdown(ctx)) },
			answersTo{"nodestatus all": failedWith(1, "connect() failed, errno=2\n")}, []string{"shutdown", "nodestatus all"}, "", nil},
		{"shutdown another", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.On(1).Shutdown(ctx)) },
			answersTo{"nodestatus all": {ExitCode: 3, Stdout: []byte(strings.Replace(twoNodes, ".2         OK", ".2         DISCONNECTED|UNHEALTHY|INACTIVE", 1))}},
			[]string{"-n 1 shutdown", "nodestatus all"}, "", nil},
		{"shutdown what is down", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.Shutdown(ctx)) },
			answersTo{"shutdown": failedWith(1, "connect() failed, errno=2\n")}, []string{"shutdown"}, "", set("not running")},

		{"attach", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.Attach(ctx, "a.tdb", ctdb.VolatileDatabase))
		},
			nil, []string{"attach a.tdb"}, "", nil},
		{"attach persistent", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.Attach(ctx, "a.tdb", ctdb.PersistentDatabase))
		}, answersTo{"attach a.tdb persistent": failedWith(1, "attach: a.tdb failed to get db_id, ret=-1\n")},
			[]string{"attach a.tdb persistent"}, "", set("refused")},
		{"wipedb", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.WipeDB(ctx, "a.tdb")) },
			answersTo{"wipedb a.tdb": failedWith(1, "No database matching 'a.tdb' found\n")}, []string{"wipedb a.tdb"}, "", set("no such database")},
		{"setdbreadonly", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetDBReadOnly(ctx, "a.tdb")) },
			nil, []string{"setdbreadonly a.tdb"}, "", nil},
		{"setdbsticky", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.SetDBSticky(ctx, "a.tdb")) },
			nil, []string{"setdbsticky a.tdb"}, "", nil},
		{"backupdb", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.BackupDB(ctx, "a.tdb", "/b/a"))
		},
			nil, []string{"backupdb a.tdb /b/a"}, "", nil},
		{"restoredb", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.RestoreDB(ctx, "/b/a", "")) },
			nil, []string{"restoredb /b/a"}, "", nil},
		{"restoredb to another", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.RestoreDB(ctx, "/b/a", "b.tdb"))
		},
			nil, []string{"restoredb /b/a b.tdb"}, "", nil},
		{"detach", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Detach(ctx, "a.tdb")) },
			answersTo{"nodestatus all": wrote(twoNodes), "-n 0 getdbmap": wrote(oneDatabase), "-n 1 getdbmap": wrote(oneDatabase)},
			[]string{"nodestatus all", "-n 0 getdbmap", "-n 1 getdbmap", "detach a.tdb"}, "true", nil},
		{"detach what is not there", func(ctx context.Context, c *ctdb.Client) (string, error) { return result(c.Detach(ctx, "b.tdb")) },
			answersTo{
				"nodestatus all": wrote(twoNodes), "-n 0 getdbmap": wrote(oneDatabase), "-n 1 getdbmap": wrote(oneDatabase),
				"detach b.tdb": said("No database matching 'b.tdb' found"),
			}, []string{"nodestatus all", "-n 0 getdbmap", "-n 1 getdbmap", "detach b.tdb"}, "false", nil},

		{"addtickle", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.On(1).AddTickle(ctx, aRecord))
		},
			nil, []string{"-n 1 addtickle 10.1.1.1:99 10.0.0.9:445"}, "", nil},
		{"addtickle of IPv6", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.AddTickle(ctx, aRecord6)) },
			nil, []string{"addtickle fd00::1:99 fd00::9:445"}, "", nil},
		{"deltickle", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.DelTickle(ctx, aRecord)) },
			nil, []string{"deltickle 10.1.1.1:99 10.0.0.9:445"}, "", nil},
		{"tickle", func(ctx context.Context, c *ctdb.Client) (string, error) { return done(c.Tickle(ctx, aRecord)) },
			answersTo{"tickle 10.1.1.1:99 10.0.0.9:445": failedWith(1, "Failed to send tickle ack\n")}, []string{"tickle 10.1.1.1:99 10.0.0.9:445"}, "", set()},

		{"event", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.RunEvent(ctx, 1500*time.Millisecond, "takeip", "eth0", "10.0.0.9", "24"))
		}, nil, []string{"event run 2 legacy takeip eth0 10.0.0.9 24"}, "", nil},
		{"event without its daemon", func(ctx context.Context, c *ctdb.Client) (string, error) {
			return done(c.RunEvent(ctx, time.Second, "monitor"))
		}, answersTo{"event run 1 legacy monitor": failedWith(5, "socket connect failed - /run/ctdb/eventd.socket\nFailed to initialize event client, ret=5\n")},
			[]string{"event run 1 legacy monitor"}, "", set("not running")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: test.answers}
			got, err := test.call(t.Context(), ctdb.New(ctdb.Config{Runner: s}))
			if diff := cmp.Diff(test.ran, s.ran); diff != "" {
				t.Errorf("commands: mismatch (-want +got)\n%s", diff)
			}
			if got != test.result || (err != nil) != (test.want != nil) {
				t.Errorf("got %q, %v; want %q", got, err, test.result)
			}
			want := test.want
			if want == nil {
				want = set()
			}
			if diff := cmp.Diff(want, kinds(err)); diff != "" {
				t.Errorf("error: mismatch (-want +got)\n%s\nof %v", diff, err)
			}
			if _, ok := errors.AsType[*ctdb.CommandError](err); err != nil && !ok {
				t.Errorf("%v is a %T", err, err)
			}
		})
	}
}
