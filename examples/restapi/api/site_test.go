package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/config"
	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/eventscript"
	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

const secret = "a-token-for-tests-only"

// The files of a node as the documentation has them.
const (
	nodesText  = "192.168.6.79\n192.168.6.77\n"
	publicText = "192.168.6.84/24 mother_ctdb0\n192.168.6.85/24 mother_ctdb0\n"
	confText   = "[logging]\n    # log level = NOTICE\n[cluster]\n    cluster lock = /lfsmnt/mother/.ctdb/lock\n"
	logText    = "2020/09/27 00:12:00.817799 ctdb-recoverd[5035]: Node 1 has changed flags - now 0x0  was 0x2\n" +
		"2020/09/27 00:12:01.277050 ctdb-recoverd[5035]: Takeover run starting\n" +
		"2020/09/27 06:24:58.938942 ctdb-eventd[4711]: 05.system: WARNING: Filesystem / utilization 91% >= threshold 90%\n"
)

var (
	mother = netip.MustParseAddr("192.168.6.79")
	robin  = netip.MustParseAddr("192.168.6.77")
)

// site is a node with its files in a directory, its simulated cluster and the API that is tested.
type site struct {
	t       testing.TB
	dir     string
	cluster *ctdbtest.Cluster
	config  api.Config
	handler *api.Handler
}

// newSite lays out the files and makes a handler. The options change its configuration.
func newSite(t testing.TB, options ...func(*site)) *site {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, dir: dir, cluster: ctdbtest.New(ctdbtest.Options{Addresses: []netip.Addr{mother, robin}})}
	s.write("etc/nodes", nodesText)
	s.write("etc/public_addresses", publicText)
	s.write("etc/ctdb.conf", confText)
	s.write("log.ctdb", logText)
	tool := ctdb.Config{Runner: s}
	s.config = api.Config{
		Token: secret, Client: ctdb.New(tool), Release: s.cluster.Release(),
		Paths: config.Paths{
			EtcDir: s.path("etc"), VarDir: s.path("var"), LogFile: s.path("log.ctdb"),
		},
		Scripts: eventscript.Tool{Config: tool, Release: s.cluster.Release()},
		Link:    ctdb.Linker{Marker: ".mounted"},
	}
	for _, o := range options {
		o(s)
	}
	if s.handler, err = api.New(s.config); err != nil {
		t.Fatal(err)
	}
	return s
}

// ofRelease makes the cluster one of another release.
func ofRelease(r release.Release) func(*site) {
	return func(s *site) {
		s.cluster = ctdbtest.New(ctdbtest.Options{Addresses: []netip.Addr{mother, robin}, Release: r})
		s.config.Release = r
	}
}

// answering makes the tool be a function.
func answering(run ctdb.RunnerFunc) func(*site) {
	return func(s *site) { s.config.Client = ctdb.New(ctdb.Config{Runner: run}) }
}

// failing makes the tool fail with some words.
func failing(stderr string) func(*site) {
	return answering(func(context.Context, ctdb.Command) (ctdb.Result, error) {
		return ctdb.Result{ExitCode: 1, Stderr: []byte(stderr + "\n")}, nil
	})
}

// down is what the tool says where no ctdbd runs.
const down = "connect() failed, errno=2"

// Run answers as the tool on node 0 does. All machines have the files of the site when they reload them.
func (s *site) Run(ctx context.Context, cmd ctdb.Command) (ctdb.Result, error) {
	for _, word := range cmd.Args {
		if word != "reloadnodes" && word != "reloadips" {
			continue
		}
		cluster, err := s.cluster.Client(0).Status(ctx)
		if err != nil {
			return ctdb.Result{}, err
		}
		for _, n := range cluster.Nodes {
			if err := s.cluster.SetNodesFile(n.PNN, s.read("etc/nodes")); err != nil {
				return ctdb.Result{}, err
			}
			if err := s.cluster.SetPublicAddressesFile(n.PNN, s.read("etc/public_addresses")); err != nil {
				return ctdb.Result{}, err
			}
		}
	}
	return s.cluster.Run(ctx, cmd)
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request with the token, and holds the answer against the OpenAPI document.
func (s *site) do(method, path, body string, headers ...string) answer {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, api.Prefix+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("token", secret)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.send(r)
}

func (s *site) send(r *http.Request) answer {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	a := answer{w.Code, w.Header(), w.Body.String()}
	checkDocumented(s.t, r, a)
	return a
}

func (s *site) get(path string) answer {
	s.t.Helper()
	return s.do(http.MethodGet, path, "{}")
}

func (s *site) post(path, body string, headers ...string) answer {
	s.t.Helper()
	return s.do(http.MethodPost, path, body, headers...)
}

// wants fails the test unless the answer is that one.
func (a answer) wants(t testing.TB, status int, body string) {
	t.Helper()
	if a.status != status || strings.TrimSuffix(a.body, "\n") != body {
		t.Errorf("got %d %s\nwant %d %s", a.status, a.body, status, body)
	}
}

// failure is an error as a client sees it.
type failure struct {
	Status int
	Code   api.Code
	Field  string
	Line   int
	Column int
}

// problem gives the error of an answer.
func (a answer) problem(t testing.TB) api.Error {
	t.Helper()
	var all struct{ Error api.Error }
	if err := json.Unmarshal([]byte(a.body), &all); err != nil || all.Error.Code == "" {
		t.Fatalf("want an error, got %d %s", a.status, a.body)
	}
	return all.Error
}

func (a answer) failure(t testing.TB) failure {
	t.Helper()
	e := a.problem(t)
	return failure{a.status, e.Code, e.Field, e.Line, e.Column}
}

// fails fails the test unless the answer is an error of that code and status.
func (a answer) fails(t testing.TB, status int, code api.Code) api.Error {
	t.Helper()
	e := a.problem(t)
	if a.status != status || e.Code != code {
		t.Errorf("got %d %s, want %d %s", a.status, a.body, status, code)
	}
	return e
}

// quoted gives a text as JSON.
func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // of a text there is always JSON
	return strings.TrimSuffix(b.String(), "\n")
}

// tidy fails the test if something was left behind beside the files.
func (s *site) tidy() {
	s.t.Helper()
	entries, err := os.ReadDir(s.path("etc"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		if strings.Contains(e.Name(), "goctdb") {
			s.t.Errorf("%s was left behind", e.Name())
		}
	}
}
