//go:build linux

package realctdb

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// programDirs are where programs are looked up, in an install's root.
var programDirs = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}

// A runner runs programs in an install: with the environment that a node's programs have and nothing from this
// process's own, so that what is set where the test runs can't change what CTDB does.
type runner struct {
	root string   // of the install; "" is this machine
	env  []string // besides PATH, HOME and LC_ALL
}

// Run implements [ctdb.Runner].
func (r runner) Run(ctx context.Context, command ctdb.Command) (ctdb.Result, error) {
	// env and chroot would answer 127 for a program that is not there, which a Runner must report as an error.
	program, err := findProgram(r.root, command.Name)
	if err != nil {
		return ctdb.Result{}, fmt.Errorf("%v: %w", command, err)
	}
	args := append([]string{"-i"}, r.environment()...)
	args = append(args, command.Env...)
	args = append(append(args, program), command.Args...)
	inside := ctdb.Command{Name: "env", Args: args, Stdin: command.Stdin, Stdout: command.Stdout}
	if r.root != "" {
		inside.Name, inside.Args = "chroot", append([]string{r.root, "env"}, args...)
	}
	return ctdb.ExecRunner{}.Run(ctx, inside)
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
