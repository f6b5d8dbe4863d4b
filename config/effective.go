package config

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Effective is what a release of CTDB takes from a ctdb.conf: a value for each option that it knows. It is only read, so
// it is safe for concurrent use.
type Effective struct {
	release release.Release
	values  []Value
	index   map[name]int
	dropped bool
}

// Value is the value that a release has for an option.
type Value struct {
	// Option is the option. Its Default is the one of the host.
	Option
	// Text is the value as ctdb-config prints it: true or false, a decimal number, or the text of the file.
	Text string
	// IsSet tells whether the file sets it to something else than the default.
	IsSet bool
	// Line and Col are the place in the file, counted from 1; 0 if it is not set there.
	Line, Col int
}

// Effective tells what a release of CTDB takes from the file. It follows the release's rules: what it does not know it
// ignores; a value that equals the default is ignored too, so that a setting before it counts; of all others the last
// counts. A release that is zero is the newest.
//
// If the file has a line that can't be split, CTDB drops all settings in silence: then all values are the defaults, and
// [Effective.Dropped] says so. The error is that of [File.CheckFor]: the daemons of that release do not start with the
// file. The values beside it are the defaults.
//
// Similar to: ctdb-config dump, ctdb-config get.
func (f *File) Effective(r release.Release, env Env) (*Effective, error) {
	return f.effective(newLoader(r, env))
}

func (f *File) effective(l *loader) (*Effective, error) {
	e := &Effective{release: l.release, index: map[name]int{}}
	for o := range Known(l.release) {
		o = l.options[o.name()]
		e.index[o.name()] = len(e.values)
		e.values = append(e.values, Value{Option: o, Text: o.Default})
	}
	defaults := slices.Clone(e.values)
	err := f.load(l, e.see(f))
	if err != nil || e.dropped {
		e.values = defaults
	}
	return e, err
}

// see keeps what counts.
func (e *Effective) see(f *File) func(step) {
	return func(s step) {
		switch s.outcome {
		case taken:
			at := f.source().Position(s.ValueSpan.Start)
			e.values[e.index[s.option.name()]] = Value{
				Option: s.option, Text: s.text, IsSet: true, Line: at.Line, Col: at.Col,
			}
		case dropped:
			e.dropped = true
		case unknownSection, knownSection, homeless, unknownOption, refused, skipped, noSetting:
		}
	}
}

// load gives each line to see, and returns what the release refuses.
func (f *File) load(l *loader, see func(step)) error {
	src := f.source()
	if src.Len() > MaxSize {
		return f.err
	}
	var bad ParseErrors
	l.load(src, func(s step) {
		if s.outcome == refused {
			bad.Add(*refusal(src, s.ValueSpan, fmt.Errorf("%v: %w: %w", s.option, ErrValue, s.err)))
		}
		see(s)
	})
	return bad.Err()
}

// CheckFor tells whether that release of CTDB reads the file. The error is a *[ParseError] about the value that it
// refuses, or a *[ParseErrors] for several; the reasons wrap [ErrValue]. With one bad value the daemons do not start, and
// since 4.22 the ctdb program fails. A release that is zero is the newest.
//
// A file that [Parse] refuses is refused here too, with its error: CTDB reads it without an error, and drops what stands
// in it.
//
// Similar to: the exit code of ctdb-config dump. That of ctdb-config validate tells of unknown options too, which the
// daemons ignore, and not of a file that is dropped; [File.Validate] finds all of these.
func (f *File) CheckFor(r release.Release, env Env) error {
	if err := f.load(newLoader(r, env), func(step) {}); err != nil {
		return err
	}
	return f.err
}

// Dropped tells whether the release drops the settings of the file, since it can't split a line of it.
func (e *Effective) Dropped() bool { return e.dropped }

// Release is the release whose values these are.
func (e *Effective) Release() release.Release { return e.release }

// All gives the values of all options that the release knows, in the order of ctdb-config dump.
func (e *Effective) All() iter.Seq[Value] { return slices.Values(e.values) }

// Lookup gives the value of an option, and whether the release knows the option. The case of letters matters in key, not
// in section.
//
// Similar to: ctdb-config get.
func (e *Effective) Lookup(section, key string) (Value, bool) {
	i, ok := e.index[nameOf(section, key)]
	if !ok {
		return Value{}, false
	}
	return e.values[i], true
}

// String gives the values as CTDB prints them, with those that are not set as comments. [Parse] reads that.
//
// Similar to: ctdb-config dump.
func (e *Effective) String() string {
	var b strings.Builder
	section := ""
	for _, v := range e.values {
		if v.Section != section {
			section = v.Section
			fmt.Fprintf(&b, "[%s]\n", section)
		}
		comment := ""
		if !v.IsSet {
			comment = "# "
		}
		fmt.Fprintf(&b, "\t%s%s = %s\n", comment, v.Key, v.Text)
	}
	return b.String()
}
