//go:build unix

package ctdblog_test

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime gives the processor time that this process has taken so far.
func processorTime() time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
