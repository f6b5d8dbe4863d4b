package eventscript

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// ServiceChange is what became of the scripts of a service.
type ServiceChange struct {
	// Service is the service as it was found, with all scripts that were looked at.
	Service Service `json:"service"`
	// Changed are the scripts that were enabled, or disabled, in the order in which that was done.
	Changed []string `json:"changed,omitempty"`
	// Unchanged are those that were so already.
	Unchanged []string `json:"unchanged,omitempty"`
	// Missing are those that are not on the host, and that the service can do without.
	Missing []string `json:"missing,omitempty"`
	// Left are those that were not disabled, and why.
	Left []Left `json:"left,omitempty"`
}

// Left is a script that was left alone when its service was disabled.
type Left struct {
	Script string     `json:"script"`
	Reason LeftReason `json:"reason"`
	// Needed are the services that need it, if that is the reason.
	Needed []string `json:"needed,omitempty"`
}

// String gives a line for people.
func (l Left) String() string {
	if l.Reason == LeftNeeded {
		return fmt.Sprintf("%s: %v by %v", l.Script, l.Reason, l.Needed)
	}
	return fmt.Sprintf("%s: %v", l.Script, l.Reason)
}

// LeftReason is why a script was left alone.
type LeftReason uint8

// The reasons.
const (
	// LeftNeeded: another service that is enabled has the script too.
	LeftNeeded LeftReason = iota + 1
	// LeftByItself: the service was not enabled, since the script that it is about was not. So somebody enabled this one
	// by itself.
	LeftByItself
	// LeftOwn: what is enabled is not the script that came with CTDB, or not by the link that ctdb makes. Somebody put it
	// there by hand. Disable takes it away.
	LeftOwn
	// LeftWithService: the script that the service is about is somebody's own and was left alone, so the service goes on.
	LeftWithService
)

var leftReasons = [...]string{
	LeftNeeded: "needed", LeftByItself: "enabled by itself", LeftOwn: "somebody's own",
	LeftWithService: "its service goes on",
}

// String gives "needed", "enabled by itself", "somebody's own" or "its service goes on".
func (r LeftReason) String() string { return word(leftReasons[:], r, "LeftReason") }

// MarshalText gives what String gives.
func (r LeftReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *LeftReason) UnmarshalText(text []byte) error { return unword(leftReasons[:], r, text) }

// EnableService enables all scripts of a service: see [Services]. Those that are enabled already stay as they are,
// whatever they lead to. The script that the service is about comes last.
//
// If the release is known, a script that is missing is [ErrNoSuchScript], and nothing is changed. If it is not, the
// scripts are those of any release that are there, and only the one that the service is about may not be missing. Other
// errors are [ErrNoSuchService] and those of List and Enable; with these, the result has what was changed before.
//
// CTDB starts a service when ctdbd starts. In a cluster that runs, enable a service whose programs run already, or
// start ctdbd again. [Files.Dependencies] tells what is missing.
func (f Files) EnableService(ctx context.Context, name string) (*ServiceChange, error) {
	return serviceChanger{f, f.Release, f.Services}.enable(ctx, name)
}

// DisableService disables the scripts of a service, and no others. The script that the service is about comes first.
// Scripts that another service needs, or that somebody enabled by hand, are left alone: see [LeftReason]. If that is so
// for the script that the service is about, which makes it go on, the error is [ErrLeftAlone], besides the result.
//
// Scripts that are missing are not enabled and no error. Errors are [ErrNoSuchService] and those of List and Disable;
// with these, the result has what was changed before.
//
// CTDB stops a service when ctdbd stops. A service whose script is disabled meanwhile goes on, without CTDB.
func (f Files) DisableService(ctx context.Context, name string) (*ServiceChange, error) {
	return serviceChanger{f, f.Release, f.Services}.disable(ctx, name)
}

// switcher is what services are switched with.
type switcher interface {
	List(ctx context.Context) (*Listing, error)
	Enable(ctx context.Context, script string) error
	Disable(ctx context.Context, script string) error
}

type serviceChanger struct {
	switcher
	release release.Release
	own     []Service
}

// look finds the service and what there is.
func (c serviceChanger) look(ctx context.Context, name string) (Service, []Service, *Listing, error) {
	all, err := known(c.own, c.release)
	if err != nil {
		return Service{}, nil, nil, err
	}
	s, err := find(all, name)
	if err != nil {
		return Service{}, nil, nil, err
	}
	listing, err := c.List(ctx)
	return s, all, listing, err
}

func (c serviceChanger) enable(ctx context.Context, name string) (*ServiceChange, error) {
	s, _, listing, err := c.look(ctx, name)
	if err != nil {
		return nil, err
	}
	change := &ServiceChange{Service: s}
	var todo []string
	for i, script := range s.Scripts {
		switch found, ok := listing.Script(script); {
		case !ok && (i == 0 || !c.release.IsZero()):
			return nil, &ScriptError{Op: "enable", Script: script, Err: ErrNoSuchScript}
		case !ok:
			change.Missing = append(change.Missing, script)
		case found.Enabled:
			change.Unchanged = append(change.Unchanged, script)
		default:
			todo = append(todo, script)
		}
	}
	slices.Reverse(todo)
	for _, script := range todo {
		if err := c.Enable(ctx, script); err != nil {
			return change, err
		}
		change.Changed = append(change.Changed, script)
	}
	return change, nil
}

func (c serviceChanger) disable(ctx context.Context, name string) (*ServiceChange, error) {
	s, all, listing, err := c.look(ctx, name)
	if err != nil {
		return nil, err
	}
	change := &ServiceChange{Service: s}
	for _, script := range s.Scripts {
		found, ok := listing.Script(script)
		switch {
		case !ok:
			change.Missing = append(change.Missing, script)
			continue
		case !found.Enabled:
			change.Unchanged = append(change.Unchanged, script)
			continue
		}
		if left := change.left(found, neededBy(script, s, all, listing)); left.Reason != 0 {
			change.Left = append(change.Left, left)
			continue
		}
		if err := c.Disable(ctx, script); err != nil {
			return change, err
		}
		change.Changed = append(change.Changed, script)
	}
	return change, change.goesOn()
}

// left tells whether an enabled script is to be left alone, by the reason.
func (c *ServiceChange) left(script Script, needed []string) Left {
	l := Left{Script: script.Name}
	main := c.Service.Scripts[0]
	switch {
	case len(needed) > 0:
		l.Reason, l.Needed = LeftNeeded, needed
	case script.isOwn():
		l.Reason = LeftOwn
	case slices.ContainsFunc(c.Left, func(l Left) bool { return l.Script == main && l.Reason == LeftOwn }):
		l.Reason = LeftWithService
	case slices.Contains(c.Unchanged, main), slices.Contains(c.Missing, main):
		l.Reason = LeftByItself
	}
	return l
}

// goesOn is the error about a service whose script was left alone.
func (c *ServiceChange) goesOn() error {
	for _, left := range c.Left {
		if left.Script == c.Service.Scripts[0] {
			return &ScriptError{Op: "disable", Script: left.Script, Err: fmt.Errorf("%w: %v", ErrLeftAlone, left.Reason)}
		}
	}
	return nil
}

// neededBy gives the other services that are enabled and have a script.
func neededBy(script string, than Service, all []Service, listing *Listing) (names []string) {
	for _, s := range all {
		isOther := s.Name != than.Name && !slices.Contains(than.Scripts, s.Scripts[0])
		if isOther && slices.Contains(s.Scripts, script) && listing.Enabled(s.Scripts[0]) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}
