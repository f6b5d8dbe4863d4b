package socket_test

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// testLimit is how long anything may take that must come to an end.
const testLimit = time.Minute

// noLeaks makes sure, when the test and all that it cleans up are over, that no goroutine of the package is left. One
// that has done its last may still be there for an instant.
func noLeaks(t testing.TB) {
	t.Helper()
	t.Cleanup(func() {
		for start := time.Now(); ; runtime.Gosched() {
			left := goroutines()
			if left == "" {
				return
			}
			if time.Since(start) > testLimit {
				t.Errorf("goroutines are left:\n%s", left)
				return
			}
		}
	})
}

// goroutines gives the stacks of those that run the package's functions, or that these started.
func goroutines() string {
	const ours = "go-ctdb/internal/socket."
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var found strings.Builder
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		if strings.Contains(stack, ours) {
			found.WriteString(stack + "\n\n")
		}
	}
	return found.String()
}

// returns runs something that must come to an end.
func returns(t testing.TB, what func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- what() }()
	select {
	case err := <-done:
		return err
	case <-time.After(testLimit):
		t.Fatalf("it does not return:\n%s", goroutines())
		return nil
	}
}
