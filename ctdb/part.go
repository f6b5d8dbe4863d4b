package ctdb

import (
	"encoding/json"
	"errors"
	"time"
)

// Part is one part of a snapshot. It is in one of three states: reported (there is a Value), failed (there is an Err),
// or not reported, which is the zero Part: nobody was asked. It is plain data that belongs to its holder.
//
// In JSON these are {"value":…,"at":…,"took_ns":…}, {"error":…,"at":…,"took_ns":…} and an absent field (tag such
// fields "omitzero").
type Part[T any] struct {
	// Value is the answer, the zero value if there is none.
	Value T
	// Err is why there is no answer, most often a [*CommandError].
	Err error
	// At is when the answer was complete, or when it was given up, by this process's clock. Zero if nobody was asked.
	At time.Time
	// Took is how long that took, from the start of the tool on. It is 0 if the tool was not run for it.
	Took time.Duration
}

// Get gives the answer, and whether there is one.
func (p Part[T]) Get() (T, bool) { return p.Value, p.IsReported() }

// IsReported tells whether there is an answer.
func (p Part[T]) IsReported() bool { return p.Err == nil && !p.At.IsZero() }

// IsZero tells whether nobody was asked, so that there is neither an answer nor an error.
func (p Part[T]) IsZero() bool { return p.Err == nil && p.At.IsZero() }

// Age tells how old the answer is, or the failure; 0 if nobody was asked.
func (p Part[T]) Age(now time.Time) time.Duration {
	if p.At.IsZero() {
		return 0
	}
	return now.Sub(p.At)
}

// fail makes the part one that failed without being asked for.
func (p *Part[T]) fail(err error, at time.Time) { *p = Part[T]{Err: err, At: at} }

// failure gives why there is no answer.
func (p *Part[T]) failure() error { return p.Err }

// partJSON is a Part in JSON.
type partJSON struct {
	Value json.RawMessage `json:"value,omitempty"` // null is a value too
	Error *string         `json:"error,omitempty"`
	At    time.Time       `json:"at,omitzero"`
	Took  time.Duration   `json:"took_ns"`
}

// MarshalJSON writes the answer, or the error's text, with its time; null if nobody was asked.
func (p Part[T]) MarshalJSON() ([]byte, error) {
	if p.IsZero() {
		return []byte("null"), nil
	}
	out := partJSON{At: p.At, Took: p.Took}
	if p.Err != nil {
		text := p.Err.Error()
		out.Error = &text
		return json.Marshal(out)
	}
	value, err := json.Marshal(p.Value)
	if err != nil {
		return nil, err
	}
	out.Value = value
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes. Of an error only the text is left: errors.Is finds nothing in it.
func (p *Part[T]) UnmarshalJSON(data []byte) error {
	var in partJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	read := Part[T]{At: in.At, Took: in.Took}
	switch {
	case string(data) == "null":
	case in.At.IsZero() || (in.Error == nil) == (in.Value == nil):
		return errors.New("want a time, and either a value or an error")
	case in.Error != nil:
		read.Err = errors.New(*in.Error)
	default:
		if err := json.Unmarshal(in.Value, &read.Value); err != nil {
			return err
		}
	}
	*p = read
	return nil
}
