package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/ctdb/ctdbtest"
)

const simulated = `NODE  ADDRESS   STATE  
0     10.0.0.1  OK     
1     10.0.0.2  OK     this node
2     10.0.0.3  OK     

leader         0
generation     1700537583
recovery mode  NORMAL

node 0 was killed:
node 0      OK          -> DISCONNECTED|UNHEALTHY|INACTIVE
leader      0           -> 1
generation  1700537583  -> 2069281790

A nodes file, edited: add 10.0.0.4, delete node 1.
  node 1 deleted, was 10.0.0.2
  node 3 added: 10.0.0.4
Its lines now, where node 1 keeps its place:
  10.0.0.1
  #10.0.0.2
  10.0.0.3
  10.0.0.4
Taking the line out would renumber nodes, and is refused:
  nodes: a running cluster refuses this change: node 2 shifted to 1: 10.0.0.3; node 3 shifted to 2: 10.0.0.4
`

func TestRun(t *testing.T) {
	t.Parallel()
	failed := func(stderr string) ctdb.Runner {
		return ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) {
			return ctdb.Result{ExitCode: 1, Stderr: []byte(stderr + "\n")}, nil
		})
	}
	missing := ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) {
		return ctdb.Result{}, exec.ErrNotFound
	})
	sick := ctdbtest.New(ctdbtest.Options{Nodes: 3})
	if err := errors.Join(sick.Disable(1), sick.Kill(2)); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		runner ctdb.Runner
		args   []string
		code   int
		stdout string // all of it
		stderr string // a part of it
	}{
		{"CTDB is not installed", missing, nil, 0, simulated, "CTDB is not installed here. This is a simulated cluster"},
		{"ctdbd is not running", failed("connect() failed, errno=2"), nil, 0, simulated, "No ctdbd is running here. This is a simulated"},
		{"a cluster", sick, nil, 0, `NODE  ADDRESS   STATE                            
0     10.0.0.1  OK                               this node
1     10.0.0.2  DISABLED                         
2     10.0.0.3  DISCONNECTED|UNHEALTHY|INACTIVE  

leader         0
generation     2069281790
recovery mode  NORMAL
`, ""},
		{"no permission", failed("connect() failed, errno=13"), nil, 1, "", "run it as root"},
		{"bad configuration", failed("Failed to load configuration"), nil, 1, "", "ctdb-config validate"},
		{"another failure", failed("the moon is full"), nil, 1, "", "quickstart: ctdb -t 3 -T 10 --json status: exit code 1: the moon is full\n"},
		{"help", missing, []string{"-h"}, 0, "", "usage: quickstart [-json]"},
		{"unknown option", missing, []string{"-yaml"}, 2, "", "usage: quickstart [-json]"},
		{"an argument", missing, []string{"now"}, 2, "", `unexpected argument "now"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), test.runner, test.args, &stdout, &stderr)
			if code != test.code || !strings.Contains(stderr.String(), test.stderr) || test.stderr == "" && stderr.Len() > 0 {
				t.Errorf("exit code %d, %q on stderr; want %d, %q", code, stderr.String(), test.code, test.stderr)
			}
			if diff := cmp.Diff(test.stdout, stdout.String()); diff != "" {
				t.Errorf("stdout: mismatch (-want +got)\n%s", diff)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), ctdbtest.New(ctdbtest.Options{}), []string{"-json"}, &stdout, &stderr); code != 0 || stderr.Len() > 0 {
		t.Fatalf("exit code %d, %q on stderr", code, stderr.String())
	}
	var got report
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Simulated || len(got.Cluster.Nodes) != 3 || !got.Cluster.Leader.Is(0) || got.After != nil {
		t.Errorf("got %s", stdout.String())
	}
}
