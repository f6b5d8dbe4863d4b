//go:build unix

package socket

import (
	"errors"
	"syscall"
)

// attempt is one write to a socket that may be full. It is kept, so that writing allocates nothing.
type attempt struct {
	write func(fd uintptr) bool
	out   []byte
	n     int
	err   error
}

func newAttempt() *attempt {
	a := &attempt{}
	a.write = func(fd uintptr) bool {
		a.n, a.err = syscall.Write(int(fd), a.out)
		return true // also where it would have to wait
	}
	return a
}

// writeSome writes what the socket takes at once, which nearly always is everything.
func (c *Conn) writeSome(out []byte) (rest []byte, err error) {
	a := c.attempt
	a.out = out
	if err := c.raw.Write(a.write); err != nil {
		return out, c.failed(err)
	}
	switch {
	case a.err == nil:
		return out[a.n:], nil
	case errors.Is(a.err, syscall.EAGAIN), errors.Is(a.err, syscall.EINTR):
		return out, nil
	}
	return out, c.failed(a.err)
}
