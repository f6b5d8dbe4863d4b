package bench_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

// outputs has what the tool prints about a cluster of n nodes with n public addresses.
var outputs = []struct {
	name  string
	of    func(n int) string
	ours  func(out []byte) (any, error)
	plain func(out []byte) (any, error)
}{
	{"status", textStatus, reads(status.Parse), reads(plainStatus)},
	{"-X status", machineStatus, reads(status.Parse), reads(plainTable)},
	{"-X ip all", machineIPs, reads(status.ParsePublicIPs), reads(plainIPs)},
}

func reads[T any](parse func([]byte) (T, error)) func([]byte) (any, error) {
	return func(out []byte) (any, error) { return parse(out) }
}

// isLost tells which nodes are disconnected.
func isLost(pnn int) bool { return pnn%4 == 3 }

func address(i int) string { return fmt.Sprintf("10.0.%d.%d", i/250, i%250+1) }

func textStatus(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Number of nodes:%d\n", n)
	for i := range n {
		state := "OK"
		if isLost(i) {
			state = "DISCONNECTED|UNHEALTHY|INACTIVE"
		}
		if i == 0 {
			state += " (THIS NODE)"
		}
		fmt.Fprintf(&b, "pnn:%d %-16s %s\n", i, address(i), state)
	}
	fmt.Fprintf(&b, "Generation:1919983054\nSize:%d\n", n)
	for i := range n {
		fmt.Fprintf(&b, "hash:%d lmaster:%d\n", i, i)
	}
	b.WriteString("Recovery mode:NORMAL (0)\nLeader:0\n")
	return b.String()
}

func machineStatus(n int) string {
	var b strings.Builder
	b.WriteString("|Node|IP|Disconnected|Unknown|Banned|Disabled|Unhealthy|Stopped|Inactive|PartiallyOnline|ThisNode|\n")
	for i := range n {
		flags, this := "0|0|0|0|0|0|0|0", "N"
		if isLost(i) {
			flags = "1|0|0|0|1|0|1|0"
		}
		if i == 0 {
			this = "Y"
		}
		fmt.Fprintf(&b, "|%d|%s|%s|%s|\n", i, address(i), flags, this)
	}
	return b.String()
}

func machineIPs(n int) string {
	var b strings.Builder
	b.WriteString("|Public IP|Node|\n")
	for i := range n {
		fmt.Fprintf(&b, "|%s|%d|\n", address(i), i%7-1) // some are on no node
	}
	return b.String()
}

// plainCluster is what a program takes out of status that needs it once and keeps what it reads as text.
type plainCluster struct {
	nodes            []plainNode
	lmasters         []int
	generation, mode string
	leader           string
}

type plainNode struct {
	pnn     int
	address string
	flags   []string // none if it is well
	this    bool
}

// plainStatus reads the text form line by line.
func plainStatus(out []byte) (*plainCluster, error) {
	c := &plainCluster{}
	for line := range strings.SplitSeq(string(out), "\n") {
		key, rest, _ := strings.Cut(line, ":")
		switch key {
		case "pnn":
			n, err := plainLine(rest)
			if err != nil {
				return nil, err
			}
			c.nodes = append(c.nodes, n)
		case "hash":
			_, lmaster, _ := strings.Cut(rest, " lmaster:")
			pnn, err := strconv.Atoi(lmaster)
			if err != nil {
				return nil, err
			}
			c.lmasters = append(c.lmasters, pnn)
		case "Generation":
			c.generation = rest
		case "Recovery mode":
			c.mode = rest
		case "Leader", "Recovery master":
			c.leader = rest
		}
	}
	return c, nil
}

// plainLine reads "1 10.0.0.2         DISCONNECTED|UNHEALTHY|INACTIVE".
func plainLine(line string) (n plainNode, err error) {
	words := strings.Fields(line)
	if len(words) < 3 {
		return n, fmt.Errorf("a node with %d words", len(words))
	}
	n.address, n.this = words[1], strings.HasSuffix(line, "(THIS NODE)")
	if words[2] != "OK" {
		n.flags = strings.Split(words[2], "|")
	}
	n.pnn, err = strconv.Atoi(words[0])
	return n, err
}

