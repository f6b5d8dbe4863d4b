package socket

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// checkPeer makes sure that a socket and the program behind it belong to a user. The file is looked at after
// connecting, so that it can't be exchanged unseen for that of somebody else, who would be the peer then.
func checkPeer(conn *net.UnixConn, path string, owner uint32) error {
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil {
		return fmt.Errorf("stat %s: %w", path, err)
	}
	if stat.Uid != owner {
		return fmt.Errorf("%s: %w: the file is user %d's, want %d", path, ErrPeer, stat.Uid, owner)
	}
	peer, err := credentials(conn)
	if err != nil {
		return fmt.Errorf("the peer of %s: %w", path, err)
	}
	if peer.Uid != owner {
		return fmt.Errorf("%s: %w: process %d is user %d's, want %d", path, ErrPeer, peer.Pid, peer.Uid, owner)
	}
	return nil
}

// credentials gives whose the program behind a socket was when it began to listen.
func credentials(conn *net.UnixConn) (peer *unix.Ucred, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	if e := raw.Control(func(fd uintptr) {
		peer, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); e != nil {
		return nil, e
	}
	return peer, err
}
