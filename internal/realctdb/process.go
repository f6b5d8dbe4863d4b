//go:build linux

package realctdb

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// processesOf finds the processes that belong to dir, a cluster's or a node's directory as the daemons see it, in the
// install at root. The caller releases them.
//
// It never goes by a process's name. A process belongs to dir when its environment sets CTDB_BASE to it or to something
// below it. The recovery daemon of CTDB 4.25 writes its title over its environment; that one still holds the pid file
// of the ctdbd that it was forked from.
func processesOf(root, dir string) []*os.Process {
	return processesWhere(func(pid int) bool {
		return environmentIn(pid, dir) || holdsPidFile(pid, filepath.Join(root, dir))
	})
}

// processesWhere finds the processes that a test says yes to, other than this one. The caller releases them.
func processesWhere(belongs func(pid int) bool) []*os.Process {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var found []*os.Process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		// The handle comes first: once it is there, a reused pid can't be mistaken for the process that was looked at.
		process, err := os.FindProcess(pid)
		if err != nil {
			continue
		}
		if belongs(pid) {
			found = append(found, process)
		} else {
			_ = process.Release()
		}
	}
	return found
}

func environmentIn(pid int, dir string) bool {
	environ, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	if err != nil {
		return false
	}
	for variable := range bytes.SplitSeq(environ, []byte{0}) {
		if base, ok := strings.CutPrefix(string(variable), "CTDB_BASE="); ok {
			return isBelow(base, dir)
		}
	}
	return false
}

func holdsPidFile(pid int, hostDir string) bool {
	links, err := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "fd", "*"))
	if err != nil {
		return false
	}
	for _, link := range links {
		target, err := os.Readlink(link)
		target = strings.TrimSuffix(target, " (deleted)")
		if err == nil && filepath.Base(target) == pidFile && isBelow(target, hostDir) {
			return true
		}
	}
	return false
}

func isBelow(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

// signalAll sends a signal to each process of dir, and returns how many there were.
func signalAll(root, dir string, signals ...syscall.Signal) int {
	return signalEach(processesOf(root, dir), signals...)
}

// signalEach sends a signal to each of some processes, releases them, and returns how many there were.
func signalEach(processes []*os.Process, signals ...syscall.Signal) int {
	for _, process := range processes {
		for _, signal := range signals {
			_ = process.Signal(signal) // one that has ended meanwhile is what is wanted
		}
		_ = process.Release()
	}
	return len(processes)
}

// awaitNone waits until dir has no process any more.
func awaitNone(root, dir string, limit time.Duration) bool {
	for deadline := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		if signalAll(root, dir) == 0 {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}
