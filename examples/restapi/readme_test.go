package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/examples/restapi/api"
)

// call is a curl call of the README with its answer.
type call struct {
	method, path, body string
	header             http.Header
	status             int
	answer             any
}

// TestREADME runs the calls of the README, each on a simulation of its own. A text of an answer that ends in … has
// anything behind that.
func TestREADME(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sh\n(curl .*?)\n```\n\n```text\n([0-9]{3}) (.*?)\n```").FindAllSubmatch(readme, -1)
	if len(blocks) != bytes.Count(readme, []byte("```sh\n")) || len(blocks) < 15 {
		t.Fatalf("%d calls with answers, of %d", len(blocks), bytes.Count(readme, []byte("```sh\n")))
	}
	for i, block := range blocks {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			t.Parallel()
			c := readCall(t, string(block[1]))
			if _, err := fmt.Sscan(string(block[2]), &c.status); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(block[3], &c.answer); err != nil {
				t.Fatalf("%v in %s", err, block[3])
			}
			c.run(t)
		})
	}
}

// readCall reads a curl call.
func readCall(t *testing.T, text string) call {
	t.Helper()
	c := call{method: http.MethodGet, header: http.Header{}}
	words := splitWords(t, text)[1:]
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		if after, ok := strings.CutPrefix(word, "$API/"); ok {
			c.path = after
			continue
		}
		if len(words) == 0 {
			t.Fatalf("%s without a value", word)
		}
		switch value := words[0]; word {
		case "-X":
			c.method = value
		case "-H":
			name, value, _ := strings.Cut(value, ": ")
			c.header.Set(name, value)
		case "-d":
			c.body = value
		default:
			t.Fatalf("unknown word %q", word)
		}
		words = words[1:]
	}
	return c
}

// splitWords splits a command into words as a shell does that knows quotes.
func splitWords(t *testing.T, text string) []string {
	t.Helper()
	var words []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		end, quote := strings.IndexAny(text, " \n"), text[0]
		if quote == '\'' || quote == '"' {
			end = strings.IndexByte(text[1:], quote)
			if end < 0 {
				t.Fatalf("no end of %s", text)
			}
			words, text = append(words, text[1:end+1]), text[end+2:]
			continue
		}
		if end < 0 {
			end = len(text)
		}
		words, text = append(words, text[:end]), text[end:]
	}
	return words
}

// run sends the call to a simulation.
func (c call) run(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSimulation(dir)
	if err != nil {
		t.Fatal(err)
	}
	config := s.config(api.Config{})
	handler, err := api.New(config)
	if err != nil {
		t.Fatal(err)
	}
	body := c.body
	if c.path == "link" { // the file systems are in the directory of the simulation
		body = strings.Replace(body, "/lfsmnt/", dir+"/lfsmnt/", 1)
	}
	r := httptest.NewRequestWithContext(t.Context(), c.method, api.Prefix+c.path, strings.NewReader(body))
	r.Header = c.header
	if r.Header.Get("token") == "$TOKEN" {
		r.Header.Set("token", config.Token)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	var got any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if w.Code != c.status {
		t.Errorf("got %d, want %d", w.Code, c.status)
	}
	if diff := cmp.Diff(c.answer, got, elided); diff != "" {
		t.Errorf("mismatch (-README +got)\n%s", diff)
	}
}

// elided lets a text that ends in … be the beginning of another one.
var elided = cmp.FilterValues(
	func(a, b string) bool { return strings.HasSuffix(a, "…") || strings.HasSuffix(b, "…") },
	cmp.Comparer(func(a, b string) bool {
		if before, ok := strings.CutSuffix(b, "…"); ok {
			return strings.HasPrefix(a, before)
		}
		return strings.HasPrefix(b, strings.TrimSuffix(a, "…"))
	}),
)
