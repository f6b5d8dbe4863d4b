package socket_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/go-ctdb/go-ctdb/internal/socket"
)

// smallBacklog makes a socket on which only a few connections wait to be accepted.
func smallBacklog(t *testing.T) *net.UnixListener {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	if err := errors.Join(unix.Bind(fd, &unix.SockaddrUnix{Name: path}), unix.Listen(fd, 1)); err != nil {
		t.Fatal(err)
	}
	l, err := net.FileListener(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.(*net.UnixListener)
}

// occupy connects until the backlog is full.
func occupy(t *testing.T, path string) {
	t.Helper()
	for {
		conn, err := net.Dial("unix", path)
		if errors.Is(err, syscall.EAGAIN) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
}

// TestDialBurst has many connect at once to a daemon that is slow to accept: all get in.
func TestDialBurst(t *testing.T) {
	noLeaks(t)
	l := smallBacklog(t)
	path := l.Addr().String()
	occupy(t, path)
	const many = 300
	var asking atomic.Int32
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			asking.Add(1)
			conn, err := socket.Dial(soon(t), socket.Options{Path: path})
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			if got, err := ask(soon(t), t, conn, "x"); err != nil || got[0] != "x" {
				t.Errorf("got %q, error %v", got, err)
			}
		})
	}
	await(t, func() bool { return asking.Load() == many && strings.Contains(goroutines(), "socket.Dial(") }, "a burst")
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for {
					r, err := readRequest(conn)
					if err != nil {
						return
					}
					_, _ = conn.Write(echoed(r))
				}
			}()
		}
	}()
	all.Wait()
}

// TestDialFull gives up at the deadline when nobody accepts.
func TestDialFull(t *testing.T) {
	noLeaks(t)
	path := smallBacklog(t).Addr().String()
	occupy(t, path)
	conn, err := socket.Dial(short(t), socket.Options{Path: path})
	if conn != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Dial: error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { _, err := socket.Dial(ctx, socket.Options{Path: path}); result <- err }()
	awaitStack(t, "socket.Dial(")
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("Dial: error %v", err)
	}
	err = socket.Event(short(t), socket.Options{Path: path}, []byte("x"), nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Event: error %v", err)
	}
}

// TestDialFails tells why there is no connection.
func TestDialFails(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	stale := filepath.Join(dir, "stale")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: stale})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	_ = l.Close()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	abstract, err := net.Listen("unix", "@"+stale) // it is there, but its name is no path
	if err != nil {
		t.Fatal(err)
	}
	defer abstract.Close()
	datagrams, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: filepath.Join(dir, "datagrams")})
	if err != nil {
		t.Fatal(err)
	}
	defer datagrams.Close()
	for _, test := range []struct {
		name, path string
		want       error
	}{
		{"never started", filepath.Join(dir, "none"), syscall.ENOENT},
		{"no directory", filepath.Join(dir, "none", "s"), syscall.ENOENT},
		{"below a file", filepath.Join(file, "s"), syscall.ENOTDIR},
		{"gone", stale, syscall.ECONNREFUSED},
		{"a file", file, syscall.ECONNREFUSED},
		{"a directory", dir, syscall.ECONNREFUSED},
		{"of another type", filepath.Join(dir, "datagrams"), syscall.EPROTOTYPE},
		{"too long", filepath.Join(dir, strings.Repeat("x", 108)), syscall.EINVAL},
		{"no path", "", syscall.EINVAL},
		{"not a path", "@" + stale, syscall.EINVAL},
		{"NUL", stale + "\x00x", syscall.EINVAL},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := socket.Options{Path: test.path}
			conn, err := socket.Dial(soon(t), options)
			if conn != nil || !errors.Is(err, test.want) {
				t.Errorf("Dial: error %v, want %v", err, test.want)
			}
			if err := socket.Event(soon(t), options, []byte("x"), nil); !errors.Is(err, test.want) {
				t.Errorf("Event: error %v, want %v", err, test.want)
			}
		})
	}
}

// TestDialCancelled does not connect for a context that is over.
func TestDialCancelled(t *testing.T) {
	noLeaks(t)
	l := listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := socket.Dial(ctx, socket.Options{Path: l.Addr().String()}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestOwner looks whose the socket is before anything is sent.
func TestOwner(t *testing.T) {
	owner := uint32(os.Geteuid())
	t.Run("right", func(t *testing.T) {
		conn, d := dialWith(t, socket.Options{Owner: &owner})
		works(t, conn, d)
	})
	t.Run("wrong", func(t *testing.T) {
		noLeaks(t)
		l := listen(t)
		other := owner + 1
		refused(t, l, socket.Options{Path: l.Addr().String(), Owner: &other}, socket.ErrPeer)
	})
	t.Run("of the program", func(t *testing.T) { // the file is another user's, the program behind it is not
		if owner != 0 {
			t.Skip("only root can give a file away")
		}
		noLeaks(t)
		l := listen(t)
		if err := os.Chown(l.Addr().String(), 1, 1); err != nil {
			t.Fatal(err)
		}
		other := uint32(1)
		refused(t, l, socket.Options{Path: l.Addr().String(), Owner: &other}, socket.ErrPeer)
		refused(t, l, socket.Options{Path: l.Addr().String(), Owner: &owner}, socket.ErrPeer)
	})
	t.Run("of no file", func(t *testing.T) { // it was connected to, and is gone when its owner is looked at
		noLeaks(t)
		l := listen(t)
		path := l.Addr().String()
		link := path + ".link"
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("unix", link)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
		if err := socket.CheckPeer(conn.(*net.UnixConn), link, owner); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("error %v", err)
		}
		_ = conn.Close()
		if err := socket.CheckPeer(conn.(*net.UnixConn), path, owner); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a connection that is over: error %v", err)
		}
	})
}

// refused wants neither a connection nor a byte of a request.
func refused(t *testing.T, l *net.UnixListener, options socket.Options, want error) {
	t.Helper()
	conn, err := socket.Dial(soon(t), options)
	if conn != nil || !errors.Is(err, want) {
		t.Errorf("Dial: error %v", err)
	}
	if err := socket.Event(soon(t), options, []byte("x"), nil); !errors.Is(err, want) {
		t.Errorf("Event: error %v", err)
	}
	for range 2 {
		other := accept(t, l)
		if got, err := io.ReadAll(other.conn); len(got) > 0 || err != nil {
			t.Errorf("the peer got %x, error %v", got, err)
		}
	}
}

// asNobody is what the program is told that another user runs.
const asNobody = "GOCTDB_TEST_SOCKET"

// TestDialForbidden has another user try: the socket of ctdbd is root's.
func TestDialForbidden(t *testing.T) {
	if path := os.Getenv(asNobody); path != "" {
		_, err := socket.Dial(soon(t), socket.Options{Path: path})
		if !errors.Is(err, syscall.EACCES) {
			t.Errorf("error %v", err)
		}
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can be another user")
	}
	l := listen(t)
	path := l.Addr().String()
	if err := errors.Join(os.Chmod(path, 0o700), os.Chmod(filepath.Dir(path), 0o755)); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(filepath.Dir(path), "test") // where that user may run it
	if err := copyTo(program); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(soon(t), program, "-test.run=^TestDialForbidden$")
	command.Env, command.Dir = append(os.Environ(), asNobody+"="+path), "/"
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := command.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("PASS")) {
		t.Errorf("error %v\n%s", err, out)
	}
}

// copyTo copies this program.
func copyTo(path string) error {
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}
