package tunables

import (
	"errors"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Values are what tunables are set to, by their names as [Known] spells them.
type Values map[string]uint32

// Lookup gives the value of a name, in upper or lower case, and whether it is set.
func (v Values) Lookup(name string) (uint32, bool) {
	i, ok := find(name)
	if !ok {
		return 0, false
	}
	value, ok := v[table[i].Name]
	return value, ok
}

// WithDefaults gives the values of all tunables that are not obsolete in a release: these, and the defaults of all
// others.
//
// Similar to: ctdb listvars.
func (v Values) WithDefaults(r release.Release) Values {
	all := make(Values, len(table))
	for t := range Known(r) {
		if t.Obsolete {
			continue
		}
		all[t.Name] = t.Default
		if value, ok := v[t.Name]; ok {
			all[t.Name] = value
		}
	}
	return all
}

// Effective gives what a node of that release takes from the file when it starts. A release that is zero is the
// newest. Of several settings of a name the last one counts.
//
// From 4.17 ctdbd logs the lines that it refuses and takes the others, so that the error can only be [ErrTooLarge];
// [File.CheckFor] tells of those lines. Up to 4.16 the first bad line ends the start of ctdbd: there are no values
// then, and the error is the one about that line. Before 4.9 there is no such file: there are no values, and no
// error.
//
// Similar to: ctdb listvars, after a start. ctdb setvar changes a running node and not the file.
func (f *File) Effective(r release.Release) (Values, error) {
	values := Values{}
	return values, f.effective(rulesFor(r), values)
}

// effective adds the values of a file to those of the files before it.
func (f *File) effective(r rules, values Values) error {
	if errors.Is(f.err, ErrTooLarge) {
		return f.err
	}
	for l := range r.view(f.source()) {
		if l.skip {
			continue
		}
		v := r.judge(l)
		switch {
		case v.err == nil:
			values[table[v.tunable].Name] = v.value
		case r.script:
			clear(values)
			bad := &ParseErrors{}
			bad.Add(refusal(f.source(), v.at, v.err))
			return bad.Err()
		}
	}
	return nil
}

// CheckFor tells whether that release takes every line of the file. A release that is zero is the newest. The error is
// made like that of [Parse], with all lines that the release refuses: those without a setting, unknown names
// ([ErrUnknown]), obsolete ones ([ErrObsolete]) and values that are no numbers ([ErrValue]).
//
// Up to 4.16 a node with such a line does not start. From 4.17 it does, without that line, and its log says so.
func (f *File) CheckFor(r release.Release) error {
	if errors.Is(f.err, ErrTooLarge) {
		return f.err
	}
	rules, bad, src := rulesFor(r), &ParseErrors{}, f.source()
	for l := range rules.view(src) {
		if l.skip {
			continue
		}
		if v := rules.judge(l); v.err != nil {
			bad.Add(refusal(src, v.at, v.err))
		}
	}
	return bad.Err()
}
