package ctdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/go-ctdb/go-ctdb/internal/socket"
	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// callConnect is what a SocketError is about if it is not about a control.
const callConnect = "connect"

// ErrProtocol says that what came over ctdbd's socket could not be understood.
var ErrProtocol = errors.New("the answer of ctdbd was not understood")

// ErrSocketOwner says that the socket or the program behind it is not the user's that [Config.SocketOwner] names. Nothing was sent.
var ErrSocketOwner = errors.New("the socket is somebody else's")

// SocketError is a call over ctdbd's socket, or the event daemon's, that failed. It stands where a call by the tool has a
// [*CommandError]. ctdbd rarely says why it refuses; its log does.
type SocketError struct {
	// Socket is the path of the socket.
	Socket string
	// Call is what was asked for: CTDB's name of a control, such as "GET_NODEMAP", or "connect".
	Call string
	// Err is what went wrong: one or several of this package's errors, and what the system or the context said.
	Err error
}

// Error gives the socket, the call and what went wrong.
func (e *SocketError) Error() string { return fmt.Sprintf("%s: %s: %v", e.Socket, e.Call, e.Err) }

// Unwrap gives Err.
func (e *SocketError) Unwrap() error { return e.Err }

// socketError finds what a failure at the socket means.
func socketError(path, call string, err error) error {
	if done, ok := errors.AsType[*SocketError](err); ok {
		return done
	}
	var all causes
	if cause := causeAtSocket(err); cause != nil {
		all = causes{cause}
	}
	return &SocketError{Socket: path, Call: call, Err: append(all, err).err()}
}

func causeAtSocket(err error) error {
	status, refused := errors.AsType[*wire.StatusError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, wire.ErrTimedOut):
		return ErrTimeout
	case errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, wire.ErrDisconnected):
		return ErrDisconnected
	case refused && status.Status != 0:
		return ErrRefused
	case errors.Is(err, socket.ErrPeer):
		return ErrSocketOwner
	case errors.Is(err, fs.ErrPermission):
		return ErrPermission
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return ErrNotRunning
	}
	if _, ok := errors.AsType[*wire.Error](err); ok {
		return ErrProtocol
	}
	if errors.Is(err, socket.ErrEnded) {
		return ErrNotReady // it went away without an answer
	}
	return nil
}
