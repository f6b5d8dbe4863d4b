//go:build linux

package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/status"
)

// flapping is an event script that fails while a file is there.
const flapping = "#!/bin/sh\nif [ \"$1\" = monitor ] && [ -e \"$CTDB_BASE/sick\" ] ; then\n\techo sick\n\texit 1\nfi\nexit 0\n"

// TestReal runs the program on node 0 of real clusters of each release, in the node's own root, and makes every call
// of the documentation: what it answers, what the ctdb tool sees then, and what is on disk. The steps build on each
// other.
func TestReal(t *testing.T) {
	options := realctdb.NetOptions{
		Nodes: 3, Spare: 1, Public: 2, Scripts: map[string]string{"60.flapping": flapping},
	}
	realctdb.Releases(t) // skips before anything is built
	program := buildReal(t)
	realctdb.EachNet(t, options, func(t *testing.T, c *realctdb.NetCluster) {
		r := startReal(t, c, program)
		c.WaitHealthy(t)
		for _, step := range []struct {
			name string
			run  func(*testing.T, *realSite)
		}{
			{"strangers", realStrangers},
			{"status", realStatus},
			{"conf", realConf},
			{"nodes", realNodes},
			{"link", realLink},
			{"add and delete a node", realReloadNodes},
			{"addresses", realAddresses},
			{"event", realEvent},
			{"log", realLog},
			{"down", realDown},
		} {
			if !t.Run(step.name, func(t *testing.T) { step.run(t, r) }) {
				return
			}
		}
	})
}

// realSite is a server on node 0 of a real cluster.
type realSite struct {
	*realctdb.NetCluster
	client *http.Client
}

