package ctdb

import (
	"context"
	"time"
)

// waitInterval is how often a wait looks over the socket whether anything changed.
const waitInterval = 100 * time.Millisecond

// ears end the pauses of a wait as soon as something changes, where the client uses the socket: there looking costs next
// to nothing. Everywhere else, and while there is no connection, a pause is a pause.
type ears struct {
	source   *watchSource // nil: none
	was, now View
}

func newEars(c *Client) *ears {
	if c.session == nil {
		return new(ears)
	}
	return &ears{source: newWatchSource(c, WatchOptions{})}
}

func (e *ears) close() {
	if e.source != nil {
		e.source.close()
	}
}

// wait pauses, and reports whether there is still time. The first pause is over at once: what was asked before is older
// than what is compared with.
func (e *ears) wait(ctx context.Context, pause time.Duration) bool {
	if e.source == nil {
		return sleep(ctx, pause)
	}
	for end := time.Now().Add(pause); time.Until(end) > 0; {
		if err := e.look(ctx); err != nil {
			e.source.close()
			return sleep(ctx, time.Until(end))
		}
		if diff(nil, &e.was, &e.now) != nil {
			e.was = e.now.Clone()
			return ctx.Err() == nil
		}
		if !e.listen(ctx, min(waitInterval, time.Until(end))) {
			return false
		}
	}
	return ctx.Err() == nil
}

// look finds out what is so now, without waiting for the leader's word.
func (e *ears) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, e.source.client.config.Timeout)
	defer cancel()
	if err := e.source.connect(ctx); err != nil {
		return err
	}
	e.source.socket.hasty = true
	cause, _ := e.source.hints.take()
	return e.source.socket.look(ctx, &e.now, cause)
}

// listen waits for a message, but not long.
func (e *ears) listen(ctx context.Context, most time.Duration) bool {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-e.source.hints.wake:
	}
	return true
}
