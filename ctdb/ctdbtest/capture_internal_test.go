package ctdbtest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// capture is what a real ctdb tool printed.
type capture struct {
	Release, State, Out, Err string
	Node                     nodes.PNN
	Args                     []string
	Code                     int
}

// String tells which capture it is.
func (k capture) String() string {
	return fmt.Sprintf("%s, %s, node %v: ctdb %s", k.Release, k.State, k.Node, strings.Join(k.Args, " "))
}

// captures reads what real tools printed that a parser of package status is tested with.
func captures(t *testing.T, name string) []capture {
	t.Helper()
	data, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all []capture
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for lines.Scan() {
		var one capture
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// cluster gives a cluster of the capture's release that is large enough for any.
func (k capture) cluster(t *testing.T, options Options) *Cluster {
	t.Helper()
	r, err := release.Parse(k.Release)
	if err != nil {
		t.Fatal(err)
	}
	options.Release = r
	if options.Nodes == 0 && options.Addresses == nil {
		options.Nodes = 16
	}
	return New(options)
}

// target gives the node that the capture is about.
func (k capture) target(c *Cluster) nodes.PNN {
	if o, _ := c.parse(k.Args); o.node != nil {
		return *o.node
	}
	return k.Node
}

// compare runs the capture's command and compares the answers, but for what a pattern matches.
func (k capture) compare(t *testing.T, c *Cluster, but *regexp.Regexp) {
	t.Helper()
	got, err := c.Runner(k.Node).Run(t.Context(), ctdb.Command{Name: "ctdb", Args: k.Args})
	if err != nil {
		t.Fatal(err)
	}
	want := [2]string{k.Out, k.Err}
	have := [2]string{string(got.Stdout), string(got.Stderr)}
	if but != nil {
		for i := range want {
			want[i], have[i] = but.ReplaceAllString(want[i], ""), but.ReplaceAllString(have[i], "")
		}
	}
	what := k.String()
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("%s: mismatch (-real +simulated)\n%s", what, diff)
	}
	if got.ExitCode != k.Code {
		t.Errorf("%s: exit code %d, a real one %d", what, got.ExitCode, k.Code)
	}
}

// enough makes sure that a test has seen captures of all releases.
type enough map[string]int

func (e enough) check(t *testing.T, least int) {
	t.Helper()
	for _, r := range []string{"4.13", "4.17", "4.22", "4.25"} {
		if e[r] < least {
			t.Errorf("only %d captures of %s", e[r], r)
		}
	}
	t.Log(e)
}

func TestAnswersLikeCaptures(t *testing.T) {
	t.Parallel()
	seen := enough{}
	time := regexp.MustCompile(`time=[0-9.]+ sec  \(\d+ clients\)`)
	for _, k := range captures(t, "status/testdata/captures-answers.jsonl") {
		if k.State == "h064-v6-compat.nodes" {
			continue // Go writes ::10.0.0.1 as ::a00:1
		}
		c := k.cluster(t, Options{})
		if k.setAnswer(t, c) {
			k.compare(t, c, time)
			seen[k.Release]++
		}
	}
	seen.check(t, 150)
}

// setAnswer makes a cluster one that gives the capture's answer.
func (k capture) setAnswer(t *testing.T, c *Cluster) bool {
	t.Helper()
	out := []byte(k.Out)
	n := c.nodes[k.target(c)]
	o, _ := c.parse(k.Args)
	switch o.words[0] {
	case "getpid":
		pid, err := status.ParsePID(out)
		n.pid = pid
		return err == nil
	case "listnodes":
		n.files.nodes = nodesFileOf(t, out, k.State)
	case "getreclock":
		n.lock = strings.TrimSuffix(k.Out, "\n")
	case "getdebug":
		level, err := status.ParseDebugLevel(out)
		if err != nil || n.level.UnmarshalText([]byte(level)) != nil {
			return false
		}
	case "leader", "recmaster":
		leader, err := status.ParseLeader(out)
		c.leader = leader
		return err == nil
	case "runstate":
		state, err := status.ParseRunState(out)
		n.state = state
		return err == nil
	case "getcapabilities":
		capabilities, err := status.ParseCapabilities(out)
		if err != nil {
			return false
		}
		n.noLeader, n.noLMaster = !capabilities.Leader, !capabilities.LMaster
	case "pnn", "ping":
	default:
		t.Errorf("nothing sets %q", k.Args)
	}
	return true
}

// nodesFileOf gives the file that listnodes printed.
func nodesFileOf(t *testing.T, out []byte, state string) []byte {
	t.Helper()
	list, err := status.ParseNodeList(out)
	if err != nil {
		t.Fatalf("%s: %v", state, err)
	}
	var b bytes.Buffer
	for i, n := range list.Nodes {
		pnn := nodes.PNN(i)
		if number, ok := n.PNN.Get(); ok {
			pnn = number
		}
		for bytes.Count(b.Bytes(), []byte("\n")) < int(pnn) {
			b.WriteString("#\n")
		}
		fmt.Fprintln(&b, n.Address)
	}
	return append([]byte{}, b.Bytes()...)
}

func TestUptimeLikeCaptures(t *testing.T) {
	t.Parallel()
	seen := enough{}
	for _, k := range captures(t, "status/testdata/captures-uptime.jsonl") {
		seen[k.Release]++
		synctest.Test(t, func(t *testing.T) {
			u, err := status.ParseUptime([]byte(k.Out), time.Local)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Until(u.Now))
			c := k.cluster(t, Options{})
			n := c.nodes[k.target(c)]
			n.started, n.ended = u.Started, u.Started
			if at, ok := u.Recovered.Get(); ok {
				n.ended = at
			}
			n.began = n.ended.Add(-u.RecoveryTook)
			k.compare(t, c, nil)
		})
	}
	seen.check(t, 50)
}

