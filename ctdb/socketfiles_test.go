//go:build linux

package ctdb_test

import (
	"os"
	"testing"
)

// socketFiles counts the open files of this process.
func socketFiles(t testing.TB) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}
