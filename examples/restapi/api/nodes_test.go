package api_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// list gives the body of POST nodes.
func list(addresses ...string) string {
	return `{"addresses":["` + strings.Join(addresses, `","`) + `"]}`
}

// TestNodesAreASet has files before and after a POST. ctdbd does not run.
func TestNodesAreASet(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, before string
		wanted       []string
		after        string
	}{
		{"another order", "10.0.0.1\n10.0.0.2\n", []string{"10.0.0.2", "10.0.0.1"}, "10.0.0.1\n10.0.0.2\n"},
		{"nothing to do, and every byte stays", " 10.0.0.1\r\n\n10.0.0.2", []string{"10.0.0.1", "10.0.0.2"}, " 10.0.0.1\r\n\n10.0.0.2"},
		{"other spelling", "10.0.0.1\n[fd00::1]\n", []string{"fd00:0::1", "::ffff:10.0.0.1"}, "10.0.0.1\n[fd00::1]\n"},
		{"one more", "10.0.0.1\n", []string{"10.0.0.2", "10.0.0.1", "10.0.0.3"}, "10.0.0.1\n10.0.0.2\n10.0.0.3\n"},
		{"one more behind no newline", "10.0.0.1", []string{"10.0.0.1", "10.0.0.2"}, "10.0.0.1\n10.0.0.2\n"},
		{"one less", "10.0.0.1\n10.0.0.2\n10.0.0.3\n", []string{"10.0.0.3", "10.0.0.1"}, "10.0.0.1\n#10.0.0.2\n10.0.0.3\n"},
		{"one for another", "10.0.0.1\n10.0.0.2\n", []string{"10.0.0.3", "10.0.0.1"}, "10.0.0.1\n#10.0.0.2\n10.0.0.3\n"},
		{"one comes back", "10.0.0.1\n#10.0.0.2\n10.0.0.3\n", []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, "10.0.0.1\n10.0.0.2\n10.0.0.3\n"},
		{"a deleted one stays", "10.0.0.1\n#10.0.0.2\n", []string{"10.0.0.1", "10.0.0.4"}, "10.0.0.1\n#10.0.0.2\n10.0.0.4\n"},
		{"prose stays", "# nodes\n10.0.0.1\n", []string{"10.0.0.1", "10.0.0.4"}, "# nodes\n10.0.0.1\n10.0.0.4\n"},
		{"an empty file", "", []string{"10.0.0.2", "10.0.0.1"}, "10.0.0.2\n10.0.0.1\n"},
		{"all others", "10.0.0.1\n10.0.0.2\n", []string{"10.0.0.3"}, "#10.0.0.1\n#10.0.0.2\n10.0.0.3\n"},
		{"an address of two nodes", "10.0.0.1\n10.0.0.1\n", []string{"10.0.0.1"}, "10.0.0.1\n#10.0.0.1\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, failing(down))
			s.write("etc/nodes", test.before)
			got := s.post("nodes?dry_run=1", list(test.wanted...))
			if got.status != http.StatusOK || s.read("etc/nodes") != test.before {
				t.Errorf("dry run: %d %s", got.status, got.body)
			}
			s.post("nodes", list(test.wanted...)).wants(t, http.StatusOK, "{}")
			if diff := cmp.Diff(test.after, s.read("etc/nodes")); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
			before, after := parsed(t, test.before), parsed(t, test.after)
			for _, c := range nodes.Diff(before, after) {
				if c.Kind.Forbidden() {
					t.Errorf("forbidden: %v", c)
				}
			}
			s.tidy()
		})
	}
}

func parsed(t *testing.T, text string) *nodes.File {
	t.Helper()
	f, err := nodes.Parse("nodes", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNodesOfDocumentation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	got := s.get("nodes")
	got.wants(t, http.StatusOK, `{"nodes":["192.168.6.79","192.168.6.77"]}`)
	mended := strings.Replace(printedNodes, `"192.168.6.79",`, `"192.168.6.79"`, 1)
	s.post("nodes", mended, "If-Match", got.header.Get("ETag")).wants(t, http.StatusOK, "{}")
	s.unchanged()
}

func TestNodesDryRun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post("nodes?dry_run=1", list("192.168.6.79", "192.168.6.80")).wants(t, http.StatusOK,
		`{"changes":[{"kind":"deleted","pnn":"1","old":"192.168.6.77"},{"kind":"added","pnn":"2","new":"192.168.6.80"}]}`)
	s.post("nodes?dry_run=1", list("192.168.6.79", "192.168.6.77")).wants(t, http.StatusOK, `{"changes":[]}`)
	s.unchanged()
}

