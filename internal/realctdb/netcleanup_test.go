//go:build linux

package realctdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

func TestNetNothingStays(t *testing.T) {
	for _, install := range Releases(t) {
		t.Run(install.String(), func(t *testing.T) {
			t.Parallel()
			testNetNothingStays(t, install)
		})
	}
}

func testNetNothingStays(t *testing.T, install Install) {
	var c *NetCluster
	var namespaces []string
	started := t.Run("cluster", func(t *testing.T) {
		c = StartNet(t, install, NetOptions{Nodes: 2, Public: 2, DontWait: true})
		namespaces = namespacesOf(t, c.network)
		wantUntouched(t, c)
		// One that nobody waits for, in a session of its own and without a file of the cluster.
		script := "setsid sleep 1000 </dev/null >/dev/null 2>&1 &"
		if _, err := c.Runner(0).Run(t.Context(), ctdb.Command{Name: "sh", Args: []string{"-c", script}}); err != nil {
			t.Error(err)
		}
		c.Kill(t, 1)
		c.Pause(t, 0)
	})
	if !started {
		return
	}
	for _, namespace := range namespaces {
		if n := signalEach(processesIn(namespace)); n != 0 {
			t.Errorf("%d processes are left in %s", n, namespace)
		}
	}
	if _, err := os.Stat(c.hostDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left: %v", c.hostDir(), err)
	}
	wantUntouched(t, c)
}

// namespacesOf names the namespaces of a cluster.
func namespacesOf(t *testing.T, n *network) (names []string) {
	t.Helper()
	for _, h := range append([]*holder{n.hub}, n.nodes...) {
		for _, kind := range []string{"net", "mnt", "pid"} {
			name, err := os.Readlink(filepath.Join("/proc", h.pid(), "ns", kind))
			if err != nil {
				t.Fatal(err)
			}
			if own, err := os.Readlink(filepath.Join("/proc/self/ns", kind)); err != nil || own == name {
				t.Errorf("%s is this process's own, %v", name, err)
			}
			names = append(names, name)
		}
	}
	return names
}

// processesIn finds the processes in a namespace.
func processesIn(namespace string) []*os.Process {
	kind, _, _ := strings.Cut(namespace, ":")
	return processesWhere(func(pid int) bool {
		name, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "ns", kind))
		return err == nil && name == namespace
	})
}

// wantUntouched makes sure that nothing of a cluster shows on this host itself, other than files and processes.
func wantUntouched(t *testing.T, c *NetCluster) {
	t.Helper()
	for _, address := range []netip.Addr{c.Address(0), c.Address(1), c.PublicAddress(1), c.PublicAddress(2)} {
		if isUp(t, address.String()) {
			t.Errorf("this host has the address %v", address)
		}
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{"/etc/ctdb", "/run/ctdb", "/run/samba/ctdb", "/var/lib/ctdb", "/var/log/ctdb"} {
		if strings.Contains(string(mounts), " "+filepath.Join("/", c.install.Root, place)+" ") {
			t.Errorf("this host has a mount on the %s of CTDB %v", place, c.install)
		}
	}
}

func TestNetFailureLeavesNothing(t *testing.T) {
	install := Releases(t)[0]
	var log strings.Builder
	var c *NetCluster
	t.Run("failing", func(t *testing.T) {
		c = StartNet(failedTest{t, &log}, install, NetOptions{Nodes: 1, DontWait: true})
	})
	if c == nil {
		return
	}
	if !strings.Contains(log.String(), "CTDB starting on node") {
		t.Errorf("the log has nothing of ctdbd: %q", log.String())
	}
	if n := signalAll(c.install.Root, c.dir()); n != 0 {
		t.Errorf("%d processes are left", n)
	}
}

func TestHolderThatCannotPrepare(t *testing.T) {
	install := Releases(t)[0]
	situation{root: true, required: isRequired(), installs: []Install{install}, lacks: tryNamespaces()}.enforce(t)
	dir := t.TempDir()
	if _, err := startHolder(dir, "echo no such luck; false"); err == nil || !strings.Contains(err.Error(), "no such luck") {
		t.Errorf("got error %v", err)
	}
	if n := signalAll("", dir); n != 0 {
		t.Errorf("%d processes are left", n)
	}
}

// TestNetCrash lets a test process die with a cluster. The second node ends with it. The first one is kept from that, and
// is for the next process to end.
func TestNetCrash(t *testing.T) {
	installs := Releases(t)
	install := installs[len(installs)-1]
	if os.Getenv(crashEnv) != "" {
		dieWithNetCluster(t, install)
	}
	situation{root: true, required: isRequired(), installs: installs, lacks: tryNamespaces()}.enforce(t)
	command := exec.Command(os.Args[0], "-test.run=^TestNetCrash$")
	command.Env = append(os.Environ(), crashEnv+"=1")
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	all := readDaemons(t, stdout)
	keeper, kept, others := all[0], all[1:1+keptProcesses], all[1+keptProcesses:]
	defer keeper.Kill()
	stdin.Close()
	err = command.Wait()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the other test process did not die: %v", err)
	}
	waitFor(t, "the end of what nothing keeps", func(context.Context) bool {
		return !slices.ContainsFunc(others, func(process *os.Process) bool { return isAlive(t, process) })
	})
	if !slices.ContainsFunc(kept, func(process *os.Process) bool { return isAlive(t, process) }) {
		t.Log("another test process was quicker to clear up")
	}
	c, err := claimOctet(owner{PID: os.Getpid(), Test: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.release()
	// Another test process may be at it, and then this one need not.
	waitFor(t, "the end of what the dead test left", func(context.Context) bool {
		dirs, err := filepath.Glob(filepath.Join(install.Root, clustersDir, "*", "node.0", "of-dead-test"))
		return err == nil && len(dirs) == 0 &&
			!slices.ContainsFunc(kept, func(process *os.Process) bool { return isAlive(t, process) })
	})
}

// keptProcesses is the number of a node's processes that outlive their test: a holder, its child, and ctdbd.
const keptProcesses = 3

// dieWithNetCluster prints the processes of a cluster and dies when the reader has seen them. The pipe that the first
// node's holder reads from stays open: another process has it, which is printed first.
func dieWithNetCluster(t *testing.T, install Install) {
	c := StartNet(t, install, NetOptions{Nodes: 2, Public: 1, DontWait: true})
	if err := os.WriteFile(filepath.Join(c.Dir(0), "of-dead-test"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	keeper := exec.Command("sleep", "1000")
	keeper.ExtraFiles = []*os.File{c.network.nodes[0].input}
	if err := keeper.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("daemon %d\n", keeper.Process.Pid)
	for pnn := range 2 {
		for _, process := range processesOf(install.Root, c.base(pnn)) {
			fmt.Printf("daemon %d\n", process.Pid)
		}
		waitFor(t, "ctdbd", func(context.Context) bool {
			process, err := c.daemon(pnn)
			if err == nil {
				fmt.Printf("daemon %d\n", process.Pid)
			}
			return err == nil
		})
	}
	fmt.Println("end")
	if _, err := os.Stdin.Read(make([]byte, 1)); err != io.EOF {
		t.Fatal(err)
	}
	t.Fatal(syscall.Kill(os.Getpid(), syscall.SIGKILL))
}
