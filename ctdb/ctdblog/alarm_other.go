//go:build !linux

package ctdblog

import (
	"context"
	"time"
)

// alarm would wake a follower when something happens to its file. Here the follower looks again after a while.
type alarm struct{}

func newAlarm(context.Context, string) *alarm { return &alarm{} }

func (*alarm) wait(ctx context.Context, limit time.Duration) bool { return sleep(ctx, limit) }

func (*alarm) close() {}
