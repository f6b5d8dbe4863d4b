package eventscript

import "context"

// Enable lets the tool enable a script and asks it for its list then. The name may have ".script" at its end.
//
// The error is a [*ScriptError], with [ErrName], for which nothing was run, [ErrNoSuchScript], [ErrNotFile], a
// [*ctdb.CommandError] with the tool's words, or [ErrNotEnabled]: the tool succeeds without a word where there is a
// link already, even one that dangles. It also succeeds, and lists the script as enabled, where what came with CTDB is
// not executable; only [Files] sees that.
//
// Before 4.6 there is no list to ask for, and the tool's word counts.
//
// Similar to: ctdb event script enable legacy NAME; ctdb event script enable NAME from 4.6 to 4.8; ctdb enablescript
// NAME before.
func (t Tool) Enable(ctx context.Context, name string) error {
	return t.change(ctx, "enable", name, func(l *Listing, script string) error {
		if !l.Enabled(script) {
			return ErrNotEnabled
		}
		return nil
	})
}

// Disable lets the tool disable a script and asks it for its list then. The name may have ".script" at its end.
//
// The error is a [*ScriptError], as that of Enable is, with [ErrStillEnabled] if it is enabled all the same. Since 4.9
// the tool succeeds without a word if there is no such script, so it is asked for its list before; that is
// [ErrNoSuchScript].
//
// Similar to: ctdb event script disable legacy NAME; ctdb event script disable NAME from 4.6 to 4.8; ctdb disablescript
// NAME before.
func (t Tool) Disable(ctx context.Context, name string) error {
	return t.change(ctx, "disable", name, func(l *Listing, script string) error {
		if l.Enabled(script) {
			return ErrStillEnabled
		}
		return nil
	})
}

// EnableService enables all scripts of a service, as [Files.EnableService] does. Without a list it can't, which is
// errors.ErrUnsupported before 4.6.
func (t Tool) EnableService(ctx context.Context, name string) (*ServiceChange, error) {
	return serviceChanger{t, t.Release, t.Services}.enable(ctx, name)
}

// DisableService disables the scripts of a service, and no others, as [Files.DisableService] does. Without a list it
// can't, which is errors.ErrUnsupported before 4.6.
func (t Tool) DisableService(ctx context.Context, name string) (*ServiceChange, error) {
	return serviceChanger{t, t.Release, t.Services}.disable(ctx, name)
}

// change lets the tool change a script and judges its list then.
func (t Tool) change(ctx context.Context, op, name string, judge func(*Listing, string) error) error {
	script, err := rulesOf(t.Release).check(name)
	if err == nil && op == "disable" && rulesOf(t.Release) == suffixRules {
		err = t.wantScript(ctx, script)
	}
	if err == nil {
		_, _, err = t.run(ctx, t.words(op, script)...)
	}
	if err == nil && rulesOf(t.Release) != anyRules {
		var l *Listing
		if l, err = t.List(ctx); err == nil {
			err = judge(l, script)
		}
	}
	if err != nil {
		return &ScriptError{Op: op, Script: script, Err: err}
	}
	return nil
}

// wantScript wants the tool to know a script.
func (t Tool) wantScript(ctx context.Context, script string) error {
	l, err := t.List(ctx)
	if err != nil {
		return err
	}
	if _, ok := l.Script(script); !ok {
		return ErrNoSuchScript
	}
	return nil
}

// words are the command of a release.
func (t Tool) words(op, script string) []string {
	switch rulesOf(t.Release) {
	case anyRules:
		return []string{op + "script", script}
	case dottedRules:
		return []string{"event", "script", op, script}
	default:
		return []string{"event", "script", op, "legacy", script}
	}
}
