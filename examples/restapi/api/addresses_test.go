package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// public gives the body of POST addresses of lines as in the file.
func public(lines ...string) string {
	var all []string
	for _, line := range lines {
		address, name, _ := strings.Cut(line, " ")
		all = append(all, fmt.Sprintf(`{"address":%q,"interface_name":%q}`, address, name))
	}
	return `{"addresses":[` + strings.Join(all, ",") + `]}`
}

func TestAddressesOfDocumentation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	got := s.get("addresses")
	got.wants(t, http.StatusOK,
		`{"addresses":[{"raw":"192.168.6.84/24 mother_ctdb0","address":"192.168.6.84/24","interface_name":"mother_ctdb0"},`+
			`{"raw":"192.168.6.85/24 mother_ctdb0","address":"192.168.6.85/24","interface_name":"mother_ctdb0"}]}`)
	// What GET gives, POST takes.
	s.post("addresses", got.body, "If-Match", got.header.Get("ETag")).wants(t, http.StatusOK, "{}")
	s.unchanged()
	mended := strings.Replace(printedAddresses, "}\n        {", "},\n        {", 1)
	s.post("addresses", mended).wants(t, http.StatusOK, "{}")
	if got := s.read("etc/public_addresses"); got != "192.168.6.85/24 robin_ctdb0\n192.168.6.86/24 robin_ctdb0\n" {
		t.Errorf("got %q", got)
	}
}

func TestAddressesAreASet(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, before string
		wanted       []string
		after        string
	}{
		{"another order", "10.0.0.1/24 a\n10.0.0.2/24 a\n", []string{"10.0.0.2/24 a", "10.0.0.1/24 a"}, "10.0.0.1/24 a\n10.0.0.2/24 a\n"},
		{"comments and bytes stay", "# all\n10.0.0.1/024  a,,b # x", []string{"10.0.0.1/24 a,b"}, "# all\n10.0.0.1/024  a,,b # x"},
		{"a line behind no newline", "10.0.0.1/24 a", []string{"10.0.0.1/24 a", "10.0.0.2/24 b"}, "10.0.0.1/24 a\n10.0.0.2/24 b\n"},
		{"one less", "# all\n10.0.0.1/24 a\n10.0.0.2/24 a\n", []string{"10.0.0.2/24 a"}, "# all\n10.0.0.2/24 a\n"},
		{"another mask in place", "10.0.0.1/24 a\n10.0.0.2/24 a\n", []string{"10.0.0.1/16 a", "10.0.0.2/24 a"}, "10.0.0.1/16 a\n10.0.0.2/24 a\n"},
		{
			"other interfaces in place", "10.0.0.1/24 a # x\n10.0.0.2/24 a\n",
			[]string{"10.0.0.1/24 b,a", "10.0.0.2/24 a"}, "10.0.0.1/24 b,a # x\n10.0.0.2/24 a\n",
		},
		{"none", "# all\n10.0.0.1/24 a\n", nil, "# all\n"},
		{"IPv6", "[fd00::1]/64 a\n", []string{"fd00::1/64 a", "fd00::0:2/64 a"}, "[fd00::1]/64 a\nfd00::2/64 a\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.write("etc/public_addresses", test.before)
			got := s.post("addresses?dry_run=1", public(test.wanted...))
			if got.status != http.StatusOK || s.read("etc/public_addresses") != test.before {
				t.Errorf("dry run: %d %s", got.status, got.body)
			}
			s.post("addresses", public(test.wanted...)).wants(t, http.StatusOK, "{}")
			if diff := cmp.Diff(test.after, s.read("etc/public_addresses")); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s", diff)
			}
			s.tidy()
		})
	}
}

func TestAddressesDryRun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	got := s.post("addresses?dry_run=1", public("192.168.6.85/24 robin_ctdb0", "127.0.0.9/8 lo"))
	var d struct {
		Changes  []api.Change
		Findings []struct{ ID, Severity string }
	}
	if err := json.Unmarshal([]byte(got.body), &d); err != nil {
		t.Fatal(err)
	}
	want := []api.Change{
		{Kind: "added", New: "127.0.0.9/8 lo"},
		{Kind: "removed", Old: "192.168.6.84/24 mother_ctdb0"},
		{Kind: "changed", Old: "192.168.6.85/24 mother_ctdb0", New: "192.168.6.85/24 robin_ctdb0"},
	}
	if diff := cmp.Diff(want, d.Changes); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	if len(d.Findings) != 1 || d.Findings[0].ID != "public_addresses/loopback" {
		t.Errorf("findings %+v", d.Findings)
	}
	s.unchanged()
}

func TestAddressesRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(s *site) {
		s.config.Interfaces = func() ([]string, error) { return []string{"lo", "eth0", "mother_ctdb0"}, nil }
	})
	for line, field := range map[string]string{
		"192.168.6.77/24 eth0":   "addresses[1]", // a node's own
		"192.168.6.90/24 eth1":   "addresses[1].interface_name",
		"192.168.6.90/24 lo,th0": "addresses[1].interface_name",
	} {
		e := s.post("addresses", public("192.168.6.84/24 mother_ctdb0", line)).fails(t, http.StatusUnprocessableEntity, api.CodeRefused)
		if e.Field != field {
			t.Errorf("%s: field %q, want %q", line, e.Field, field)
		}
	}
	s.unchanged()
	s.post("addresses", public("192.168.6.90/24 eth0,lo")).wants(t, http.StatusOK, "{}")
	// A line that is there already is nobody's mistake.
	s.write("etc/public_addresses", "192.168.6.90/24 gone0\n")
	s.post("addresses", public("192.168.6.90/24 gone0", "192.168.6.91/24 eth0")).wants(t, http.StatusOK, "{}")
}

func TestAddressesReload(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post("addresses?reload=1", public("192.168.6.84/24 mother_ctdb0", "192.168.6.85/24 mother_ctdb0")).wants(t, http.StatusOK,
		`{"changes":[],"reload":{"notLoaded":[]}}`)
	s.post("addresses?reload=1", public("192.168.6.86/24 mother_ctdb0", "192.168.6.85/24 robin_ctdb0")).wants(t, http.StatusOK,
		`{"changes":[{"kind":"removed","old":"192.168.6.84/24 mother_ctdb0"},`+
			`{"kind":"changed","old":"192.168.6.85/24 mother_ctdb0","new":"192.168.6.85/24 robin_ctdb0"},`+
			`{"kind":"added","new":"192.168.6.86/24 mother_ctdb0"}],"reload":{"notLoaded":["192.168.6.85/24 robin_ctdb0"]}}`)
	ips, err := s.cluster.Client(1).PublicIPs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(ips.IPs); strings.Contains(got, "192.168.6.84") || !strings.Contains(got, "192.168.6.86") {
		t.Errorf("got %s", got)
	}
	if err := s.cluster.SetReloadFails(1, true); err != nil {
		t.Fatal(err)
	}
	if e := s.post("addresses?reload=1", public()).fails(t, http.StatusBadGateway, api.CodePartial); !e.Written {
		t.Errorf("got %+v", e)
	}
	s = newSite(t, failing(down))
	s.post("addresses?reload=1", public()).fails(t, http.StatusServiceUnavailable, api.CodeNotRunning)
	s.unchanged()
}

func TestAddressesForceAndBroken(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post("addresses?force=1", public("10.0.0.1/24 a")).fails(t, http.StatusConflict, api.CodeRunning)
	s.unchanged()
	s.write("etc/public_addresses", "# all\n10.0.0.1/24\n")
	if e := s.get("addresses").fails(t, http.StatusInternalServerError, api.CodeBadFile); e.Line != 2 {
		t.Errorf("got %+v", e)
	}
	s.post("addresses", public("10.0.0.1/24 a")).fails(t, http.StatusConflict, api.CodeBadFile)

	s = newSite(t, failing(down))
	s.write("etc/public_addresses", "# all\n10.0.0.1/24\n")
	s.post("addresses?force=1", public("10.0.0.2/24 a", "10.0.0.1/24 a")).wants(t, http.StatusOK, "{}")
	if got := s.read("etc/public_addresses"); got != "10.0.0.2/24 a\n10.0.0.1/24 a\n" {
		t.Errorf("got %q", got)
	}
}

func TestAddressesMissing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if err := os.Remove(s.path("etc/public_addresses")); err != nil {
		t.Fatal(err)
	}
	got := s.get("addresses")
	got.wants(t, http.StatusOK, `{"addresses":[]}`)
	s.post("addresses", public("10.0.0.1/24 a"), "If-Match", got.header.Get("ETag")).wants(t, http.StatusOK, "{}")
	if got := s.read("etc/public_addresses"); got != "10.0.0.1/24 a\n" {
		t.Errorf("got %q", got)
	}
}

// TestManyAddresses has ten thousand of them, which must not take long: they are not edited one by one.
func TestManyAddresses(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var lines []string
	for i := range 10_000 {
		lines = append(lines, fmt.Sprintf("10.%d.%d.%d/8 eth0", i/62_500+1, i/250%250, i%250+1))
	}
	began := time.Now()
	s.post("addresses", public(lines...)).wants(t, http.StatusOK, "{}")
	if got := s.read("etc/public_addresses"); strings.Count(got, "\n") != 10_000 {
		t.Errorf("%d lines", strings.Count(got, "\n"))
	}
	t.Logf("10,000 addresses in %v", time.Since(began))
}
