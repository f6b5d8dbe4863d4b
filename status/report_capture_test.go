package status_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/status"
)

// report is a capture with what its tests need besides: the node that was asked and what stood on standard error.
type report struct {
	capture
	Node int    `json:"node"`
	Err  string `json:"err"`
}

// command gives the words of the command without options and their values.
func (r report) command() (words []string) {
	for i := 0; i < len(r.Args); i++ {
		switch {
		case slices.Contains([]string{"-n", "-x", "-t", "-T", "-d"}, r.Args[i]):
			i++
		case !strings.HasPrefix(r.Args[i], "-"):
			words = append(words, r.Args[i])
		}
	}
	return words
}

// isMachine tells whether the command asked for the machine form.
func (r report) isMachine() bool {
	return slices.Contains(r.Args, "-X") || slices.Contains(r.Args, "-Y")
}

// reportsIn reads testdata/captures-NAME.jsonl, which has at least that many captures.
func reportsIn(tb testing.TB, name string, atLeast int) (all []report) {
	tb.Helper()
	data, err := os.ReadFile("testdata/captures-" + name + ".jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for lines.Scan() {
		var r report
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			tb.Fatal(err)
		}
		all = append(all, r)
	}
	if len(all) < atLeast {
		tb.Fatalf("only %d captures of %s, want at least %d", len(all), name, atLeast)
	}
	return all
}

// checkSame fails when a report that was printed again from the model is not what the tool printed.
func (r report) checkSame(t *testing.T, again string, unparsed status.Lines) {
	t.Helper()
	if diff := cmp.Diff(r.Out, again); diff != "" {
		t.Errorf("%v: mismatch (-tool +printed again)\n%s", r, diff)
	}
	if err := unparsed.Err(); err != nil {
		t.Errorf("%v: %v", r, err)
	}
}

// checkRefused fails unless err is a *status.ParseError that has the words of want.
func checkRefused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", want)
	}
	if _, ok := errors.AsType[*status.ParseError](err); !ok {
		t.Errorf("error is a %T", err)
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("error %q, want one with %q", err, want)
	}
}

// checkError holds what fuzz targets expect of an error: that it is a *status.ParseError with a position in the input.
func checkError(t *testing.T, in []byte, err error) {
	t.Helper()
	parse, ok := errors.AsType[*status.ParseError](err)
	if !ok {
		t.Fatalf("error %v, a %T", err, err)
	}
	lines := bytes.Count(in, []byte("\n")) + 1
	if _, line, col := parse.Position(); line < 0 || line > lines || col < 0 || col > len(in)+1 {
		t.Fatalf("%v: outside the input of %d lines, %d bytes", err, lines, len(in))
	}
}

// again compares a model with what was read from it printed.
func again[T any](t *testing.T, want, got T, err error, printed string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v, from\n%s", err, printed)
	}
	if diff := cmp.Diff(want, got, addresses, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Fatalf("mismatch (-printed +read)\n%s\nfrom\n%s", diff, printed)
	}
}
