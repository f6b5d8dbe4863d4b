package socket

import (
	"errors"
	"fmt"
	"io"
	"syscall"
)

// Errors of a connection. errors.Is finds them.
var (
	// ErrEnded: the connection is over, and with it all calls that waited for an answer. What they asked for may have
	// been done.
	ErrEnded = errors.New("the connection to ctdbd is over")
	// ErrClosed: it is over because of Close.
	ErrClosed = errors.New("it was closed")
	// ErrHungUp: it is over because the other side ended it.
	ErrHungUp = errors.New("ctdbd hung up")
	// ErrHalfSent: it is over because a call gave up when ctdbd had taken a part of what the call sent.
	ErrHalfSent = errors.New("ctdbd took only half of a request")
	// ErrPeer: the socket, or the program behind it, belongs to somebody else than it should.
	ErrPeer = errors.New("the socket is not its owner's")
)

// ended gives the error of a connection that is over.
func ended(why error) error {
	switch {
	case errors.Is(why, io.EOF):
		why = ErrHungUp
	case hungUp(why):
		why = fmt.Errorf("%w: %w", ErrHungUp, why)
	}
	return fmt.Errorf("%w: %w", ErrEnded, why)
}

// hungUp tells whether an error of a write or a read is that of a peer that is gone: one that has not read everything
// leaves a reset behind.
func hungUp(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}
