//go:build unix && !solaris && !aix

package ctdb_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb"
)

const (
	// fakeEnv makes the test binary act as one of the fakes.
	fakeEnv = "GOCTDB_FAKE"
	// lifelineEnv is where a fake that lives long reports: see lifeline.
	lifelineEnv = "GOCTDB_LIFELINE"
	// planEnv names the file with what the fake "tool" does.
	planEnv = "GOCTDB_PLAN"
	// promptExit spares a fake the second that the race detector waits at exit.
	promptExit = "GORACE=atexit_sleep_ms=0"
	// requireEnv forbids to skip a test because of what this machine lacks.
	requireEnv = "GOCTDB_REQUIRE_REAL"
	// fakeLife bounds the life of a fake that a failed test leaves behind.
	fakeLife = time.Minute
	// hangLimit is what a test waits for something that should come soon.
	hangLimit = 30 * time.Second
)

// fakes are the programs that the test binary can be. Each gets its arguments and gives its exit code.
var fakes = map[string]func(args []string) int{
	"abandon":    fakeAbandon,
	"args":       fakeArgs,
	"big":        fakeBig,
	"both":       fakeBoth,
	"cat":        fakeCat,
	"env":        fakeEnviron,
	"exit":       fakeExit,
	"flood":      fakeFlood,
	"group":      fakeGroup,
	"last-words": fakeLastWords,
	"parent":     fakeParent,
	"setuid":     fakeSetuid,
	"signal":     fakeSignal,
	"sleep":      fakeSleep,
	"stubborn":   fakeStubborn,
}

func init() { fakes["tool"] = fakeTool } // which looks at the others

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "ssh" {
		os.Exit(fakeSSH(os.Args[1:]))
	}
	if name := os.Getenv(fakeEnv); name != "" {
		fake, ok := fakes[name]
		if !ok {
			fmt.Fprintln(os.Stderr, "no such fake:", name)
			os.Exit(120)
		}
		os.Exit(fake(os.Args[1:]))
	}
	if signal.Ignored(syscall.SIGHUP) { // as below nohup; the fakes are not to inherit that
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	os.Exit(m.Run())
}

// self is the path of the test binary.
func self() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// fake gives the command that runs a fake.
func fake(name string, args ...string) ctdb.Command {
	return ctdb.Command{Name: self(), Args: args, Env: []string{fakeEnv + "=" + name, promptExit}}
}

func fakeExit(args []string) int {
	code, _ := strconv.Atoi(args[0])
	return code
}

// fakeArgs prints its arguments as JSON, each as bytes, since a JSON string cannot hold what is not UTF-8.
func fakeArgs(args []string) int {
	raw := make([][]byte, len(args))
	for i, arg := range args {
		raw[i] = []byte(arg)
	}
	if err := json.NewEncoder(os.Stdout).Encode(raw); err != nil {
		return 1
	}
	return 0
}

func fakeCat([]string) int {
	if _, err := io.Copy(os.Stdout, os.Stdin); err != nil {
		return 1
	}
	return 0
}

// fakeEnviron prints the environment entries of the given keys, in the order they have.
func fakeEnviron(keys []string) int {
	for _, entry := range os.Environ() {
		for _, key := range keys {
			if strings.HasPrefix(entry, key+"=") {
				fmt.Println(entry)
			}
		}
	}
	return 0
}

func fakeBoth([]string) int {
	fmt.Print("out")
	fmt.Fprint(os.Stderr, "err")
	return 3
}

// fakeBig writes so many bytes to its standard output, or standard error.
func fakeBig(args []string) int {
	n, _ := strconv.Atoi(args[0])
	_, _ = stream(args[1]).Write(bytes.Repeat([]byte("x"), n))
	return 0
}

// fakeFlood writes without end, and ignores that it is told to stop.
func fakeFlood(args []string) int {
	signal.Ignore(syscall.SIGTERM, syscall.SIGPIPE)
	defer reportAlive()()
	start, chunk := time.Now(), bytes.Repeat([]byte("x"), 1<<16)
	for time.Since(start) < fakeLife {
		_, _ = stream(args[0]).Write(chunk)
	}
	return 0
}

func stream(name string) *os.File {
	if name == "stderr" {
		return os.Stderr
	}
	return os.Stdout
}

// fakeGroup prints its process id and the id of its process group.
func fakeGroup([]string) int {
	fmt.Println(os.Getpid(), syscall.Getpgrp())
	return 0
}

// fakeSignal ends itself with a signal.
func fakeSignal(args []string) int {
	n, _ := strconv.Atoi(args[0])
	_ = syscall.Kill(os.Getpid(), syscall.Signal(n))
	time.Sleep(fakeLife)
	return 121
}

// fakeSleep reports to its lifeline and sleeps.
func fakeSleep([]string) int {
	defer reportAlive()()
	time.Sleep(fakeLife)
	return 0
}

// fakeStubborn does not end when it is asked to.
func fakeStubborn([]string) int {
	signal.Ignore(syscall.SIGTERM)
	return fakeSleep(nil)
}

// fakeLastWords writes something and succeeds when it is asked to end.
func fakeLastWords([]string) int {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	defer reportAlive()()
	select {
	case <-asked:
		fmt.Print("last words")
		return 0
	case <-time.After(fakeLife):
		return 122
	}
}

