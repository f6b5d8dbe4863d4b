package eventscript

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-ctdb/go-ctdb/status"
)

// DefaultHistory is how many failures a [History] keeps unless it is told otherwise.
const DefaultHistory = 100

// maxOutput is how many bytes of a script's output a History keeps.
const maxOutput = 4096

// Failure is one run of an event that failed.
type Failure struct {
	// Event is the name of the event.
	Event string `json:"event"`
	// Began is when the first of its scripts began, to the second, as far as the results said.
	Began status.Value[time.Time] `json:"began,omitzero"`
	// Script is the script that failed, with its status, duration, time and output, of which only the first 4096 bytes
	// are kept. Its name is empty if the event failed in another way.
	Script status.ScriptResult `json:"script"`
	// Result is what the event failed with: see [status.EventStatus].
	Result status.Value[int] `json:"result,omitzero"`
	// Seen is in how many results it was seen.
	Seen int `json:"seen"`
}

// String gives a line for people.
func (f Failure) String() string {
	what := "failed"
	if f.Script.Name != "" {
		what = fmt.Sprintf("%s %v", f.Script.Name, f.Script.State)
	}
	if began, ok := f.Began.Get(); ok {
		what += " at " + began.Format(time.DateTime)
	}
	if line, _, _ := strings.Cut(f.Script.Output, "\n"); line != "" {
		what += ": " + clip(line)
	}
	return f.Event + ": " + what
}

// History collects the failures in results that a program asks for again and again. CTDB tells of the last run of each
// event only, so it has the failures that somebody asked about in time: what failed and succeeded again between two
// questions is not there.
//
// The same run in several results is one failure. Runs are told apart by when they began, to the second: two runs that
// fail within a second, and a script that can't be run as the first of all, which has no time, count as one until the
// event succeeds. An event that another one canceled is no failure.
//
// The zero value is ready. It is safe for concurrent use, and must not be copied.
type History struct {
	// Limit is how many failures are kept, 0 for [DefaultHistory]; those that were seen first go first. Set it before the
	// first use.
	Limit int

	mu        sync.Mutex
	failures  []Failure
	last      map[string]lastFailure // of each event whose last result was a failure
	forgotten int
}

// Add takes results, and gives the failures that are new. They are the caller's.
func (h *History) Add(results ...Result) []Failure {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last == nil {
		h.last = map[string]lastFailure{}
	}
	var fresh []Failure
	for _, r := range results {
		f, ok := failureIn(r)
		if !ok {
			delete(h.last, r.Event)
			continue
		}
		if last, ok := h.last[r.Event]; ok && last.run == f.run() {
			if i := last.number - h.forgotten; i >= 0 {
				h.failures[i].Seen++
			}
			continue
		}
		h.last[r.Event] = lastFailure{f.run(), h.forgotten + len(h.failures)}
		h.failures = append(h.failures, f)
		fresh = append(fresh, f)
		h.forget()
	}
	return fresh
}

// lastFailure is the failure that the last result of an event was.
type lastFailure struct {
	run    run
	number int // of all that ever were, counted from 0
}

// run is what tells the runs of an event apart.
type run struct {
	script string
	state  status.ScriptState
	began  int64
	result status.Value[int]
}

func (f Failure) run() run {
	began, _ := f.Began.Get()
	return run{f.Script.Name, f.Script.State, began.Unix(), f.Result}
}

// forget drops what is too much.
func (h *History) forget() {
	limit := h.Limit
	if limit <= 0 {
		limit = DefaultHistory
	}
	if more := len(h.failures) - limit; more > 0 {
		h.failures = slices.Delete(h.failures, 0, more)
		h.forgotten += more
	}
}

// Failures gives the failures in the order in which they were seen first. They are the caller's.
func (h *History) Failures() []Failure {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.failures)
}

// Forgotten is how many failures are not kept any more.
func (h *History) Forgotten() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.forgotten
}

// canceled is the result of an event that another one came before, Linux's ECANCELED.
const canceled = 125

// failureIn finds the failure in a result.
func failureIn(r Result) (Failure, bool) {
	if r.Status == nil || r.Status.State != status.EventRan {
		return Failure{}, false
	}
	f := Failure{Event: r.Event, Result: r.Status.Result, Seen: 1}
	for _, s := range r.Status.Scripts {
		if _, ok := s.Started.Get(); ok {
			f.Began = s.Started
			break
		}
	}
	script, failed := r.Status.Failed()
	result, _ := r.Status.Result.Get()
	if !failed {
		return f, result != 0 && result != canceled
	}
	f.Script = script
	if len(script.Output) > maxOutput {
		f.Script.Output = strings.ToValidUTF8(script.Output[:maxOutput], "") + "…"
	}
	return f, true
}
