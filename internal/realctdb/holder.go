//go:build linux

package realctdb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

// A holder is a process that keeps namespaces: for the network, mounts and processes. They have no names and are there
// as long as it is. It is the first process in them, so that the kernel ends all others there when it ends, and it reads
// from this process, so that it ends when this one does, even by SIGKILL.
type holder struct {
	command *exec.Cmd
	input   *os.File // the end of a pipe that the holder reads from
}

// holderScript prepares the namespaces ($1 is the script for that, the rest are its arguments) and waits for the end of
// its input. The shell stays, and takes note of the end of processes whose parents have gone before them.
const holderScript = `
set -e
mount --make-rslave /
prepare=$1
shift
eval "$prepare"
echo ready
cat
exit 0
`

// startHolder makes namespaces and runs a shell script in them. The directory is what [processesOf] finds the holder by.
func startHolder(dir, prepare string, args ...string) (*holder, error) {
	command := exec.Command("sh", append([]string{"-c", holderScript, "sh", prepare}, args...)...)
	command.Dir = "/"
	command.Env = runner{env: []string{"CTDB_BASE=" + dir}}.environment()
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID,
		Setsid:     true, // what interrupts the test from the terminal is not for its holders
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	command.Stderr = command.Stdout
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	command.Stdin = read
	err = command.Start()
	_ = read.Close()
	if err != nil {
		_ = write.Close()
		return nil, err
	}
	h := &holder{command: command, input: write}
	if err := h.awaitReady(output); err != nil {
		return nil, errors.Join(err, h.end())
	}
	return h, nil
}

// awaitReady waits until the namespaces are prepared.
func (h *holder) awaitReady(output io.Reader) error {
	timer := time.AfterFunc(commandLimit, func() { _ = h.command.Process.Kill() })
	defer timer.Stop()
	var said strings.Builder
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if lines.Text() == "ready" {
			return nil
		}
		fmt.Fprintln(&said, lines.Text())
	}
	return fmt.Errorf("namespaces can't be prepared: %s", strings.TrimSpace(said.String()))
}

// end ends the holder and with it all that runs in its namespaces. When it returns, all of that has gone.
func (h *holder) end() error {
	_ = h.input.Close()
	timer := time.AfterFunc(helperLimit, func() { _ = h.command.Process.Kill() })
	defer timer.Stop()
	if err := h.command.Wait(); err != nil {
		return fmt.Errorf("the first process of the namespaces: %w", err)
	}
	return nil
}

func (h *holder) pid() string { return strconv.Itoa(h.command.Process.Pid) }

// enter is the program that runs another one in the namespaces.
func (h *holder) enter() []string { return []string{"nsenter", "-t", h.pid(), "-n", "-m", "-p"} }

// ip runs a program of this host that reads commands: each line is one of the program "ip", in the network namespace.
func (h *holder) ip(lines ...string) error {
	_, err := h.runIP([]byte(strings.Join(lines, "\n")+"\n"), "-batch", "-")
	return err
}

func (h *holder) runIP(input []byte, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit) // a test's own context ends before its cleanup
	defer cancel()
	command := ctdb.Command{Name: "nsenter", Args: append([]string{"-t", h.pid(), "-n", "ip"}, args...), Stdin: input}
	result, err := ctdb.ExecRunner{}.Run(ctx, command)
	if err == nil && result.ExitCode != 0 {
		err = fmt.Errorf("%v: exit code %d: %s", command, result.ExitCode, result.Stderr)
	}
	return result.Stdout, err
}
