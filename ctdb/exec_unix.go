//go:build unix

package ctdb

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup makes the program the leader of a new process group, whose id is then its process id.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// askToEnd sends SIGTERM to the program's group. It does nothing and gives os.ErrProcessDone if the program has been
// reaped: what is left of its group then runs because the program wanted it to, or is another's by now.
func askToEnd(p *os.Process, pid int) error {
	if err := p.Signal(syscall.Signal(0)); errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return syscall.Kill(-pid, syscall.SIGTERM)
}

// killGroup sends SIGKILL to the program's group.
func killGroup(_ *os.Process, pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }

// groupGone reports whether no process is left in the program's group. Once it is, the number may belong to others. A
// zombie that its parent has not reaped yet is still in it.
func groupGone(pid int) bool { return errors.Is(syscall.Kill(-pid, 0), syscall.ESRCH) }

// exitCode gives the exit status, or -N for signal N.
func exitCode(s *os.ProcessState) int {
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return -int(ws.Signal())
	}
	return s.ExitCode()
}

// readAvailable reads what f, which is in non-blocking mode, has ready. It gives 0 if there is nothing.
func readAvailable(f *os.File, buf []byte) (n int) {
	conn, err := f.SyscallConn()
	if err != nil {
		return 0
	}
	// Not conn.Read, nor f.Read: after the read deadline they do not even look.
	err = conn.Control(func(fd uintptr) {
		for {
			if n, err = syscall.Read(int(fd), buf); !errors.Is(err, syscall.EINTR) {
				return
			}
		}
	})
	if err != nil || n < 0 {
		return 0
	}
	return n
}