func TestTunablesLikeCaptures(t *testing.T) {
	t.Parallel()
	seen := enough{}
	for _, k := range captures(t, "status/testdata/captures-tunables.jsonl") {
		seen[k.Release]++
		all, err := status.ParseTunables([]byte(k.Out))
		if err != nil {
			t.Fatal(err)
		}
		c := k.cluster(t, Options{})
		n := c.nodes[k.target(c)]
		n.tunables = map[string]uint32{}
		for _, one := range all.Tunables {
			known, ok := c.lookup(one.Name)
			if !ok {
				t.Errorf("%s has no tunable %s", k.Release, one.Name)
			}
			n.tunables[known.Name] = one.Value
		}
		k.compare(t, c, nil)
	}
	seen.check(t, 30)
}

func TestDatabasesLikeCaptures(t *testing.T) {
	t.Parallel()
	seen := enough{}
	directory := regexp.MustCompile(`/[^ |@:]*(/db|/var/lib/ctdb|/var/db)/`)
	at := regexp.MustCompile(`\.tdb\.(\d+)`)
	for _, k := range captures(t, "status/testdata/captures-databases.jsonl") {
		seen[k.Release]++
		var databases []status.Database
		if all, err := status.ParseDatabaseMap([]byte(k.Out)); err == nil {
			databases = all.Databases
		} else if one, err := status.ParseDatabaseStatus([]byte(k.Out)); err == nil {
			databases = append(databases, one.Database)
		} else {
			t.Fatal(err)
		}
		k.Out = directory.ReplaceAllString(k.Out, "/var/lib/ctdb/")
		c := k.cluster(t, Options{Databases: []Database{}})
		if m := at.FindStringSubmatch(k.Out); m != nil && k.target(c).String() != m[1] {
			k.Node = nodes.PNN(readNumber(m[1], 10).value) // asked there
		}
		for _, d := range databases {
			one := attached{Database: Database{Name: d.Name, ReadOnly: d.ReadOnly, Sticky: d.Sticky}}
			switch {
			case d.Persistent:
				one.Kind = ctdb.PersistentDatabase
			case d.Replicated:
				one.Kind = ctdb.ReplicatedDatabase
			}
			for _, n := range c.nodes {
				n.databases = append(n.databases, one)
			}
		}
		k.compare(t, c, nil)
	}
	seen.check(t, 40)
}

func TestStatisticsLikeCaptures(t *testing.T) {
	t.Parallel()
	seen := enough{}
	for _, k := range captures(t, "status/testdata/captures-statistics.jsonl") {
		seen[k.Release]++
		c := k.cluster(t, Options{})
		history, err := status.ParseStats([]byte(k.Out), time.Local)
		if err != nil || len(history.Records) == 0 {
			t.Fatal(k.Args, err)
		}
		if err := c.SetStatistics(k.target(c), history.Records[0], history.Records...); err != nil {
			t.Fatal(err)
		}
		k.compare(t, c, nil)
	}
	seen.check(t, 30)
}

func TestDatabaseStatisticsLikeCaptures(t *testing.T) {
	t.Parallel()
	seen := enough{}
	for _, k := range captures(t, "status/testdata/captures-dbstatistics.jsonl") {
		seen[k.Release]++
		counted, err := status.ParseDBStatistics([]byte(k.Out))
		if err != nil {
			t.Fatal(err)
		}
		c := k.cluster(t, Options{Databases: []Database{{Name: counted.Name}}})
		if err := c.SetDatabaseStatistics(k.target(c), *counted); err != nil {
			t.Fatal(err)
		}
		k.compare(t, c, nil)
	}
	seen.check(t, 10)
}

