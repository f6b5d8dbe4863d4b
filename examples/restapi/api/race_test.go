package api_test

import (
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

func TestIfMatch(t *testing.T) {
	t.Parallel()
	s := newSite(t, failing(down))
	for route, bodies := range map[string][2]string{
		"conf":      {`{"raw":"[cluster]\n"}`, `{"raw":"[logging]\n"}`},
		"nodes":     {list("192.168.6.79"), list("192.168.6.79", "192.168.6.80")},
		"addresses": {public("10.0.0.1/24 a"), public()},
	} {
		tag := s.get(route).header.Get("ETag")
		for _, other := range []string{`"x"`, "W/" + tag, "", tag + "x", `*, "x"`, "x"} {
			got := s.post(route, bodies[0], "If-Match", other)
			got.fails(t, http.StatusPreconditionFailed, api.CodePrecondition)
			if got.header.Get("ETag") != tag {
				t.Errorf("%s: %q, want %q", route, got.header.Get("ETag"), tag)
			}
		}
		s.unchanged2(route)
		got := s.post(route, bodies[0], "If-Match", `"x", `+tag)
		got.wants(t, http.StatusOK, "{}")
		if now := s.get(route).header.Get("ETag"); now == tag || now != got.header.Get("ETag") {
			t.Errorf("%s: was %q, POST %q, is %q", route, tag, got.header.Get("ETag"), now)
		}
		s.post(route+"?dry_run=1", bodies[1], "If-Match", tag).fails(t, http.StatusPreconditionFailed, api.CodePrecondition)
		s.post(route, bodies[1], "If-Match", tag).fails(t, http.StatusPreconditionFailed, api.CodePrecondition)
		s.post(route, bodies[1], "If-Match", "*").wants(t, http.StatusOK, "{}")
	}
}

// unchanged2 fails the test if the file of a route is not what it was at first.
func (s *site) unchanged2(route string) {
	s.t.Helper()
	files := map[string][2]string{
		"conf": {"etc/ctdb.conf", confText}, "nodes": {"etc/nodes", nodesText}, "addresses": {"etc/public_addresses", publicText},
	}
	if diff := cmp.Diff(files[route][1], s.read(files[route][0])); diff != "" {
		s.t.Errorf("mismatch (-want +got)\n%s", diff)
	}
}

// TestFiftyWriters has fifty clients that all have seen the same file: one of them wins.
func TestFiftyWriters(t *testing.T) {
	t.Parallel()
	for _, route := range []string{"conf", "nodes", "addresses"} {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			tag := s.get(route).header.Get("ETag")
			var all sync.WaitGroup
			got := make([]answer, 50)
			for i := range got {
				body := map[string]string{
					"conf":      fmt.Sprintf(`{"raw":"# %d\n"}`, i),
					"nodes":     list("192.168.6.79", "192.168.6.77", fmt.Sprintf("192.168.6.%d", 100+i)),
					"addresses": public(fmt.Sprintf("192.168.7.%d/24 eth0", 100+i)),
				}[route]
				all.Go(func() { got[i] = s.post(route, body, "If-Match", tag) })
			}
			all.Wait()
			won, lost := 0, 0
			for _, a := range got {
				switch a.status {
				case http.StatusOK:
					won++
				case http.StatusPreconditionFailed, http.StatusConflict:
					lost++
				}
			}
			if won != 1 || lost != 49 {
				t.Errorf("%d won, %d lost", won, lost)
			}
			s.tidy()
		})
	}
}

// TestFiftySets has fifty clients that each want another set of nodes, whatever there is. Numbers stay.
func TestFiftySets(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if got := s.post("nodes", list("192.168.6.77", "192.168.6.79", fmt.Sprintf("192.168.6.%d", 100+i%5))); got.status != http.StatusOK {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
	all.Wait()
	f := parsed(t, s.read("etc/nodes"))
	active := 0
	for range f.Active() {
		active++
	}
	if n, _ := f.Lookup(robin); n.PNN != 1 || active != 3 || f.Len() > 7 {
		t.Errorf("got %s", f.Bytes())
	}
	s.tidy()
}

// TestForeignWriter has somebody without a lock change the file at the very moment.
func TestForeignWriter(t *testing.T) {
	t.Parallel()
	const theirs = "10.0.0.9/24 eth0\n"
	s := newSite(t, func(s *site) {
		s.config.Interfaces = func() ([]string, error) { // which is asked while the file is edited
			return []string{"eth0"}, os.WriteFile(s.path("etc/public_addresses"), []byte(theirs), 0o644)
		}
	})
	s.post("addresses", public("10.0.0.1/24 eth0")).fails(t, http.StatusConflict, api.CodeConflict)
	if got := s.read("etc/public_addresses"); got != theirs {
		t.Errorf("got %q", got)
	}
	s.tidy()
}
