package ctdblog

import (
	"errors"
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/go-ctdb/go-ctdb/nodes"
	"github.com/go-ctdb/go-ctdb/status"
)

// ErrNothing is the error about a log that does not say that what [Explain] was asked about has happened.
var ErrNothing = errors.New("the log has no such event")

// Subject is what [Explain] explains. [BanOf], [IllnessOf] and [MoveOf] make one.
type Subject struct {
	kind    subjectKind
	node    nodes.PNN
	address netip.Addr
}

type subjectKind uint8

const (
	subjectBan subjectKind = iota + 1
	subjectIllness
	subjectMove
)

// BanOf is why a node was banned.
func BanOf(node nodes.PNN) Subject { return Subject{kind: subjectBan, node: node} }

// IllnessOf is why a node became unhealthy.
func IllnessOf(node nodes.PNN) Subject { return Subject{kind: subjectIllness, node: node} }

// MoveOf is why a public address came to this node or left it.
func MoveOf(address netip.Addr) Subject { return Subject{kind: subjectMove, address: address.Unmap()} }

// Explanation is the entries that led to an event.
type Explanation struct {
	// Event is the last one that the question is about.
	Event Event
	// Chain has the entries, in the order of the log. The last one is the event's own.
	Chain []Link
}

// Link is an entry of an [Explanation].
type Link struct {
	// Entry is a copy. Of one that is longer than 4 KiB the rest was left out.
	Entry Entry
	// Event is what the entry is, or nil: the output of a script, for instance.
	Event Event
}

// Explain reads a log to its end and gives the entries that led to the last event that the question is about, or
// [ErrNothing]. [Filter.Until] asks about an earlier one.
//
// What led to something is judged from what the entries are about, from their order, and from their times. A log has
// the view of one node: why another one is unhealthy stands in that one's log only, and who distributes addresses is
// the leader. The explanation has at most 100 entries and goes back ten minutes.
//
// Errors of the sequence do not end it; they come back joined, beside the explanation.
func Explain(entries iter.Seq2[Entry, error], subject Subject) (*Explanation, error) {
	x := explainer{subject: subject}
	var errs []error
	for entry, err := range entries {
		switch {
		case err == nil:
			x.add(entry)
		case len(errs) < mostErrors:
			errs = append(errs, err)
		}
	}
	if x.last == nil {
		return nil, errors.Join(append(errs, ErrNothing)...)
	}
	return x.last, errors.Join(errs...)
}

const (
	horizon     = 10 * time.Minute
	mostHistory = 1024
	mostLinks   = 100
	mostLines   = 20
	mostKept    = 4 << 10 // bytes of an entry
)

// explainer keeps what may turn out to have led to something.
type explainer struct {
	subject Subject
	tracker Tracker
	history []Link
	output  []Link // what scripts printed last
	here    bool   // this node has the subject's address
	failed  bool   // the event that failed last, going back, is one of what led to the subject
	last    *Explanation
}

func (x *explainer) add(e Entry) {
	event := x.tracker.Event(e)
	_, _, printed := e.Script()
	switch {
	case printed:
		x.output = append(x.output, Link{keep(e), event})
		if len(x.output) > mostLines {
			x.output = slices.Delete(x.output, 0, 1)
		}
		return
	case event == nil && !isBanCause(e.Message) && !isBanCredit(e.Message) && !isFault(withoutOrigin(e.Message)):
		return
	}
	if failed, ok := event.(EventFailed); ok {
		x.addOutput(failed, e.Time)
	}
	x.remember(Link{keep(e), event})
	if x.isSubject(event) {
		x.last = &Explanation{Event: event, Chain: x.chain()}
	}
	x.locate(event)
}

// locate follows the subject's address.
func (x *explainer) locate(event Event) {
	switch event := event.(type) {
	case AddressTaken:
		x.here = x.here || event.Address == x.subject.address
	case AddressReleased:
		x.here = x.here && event.Address != x.subject.address
	case AddressesDropped, Started:
		x.here = false
	}
}

// addOutput remembers what the script that failed printed.
func (x *explainer) addOutput(failed EventFailed, at time.Time) {
	for _, line := range x.output {
		name, _, _ := line.Entry.Script()
		if string(name) == failed.Script && at.Sub(line.Entry.Time) <= together {
			x.remember(line)
		}
	}
	x.output = x.output[:0]
}

func (x *explainer) remember(l Link) {
	if len(x.history) >= mostHistory {
		x.history = slices.Delete(x.history, 0, mostHistory/2)
	}
	x.history = append(x.history, l)
}

// keep copies an entry, but not all of a long one.
func keep(e Entry) Entry {
	if extra := len(e.Raw) - mostKept; extra > 0 {
		e.Raw = e.Raw[:mostKept]
		e.Message = e.Message[:min(len(e.Message), mostKept)]
		e.Truncated += int64(extra)
	}
	return e.Clone()
}

// isSelf tells whether a node may be the one whose log it is.
func (x *explainer) isSelf(node nodes.PNN) bool {
	self, known := x.tracker.Node().Get()
	return !known || self == node
}

// isSubject tells whether the question is about this event.
func (x *explainer) isSubject(event Event) bool {
	switch event := event.(type) {
	case Banned:
		return x.subject.kind == subjectBan && x.isSelf(x.subject.node)
	case BanOrdered:
		return x.subject.kind == subjectBan && event.Node == x.subject.node
	case Unhealthy:
		return x.subject.kind == subjectIllness && x.isSelf(x.subject.node)
	case NodeFlags:
		added := event.New &^ event.Old
		return event.Node == x.subject.node && (x.subject.kind == subjectBan && added.Has(status.FlagBanned) ||
			x.subject.kind == subjectIllness && added.Has(status.FlagUnhealthy))
	case AddressTaken:
		return x.subject.kind == subjectMove && event.Address == x.subject.address
	case AddressReleased:
		return x.subject.kind == subjectMove && event.Address == x.subject.address
	case AddressesDropped:
		return x.subject.kind == subjectMove && x.here
	}
	return false
}

// chain gives what led to the last entry of the history.
func (x *explainer) chain() []Link {
	end := len(x.history) - 1
	chain := []Link{x.history[end]}
	at := chain[0].Entry.Time
	x.failed = false
	for i := end - 1; i >= 0 && len(chain) < mostLinks; i-- {
		l := x.history[i]
		if at.Sub(l.Entry.Time) > horizon {
			break
		}
		led, begins := x.ledTo(l, at.Sub(l.Entry.Time))
		if led {
			chain = append(chain, l)
		}
		if begins {
			break
		}
	}
	slices.Reverse(chain)
	return chain
}
