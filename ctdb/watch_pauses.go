package ctdb

import (
	"math/rand/v2"
	"time"
)

// watchPauses makes the pauses between attempts to reach a ctdbd that does not answer. They grow as those of backoff, up
// to the interval, and each is cut by a random part of up to a half.
type watchPauses struct{ pause time.Duration }

func (p *watchPauses) next(interval time.Duration) time.Duration {
	p.pause = min(max(2*p.pause, firstPause), max(interval, lastPause))
	return p.pause/2 + rand.N(p.pause/2)
}
