package status_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// queryCapture is a capture of a command that has no file of captures of its own.
type queryCapture struct {
	capture
	Node int `json:"node"` // whose tool was run
}

// command gives the name of the command that was run.
func (c queryCapture) command() string {
	for _, arg := range c.Args {
		if _, ok := reprints[arg]; ok {
			return arg
		}
	}
	return ""
}

func queryCaptures(tb testing.TB, name string, atLeast int) []queryCapture {
	tb.Helper()
	data, err := os.ReadFile("testdata/captures-" + name + ".jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	var all []queryCapture
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data))
	for lines.Scan() {
		var c queryCapture
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			tb.Fatal(err)
		}
		all = append(all, c)
	}
	if len(all) < atLeast {
		tb.Fatalf("only %d captures", len(all))
	}
	return all
}

// reprints has, for each command, what reads an output and prints it again from the model, in the same form.
var reprints = map[string]func(out string) (string, error){
	"ip":              reprintIPs,
	"ipinfo":          reprintIPInfo,
	"ifaces":          reprintInterfaces,
	"listnodes":       reprintNodeList,
	"getcapabilities": reprintCapabilities,
	"uptime":          reprintUptime,
	"ping":            reprintPing,
	"leader":          reprintLeader,
	"recmaster":       reprintLeader,
	"runstate":        reprintRunState,
	"pnn":             reprint(status.ParsePNN),
	"getpid":          reprint(status.ParsePID),
	"getdebug":        reprint(status.ParseDebugLevel),
	"getreclock":      reprintLock,
}

// TestQueryCaptures reads what real clusters printed, prints it again from the model, and compares: nothing is lost and
// nothing is made up.
func TestQueryCaptures(t *testing.T) {
	t.Parallel()
	for name, atLeast := range map[string]int{"ip": 1400, "uptime": 250, "answers": 900} {
		for _, c := range queryCaptures(t, name, atLeast) {
			c.Out = strings.ReplaceAll(c.Out, "::10.0.0.1", "::a00:1") // the C library's way to print ::/96
			got, err := reprints[c.command()](c.Out)
			if err != nil {
				t.Errorf("%v: %v\n%s", c, err, c.Out)
			} else if diff := cmp.Diff(c.Out, got); diff != "" {
				t.Errorf("%v: mismatch (-want +got)\n%s", c, diff)
			}
		}
	}
}

// TestQueryCapturesRefused holds the parsers against each other's output: nothing is taken for something else.
func TestQueryCapturesRefused(t *testing.T) {
	t.Parallel()
	same := map[string]string{"recmaster": "leader", "pnn": "leader", "getpid": "leader", "runstate": "getdebug"}
	kind := func(command string) string {
		if other, ok := same[command]; ok {
			return other
		}
		return command
	}
	for _, name := range []string{"ip", "uptime", "answers"} {
		for i, c := range queryCaptures(t, name, 100) {
			if i%20 != 0 || strings.TrimSpace(c.Out) == "" {
				continue
			}
			for command := range reprints {
				if kind(command) == kind(c.command()) || command == "getreclock" {
					continue
				}
				if got, err := reprints[command](c.Out); err == nil && strings.Count(c.Out, "\n") > 1 {
					t.Errorf("%v: %s takes it for\n%s", c, command, got)
				}
			}
		}
	}
}

func reprint[T any](parse func([]byte) (T, error)) func(out string) (string, error) {
	return func(out string) (string, error) {
		v, err := parse([]byte(out))
		return fmt.Sprintln(v), err
	}
}

func reprintLock(out string) (string, error) {
	lock, err := status.ParseClusterLock([]byte(out))
	if lock == "" {
		return "", err
	}
	return lock + "\n", err
}

func reprintLeader(out string) (string, error) {
	leader, err := status.ParseLeader([]byte(out))
	if leader.IsUnknown() {
		if strings.HasPrefix(out, "4") { // recmaster
			return "4294967295\n", err
		}
		return "UNKNOWN\n", err
	}
	return fmt.Sprintln(leader), err
}

func reprintRunState(out string) (string, error) {
	state, err := status.ParseRunState([]byte(out))
	if strings.HasPrefix(out, "CTDB") {
		return fmt.Sprintf("CTDB not in required run state (got %s)\n", state), err
	}
	return fmt.Sprintln(state), err
}

func reprintPing(out string) (string, error) {
	p, err := status.ParsePing([]byte(out))
	if err != nil {
		return "", err
	}
	return printPing(p), nil
}

func printPing(p *status.Ping) string {
	return fmt.Sprintf("response from %d time=%s sec  (%d clients)\n", uint32(p.PNN),
		printSeconds(p.RoundTrip), p.Clients)
}

// printSeconds prints microseconds exactly.
func printSeconds(d time.Duration) string {
	sign, us := "", d.Microseconds()
	if us < 0 {
		sign, us = "-", -us
	}
	return fmt.Sprintf("%s%d.%06d", sign, us/1e6, us%1e6)
}

func reprintUptime(out string) (string, error) {
	u, err := status.ParseUptime([]byte(out), time.UTC)
	if err != nil {
		return "", err
	}
	return printUptime(u), u.Unparsed.Err()
}

