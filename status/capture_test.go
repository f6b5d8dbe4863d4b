package status_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

// capture is what a real cluster's tool printed.
type capture struct {
	Release string   `json:"release"`
	State   string   `json:"state"`
	Args    []string `json:"args"`
	Code    int      `json:"code"`
	Out     string   `json:"out"`
}

func (c capture) String() string {
	return fmt.Sprintf("%s, %s: ctdb %s", c.Release, c.State, strings.Join(c.Args, " "))
}

func (c capture) isNodeStatus() bool { return slices.Contains(c.Args, "nodestatus") }

func (c capture) parse() (*status.Cluster, error) {
	if c.isNodeStatus() {
		return status.ParseNodeStatus([]byte(c.Out))
	}
	return status.Parse([]byte(c.Out))
}

// noSeparator tells whether the capture was made with an empty separator, whose columns nobody can tell apart.
func (c capture) noSeparator() bool { return strings.HasPrefix(c.Out, "NodeIP") }

func captures(tb testing.TB) []capture {
	tb.Helper()
	data, err := os.ReadFile("testdata/captures.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	var all []capture
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data))
	for lines.Scan() {
		var c capture
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			tb.Fatal(err)
		}
		all = append(all, c)
	}
	if len(all) < 1500 {
		tb.Fatalf("only %d captures", len(all))
	}
	return all
}

// TestCaptures reads what real clusters printed, prints it again from the model, and compares: nothing is lost and
// nothing is made up.
func TestCaptures(t *testing.T) {
	t.Parallel()
	forms := map[status.Form]int{}
	for _, c := range captures(t) {
		cluster, err := c.parse()
		if c.noSeparator() {
			if err == nil {
				t.Errorf("%v: a table without separators was read", c)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v\n%s", c, err, c.Out)
			continue
		}
		if err := cluster.Unparsed.Err(); err != nil {
			t.Errorf("%v: %v", c, err)
		}
		forms[cluster.Form]++
		var want, got string
		switch cluster.Form {
		case status.FormText:
			want, got = strings.NewReplacer("Recovery master:-1", "Leader:UNKNOWN", "Recovery master:", "Leader:").Replace(c.Out), cluster.String()
		case status.FormMachine:
			want, got = c.Out, machineTable(cluster, c.Out)
		case status.FormJSON:
			want, got = compact(t, c.Out), compact(t, toolJSON(t, cluster))
		case status.FormSocket: // is no output
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v: mismatch (-want +got)\n%s", c, diff)
		}
	}
	for _, form := range []status.Form{status.FormText, status.FormMachine, status.FormJSON} {
		if forms[form] < 30 {
			t.Errorf("only %d captures in %v form", forms[form], form)
		}
	}
}

// TestNodeStatusExitCode holds the exit code of real runs of nodestatus against the flags that they printed.
func TestNodeStatusExitCode(t *testing.T) {
	t.Parallel()
	for _, c := range captures(t) {
		cluster, err := c.parse()
		if err != nil || !c.isNodeStatus() {
			continue
		}
		var all status.Flags
		for _, n := range cluster.Nodes {
			all |= n.Flags
		}
		if int(all) != c.Code {
			t.Errorf("%v: flags %v, exit code %d\n%s", c, all, c.Code, c.Out)
		}
	}
}

// machineTable prints nodes as the machine form with the separator and columns of an output.
func machineTable(c *status.Cluster, like string) string {
	header, _, _ := strings.Cut(like, "\n")
	sep := header[:strings.Index(header, "Node")]
	var b strings.Builder
	fmt.Fprintln(&b, header)
	bit := map[bool]string{false: "0", true: "1"}
	for _, n := range c.Nodes {
		for column := range strings.SplitSeq(strings.TrimSuffix(header[len(sep):], sep), sep) {
			cell := map[string]string{
				"Node":            n.PNN.String(),
				"IP":              n.Address.String(),
				"Disconnected":    bit[n.Flags.Has(status.FlagDisconnected)],
				"Unknown":         bit[n.Flags.Has(status.FlagUnknown)],
				"Banned":          bit[n.Flags.Has(status.FlagBanned)],
				"Disabled":        bit[n.Flags.Has(status.FlagDisabled)],
				"Unhealthy":       bit[n.Flags.Has(status.FlagUnhealthy)],
				"Stopped":         bit[n.Flags.Has(status.FlagStopped)],
				"Inactive":        bit[n.Flags.Inactive()],
				"PartiallyOnline": bit[n.PartiallyOnline],
				"ThisNode":        map[bool]string{false: "N", true: "Y"}[n.ThisNode],
			}[column]
			b.WriteString(sep + cell)
		}
		b.WriteString(sep + "\n")
	}
	return b.String()
}

// toolJSON prints a cluster as the tool's own JSON.
func toolJSON(tb testing.TB, c *status.Cluster) string {
	nodes := map[string]any{}
	for _, n := range c.Nodes {
		nodes[n.PNN.String()] = map[string]any{
			"pnn": n.PNN, "address": n.Address, "partially_online": n.PartiallyOnline, "flags_raw": uint32(n.Flags),
			"flags_ok": n.Flags == 0, "this_node": n.ThisNode,
			"flags": map[string]bool{
				"disconnected": n.Flags.Has(status.FlagDisconnected), "unknown": n.Flags.Has(status.FlagUnknown),
				"disabled": n.Flags.Has(status.FlagDisabled), "banned": n.Flags.Has(status.FlagBanned),
				"unhealthy": n.Flags.Has(status.FlagUnhealthy), "deleted": n.Flags.Has(status.FlagDeleted),
				"stopped": n.Flags.Has(status.FlagStopped), "inactive": n.Flags.Inactive(),
			},
		}
	}
	hashes := []any{}
	for hash, lmaster := range c.LMasters {
		hashes = append(hashes, map[string]any{"hash": hash, "lmaster": lmaster})
	}
	mode, _ := c.RecoveryMode.Get()
	leader, ok := c.Leader.Get()
	if !ok {
		leader = 4294967295
	}
	count, _ := c.NodeCount.Get()
	deleted, _ := c.DeletedCount.Get()
	out, err := json.Marshal(map[string]any{
		"node_status":   map[string]any{"node_count": count, "deleted_node_count": deleted, "nodes": nodes},
		"vnn_status":    map[string]any{"generation": c.Generation, "size": len(c.LMasters), "vnn_map": hashes},
		"recovery_mode": mode.String(), "recovery_mode_raw": uint32(mode), "leader": leader,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return string(out)
}

// compact puts JSON into one shape, keys in order.
func compact(tb testing.TB, text string) string {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		tb.Fatal(err)
	}
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(out)
}
