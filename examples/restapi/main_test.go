package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// running is a program that runs, with what it prints.
type running struct {
	stdout *io.PipeReader
	stderr *bytes.Buffer
	stop   context.CancelFunc
	code   chan int
}

func start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	p := &running{read, &bytes.Buffer{}, stop, make(chan int, 1)}
	go func() {
		code := run(ctx, args, write, p.stderr)
		_ = write.Close()
		p.code <- code
		close(p.code)
	}()
	t.Cleanup(func() {
		stop()
		_, _ = io.Copy(io.Discard, read) // until it ends
		<-p.code
	})
	return p
}

// until reads what is printed, up to a line that contains a word.
func (p *running) until(t *testing.T, word string) string {
	t.Helper()
	var all strings.Builder
	one := make([]byte, 1)
	for {
		if _, err := p.stdout.Read(one); err != nil {
			t.Fatalf("%v: exit code %d: %s", err, <-p.code, p.stderr)
		}
		all.Write(one)
		if one[0] == '\n' {
			lines := strings.Split(strings.TrimSuffix(all.String(), "\n"), "\n")
			if strings.Contains(lines[len(lines)-1], word) {
				return all.String()
			}
		}
	}
}

// TestSim runs the simulation, and each of the calls that it prints.
func TestSim(t *testing.T) {
	t.Parallel()
	p := start(t, "-sim", "-listen", "127.0.0.1:0", "-powered-by", "OpenDrives", "-allow-origin", "*")
	printed := p.until(t, `"${api}event"`)
	value := func(name string) string {
		_, after, _ := strings.Cut(printed, "\n"+name+"=")
		text, _, _ := strings.Cut(after, "\n")
		return text
	}
	dir, _, _ := strings.Cut(strings.SplitAfter(printed, "Its files are in ")[1], " ")
	calls := 0
	for line := range strings.SplitSeq(printed, "\n") {
		if !strings.HasPrefix(line, "curl ") {
			continue
		}
		calls++
		c := readCall(t, strings.ReplaceAll(line, "${api}", "$API/"))
		if c.body != "" {
			c.method = http.MethodPost
		}
		r, err := http.NewRequestWithContext(t.Context(), c.method, value("api")+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = c.header
		r.Header.Set("token", strings.ReplaceAll(r.Header.Get("token"), "$token", value("token")))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("X-Powered-By") != "OpenDrives" {
			t.Errorf("%s: got %d %s, %v", line, resp.StatusCode, body, err)
		}
	}
	large, err := http.NewRequestWithContext(t.Context(), http.MethodGet, value("api")+"nodes", nil)
	if err != nil {
		t.Fatal(err)
	}
	large.Header.Set("x", strings.Repeat("x", 64<<10))
	if resp, err := http.DefaultClient.Do(large); err != nil || resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a large header: %v, %v", resp, err)
	} else {
		_ = resp.Body.Close()
	}
	p.stop()
	if code := <-p.code; code != 0 || calls != 7 {
		t.Errorf("exit code %d after %d calls: %s", code, calls, p.stderr)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", dir, err)
	}
	if log := p.stderr.String(); strings.Count(log, "msg=request") != 7 || strings.Contains(log, value("token")) {
		t.Errorf("the log: %s", log)
	}
}

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		args   []string
		code   int
		stderr string
	}{
		{[]string{"-h"}, 0, "-token-file"},
		{[]string{"-nope"}, 2, "flag provided but not defined"},
		{[]string{"now"}, 2, `unexpected argument "now"`},
		{[]string{"-tls-cert", "x"}, 2, "-tls-cert and -tls-key go together"},
		{[]string{"-sim", "-token-file", "x"}, 2, "-sim makes a token of its own"},
		{nil, 1, "want a token: -token-file or $CTDB_API_TOKEN"},
		{[]string{"-token-file", "/nope"}, 1, "no such file"},
		{[]string{"-sim", "-listen", "nonsense"}, 1, "missing port"},
		{[]string{"-sim", "-allow-origin", "nonsense"}, 1, "an origin"},
		{[]string{"-sim", "-listen", "127.0.0.1:0", "-tls-cert", "/nope", "-tls-key", "/nope"}, 1, "no such file"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), test.args, &stdout, &stderr); code != test.code || !strings.Contains(stderr.String(), test.stderr) {
			t.Errorf("%q: exit code %d, %s", test.args, code, stderr.String())
		}
	}
}

