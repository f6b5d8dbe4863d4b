//go:build !linux

package socket

import (
	"errors"
	"fmt"
	"net"
)

// checkPeer can't tell whose a socket is here.
func checkPeer(_ *net.UnixConn, path string, _ uint32) error {
	return fmt.Errorf("the peer of %s: %w", path, errors.ErrUnsupported)
}
