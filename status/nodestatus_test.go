package status_test

import (
	"errors"
	"testing"

	"github.com/go-ctdb/go-ctdb/status"
)

func TestParseNodeStatusExit(t *testing.T) {
	t.Parallel()
	const (
		well         = "pnn:0 10.0.0.1         OK (THIS NODE)\n"
		disconnected = "pnn:1 10.0.0.2         DISCONNECTED|INACTIVE\n"
		sick         = "pnn:2 10.0.0.3         UNHEALTHY|DISABLED\n"
		strange      = "pnn:3 10.0.0.4         LAZY\n"
		header       = "|Node|IP|Disconnected|Lazy|\n"
	)
	tests := map[string]struct {
		out  string
		code int
		want status.Flags
		ok   bool
	}{
		"well":                         {well, 0, 0, true},
		"deleted":                      {"", 0, 0, true},
		"disconnected":                 {well + disconnected, 1, status.FlagDisconnected, true},
		"several":                      {disconnected + sick, 7, 7, true},
		"machine":                      {"|Node|IP|Disconnected|\n|1|::1|1|\n", 1, status.FlagDisconnected, true},
		"failed":                       {"", 1, 0, false},
		"failed behind a node":         {well, 1, 0, false},
		"usage":                        {"Usage: [-?YXv]\n", 1, 0, false},
		"failed as in old releases":    {"", 255, 0, false},
		"killed":                       {well, -1, 0, false},
		"out of range":                 {well, 256, 0, false},
		"too much":                     {sick, 7, 0, false},
		"too little":                   {sick, 2, 0, false},
		"a flag of its own":            {strange, 128, 0x80, true},
		"a flag of its own, no bit":    {strange, 0, 0, true},
		"a flag of its own, and wrong": {strange, 2, 0, false},
		"a column of its own":          {header + "|1|::1|0|1|\n", 128, 0x80, true},
		"a bit of its own":             {well, 128, 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, flags, err := status.ParseNodeStatusExit([]byte(test.out), test.code)
			if test.ok {
				if err != nil || flags != test.want || c == nil {
					t.Errorf("got %v, error %v; want %v", flags, err, test.want)
				}
				return
			}
			if !errors.Is(err, status.ErrExitCode) || c != nil || flags != 0 {
				t.Errorf("got %v beside %+v, error %v", flags, c, err)
			}
		})
	}
}

func TestParseNodeStatusExitMalformed(t *testing.T) {
	t.Parallel()
	_, _, err := status.ParseNodeStatusExit([]byte("pnn:x\n"), 2)
	if _, ok := errors.AsType[*status.ParseError](err); !ok || errors.Is(err, status.ErrExitCode) {
		t.Errorf("got %v", err)
	}
	_, _, err = status.ParseNodeStatusExit([]byte("Usage:\n"), 1)
	if _, ok := errors.AsType[*status.ParseError](err); !ok || !errors.Is(err, status.ErrExitCode) {
		t.Errorf("got %v", err)
	}
}

// TestParseNodeStatusExitCaptures reads real runs of nodestatus with their exit codes.
func TestParseNodeStatusExitCaptures(t *testing.T) {
	t.Parallel()
	count := 0
	for _, c := range captures(t) {
		if !c.isNodeStatus() || c.noSeparator() {
			continue
		}
		count++
		if _, flags, err := status.ParseNodeStatusExit([]byte(c.Out), c.Code); err != nil || int(flags) != c.Code {
			t.Errorf("%v: got %v, error %v, want %d", c, flags, err, c.Code)
		}
	}
	if count < 500 {
		t.Errorf("only %d captures", count)
	}
}
