package api_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// hanging makes the tool wait for a channel before it answers as that of the cluster.
func hanging(s *site, until <-chan struct{}, runs *atomic.Int32) {
	s.config.Client = ctdb.New(ctdb.Config{Runner: ctdb.RunnerFunc(func(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		if !slices.Contains(cmd.Args, "--json") { // which the tool does not have, and the client finds out once
			runs.Add(1)
		}
		select {
		case <-until:
			return s.cluster.Run(ctx, cmd)
		case <-ctx.Done():
			return ctdb.Result{}, ctx.Err()
		}
	})})
}

func TestBusy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		until, runs := make(chan struct{}), atomic.Int32{}
		s := newSite(t, func(s *site) {
			hanging(s, until, &runs)
			s.config.Limits = api.Limits{Requests: 1, Logs: 1}
		})
		first := make(chan answer)
		go func() { first <- s.get("status") }()
		synctest.Wait()
		began := time.Now()
		got := s.get("nodes")
		got.fails(t, http.StatusServiceUnavailable, api.CodeBusy)
		if waited := time.Since(began); waited != 5*time.Second || got.header.Get("Retry-After") == "" {
			t.Errorf("waited %v, header %v", waited, got.header)
		}
		if got := s.get("log"); got.status != http.StatusOK { // which has turns of its own
			t.Errorf("got %d", got.status)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, api.Prefix+"nodes", nil)
		s.send(r).fails(t, http.StatusUnauthorized, api.CodeUnauthorized) // at once
		close(until)
		if got := <-first; got.status != http.StatusOK {
			t.Errorf("got %d %s", got.status, got.body)
		}
		if got := s.get("nodes"); got.status != http.StatusOK {
			t.Errorf("got %d %s", got.status, got.body)
		}
	})
}

func TestTimeIsUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		s := newSite(t, func(s *site) {
			hanging(s, nil, &runs)
			s.config.Limits = api.Limits{Time: 3 * time.Second}
		})
		began := time.Now()
		if got := s.get("status"); got.status != http.StatusGatewayTimeout {
			t.Errorf("got %d %s", got.status, got.body)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestStatusIsShared holds that those who ask while the tool runs share its next run, and that one who leaves takes
// nothing from the others.
func TestStatusIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		until, runs := make(chan struct{}), atomic.Int32{}
		s := newSite(t, func(s *site) { hanging(s, until, &runs) })
		var all sync.WaitGroup
		var good atomic.Int32
		ask := func() {
			if s.get("status").status == http.StatusOK {
				good.Add(1)
			}
		}
		all.Go(ask)
		synctest.Wait()
		ctx, leave := context.WithCancel(t.Context())
		gone := make(chan int)
		all.Go(ask)
		synctest.Wait()
		for range 19 {
			all.Go(ask)
		}
		go func() {
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, api.Prefix+"status", nil)
			r.Header.Set("token", secret)
			gone <- s.send(r).status
		}()
		synctest.Wait()
		leave()
		if status := <-gone; status == http.StatusOK {
			t.Errorf("got %d", status)
		}
		close(until)
		all.Wait()
		if good.Load() != 21 || runs.Load() != 2 {
			t.Errorf("%d answers of %d runs", good.Load(), runs.Load())
		}
	})
}

// serve serves the site on a real connection.
func (s *site) serve() *httptest.Server {
	server := httptest.NewServer(s.handler)
	s.t.Cleanup(server.Close)
	return server
}

// dial sends the beginning of a request on a connection of its own.
func (s *site) dial(server *httptest.Server, text string) net.Conn {
	s.t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, text); err != nil {
		s.t.Fatal(err)
	}
	return conn
}

func head(method, path string, length int) string {
	return fmt.Sprintf("%s %s%s HTTP/1.1\r\nHost: x\r\ntoken: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
		method, api.Prefix, path, secret, length)
}

// TestSlowBody has a client whose body does not come.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(s *site) { s.config.Limits = api.Limits{Time: 50 * time.Millisecond} })
	conn := s.dial(s.serve(), head(http.MethodPost, "conf", 100)+`{"raw":`)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusRequestTimeout || !strings.Contains(string(body), string(api.CodeSlow)) {
		t.Errorf("got %d %s, %v", resp.StatusCode, body, err)
	}
	s.unchanged()
}

// TestBodyCutOff has a client that goes away in the middle.
func TestBodyCutOff(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := s.serve()
	conn := s.dial(server, head(http.MethodPost, "conf", 100)+`{"raw":"[cluster]\n"}`)
	_ = conn.Close()
	server.Close() // waits for the handler
	s.unchanged()
}

// TestStalledLog has a client that takes nothing of a long log: it ends, and the next one gets the turn.
func TestStalledLog(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(s *site) {
		s.config.Limits = api.Limits{Logs: 1, Stall: 300 * time.Millisecond, Wait: time.Minute}
	})
	s.write("log.ctdb", strings.Repeat("2026-11-21T21:00:00.000000+00:00 mother ctdbd[1]: line\n", 1<<20))
	server := s.serve()
	s.dial(server, head(http.MethodGet, "log", 0))
	resp := s.fetch(server, "log?tail=1")
	if resp != `{"raw":"2026-11-21T21:00:00.000000+00:00 mother ctdbd[1]: line\n"}`+"\n" {
		t.Errorf("got %s", resp)
	}
}

// TestSlowLog has a client that takes longer for a log than a request may take.
func TestSlowLog(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(s *site) { s.config.Limits = api.Limits{Time: 200 * time.Millisecond} })
	s.write("log.ctdb", strings.Repeat("x", 32<<20))
	server := s.serve()
	conn := s.dial(server, head(http.MethodGet, "log", 0))
	timer := time.NewTimer(500 * time.Millisecond)
	<-timer.C // longer than the time of a request
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if want := int64(32<<20 + len(`{"raw":""}`) + 1); err != nil || n != want {
		t.Errorf("got %d bytes, %v; want %d", n, err, want)
	}
}

// fetch gets a path of a server.
func (s *site) fetch(server *httptest.Server, path string) string {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, server.URL+api.Prefix+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("token", secret)
	resp, err := server.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(body)
}

// brokenWriter takes some bytes and no more.
type brokenWriter struct {
	*httptest.ResponseRecorder
	left int
}

func (w *brokenWriter) Write(data []byte) (int, error) {
	if w.left -= len(data); w.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return w.ResponseRecorder.Write(data)
}

// TestLogBreaksOff holds that an answer that does not come to its end does not look as if it did.
func TestLogBreaksOff(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("log.ctdb", strings.Repeat("x", 1<<20))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, api.Prefix+"log", nil)
	r.Header.Set("token", secret)
	defer func() {
		err, _ := recover().(error)
		if !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("got %v", err)
		}
	}()
	s.handler.ServeHTTP(&brokenWriter{httptest.NewRecorder(), 300_000}, r)
}
