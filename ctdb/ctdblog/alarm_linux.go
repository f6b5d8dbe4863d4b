package ctdblog

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// alarm wakes a follower when something happens in the directory of its file. It is only a hint: where the kernel does
// not tell, or there is no such directory, the follower looks again after a while.
type alarm struct {
	events *os.File // of inotify; nil if there is none
	raw    int      // its descriptor
	watch  int      // what watches the directory
	path   string
	base   string
	ended  func() // after which ctx does not touch events any more
	buf    [4096]byte
}

// What may have to do with a log.
const watched = unix.IN_MODIFY | unix.IN_CREATE | unix.IN_MOVED_TO | unix.IN_MOVED_FROM | unix.IN_ATTRIB |
	unix.IN_DELETE

func newAlarm(ctx context.Context, path string) *alarm {
	a := &alarm{path: path, watch: -1, ended: func() {}}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return a
	}
	a.raw, a.events = fd, os.NewFile(uintptr(fd), "inotify")
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = a.events.SetReadDeadline(time.Unix(1, 0))
		close(done)
	})
	a.ended = func() {
		if !stop() {
			<-done
		}
	}
	a.look()
	return a
}

// look watches the directory that the file is in now.
func (a *alarm) look() {
	if a.events == nil {
		return
	}
	path := a.path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	a.base = filepath.Base(path)
	watch, err := unix.InotifyAddWatch(a.raw, filepath.Dir(path), watched)
	if err != nil {
		watch = -1
	}
	if a.watch >= 0 && watch != a.watch {
		_, _ = unix.InotifyRmWatch(a.raw, uint32(a.watch)) //nolint:gosec // it is not negative
	}
	a.watch = watch
}

// wait waits until something happens to the file, or the time is over. It tells whether to go on.
func (a *alarm) wait(ctx context.Context, limit time.Duration) bool {
	if a.events == nil {
		return sleep(ctx, limit)
	}
	if err := a.events.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return sleep(ctx, limit)
	}
	for ctx.Err() == nil {
		n, err := a.events.Read(a.buf[:])
		if err != nil {
			a.look()
			break
		}
		if a.concerns(a.buf[:n]) {
			break
		}
	}
	return ctx.Err() == nil
}

// concerns tells whether one of the events is about the log or a rotated one.
func (a *alarm) concerns(events []byte) bool {
	for len(events) >= unix.SizeofInotifyEvent {
		size := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(events[12:]))
		if size == unix.SizeofInotifyEvent || size > len(events) {
			return true // about the directory itself
		}
		name, _, _ := bytes.Cut(events[unix.SizeofInotifyEvent:size], []byte{0})
		if strings.HasPrefix(string(name), a.base) {
			return true
		}
		events = events[size:]
	}
	return false
}

func (a *alarm) close() {
	a.ended()
	if a.events != nil {
		_ = a.events.Close()
	}
}
