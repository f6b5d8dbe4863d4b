package config

import (
	"fmt"
	"slices"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// apply makes an edit, and reads the result again. It counts only if all settings but the targets are what they were.
func (f *File) apply(edit *text.Edits, target func(name) bool) error {
	if f.err != nil {
		return fmt.Errorf("the file can't be edited as it is: %w", f.err)
	}
	edited, err := edit.Edited(f.source())
	if err != nil {
		return err
	}
	next := &File{text: edited}
	if next.parse(); next.err != nil {
		return next.err
	}
	if other, ok := firstDifference(f.settings, next.settings, target); ok {
		return fmt.Errorf("%w: the edit would change [%s] %s", ErrUnwritable, other.section, other.key)
	}
	next.added = f.added
	if sameNames(f.settings, next.settings) {
		next.index = f.index // which is never changed
	} else {
		next.makeIndex()
	}
	*f = *next
	return nil
}

// sameNames tells whether two files set the same options in the same order.
func sameNames(a, b []setting) bool {
	return slices.EqualFunc(a, b, func(a, b setting) bool { return a.name == b.name })
}

// firstDifference gives the name of the first setting in which two files differ, not counting the targets.
func firstDifference(a, b []setting, target func(name) bool) (name, bool) {
	for {
		for len(a) > 0 && target(a[0].name) {
			a = a[1:]
		}
		for len(b) > 0 && target(b[0].name) {
			b = b[1:]
		}
		switch {
		case len(a) == 0 && len(b) == 0:
			return name{}, false
		case len(a) == 0:
			return b[0].name, true
		case len(b) == 0 || a[0].name != b[0].name || a[0].value != b[0].value:
			return a[0].name, true
		}
		a, b = a[1:], b[1:]
	}
}

// is gives a test for the settings of one option.
func (n name) is(other name) bool { return n == other }
