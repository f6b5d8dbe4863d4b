package ctdb

import (
	"slices"
	"time"
)

// pendingChanges has changes that did not last long enough yet to be told.
type pendingChanges struct {
	after time.Duration
	seen  map[Change]sighting
	turn  uint64
}

// sighting is when and why a change was first seen.
type sighting struct {
	at    time.Time
	from  time.Time // it lasts since then
	cause Cause
	turn  uint64 // the last look that saw it
}

// due gives those of the changes that have lasted, in their order, and remembers the others. A change that is not there
// any more, or leads elsewhere, begins anew. The result is in the memory of the argument.
func (p *pendingChanges) due(changes []Change, heard, now time.Time, cause Cause) []Change {
	if p.after <= 0 {
		return changes
	}
	p.turn++
	if p.seen == nil {
		p.seen = map[Change]sighting{}
	}
	due := changes[:0]
	for _, change := range changes {
		s, ok := p.seen[change]
		if !ok {
			s = sighting{at: heard, from: now, cause: cause}
		}
		s.turn = p.turn
		p.seen[change] = s
		if now.Sub(s.from) >= p.after {
			due = append(due, change)
		}
	}
	for change, s := range p.seen {
		if s.turn != p.turn {
			delete(p.seen, change)
		}
	}
	return due
}

// event gives the event of a change that is due, and forgets the change. Without a debounce it is the one at hand.
func (p *pendingChanges) event(change Change, event Event) Event {
	if s, ok := p.seen[change]; ok {
		delete(p.seen, change)
		event.Time, event.Cause = s.at, s.cause
	}
	return event
}

// first gives when the first change is due, if there is one.
func (p *pendingChanges) first() (time.Time, bool) {
	if len(p.seen) == 0 {
		return time.Time{}, false
	}
	all := make([]time.Time, 0, len(p.seen))
	for _, s := range p.seen {
		all = append(all, s.from.Add(p.after))
	}
	return slices.MinFunc(all, time.Time.Compare), true
}

func (p *pendingChanges) clear() { clear(p.seen) }
