package ctdbtest

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// notSimulated are commands of captured failures that a simulated tool does not know.
var notSimulated = []string{"checktcpport", "dumpdbbackup", "isnotrecmaster", "pfetch", "tfetch", "writekey", "catdb"}

// whatDiffers are the parts of failures that a simulated tool has otherwise, or not at all.
var whatDiffers = regexp.MustCompile(
	`errno=\d+|\(/[^)]*\)|Failed to detect PNN of the current node.\n|Is this node part of CTDB cluster\?\n|/\S*/|` +
		`(?s:(Usage: ).*)|@ [\d/]+ [\d:]+|(Warning: All nodes are banned.\nFailed to get nodemap, trying again\n)+`)

// TestFailuresLikeCaptures brings simulated clusters into states in which real tools failed, and compares what they say.
func TestFailuresLikeCaptures(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, k := range captures(t, "ctdb/testdata/failures.jsonl") {
		c := k.cluster(t, Options{
			Addresses:       []netip.Addr{addr("127.0.30.1"), addr("127.0.30.2"), addr("127.0.30.3")},
			PublicAddresses: []PublicAddress{{Prefix: netip.MustParsePrefix("192.0.2.1/24")}},
			Databases:       []Database{{Name: "pers1.tdb", Kind: ctdb.PersistentDatabase}, {Name: "vol1.tdb"}},
		})
		o, _ := c.parse(k.Args)
		words := append(slices.Clone(o.words), "", "")
		if slices.Contains(notSimulated, words[0]) || !k.fail(t, c, o, words) {
			continue
		}
		compared++
		t.Run(k.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if k.hangs(words) {
					must(t, c.Hang(0))
				}
				k.compare(t, c, whatDiffers)
			})
		})
	}
	if compared < 130 {
		t.Errorf("only %d failures", compared)
	}
}

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// says tells whether a failure has some words.
func (k capture) says(words string) bool { return strings.Contains(k.Err+k.Out, words) }

// hangs tells whether a failure is that of a daemon that hangs.
func (k capture) hangs(words []string) bool { return k.says(wordsOver) && words[0] != "ban" }

// fail brings a cluster into the state that a failure is from. It reports whether there is a way.
func (k capture) fail(t *testing.T, c *Cluster, o options, words []string) bool {
	t.Helper()
	switch {
	case k.Code < 0, k.says("Failed to read nodes"), k.says("Broken CTDB setup"), k.says("Wrong version"),
		k.says("for writing"), k.says("Failed to get Public IPs from node 1"), k.says("Node 1 does not exist"):
		return false // of configurations, disks and clusters that are not simulated here
	case k.says("connect() failed"), k.says("socket connect failed"):
		must(t, c.Kill(0))
	case k.says("Node 0 has status"):
		return false // asked elsewhere
	case k.says("DISCONNECTED|DELETED"):
		c.nodes[*o.node].deleted = true
	case k.says("has status DISCONNECTED"):
		must(t, c.Kill(*o.node))
	case words[0] == "reloadnodes":
		k.failReloadNodes(c)
	case k.says("trying again"):
		must(t, c.Ban(1))
		must(t, c.Ban(2))
	case words[0] == "ban" && k.says(wordsOver):
		must(t, c.Stop(1))
		must(t, c.Stop(2))
	case words[0] == "moveip" && k.says("banned"), k.says("TAKEOVER_IP failed, ret=8"):
		k.failMoveIP(t, c, words)
	case k.says("All nodes are banned"):
		for pnn := range nodes.PNN(3) {
			must(t, c.Ban(pnn))
		}
	case words[0] == "reloadips" && k.says("Memory allocation"):
		must(t, c.Stop(2))
	default:
		k.failDatabase(c, words)
	}
	return true
}

func (k capture) failMoveIP(t *testing.T, c *Cluster, words []string) {
	t.Helper()
	for pnn := range nodes.PNN(3) {
		must(t, c.SetPublicAddressesFile(pnn, words[1]+"/24 eth0\n"))
		c.nodes[pnn].loadPublicAddresses(c.release)
		must(t, c.SetScript(pnn, "00.ctdb", "takeip", Outcome{ExitCode: 1}))
		if k.says("banned") {
			must(t, c.Ban(pnn))
		}
	}
}

func (k capture) failDatabase(c *Cluster, words []string) {
	switch {
	case words[0] == "detach" && k.says("Only volatile"):
		for _, n := range c.nodes {
			n.tunables = map[string]uint32{"AllowClientDBAttach": 0}
		}
	case words[0] == "restoredb" && k.says("failed to get db_id"):
		c.backups[words[1]] = backup{database: Database{Name: "pers1.tdb", Kind: ctdb.PersistentDatabase}}
	case k.says("No database matching"):
		for _, n := range c.nodes {
			n.databases = nil
		}
	}
}

// failReloadNodes has the nodes files differ from the nodes, or from each other.
func (k capture) failReloadNodes(c *Cluster) {
	file := "127.0.30.1\n#127.0.30.2\n127.0.30.3\n"
	if k.says("has changed") {
		file = "127.0.30.1\n127.0.30.2\n127.0.30.77\n"
	}
	for i, n := range c.nodes {
		if !k.says("differs") || i != 2 {
			n.files.nodes = []byte(file)
		}
	}
	if k.says("recoveries") {
		c.nodes[1].running, c.nodes[1].flags = false, status.FlagUnhealthy
		c.recovering = true
	}
}
