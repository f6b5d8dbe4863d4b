//go:build !unix

package ctdb

import (
	"os"
	"os/exec"
)

// Without process groups and signals there is one way to end a program, and it reaches that process alone.

func ownGroup(*exec.Cmd) {}

func askToEnd(p *os.Process, _ int) error { return p.Kill() }

func killGroup(p *os.Process, _ int) error { return p.Kill() }

func groupGone(int) bool { return true }

func exitCode(s *os.ProcessState) int { return s.ExitCode() }

func readAvailable(*os.File, []byte) int { return 0 }