// buildReal builds the program.
func buildReal(t *testing.T) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "restapi")
	build := exec.Command("go", "build", "-o", file, "..")
	build.Env = append(build.Environ(), "CGO_ENABLED=0") // the roots may have other C libraries
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// startReal starts the program on node 0. It listens on a socket, which can be reached from outside of the node.
func startReal(t *testing.T, c *realctdb.NetCluster, program []byte) *realSite {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.Dir(0), "restapi"), program, 0o755); err != nil {
		t.Fatal(err)
	}
	inside := "/" + strings.TrimPrefix(strings.TrimPrefix(c.Dir(0), c.Root()), "/")
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		result, err := c.Runner(0).Run(ctx, ctdb.Command{
			Name: inside + "/restapi", Args: []string{"-listen", "unix:/etc/ctdb/api.sock", "-dfs-marker", ".mounted"},
			Env: []string{"CTDB_API_TOKEN=" + secret},
		})
		if t.Failed() || !errors.Is(err, context.Canceled) {
			t.Logf("the server ended with %v, exit code %d: %s", err, result.ExitCode, result.Stderr)
		}
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	socket := filepath.Join(c.Dir(0), "api.sock")
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	c.WaitFor(t, "the server", func(ctx context.Context) bool {
		conn, err := dial(ctx, "", "")
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return &realSite{NetCluster: c, client: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

// do sends a request to the server.
func (r *realSite) do(t *testing.T, method, path, body, token string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://localhost"+api.Prefix+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("token", token)
	request.Header.Set("Content-Type", "application/json")
	resp, err := r.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{resp.StatusCode, resp.Header, string(text)}
	checkDocumented(t, request, a)
	return a
}

func (r *realSite) get(t *testing.T, path string) answer {
	t.Helper()
	return r.do(t, http.MethodGet, path, "{}", secret)
}

func (r *realSite) post(t *testing.T, path, body string) answer {
	t.Helper()
	return r.do(t, http.MethodPost, path, body, secret)
}

// read gives a file of a node.
func (r *realSite) read(t *testing.T, pnn int, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.Dir(pnn), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (r *realSite) write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// addresses gives the private addresses of the first nodes.
func (r *realSite) addresses(count int) []string {
	var all []string
	for pnn := range count {
		all = append(all, r.Address(pnn).String())
	}
	return all
}

func realStrangers(t *testing.T, r *realSite) {
	r.do(t, http.MethodGet, "status", "", "another-token-than-that").fails(t, http.StatusUnauthorized, api.CodeUnauthorized)
}

func realStatus(t *testing.T, r *realSite) {
	var got struct {
		Raw    string
		Parsed struct {
			NumOfNodes, RecoveryMaster, Size, Hash string
			Nodes                                  []struct{ PNN, Address, Status string }
		}
	}
	want := ""
	r.WaitFor(t, "the status that the tool prints", func(context.Context) bool { // nodes may have come up just now
		want = string(r.Tool(t, 0, "status").Stdout)
		if err := json.Unmarshal([]byte(r.get(t, "status").body), &got); err != nil {
			t.Error(err)
		}
		return got.Raw == want
	})
	p := got.Parsed
	if p.NumOfNodes != "3" || p.Size != "3" || p.Hash != "2" || len(p.Nodes) != 3 || !strings.HasSuffix(want, ":"+p.RecoveryMaster+"\n") {
		t.Errorf("got %+v", p)
	}
	for i, n := range p.Nodes {
		if n.PNN != fmt.Sprint(i) || n.Address != r.Address(i).String() || n.Status != "OK" {
			t.Errorf("got %+v", n)
		}
	}
}

func realConf(t *testing.T, r *realSite) {
	before := r.read(t, 0, "ctdb.conf")
	r.get(t, "conf").wants(t, http.StatusOK, `{"raw":`+quoted(before)+`}`)
	changed := before + "# by the API\n[legacy]\n\tscript log level = NOTICE\n"
	r.post(t, "conf", `{"raw":`+quoted(changed)+`}`).wants(t, http.StatusOK, "{}")
	if diff := cmp.Diff(changed, r.read(t, 0, "ctdb.conf")); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	for _, bad := range []string{"[legacy]\nscript log level = LOUD\n", "[cluster\n"} {
		r.post(t, "conf", `{"raw":`+quoted(before+bad)+`}`).fails(t, http.StatusUnprocessableEntity, api.CodeRefused)
	}
	if diff := cmp.Diff(changed, r.read(t, 0, "ctdb.conf")); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	r.Tool(t, 0, "ping") // since 4.22 the tool reads the file
	r.post(t, "conf", `{"raw":`+quoted(before)+`}`).wants(t, http.StatusOK, "{}")
}

func realNodes(t *testing.T, r *realSite) {
	all := r.addresses(3)
	before := r.read(t, 0, "nodes")
	r.get(t, "nodes").wants(t, http.StatusOK, `{"nodes":["`+strings.Join(all, `","`)+`"]}`)
	r.post(t, "nodes", list(all[2], all[0], all[1])).wants(t, http.StatusOK, "{}")
	r.post(t, "nodes?reload=1", list(all[2], all[0], all[1])).wants(t, http.StatusOK,
		`{"changes":[],"reload":{"changes":[],"disconnected":[]}}`)
	r.post(t, "nodes?force=1", list(all[2], all[0], all[1])).fails(t, http.StatusConflict, api.CodeRunning)
	if diff := cmp.Diff(before, r.read(t, 0, "nodes")); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
}

// realLink links all nodes to a directory that stands for the cluster file system: node 0 by the API, the others by
// hand.
func realLink(t *testing.T, r *realSite) {
	shared := filepath.Join(filepath.Dir(r.Dir(0)), "dfs")
	inside := "/" + strings.TrimPrefix(strings.TrimPrefix(shared, r.Root()), "/")
	r.post(t, "link", `{"dfsPath":`+quoted(inside)+`}`).fails(t, http.StatusConflict, api.CodeNotMounted)
	r.write(t, shared+"/.ctdb/nodes", strings.Join([]string{r.Address(1).String(), r.Address(0).String(), ""}, "\n"))
	r.write(t, shared+"/.ctdb/public_addresses", r.read(t, 0, "public_addresses"))
	r.post(t, "link", `{"dfsPath":`+quoted(inside)+`}`).fails(t, http.StatusConflict, api.CodeWouldBreak)
	r.write(t, shared+"/.ctdb/nodes", r.read(t, 0, "nodes"))
	r.post(t, "link", `{"dfsPath":`+quoted(inside)+`}`).fails(t, http.StatusConflict, api.CodeNotMounted)
	r.write(t, shared+"/.ctdb/.mounted", "")
	r.post(t, "link", `{"dfsPath":`+quoted(inside)+`}`).wants(t, http.StatusOK, "{}")
	for _, name := range []string{"nodes", "public_addresses"} {
		if target, err := os.Readlink(filepath.Join(r.Dir(0), name)); err != nil || target != inside+"/.ctdb/"+name {
			t.Errorf("%s: %s, %v", name, target, err)
		}
		for pnn := 1; pnn < 4; pnn++ {
			file := filepath.Join(r.Dir(pnn), name)
			if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			if err := os.Symlink(inside+"/.ctdb/"+name, file); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := r.Tool(t, 1, "listnodes"); strings.Count(string(got.Stdout), "\n") != 3 {
		t.Errorf("got %s %s", got.Stdout, got.Stderr)
	}
}

func realReloadNodes(t *testing.T, r *realSite) {
	all := r.addresses(4)
	r.post(t, "nodes", list(all...)).wants(t, http.StatusOK, "{}")
	r.StartNode(t, 3)
	r.post(t, "nodes?reload=1", list(all...)).wants(t, http.StatusOK,
		`{"changes":[],"reload":{"changes":[{"kind":"added","pnn":"3"}],"disconnected":[]}}`)
	r.waitForNode(t, 3, "OK")
	r.post(t, "nodes?reload=1", list(all[:3]...)).fails(t, http.StatusConflict, api.CodeConnected)
	r.Kill(t, 3)
	r.waitForNode(t, 3, "DISCONNECTED|UNHEALTHY|INACTIVE")
	r.post(t, "nodes?reload=1", list(all[:3]...)).wants(t, http.StatusOK,
		`{"changes":[{"kind":"deleted","pnn":"3","old":"`+all[3]+`"}],"reload":{"changes":[{"kind":"deleted","pnn":"3"}],"disconnected":[]}}`)
	if got := r.read(t, 0, ".."+"/dfs/.ctdb/nodes"); got != strings.Join(all[:3], "\n")+"\n#"+all[3]+"\n" {
		t.Errorf("got %q", got)
	}
	if got := string(r.Tool(t, 1, "status").Stdout); !strings.HasPrefix(got, "Number of nodes:4 (including 1 deleted nodes)\n") {
		t.Errorf("got %s", got)
	}
}

// waitForNode waits until the API shows a node so.
func (r *realSite) waitForNode(t *testing.T, pnn int, state string) {
	t.Helper()
	want := fmt.Sprintf(`{"pnn":"%d","address":"%v","status":"%s"}`, pnn, r.Address(pnn), state)
	r.WaitFor(t, want, func(context.Context) bool { return strings.Contains(r.get(t, "status").body, want) })
}

// line gives the line of a public address.
func (r *realSite) line(number int) string { return r.PublicAddress(number).String() + "/24 eth1" }

func realAddresses(t *testing.T, r *realSite) {
	line := r.line
	item := func(number int) string {
		return fmt.Sprintf(`{"raw":"%s","address":"%v/24","interface_name":"eth1"}`, line(number), r.PublicAddress(number))
	}
	r.get(t, "addresses").wants(t, http.StatusOK, `{"addresses":[`+item(1)+`,`+item(2)+`]}`)
	e := r.post(t, "addresses", public(line(1), "192.168.6.85/24 robin_ctdb0")).fails(t, http.StatusUnprocessableEntity, api.CodeRefused)
	if e.Field != "addresses[1].interface_name" {
		t.Errorf("got %+v", e)
	}
	r.post(t, "addresses?reload=1", public(line(3), line(2))).wants(t, http.StatusOK, fmt.Sprintf(
		`{"changes":[{"kind":"removed","old":"%s"},{"kind":"added","new":"%s"}],"reload":{"notLoaded":[]}}`, line(1), line(3)))
	if got := r.read(t, 0, "../dfs/.ctdb/public_addresses"); got != line(2)+"\n"+line(3)+"\n" {
		t.Errorf("got %q", got)
	}
	r.WaitFor(t, "the addresses on the nodes' interfaces", func(context.Context) bool {
		count := map[netip.Addr]int{}
		for pnn := range 3 {
			for _, a := range r.Addresses(t, pnn) {
				count[a]++
			}
		}
		return count[r.PublicAddress(1)] == 0 && count[r.PublicAddress(2)] == 1 && count[r.PublicAddress(3)] == 1
	})
}

func realEvent(t *testing.T, r *realSite) {
	for service, script := range map[string]string{
		"samba": "50.samba", "nfs": "60.nfs", "winbind": "49.winbind", "31.clamd": "31.clamd",
	} {
		before := r.scripts(t)
		for _, action := range []string{"enable", "enable", "disable", "disable"} {
			r.post(t, "event", event(service, action)).wants(t, http.StatusOK, "{}")
			if got := r.scripts(t)[script]; got != (action == "enable") {
				t.Errorf("%s %s: the tool says %t", action, service, got)
			}
		}
		if diff := cmp.Diff(before, r.scripts(t)); diff != "" {
			t.Errorf("%s: mismatch (-before +after)\n%s", service, diff)
		}
	}
	r.post(t, "event", event("99.nope", "enable")).fails(t, http.StatusNotFound, api.CodeNoScript)
	r.WaitHealthy(t) // a monitor event may have met an enabled script without its service
}

// scripts gives what ctdb event script list legacy says.
func (r *realSite) scripts(t *testing.T) map[string]bool {
	t.Helper()
	result := r.Tool(t, 0, "event", "script", "list", "legacy")
	parsed, err := status.ParseEventScripts(result.Stdout)
	if err != nil {
		t.Fatalf("%v: %s", err, result.Stderr)
	}
	all := map[string]bool{}
	for _, s := range parsed.Scripts {
		all[s.Name] = s.Enabled
	}
	return all
}

// realLog makes node 1 unhealthy and healthy again, and looks for it in the log of node 0.
func realLog(t *testing.T, r *realSite) {
	sick := filepath.Join(r.Dir(1), "sick")
	r.write(t, sick, "")
	r.waitForNode(t, 1, "UNHEALTHY")
	if err := os.Remove(sick); err != nil {
		t.Fatal(err)
	}
	r.waitForNode(t, 1, "OK")
	var raw struct{ Raw string }
	if err := json.Unmarshal([]byte(r.get(t, "log").body), &raw); err != nil {
		t.Fatal(err)
	}
	if file := r.read(t, 0, "log.ctdb"); raw.Raw == "" || !strings.HasPrefix(file, raw.Raw) {
		t.Errorf("%d bytes of %d, or others", len(raw.Raw), len(file))
	}
	var log struct {
		Entries []struct {
			Time, Program, PID, Message, Event string
			Details                            struct{ Node int }
		}
	}
	if err := json.Unmarshal([]byte(r.get(t, "log?since=1h&tail=1000&format=entries").body), &log); err != nil {
		t.Fatal(err)
	}
	flags := 0
	for _, e := range log.Entries {
		if e.Time == "" || e.Program == "" || e.PID == "" {
			t.Errorf("got %+v", e)
		}
		if e.Event == "node-flags" && e.Details.Node == 1 {
			flags++
		}
	}
	if flags < 2 {
		t.Errorf("node 1 changed %d times in %s", flags, raw.Raw)
	}
}

func realDown(t *testing.T, r *realSite) {
	all := r.addresses(3)
	if err := r.Client(0).Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.get(t, "status").fails(t, http.StatusServiceUnavailable, api.CodeNotRunning)
	r.get(t, "nodes").wants(t, http.StatusOK, `{"nodes":["`+strings.Join(all, `","`)+`"]}`)
	for _, path := range []string{"conf", "addresses", "log?tail=1"} {
		if got := r.get(t, path); got.status != http.StatusOK {
			t.Errorf("%s: got %d %s", path, got.status, got.body)
		}
	}
	r.post(t, "nodes?reload=1", list(all...)).fails(t, http.StatusServiceUnavailable, api.CodeNotRunning)
	r.post(t, "nodes?force=1", list(all[2], all[1], all[0])).wants(t, http.StatusOK, "{}")
	if got := r.read(t, 0, "../dfs/.ctdb/nodes"); got != all[2]+"\n"+all[1]+"\n"+all[0]+"\n" {
		t.Errorf("got %q", got)
	}
}

// TestRealDiskFull has a file system without room: nothing is half written, and all is there when there is room again.
func TestRealDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		if os.Getenv("GOCTDB_REQUIRE_REAL") == "1" {
			t.Fatal(err)
		}
		t.Skipf("no file system to fill: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s := newSite(t, failing(down), func(s *site) {
		s.dir = dir
		s.config.Paths.EtcDir = filepath.Join(dir, "etc")
		s.write("etc/nodes", nodesText)
		s.write("etc/public_addresses", publicText)
		s.write("etc/ctdb.conf", confText)
	})
	fill := filepath.Join(dir, "fill")
	if err := os.WriteFile(fill, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the file system is not full: %v", err)
	}
	posts := map[string]string{
		"conf": `{"raw":"# ` + strings.Repeat("x", 5000) + `\n"}`, "nodes": list("192.168.6.79"), "addresses": public("10.0.0.1/24 a"),
	}
	for route, body := range posts {
		s.post(route, body).fails(t, http.StatusInsufficientStorage, api.CodeDiskFull)
	}
	s.unchanged()
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	for route, body := range posts {
		s.post(route, body).wants(t, http.StatusOK, "{}")
	}
}
