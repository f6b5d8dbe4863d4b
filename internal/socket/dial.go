package socket

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// Options say how to connect.
type Options struct {
	// Path is the socket's.
	Path string
	// Owner, if set, is the user who must own the socket and run the program behind it; else nothing is sent, and the
	// error is an ErrPeer.
	Owner *uint32
	// Limit is how large a packet may be, in bytes; 0 is wire.DefaultLimit.
	Limit uint32
}

// Pauses between attempts to connect while too many others do.
const (
	firstPause = time.Millisecond
	lastPause  = 50 * time.Millisecond
)

// Dial connects. As long as ctdbd has too many connections that it has not accepted yet, it tries again until the
// context ends. Other failures are those of the system, such as ENOENT (no ctdbd was ever started), ECONNREFUSED (it is
// gone), EACCES (the socket is root's) and EINVAL (the path is too long, or none).
func Dial(ctx context.Context, options Options) (*Conn, error) {
	stream, err := dial(ctx, options)
	if err != nil {
		return nil, err
	}
	return newConn(stream, wire.Splitter{Limit: options.Limit})
}

// dial is Dial without the reader.
func dial(ctx context.Context, options Options) (*net.UnixConn, error) {
	pause := firstPause
	for {
		stream, err := dialOnce(ctx, options)
		if !errors.Is(err, syscall.EAGAIN) {
			return stream, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", err, ctx.Err())
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause = min(2*pause, lastPause)
	}
}

// dialOnce connects, and looks whose socket it is if that matters.
func dialOnce(ctx context.Context, options Options) (*net.UnixConn, error) {
	if !isPath(options.Path) {
		return nil, &os.PathError{Op: "dial", Path: options.Path, Err: syscall.EINVAL}
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", options.Path)
	if err != nil {
		return nil, err
	}
	stream, ok := conn.(*net.UnixConn)
	if !ok {
		_ = conn.Close()
		return nil, fmt.Errorf("dial %s: not a unix socket", options.Path)
	}
	if options.Owner != nil {
		if err := checkPeer(stream, options.Path, *options.Owner); err != nil {
			_ = stream.Close()
			return nil, err
		}
	}
	return stream, nil
}

// isPath tells whether a path is that of a file: the system takes one with an @ in front for a name that anybody can
// take, and cuts one off at a NUL.
func isPath(path string) bool {
	return path != "" && path[0] != '@' && !strings.Contains(path, "\x00")
}