func TestNodesReload(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post("nodes?reload=1", list("192.168.6.77", "192.168.6.79", "192.168.6.80")).wants(t, http.StatusOK,
		`{"changes":[{"kind":"added","pnn":"2","new":"192.168.6.80"}],"reload":{"changes":[{"kind":"added","pnn":"2"}],"disconnected":[]}}`)
	if got := s.get("status").body; !strings.Contains(got, `{"pnn":"2","address":"192.168.6.80"`) {
		t.Errorf("the cluster does not have it: %s", got)
	}
	// Nothing to write, and one that is not reached.
	s.post("nodes?reload=1", list("192.168.6.77", "192.168.6.79", "192.168.6.80")).wants(t, http.StatusOK,
		`{"changes":[],"reload":{"changes":[],"disconnected":["2"]}}`)
	// A node that runs can't go; one that does not, can.
	e := s.post("nodes?reload=1", list("192.168.6.79", "192.168.6.80")).fails(t, http.StatusConflict, api.CodeConnected)
	if diff := cmp.Diff([]string{"1"}, e.Nodes); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	s.post("nodes?reload=1", list("192.168.6.79", "192.168.6.77")).wants(t, http.StatusOK,
		`{"changes":[{"kind":"deleted","pnn":"2","old":"192.168.6.80"}],"reload":{"changes":[{"kind":"deleted","pnn":"2"}],"disconnected":[]}}`)
	if got := s.read("etc/nodes"); got != nodesText+"#192.168.6.80\n" {
		t.Errorf("got %q", got)
	}
}

func TestNodesReloadFails(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if err := s.cluster.SetReloadFails(1, true); err != nil {
		t.Fatal(err)
	}
	e := s.post("nodes?reload=1", list("192.168.6.77", "192.168.6.79", "192.168.6.80")).fails(t, http.StatusBadGateway, api.CodePartial)
	if diff := cmp.Diff([]string{"1"}, e.Nodes); diff != "" || !e.Written {
		t.Errorf("written %t, mismatch (-want +got)\n%s", e.Written, diff)
	}
	// Without ctdbd, nothing is written that should be reloaded.
	s = newSite(t, failing(down))
	s.post("nodes?reload=1", list("192.168.6.80")).fails(t, http.StatusServiceUnavailable, api.CodeNotRunning)
	s.unchanged()
}

// TestNodesAtOddsWithCluster has files that are not what the cluster has loaded.
func TestNodesAtOddsWithCluster(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("etc/nodes", "192.168.6.77\n192.168.6.79\n")                                // by hand, in the wrong order
	s.post("nodes", list("192.168.6.77", "192.168.6.79")).wants(t, http.StatusOK, "{}") // nothing to do
	s.post("nodes", list("192.168.6.77", "192.168.6.79", "192.168.6.80")).wants(t, http.StatusOK, "{}")
	s.write("etc/nodes", "192.168.6.79\n") // a line was lost
	e := s.post("nodes", list("192.168.6.79", "192.168.6.80", "192.168.6.77")).fails(t, http.StatusConflict, api.CodeWouldBreak)
	want := []api.Change{
		{Kind: "shifted", PNN: "1", To: "2", Old: "192.168.6.77", New: "192.168.6.77"},
		{Kind: "added", PNN: "1", New: "192.168.6.80"},
	}
	if diff := cmp.Diff(want[:1], e.Changes); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	s.post("nodes", list("192.168.6.79", "192.168.6.77")).wants(t, http.StatusOK, "{}") // which mends it
	if got := s.read("etc/nodes"); got != nodesText {
		t.Errorf("got %q", got)
	}
}

func TestNodesForce(t *testing.T) {
	t.Parallel()
	reversed := list("192.168.6.77", "192.168.6.79")
	s := newSite(t)
	s.post("nodes?force=1", reversed).fails(t, http.StatusConflict, api.CodeRunning)
	s.unchanged()
	for _, unsure := range []string{"connect() failed, errno=13", "the moon is full"} {
		s := newSite(t, failing(unsure))
		if got := s.post("nodes?force=1", reversed); got.status < 500 {
			t.Errorf("%s: got %d %s", unsure, got.status, got.body)
		}
		s.unchanged()
	}
	other := ctdbtest.New(ctdbtest.Options{})
	for _, runs := range []bool{true, false} {
		s := newSite(t, failing(down), func(s *site) {
			s.config.Peers = func(pnn nodes.PNN, private netip.Addr) ctdb.Runner {
				if want := []netip.Addr{mother, robin}[pnn]; private != want {
					t.Errorf("node %d: %v", pnn, private)
				}
				if pnn == 0 || !runs {
					return nil
				}
				return other.Runner(1)
			}
		})
		got := s.post("nodes?force=1", reversed)
		if runs {
			got.fails(t, http.StatusConflict, api.CodeRunning)
			s.unchanged()
			continue
		}
		got.wants(t, http.StatusOK, "{}")
		if got := s.read("etc/nodes"); got != "192.168.6.77\n192.168.6.79\n" {
			t.Errorf("got %q", got)
		}
	}
}

