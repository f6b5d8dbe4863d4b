package ctdb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	firstPause = 100 * time.Millisecond
	lastPause  = 2 * time.Second
)

// backoff makes pauses that grow from one to the next. Each is cut by a random part of up to a half, so that programs
// that began to wait at the same time do not ask at the same time.
type backoff struct{ pause time.Duration }

// wait pauses, and reports whether there is still time.
func (b *backoff) wait(ctx context.Context) bool {
	b.pause = min(max(2*b.pause, firstPause), lastPause)
	timer := time.NewTimer(b.pause/2 + rand.N(b.pause/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// insist does something again and again, with growing pauses, as long as something is in the way that passes. When the
// time is over, the error is the last one, with the context's.
func insist(ctx context.Context, passing error, do func() error) error {
	for pauses := (backoff{}); ; {
		err := do()
		if !errors.Is(err, passing) {
			return err
		}
		if !pauses.wait(ctx) {
			return fmt.Errorf("%w; %w", err, ended(ctx))
		}
	}
}