// plainTable reads the machine form, whose columns it finds by name.
func plainTable(out []byte) (*plainCluster, error) {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	names := strings.Split(strings.Trim(lines[0], "|"), "|")
	c := &plainCluster{}
	for _, line := range lines[1:] {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if len(cells) != len(names) {
			return nil, fmt.Errorf("%d columns", len(cells))
		}
		var n plainNode
		for i, cell := range cells {
			switch name := names[i]; {
			case name == "Node":
				pnn, err := strconv.Atoi(cell)
				if err != nil {
					return nil, err
				}
				n.pnn = pnn
			case name == "IP":
				n.address = cell
			case name == "ThisNode":
				n.this = cell == "Y"
			case cell == "1":
				n.flags = append(n.flags, strings.ToUpper(name))
			}
		}
		c.nodes = append(c.nodes, n)
	}
	return c, nil
}

// plainIPs reads which node hosts which address; -1 is none.
func plainIPs(out []byte) (map[string]int, error) {
	hosts := map[string]int{}
	for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if i == 0 {
			continue
		}
		if len(cells) < 2 {
			return nil, fmt.Errorf("%d columns", len(cells))
		}
		pnn, err := strconv.Atoi(cells[1])
		if err != nil {
			return nil, err
		}
		hosts[cells[0]] = pnn
	}
	return hosts, nil
}

func BenchmarkStatus(b *testing.B) {
	for _, o := range outputs {
		for _, n := range []int{3, 64, 1000} {
			out := []byte(o.of(n))
			for _, parser := range []struct {
				name  string
				parse func([]byte) (any, error)
			}{{"go-ctdb", o.ours}, {"split", o.plain}} {
				b.Run(fmt.Sprintf("%s/%d/%s", o.name, n, parser.name), func(b *testing.B) {
					b.SetBytes(int64(len(out)))
					b.ReportAllocs()
					for b.Loop() {
						if _, err := parser.parse(out); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// TestSameStatus wants the same answer from both, as far as the plain parser has it.
func TestSameStatus(t *testing.T) {
	for _, o := range outputs {
		for _, n := range []int{3, 64, 1000} {
			t.Run(fmt.Sprintf("%s/%d", o.name, n), func(t *testing.T) {
				out := []byte(o.of(n))
				ours, err := o.ours(out)
				if err != nil {
					t.Fatal(err)
				}
				plain, err := o.plain(out)
				if err != nil {
					t.Fatal(err)
				}
				want, rows := inPlainWords(ours)
				if rows != n {
					t.Errorf("%d rows, want %d", rows, n)
				}
				if diff := cmp.Diff(want, plain, cmp.AllowUnexported(plainCluster{}, plainNode{})); diff != "" {
					t.Errorf("(-go-ctdb +split):\n%s", diff)
				}
			})
		}
	}
}

// inPlainWords gives an answer of package status as the plain parsers would, and how many rows it has.
func inPlainWords(answer any) (any, int) {
	if ips, ok := answer.(*status.PublicIPs); ok {
		hosts := map[string]int{}
		for _, ip := range ips.IPs {
			hosts[ip.Address.String()] = -1
			if pnn, ok := ip.Node.Get(); ok {
				hosts[ip.Address.String()] = int(pnn)
			}
		}
		return hosts, len(hosts)
	}
	cluster := answer.(*status.Cluster)
	plain := &plainCluster{}
	for _, n := range cluster.Nodes {
		node := plainNode{pnn: int(n.PNN), address: n.Address.String(), this: n.ThisNode}
		if !n.Healthy() {
			node.flags = strings.Split(n.State(), "|")
		}
		plain.nodes = append(plain.nodes, node)
	}
	if cluster.Form == status.FormMachine {
		return plain, len(plain.nodes)
	}
	for _, pnn := range cluster.LMasters {
		plain.lmasters = append(plain.lmasters, int(pnn))
	}
	generation, _ := cluster.Generation.Get()
	leader, _ := cluster.Leader.Get()
	mode, _ := cluster.RecoveryMode.Get()
	plain.generation, plain.leader = generation.String(), leader.String()
	plain.mode = fmt.Sprintf("%v (%d)", mode, mode)
	return plain, len(plain.nodes)
}

// TestCutStatus shows what is read less carefully: the plain parser takes half of an output for a smaller cluster.
func TestCutStatus(t *testing.T) {
	out := textStatus(12)
	cut := []byte(out[:strings.Index(out, "pnn:6 ")])
	if c, err := status.Parse(cut); err == nil {
		t.Errorf("go-ctdb reads %d nodes", len(c.Nodes))
	}
	if c, err := plainStatus(cut); err != nil || len(c.nodes) != 6 {
		t.Errorf("split reads %+v, %v", c, err)
	}
}
