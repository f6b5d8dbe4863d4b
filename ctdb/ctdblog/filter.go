package ctdblog

import (
	"regexp"
	"slices"
	"time"
)

// Filter says which entries are wanted: those that all of its fields agree to. The zero value wants all.
type Filter struct {
	// Since and Until bound the time: from Since on, and before Until. Zero is no bound. An entry without a time is
	// outside of any bound.
	Since, Until time.Time
	// Programs are the programs that wrote it, such as "ctdb-recoverd".
	Programs []string
	// Scripts are the event scripts whose output it is, such as "05.system".
	Scripts []string
	// Pattern matches the message.
	Pattern *regexp.Regexp
}

// Match tells whether the entry is wanted.
func (f *Filter) Match(e *Entry) bool {
	switch {
	case !f.Since.IsZero() && (e.Time.IsZero() || e.Time.Before(f.Since)):
		return false
	case !f.Until.IsZero() && (e.Time.IsZero() || !e.Time.Before(f.Until)):
		return false
	case len(f.Programs) > 0 && !slices.Contains(f.Programs, e.Program):
		return false
	case len(f.Scripts) > 0 && !f.matchScript(e):
		return false
	}
	return f.Pattern == nil || f.Pattern.Match(e.Message)
}

func (f *Filter) matchScript(e *Entry) bool {
	name, _, ok := e.Script()
	return ok && slices.ContainsFunc(f.Scripts, func(script string) bool { return script == string(name) })
}

// orNil gives nil for a filter that wants all entries.
func (f *Filter) orNil() *Filter {
	if f.Since.IsZero() && f.Until.IsZero() && len(f.Programs) == 0 && len(f.Scripts) == 0 && f.Pattern == nil {
		return nil
	}
	return f
}
