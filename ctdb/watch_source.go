package ctdb

import (
	"context"
	"errors"
	"time"
)

// The intervals of a watch that names none.
const (
	socketInterval        = time.Second
	socketAddressInterval = 10 * time.Second
	toolInterval          = 5 * time.Second
)

// watchSource is where a watch looks: ctdbd's socket, or the tool.
type watchSource struct {
	client  *Client
	options WatchOptions
	hints   *watchHints

	socket *watchSocket // the connection, if there is one
	met    bool         // there was one: then the tool could not do better
	tool   watchTool
}

func newWatchSource(c *Client, options WatchOptions) *watchSource {
	tool := *c
	tool.session = nil
	return &watchSource{client: c, options: options, hints: newWatchHints(), tool: watchTool{client: &tool}}
}

// interval is how often to look.
func (s *watchSource) interval() time.Duration {
	switch {
	case s.options.Interval > 0:
		return s.options.Interval
	case s.socket != nil || s.met:
		return socketInterval
	default:
		return toolInterval
	}
}

// done is closed when the connection is over. Without one it is never.
func (s *watchSource) done() <-chan struct{} {
	if s.socket == nil {
		return nil
	}
	return s.socket.conn.Done()
}

// close ends the connection, if there is one.
func (s *watchSource) close() {
	if s.socket != nil {
		s.socket.conn.Close()
		s.socket = nil
	}
}

// look brings a view up to date. It takes no longer than any other question. After an error the view is what it was.
func (s *watchSource) look(ctx context.Context, view *View, cause Cause) error {
	ctx, cancel := context.WithTimeout(ctx, s.client.config.Timeout)
	defer cancel()
	if s.client.session == nil {
		return s.tool.look(ctx, view, s.options.AddressInterval)
	}
	if err := s.connect(ctx); err != nil {
		if s.met || !s.client.mayFallBack(ctx, err) {
			return err
		}
		tool := s.tool.look(ctx, view, s.options.AddressInterval)
		if errors.Is(tool, ErrToolMissing) && s.client.config.Socket != "" {
			return err // who names a socket may do without a tool
		}
		return tool
	}
	return s.socket.look(ctx, view, cause)
}

// connect makes a connection if there is none that lives, and listens.
func (s *watchSource) connect(ctx context.Context) error {
	if s.socket != nil && s.socket.conn.Err() == nil {
		return nil
	}
	s.close()
	session := s.client.session
	if !socketSystem {
		return &SocketError{Socket: session.paths[0], Call: "connect", Err: errors.ErrUnsupported}
	}
	conn, err := session.dial(ctx)
	if err != nil {
		return err
	}
	asker, err := s.client.asker(conn)
	if err != nil {
		conn.Close()
		return err
	}
	interval := s.options.AddressInterval
	if interval <= 0 {
		interval = socketAddressInterval
	}
	s.socket = &watchSocket{asker: asker, hints: s.hints, every: interval}
	s.met = true
	return s.socket.listen(ctx)
}
