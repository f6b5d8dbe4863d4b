package api

import (
	"errors"
	"io/fs"
	"net/http"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// Change is something that a POST does, would do, or must not do.
type Change struct {
	// Kind is "added", "deleted", "restored", "readdressed", "vanished" or "shifted" for a node, "added", "removed" or
	// "changed" for a public address, "changed" for an option.
	Kind string `json:"kind"`
	// PNN is the number of a node, To the one that it would shift to.
	PNN string `json:"pnn,omitempty"`
	To  string `json:"to,omitempty"`
	// Option is an option of ctdb.conf: "[cluster] cluster lock".
	Option string `json:"option,omitempty"`
	// Old and New are what was there and what is: an address, a line, a value. Empty is nothing.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
}

// empty is the answer of a POST that was done.
type empty struct{}

// diff is the answer of a dry run.
type diff struct {
	Changes []Change `json:"changes"`
	// Findings are what CTDB takes and people regret.
	Findings []finding.Finding `json:"findings,omitempty"`
}

// reloaded is the answer of a POST with a reload.
type reloaded struct {
	Changes []Change `json:"changes"`
	Reload  any      `json:"reload"`
}

// errDryRun ends an edit before it writes.
var errDryRun = errors.New("a dry run")

// loaded gives a file that was read: one without entries if there is none. One that ctdbd refuses is an error.
func loaded[F any](f *F, err error) (*F, error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return new(F), nil
	case f != nil && err != nil:
		return nil, badFile(http.StatusInternalServerError, err)
	}
	return f, err
}

// merged gives the bytes of a file that has what is wanted: nothing but that if the request forces it, else the file's
// own with as few changes as there can be. A file that is broken as it is can't be merged with.
func (r *request) merged(broken error, wanted []string, merge func() []byte) ([]byte, error) {
	switch {
	case r.query.is(paramForce):
		return rewrite(nil, nil, wanted), nil
	case broken != nil:
		return nil, badFile(http.StatusConflict, broken)
	}
	return merge(), nil
}

// dryRun ends an edit of a request that only asks.
func (r *request) dryRun() error {
	if r.query.is(paramDryRun) {
		return errDryRun
	}
	return nil
}

// written gives the answer about an edit: what it would have done, nothing, or what went wrong.
func (r *request) written(err error, data []byte, d diff) (any, error) {
	switch {
	case errors.Is(err, errDryRun):
		return d, nil
	case err != nil:
		return nil, err
	}
	r.tag(data)
	return empty{}, nil
}
