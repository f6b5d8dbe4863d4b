package status

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Value is something that one form of CTDB's output reports and another lacks. It is in one of three states: known,
// reported as unknown (a leader during an election, an invalid generation), or not reported at all, which is the zero
// Value. In JSON these are the value, null, and an absent field (tag such fields "omitzero").
type Value[T comparable] struct {
	value T
	state valueState
}

type valueState uint8

const (
	notReported valueState = iota
	reportedUnknown
	known
)

// Known is a Value that was reported as v.
func Known[T comparable](v T) Value[T] { return Value[T]{v, known} }

// Unknown is a Value that was reported as unknown or invalid.
func Unknown[T comparable]() Value[T] { return Value[T]{state: reportedUnknown} }

// Get gives the value, and whether there is one.
func (v Value[T]) Get() (T, bool) { return v.value, v.state == known }

// Is tells whether the value is known and equal to want.
func (v Value[T]) Is(want T) bool { return v == Known(want) }

// IsUnknown tells whether CTDB reported that it does not know the value.
func (v Value[T]) IsUnknown() bool { return v.state == reportedUnknown }

// IsReported tells whether the output said anything about the value, be it "unknown".
func (v Value[T]) IsReported() bool { return v.state != notReported }

// IsZero tells whether the value was not reported.
func (v Value[T]) IsZero() bool { return !v.IsReported() }

// Equal tells whether both are the same value in the same state. Values can be compared with == as well.
func (v Value[T]) Equal(other Value[T]) bool { return v == other }

// String gives the value as fmt prints it, "unknown" or "not reported".
func (v Value[T]) String() string {
	switch v.state {
	case known:
		return fmt.Sprint(v.value)
	case reportedUnknown:
		return "unknown"
	default:
		return "not reported"
	}
}

// MarshalJSON writes the value, or null where there is none.
func (v Value[T]) MarshalJSON() ([]byte, error) {
	if v.state != known {
		return []byte("null"), nil
	}
	return json.Marshal(v.value)
}

// UnmarshalJSON reads the value; null is unknown.
func (v *Value[T]) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*v = Unknown[T]()
		return nil
	}
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	*v = Known(value)
	return nil
}
