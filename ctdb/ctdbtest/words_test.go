package ctdbtest_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// TestWords uses commands wrongly. The wanted answers are those of real tools.
func TestWords(t *testing.T) {
	t.Parallel()
	const usage = "Usage: [-?YXv] [-?|--help] [--usage] COMMAND [ARGS]"
	for _, test := range []struct {
		args string
		code int
		want string // on standard output and standard error
	}{
		{"ban 99999999999999999999", 34, ""},
		{"ban x", 22, ""},
		{"ban 0", 22, "Ban time cannot be zero"},
		{"setvar MonitorInterval x", 22, ""},
		{"setvar MonitorInterval 99999999999999999999", 34, ""},
		{"getvar nosuch", 1, "No such tunable nosuch"},
		{"setdebug bogus", 1, "Invalid debug level 'bogus'. Valid levels are:\n\tERROR | WARNING | NOTICE | INFO | DEBUG"},
		{"setlmasterrole bogus", 1, usage},
		{"runstate startup bogus", 1, "Invalid run state (bogus)"},
		{"runstate startup init", 1, "CTDB not in required run state (got RUNNING)"},
		{"runstate startup running bogus", 0, "RUNNING"},
		{"nodestatus 1,x", 1, "Invalid node x"},
		{"ip x", 1, usage},
		{"ipinfo x", 1, "Invalid IP address x"},
		{"ipinfo fe80::1%eth0", 1, "Invalid IP address fe80::1%eth0"},
		{"moveip x 1", 1, "Invalid IP address x"},
		{"moveip 10.1.1.1 x", 1, "Invalid PNN x"},
		{"-T 1 moveip 10.1.1.1 9", 1, "Control GET_PUBLIC_IPS failed, ret=-1\nFailed to get Public IPs from node 9\n" +
			"Maximum runtime exceeded - exiting"},
		{"addip 10.1.1.9 eth0", 1, "Invalid IP/Mask 10.1.1.9"},
		{"addip 10.1.1.9/24x eth0", 1, "Invalid IP/Mask 10.1.1.9/24x"},
		{"addip 10.1.1.1/24 eth0", 0, "Node already knows about IP 10.1.1.1"},
		{"delip x", 1, "Invalid IP address x"},
		{"delip 10.1.1.9", 0, "Node does not know about IP address 10.1.1.9"},
		{"setifacelink nosuch up", 1, "Interface nosuch not configured on node 0"},
		{"setifacelink a2345678901234567 up", 1, "Interface name 'a2345678901234567' too long"},
		{"setifacelink eth1 sideways", 1, usage},
		{"gratarp x eth1", 1, "Invalid IP address x"},
		{"addtickle 10.1.1.1:1", 1, usage},
		{"addtickle 10.9.9.9:1 x", 1, "Invalid IP address x"},
		{"deltickle x 10.9.9.9:1", 1, "Invalid IP address x"},
		{"gettickles x", 1, "Invalid IP address x"},
		{"gettickles 10.1.1.1 x", 22, ""},
		{"getdbstatus nosuch", 1, "No database matching 'nosuch' found"},
		{"setdbsticky nosuch", 1, "No database matching 'nosuch' found"},
		{"setdbsticky pers.tdb", 1, "STICKY can be set only on volatile DB"},
		{"attach x.tdb bogus", 1, usage},
		{"wipedb nosuch", 1, "No database matching 'nosuch' found"},
		{"backupdb nosuch /b", 1, "No database matching 'nosuch' found"},
		{"restoredb /nosuch", 2, "Failed to open file /nosuch for reading"},
		{"dbstatistics 0x", 1, "No database matching '0x' found"},
		{"event status nosuch monitor", 2, "Event dir for nosuch does not exist"},
		{"event run 5 nosuch monitor", 2, "Event dir for nosuch does not exist"},
		{"event run 0 legacy own", 46, "Event own in legacy timed out\nevent daemon helper failed with error 46"},
		{"event status legacy own", 22, "Event own has never run in legacy"},
		{"event script list nosuch", 2, "Command script list finished with result=2"},
		{"event script enable nosuch 00.ctdb", 2, "Script 00.ctdb does not exist in nosuch"},
		{"event script disable nosuch 00.ctdb", 0, ""},
		{"event nosuch", 1, "Usage: ctdb-event [<options>] <command> [<args>]"},
		{"lvs master", 1, "/usr/libexec/ctdb/ctdb_lvs <option>"},
		{"natgw", 1, usage},
		{"reloadips x", 1, "Invalid node x"},
		{"reloadips 2", 1, "Memory allocation error"},
	} {
		c := ctdbtest.New(full(release.Release{Major: 4, Minor: 22, Patch: 11}))
		result := tool(t, c, 0, strings.Fields(test.args)...)
		got := strings.TrimSuffix(string(result.Stdout)+string(result.Stderr), "\n")
		if result.ExitCode != test.code || got != test.want {
			t.Errorf("ctdb %s: got %d, %q; want %d, %q", test.args, result.ExitCode, got, test.code, test.want)
		}
	}
}

// TestRequests asks a node that hangs for this and that, each in one second.
func TestRequests(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ args, control, words string }{
		{"ping", "PING", ""},
		{"listvars", "LIST_TUNABLES", ""},
		{"getcapabilities", "GET_CAPABILITIES", ""},
		{"setdebug INFO", "SET_DEBUG", ""},
		{"setlmasterrole on", "SET_LMASTERROLE", ""},
		{"ban 5", "SET_BAN_STATE", "Failed to ban node 1\n"},
		{"ip", "GET_PUBLIC_IPS", ""},
		{"ipinfo 10.1.1.1", "GET_PUBLIC_IP_INFO", ""},
		{"addip 10.1.1.9/24 eth0", "GET_PUBLIC_IPS", "Failed to get Public IPs from node 1\n"},
		{"delip 10.1.1.1", "GET_PUBLIC_IPS", "Failed to get Public IPs from node 1\n"},
		{"setifacelink eth1 up", "GET_IFACES", "Failed to get interface information from node 1\n"},
		{"gratarp 10.1.1.1 eth1", "SEND_GRATUITOUS_ARP", "Unable to send gratuitous arp from node 1\n"},
		{"addtickle 10.9.9.9:1 10.1.1.1:1", "TCP_ADD_DELAYED_UPDATE", "Failed to register connection\n"},
		{"deltickle 10.9.9.9:1 10.1.1.1:1", "TCP_REMOVE", "Failed to unregister connection\n"},
		{"gettickles 10.1.1.1", "GET_TCP_TICKLE_LIST", "Failed to get list of connections\n"},
		{"setdbreadonly vol.tdb", "SET_DB_READONY", ""},
		{"dbstatistics vol.tdb", "GET_DB_STATISTICS", "Failed to get statistics for DB vol.tdb\n"},
		{"statisticsreset", "STATISTICS_RESET", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := ctdbtest.New(full(release.Release{}))
			must(t, c.Hang(1))
			result := tool(t, c, 0, append([]string{"-t", "1", "-n", "1"}, strings.Fields(test.args)...)...)
			want := "Control " + test.control + " failed to node 1, ret=110\n" + test.words
			if got := string(result.Stderr); result.ExitCode == 0 || got != want || len(result.Stdout) > 0 {
				t.Errorf("ctdb %s: got %d, %q, want %q", test.args, result.ExitCode, got, want)
			}
		})
	}
}
