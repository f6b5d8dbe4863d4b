package eventscript

import (
	"context"
	"slices"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/status"
)

// Result is how an event went the last time.
type Result struct {
	// Event is the name of the event, such as "monitor".
	Event string `json:"event"`
	// Status has each script with its status, when it began, how long it took and what it printed. An event that never
	// ran has a status too, which says so.
	Status *status.EventStatus `json:"status"`
}

// Events gives the events of a release, roughly in the order in which they come: from the start of ctdbd to its end.
// The slice is the caller's. The zero release is the newest.
//
// "startipreallocate" is there from 4.18 on, though 4.22 is the first release in which it was seen, and "reload" and
// "status", which nothing runs any more, up to 4.21, though 4.17 is the last. To ask for an event that a release does
// not have is no error.
func Events(r release.Release) []string {
	events := []string{"init", "setup", "startrecovery", "recovered"}
	if r.AtLeast(4, 18, 0) {
		events = append(events, "startipreallocate")
	}
	events = append(events, "takeip", "releaseip", "updateip", "ipreallocated", "startup", "monitor")
	if !r.AtLeast(4, 22, 0) {
		events = append(events, "reload", "status")
	}
	return append(events, "shutdown")
}

// Results asks how events went the last time, one after the other: those that are named, or else those of [Events].
// That is one run of the tool for each. A script that failed is no error. If one question fails, the error is that of
// [ctdb.Client.EventStatus], and the results are those before it.
//
// CTDB keeps the last run of each event only; [History] keeps more. Before 4.9 this is errors.ErrUnsupported.
//
// Similar to: ctdb event status legacy EVENT, for each event; ctdb scriptstatus.
func (t Tool) Results(ctx context.Context, events ...string) ([]Result, error) {
	if rulesOf(t.Release) != suffixRules {
		return nil, t.tooOld("does not tell how an event of that name went", "4.9")
	}
	if len(events) == 0 {
		events = Events(t.Release)
	}
	client := t.client()
	results := make([]Result, 0, len(events))
	for _, event := range events {
		s, err := client.EventStatus(ctx, event)
		if err != nil {
			return results, err
		}
		results = append(results, Result{Event: event, Status: s})
	}
	return slices.Clip(results), nil
}
