package ctdb

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrOutputTooLarge says that a program wrote more than its runner keeps: see [ExecRunner.MaxOutput].
var ErrOutputTooLarge = errors.New("output too large")

// capture is a writer that keeps what it gets, up to a limit.
type capture struct {
	data  []byte
	limit int64
}

// Write keeps what still fits. It fails when anything is left over.
func (c *capture) Write(p []byte) (int, error) {
	if room := c.limit - int64(len(c.data)); int64(len(p)) > room {
		c.data = append(c.data, p[:room]...)
		return int(room), fmt.Errorf("%w: more than the limit of %d bytes", ErrOutputTooLarge, c.limit)
	}
	c.data = append(c.data, p...)
	return len(p), nil
}

// output is one output stream of a program: the read end of a pipe, and what takes the bytes.
type output struct {
	name string // for messages
	pipe *os.File
	to   io.Writer
}

// copy moves the stream to its writer until the stream ends, the writer fails or the stream is stopped. It closes the
// pipe: a program that writes on regardless learns at once that nobody reads.
func (o *output) copy() error {
	defer func() { _ = o.pipe.Close() }()
	buf := make([]byte, 32<<10)
	for {
		n, err := o.pipe.Read(buf)
		if n > 0 {
			if err := o.put(buf[:n]); err != nil {
				return err
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF), errors.Is(err, os.ErrClosed):
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return o.sweep(buf)
		default:
			return fmt.Errorf("read %s: %w", o.name, err)
		}
	}
}

// sweepMax bounds what sweep reads. It is the most that a pipe holds, unless an administrator raised Linux's limit.
const sweepMax = 1 << 20

// sweep takes what the pipe holds at this moment and does not wait for more. A program that ended has all of its output
// in there, so that nothing of it is lost, however slow the writer, while another process may hold the pipe open, or
// even write to it for ever.
func (o *output) sweep(buf []byte) error {
	for swept := 0; swept < sweepMax; {
		n := readAvailable(o.pipe, buf)
		if n <= 0 {
			return nil
		}
		if err := o.put(buf[:n]); err != nil {
			return err
		}
		swept += n
	}
	return nil
}

func (o *output) put(p []byte) error {
	n, err := o.to.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrOutputTooLarge):
		return fmt.Errorf("%s: %w", o.name, err)
	default:
		return fmt.Errorf("write %s: %w", o.name, err)
	}
}

// stop ends copy, from another goroutine, after a last sweep where the system can do that. A write that blocks holds it
// up.
func (o *output) stop() {
	// A deadline in the past wakes a pending read. A pipe that takes none (not on Unix) is closed, without a sweep.
	if err := o.pipe.SetReadDeadline(past); err != nil {
		_ = o.pipe.Close()
	}
}