func TestTicklesLikeCaptures(t *testing.T) {
	t.Parallel()
	seen := enough{}
	for _, k := range captures(t, "status/testdata/captures-tickles.jsonl") {
		seen[k.Release]++
		all, err := status.ParseTickles([]byte(k.Out))
		if err != nil {
			t.Fatal(err)
		}
		c := k.cluster(t, Options{})
		o, _ := c.parse(k.Args)
		c.connections = all.Connections
		n := c.nodes[k.target(c)]
		n.public = append(n.public, publicAddress{address: netip.MustParseAddr(o.words[1])})
		k.compare(t, c, nil)
	}
	seen.check(t, 20)
}

// TestIPLikeCaptures puts public addresses where a real cluster had them.
func TestIPLikeCaptures(t *testing.T) {
	t.Parallel()
	seen := enough{}
	for _, k := range captures(t, "status/testdata/captures-ip.jsonl") {
		c := k.cluster(t, Options{})
		o, _ := c.parse(k.Args)
		set := map[string]func(*testing.T, *Cluster){"ip": k.setIPs, "ipinfo": k.setIPInfo, "ifaces": k.setInterfaces}
		set[o.words[0]](t, c)
		k.compare(t, c, nil)
		seen[k.Release]++
	}
	seen.check(t, 300)
}

func (k capture) setIPs(t *testing.T, c *Cluster) {
	t.Helper()
	all, err := status.ParsePublicIPs([]byte(k.Out))
	if err != nil {
		t.Fatal(err)
	}
	for _, ip := range all.IPs {
		interfaces := ip.ConfiguredInterfaces
		if len(interfaces) == 0 {
			interfaces = []string{"p0"}
		}
		for _, n := range c.nodes {
			n.public = append(n.public, publicAddress{ip.Address, interfaces})
			n.addInterfaces(interfaces)
		}
		if pnn, ok := ip.Node.Get(); ok {
			c.places[ip.Address] = place{pnn, ip.ActiveInterface}
		}
		teller := k.target(c)
		if pnn, ok := ip.Node.Get(); ok && slices.Contains(k.Args, "all") {
			teller = pnn
		}
		for _, name := range ip.ConfiguredInterfaces {
			c.nodes[teller].links[name] = slices.Contains(ip.AvailableInterfaces, name)
		}
	}
}

// load puts addresses on an interface, so that it has as many references.
func (k capture) load(c *Cluster, pnn nodes.PNN, iface status.Interface) {
	c.nodes[pnn].links[iface.Name] = iface.Up
	for range iface.References {
		made := netip.AddrFrom4([4]byte{192, 0, 2, byte(len(c.places))})
		c.places[made] = place{pnn, iface.Name}
	}
}

func (k capture) setIPInfo(t *testing.T, c *Cluster) {
	t.Helper()
	info, err := status.ParsePublicIPInfo([]byte(k.Out))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, iface := range info.Interfaces {
		names = append(names, iface.Name)
		if iface.Name == info.ActiveInterface {
			iface.References--
		}
		k.load(c, info.PNN, iface)
	}
	c.nodes[info.PNN].public = []publicAddress{{info.Address, names}}
	if pnn, ok := info.Node.Get(); ok {
		c.places[info.Address] = place{pnn, info.ActiveInterface}
	}
}

func (k capture) setInterfaces(t *testing.T, c *Cluster) {
	t.Helper()
	all, err := status.ParseInterfaces([]byte(k.Out))
	if err != nil {
		t.Fatal(err)
	}
	for _, iface := range all.Interfaces {
		c.nodes[k.target(c)].interfaces = append(c.nodes[k.target(c)].interfaces, iface.Name)
		k.load(c, k.target(c), iface)
	}
}

func TestScriptsLikeCaptures(t *testing.T) {
	t.Parallel()
	for _, k := range captures(t, "status/testdata/captures-scripts.jsonl") {
		all, err := status.ParseEventScripts([]byte(k.Out))
		if err != nil {
			t.Fatal(err)
		}
		scripts := PackagedScripts(k.cluster(t, Options{}).release)
		for i := range scripts {
			scripts[i].Enabled = slices.Contains(all.Scripts, status.EventScript{Name: scripts[i].Name, Enabled: true})
		}
		for _, s := range all.Scripts {
			if s.Local {
				scripts = append(scripts, Script{Name: s.Name, Enabled: s.Enabled, Local: true})
			}
		}
		k.compare(t, k.cluster(t, Options{Scripts: scripts}), nil)
	}
}

