package nodes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// FuzzDiff holds the laws of Diff, for two files of any bytes, and for two where each byte is a line: the former seldom
// have nodes in common.
func FuzzDiff(f *testing.F) {
	f.Add([]byte("10.0.0.1\n10.0.0.2\n"), []byte("10.0.0.1\n#10.0.0.2\n"))
	f.Fuzz(func(t *testing.T, before, after []byte) {
		if len(before)+len(after) > 4<<10 {
			t.Skip("large files are slow and no different")
		}
		a, errA := nodes.Parse("before", before)
		b, errB := nodes.Parse("after", after)
		checkDiff(t, a, b)
		if errA == nil && errB == nil && a.Len() > 0 && b.Len() > 0 {
			return
		}
		checkDiff(t, byLines(t, before), byLines(t, after))
	})
}

// byLines makes a file of bytes: most are one of seven addresses, one in eight is a deleted node.
func byLines(t *testing.T, data []byte) *nodes.File {
	t.Helper()
	var text strings.Builder
	for _, b := range data[:min(len(data), 100)] {
		if b%8 == 0 {
			text.WriteString("#\n")
		} else {
			fmt.Fprintf(&text, "10.0.0.%d\n", b%8)
		}
	}
	return mustParse(t, text.String())
}

func checkDiff(t *testing.T, before, after *nodes.File) {
	t.Helper()
	was, is := slotsOf(before), slotsOf(after)
	changes := nodes.Diff(before, after)
	if same := slices.Equal(was, is); same != (len(changes) == 0) {
		t.Errorf("from %v to %v: %v", was, is, changes)
	}
	if got := patch(was, changes); !slices.Equal(got, is) {
		t.Errorf("from %v to %v: %v, which make %v", was, is, changes, got)
	}
	if !slices.IsSortedFunc(changes, func(a, b nodes.Change) int { return int(a.PNN) - int(b.PNN) }) {
		t.Errorf("from %v to %v: %v, not in order", was, is, changes)
	}
	forbidden := slices.ContainsFunc(changes, func(c nodes.Change) bool { return c.Kind.Forbidden() })
	if want := reloadRefuses(was, is); forbidden != want {
		t.Errorf("from %v to %v: %v, forbidden %v, want %v", was, is, changes, forbidden, want)
	}
}

// slotsOf gives an address for each number, "#" for a deleted node.
func slotsOf(file *nodes.File) []string {
	var slots []string
	for node := range file.All() {
		slots = append(slots, strings.Replace(node.Address.String(), "invalid IP", "#", 1))
	}
	return slots
}

// reloadRefuses is what ctdb reloadnodes looks at: no line may be missing, and an address may only change by way of #.
func reloadRefuses(before, after []string) bool {
	for i, was := range before {
		if i >= len(after) || was != "#" && after[i] != "#" && was != after[i] {
			return true
		}
	}
	return false
}

// patch makes changes: what is gone goes first, and then comes what is new.
func patch(slots []string, changes []nodes.Change) []string {
	next := map[nodes.PNN]string{}
	for i, s := range slots {
		next[nodes.PNN(i)] = s
	}
	for _, c := range changes {
		if c.Kind == nodes.Vanished || c.Kind == nodes.Shifted {
			delete(next, c.PNN)
		}
	}
	for _, c := range changes {
		if c.Kind == nodes.Vanished {
			continue
		}
		next[c.To] = "#"
		if c.New.IsValid() {
			next[c.To] = c.New.String()
		}
	}
	var patched []string
	for pnn := range nodes.PNN(len(next)) {
		patched = append(patched, next[pnn]) // a gap shows as ""
	}
	return patched
}
