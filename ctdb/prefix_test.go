//go:build unix && !solaris && !aix

package ctdb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// recorder gives a runner that keeps the last command and runs nothing.
func recorder(last *ctdb.Command) ctdb.Runner {
	return ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		*last = cmd
		return ctdb.Result{ExitCode: 5}, nil
	})
}

func TestPrefix(t *testing.T) {
	t.Parallel()
	hops := func(r ctdb.Runner) ctdb.Runner {
		return ctdb.Prefix(ctdb.Prefix(r, "ssh", "a", "--"), "ssh", "b", "--")
	}
	with := func(argv ...string) func(ctdb.Runner) ctdb.Runner {
		return func(r ctdb.Runner) ctdb.Runner { return ctdb.Prefix(r, argv...) }
	}
	tests := map[string]struct {
		prefix func(ctdb.Runner) ctdb.Runner
		cmd    ctdb.Command
		want   ctdb.Command
	}{
		"nothing": {
			with(),
			ctdb.Command{Name: "-x", Env: []string{"A=b"}},
			ctdb.Command{Name: "-x", Env: []string{"A=b"}},
		},
		"one word": {
			with("sudo"),
			ctdb.Command{Name: "ctdb"},
			ctdb.Command{Name: "sudo", Args: []string{"ctdb"}},
		},
		"not quoted": {
			with("ip", "netns", "exec", "ns 1"),
			ctdb.Command{Name: "ctdb", Args: []string{"a b", "", "$x"}},
			ctdb.Command{Name: "ip", Args: []string{"netns", "exec", "ns 1", "ctdb", "a b", "", "$x"}},
		},
		"environment": {
			with("sudo", "-n"),
			ctdb.Command{Name: "ctdb", Args: []string{"pnn"}, Env: []string{"A=b c", "B="}},
			ctdb.Command{Name: "sudo", Args: []string{"-n", "env", "A=b c", "B=", "ctdb", "pnn"}},
		},
		"stdin": {
			with("sudo", "-n"),
			ctdb.Command{Name: "cat", Stdin: []byte("in")},
			ctdb.Command{Name: "sudo", Args: []string{"-n", "cat"}, Stdin: []byte("in")},
		},
		"ssh": {
			with("/usr/bin/ssh", "user name@a", "--"),
			ctdb.Command{Name: "my tool", Args: []string{"it's", "-n", ""}},
			ctdb.Command{
				Name: "/usr/bin/ssh", Args: []string{"user name@a", "--", "'my tool'", `'it'\''s'`, "-n", "''"},
			},
		},
		"ssh with environment": {
			with("ssh", "a"),
			ctdb.Command{Name: "ctdb", Env: []string{"A=b c"}},
			ctdb.Command{Name: "ssh", Args: []string{"a", "env", "'A=b c'", "ctdb"}},
		},
		"ssh in another place": {
			with("sudo", "ssh"),
			ctdb.Command{Name: "ctdb", Args: []string{"a b"}},
			ctdb.Command{Name: "sudo", Args: []string{"ssh", "ctdb", "a b"}},
		},
		"not quite ssh": {
			with("sshpass"),
			ctdb.Command{Name: "ctdb", Args: []string{"a b"}},
			ctdb.Command{Name: "sshpass", Args: []string{"ctdb", "a b"}},
		},
		"two hops": {
			hops,
			ctdb.Command{Name: "ctdb", Args: []string{"a b"}},
			ctdb.Command{Name: "ssh", Args: []string{"a", "--", "ssh", "b", "--", "ctdb", `''\''a b'\'''`}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got ctdb.Command
			res, err := test.prefix(recorder(&got)).Run(t.Context(), test.cmd)
			if err != nil || res.ExitCode != 5 {
				t.Errorf("got exit code %d, %v; want that of the runner below, 5", res.ExitCode, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("command: (-want +got)\n%s", diff)
			}
		})
	}
}

// Neither what the caller does with its slices afterwards nor what the runner below does shows on the other side.
func TestPrefixCopies(t *testing.T) {
	t.Parallel()
	argv := append(make([]string, 0, 10), "sudo", "-n")
	args := append(make([]string, 0, 10), "pnn")
	below := ctdb.RunnerFunc(func(_ context.Context, cmd ctdb.Command) (ctdb.Result, error) {
		got := cmd.String()
		clear(cmd.Args)
		return ctdb.Result{Stdout: []byte(got)}, nil
	})
	runner := ctdb.Prefix(below, argv...)
	argv[1] = "changed"
	for range 2 {
		res, err := runner.Run(t.Context(), ctdb.Command{Name: "ctdb", Args: args})
		if want := "sudo -n ctdb pnn"; err != nil || string(res.Stdout) != want {
			t.Errorf("got %q, %v; want %q", res.Stdout, err, want)
		}
	}
	if diff := cmp.Diff([]string{"pnn"}, args); diff != "" {
		t.Errorf("Args: (-want +got)\n%s", diff)
	}
}

func TestPrefixRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		cmd  ctdb.Command
		want string
	}{
		"no name": {ctdb.Command{}, "run '': the program has no name"},
		"option": {
			ctdb.Command{Name: "-s"}, `run -s: the program's name starts with "-" and would be taken for an option`,
		},
		"assignment": {
			ctdb.Command{Name: "A=b"}, `run 'A=b': the program's name has a "=" and would be taken for an assignment`,
		},
		"NUL": {ctdb.Command{Name: "a", Args: []string{"\x00"}}, "run a '\x00': argument 1 holds a NUL byte"},
		"option in the environment": {
			ctdb.Command{Name: "a", Env: []string{"A=b", "-S=x"}},
			`run a: the command's environment: entry 2 starts with "-" and cannot be given to env`,
		},
		"no key in the environment": {
			ctdb.Command{Name: "a", Env: []string{"=x"}},
			`run a: the command's environment: entry 1 starts with "=" and cannot be given to env`,
		},
		"no assignment in the environment": {
			ctdb.Command{Name: "a", Env: []string{""}},
			`run a: the command's environment: entry 1 has no "="`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			below := ctdb.RunnerFunc(func(context.Context, ctdb.Command) (ctdb.Result, error) {
				return ctdb.Result{}, errors.New("it was run")
			})
			_, err := ctdb.Prefix(below, "sudo").Run(t.Context(), test.cmd)
			if diff := cmp.Diff(test.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("error: (-want +got)\n%s", diff)
			}
		})
	}
}

