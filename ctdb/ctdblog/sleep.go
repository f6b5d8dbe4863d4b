package ctdblog

import (
	"context"
	"time"
)

// sleep waits. It tells whether ctx is not over.
func sleep(ctx context.Context, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}
