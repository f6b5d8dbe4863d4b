package ctdb

import (
	"context"
	"errors"
	"iter"
	"time"
)

// WatchOptions say how a [Client.Watch] looks. The zero value is good for most.
type WatchOptions struct {
	// Interval is how often the watch looks at the cluster if nothing makes it look sooner. 0 means a second over the
	// socket, where that costs ctdbd some ten microseconds, and five seconds by the tool, which starts three processes.
	Interval time.Duration
	// AddressInterval is how often it asks all active nodes for their public addresses if nothing makes it do so sooner.
	// 0 means ten seconds over the socket; by the tool, each time that it looks.
	AddressInterval time.Duration
	// Debounce is how long a change has to last before it is told, so that what flaps faster is not told at all. 0 tells
	// each change that is seen.
	Debounce time.Duration
}

// Watch tells what changes in the cluster as the client's node sees it, beginning with a [FullView]:
//
//	for event, err := range client.Watch(ctx, ctdb.WatchOptions{}) {
//		if err != nil {
//			return err
//		}
//		switch change := event.Change.(type) {
//		case ctdb.NodeFlagsChanged:
//			…
//		}
//	}
//
// It ends silently with its context; ctx.Err tells. An error ends it too, and is its last word: there is no ctdb tool
// ([ErrToolMissing]), it or the socket may not be used ([ErrPermission]), or the socket is somebody else's
// ([ErrSocketOwner]). Everything else, such as a ctdbd that is not running, is a [ConnectionLost], and the watch goes on,
// asking again after pauses from a tenth of a second to the interval, at least two seconds, of random length.
//
// The watch looks at intervals, and over the socket also whenever a message of ctdbd hints at a change: another leader, a
// recovery that is over, an address taken or released. It has a connection of its own, and [Client.Close] does not end it.
// No message tells of the flags of other nodes: those are seen at the next look. What lasts less than an interval and has
// no message may not be seen; what is so in the end is.
//
// Over the socket each look also asks the node itself where the addresses are that it is configured for, which it knows
// of others too. If that or anything else has changed, all active nodes are asked, as "ctdb ip all" does, at this look
// and those of the next five seconds, else every AddressInterval. An address that the node is not configured for may so
// move between others unnoticed for that long.
//
// Nothing runs between two events but what the consumer does: the watch looks when it is asked for the next event. A
// slow consumer gets the differences between what it was told and what is so now; nothing is kept for it. After a
// reconnect it gets a FullView and what differs from what it was told before. All that was started has ended when the
// loop is left.
//
// Each range over the result is a watch by itself.
func (c *Client) Watch(ctx context.Context, options WatchOptions) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		w := newWatcher(c, options)
		defer w.source.close()
		w.run(ctx, yield)
	}
}

// watcher is one watch. It belongs to the goroutine that ranges over it.
type watcher struct {
	options WatchOptions
	source  *watchSource

	now   View // what was seen last
	told  View // what the consumer knows
	begun bool // it was told the first view
	met   bool // and one with a connection

	fresh   []Change // differences between told and now
	pending pendingChanges

	err    error         // why there is no connection
	looked time.Time     // when it last did
	took   time.Duration // how long that took
	cause  Cause         // what made it do so
	heard  time.Time     // and when that was
	pauses watchPauses
}

func newWatcher(c *Client, options WatchOptions) *watcher {
	return &watcher{options: options, source: newWatchSource(c, options), pending: pendingChanges{after: options.Debounce}}
}

// run looks and tells, until somebody has enough.
func (w *watcher) run(ctx context.Context, yield func(Event, error) bool) {
	w.cause, w.heard = CauseStart, time.Now()
	for {
		err := w.look(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			yield(Event{}, err)
			return
		case !w.tell(yield):
			return
		case !w.pause(ctx):
			return
		}
	}
}

