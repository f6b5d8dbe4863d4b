package config

import (
	"errors"
	"fmt"
	"maps"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// ErrNoOption says that the release has no option that could hold a field of the [Settings]. errors.Is finds it.
var ErrNoOption = errors.New("the release has no such option")

// Settings gives the values as Go types. Fields of options that the release does not have are zero. The error is about a
// cluster lock or a nodes list that CTDB loads and can't work with: [ErrNoHelper] or nodes.ErrNoCommand.
func (e *Effective) Settings() (Settings, error) {
	var s Settings
	for _, v := range e.values {
		if v.Text == "" && !v.IsSet {
			continue
		}
		if err := s.set(v.Option, v.Text); err != nil {
			return Settings{}, fmt.Errorf("%v: %w", v.Option, err)
		}
	}
	return s, nil
}

// SetSettings edits the file so that the release takes these settings from it. What the release takes already is left as
// it is, however it is written; what it takes otherwise is set with [File.Set], or unset if it is to be none.
//
// Start from [Effective.Settings] of the same file, release and env. The error is [ErrNoOption] for a field that the
// release has no option for, or says which value can't be written or would be refused. Then the file stays as it was.
func (f *File) SetSettings(r release.Release, env Env, s Settings) error {
	next := *f
	next.added = maps.Clone(f.added) // which edits of next change
	if err := next.setSettings(r, env, s); err != nil {
		return fmt.Errorf("settings for CTDB %v: %w", r, err)
	}
	*f = next
	return nil
}

func (f *File) setSettings(r release.Release, env Env, s Settings) error {
	before, err := f.settingsFor(r, env)
	if err != nil {
		return err
	}
	for o := range Known(r) {
		if err := f.setField(r, o, before, s); err != nil {
			return err
		}
	}
	after, err := f.settingsFor(r, env)
	if err != nil || after == s {
		return err
	}
	for o := range allOptions() {
		if !o.sameIn(after, s) {
			return fmt.Errorf("%v: %w", o, ErrNoOption)
		}
	}
	return ErrNoOption
}

// settingsFor gives the settings of a file that the release does not refuse or drop.
func (f *File) settingsFor(r release.Release, env Env) (Settings, error) {
	if f.err != nil {
		return Settings{}, f.err
	}
	e, err := f.Effective(r, env)
	if err != nil {
		return Settings{}, err
	}
	return e.Settings()
}

// setField writes the field of an option, if it is another than before. Where a release has two options for the lock, the
// newer one, which comes first, has it.
func (f *File) setField(r release.Release, o Option, before, s Settings) error {
	if o.sameIn(before, s) {
		return nil
	}
	text, err := s.text(o)
	switch {
	case err != nil:
		return err
	case text == "" || o.name() == recoveryLockName && r.HasLeader():
		return f.Unset(o.Section, o.Key)
	}
	return f.Set(o.Section, o.Key, text)
}

// sameIn tells whether two settings have the same value for an option.
func (o Option) sameIn(a, b Settings) bool {
	textA, errA := a.text(o)
	textB, errB := b.text(o)
	return textA == textB && (errA == nil) == (errB == nil)
}
