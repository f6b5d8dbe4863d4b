package main

import (
	"net"
	"sync"
)

// limitConnections gives a listener that has no more than some connections at the same time. Others wait for one to
// end.
func limitConnections(l net.Listener, most int) net.Listener {
	return &limited{Listener: l, slots: make(chan struct{}, max(most, 1)), closed: make(chan struct{})}
}

type limited struct {
	net.Listener
	slots  chan struct{}
	once   sync.Once
	closed chan struct{}
}

// Accept waits for a slot and then for a connection.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &counted{Conn: c, release: sync.OnceFunc(func() { <-l.slots })}, nil
}

// Close also ends an Accept that waits for a slot.
func (l *limited) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// counted is a connection that has a slot.
type counted struct {
	net.Conn
	release func()
}

// Close gives the slot back.
func (c *counted) Close() error {
	defer c.release()
	return c.Conn.Close()
}
