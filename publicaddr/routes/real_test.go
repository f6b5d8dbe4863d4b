//go:build linux

package routes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/publicaddr/routes"
)

// stubs stand for the ip and ctdb commands: no route gets into this machine. The node seems to have the addresses
// 10.0.0.1 and 10.0.0.2 on eth0.
const stubs = `
ip() { [ "$2" != add ] || echo "$*" >>"$CTDB_BASE/ip.log"; }
ctdb_stub() { printf '|Public IP|Node|ActiveInterfaces|\n|10.0.0.1|0|eth0|\n|10.0.0.2|0|eth0|\n'; }
CTDB=ctdb_stub CTDB_SYS_ETCDIR="$CTDB_BASE/etc" CTDB_SCRIPT_VARDIR="$CTDB_BASE/state"
CTDB_PER_IP_ROUTING_RULE_PREF=100 CTDB_PER_IP_ROUTING_TABLE_ID_LOW=1000 CTDB_PER_IP_ROUTING_TABLE_ID_HIGH=1009
`

// runScript runs an event script and gives the routes that it wanted to add.
func runScript(t *testing.T, c *realctdb.Cluster, script, settings string) []string {
	t.Helper()
	path := filepath.Join(c.Dir(0), "ip.log")
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	result, err := c.Runner(0).Run(t.Context(), ctdb.Command{Name: "sh", Args: []string{"-c",
		stubs + settings + "\nset -- ipreallocated; . \"$CTDB_BASE/share/events/legacy/" + script + ".script\"",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if result.ExitCode != 0 {
		t.Errorf("%s: exit code %d, %s%s", script, result.ExitCode, result.Stdout, result.Stderr)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var added []string
	for line := range strings.Lines(string(data)) {
		if route, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "route add "); ok {
			added = append(added, strings.Join(strings.Fields(route), " "))
		}
	}
	return added
}

// TestReal holds both files against the event scripts.
func TestReal(t *testing.T) {
	realctdb.Each(t, realctdb.Options{Nodes: 1, DontWait: true}, func(t *testing.T, c *realctdb.Cluster) {
		write := func(name, text string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(c.Dir(0), name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		t.Run("policy", func(t *testing.T) {
			text := "# a comment\n10.0.0.2 10.0.0.0/24\n\n \t10.0.0.1  \t 0.0.0.0/0  10.0.0.9\t\n10.0.0.9 default\n" +
				"::ffff:10.0.0.1 default\n10.0.0.1 10.0.0.0/24 10.0.0.8 metric  5\n#10.0.0.1 default\n10.0.0.2 10.3.0.0/16"
			write("policy", text)
			got := runScript(t, c, "13.per_ip_routing", `CTDB_PER_IP_ROUTING_CONF="$CTDB_BASE/policy"`)
			var want []string
			for _, address := range []string{"10.0.0.1", "10.0.0.2"} {
				for r := range mustParse(t, text).For(addr(address)) {
					want = append(want, policyRoute(r))
				}
			}
			if diff := cmp.Diff(want, got); diff != "" || len(got) != 3 {
				t.Errorf("routes (-Parse +script):\n%s", diff)
			}
		})
		t.Run("auto", func(t *testing.T) {
			text := "10.0.0.1/24 eth0\n10.0.0.2/16 eth0\nfd00::1/64 eth0\n"
			write("public_addresses", text)
			got := runScript(t, c, "13.per_ip_routing", "CTDB_PER_IP_ROUTING_CONF="+routes.AutoLinkLocal)
			var want []string
			for _, r := range routes.AutoRoutes(mustParsePublic(t, text)) {
				want = append(want, policyRoute(r))
			}
			if diff := cmp.Diff(want, got); diff != "" || len(got) != 2 {
				t.Errorf("routes (-AutoRoutes +script):\n%s", diff)
			}
		})
		t.Run("static", func(t *testing.T) {
			text := "# a comment\n\tbond1 10.3.3.0/24\t10.0.0.1 \neth0 default 10.0.0.1\neth1 10.4.0.0/16 10.0.0.1"
			write("static-routes", text)
			var want, got []string
			for r := range mustParseStatic(t, text).All() {
				want = append(want, fmt.Sprintf("%s via %s dev %s", r.Destination, r.Gateway, r.Interface))
			}
			for _, route := range runScript(t, c, "11.routing", "") {
				if !strings.HasSuffix(route, " dev #") {
					got = append(got, route)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" || len(got) != 2 {
				t.Errorf("routes (-ParseStatic +script):\n%s", diff)
			}
		})
	})
}

// policyRoute is what the script gives to the ip command.
func policyRoute(r routes.Route) string {
	route := r.Destination
	if r.Gateway != "" {
		route += " via " + strings.Join(strings.Fields(r.Gateway), " ")
	}
	return fmt.Sprintf("%s dev eth0 table ctdb.%v", route, r.Address)
}
