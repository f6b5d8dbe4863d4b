package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// The bodies of the documentation as they are printed, with their faults.
const (
	printedNodes = `{
    "addresses": [
      "192.168.6.77",
      "192.168.6.79",
    ]
  }`
	printedAddresses = `{
    "addresses":[
        {
          "address":"192.168.6.85/24",
          "interface_name":"robin_ctdb0"
        }
        {
          "address":"192.168.6.86/24",
          "interface_name":"robin_ctdb0"
        }
    ]
  }`
)

func TestBadBodies(t *testing.T) {
	t.Parallel()
	bad := func(code api.Code, field string, line, column int) failure {
		return failure{http.StatusBadRequest, code, field, line, column}
	}
	entries := func(items string) string { return `{"addresses":[` + items + `]}` }
	entry := func(address, name string) string {
		return `{"address":"` + address + `","interface_name":"` + name + `"}`
	}
	deep := strings.Repeat("[", 20_000)
	tests := []struct {
		name, route, body string
		want              failure
	}{
		{"printed nodes", "nodes", printedNodes, bad(api.CodeBadJSON, "", 5, 5)},
		{"printed addresses", "addresses", printedAddresses, bad(api.CodeBadJSON, "", 7, 9)},
		{"nothing", "nodes", "", bad(api.CodeBadJSON, "", 1, 1)},
		{"blanks", "nodes", " \n ", bad(api.CodeBadJSON, "", 1, 1)},
		{"cut off", "nodes", "{\n\"addresses\":[\"1", bad(api.CodeBadJSON, "", 2, 16)},
		{"text behind it", "nodes", `{"addresses":["10.0.0.1"]} x`, bad(api.CodeBadJSON, "", 1, 28)},
		{"another value behind it", "nodes", `{"addresses":["10.0.0.1"]}{}`, bad(api.CodeBadJSON, "", 1, 27)},
		{"not UTF-8", "nodes", "{\"addresses\":[\"\xff\"]}", bad(api.CodeBadJSON, "", 1, 16)},
		{"a byte order mark", "nodes", "\ufeff{}", bad(api.CodeBadJSON, "", 1, 1)},
		{"a raw newline in a text", "nodes", "{\"addresses\":[\"10.0.0.1\n\"]}", bad(api.CodeBadJSON, "", 1, 24)},
		{"single quotes", "nodes", `{'addresses':[]}`, bad(api.CodeBadJSON, "", 1, 2)},
		{"too deep", "nodes", deep, bad(api.CodeBadJSON, "", 1, 10001)},
		{"no object", "nodes", `[]`, bad(api.CodeField, "", 1, 1)},
		{"null", "nodes", `null`, bad(api.CodeField, "", 1, 1)},
		{"a missing field", "nodes", ` {}`, bad(api.CodeField, "addresses", 1, 2)},
		{"no list", "nodes", `{"addresses": "10.0.0.1"}`, bad(api.CodeField, "addresses", 1, 15)},
		{"the list is null", "nodes", `{"addresses": null}`, bad(api.CodeField, "addresses", 1, 15)},
		{"no text in it", "nodes", "{\"addresses\": [\n \"10.0.0.1\",\n 7]}", bad(api.CodeField, "addresses[1]", 3, 2)},
		{"an unknown field", "nodes", `{"addresses":["10.0.0.1"], "nodes":[]}`, bad(api.CodeField, "nodes", 1, 28)},
		{"other letters", "nodes", `{"Addresses":["10.0.0.1"]}`, bad(api.CodeField, "Addresses", 1, 2)},
		{"twice", "nodes", `{"addresses":["10.0.0.1"], "addresses":[]}`, bad(api.CodeField, "addresses", 1, 28)},
		{"no nodes", "nodes", `{"addresses": []}`, bad(api.CodeField, "addresses", 1, 15)},
		{"a host name", "nodes", `{"addresses":["mother"]}`, bad(api.CodeField, "addresses[0]", 1, 15)},
		{"a port", "nodes", `{"addresses":["10.0.0.1:80"]}`, bad(api.CodeField, "addresses[0]", 1, 15)},
		{"a zone", "nodes", `{"addresses":["fe80::1%eth0"]}`, bad(api.CodeField, "addresses[0]", 1, 15)},
		{"leading zeros", "nodes", `{"addresses":["010.0.0.1"]}`, bad(api.CodeField, "addresses[0]", 1, 15)},
		{"a comment", "nodes", `{"addresses":["#10.0.0.1"]}`, bad(api.CodeField, "addresses[0]", 1, 15)},
		{"two lines", "nodes", `{"addresses":["10.0.0.1\n10.0.0.2"]}`, bad(api.CodeField, "addresses[0]", 1, 15)},
		{"unspecified", "nodes", `{"addresses":["0.0.0.0"]}`, bad(api.CodeField, "addresses[0]", 1, 15)},
		{"a node twice", "nodes", `{"addresses":["10.0.0.1","::ffff:10.0.0.1"]}`, bad(api.CodeField, "addresses[1]", 1, 26)},

		{"conf: missing", "conf", `{}`, bad(api.CodeField, "raw", 1, 1)},
		{"conf: a number", "conf", `{"raw": 1}`, bad(api.CodeField, "raw", 1, 9)},
		{"conf: NUL", "conf", `{"raw": "a\u0000"}`, bad(api.CodeField, "raw", 1, 9)},
		{"conf: escape", "conf", `{"raw": "\u001b[0m"}`, bad(api.CodeField, "raw", 1, 9)},
		{"conf: replaced", "conf", `{"raw": "\ufffd"}`, bad(api.CodeField, "raw", 1, 9)},
		{"conf: half a pair", "conf", `{"raw": "\ud800"}`, bad(api.CodeField, "raw", 1, 9)},

		{"address: no object", "addresses", `{"addresses":["10.0.0.1/24"]}`, bad(api.CodeField, "addresses[0]", 1, 15)},
		{"address: missing", "addresses", entries(`{"interface_name":"eth0"}`), bad(api.CodeField, "addresses[0].address", 1, 15)},
		{"interface: missing", "addresses", entries(`{"address":"10.0.0.1/24"}`), bad(api.CodeField, "addresses[0].interface_name", 1, 15)},
		{"address: no mask", "addresses", entries(entry(`10.0.0.1`, `eth0`)), bad(api.CodeField, "addresses[0].address", 1, 26)},
		{"address: long mask", "addresses", entries(entry(`10.0.0.1/33`, `eth0`)), bad(api.CodeField, "addresses[0].address", 1, 26)},
		{"address: multicast", "addresses", entries(entry(`224.0.0.1/24`, `eth0`)), bad(api.CodeField, "addresses[0].address", 1, 26)},
		{"interface: a blank", "addresses", entries(entry(`10.0.0.1/24`, `eth0 eth1`)), bad(api.CodeField, "addresses[0].interface_name", 1, 57)},
		{"interface: two lines", "addresses", entries(entry(`10.0.0.1/24`, `e\n10.0.0.2/24 e`)), bad(api.CodeField, "addresses[0].interface_name", 1, 57)},
		{"interface: a comma too many", "addresses", entries(entry(`10.0.0.1/24`, `eth0,`)), bad(api.CodeField, "addresses[0].interface_name", 1, 57)},
		{"interface: empty", "addresses", entries(entry(`10.0.0.1/24`, ``)), bad(api.CodeField, "addresses[0].interface_name", 1, 57)},
		{"address: twice", "addresses", entries(entry(`10.0.0.1/24`, `e`) + `,` + entry(`10.0.0.1/25`, `e`)), bad(api.CodeField, "addresses[1]", 1, 62)},
		{"address: a long unknown field", "addresses", entries(`{"` + strings.Repeat("x", 10_000) + `":1}`), bad(api.CodeField, "addresses[0]."+strings.Repeat("x", 64)+"...", 1, 16)},

		{"link: missing", "link", `{}`, bad(api.CodeField, "dfsPath", 1, 1)},
		{"link: empty", "link", `{"dfsPath":""}`, bad(api.CodeField, "dfsPath", 1, 12)},
		{"link: relative", "link", `{"dfsPath":"lfsmnt"}`, bad(api.CodeField, "dfsPath", 1, 12)},
		{"link: a dash", "link", `{"dfsPath":"-rf"}`, bad(api.CodeField, "dfsPath", 1, 12)},
		{"link: ..", "link", `{"dfsPath":"/lfsmnt/../etc"}`, bad(api.CodeField, "dfsPath", 1, 12)},
		{"link: the root", "link", `{"dfsPath":"/"}`, bad(api.CodeField, "dfsPath", 1, 12)},
		{"link: NUL", "link", `{"dfsPath":"/lfsmnt\u0000"}`, bad(api.CodeField, "dfsPath", 1, 12)},
		{"link: long", "link", `{"dfsPath":"/` + strings.Repeat("x", 5000) + `"}`, bad(api.CodeField, "dfsPath", 1, 12)},

		{"event: no service", "event", `{"action":"enable"}`, bad(api.CodeField, "service", 1, 1)},
		{"event: no action", "event", `{"service":"samba"}`, bad(api.CodeField, "action", 1, 1)},
		{"event: another action", "event", `{"service":"samba","action":"Enable"}`, bad(api.CodeField, "action", 1, 29)},
		{"event: empty", "event", `{"service":"","action":"enable"}`, bad(api.CodeField, "service", 1, 12)},
		{"event: a path", "event", `{"service":"../../bin/sh","action":"enable"}`, bad(api.CodeField, "service", 1, 12)},
		{"event: a slash", "event", `{"service":"50.samba/x","action":"enable"}`, bad(api.CodeField, "service", 1, 12)},
		{"event: a dash", "event", `{"service":"-n","action":"enable"}`, bad(api.CodeField, "service", 1, 12)},
		{"event: dots", "event", `{"service":"..","action":"enable"}`, bad(api.CodeField, "service", 1, 12)},
		{"event: NUL", "event", `{"service":"50.samba\u0000","action":"enable"}`, bad(api.CodeField, "service", 1, 12)},
		{"event: a newline", "event", `{"service":"50.samba\n","action":"enable"}`, bad(api.CodeField, "service", 1, 12)},
		{"event: long", "event", `{"service":"` + strings.Repeat("x", 5000) + `","action":"enable"}`, bad(api.CodeField, "service", 1, 12)},
	}
	s := newSite(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := s.post(test.route, test.body)
			if diff := cmp.Diff(test.want, got.failure(t)); diff != "" {
				t.Errorf("mismatch (-want +got)\n%s\n%s", diff, got.body)
			}
			if len(got.body) > 1000 {
				t.Errorf("an answer of %d bytes", len(got.body))
			}
		})
	}
	s.unchanged()
}

