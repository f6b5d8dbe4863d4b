package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// discard is a client that takes everything and keeps nothing.
type discard struct {
	header http.Header
	status int
	bytes  int64
}

func (w *discard) Header() http.Header    { return w.header }
func (w *discard) WriteHeader(status int) { w.status = status }
func (w *discard) Write(data []byte) (int, error) {
	w.bytes += int64(len(data))
	return len(data), nil
}

// ask sends one request again and again.
func ask(b *testing.B, s *site, path string) (bytes int64) {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, api.Prefix+path, nil)
	r.Header.Set("token", secret)
	b.ReportAllocs()
	for b.Loop() {
		w := &discard{header: http.Header{}}
		s.handler.ServeHTTP(w, r)
		if w.status != 0 && w.status != http.StatusOK {
			b.Fatalf("got %d", w.status)
		}
		bytes = w.bytes
	}
	return bytes
}

func BenchmarkStatus(b *testing.B) { ask(b, newSite(b), "status") }

func BenchmarkNodes(b *testing.B) { ask(b, newSite(b), "nodes") }

// BenchmarkLog reads a log of 64 MiB: whole, its last hundred entries, and as objects. figures.sh has larger ones.
func BenchmarkLog(b *testing.B) {
	const size = 64 << 20
	line := "2026-11-21T21:49:30.845326+00:00 mother ctdb-recoverd[5035]: Node 1 has changed flags - now 0x0  was 0x2\n"
	for _, path := range []string{"log", "log?tail=100", "log?format=entries"} {
		b.Run(path, func(b *testing.B) {
			s := newSite(b)
			if err := os.WriteFile(s.path("log.ctdb"), []byte(strings.Repeat(line, size/len(line))), 0o644); err != nil {
				b.Fatal(err)
			}
			if path != "log?tail=100" {
				b.SetBytes(size)
			}
			ask(b, s, path)
		})
	}
}

// BenchmarkPostAddresses replaces all of ten thousand addresses.
func BenchmarkPostAddresses(b *testing.B) {
	s := newSite(b)
	var bodies [2]string
	for i := range bodies {
		var lines []string
		for n := range 10_000 {
			lines = append(lines, fmt.Sprintf("10.%d.%d.%d/8 eth0", 10*i+n/62_500+1, n/250%250, n%250+1))
		}
		bodies[i] = public(lines...)
	}
	i := 0
	for b.Loop() {
		i++
		if got := s.post("addresses", bodies[i%2]); got.status != http.StatusOK {
			b.Fatalf("got %d %s", got.status, got.body)
		}
	}
}