// Without a runner, Prefix runs programs itself; the environment passes env as it is.
func TestPrefixRealEnv(t *testing.T) {
	t.Parallel()
	cmd := fake("args", "a b", "")
	cmd.Env = append(cmd.Env, "A=it's\n$x")
	for name, runner := range map[string]ctdb.Runner{
		"nil runner": ctdb.Prefix(nil, "env", "-i"), "nil runner, no prefix": ctdb.Prefix(nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, err := run(t, runner, cmd)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(asJSON("a b", "")), string(res.Stdout)); diff != "" {
				t.Errorf("arguments: (-want +got)\n%s", diff)
			}
		})
	}
}

// sshDir makes a directory with a fake ssh and programs that have the given names, and a runner that finds them.
func sshDir(t *testing.T, names ...string) (dir string, runner ctdb.Runner) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range append(names, "ssh") {
		if err := os.Symlink(self(), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, ctdb.ExecRunner{Env: []string{"PATH=" + dir + ":/usr/bin:/bin", promptExit}}
}

// hops gives runners that reach the fake "args" over one ssh and over two.
func hops(dir string, r ctdb.Runner) map[string]ctdb.Runner {
	one := ctdb.Prefix(r, filepath.Join(dir, "ssh"), "a", "--")
	return map[string]ctdb.Runner{
		"one hop":                 one,
		"two hops":                ctdb.Prefix(one, "ssh", "b", "--"),
		"two hops and a wrapper":  ctdb.Prefix(ctdb.Prefix(one, "ssh", "b", "--"), "nice"),
		"a wrapper between hops ": ctdb.Prefix(ctdb.Prefix(one, "nice"), "ssh", "b", "--"),
	}
}

func TestPrefixSSHArguments(t *testing.T) {
	t.Parallel()
	dir, local := sshDir(t)
	words := append([]string(nil), hardWords...)
	for b := 1; b < 256; b++ {
		words = append(words, string([]byte{byte(b)}))
	}
	for name, runner := range hops(dir, local) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, err := run(t, runner, ctdb.Command{Name: self(), Args: words})
			if err != nil || res.ExitCode != 0 {
				t.Fatalf("got exit code %d, %v: %s", res.ExitCode, err, res.Stderr)
			}
			if diff := cmp.Diff(string(asJSON(words...)), string(res.Stdout)); diff != "" {
				t.Errorf("arguments: (-want +got)\n%s", diff)
			}
		})
	}
}

// Programs may have names that a shell would read in its own way.
func TestPrefixSSHNames(t *testing.T) {
	t.Parallel()
	names := []string{
		"two words", "it's", "if", "time", "$HOME", "a;b", "`id`", "*", "~", "#", "!", "\xff", "new\nline", "{",
	}
	dir, local := sshDir(t, names...)
	for hop, runner := range hops(dir, local) {
		for _, name := range names {
			t.Run(hop+"/"+name, func(t *testing.T) {
				t.Parallel()
				res, err := run(t, runner, ctdb.Command{Name: name, Args: []string{"x"}})
				if want := string(asJSON("x")); err != nil || string(res.Stdout) != want {
					t.Errorf("got %q, %v (%s); want %q", res.Stdout, err, res.Stderr, want)
				}
			})
		}
	}
}

// The environment, standard input, output and error and the exit code cross. The hops are visited in order.
func TestPrefixSSHCrosses(t *testing.T) {
	t.Parallel()
	dir, local := sshDir(t)
	runner := ctdb.Prefix(ctdb.Prefix(local, filepath.Join(dir, "ssh"), "a", "--"), "ssh", "b", "--")

	env := fake("env", "GOCTDB_A")
	env.Env = append(env.Env, "GOCTDB_A=it's $HOME")
	cat := fake("cat")
	cat.Stdin = []byte("through both")
	var streamed strings.Builder
	stream := fake("both")
	stream.Stdout = &streamed
	tests := map[string]struct {
		cmd  ctdb.Command
		want ctdb.Result
	}{
		"environment": {env, ctdb.Result{Stdout: []byte("GOCTDB_A=it's $HOME\n")}},
		"stdin":       {cat, ctdb.Result{Stdout: []byte("through both")}},
		"streams":     {fake("both"), ctdb.Result{Stdout: []byte("out"), Stderr: []byte("err"), ExitCode: 3}},
		"writer":      {stream, ctdb.Result{Stderr: []byte("err"), ExitCode: 3}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := run(t, runner, test.cmd)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("result: (-want +got)\n%s", diff)
			}
		})
	}
	if streamed.String() != "out" {
		t.Errorf("the writer got %q, want %q", streamed.String(), "out")
	}

	where := ctdb.Command{Name: "printenv", Args: []string{"HOP"}}
	if res, err := run(t, runner, where); err != nil || string(res.Stdout) != "a,b,\n" {
		t.Errorf("hops: got %q, %v; want %q", res.Stdout, err, "a,b,\n")
	}
}
