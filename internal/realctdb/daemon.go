//go:build linux

package realctdb

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

const (
	commandLimit  = time.Minute      // for one program
	healthyLimit  = time.Minute      // for a cluster to become healthy
	shutdownLimit = 10 * time.Second // for a cluster to stop of its own accord
	helperLimit   = 5 * time.Second  // for helpers to notice that their ctdbd is dead
)

// StartNode starts the daemon of a node that was killed or shut down, or of a spare one. It does not wait until the
// daemon is ready.
func (c *Cluster) StartNode(t testing.TB, pnn int) {
	t.Helper()
	if output, err := c.startDaemon(pnn); err != nil {
		t.Fatalf("ctdbd of node %d: %v\n%s", pnn, err, output)
	}
}

// startDaemon runs ctdbd, which goes to the background of its own accord. It does not go through a Runner: the daemons
// must have a session of their own, which neither an interrupt at the terminal nor a Runner's clean-up reaches, and
// they would keep a Runner's pipes open.
func (c *Cluster) startDaemon(pnn int) (output []byte, err error) {
	words, err := c.ground.runner(pnn).words(ctdb.Command{Name: "ctdbd"})
	if err != nil {
		return nil, err
	}
	file, err := os.Create(filepath.Join(c.Dir(pnn), "start.output"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	command := exec.Command(words[0], words[1:]...)
	command.Dir = "/"
	command.Stdout, command.Stderr = file, file
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Run(); err != nil {
		output, readErr := os.ReadFile(file.Name())
		return output, errors.Join(err, readErr)
	}
	return nil, nil
}

// Kill ends a node's ctdbd and all its helpers with SIGKILL, as a power cut would, and waits until they have gone. It also
// ends programs that the node's Runner runs at that time. Public addresses that the node held stay up on its interfaces.
//
// If ctdbd alone were killed, the helper that holds the cluster lock would notice only after some seconds, and up to
// 4.15 a node that wants to be the next master would ban itself meanwhile.
func (c *Cluster) Kill(t testing.TB, pnn int) {
	t.Helper()
	c.signal(t, pnn, syscall.SIGKILL)
	for deadline := time.Now().Add(helperLimit); signalEach(c.ground.processes(pnn), syscall.SIGKILL) > 0; {
		if time.Now().After(deadline) {
			t.Fatalf("processes of node %d do not end", pnn)
		}
		time.Sleep(pollInterval / 5) // they are not children of this process: there is nothing to wait on
	}
}

// Pause stops a node's ctdbd with SIGSTOP: the node hangs, and after some seconds the others see it as disconnected.
func (c *Cluster) Pause(t testing.TB, pnn int) {
	t.Helper()
	c.signal(t, pnn, syscall.SIGSTOP)
}

// Resume lets a paused ctdbd go on.
func (c *Cluster) Resume(t testing.TB, pnn int) {
	t.Helper()
	c.signal(t, pnn, syscall.SIGCONT)
}

func (c *Cluster) signal(t testing.TB, pnn int, signal syscall.Signal) {
	t.Helper()
	var err error
	c.WaitFor(t, "the pid file of node "+strconv.Itoa(pnn), func(context.Context) bool {
		var process *os.Process
		if process, err = c.daemon(pnn); err == nil {
			err = process.Signal(signal)
			_ = process.Release()
		}
		return !errors.Is(err, os.ErrNotExist) // ctdbd writes it after it has gone to the background
	})
	if err != nil {
		t.Fatalf("%v to ctdbd of node %d: %v", signal, pnn, err)
	}
}

// daemon finds the ctdbd of a node by its pid file, and makes sure that it is one.
func (c *Cluster) daemon(pnn int) (*os.Process, error) {
	text, err := os.ReadFile(filepath.Join(c.Dir(pnn), "run", pidFile))
	if err != nil {
		return nil, err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, os.ErrNotExist // not written yet
	}
	var daemon *os.Process
	for _, process := range c.ground.processes(pnn) {
		if daemon == nil && c.ground.isProcess(process, pnn, pid) {
			daemon = process
		} else {
			_ = process.Release()
		}
	}
	if daemon == nil {
		return nil, os.ErrProcessDone
	}
	return daemon, nil
}
