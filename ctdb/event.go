package ctdb

import (
	"encoding/json"
	"fmt"
	"time"
)

// Event is something that [Client.Watch] saw.
//
// In JSON it is one object: "time", "type" (that of the change), "cause", and the fields of the change beside them.
type Event struct {
	// Time is when it was seen, or, where a message of ctdbd made the watch look, when that came.
	Time time.Time
	// Cause is what made the watch look.
	Cause Cause
	// Change is what changed.
	Change Change
}

// String gives the change and the cause: "node 1: OK -> DISCONNECTED|INACTIVE (poll)".
func (e Event) String() string { return fmt.Sprintf("%v (%v)", e.Change, e.Cause) }

// eventHead is what all events have in JSON.
type eventHead struct {
	Time  time.Time `json:"time"`
	Type  string    `json:"type"`
	Cause Cause     `json:"cause"`
}

// MarshalJSON writes the event as one object. An event without a change is an error.
func (e Event) MarshalJSON() ([]byte, error) {
	if e.Change == nil {
		return nil, fmt.Errorf("%w: an event without a change", ErrArgument)
	}
	head, err := json.Marshal(eventHead{e.Time, e.Change.Type(), e.Cause})
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(e.Change)
	if err != nil {
		return nil, err
	}
	if len(body) == len("{}") {
		return head, nil
	}
	return append(append(head[:len(head)-1], ','), body[1:]...), nil
}

// UnmarshalJSON reads what MarshalJSON writes. A type that is not known is an error.
func (e *Event) UnmarshalJSON(data []byte) error {
	var head eventHead
	if err := json.Unmarshal(data, &head); err != nil {
		return err
	}
	read, ok := changeReaders[head.Type]
	if !ok {
		return fmt.Errorf("want an event of a known type, got %q", shorten(head.Type, 100))
	}
	change, err := read(data)
	if err != nil {
		return err
	}
	*e = Event{head.Time, head.Cause, change}
	return nil
}

// changeReaders read changes, by their types.
var changeReaders = func() map[string]func(data []byte) (Change, error) {
	all := map[string]func(data []byte) (Change, error){}
	addChange[FullView](all)
	addChange[ConnectionLost](all)
	addChange[ConnectionRegained](all)
	addChange[NodeAdded](all)
	addChange[NodeDeleted](all)
	addChange[NodeFlagsChanged](all)
	addChange[LeaderChanged](all)
	addChange[RecoveryChanged](all)
	addChange[GenerationChanged](all)
	addChange[RunStateChanged](all)
	addChange[AddressMoved](all)
	return all
}()

func addChange[T Change](all map[string]func(data []byte) (Change, error)) {
	var zero T
	all[zero.Type()] = func(data []byte) (Change, error) {
		var change T
		err := json.Unmarshal(data, &change)
		return change, err
	}
}