func printUptime(u *status.Uptime) string {
	recovered, ok := u.Recovered.Get()
	if !ok {
		recovered = u.Started
	}
	since := func(t time.Time) string {
		s := int(u.Now.Sub(t) / time.Second)
		return fmt.Sprintf("(%03d %02d:%02d:%02d) %s", s/86400, s/3600%24, s/60%60, s%60, t.Format(time.ANSIC))
	}
	pnn := ""
	if n, ok := u.PNN.Get(); ok {
		pnn = strconv.FormatUint(uint64(n), 10)
	}
	return fmt.Sprintf("Current time of node %-4s     :                %s\n"+
		"Ctdbd start time              : %s\nTime of last recovery/failover: %s\n"+
		"Duration of last recovery/failover: %s seconds\n",
		pnn, u.Now.Format(time.ANSIC), since(u.Started), since(recovered), printSeconds(u.RecoveryTook))
}

func reprintIPs(out string) (string, error) {
	p, err := status.ParsePublicIPs([]byte(out))
	if err != nil {
		return "", err
	}
	return printIPs(p, separatorOf(out, "Public IP")), p.Unparsed.Err()
}

// separatorOf gives what stands before the first column.
func separatorOf(out, first string) string {
	sep, _, _ := strings.Cut(out, first)
	return sep
}

func printIPs(p *status.PublicIPs, sep string) string {
	var b strings.Builder
	row := func(cells ...string) { fmt.Fprintln(&b, sep+strings.Join(cells, sep)+sep) }
	verbose := []string{"ActiveInterfaces", "AvailableInterfaces", "ConfiguredInterfaces"}
	switch {
	case p.Form == status.FormText:
		title := "ALL nodes"
		if pnn, ok := p.PNN.Get(); ok {
			title = fmt.Sprintf("node %d", uint32(pnn))
		}
		fmt.Fprintln(&b, "Public IPs on", title)
	case p.Verbose:
		row(append([]string{"Public IP", "Node"}, verbose...)...)
	default:
		row("Public IP", "Node")
	}
	for _, ip := range p.IPs {
		node := "-1"
		if pnn, ok := ip.Node.Get(); ok {
			node = fmt.Sprint(uint32(pnn))
		}
		available, configured := strings.Join(ip.AvailableInterfaces, ","), strings.Join(ip.ConfiguredInterfaces, ",")
		switch {
		case p.Form == status.FormText && p.Verbose:
			fmt.Fprintf(&b, "%v node[%s] active[%s] available[%s] configured[%s]\n",
				ip.Address, node, ip.ActiveInterface, available, configured)
		case p.Form == status.FormText:
			fmt.Fprintln(&b, ip.Address, node)
		case p.Verbose:
			row(ip.Address.String(), node, ip.ActiveInterface, available, configured)
		default:
			row(ip.Address.String(), node)
		}
	}
	return b.String()
}

func reprintInterfaces(out string) (string, error) {
	i, err := status.ParseInterfaces([]byte(out))
	if err != nil {
		return "", err
	}
	return printInterfaces(i, separatorOf(out, "Name")), i.Unparsed.Err()
}

func printInterfaces(i *status.Interfaces, sep string) string {
	var b strings.Builder
	pnn, _ := i.PNN.Get()
	switch {
	case i.Form == status.FormMachine:
		fmt.Fprintln(&b, strings.Join([]string{"", "Name", "LinkStatus", "References", ""}, sep))
	case len(i.Interfaces) == 0:
		fmt.Fprintf(&b, "No interfaces configured on node %d\n", uint32(pnn))
	default:
		fmt.Fprintf(&b, "Interfaces on node %d\n", uint32(pnn))
	}
	for _, iface := range i.Interfaces {
		if i.Form == status.FormMachine {
			up := map[bool]string{false: "0", true: "1"}[iface.Up]
			fmt.Fprintln(&b, strings.Join([]string{"", iface.Name, up, strconv.Itoa(iface.References), ""}, sep))
			continue
		}
		fmt.Fprintf(&b, "name:%s link:%s references:%d\n", iface.Name, linkWord(iface), iface.References)
	}
	return b.String()
}

func linkWord(iface status.Interface) string {
	return map[bool]string{false: "down", true: "up"}[iface.Up]
}

func reprintIPInfo(out string) (string, error) {
	i, err := status.ParsePublicIPInfo([]byte(out))
	if err != nil {
		return "", err
	}
	return printIPInfo(i), i.Unparsed.Err()
}

func printIPInfo(i *status.PublicIPInfo) string {
	var b strings.Builder
	node, ok := i.Node.Get()
	if !ok {
		node = nodes.NoPNN
	}
	fmt.Fprintf(&b, "Public IP[%v] info on node %d\nIP:%v\nCurrentNode:%d\nNumInterfaces:%d\n",
		i.Address, uint32(i.PNN), i.Address, uint32(node), len(i.Interfaces))
	for n, iface := range i.Interfaces {
		active := ""
		if iface.Name == i.ActiveInterface {
			active = " (active)"
		}
		fmt.Fprintf(&b, "Interface[%d]: Name:%s Link:%s References:%d%s\n",
			n+1, iface.Name, linkWord(iface), iface.References, active)
	}
	return b.String()
}

