package ctdb

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"sync"
	"sync/atomic"

	"github.com/go-ctdb/go-ctdb/internal/socket"
)

// session is the connection to a ctdbd that a client and its clients for other nodes share. It connects when it is
// asked for a connection, again whenever the last one has ended.
type session struct {
	paths  []string // of the socket
	events []string // of the event daemon's socket
	owner  *uint32

	dialing chan struct{} // holds a token while somebody connects
	pauses  backoff       // between connections that are of no use; of whoever has the token
	mu      sync.Mutex
	live    *connection
}

// connection is one connection of a session, and what is known as long as it lasts.
type connection struct {
	*socket.Conn
	path     string
	useful   atomic.Bool // it brought an answer
	over     atomic.Bool // a call found its end, which its reader may find a little later
	leader   leaderNews
	takeover takeoverAddresses
}

// newSession gives the session of a client, nil if it is not to use the socket.
func newSession(config Config) *session {
	if !config.usesSocket() {
		return nil
	}
	s := &session{paths: usualSockets, events: usualEventSockets, owner: config.SocketOwner, dialing: make(chan struct{}, 1)}
	if config.Socket != "" {
		s.paths = []string{config.Socket}
		s.events = []string{path.Join(path.Dir(config.Socket), eventSocketName)}
	}
	if config.EventSocket != "" {
		s.events = []string{config.EventSocket}
	}
	return s
}

// current gives the connection, if there is one that lives.
func (s *session) current() *connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live != nil && !s.live.over.Load() && s.live.Err() == nil {
		return s.live
	}
	return nil
}

// connect gives the connection, a new one if need be. One caller connects, and the others wait for it.
func (s *session) connect(ctx context.Context) (*connection, error) {
	if !socketSystem {
		return nil, &SocketError{Socket: s.paths[0], Call: callConnect, Err: errors.ErrUnsupported}
	}
	if err := ctx.Err(); err != nil {
		return nil, socketError(s.paths[0], callConnect, err)
	}
	if conn := s.current(); conn != nil {
		return conn, nil
	}
	select {
	case s.dialing <- struct{}{}:
		defer func() { <-s.dialing }()
	case <-ctx.Done():
		return nil, socketError(s.paths[0], callConnect, ctx.Err())
	}
	if conn := s.current(); conn != nil {
		return conn, nil
	}
	if !s.settle(ctx) {
		return nil, socketError(s.paths[0], callConnect, ctx.Err())
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

// note notes whether a call found that the connection is over.
func (c *connection) note(err error) {
	if err != nil && errors.Is(err, socket.ErrEnded) {
		c.over.Store(true)
	}
}

// settle waits before the next connection if the last one ended without an answer: longer and longer, so that a ctdbd
// that takes connections and drops them has nothing to do with this client. It reports whether there is still time.
func (s *session) settle(ctx context.Context) bool {
	s.mu.Lock()
	last := s.live
	s.mu.Unlock()
	if last == nil || last.useful.Load() || errors.Is(last.Err(), socket.ErrClosed) {
		s.pauses = backoff{}
		return true
	}
	return s.pauses.wait(ctx)
}

// dial tries the places one after the other. The error is that of the first one, or of the first that is there.
func (s *session) dial(ctx context.Context) (*connection, error) {
	var first error
	for _, place := range s.paths {
		conn, err := socket.Dial(ctx, socket.Options{Path: place, Owner: s.owner})
		if err == nil {
			return &connection{Conn: conn, path: place, leader: leaderNews{starting: make(chan struct{}, 1)}}, nil
		}
		if first == nil || errors.Is(first, fs.ErrNotExist) && !errors.Is(err, fs.ErrNotExist) {
			first = socketError(place, callConnect, err)
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
