package ctdb

import (
	"sync"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// watchHints collects what messages hint at until somebody looks. The reader of the connection calls it.
type watchHints struct {
	wake chan struct{} // has room for one

	mu     sync.Mutex
	causes Cause
	at     time.Time // of the first one
	leader status.Value[nodes.PNN]
	heard  time.Time     // the leader's last word; zero: none on this connection
	first  chan struct{} // closed at its first
}

func newWatchHints() *watchHints { return &watchHints{wake: make(chan struct{}, 1)} }

// watchMessages are the messages that a watch looks at the cluster for. What they hold does not matter, but for that of
// the leader: a look finds what is so.
var watchMessages = [...]struct {
	srvid wire.Srvid
	cause Cause
}{
	{wire.SrvidLeader, CauseLeader},
	{wire.SrvidReconfigure, CauseReconfigure},
	{wire.SrvidTakeIP, CauseTakeIP},
	{wire.SrvidReleaseIP, CauseReleaseIP},
	{wire.SrvidIPReallocated, CauseIPReallocated},
	{wire.SrvidSetNodeFlags, CauseNodeFlags},
	{wire.SrvidHealth, CauseHealth},
}

// reset forgets all, for a new connection.
func (h *watchHints) reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.causes, h.leader, h.heard, h.first = 0, status.Value[nodes.PNN]{}, time.Time{}, make(chan struct{})
	select {
	case <-h.wake:
	default:
	}
}

// hint notes a message.
func (h *watchHints) hint(cause Cause, message wire.Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if cause == CauseLeader && !h.hearLeader(message) {
		return
	}
	if h.causes == 0 {
		h.at = time.Now()
	}
	h.causes |= cause
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// hearLeader takes the leader's word, and reports whether it is news.
func (h *watchHints) hearLeader(message wire.Message) bool {
	leader, err := wire.DecodeLeader(message)
	if err != nil {
		return false
	}
	news := leader != h.leader || time.Since(h.heard) >= leaderStale
	if h.heard.IsZero() {
		close(h.first)
	}
	h.leader, h.heard = leader, time.Now()
	return news
}

// leads gives the leader, unknown if none was heard of lately, and whether any ever was on this connection. What it gives
// need not be looked at again.
func (h *watchHints) leads() (leader status.Value[nodes.PNN], heard bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.causes &^= CauseLeader
	if time.Since(h.heard) >= leaderStale {
		return status.Unknown[nodes.PNN](), !h.heard.IsZero()
	}
	return h.leader, true
}

// waiting tells whether there is a hint that nobody has followed.
func (h *watchHints) waiting() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.causes != 0
}

// take gives the hints since the last time, and when the first one came. There may be none.
func (h *watchHints) take() (Cause, time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	causes, at := h.causes, h.at
	h.causes = 0
	return causes, at
}
