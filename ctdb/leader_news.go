package ctdb

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// leaderNews is what a connection heard of the leader, who from 4.16 on says so once a second.
type leaderNews struct {
	starting sync.Mutex
	started  bool

	mu     sync.Mutex
	leader status.Value[nodes.PNN]
	at     time.Time     // when it was heard; zero: never
	next   chan struct{} // closed at the next message
}

// leaderStale is how old news may be. ctdbd itself believes in a leader that long after its last word ("leader timeout").
const leaderStale = 5 * time.Second

// get gives the last news, and what is closed when there is newer.
func (l *leaderNews) get() (leader status.Value[nodes.PNN], at time.Time, next <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		l.next = make(chan struct{})
	}
	return l.leader, l.at, l.next
}

// hear takes a message from the leader. What can't be read is none.
func (l *leaderNews) hear(message wire.Message) {
	leader, err := wire.DecodeLeader(message)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leader, l.at = leader, time.Now()
	if l.next != nil {
		close(l.next)
		l.next = nil
	}
}

// listen registers for news, once per connection.
func (c *connection) listen(ctx context.Context) error {
	c.leader.starting.Lock()
	defer c.leader.starting.Unlock()
	if c.leader.started {
		return nil
	}
	if _, err := c.Listen(ctx, wire.SrvidLeader, c.leader.hear); err != nil {
		return err
	}
	c.leader.started = true
	return nil
}

// leader gives the leader and when it was heard of. Up to 4.15 ctdbd is asked. Later only the leader tells, and who has
// not heard of it lately waits, up to a third of the time that is left; then it is unknown.
func (a asker) leader(ctx context.Context) (leader status.Value[nodes.PNN], heard time.Time, err error) {
	pnn, err := one(ctx, a, wire.GetRecmaster(), wire.DecodeRecmaster)
	if err == nil {
		return status.Known(pnn), time.Now(), nil
	}
	if !errors.Is(err, ErrRefused) {
		return leader, heard, err
	}
	if err := a.conn.listen(ctx); err != nil {
		return leader, heard, a.failure(ctx, "LEADER", err)
	}
	patience, cancel := context.WithTimeout(ctx, thirdOf(ctx))
	defer cancel()
	for {
		leader, heard, next := a.conn.leader.get()
		if !heard.IsZero() && time.Since(heard) < leaderStale && !leader.IsUnknown() {
			return leader, heard, nil
		}
		select {
		case <-next:
		case <-patience.Done():
			if err := ctx.Err(); err != nil {
				return leader, heard, a.failure(ctx, "LEADER", err)
			}
			return status.Unknown[nodes.PNN](), heard, nil
		case <-a.conn.Done():
			return leader, heard, a.failure(ctx, "LEADER", a.conn.Err())
		}
	}
}

// thirdOf gives a third of the time that is left: a node that hangs, or a leader that nobody knows, costs that, and the
// rest is for the answer.
func thirdOf(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return DefaultTimeout / 3
	}
	return time.Until(deadline) / 3
}
