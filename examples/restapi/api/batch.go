package api

import (
	"context"
	"sync"
	"time"
)

// batch lets the requests that come while a question is being asked share the next one, so that many clients are one
// run of the tool at a time. Each of them gets an answer to a question that was asked after it came.
type batch[T any] struct {
	turn turns // has room for one
	mu   sync.Mutex
	next *call[T] // that has not begun yet
}

// call is a question that is asked for several.
type call[T any] struct {
	done  chan struct{} // closed when there is an answer
	value T
	err   error
}

// do gives the answer of ask, which the first of those who share it runs, for as long as limit; they can leave when
// their contexts end.
func (b *batch[T]) do(ctx context.Context, limit time.Duration, ask func(context.Context) (T, error)) (T, error) {
	b.mu.Lock()
	c, first := b.next, b.next == nil
	if first {
		c = &call[T]{done: make(chan struct{})}
		b.next = c
	}
	b.mu.Unlock()
	if first {
		b.lead(ctx, c, limit, ask)
	}
	select {
	case <-c.done:
		return c.value, c.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// lead asks when the question before has its answer.
func (b *batch[T]) lead(ctx context.Context, c *call[T], limit time.Duration, ask func(context.Context) (T, error)) {
	b.turn <- struct{}{}
	defer func() { <-b.turn }()
	defer close(c.done)
	b.mu.Lock()
	b.next = nil
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit) // the others want the answer all the same
	defer cancel()
	c.value, c.err = ask(ctx)
}
