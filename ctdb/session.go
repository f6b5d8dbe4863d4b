package ctdb

import (
	"context"
	"errors"
	"io/fs"
	"sync"

	"github.com/go-ctdb/go-ctdb/internal/socket"
)

// session is the connection to a ctdbd that a client and its clients for other nodes share. It connects when it is
// asked for a connection, again whenever the last one has ended.
type session struct {
	paths []string // of the socket
	owner *uint32

	dialing chan struct{} // holds a token while somebody connects
	mu      sync.Mutex
	live    *connection
}

// connection is one connection of a session, and what is known as long as it lasts.
type connection struct {
	*socket.Conn
	path   string
	leader leaderNews
}

// newSession gives the session of a client, nil if it is not to use the socket.
func newSession(config Config) *session {
	if !config.usesSocket() {
		return nil
	}
	paths := usualSockets
	if config.Socket != "" {
		paths = []string{config.Socket}
	}
	return &session{paths: paths, owner: config.SocketOwner, dialing: make(chan struct{}, 1)}
}

// current gives the connection, if there is one that lives.
func (s *session) current() *connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live != nil && s.live.Err() == nil {
		return s.live
	}
	return nil
}

// connect gives the connection, a new one if need be. One caller connects, and the others wait for it.
func (s *session) connect(ctx context.Context) (*connection, error) {
	if !socketSystem {
		return nil, &SocketError{Socket: s.paths[0], Err: errors.ErrUnsupported}
	}
	if conn := s.current(); conn != nil {
		return conn, nil
	}
	select {
	case s.dialing <- struct{}{}:
		defer func() { <-s.dialing }()
	case <-ctx.Done():
		return nil, socketError(s.paths[0], "connect", ctx.Err())
	}
	if conn := s.current(); conn != nil {
		return conn, nil
	}
	conn, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live = conn
	return conn, nil
}

// dial tries the places one after the other. The error is that of the first one, or of the first that is there.
func (s *session) dial(ctx context.Context) (*connection, error) {
	var first error
	for _, path := range s.paths {
		conn, err := socket.Dial(ctx, socket.Options{Path: path, Owner: s.owner})
		if err == nil {
			return &connection{Conn: conn, path: path}, nil
		}
		if first == nil || errors.Is(first, fs.ErrNotExist) && !errors.Is(err, fs.ErrNotExist) {
			first = socketError(path, "connect", err)
		}
	}
	return nil, first
}

// close ends the connection, if there is one.
func (s *session) close() {
	s.mu.Lock()
	live := s.live
	s.live = nil
	s.mu.Unlock()
	if live != nil {
		live.Close()
	}
}