// fakeParent writes so many bytes and starts another fake, which inherits its standard output and error. If the first
// argument is "exit", it then finishes by itself.
//
//	parent exit|stay group|session SIZE FAKE ARGS...
func fakeParent(args []string) int {
	fakeBig([]string{args[2], "stdout"})
	child := exec.Command(self(), args[4:]...)
	child.Env = append(os.Environ(), fakeEnv+"="+args[3])
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: args[1] == "session"}
	if err := child.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 123
	}
	if args[0] == "stay" {
		time.Sleep(fakeLife)
	}
	return 7
}

// act is one thing that the fake "tool" does, and with what.
type act [2]string

// The acts that do not end it. Those that do are named after the fakes that they are: exit, signal, flood, stubborn.
const (
	actStdout = "stdout" // it writes a text
	actStderr = "stderr"
	actChild  = "child" // it starts another fake, which inherits its output, and goes on
)

// tool gives the runner of a program that acts in the given way, whatever its arguments. It has what env adds.
func tool(t testing.TB, env []string, acts ...act) ctdb.ExecRunner {
	t.Helper()
	plan, err := json.Marshal(acts)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plan")
	if err := os.WriteFile(path, plan, 0o600); err != nil {
		t.Fatal(err)
	}
	env = append(os.Environ(), append(env, fakeEnv+"=tool", planEnv+"="+path, promptExit)...)
	return ctdb.ExecRunner{Env: env, Grace: short / 10}
}

// fakeTool does what its plan says. It does not look at its arguments.
func fakeTool([]string) int {
	data, err := os.ReadFile(os.Getenv(planEnv))
	if err != nil {
		return 125
	}
	var plan []act
	if err := json.Unmarshal(data, &plan); err != nil {
		return 126
	}
	for _, a := range plan {
		switch what, with := a[0], a[1]; what {
		case actStdout, actStderr:
			_, _ = io.WriteString(stream(what), with)
		case actChild:
			fakeParent([]string{"exit", "group", "0", with})
		default:
			return fakes[what]([]string{with})
		}
	}
	return 0
}

// fakeSSH does with its arguments what ssh and sshd do: it drops options and the host, joins the rest with spaces and
// gives that to a shell, in an environment of its own.
func fakeSSH(args []string) int {
	if len(args) < 3 || strings.HasPrefix(args[0], "-") || args[1] != "--" {
		fmt.Fprintf(os.Stderr, "usage: ssh host -- command, got %q\n", args)
		return 255
	}
	remote := exec.Command("/bin/sh", "-c", strings.Join(args[2:], " "))
	remote.Env = []string{"PATH=" + os.Getenv("PATH"), fakeEnv + "=args", promptExit}
	remote.Env = append(remote.Env, "HOP="+os.Getenv("HOP")+args[0]+",")
	remote.Stdin, remote.Stdout, remote.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := remote.Run(); remote.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		return 255
	}
	return remote.ProcessState.ExitCode()
}

// lifeline tells a test which fakes started and when they are dead: each keeps a connection to it, which the kernel
// closes, also where a dead process stays as a zombie.
type lifeline struct {
	listener net.Listener
}

func newLifeline(t *testing.T) lifeline {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return lifeline{listener}
}

// attach gives cmd, and what it starts, this lifeline.
func (l lifeline) attach(cmd ctdb.Command) ctdb.Command {
	cmd.Env = append(cmd.Env, lifelineEnv+"="+l.listener.Addr().String())
	return cmd
}

// living is a fake that has started.
type living struct {
	pid, group int
	dead       <-chan struct{}
}

// next waits for a fake to report. It is killed when the test ends.
func (l lifeline) next(t *testing.T) living {
	t.Helper()
	_ = l.listener.(*net.TCPListener).SetDeadline(time.Now().Add(hangLimit))
	conn, err := l.listener.Accept()
	if err != nil {
		t.Fatal("no fake has started:", err)
	}
	reader := bufio.NewReader(conn)
	var pid, group int
	if _, err := fmt.Fscanln(reader, &pid, &group); err != nil {
		t.Fatal("read from the lifeline:", err)
	}
	dead := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, reader)
		_ = conn.Close()
		close(dead)
	}()
	t.Cleanup(func() {
		select {
		case <-dead: // The process id may be another's by now.
		default:
			_ = syscall.Kill(pid, syscall.SIGKILL)
			<-dead
		}
	})
	return living{pid, group, dead}
}

// mustDie fails the test if the fake lives on.
func (l living) mustDie(t *testing.T) {
	t.Helper()
	select {
	case <-l.dead:
	case <-time.After(hangLimit):
		t.Errorf("process %d lives on, want it dead", l.pid)
	}
}

// mustLive fails the test if the fake is dead.
func (l living) mustLive(t *testing.T) {
	t.Helper()
	// A signal that was sent by mistake is on its way for a moment.
	select {
	case <-l.dead:
		t.Errorf("process %d is dead, want it alive", l.pid)
	case <-time.After(100 * time.Millisecond):
	}
}

// reportAlive connects a fake to its lifeline, if it has one. The fake calls what it gives at its end.
func reportAlive() func() {
	addr := os.Getenv(lifelineEnv)
	if addr == "" {
		return func() {}
	}
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(124)
	}
	_, _ = fmt.Fprintln(conn, os.Getpid(), syscall.Getpgrp())
	return func() { _ = conn.Close() }
}