func reprintNodeList(out string) (string, error) {
	l, err := status.ParseNodeList([]byte(out))
	if err != nil {
		return "", err
	}
	return printNodeList(l, out[:max(0, strings.IndexAny(out, "0123456789"))]), l.Unparsed.Err()
}

func printNodeList(l *status.NodeList, sep string) string {
	var b strings.Builder
	for _, n := range l.Nodes {
		if pnn, ok := n.PNN.Get(); ok {
			fmt.Fprintf(&b, "%s%d%s%v%s\n", sep, uint32(pnn), sep, n.Address, sep)
		} else {
			fmt.Fprintln(&b, n.Address)
		}
	}
	return b.String()
}

func reprintCapabilities(out string) (string, error) {
	c, err := status.ParseCapabilities([]byte(out))
	if err != nil {
		return "", err
	}
	leader := "LEADER"
	if strings.Contains(out, "RECMASTER") {
		leader = "RECMASTER"
	}
	return printCapabilities(c, separatorOf(out, leader), leader), c.Unparsed.Err()
}

func printCapabilities(c *status.Capabilities, sep, leader string) string {
	if c.Form == status.FormMachine {
		bit := map[bool]string{false: "0", true: "1"}
		return strings.Join([]string{"", leader, "LMASTER", "\n"}, sep) +
			strings.Join([]string{"", bit[c.Leader], bit[c.LMaster], "\n"}, sep)
	}
	word := map[bool]string{false: "NO", true: "YES"}
	return fmt.Sprintf("%s: %s\nLMASTER: %s\n", leader, word[c.Leader], word[c.LMaster])
}

// TestQueryFormsAgree compares what the text and the machine form said of one state of a cluster, unless one of the
// forms was captured twice and was seen to change.
func TestQueryFormsAgree(t *testing.T) {
	t.Parallel()
	all := append(queryCaptures(t, "ip", 1000), queryCaptures(t, "answers", 500)...)
	text, machine := map[string]any{}, map[string]any{}
	changed := map[string]bool{}
	keep := func(models map[string]any, key string, model any) {
		if before, ok := models[key]; ok && !cmp.Equal(before, model, queryOptions...) {
			changed[key] = true
		}
		models[key] = model
	}
	for _, c := range all {
		key, isMachine, model := c.reading(t)
		switch {
		case model == nil:
		case isMachine:
			keep(machine, key, model)
		default:
			keep(text, key, model)
		}
	}
	pairs := map[string]int{}
	for key, model := range text {
		other, ok := machine[key]
		if !ok || changed[key] || key == "4.22 ipv6/0 ip ip all -v" { // an address moved between the two
			continue
		}
		pairs[strings.Fields(key)[2]]++
		if diff := cmp.Diff(model, other, queryOptions...); diff != "" {
			t.Errorf("%s: mismatch (-text +machine)\n%s", key, diff)
		}
	}
	for command, atLeast := range map[string]int{"ip": 150, "ifaces": 50, "listnodes": 50, "getcapabilities": 3} {
		if pairs[command] < atLeast {
			t.Errorf("only %d pairs of %s", pairs[command], command)
		}
	}
}

// queryOptions leaves out what one of the forms lacks.
var queryOptions = cmp.Options{
	addresses,
	cmpopts.IgnoreFields(status.PublicIPs{}, "Form", "All", "PNN", "Verbose"),
	cmpopts.IgnoreFields(status.Interfaces{}, "Form", "PNN"),
	cmpopts.IgnoreFields(status.NodeList{}, "Form"),
	cmpopts.IgnoreFields(status.ListedNode{}, "PNN"),
	cmpopts.IgnoreFields(status.Capabilities{}, "Form"),
}

// reading gives what a capture is about, without the form, and its model.
func (c queryCapture) reading(t *testing.T) (key string, isMachine bool, model any) {
	t.Helper()
	node, words := strconv.Itoa(c.Node), []string{}
	for i := 0; i < len(c.Args); i++ {
		switch arg := c.Args[i]; arg {
		case "-X", "-Y":
			isMachine = true
		case "-Xv", "-vX":
			isMachine = true
			words = append(words, "-v")
		case "-n":
			i++
			node = c.Args[i]
		case "-x":
			i++
		default:
			words = append(words, arg)
		}
	}
	slices.Sort(words)
	slices.Reverse(words) // options last
	var err error
	switch out := []byte(c.Out); c.command() {
	case "ip":
		model, err = status.ParsePublicIPs(out)
	case "ifaces":
		model, err = status.ParseInterfaces(out)
	case "listnodes":
		model, err = status.ParseNodeList(out)
	case "getcapabilities":
		model, err = status.ParseCapabilities(out)
	}
	if err != nil {
		t.Errorf("%v: %v", c, err)
	}
	key = strings.Join([]string{c.Release, c.State + "/" + node, c.command(), strings.Join(words, " ")}, " ")
	return key, isMachine, model
}
