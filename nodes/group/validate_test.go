package group_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/nodes/group"
)

func TestValidate(t *testing.T) {
	cluster, err := nodes.Parse("nodes", []byte("10.0.0.1\n10.0.0.2\n#10.0.0.3\nfd00::1\n"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, text string
		want       []string
	}{
		{"fine", "# a\n10.0.0.1\n\nfd00::1 follower-only\n", nil},
		{"empty", "# a\n", []string{" warning: there is no node in the group (group/no-members)"}},
		{"refused", "10.0.0.1 x\n10.0.0.2 \\\n", []string{
			`1:10: error: want nothing behind the address, or follower-only, got "x" (group/option)`,
			`2:1: error: want no backslash, got "10.0.0.2 \\" (group/option)`,
		}},
		{"nobody leads", "10.0.0.1 follower-only\n10.0.0.2 follower-only\nx\n", []string{
			" error: all nodes are follower-only: nobody may lead the group (group/no-leader)",
			`3:1: error: "x" is no address (group/address)`,
		}},
		{"both words", "10.0.0.1\n10.0.0.2 slave-only\nfd00::1 follower-only\n", []string{
			"3:9: error: follower-only, where another line has slave-only: every release refuses one of them (group/words)",
		}},
		{"no nodes", "10.0.0.1\n10.0.0.3\n10.0.0.4\n10.0.0.1 follower-only\n", []string{
			"2:1: error: 10.0.0.3 is no address of the cluster's nodes (group/no-node)",
			"3:1: error: 10.0.0.4 is no address of the cluster's nodes (group/no-node)",
			"4:1: warning: 10.0.0.1 is in line 1 too (group/duplicate)",
		}},
		{"no addresses", "10.0.0.1\nFD00::1\n[fd00::1]\n10.0.0.2\r\n10-0.0-2\n10.0.002\n", []string{
			`2:1: error: "FD00::1" is no address as CTDB prints it, which is fd00::1 (group/address)`,
			`3:1: error: "[fd00::1]" is no address as CTDB prints it, which is fd00::1 (group/address)`,
			"4:1: error: CTDB takes the carriage return at the end of the line for a part of the address (group/address)",
			`5:1: error: "10-0.0-2" is no address (group/address)`,
			`5:1: warning: CTDB takes "10-0.0-2" for 10.0.0.2 when it chooses a leader (group/pattern)`,
			`6:1: error: "10.0.002" is no address (group/address)`,
			`6:1: warning: CTDB takes "10.0.002" for 10.0.0.2 when it chooses a leader (group/pattern)`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, _ := group.Parse("f", []byte(test.text))
			var got []string
			for _, f := range file.Validate(cluster) {
				got = append(got, strings.TrimPrefix(f.String(), "f:"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	if found := mustParse(t, "10.0.0.9\n").Validate(nil); len(found) != 0 {
		t.Errorf("without a nodes file: %v", found)
	}
	large, _ := group.Parse("f", make([]byte, group.MaxSize+1))
	if found := large.Validate(nil); len(found) != 1 || found[0].ID != group.FindingTooLarge {
		t.Errorf("too large: %v", found)
	}
}
