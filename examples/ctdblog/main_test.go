package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// seed is the log of a cluster whose node 1 flaps. Its last line is cut.
const seed = "../../ctdb/ctdblog/testdata/log.ctdb"

func TestRun(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(seed)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	pack := gzip.NewWriter(&packed)
	if _, err := pack.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := pack.Close(); err != nil {
		t.Fatal(err)
	}
	zipped := filepath.Join(t.TempDir(), "log.ctdb.1.gz")
	if err := os.WriteFile(zipped, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args  []string
		stdin string
		code  int
		lines int    // of standard output
		want  string // in standard output
		err   string // in standard error
	}{
		"all":             {[]string{seed}, "", 0, 103, string(text[:100]), ""},
		"gzip":            {[]string{zipped}, "", 0, 103, string(text[:100]), ""},
		"standard input":  {[]string{"-"}, string(text), 0, 103, string(text[:100]), ""},
		"packed input":    {[]string{"-"}, packed.String(), 0, 103, string(text[:100]), ""},
		"no input":        {[]string{"-"}, "", 0, 0, "", ""},
		"the last":        {[]string{"-n", "3", seed}, "", 0, 3, "", ""},
		"since and until": {[]string{"-since", "2020-09-27T19:00:00", "-until", "2020-09-27T20:00:00", seed}, "", 0, 24, "19:44:12", ""},
		"a pattern":       {[]string{"-grep", "Filesystem .* 93%", seed}, "", 0, 1, "utilization 93%", ""},
		"a script":        {[]string{"-script", "05.system", seed}, "", 0, 23, "System memory", ""},
		"events of a node": {
			[]string{"-events", "-node", "1", "-until", "2020-09-27 00:12:05", seed}, "", 0, 2,
			`node-flags         {"node":1,"old":"UNHEALTHY","new":"OK"}`, "",
		},
		"colours":         {[]string{"-color", "always", "-node", "1", seed}, "", 0, 30, "\x1b[31m", ""},
		"summary":         {[]string{"-summary", seed}, "", 0, -1, "flapping         node 1\n", ""},
		"summary as JSON": {[]string{"-summary", "-json", seed}, "", 0, -1, `"flaps": 10`, ""},
		"no file":         {[]string{filepath.Join(t.TempDir(), "none")}, "", 1, 0, "", "no such file"},
		"help":            {[]string{"-h"}, "", 0, 0, "", "usage: ctdblog"},
		"two files":       {[]string{"a", "b"}, "", 2, 0, "", "one file at a time"},
		"a bad colour":    {[]string{"-color", "red"}, "", 2, 0, "", "auto, always or never"},
		"a bad time":      {[]string{"-since", "soon"}, "", 2, 0, "", "want a duration"},
		"a bad node":      {[]string{"-node", "-1"}, "", 2, 0, "", "want the number of a node"},
		"a bad pattern":   {[]string{"-grep", "("}, "", 2, 0, "", "missing closing"},
		"no end":          {[]string{"-f", "-summary", seed}, "", 2, 0, "", "-f never comes"},
		"input once":      {[]string{"-f", "-"}, "", 2, 0, "", "read once"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), test.args, strings.NewReader(test.stdin), &stdout, &stderr)
			if code != test.code || !strings.Contains(stderr.String(), test.err) {
				t.Errorf("exit code %d, %q; want %d, %q", code, stderr.String(), test.code, test.err)
			}
			if lines := strings.Count(stdout.String(), "\n"); test.lines >= 0 && lines != test.lines || !strings.Contains(stdout.String(), test.want) {
				t.Errorf("%d lines, want %d with %q:\n%s", lines, test.lines, test.want, stdout.String())
			}
		})
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"-json", "-n", "5", seed}, nil, &stdout, &stderr); code != 0 {
		t.Fatal(stderr.String())
	}
	for text := range strings.Lines(stdout.String()) {
		var l struct {
			Time    time.Time
			Program string
			Message string
		}
		if err := json.Unmarshal([]byte(text), &l); err != nil || l.Time.IsZero() || l.Program == "" || l.Message == "" {
			t.Errorf("%q is %+v, %v", text, l, err)
		}
	}
}

// TestFollow: what is written comes, until the end of the context.
func TestFollow(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.ctdb")
	const first, second = "2020/09/27 00:12:00.817799 ctdbd[7]: one\n", "2020/09/27 00:12:01.817799 ctdbd[7]: two\n"
	if err := os.WriteFile(path, []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read, write := io.Pipe()
	done := make(chan int)
	go func() {
		done <- run(ctx, []string{"-f", path}, nil, write, io.Discard)
		_ = write.Close()
	}()
	for _, want := range []string{first, second} {
		got := make([]byte, len(want))
		if _, err := io.ReadFull(read, got); err != nil || string(got) != want {
			t.Fatalf("got %q, %v", got, err)
		}
		file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if want == first {
			_, err = file.WriteString(second)
		}
		if err != nil || file.Close() != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("exit code %d", code)
	}
}
