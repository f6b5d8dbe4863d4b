package store_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// needs skips a test, or fails it where all tests have to run.
func needs(t *testing.T, ok bool, what string) {
	t.Helper()
	switch {
	case ok:
	case os.Getenv("GOCTDB_REQUIRE_REAL") == "1":
		t.Fatal("needs ", what)
	default:
		t.Skip("needs ", what)
	}
}

// childCommand starts this test binary again, as one of the children.
func childCommand(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childVar+"="+strings.Join(append([]string{name}, args...), "\x1f"))
	return cmd
}

// inNamespace runs a test again, in a mount namespace of its own: Go makes all mounts private there, so that nothing
// that is mounted is seen outside, and all of it is gone with the process. It is true inside.
func inNamespace(t *testing.T) bool {
	t.Helper()
	const inside = "GOCTDB_STORE_NAMESPACE"
	if os.Getenv(inside) == t.Name() {
		return true
	}
	needs(t, os.Geteuid() == 0, "root")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1")
	cmd.Env = append(os.Environ(), inside+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	output, err := cmd.CombinedOutput()
	if os.IsPermission(err) {
		needs(t, false, "the permission to make namespaces")
	}
	if err != nil || !bytes.Contains(output, []byte("--- PASS: "+t.Name())) {
		t.Errorf("in a namespace: %v\n%s", err, output)
	}
	return false
}
