package ctdb

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"syscall"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// legacy is the component of the scripts that the cluster's events run.
const legacy = "legacy"

// askEventDaemon sends a request to the event daemon. The second result is whether it was sent, as far as is known: if it
// was not, the event daemon could not be reached, and it can be sent again.
func (s *session) askEventDaemon(ctx context.Context, call string, request []byte, read func(wire.EventReply) error) (sent bool, err error) {
	if !socketSystem {
		return false, &SocketError{Socket: s.events[0], Call: call, Err: errors.ErrUnsupported}
	}
	var first error
	for _, place := range s.eventPlaces() {
		err := s.askEventDaemonAt(ctx, place, request, read)
		if err == nil || !isNotReached(err) {
			return true, socketErrorOrNil(place, call, err)
		}
		if first == nil || errors.Is(first, fs.ErrNotExist) && !errors.Is(err, fs.ErrNotExist) {
			first = socketError(place, call, err)
		}
	}
	return false, first
}

// eventPlaces gives the places of the event daemon's socket: beside the ctdbd's that there is a connection to, first.
func (s *session) eventPlaces() []string {
	conn := s.current()
	if conn == nil || len(s.events) == 1 {
		return s.events
	}
	return append([]string{path.Join(path.Dir(conn.path), eventSocketName)}, s.events...)
}

// askEventDaemonAt tries again as long as too many others connect.
func (s *session) askEventDaemonAt(ctx context.Context, place string, request []byte, read func(wire.EventReply) error) error {
	for pauses := (backoff{}); ; {
		err := socket.Event(ctx, socket.Options{Path: place, Owner: s.owner}, request, read)
		if !errors.Is(err, syscall.EAGAIN) || errors.Is(err, socket.ErrEnded) || !pauses.wait(ctx) {
			return err
		}
	}
}

// isNotReached tells whether an error is one of connecting.
func isNotReached(err error) bool {
	if errors.Is(err, socket.ErrEnded) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return false
	}
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ECONNREFUSED) ||
		errors.Is(err, syscall.EAGAIN) || errors.Is(err, socket.ErrPeer)
}

func socketErrorOrNil(place, call string, err error) error {
	if err == nil {
		return nil
	}
	return socketError(place, call, err)
}

// eventStatusOverSocket asks the event daemon. The second result is whether it is settled.
func (c *Client) eventStatusOverSocket(ctx context.Context, event string) (answer *status.EventStatus, settled bool, err error) {
	if c.session == nil {
		return nil, false, nil
	}
	call := wire.EventStatusCommand.String()
	if err := c.checkOwn(call); err != nil {
		return nil, true, err
	}
	request, err := wire.AppendEventStatus(nil, 1, legacy, event)
	if err != nil {
		return nil, true, socketError(c.session.events[0], call, err)
	}
	for attempt := 0; ; attempt++ {
		_, err = c.session.askEventDaemon(ctx, call, request, func(reply wire.EventReply) (err error) {
			answer, err = wire.DecodeEventStatus(reply, legacy, event)
			return err
		})
		switch {
		case err == nil:
			answer.Form = status.FormSocket
			return answer, true, nil
		case attempt == 0 && errors.Is(err, socket.ErrEnded) && ctx.Err() == nil:
			continue
		}
		return nil, !c.mayFallBack(ctx, err), err
	}
}

// checkOwn makes sure that the client is not one for another node: no ctdbd passes on what is for an event daemon.
func (c *Client) checkOwn(call string) error {
	if c.pnn == nodes.NoPNN {
		return nil
	}
	return &SocketError{Socket: c.session.events[0], Call: call, Err: ErrUsage}
}

// runEventOverSocket runs an event, at most once. The second result is whether it is settled.
func (c *Client) runEventOverSocket(ctx context.Context, run wire.EventRun) (settled bool, err error) {
	if c.session == nil {
		return false, nil
	}
	call := wire.EventRunCommand.String()
	if err := c.checkOwn(call); err != nil {
		return true, err
	}
	request, err := wire.AppendEventRun(nil, 1, run)
	if err != nil {
		return true, socketError(c.session.events[0], call, err)
	}
	sent, err := c.session.askEventDaemon(ctx, call, request, wire.DecodeEventRun)
	if err == nil {
		return true, nil
	}
	ended, ok := errors.AsType[*wire.EventError](err)
	if !ok {
		return sent || !c.mayFallBack(ctx, err), err
	}
	return true, eventEnded(run.Event, ended.Status, err)
}

// eventEnded gives the error for an event that did not succeed.
func eventEnded(event string, status int, err error) error {
	at, _ := errors.AsType[*SocketError](err)
	with := func(cause error) error {
		return &SocketError{Socket: at.Socket, Call: at.Call, Err: causes{cause, at.Err}}
	}
	const scriptFailed, timedOut, canceled = 8, 110, 125
	switch status {
	case scriptFailed:
		err = with(ErrEventFailed)
	case timedOut:
		err = with(ErrTimeout)
	case canceled:
		err = with(ErrEventCanceled)
	default:
		return with(ErrRefused)
	}
	return &EventError{Event: event, Status: status, Err: err}
}
