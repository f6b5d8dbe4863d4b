package config

import (
	"fmt"
	"maps"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// ChangeKind says what an upgrade does with an option.
type ChangeKind uint8

// The kinds of changes.
const (
	// Renamed: the other release has another name for the option. The value is kept, and stays in its place if the section
	// does. A recovery lock becomes a cluster lock even where it is only deprecated.
	Renamed ChangeKind = iota + 1
	// Pinned: the other release would take another value, since it has another default, and what the first one took is
	// written down. That is so for "log level" between 4.18, which took ERROR if nothing was set, and 4.19, which takes
	// NOTICE.
	Pinned
	// Removed: the option has another name in the other release, under which the file sets it already.
	Removed
	// Lost: the other release has no such option. The setting becomes a comment.
	Lost
	// Awoken: the first release ignored the setting, and the other takes it. It is left as it is.
	Awoken
)

// String gives the name in small letters.
func (k ChangeKind) String() string {
	names := [...]string{Renamed: "renamed", Pinned: "pinned", Removed: "removed", Lost: "lost", Awoken: "awoken"}
	if int(k) < len(names) && k > 0 {
		return names[k]
	}
	return fmt.Sprintf("ChangeKind(%d)", uint8(k))
}

// Change is what an upgrade does with an option.
type Change struct {
	Kind ChangeKind
	// Option is the option in the file, and To what it is called in the other release. To is zero if it is lost.
	Option, To OptionName
	// Value is the value that the first release takes, or for Awoken the one that the other takes.
	Value string
}

// String describes the change in a line.
func (c Change) String() string {
	option := fmt.Sprintf("[%s] %s = %q", c.Option.Section, c.Option.Key, finding.Clip(c.Value))
	switch c.Kind {
	case Renamed:
		return fmt.Sprintf("%s becomes [%s] %s", option, c.To.Section, c.To.Key)
	case Pinned:
		return option + " is written down, since the default differs"
	case Removed:
		return fmt.Sprintf("%s goes, since [%s] %s is set", option, c.To.Section, c.To.Key)
	case Lost:
		return option + " becomes a comment, since there is no such option"
	case Awoken:
		return option + " takes effect"
	}
	return c.Kind.String()
}

// PlanUpgrade tells what [File.Upgrade] would do, and changes nothing. No changes means that the file does in both
// releases what it does in the first.
func (f *File) PlanUpgrade(from, to release.Release) ([]Change, error) {
	if f.err != nil {
		return nil, f.err
	}
	before, err := f.values(from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", called(from), err)
	}
	after, err := f.values(to)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", called(to), err)
	}
	var changes []Change
	u := upgrade{from: from, to: to, before: before, after: after}
	for o := range allOptions() {
		_, written := f.index[o.name()]
		if c := u.change(o, written && o.In(from)); c.Kind != 0 {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// values gives what a release takes, without a look at the host.
func (f *File) values(r release.Release) (map[name]Value, error) {
	l := newLoader(r, Env{})
	l.unchecked = true
	e, err := f.effective(l)
	if err != nil {
		return nil, err
	}
	values := make(map[name]Value, len(e.values))
	for _, v := range e.values {
		values[v.name()] = v
	}
	return values, nil
}

// upgrade is what two releases take from a file. What a release does not know has no value there.
type upgrade struct {
	from, to      release.Release
	before, after map[name]Value
}

// change tells what must happen to an option, with a kind of 0 if nothing must. written says that the file sets it for
// the first release, if only to the default.
func (u upgrade) change(o Option, written bool) Change {
	old, now := u.before[o.name()], u.after[o.name()]
	c := Change{Option: OptionName{o.Section, o.Key}, Value: old.Text}
	other, renamed := nameIn(o, u.from, u.to)
	_, both := u.before[other]
	switch {
	case written && renamed && !both && u.after[other].IsSet:
		c.Kind, c.To = Removed, OptionName{other.section, other.key}
	case written && renamed && both && u.before[other].IsSet && o.In(u.to):
		// What is deprecated and not in force may stay.
	case written && renamed:
		c.Kind, c.To = Renamed, OptionName{other.section, other.key}
	case written && !o.In(u.to):
		c.Kind = Lost
	case !o.In(u.from) && now.IsSet:
		c.Kind, c.To, c.Value = Awoken, c.Option, now.Text
	case o.In(u.from) && o.In(u.to) && old.Text != now.Text:
		c.Kind, c.To = Pinned, c.Option
	}
	return c
}

// nameIn gives the other name that an option has in another release, and whether it has one.
func nameIn(o Option, from, to release.Release) (name, bool) {
	if !o.In(from) {
		return name{}, false
	}
	successor := nameOf(o.Successor.Section, o.Successor.Key)
	for other := range Known(to) {
		before := nameOf(other.Successor.Section, other.Successor.Key)
		if other.name() == successor || !o.In(to) && before == o.name() {
			return other.name(), true
		}
	}
	return name{}, false
}

// Upgrade changes the file so that it does for another release, newer or older, what it does for the first: recovery
// lock becomes cluster lock, recmaster capability leader capability, and a default that the other release does not have
// is written down, so that a file from 4.18 or before that leaves the log level open gets "log level = ERROR" for 4.19;
// [File.Unset] takes the new default instead. A setting that the other release has no option for becomes a comment.
// Whatever neither release knows stays as it is. [File.PlanUpgrade] tells all of that beforehand; within [Edit] nothing
// is written if an error is returned.
//
// What the first release ignores and the other takes is left as it is too, and then counts: see [Awoken] and [Removed].
//
// The error is that of [Parse], or that of [File.CheckFor] if one of the releases refuses a value, or [ErrUnwritable]
// if a new line has no place, as in a file that ends in a backslash. Then the file stays as it was. Directories and
// scripts that must be there are not looked for.
func (f *File) Upgrade(from, to release.Release) error {
	changes, err := f.PlanUpgrade(from, to)
	if err != nil {
		return err
	}
	next := *f
	next.added = maps.Clone(f.added) // which edits of next change
	for _, c := range changes {
		if err := next.carry(c); err != nil {
			return fmt.Errorf("%v: %w", c, err)
		}
	}
	*f = next
	return nil
}

func (f *File) carry(c Change) error {
	switch c.Kind {
	case Renamed:
		return f.rename(c.Option, c.To, c.Value)
	case Pinned:
		return f.Set(c.Option.Section, c.Option.Key, c.Value)
	case Removed:
		return f.Unset(c.Option.Section, c.Option.Key)
	case Lost:
		return f.CommentOut(c.Option.Section, c.Option.Key)
	case Awoken:
	}
	return nil
}

// rename gives an option another name. Within a section the line stays.
func (f *File) rename(from, to OptionName, value string) error {
	if err := f.Unset(to.Section, to.Key); err != nil {
		return err
	}
	old, now := nameOf(from.Section, from.Key), nameOf(to.Section, to.Key)
	if old.section == now.section {
		var edit text.Edits
		edit.Replace(f.settings[f.index[old]].keyAt, to.Key)
		either := func(n name) bool { return n == old || n == now }
		if err := f.apply(&edit, either); err != nil {
			return err
		}
	}
	if f.Get(to.Section, to.Key) != value {
		if err := f.Set(to.Section, to.Key, value); err != nil {
			return err
		}
	}
	return f.Unset(from.Section, from.Key)
}
