package tunables

import (
	"iter"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Unit says what the number of a tunable counts.
type Unit string

// The units.
const (
	Seconds      Unit = "seconds"
	Milliseconds Unit = "milliseconds"
	Bytes        Unit = "bytes"
	Count        Unit = "count"
	Switch       Unit = "switch" // 0 is off, 1 is on
	Choice       Unit = "choice" // one of a few numbers, each with a meaning
)

// Tunable is a setting that CTDB knows. It is a plain value and compares with ==.
type Tunable struct {
	// Name is its name, spelled as ctdb listvars does.
	Name string `json:"name"`
	// Default is its value in a node that sets nothing.
	Default uint32 `json:"default"`
	// Unit is what the value counts.
	Unit Unit `json:"unit"`
	// Obsolete says that the release knows the name and has no use for it: the package comment says what it does to a
	// file.
	Obsolete bool `json:"obsolete,omitempty"`
	// Description says in a few words what it does. Obsolete ones have none.
	Description string `json:"description,omitempty"`
}

// Known gives all tunables of a release in CTDB's own order, those that are obsolete there too. A release that is
// zero is the newest; those before 4.9, which had no ctdb.tunables, count as 4.9.
//
// Similar to: ctdb listvars, which leaves out the obsolete ones, and ctdb-tunables(7). That manual gives another
// default for DBSizeWarn than CTDB has.
func Known(r release.Release) iter.Seq[Tunable] {
	rules := rulesFor(r)
	return func(yield func(Tunable) bool) {
		for i := range table {
			if !yield(rules.tunable(i)) {
				return
			}
		}
	}
}

// Lookup gives the tunable of a name, in upper or lower case, and whether the release knows it. It takes the same time
// for all.
func Lookup(r release.Release, name string) (Tunable, bool) {
	i, ok := find(name)
	if !ok {
		return Tunable{}, false
	}
	return rulesFor(r).tunable(i), true
}

// tunable gives an entry of the table as it is in the release.
func (r rules) tunable(i int) Tunable {
	t := table[i]
	if t.Obsolete && !r.isObsolete(i) {
		t.Obsolete, t.Description = false, "how many deleted records make vacuuming repack a database"
	}
	return t
}

const maxName = 32 // no name is longer

// byName finds names in lower case.
var byName = func() map[string]int {
	all := make(map[string]int, len(table))
	for i, t := range table {
		all[fold(t.Name)] = i
	}
	return all
}()

var vacuumLimit = byName["vacuumlimit"]

// find gives a name's place in the table.
func find(name string) (int, bool) {
	if len(name) > maxName {
		return 0, false
	}
	var buffer [maxName]byte
	i, ok := byName[string(appendFolded(buffer[:0], name))]
	return i, ok
}

// fold puts a name into lower case, as CTDB compares names: byte by byte, and only the letters of ASCII.
func fold(name string) string { return string(appendFolded(nil, name)) }

func appendFolded(folded []byte, name string) []byte {
	for _, c := range []byte(name) {
		folded = append(folded, lower(c))
	}
	return folded
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// sameName tells whether CTDB takes two names for one.
func sameName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}
