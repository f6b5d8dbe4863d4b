//go:build linux

package group_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/nodes/group"
)

// realFiles are natgw_nodes and lvs_nodes files of a cluster with the addresses NET.1 to NET.3.
var realFiles = []struct{ name, text string }{
	{"plain", "NET.1\nNET.2\nNET.3\n"},
	{"one", "NET.2"},
	{"new word", "NET.1 follower-only\nNET.2\n\t NET.3 \t follower-only \n"},
	{"old word", "NET.1 slave-only\nNET.2\nNET.3\n"},
	{"both words", "NET.1 slave-only\nNET.2 follower-only\nNET.3\n"},
	{"all the new word", "NET.1 follower-only\nNET.2 follower-only\n"},
	{"all the old word", "NET.1 slave-only\nNET.2 slave-only\n"},
	{"another word", "NET.1\nNET.2 leader\n"},
	{"text behind the word", "NET.1\nNET.2 follower-only # x\n"},
	{"comments", "# a slave-only\n#NET.1 x\n#NET.1\nNET.2\n\t# x\n"},
	{"blank lines", "\n\nNET.3\n \t\nNET.2\n\n"},
	{"carriage returns", "NET.1\r\nNET.2\n"},
	{"a carriage return behind the word", "NET.1\nNET.2 follower-only\r\nNET.3 slave-only\r\n"},
	{"no address", "NET.1/24\nnode1\nNET.2\n"},
	{"mapped", "::ffff:NET.1\nNET.2\n"},
	{"not in the cluster", "192.0.2.1\nNET.3\n"},
	{"empty", ""},
	{"duplicate", "NET.2 \nNET.1\nNET.2\n"},
}

// TestReal holds the members against what `ctdb natgw list` and `ctdb lvs list` say of a healthy cluster.
func TestReal(t *testing.T) {
	realctdb.Each(t, realctdb.Options{}, func(t *testing.T, c *realctdb.Cluster) {
		network := strings.TrimSuffix(c.Address(0).String(), ".1")
		for _, test := range realFiles {
			text := strings.ReplaceAll(test.text, "NET", network)
			write(t, c, text)
			file, _ := group.Parse("f", []byte(text))
			err := file.CheckFor(c.Release())
			t.Run(test.name+"/natgw", func(t *testing.T) { checkNATGW(t, c, file, err) })
			t.Run(test.name+"/lvs", func(t *testing.T) { checkLVS(t, c, file, err) })
		}
		t.Run("pattern", func(t *testing.T) { checkPattern(t, c, network) })
		t.Run("backslash", func(t *testing.T) { checkBackslash(t, c, network) })
	})
}

