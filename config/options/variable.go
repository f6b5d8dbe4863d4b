package options

import (
	"iter"
	"slices"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// DebugHungScript is the one script with options that is no event script.
const DebugHungScript = "debug-hung-script.sh"

// Variable is a variable that scripts of CTDB read from their options.
type Variable struct {
	Name string
	// Scripts are the scripts that read it, such as "11.natgw": it may be in script.options and in the NAME.options of
	// these. The slice must not be changed.
	Scripts []string
	// Default is what scripts take if it is not set or empty. It is "" if they then do without, or find out: Doc says so.
	Default string
	// Values are the values that scripts know, if they compare with words. All others are as no value.
	Values []string
	// Since is the first release in which these scripts read it, Until the first one in which they do not any more. Zero
	// is 4.9, in which there were options files first, and none.
	Since, Until release.Release
	// Documented says that ctdb-script.options(5) has it.
	Documented bool
	// Doc says what it is for.
	Doc string
}

// In tells whether a release has it. The zero release is the newest.
func (v Variable) In(r release.Release) bool {
	since := v.Since
	if since.IsZero() {
		since = first
	}
	return r.AtLeast(since.Major, since.Minor, since.Patch) &&
		(v.Until.IsZero() || !r.AtLeast(v.Until.Major, v.Until.Minor, v.Until.Patch))
}

// first is the first release with script.options.
var first = release.Release{Major: 4, Minor: 9}

// Known gives the variables that a release reads, by name. Before 4.9 there are none: ctdbd.conf and
// /etc/sysconfig/ctdb had them. The zero release is the newest.
//
// Similar to: ctdb-script.options(5), which leaves some out.
func Known(r release.Release) iter.Seq[Variable] {
	return func(yield func(Variable) bool) {
		for _, v := range catalogue {
			if v.In(r) && !yield(v) {
				return
			}
		}
	}
}

// Find gives the variable of that name as a release has it; and if it has not, as the last release has it that did, or
// the first that does. ok tells whether any release has it.
func Find(name string, r release.Release) (v Variable, ok bool) {
	i, ok := slices.BinarySearchFunc(catalogue, name, func(v Variable, name string) int {
		switch {
		case v.Name < name:
			return -1
		case v.Name > name:
			return 1
		}
		return 0
	})
	if !ok {
		return Variable{}, false
	}
	v = catalogue[i]
	for ; i < len(catalogue) && catalogue[i].Name == name; i++ {
		if v = catalogue[i]; v.In(r) {
			break
		}
	}
	return v, true
}
