//go:build linux

package realctdb

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// programDirs are where programs are looked up, in an install's root.
var programDirs = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}

// A runner runs programs in an install: with the environment that a node's programs have and nothing from this
// process's own, so that what is set where the test runs can't change what CTDB does.
type runner struct {
	root   string   // of the install; "" is this machine
	env    []string // besides PATH, HOME and LC_ALL
	inside []string // the program that enters a node's namespaces, with its arguments; nil where there are none
}

// Run implements [ctdb.Runner].
func (r runner) Run(ctx context.Context, command ctdb.Command) (ctdb.Result, error) {
	words, err := r.words(command)
	if err != nil {
		return ctdb.Result{}, err
	}
	inside := ctdb.Command{Name: words[0], Args: words[1:], Stdin: command.Stdin, Stdout: command.Stdout}
	return ctdb.ExecRunner{}.Run(ctx, inside)
}

// words gives the program, with its arguments, that runs a command in its place.
func (r runner) words(command ctdb.Command) ([]string, error) {
	// env and chroot would answer 127 for a program that is not there, which a Runner must report as an error.
	program, err := findProgram(r.root, command.Name)
	if err != nil {
		return nil, fmt.Errorf("%v: %w", command, err)
	}
	words := slices.Clone(r.inside)
	if r.root != "" {
		words = append(words, "chroot", r.root)
	}
	words = append(append(words, "env", "-i"), r.environment()...)
	words = append(words, command.Env...)
	return append(append(words, program), command.Args...), nil
}

func (r runner) environment() []string {
	fixed := []string{"PATH=" + strings.Join(programDirs, ":"), "HOME=/root", "LC_ALL=C"}
	return append(fixed, r.env...)
}

// findProgram gives a program's path inside root.
func findProgram(root, name string) (string, error) {
	if strings.Contains(name, "/") {
		_, err := os.Lstat(filepath.Join(root, name))
		return name, err
	}
	for _, dir := range programDirs {
		path := filepath.Join(dir, name)
		// A link may be absolute, which means something else out here; that it exists must do.
		if info, err := os.Lstat(filepath.Join(root, path)); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w in %s", exec.ErrNotFound, filepath.Join("/", root))
}
