package api_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// fuzzRoutes are chosen from by a number.
var fuzzRoutes = []string{"status", "conf", "nodes", "addresses", "link", "log", "event", "openapi.json", "", "nope"}

// FuzzHandler holds that whatever is asked, the answer is a documented one, that the files stay what CTDB reads, that
// nodes keep their numbers, and that what was accepted is what is there.
func FuzzHandler(f *testing.F) {
	f.Fuzz(func(t *testing.T, post bool, route uint8, query, match string, body []byte, file string) {
		s := newSite(t)
		if len(file) > 0 {
			s.write("etc/nodes", file)
		}
		method, name := http.MethodGet, fuzzRoutes[int(route)%len(fuzzRoutes)]
		if post {
			method = http.MethodPost
		}
		u := url.URL{Path: api.Prefix + name, RawQuery: query}
		r := &http.Request{
			Method: method, URL: &u, Header: http.Header{"Token": {secret}, "Content-Type": {"application/json"}},
			Body: http.NoBody,
		}
		r = r.WithContext(t.Context())
		if len(body) > 0 {
			r.Body = httptest.NewRequest(method, "/", strings.NewReader(string(body))).Body
		}
		if match != "" {
			r.Header.Set("If-Match", match)
		}
		before, beforeErr := nodes.Parse("nodes", []byte(s.read("etc/nodes")))
		a := s.send(r)
		s.checkFiles(t, before, beforeErr, a)
		if post && a.status == http.StatusOK && strings.TrimSpace(a.body) == "{}" && name == "nodes" {
			s.checkNodes(t, body)
		}
	})
}

// checkFiles holds the files against what CTDB reads.
func (s *site) checkFiles(t *testing.T, before *nodes.File, beforeErr error, a answer) {
	t.Helper()
	conf, err := config.Parse("ctdb.conf", []byte(s.read("etc/ctdb.conf")))
	if err == nil {
		err = conf.CheckFor(s.config.Release, config.Env{Paths: s.config.Paths})
	}
	if err != nil {
		t.Errorf("ctdb.conf: %v", err)
	}
	if _, err := publicaddr.Parse("public_addresses", []byte(s.read("etc/public_addresses"))); err != nil {
		t.Errorf("public_addresses: %v", err)
	}
	after, err := nodes.Parse("nodes", []byte(s.read("etc/nodes")))
	if (err == nil) != (beforeErr == nil) {
		t.Errorf("nodes: was %v, is %v", beforeErr, err)
	}
	for _, c := range nodes.Diff(before, after) {
		if c.Kind.Forbidden() {
			t.Errorf("nodes: %v", c)
		}
	}
	if a.status != http.StatusOK && !slices.Equal(before.Bytes(), after.Bytes()) && !strings.Contains(a.body, `"written":true`) {
		t.Errorf("the file has changed, and the answer is %d %s", a.status, a.body)
	}
	s.tidy()
	if _, err := os.Lstat(s.path("etc/nope")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// checkNodes holds the nodes that there are against those of a body, as package json reads it.
func (s *site) checkNodes(t *testing.T, body []byte) {
	t.Helper()
	var sent struct{ Addresses []netip.Addr }
	if err := json.Unmarshal(body, &sent); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	var got struct{ Nodes []netip.Addr }
	if err := json.Unmarshal([]byte(s.get("nodes").body), &got); err != nil {
		t.Fatal(err)
	}
	for i := range sent.Addresses {
		sent.Addresses[i] = sent.Addresses[i].Unmap()
	}
	slices.SortFunc(sent.Addresses, netip.Addr.Compare)
	slices.SortFunc(got.Nodes, netip.Addr.Compare)
	if diff := cmp.Diff(sent.Addresses, got.Nodes, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("mismatch (-sent +there)\n%s", diff)
	}
}
