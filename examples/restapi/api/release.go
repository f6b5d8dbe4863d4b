package api

import (
	"context"
	"sync"
	"time"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// learnedRelease is what the tool said last of its release.
type learnedRelease struct {
	mu    sync.Mutex
	value release.Release
	until time.Time
}

// installed gives the release that is installed, zero if nobody knows. A package may be upgraded while this program
// runs.
func (h *Handler) installed(ctx context.Context) release.Release {
	if !h.config.Release.IsZero() {
		return h.config.Release
	}
	h.release.mu.Lock()
	defer h.release.mu.Unlock()
	if now := time.Now(); now.After(h.release.until) {
		if r, err := h.config.Client.Version(ctx); err == nil {
			h.release.value = r
		}
		h.release.until = now.Add(time.Minute)
	}
	return h.release.value
}
