//go:build linux

package nodes_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/internal/realctdb"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// TestRealNodesList compares ReadList with the ctdb programs that know the option, for settings of all sorts. %s is the
// configuration directory.
func TestRealNodesList(t *testing.T) {
	settings := []struct{ name, setting string }{
		{"a file", "%s/list"},
		{"a missing file", "%s/missing"},
		{"a file with a bad line", "%s/bad"},
		{"a command", "!/bin/cat %s/list"},
		{"a command behind a blank", "! /bin/cat %s/list"},
		{"a command and blanks", "! \t/bin/cat \t %s/list"},
		{"two files", "!/bin/cat %s/list %s/list"},
		{"quotes around a word", `!/bin/echo "10.0.0.1"`},
		{"quotes around words", `!/bin/sh -c "/bin/cat %s/list"`},
		{"a backslash", `!/bin/cat %s/li\st`},
		{"a glob", "!/bin/cat %s/lis*"},
		{"a variable", "!/bin/cat $CTDB_BASE/list"},
		{"a pipe", "!/bin/cat %s/list | cat"},
		{"a semicolon", "!/bin/echo 10.0.0.1; echo 10.0.0.2"},
		{"a comment", "!/bin/echo 10.0.0.1 # x"},
		{"one address", "!/bin/echo 10.0.0.1"},
		{"a blank line", "!/bin/echo"},
		{"only a deleted node", "!/bin/echo #"},
		{"a bad list", "!/bin/echo 10.0.0.1 10.0.0.2"},
		{"nothing", "!/bin/true"},
		{"nothing, and failure", "!/bin/false"},
		{"a list, and failure", "!/bin/sh %s/fail"},
		{"a list, and words on stderr", "!/bin/sh %s/warn"},
		{"no path", "!echo 10.0.0.1"},
		{"no such program", "!/bin/goctdb-none"},
		{"only a bang", "!"},
	}
	for _, install := range realctdb.Releases(t) {
		if !install.Release.HasNodesList() {
			continue
		}
		t.Run(install.String(), func(t *testing.T) {
			tool := newTool(t, install)
			for name, text := range map[string]string{
				"list": "10.0.0.1\n#\n[fd00::1]\n", "bad": "10.0.0.1\nx\n", "nodes": "10.9.9.9\n",
				"fail": "echo 10.0.0.1\nexit 3\n", "warn": "echo 10.0.0.1\necho 10.0.0.2 >&2\n",
			} {
				if err := tool.write(name, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			for _, s := range settings {
				t.Run(s.name, func(t *testing.T) { tool.compareList(t, strings.ReplaceAll(s.setting, "%s", tool.base)) })
			}
		})
	}
}

func (o tool) compareList(t *testing.T, setting string) {
	t.Helper()
	if err := o.write("ctdb.conf", fmt.Appendf(nil, "[cluster]\n\tnodes list = %s\n", setting)); err != nil {
		t.Fatal(err)
	}
	result, err := o.run(t.Context(), "ctdb", "-X", "listnodes")
	if err != nil {
		t.Fatal(err)
	}
	file, err := nodes.ReadList(t.Context(), setting, nodes.Options{FS: o.fs()}, o.runList)
	if setting == "!" {
		if result.ExitCode != -11 || !errors.Is(err, nodes.ErrNoCommand) {
			t.Errorf("ctdb exits with %d, ReadList says %v; want a crash and ErrNoCommand", result.ExitCode, err)
		}
		return
	}
	want, err2 := readVerdict(result)
	if parseError, ok := errors.AsType[*nodes.ParseError](err); ok {
		if want.Refused != parseError.Text {
			t.Errorf("ctdb says %v, %v, ReadList says %v", want, err2, err)
		}
		return
	}
	if (err != nil) != errors.Is(err2, errNoList) || err == nil && err2 != nil {
		t.Fatalf("ctdb says %v, %v, ReadList says %v", want, err2, err)
	}
	if err != nil {
		return
	}
	var got verdict
	for node := range file.Active() {
		got.List = append(got.List, node.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("nodes list %q (-ctdb +ReadList):\n%s", setting, diff)
	}
}

// runList runs the command of a nodes list where ctdb runs it, and searches no PATH.
func (o tool) runList(ctx context.Context, argv []string) ([]byte, error) {
	if argv[0][0] != '/' {
		return nil, fmt.Errorf("%s: %w", argv[0], exec.ErrNotFound)
	}
	result, err := o.runner.Run(ctx, ctdb.Command{Name: argv[0], Args: argv[1:]})
	return result.Stdout, err
}
