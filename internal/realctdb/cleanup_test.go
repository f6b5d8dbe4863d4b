//go:build linux

package realctdb

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestNothingStays(t *testing.T) { eachInstall(t, testNothingStays) }

func testNothingStays(t *testing.T, install Install) {
	var c *Cluster
	started := t.Run("cluster", func(t *testing.T) {
		c = Start(t, install, Options{Nodes: 2, PublicAddresses: publicAddress})
		c.Tool(t, 0, "moveip", c.PublicAddress(1).String(), "1")
		c.Kill(t, 1) // leaves its address up
		if !isUp(t, c.PublicAddress(1).String()) {
			t.Error("the killed node did not have the public address")
		}
		c.Pause(t, 0)
	})
	if !started {
		return
	}
	if n := signalAll(c.install.Root, c.dir()); n != 0 {
		t.Errorf("%d processes are left", n)
	}
	if _, err := os.Stat(c.hostDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left: %v", c.hostDir(), err)
	}
	if isUp(t, c.PublicAddress(1).String()) {
		t.Error("the public address is left")
	}
}

func publicAddress(octet, _ int) string { return fmt.Sprintf("127.78.%d.1/24 lo\n", octet) }

func isUp(t *testing.T, address string) bool {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if strings.HasPrefix(a.String(), address+"/") {
			return true
		}
	}
	return false
}

// failedTest is a test that has failed, though the real one has not.
type failedTest struct {
	testing.TB
	log *strings.Builder
}

func (f failedTest) Failed() bool                    { return true }
func (f failedTest) Logf(format string, args ...any) { fmt.Fprintf(f.log, format, args...) }

func TestFailureShowsLogs(t *testing.T) {
	install := Releases(t)[0]
	var log strings.Builder
	t.Run("failing", func(t *testing.T) {
		Start(failedTest{t, &log}, install, Options{Nodes: 1, DontWait: true})
	})
	if !strings.Contains(log.String(), "CTDB starting on node") {
		t.Errorf("the log has nothing of ctdbd: %q", log.String())
	}
}

// crashEnv makes TestCrash die with a running cluster.
const crashEnv = "GOCTDB_TEST_CRASH"

func TestCrash(t *testing.T) {
	installs := Releases(t)
	if os.Getenv(crashEnv) != "" {
		dieWithCluster(t, installs[len(installs)-1])
	}
	command := exec.Command(os.Args[0], "-test.run=^TestCrash$")
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
	daemons := readDaemons(t, stdout)
	stdin.Close()
	err = command.Wait()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the other test process did not die: %v", err)
	}

	Start(t, installs[0], Options{Nodes: 1, DontWait: true})
	for _, daemon := range daemons {
		if isAlive(t, daemon) {
			t.Errorf("process %d of the dead test is still there", daemon.Pid)
		}
	}
}

// isAlive tells a process that runs from one that has ended, even if its parent has not taken note of that yet.
func isAlive(t *testing.T, process *os.Process) bool {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process.Pid))
	if errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone) || errors.Is(err, os.ErrNotExist) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	_, state, _ := bytes.Cut(stat, []byte(") "))
	return !bytes.HasPrefix(state, []byte("Z"))
}

// dieWithCluster prints the processes of a cluster and dies when the reader has seen them.
func dieWithCluster(t *testing.T, install Install) {
	c := Start(t, install, Options{Nodes: 1})
	for _, process := range processesOf(c.install.Root, c.dir()) {
		fmt.Printf("daemon %d\n", process.Pid)
	}
	fmt.Println("end")
	if _, err := os.Stdin.Read(make([]byte, 1)); err != io.EOF {
		t.Fatal(err)
	}
	t.Fatal(syscall.Kill(os.Getpid(), syscall.SIGKILL))
}

// readDaemons reads what dieWithCluster prints.
func readDaemons(t *testing.T, from io.Reader) (daemons []*os.Process) {
	t.Helper()
	var seen strings.Builder
	for lines := bufio.NewScanner(from); lines.Scan(); {
		if lines.Text() == "end" {
			break
		}
		fmt.Fprintln(&seen, lines.Text())
		text, ok := strings.CutPrefix(lines.Text(), "daemon ")
		if !ok {
			continue
		}
		pid, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		daemon, err := os.FindProcess(pid)
		if err != nil {
			t.Fatal(err)
		}
		daemons = append(daemons, daemon)
	}
	if len(daemons) == 0 {
		t.Fatalf("the other test process has started nothing:\n%s", &seen)
	}
	return daemons
}

func TestPrivateDir(t *testing.T) {
	tests := []struct {
		name string
		make func(t *testing.T, dir string) error
		ok   bool
	}{
		{"missing", func(*testing.T, string) error { return nil }, true},
		{"there", func(_ *testing.T, dir string) error { return os.Mkdir(dir, 0o700) }, true},
		{"open to all", func(_ *testing.T, dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o777))
		}, false},
		{"a link", func(t *testing.T, dir string) error { return os.Symlink(t.TempDir(), dir) }, false},
		{"a file", func(_ *testing.T, dir string) error { return os.WriteFile(dir, nil, 0o600) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir() + "/clusters"
			if err := tt.make(t, dir); err != nil {
				t.Fatal(err)
			}
			if err := privateDir(dir); (err == nil) != tt.ok {
				t.Errorf("got error %v", err)
			}
		})
	}
}
