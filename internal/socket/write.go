package socket

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// send writes what put appends to a buffer. It returns when all is written, when the context ends, or when the
// connection does. Requests of one call stay together.
func (c *Conn) send(ctx context.Context, put func(out []byte) []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case c.writing <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-c.over:
		return c.Err()
	}
	defer func() { <-c.writing }()
	c.out = put(c.out[:0])
	rest, err := c.writeSome(c.out)
	if err == nil && len(rest) > 0 {
		err = c.writeRest(ctx, rest, len(rest) < len(c.out))
	}
	if cap(c.out) > largestKept {
		c.out = nil
	}
	return err
}

// writeRest waits for a socket that is full, since ctdbd does not read. A packet that was begun has to be finished: if
// there is no time for that, the connection is over.
func (c *Conn) writeRest(ctx context.Context, rest []byte, begun bool) error {
	stop := atEnd(ctx, func() { _ = c.stream.SetWriteDeadline(time.Now()) })
	n, err := c.stream.Write(rest)
	if stop() {
		_ = c.stream.SetWriteDeadline(time.Time{})
	}
	switch {
	case err == nil:
		return nil
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return c.failed(err)
	case begun || n > 0:
		return fmt.Errorf("%w: %w", c.failed(ErrHalfSent), ctx.Err())
	}
	return ctx.Err()
}

// failed ends the connection after a write that failed, and gives its error. If ctdbd is gone, the reader ends it, when
// it has read what came before that.
func (c *Conn) failed(err error) error {
	if hungUp(err) {
		_ = c.stream.CloseRead()
		return ended(err)
	}
	c.end(err)
	return c.Err()
}

// atEnd has f called when a context ends. When stop returns, f is not running; stop tells whether it was called.
func atEnd(ctx context.Context, f func()) (stop func() bool) {
	done := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(done)
		f()
	})
	return func() bool {
		if cancel() {
			return false
		}
		<-done
		return true
	}
}