// TestNodesBroken has a file that ctdbd refuses: nobody knows which numbers its nodes have.
func TestNodesBroken(t *testing.T) {
	t.Parallel()
	s := newSite(t, failing(down))
	s.write("etc/nodes", "10.0.0.1\nmother\n")
	e := s.get("nodes").fails(t, http.StatusInternalServerError, api.CodeBadFile)
	if e.Line != 2 || e.Column != 1 {
		t.Errorf("got %d:%d", e.Line, e.Column)
	}
	s.post("nodes", list("10.0.0.1")).fails(t, http.StatusConflict, api.CodeBadFile)
	if got := s.read("etc/nodes"); got != "10.0.0.1\nmother\n" {
		t.Errorf("got %q", got)
	}
	s.post("nodes?force=1", list("10.0.0.1")).wants(t, http.StatusOK, "{}")
	s.get("nodes").wants(t, http.StatusOK, `{"nodes":["10.0.0.1"]}`)
}

func TestNodesElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t, failing(down))
	s.write("shared/nodes", "10.0.0.1\n")
	s.write("etc/ctdb.conf", "[cluster]\nnodes list = "+s.path("shared/nodes")+"\n")
	s.get("nodes").wants(t, http.StatusOK, `{"nodes":["10.0.0.1"]}`)
	s.post("nodes", list("10.0.0.1", "10.0.0.2")).wants(t, http.StatusOK, "{}")
	if got := s.read("shared/nodes"); got != "10.0.0.1\n10.0.0.2\n" || s.read("etc/nodes") != nodesText {
		t.Errorf("got %q", got)
	}
	s = newSite(t)
	s.write("etc/ctdb.conf", "[cluster]\nnodes list = !/usr/bin/nodes --all\n")
	s.get("nodes").wants(t, http.StatusOK, `{"nodes":["192.168.6.79","192.168.6.77"]}`)
	s.post("nodes", list("10.0.0.1")).fails(t, http.StatusConflict, api.CodeNoFile)
	if got := s.read("etc/nodes"); got != nodesText {
		t.Errorf("got %q", got)
	}
}

func TestNodesMissing(t *testing.T) {
	t.Parallel()
	s := newSite(t, failing(down))
	if err := os.Remove(s.path("etc/nodes")); err != nil {
		t.Fatal(err)
	}
	s.get("nodes").wants(t, http.StatusOK, `{"nodes":[]}`)
	s.post("nodes", list("10.0.0.2", "10.0.0.1")).wants(t, http.StatusOK, "{}")
	s.get("nodes").wants(t, http.StatusOK, `{"nodes":["10.0.0.2","10.0.0.1"]}`)
}

// TestNodesLinked holds that a link stays, and that one whose file system is not there is not written through.
func TestNodesLinked(t *testing.T) {
	t.Parallel()
	s := newSite(t, failing(down))
	s.write("dfs/nodes", nodesText)
	link := s.path("etc/nodes")
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(s.path("dfs/nodes"), link); err != nil {
		t.Fatal(err)
	}
	s.post("nodes", list("192.168.6.79")).wants(t, http.StatusOK, "{}")
	target, err := filepath.EvalSymlinks(link)
	if err != nil || target != s.path("dfs/nodes") || s.read("dfs/nodes") != "192.168.6.79\n#192.168.6.77\n" {
		t.Errorf("got %s, %v", target, err)
	}
	if err := os.RemoveAll(s.path("dfs")); err != nil {
		t.Fatal(err)
	}
	s.get("nodes").fails(t, http.StatusInternalServerError, api.CodeDangling)
	s.post("nodes", list("192.168.6.79")).fails(t, http.StatusInternalServerError, api.CodeDangling)
}

// TestManyNodes has ten thousand of them.
func TestManyNodes(t *testing.T) {
	t.Parallel()
	s := newSite(t, failing(down))
	var addresses []string
	for i := range 10_000 {
		addresses = append(addresses, fmt.Sprintf("10.%d.%d.%d", i/62_500, i/250%250, i%250+1))
	}
	s.post("nodes", list(addresses...)).wants(t, http.StatusOK, "{}")
	if got := s.read("etc/nodes"); strings.Count(got, "\n") != 10_002 || !strings.HasPrefix(got, "#192.168.6.79\n#192.168.6.77\n10.0.0.1\n") {
		t.Errorf("%d lines", strings.Count(got, "\n"))
	}
	s.post("nodes", list(addresses[:9_000]...)).wants(t, http.StatusOK, "{}")
	if got := s.read("etc/nodes"); strings.Count(got, "#") != 1_002 {
		t.Errorf("%d deleted", strings.Count(got, "#"))
	}
}
