//go:build linux

package status_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// TestRealQueries reads what the tools of all releases that are there say of a running cluster.
func TestRealQueries(t *testing.T) {
	options := realctdb.Options{
		Nodes: 3, Deleted: []int{1},
		PublicAddresses: func(octet, _ int) string {
			return fmt.Sprintf("127.78.%d.101/32 lo\n127.78.%d.102/32 lo\n", octet, octet)
		},
	}
	realctdb.Each(t, options, func(t *testing.T, c *realctdb.Cluster) {
		tool := realTool{t, c}
		tool.formsAgree()
		tool.publicIPs()
		tool.uptime()
		tool.answers()
		tool.nodeStatus()
	})
}

// realTries is how often a cluster is asked until it has settled.
const realTries = 1000

// realTool runs the tool of a real cluster's first node.
type realTool struct {
	t       *testing.T
	cluster *realctdb.Cluster
}

// run gives the tool's output and exit code.
func (r realTool) run(args ...string) ([]byte, int) {
	r.t.Helper()
	cmd := ctdb.Command{Name: "ctdb", Args: args, Env: []string{"TZ=XYZ-03"}} // three hours east of Greenwich
	result, err := r.cluster.Runner(0).Run(r.t.Context(), cmd)
	if err != nil {
		r.t.Fatalf("%v: %v", args, err)
	}
	return result.Stdout, result.ExitCode
}

// formsAgree compares the text form with both machine forms, of a moment in which nothing changed.
func (r realTool) formsAgree() {
	r.t.Helper()
	for _, command := range []string{"ip", "ip all", "-v ip", "-v ip all", "ifaces", "listnodes", "getcapabilities"} {
		words := strings.Fields(command)
		for _, form := range []string{"-X", "-Y"} {
			r.formAgrees(words, form)
		}
	}
}

func (r realTool) formAgrees(words []string, form string) {
	r.t.Helper()
	for range realTries {
		before, text := r.read(words)
		_, machine := r.read(append([]string{form}, words...))
		if after, _ := r.read(words); after != before {
			continue // an address moved
		}
		if diff := cmp.Diff(text, machine, queryOptions...); diff != "" {
			r.t.Errorf("%v: mismatch (-text +%s)\n%s", words, form, diff)
		}
		return
	}
	r.t.Errorf("%v changes all the time", words)
}

// read gives what the tool prints and its model.
func (r realTool) read(args []string) (string, any) {
	r.t.Helper()
	out, code := r.run(args...)
	c := queryCapture{capture: capture{Args: args, Out: string(out)}}
	_, _, model := c.reading(r.t)
	if again, err := reprints[c.command()](c.Out); err != nil || code != 0 || again != c.Out {
		r.t.Fatalf("%v exits with %d; error %v; it prints\n%sand is printed again as\n%s", args, code, err, out, again)
	}
	return c.Out, model
}

// publicIPs waits until the addresses have a node, and asks each of them for itself.
func (r realTool) publicIPs() {
	r.t.Helper()
	for range realTries {
		_, model := r.read([]string{"-v", "ip", "all"})
		ips, ok := model.(*status.PublicIPs)
		if !ok || len(ips.IPs) != 2 {
			r.t.Fatalf("got %+v", model)
		}
		settled := true
		for _, ip := range ips.IPs {
			out, code := r.run("ipinfo", ip.Address.String())
			info, err := status.ParsePublicIPInfo(out)
			if err != nil || code != 0 || info.Address != ip.Address || len(info.Interfaces) != 1 {
				r.t.Fatalf("ipinfo exits with %d; got %+v, error %v", code, info, err)
			}
			settled = settled && ip.Assigned() && info.Node == ip.Node
		}
		if settled {
			return
		}
	}
	r.t.Error("the addresses don't settle")
}

func (r realTool) uptime() {
	r.t.Helper()
	before := time.Now().Truncate(time.Second)
	out, code := r.run("uptime")
	u, err := status.ParseUptime(out, time.FixedZone("", 3*60*60))
	if err != nil || code != 0 {
		r.t.Fatalf("uptime exits with %d; error %v", code, err)
	}
	if after := time.Now(); u.Now.Before(before) || u.Now.After(after) || !u.PNN.Is(0) {
		r.t.Errorf("%v was between %v and %v", u.Now, before, after)
	}
	if recovered, ok := u.Recovered.Get(); !ok || recovered.Before(u.Started) || recovered.After(u.Now) {
		r.t.Errorf("got %+v", u)
	}
}

func (r realTool) answers() {
	r.t.Helper()
	leader := "leader"
	if !r.cluster.Release().HasLeader() {
		leader = "recmaster"
	}
	for _, args := range []string{
		leader, "pnn", "getreclock", "runstate", "ping", "getpid", "getdebug", "runstate running",
	} {
		r.read(strings.Fields(args))
	}
	out, code := r.run("runstate", "startup")
	if state, err := status.ParseRunState(out); err != nil || code != 1 || state != status.RunStateRunning {
		r.t.Errorf("runstate startup exits with %d; got %v, error %v", code, state, err)
	}
	out, _ = r.run("getpid")
	pid, err := status.ParsePID(out)
	if err != nil {
		r.t.Fatal(err)
	}
	comm, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	if err != nil || !strings.HasPrefix(string(comm), "ctdbd") {
		r.t.Errorf("process %d is %q, error %v", pid, comm, err)
	}
}

func (r realTool) nodeStatus() {
	r.t.Helper()
	for _, args := range []string{"nodestatus all", "-X nodestatus all", "nodestatus 2", "nodestatus"} {
		out, code := r.run(strings.Fields(args)...)
		if nodes, flags, err := status.ParseNodeStatusExit(out, code); err != nil || len(nodes.Nodes) == 0 {
			r.t.Errorf("%s: %v, error %v", args, flags, err)
		}
	}
	out, code := r.run("nodestatus", "1") // deleted
	if nodes, flags, err := status.ParseNodeStatusExit(out, code); err != nil || len(nodes.Nodes) != 0 || flags != 0 {
		r.t.Errorf("a deleted node: %+v, %v, error %v", nodes, flags, err)
	}
	out, code = r.run("nodestatus", "17")
	if _, flags, err := status.ParseNodeStatusExit(out, code); err == nil {
		r.t.Errorf("a node that is not there: exit code %d, %v", code, flags)
	}
}
