package store_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/store"
)

func init() { children["replace"] = replaceOnce }

func replaceOnce(args []string) error {
	s := store.For(nil, store.Options{})
	_, stamp, err := s.Read(args[0])
	if err != nil && stamp.Exists() {
		return err
	}
	_, err = s.Replace(context.Background(), args[0], []byte(args[1]), fs.FileMode(0o644), stamp)
	return err
}

// TestOrder lets strace tell the order of the system calls, which is what survives a crash of the machine.
func TestOrder(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("strace"); err != nil {
		needs(t, false, "strace")
	}
	tests := map[string]struct {
		old  string
		new  string
		want []string
	}{
		"replace": {"old\n", "new\n", []string{
			"write STAGED", "fsync STAGED", "renameat2 EXCHANGE", "fsync DIR", "unlinkat STAGED",
		}},
		"create": {"", "new\n", []string{"write STAGED", "fsync STAGED", "renameat2 NOREPLACE", "fsync DIR"}},
		"same":   {"old\n", "old\n", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "nodes")
			if test.old != "" {
				write(t, test.old, file)
			}
			if diff := cmp.Diff(test.want, traceReplace(t, file, test.new)); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// traceReplace gives the calls that write, sync or change names, with short words for what they are about.
func traceReplace(t *testing.T, file, data string) (calls []string) {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	child := childCommand(t, "replace", file, data)
	const names = "trace=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat"
	args := append([]string{"-f", "-y", "-o", trace, "-e", names}, child.Args...)
	cmd := exec.CommandContext(t.Context(), "strace", args...)
	cmd.Env = child.Env
	if output, err := cmd.CombinedOutput(); err != nil {
		needs(t, !strings.Contains(string(output), "ptrace"), "the permission to trace")
		t.Fatalf("strace: %v\n%s", err, output)
	}
	lines, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(file)
	call := regexp.MustCompile(`^\d+ +(\w+)\((.*)`)
	for line := range strings.Lines(string(lines)) {
		match := call.FindStringSubmatch(line)
		if match == nil || !strings.Contains(match[2], dir) {
			continue
		}
		calls = append(calls, match[1]+" "+whatAbout(match[2], dir))
	}
	return calls
}

func whatAbout(args, dir string) string {
	for text, what := range map[string]string{"RENAME_EXCHANGE": "EXCHANGE", "RENAME_NOREPLACE": "NOREPLACE"} {
		if strings.Contains(args, text) {
			return what
		}
	}
	switch {
	case strings.Contains(args, ".nodes.goctdb-"):
		return "STAGED"
	case strings.Contains(args, "<"+dir+">"):
		return "DIR"
	}
	return args
}