// setNoEvents compares answers of a machine whose daemon for events does not run.
func (k capture) setNoEvents(t *testing.T, parsed error) bool {
	t.Helper()
	if parsed == nil {
		return false
	}
	c := k.cluster(t, Options{})
	if err := c.Kill(k.Node); err != nil {
		t.Fatal(err)
	}
	k.compare(t, c, regexp.MustCompile(`/\S+\.socket`))
	return true
}

// TestEventsLikeCaptures lets events end as they did in a real cluster. Times differ.
func TestEventsLikeCaptures(t *testing.T) {
	t.Parallel()
	seen := enough{}
	times := regexp.MustCompile(`(\d+\.\d{3} )?[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}`)
	for _, k := range captures(t, "status/testdata/captures-events.jsonl") {
		event, err := status.ParseEventStatus([]byte(k.Out), []byte(k.Err), k.Code, time.Local)
		if k.setNoEvents(t, err) {
			continue
		}
		var scripts []Script
		run := eventRun{at: time.Now()}
		for _, s := range event.Scripts {
			scripts = append(scripts, Script{Name: s.Name, Local: true, Enabled: s.State != status.ScriptDisabled})
			output := s.Output
			if strings.Contains(k.Out, "  OUTPUT: "+output+"\n\n") { // as up to 4.18, with its newline
				output += "\n"
			}
			run.scripts = append(run.scripts, scriptRun{name: s.Name, state: s.State, output: output})
			switch {
			case s.State == status.ScriptTimedOut:
				run.result = etimedout
			case s.State.IsFailure():
				run.result = max(k.Code, 1)
			}
		}
		c := k.cluster(t, Options{Scripts: scripts})
		o, _ := c.parse(k.Args)
		name := monitor
		if len(o.words) > 1 {
			name = o.words[len(o.words)-1]
		}
		delete(c.nodes[k.Node].events, name)
		if event.State == status.EventNeverRun {
			c.nodes[k.Node].state = status.RunStateFirstRecovery // nothing is monitored yet
		}
		if event.State == status.EventRan {
			run.at = time.Now().Add(time.Hour)
			c.nodes[k.Node].events[name] = run
		}
		k.compare(t, c, times)
		seen[k.Release]++
	}
	seen.check(t, 25)
}

// TestGroupsLikeCaptures gives nodes a group whose members are in the states that a real tool printed, or whose leader is
// the one that it printed.
func TestGroupsLikeCaptures(t *testing.T) {
	t.Parallel()
	seen := enough{}
	for _, k := range captures(t, "status/testdata/captures-groups.jsonl") {
		var options Options
		base := "127.0.0.0"
		if at := strings.Index(k.Out, "127.0."); at >= 0 {
			base = k.Out[at:]
		}
		for i := range 16 {
			addr := netip.MustParseAddrPort(base[:strings.IndexByte(base[6:], '.')+7] + fmt.Sprint(i+1) + ":0").Addr()
			options.Addresses = append(options.Addresses, addr)
		}
		c := k.cluster(t, options)
		file := k.setGroup(t, c)
		c.nodes[k.Node].files.natgw, c.nodes[k.Node].files.lvs = []byte(file), []byte(file)
		k.compare(t, c, nil)
		seen[k.Release]++
	}
	seen.check(t, 80)
}

// setGroup gives the file of a group that gives the capture's answer, and sets the states of its nodes.
func (k capture) setGroup(t *testing.T, c *Cluster) (file string) {
	t.Helper()
	o, _ := c.parse(k.Args)
	out := []byte(k.Out)
	const nobody = "10.9.9.9\n"
	switch o.words[0] + " " + o.words[1] {
	case "natgw status", "lvs status":
		report, err := status.ParseNodeStatus(out)
		if err != nil {
			return nobody
		}
		for _, n := range report.Nodes {
			file += n.Address.String() + "\n"
			node := c.nodes[n.PNN]
			node.flags = n.Flags &^ status.FlagDisconnected
			node.running = !n.Flags.Has(status.FlagDisconnected)
			node.partially = n.PartiallyOnline
		}
		return file
	case "natgw list":
		group, err := status.ParseNATGWList(out)
		if err != nil {
			t.Fatal(err)
		}
		led := false
		for _, m := range group.Members {
			led = led || m.Leader
			if i := slices.IndexFunc(c.nodes, func(n *node) bool { return n.address == m.Address }); !led {
				c.nodes[i].flags = status.FlagDisabled
			}
			file += m.Address.String()
			if m.FollowerOnly {
				file += " " + c.followWord()
			}
			file += "\n"
		}
		return file
	case "lvs list":
		group, err := status.ParseLVSList(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range group.Members {
			file += m.Address.String() + "\n"
		}
		return file
	}
	n := readNumber(k.Out, 10)
	if n.none {
		return nobody
	}
	return c.nodes[n.value].address.String() + "\n"
}