func write(t *testing.T, c *realctdb.Cluster, text string) {
	t.Helper()
	for _, name := range []string{"natgw_nodes", "lvs_nodes"} {
		if err := os.WriteFile(filepath.Join(c.Dir(0), name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// leaderWord is what a release calls the leader of a group.
func leaderWord(c *realctdb.Cluster) string {
	if c.Release().AtLeast(4, 14, 0) {
		return "leader"
	}
	return "master"
}

// leader gives the number of the first node that may lead, and whether there is one.
func leader(c *realctdb.Cluster, file *group.File) (pnn int, ok bool) {
	for pnn := range 3 {
		for m := range file.All() {
			if m.Address == c.Address(pnn) && !m.FollowerOnly {
				return pnn, true
			}
		}
	}
	return 0, false
}

func checkNATGW(t *testing.T, c *realctdb.Cluster, file *group.File, err error) {
	list := c.Tool(t, 0, "natgw", "list")
	if err != nil {
		if list.ExitCode == 0 || !strings.Contains(string(list.Stderr)+string(list.Stdout), "Invalid options") {
			t.Errorf("CheckFor says %v, ctdb %q", err, list.Stdout)
		}
		return
	}
	if list.ExitCode != 0 {
		t.Fatalf("ctdb natgw list: %d %s%s", list.ExitCode, list.Stdout, list.Stderr)
	}
	first, found := leader(c, file)
	var want, got []string
	for m := range file.All() {
		line := m.Text
		if found && m.Text == c.Address(first).String() {
			line += " " + strings.ToUpper(leaderWord(c))
		}
		if m.FollowerOnly {
			line += " only"
		}
		want = append(want, line)
	}
	for line := range strings.Lines(string(list.Stdout)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' || line[0] == '\t' { // comments are printed too, and a blank line may be the leader
			continue
		}
		word, options, _ := strings.Cut(line, "\t")
		for option := range strings.SplitSeq(options, ",") {
			option = strings.TrimPrefix(strings.TrimPrefix(option, "follower-"), "slave-")
			word = strings.TrimSuffix(word+" "+option, " ")
		}
		got = append(got, word)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-Parse +ctdb natgw list):\n%s", diff)
	}
	result := c.Tool(t, 0, "natgw", leaderWord(c))
	wantLeader := ""
	if found {
		wantLeader = fmt.Sprintf("%d %v\n", first, c.Address(first))
	}
	if got := string(result.Stdout); got != wantLeader || found != (result.ExitCode == 0) {
		t.Errorf("the leader is %q, exit code %d, want %q", got, result.ExitCode, wantLeader)
	}
}

func checkLVS(t *testing.T, c *realctdb.Cluster, file *group.File, err error) {
	list := c.Tool(t, 0, "lvs", "list")
	if err != nil {
		if list.ExitCode == 0 || !strings.Contains(string(list.Stderr)+string(list.Stdout), "Invalid options") {
			t.Errorf("CheckFor says %v, ctdb %q", err, list.Stdout)
		}
		return
	}
	var want strings.Builder
	for pnn := range 3 {
		if _, ok := file.Lookup(c.Address(pnn)); ok {
			fmt.Fprintln(&want, pnn, c.Address(pnn))
		}
	}
	if got := string(list.Stdout); got != want.String() || list.ExitCode != 0 {
		t.Errorf("ctdb lvs list: %d %q, want %q", list.ExitCode, got, want.String())
	}
	wantLeader := ""
	first, found := leader(c, file)
	if found {
		wantLeader = fmt.Sprintln(first)
	}
	result := c.Tool(t, 0, "lvs", leaderWord(c))
	if got := string(result.Stdout); got != wantLeader || found != (result.ExitCode == 0) {
		t.Errorf("the leader is %q, exit code %d, want %q", got, result.ExitCode, wantLeader)
	}
}

// checkPattern shows that a text with other bytes for its dots counts when a leader is chosen.
func checkPattern(t *testing.T, c *realctdb.Cluster, network string) {
	text := strings.Replace(network, ".", "-", 1) + ".1\n" + network + ".2\n"
	write(t, c, text)
	if got := string(c.Tool(t, 0, "natgw", leaderWord(c)).Stdout); got != fmt.Sprintln(0, c.Address(0)) {
		t.Errorf("the leader is %q, want node 0", got)
	}
	cluster, err := nodes.Load(nodes.Options{Path: filepath.Join(c.Dir(0), "nodes")})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, found := range mustParse(t, text).Validate(cluster) {
		ids = append(ids, found.ID)
	}
	if want := []string{group.FindingAddress, group.FindingPattern}; !slices.Equal(ids, want) {
		t.Errorf("findings %v, want %v", ids, want)
	}
}

// checkBackslash shows why a backslash is refused here: it makes a node vanish.
func checkBackslash(t *testing.T, c *realctdb.Cluster, network string) {
	text := "# a \\\n" + network + ".1\n" + network + ".2\n"
	write(t, c, text)
	if got := string(c.Tool(t, 0, "lvs", "list").Stdout); got != fmt.Sprintln(1, c.Address(1)) {
		t.Errorf("ctdb lvs list: %q, want node 1 alone", got)
	}
	if _, err := group.Parse("f", []byte(text)); !errors.Is(err, group.ErrBackslash) {
		t.Errorf("error %v, want ErrBackslash", err)
	}
}
