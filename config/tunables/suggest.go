package tunables

import (
	"fmt"
	"iter"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// suggestion gives the tunable whose name is nearest to one that is unknown, or none if none is near.
func suggestion(name string) string {
	near, _ := finding.Nearest(name, names())
	return near
}

// names gives the names of the tunables that are not obsolete.
func names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range table {
			if !(rules{}).isObsolete(i) && !yield(table[i].Name) {
				return
			}
		}
	}
}

// didYouMean is a suggestion for an error.
func didYouMean(name string) string {
	if near := suggestion(name); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", near)
	}
	return ""
}
