package ctdb

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// leaderNews is what a connection heard of the leader, who from 4.16 on says so once a second.
type leaderNews struct {
	starting chan struct{} // holds a token while somebody registers
	started  atomic.Bool
	told     atomic.Bool // ctdbd itself told who leads, as it does up to 4.15

	mu     sync.Mutex
	leader status.Value[nodes.PNN]
	at     time.Time     // when it was heard; zero: never
	next   chan struct{} // closed at the next message
}

// leaderStale is how old news may be. ctdbd itself believes in a leader that long after its last word ("leader timeout").
const leaderStale = 5 * time.Second

// get gives the last news, and what is closed when there is newer. Old news of a leader is that it is unknown.
func (l *leaderNews) get() (leader status.Value[nodes.PNN], at time.Time, next <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		l.next = make(chan struct{})
	}
	return l.now(), l.at, l.next
}

// fresh gives the leader if it is known.
func (l *leaderNews) fresh() (leader status.Value[nodes.PNN], at time.Time, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	leader = l.now()
	_, known = leader.Get()
	return leader, l.at, known
}

// now gives what the news are worth now. There is nothing to report if there never was any.
func (l *leaderNews) now() status.Value[nodes.PNN] {
	if !l.at.IsZero() && time.Since(l.at) >= leaderStale {
		return status.Unknown[nodes.PNN]()
	}
	return l.leader
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
	news := &c.leader
	if news.started.Load() {
		return nil
	}
	select {
	case news.starting <- struct{}{}:
		defer func() { <-news.starting }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if news.started.Load() {
		return nil
	}
	if _, err := c.Listen(ctx, wire.SrvidLeader, news.hear); err != nil {
		return err
	}
	news.started.Store(true)
	return nil
}

// leader gives the leader and when it was heard of. Up to 4.15 ctdbd is asked. Later only the leader tells, and who has
// not heard of it lately waits, if it has patience. Then it is unknown, or, if nobody ever told and there is no patience,
// not reported.
func (a asker) leader(ctx context.Context, patience time.Duration) (leader status.Value[nodes.PNN], heard time.Time, err error) {
	news := &a.conn.leader
	if leader, heard, known := news.fresh(); known {
		return leader, heard, nil
	}
	pnn, err := one(ctx, a, wire.GetRecmaster(), wire.DecodeRecmaster)
	if err == nil {
		news.told.Store(true)
		return status.Known(pnn), time.Now(), nil
	}
	if !errors.Is(err, ErrRefused) {
		return leader, heard, err
	}
	if err := a.conn.listen(ctx); err != nil {
		return leader, heard, a.failure(ctx, "LEADER", err)
	}
	if patience <= 0 {
		leader, heard, _ = news.get()
		return leader, heard, nil
	}
	return a.awaitLeader(ctx, patience)
}

// awaitLeader waits for news of the leader.
func (a asker) awaitLeader(ctx context.Context, patience time.Duration) (leader status.Value[nodes.PNN], heard time.Time, err error) {
	out := time.NewTimer(patience)
	defer out.Stop()
	for {
		leader, heard, next := a.conn.leader.get()
		if _, known := leader.Get(); known {
			return leader, heard, nil
		}
		select {
		case <-next:
		case <-out.C:
			return status.Unknown[nodes.PNN](), heard, nil
		case <-ctx.Done():
			return leader, heard, a.failure(ctx, "LEADER", ctx.Err())
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