// look finds out what is so now. The error is one that ends the watch.
func (w *watcher) look(ctx context.Context) error {
	start := time.Now()
	err := w.source.look(ctx, &w.now, w.cause)
	w.looked = time.Now()
	w.took = w.looked.Sub(start)
	if err != nil {
		if isFinal(err) {
			return err
		}
		w.err, w.now.Connected = err, false
		w.source.close()
	} else {
		w.err, w.now.Connected = nil, true
		w.pauses = watchPauses{}
	}
	if w.cause == CauseStart || w.cause == CausePoll {
		w.heard = w.looked
	}
	w.fresh = w.pending.due(diff(w.fresh[:0], &w.told, &w.now), w.heard, w.looked, w.cause)
	return nil
}

// isFinal tells whether there is no use in trying again.
func isFinal(err error) bool {
	for _, final := range []error{ErrToolMissing, ErrPermission, ErrSocketOwner, errors.ErrUnsupported} {
		if errors.Is(err, final) {
			return true
		}
	}
	return false
}

// tell gives the consumer what it does not know yet, until that is old. It reports whether it wants more.
func (w *watcher) tell(yield func(Event, error) bool) bool {
	if !w.begun {
		w.begun, w.met = true, w.now.Connected
		return w.tellView(yield)
	}
	for len(w.fresh) > 0 {
		change := w.fresh[0]
		if _, back := change.(ConnectionRegained); back {
			return w.tellReturn(yield)
		}
		w.fresh = w.fresh[1:]
		event := w.pending.event(change, Event{w.heard, w.cause, change})
		if lost, ok := change.(ConnectionLost); ok && w.err != nil {
			lost.Err, lost.Why = w.err.Error(), w.err
			event.Change = lost
		}
		change.apply(&w.told)
		if !yield(event, nil) {
			return false
		}
		if w.outdated() {
			return true
		}
	}
	return true
}

// tellView gives the whole state.
func (w *watcher) tellView(yield func(Event, error) bool) bool {
	w.told, w.fresh = w.now.Clone(), w.fresh[:0]
	w.pending.clear()
	view := FullView{View: w.now.Clone()}
	if w.err != nil {
		view.Err = w.err.Error()
	}
	return yield(Event{w.heard, w.cause, view}, nil)
}

// tellReturn gives what there is to say after a reconnect. The differences are told however long that takes: the
// consumer may have taken the view for what it knows.
func (w *watcher) tellReturn(yield func(Event, error) bool) bool {
	differences := diff(nil, &w.told, &w.now)[1:]
	if !w.met {
		differences = nil // from nothing
	}
	w.met = true
	heard, cause := w.heard, w.cause
	if !yield(Event{heard, cause, ConnectionRegained{}}, nil) || !w.tellView(yield) {
		return false
	}
	for _, change := range differences {
		if !yield(Event{heard, cause, change}, nil) {
			return false
		}
	}
	return true
}

// outdated tells whether it is time to look again.
func (w *watcher) outdated() bool {
	return time.Since(w.looked) >= w.source.interval() || w.source.hints.waiting()
}

// hintGap is how soon a look may follow another because of a message: so that a burst of them keeps neither ctdbd nor
// this program busy.
func (w *watcher) hintGap() time.Duration {
	const share, most = 10, 100 * time.Millisecond
	return min(share*w.took, most)
}

// pause waits until it is time to look again, and finds out why. It reports whether there is still time.
func (w *watcher) pause(ctx context.Context) bool {
	wait := w.source.interval() - time.Since(w.looked)
	if w.err != nil {
		wait = w.pauses.next(w.source.interval())
	}
	if first, ok := w.pending.first(); ok {
		wait = min(wait, time.Until(first))
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			w.cause, w.heard = CausePoll, time.Now()
			if w.err != nil {
				w.cause = CauseConnection
			}
			return true
		case <-w.source.done():
			w.cause, w.heard = CauseConnection, time.Now()
			return true
		case <-w.source.hints.wake:
		}
		if !w.source.hints.waiting() {
			continue // a look was quicker
		}
		if !sleep(ctx, w.hintGap()-time.Since(w.looked)) {
			return false
		}
		w.cause, w.heard = w.source.hints.take()
		return true
	}
}

// sleep waits, and reports whether there is still time.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
