package socket

import (
	"sync"

	"github.com/go-ctdb/go-ctdb/internal/wire"
)

// call is one or several requests whose replies are waited for together. All but the waiting is done with the
// connection's lock held.
type call struct {
	first uint32 // the number of the first request; the others follow
	want  int    // how many requests
	got   int    // how many replies
	buf   []byte // the replies, in the order in which they came
	ends  []int  // where each of them ends in buf
	ids   []uint32
	err   error
	done  chan struct{} // gets a token when nothing more will come
}

var calls = sync.Pool{New: func() any { return &call{done: make(chan struct{}, 1)} }}

// largestKept is how much memory a call keeps for the next one.
const largestKept = 64 << 10

func newCall(want int) *call {
	c, _ := calls.Get().(*call)
	c.first, c.want, c.got, c.err = 0, want, 0, nil
	c.buf, c.ends, c.ids = c.buf[:0], c.ends[:0], c.ids[:0]
	if want == 0 {
		c.done <- struct{}{}
	}
	return c
}

// free gives the call back. It must not be on any list.
func (c *call) free() {
	if cap(c.buf) > largestKept {
		return
	}
	select {
	case <-c.done: // of replies that came when the caller had given up
	default:
	}
	calls.Put(c)
}

// take keeps a reply.
func (c *call) take(id uint32, packet []byte) {
	c.buf = append(c.buf, packet...)
	c.ends, c.ids = append(c.ends, len(c.buf)), append(c.ids, id)
	if c.got++; c.got == c.want {
		c.done <- struct{}{}
	}
}

// fail ends a call that misses replies. It does nothing after the first time.
func (c *call) fail(err error) {
	if c.err == nil {
		c.err = err
		c.done <- struct{}{}
	}
}

// isOver tells whether nothing more will come.
func (c *call) isOver() bool { return len(c.done) > 0 }

// reply gives the reply to a request, in the call's memory.
func (c *call) reply(id uint32) (wire.Reply, error) {
	start := 0
	for i, end := range c.ends {
		if c.ids[i] == id {
			return wire.ParseReply(c.buf[start:end:end])
		}
		start = end
	}
	return wire.Reply{}, ErrEnded // not reached: there is a reply to each request
}
