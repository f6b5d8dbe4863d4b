package api_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// TestUnauthorized holds that a stranger learns nothing: the answer is the same for all routes, methods and tokens.
func TestUnauthorized(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var first answer
	for _, tokens := range [][]string{
		nil, {""}, {"x"}, {secret + "x"}, {secret[:len(secret)-1]}, {strings.ToUpper(secret)}, {secret, secret}, {secret, "x"},
	} {
		for _, path := range []string{"status", "conf", "log", "nope", "", "openapi.json", "../../../../etc/passwd"} {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete, http.MethodOptions, http.MethodHead} {
				r := httptest.NewRequestWithContext(t.Context(), method, api.Prefix+path, strings.NewReader("{"))
				r.Header["Token"] = tokens
				w := httptest.NewRecorder()
				s.handler.ServeHTTP(w, r)
				got := answer{w.Code, w.Header(), w.Body.String()}
				if first.status == 0 {
					got.fails(t, http.StatusUnauthorized, api.CodeUnauthorized)
					first = got
				}
				if diff := cmp.Diff(first, got, cmp.AllowUnexported(answer{})); diff != "" {
					t.Errorf("%s %s with %q: mismatch (-want +got)\n%s", method, path, tokens, diff)
				}
			}
		}
	}
	if first.header.Get("WWW-Authenticate") == "" {
		t.Error("no WWW-Authenticate")
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for token, ok := range map[string]bool{
		"": false, "short": false, "fifteen-letters": false, "sixteen--letters": true, strings.Repeat("x", 4000): true,
		"with a blank in it": false, "with\nnewlines\nin it": false, "with-umläuts-in-it": false,
		"ThisIsNotARealTokenGenerateYourOwnToken": false,
	} {
		h, err := api.New(api.Config{Token: token})
		if (err == nil) != ok || (h != nil) != ok || err != nil && !errors.Is(err, api.ErrToken) {
			t.Errorf("%.20q: got %v", token, err)
		}
		if err != nil && len(token) > 2 && strings.Contains(err.Error(), token) {
			t.Errorf("the error tells the token: %v", err)
		}
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range []string{"", "nope", "status/", "Status", "status/x", "/status", "status%2f", "../ctdb/status", ".", "conf.json"} {
		s.get(path).fails(t, http.StatusNotFound, api.CodeRoute)
	}
	for _, path := range []string{"/", "/api/v2/db/ctdb", "/status", "/api/v1/db/ctdb/status"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("token", secret)
		s.send(r).fails(t, http.StatusNotFound, api.CodeRoute)
	}
	for method, path := range map[string]string{
		http.MethodPost: "status", http.MethodGet: "event", http.MethodDelete: "nodes", http.MethodHead: "conf",
		http.MethodOptions: "conf", http.MethodPatch: "conf", "BREW": "log", http.MethodTrace: "link",
	} {
		if got := s.do(method, path, ""); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") == "" {
			t.Errorf("%s %s: got %d %v", method, path, got.status, got.header)
		}
	}
	s.unchanged()
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for media, want := range map[string]int{
		"application/json": 200, "application/json; charset=utf-8": 200, "Application/JSON;charset=UTF-8": 200, "": 200,
		"application/x-www-form-urlencoded": 415, "text/plain": 415, "application/json; charset=latin1": 415, ";;": 415,
	} {
		if got := s.post("nodes?dry_run=1", `{"addresses":["192.168.6.77"]}`, "Content-Type", media); got.status != want {
			t.Errorf("%q: got %d %s, want %d", media, got.status, got.body, want)
		}
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for path, field := range map[string]string{
		"nodes?dryrun=1": "dryrun", "nodes?dry_run": "dry_run", "nodes?dry_run=true": "dry_run", "nodes?force=2": "force",
		"nodes?dry_run=1&dry_run=1": "dry_run", "nodes?dry_run=1&reload=1": "reload", "nodes?tail=1": "tail",
		"event?dry_run=1": "dry_run", "conf?force=1": "force", "nodes?%zz": "", "nodes?a;b": "",
	} {
		if got := s.post(path, `{"addresses":["192.168.6.77"]}`).fails(t, http.StatusBadRequest, api.CodeQuery); got.Field != field {
			t.Errorf("%s: field %q, want %q", path, got.Field, field)
		}
	}
	s.unchanged()
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	plain := s.get("nodes").header
	for _, name := range []string{"Access-Control-Allow-Origin", "X-Powered-By", "Vary", "Server"} {
		if got := plain.Get(name); got != "" {
			t.Errorf("%s: %q, and nobody asked for it", name, got)
		}
	}
	if got := s.do(http.MethodOptions, "nodes", "", "Access-Control-Request-Method", "GET"); got.status != http.StatusMethodNotAllowed {
		t.Errorf("preflight: got %d", got.status)
	}
	for origin, vary := range map[string]string{"*": "", "https://appliance.example": "Origin"} {
		s := newSite(t, func(s *site) { s.config.AllowOrigin, s.config.PoweredBy = origin, "OpenDrives" })
		for _, path := range []string{"nodes", "nope"} {
			got := s.get(path).header
			if got.Get("Access-Control-Allow-Origin") != origin || got.Get("X-Powered-By") != "OpenDrives" || got.Get("Vary") != vary {
				t.Errorf("%s: got %v", path, got)
			}
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodOptions, api.Prefix+"nodes", nil)
		r.Header.Set("Access-Control-Request-Method", "POST")
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		if w.Code != http.StatusNoContent || !strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "token") {
			t.Errorf("preflight: got %d %v", w.Code, w.Header())
		}
	}
	for _, bad := range []api.Config{
		{Token: secret, AllowOrigin: "appliance"}, {Token: secret, AllowOrigin: "https://a/path"},
		{Token: secret, AllowOrigin: "https://a\r\nX: y"}, {Token: secret, PoweredBy: "a\nb"},
	} {
		if _, err := api.New(bad); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

// TestAccessLog holds that a request has one line, with no secret in it and nothing that a stranger could forge.
func TestAccessLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := newSite(t, func(s *site) { s.config.Logger = slog.New(slog.NewTextHandler(&out, nil)) })
	s.get("nodes")
	s.post("conf", `{"raw":"secret-in-body"}`)
	s.get("log?since=secret-in-query")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/x", nil)
	r.URL.Path = "/a\nlevel=ERROR msg=forged" + strings.Repeat("x", 10_000)
	r.Header.Set("token", "secret-of-stranger")
	r.Header.Set("Referer", "secret-in-header")
	s.send(r)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || strings.Contains(out.String(), "secret") || strings.Contains(out.String(), secret) || out.Len() > 2000 {
		t.Errorf("got %d lines:\n%s", len(lines), out.String())
	}
	for i, want := range []string{
		"method=GET path=/api/v2/db/ctdb/nodes status=200 bytes=42 took=", "path=/api/v2/db/ctdb/conf status=200",
		"status=400 ", `path="/a\nlevel=ERROR msg=forged`,
	} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d: got %s, want %s", i+1, lines[i], want)
		}
	}
}