func TestTokens(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		return file
	}
	private := filepath.Join(dir, "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	good := write("good", "a-good-token-it-is\r\n", 0o640)
	for _, test := range []struct {
		name, file, variable string
		want, err            string
	}{
		{"a file", good, "", "a-good-token-it-is", ""},
		{"the environment", "", "another-good-token", "another-good-token", ""},
		{"both", good, "another-good-token", "", "want one token"},
		{"none", "", "", "", "want a token"},
		{"everybody may read it", write("open", "a-good-token-it-is", 0o644), "", "", "chmod o="},
		{"everybody may write it", write("wide", "a-good-token-it-is", 0o602), "", "", "chmod o="},
		{"too long", write("long", strings.Repeat("x", 5000), 0o600), "", "", "too long"},
		{"a directory", private, "", "", "directory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(tokenVariable, test.variable)
			if test.variable == "" {
				_ = os.Unsetenv(tokenVariable)
			}
			got, err := readToken(test.file)
			if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %q, %v", got, err)
			}
			if _, ok := os.LookupEnv(tokenVariable); ok {
				t.Error("programs that it runs would get the token")
			}
		})
	}
}

// certificate makes a certificate for 127.0.0.1 and writes it to files.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	pool = x509.NewCertPool()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	pool.AppendCertsFromPEM(text)
	for file, data := range map[string][]byte{cert: text, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, pool
}

func TestTLS(t *testing.T) {
	t.Parallel()
	cert, key, pool := certificate(t)
	p := start(t, "-sim", "-listen", "127.0.0.1:0", "-tls-cert", cert, "-tls-key", key)
	url := strings.TrimSpace(strings.TrimPrefix(p.until(t, "serving"), "serving "))
	p.until(t, `"${api}event"`)
	if !strings.HasPrefix(url, "https://127.0.0.1:") {
		t.Fatalf("got %s", url)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"status", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusUnauthorized || resp.TLS == nil {
		t.Errorf("got %d", resp.StatusCode)
	}
}

// TestShutdown ends the server while a request is served: the request gets its answer.
func TestShutdown(t *testing.T) {
	t.Parallel()
	began, end := make(chan struct{}), make(chan struct{})
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-end
		_, _ = io.WriteString(w, "done")
	}), ReadHeaderTimeout: time.Second}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served, got := make(chan error), make(chan string)
	go func() { served <- (&options{grace: time.Minute}).serveOn(ctx, server, listener) }()
	go func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String(), nil)
		if err != nil {
			got <- err.Error()
			return
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			got <- err.Error()
			return
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		got <- string(body)
	}()
	<-began
	stop()
	for { // until nobody is let in any more
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	close(end)
	if diff := cmp.Diff("done", <-got); diff != "" {
		t.Errorf("mismatch (-want +got)\n%s", diff)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestUnixSocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "api.sock")
	p := start(t, "-sim", "-listen", "unix:"+path)
	p.until(t, `"${api}event"`)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != socketMode {
		t.Errorf("got %v, %v", info, err)
	}
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"-sim", "-listen", "unix:" + path}, io.Discard, &stderr)
	if code != 1 || !strings.Contains(stderr.String(), "another server") {
		t.Errorf("a second one: exit code %d, %s", code, stderr.String())
	}
	p.stop()
	if code := <-p.code; code != 0 {
		t.Errorf("exit code %d: %s", code, p.stderr)
	}
	// One that was left behind is taken over, and a file is not.
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	_ = l.Close()
	again, err := listen("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := listen("unix:" + path); err == nil {
		t.Error("a file was replaced")
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
		t.Errorf("got %q, %v", text, err)
	}
}

// fakeListener gives connections from a channel.
type fakeListener struct{ conns chan net.Conn }

func (l fakeListener) Accept() (net.Conn, error) {
	c, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (l fakeListener) Close() error {
	close(l.conns)
	return nil
}

func (fakeListener) Addr() net.Addr { return &net.TCPAddr{} }

func TestConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := fakeListener{make(chan net.Conn, 10)}
		for range 5 {
			c, _ := net.Pipe()
			inner.conns <- c
		}
		l := limitConnections(inner, 2)
		accepted := make(chan net.Conn, 10)
		ended := make(chan error, 1)
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					ended <- err
					return
				}
				accepted <- c
			}
		}()
		synctest.Wait()
		if len(accepted) != 2 {
			t.Errorf("%d connections", len(accepted))
		}
		c := <-accepted
		_, _ = c.Close(), c.Close() // the second one gives nothing back
		synctest.Wait()
		if len(accepted) != 2 {
			t.Errorf("%d connections", len(accepted))
		}
		_ = l.Close()
		if err := <-ended; err == nil {
			t.Error("no error")
		}
	})
}
