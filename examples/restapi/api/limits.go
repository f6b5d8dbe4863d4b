package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// Limits bound what requests may take. The zero value of each field is its default.
type Limits struct {
	// Body is the size of a request's body in bytes, by default 1 MiB.
	Body int64
	// Time is that of a whole request, from its header on, by default one minute. A log may take longer to send.
	Time time.Duration
	// Wait is how long a request waits for its turn, by default five seconds.
	Wait time.Duration
	// Requests is how many are served at the same time, by default 64. Those without the token don't count.
	Requests int
	// Logs is how many logs are sent at the same time, by default 4. They don't count as Requests.
	Logs int
	// Stall is how long a client may take nothing of a log, by default 30 seconds.
	Stall time.Duration
}

func (l Limits) orDefaults() Limits {
	return Limits{
		Body: or(l.Body, 1<<20), Time: or(l.Time, time.Minute), Wait: or(l.Wait, 5*time.Second),
		Requests: or(l.Requests, 64), Logs: or(l.Logs, 4), Stall: or(l.Stall, 30*time.Second),
	}
}

func or[T int | int64 | time.Duration](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}

// turns are what requests wait for, so that no more than some are served at the same time.
type turns chan struct{}

// take waits for a turn. The caller gives it back with done.
func (t turns) take(ctx context.Context, wait time.Duration) (done func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	case <-ctx.Done():
		return nil, fail(http.StatusServiceUnavailable, CodeBusy, "too many requests at the same time: try again in a moment")
	}
}

// readBody reads the whole body of a request, up to the limit and until the time is up.
func (h *Handler) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	bodyRead := h.limitTime(w)
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.limits.Body))
	tooLarge, isTooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case err == nil:
		bodyRead()
		return data, nil
	case isTooLarge:
		return nil, fail(http.StatusRequestEntityTooLarge, CodeTooLarge, "the body has more than %d bytes", tooLarge.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, fail(http.StatusRequestTimeout, CodeSlow, "the body did not come within %v", h.limits.Time)
	}
	return nil, fail(http.StatusBadRequest, CodeBadJSON, "the body could not be read: %v", err)
}

// limitTime ends what a slow client holds up. A server that can't do so has limits of its own. The result is to be
// called when the body is there: a server that reads on, to see whether the client is still there, must not find its
// time up.
func (h *Handler) limitTime(w http.ResponseWriter) (bodyRead func()) {
	const toAnswer = 10 * time.Second
	c, now := http.NewResponseController(w), time.Now()
	_ = c.SetReadDeadline(now.Add(h.limits.Time))
	_ = c.SetWriteDeadline(now.Add(h.limits.Time + toAnswer))
	return func() { _ = c.SetReadDeadline(time.Time{}) }
}