// unchanged fails the test if a file is not what it was at first, or there is another one.
func (s *site) unchanged() {
	s.t.Helper()
	got := []string{s.read("etc/nodes"), s.read("etc/public_addresses"), s.read("etc/ctdb.conf")}
	if diff := cmp.Diff([]string{nodesText, publicText, confText}, got); diff != "" {
		s.t.Errorf("the files have changed (-want +got)\n%s", diff)
	}
	s.tidy()
}

func TestCommaMessages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, test := range []struct{ route, body, want string }{
		{"nodes", printedNodes, "a comma too many before this ']'"},
		{"addresses", printedAddresses, "a comma is missing before this '{'"},
		{"nodes", `{"addresses":["10.0.0.1" "10.0.0.2"]}`, "a comma is missing before this '\"'"},
		{"nodes", `{"addresses":["10.0.0.1"],}`, "a comma too many before this '}'"},
		{"nodes", `{"addresses" "10.0.0.1"}`, `invalid character '"' after object key`},
		{"nodes", `{"addresses":`, "the body ends too early"},
	} {
		if got := s.post(test.route, test.body).problem(t).Message; got != test.want {
			t.Errorf("%s: got %q, want %q", test.body, got, test.want)
		}
	}
}

func TestGetWithBody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for body, want := range map[string]int{
		"": 200, "{}": 200, " {\n} ": 200, "{": 400, `{"x":1}`: 400, "[]": 400, strings.Repeat(" ", 2<<20): 413,
	} {
		if got := s.do(http.MethodGet, "nodes", body); got.status != want {
			t.Errorf("%.20q: got %d %s, want %d", body, got.status, got.body, want)
		}
	}
}
