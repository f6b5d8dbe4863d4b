package api_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// share puts the files into a directory that stands for a cluster file system.
func (s *site) share(dfs, list, public string) (body string) {
	s.t.Helper()
	s.write(dfs+"/.ctdb/.mounted", "")
	s.write(dfs+"/.ctdb/nodes", list)
	s.write(dfs+"/.ctdb/public_addresses", public)
	return `{"dfsPath":` + quoted(s.path(dfs)) + `}`
}

// targets gives where the files lead to, "" for a file of its own.
func (s *site) targets() []string {
	var all []string
	for _, name := range []string{"nodes", "public_addresses"} {
		target, _ := os.Readlink(s.path("etc/" + name)) // the error is about a file
		all = append(all, strings.TrimPrefix(target, s.dir+"/"))
	}
	return all
}

func TestLink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	body := s.share("robin", nodesText+"192.168.6.80\n", "192.168.6.86/24 robin_ctdb0\n")
	if got := s.post("link?dry_run=1", body); got.status != http.StatusOK || !strings.Contains(got.body, `"state":"regular file"`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
	s.unchanged()
	for range 2 {
		s.post("link", body).wants(t, http.StatusOK, "{}")
		if diff := cmp.Diff([]string{"robin/.ctdb/nodes", "robin/.ctdb/public_addresses"}, s.targets()); diff != "" {
			t.Errorf("mismatch (-want +got)\n%s", diff)
		}
	}
	s.get("nodes").wants(t, http.StatusOK, `{"nodes":["192.168.6.79","192.168.6.77","192.168.6.80"]}`)
	// To another file system, and with a slash at the end.
	body = s.share("mother", nodesText+"192.168.6.80\n", publicText)
	s.post("link", strings.Replace(body, `"}`, `/"}`, 1)).wants(t, http.StatusOK, "{}")
	if diff := cmp.Diff([]string{"mother/.ctdb/nodes", "mother/.ctdb/public_addresses"}, s.targets()); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	// The files that were in the way are still there.
	entries, err := os.ReadDir(s.path("etc"))
	if err != nil {
		t.Fatal(err)
	}
	aside := 0
	for _, e := range entries {
		if strings.Contains(e.Name(), "aside") {
			aside++
		}
	}
	if aside != 2 {
		t.Errorf("%d files aside in %v", aside, entries)
	}
}

// TestLinkRefused has file systems that nothing is linked to.
func TestLinkRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	good := s.share("good", nodesText, publicText)
	bad := func(dfs string) string { return strings.Replace(good, "/good", "/"+dfs, 1) }
	s.share("reversed", "192.168.6.77\n192.168.6.79\n", publicText)
	s.share("shorter", "192.168.6.79\n", publicText)
	s.share("broken", "mother\n", publicText)
	s.share("broken2", nodesText, "10.0.0.1\n")
	s.share("unmounted", nodesText, publicText)
	s.share("empty", nodesText, publicText)
	s.share("escapes", nodesText, publicText)
	s.write("secret", nodesText)
	for _, name := range []string{"unmounted/.ctdb/.mounted", "empty/.ctdb/nodes", "escapes/.ctdb/nodes"} {
		if err := os.Remove(s.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"escapes/.ctdb/nodes": "secret", "linked": "good"} {
		if err := os.Symlink(s.path(target), s.path(link)); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		dfs    string
		status int
		code   api.Code
	}{
		{"reversed", 409, api.CodeWouldBreak},
		{"shorter", 409, api.CodeWouldBreak},
		{"broken", 409, api.CodeBadFile},
		{"broken2", 409, api.CodeBadFile},
		{"unmounted", 409, api.CodeNotMounted},
		{"nowhere", 409, api.CodeNotMounted},
		{"empty", 409, api.CodeNotShared},
		{"escapes", 409, api.CodeNotShared},
		{"linked", 400, api.CodeField},
		{"linked/.ctdb", 400, api.CodeField},
	}
	for _, test := range tests {
		t.Run(test.dfs, func(t *testing.T) {
			s.post("link", bad(test.dfs)).fails(t, test.status, test.code)
		})
	}
	s.unchanged()
	if err := os.Remove(s.path("etc/nodes")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(s.path("etc/nodes"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := s.post("link", good); got.status < 400 || got.status == http.StatusNotFound {
		t.Errorf("a directory in the way: %d %s", got.status, got.body)
	}
}

func TestLinkForce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post("link?force=1", s.share("robin", "192.168.6.77\n192.168.6.79\n", publicText)).fails(t, http.StatusConflict, api.CodeRunning)
	s.unchanged()
	s = newSite(t, failing(down))
	body := s.share("robin", "192.168.6.77\n192.168.6.79\n", publicText)
	s.post("link", body).fails(t, http.StatusConflict, api.CodeWouldBreak)
	s.post("link?force=1", body).wants(t, http.StatusOK, "{}")
	s.get("nodes").wants(t, http.StatusOK, `{"nodes":["192.168.6.77","192.168.6.79"]}`)
}
