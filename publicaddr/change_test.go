package publicaddr_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/publicaddr"
)

func TestDiff(t *testing.T) {
	before := mustParse(t, "10.0.0.9/24 eth0\n10.0.0.1/24 eth0 # a\n10.0.0.2/24 eth0,eth1\nfd00::1/64 eth0\n10.0.0.4/24 a,b\n")
	after := mustParse(t, "#\n[fd00::1]/64\teth0\n10.0.0.2/24 eth0,eth2\n10.0.0.1/16 eth0\n\n10.0.0.3/24 eth0\n10.0.0.4/280 ,a,,b x\n")
	want := []string{
		"changed: 10.0.0.1/24 eth0, now 10.0.0.1/16 eth0, false",
		"changed: 10.0.0.2/24 eth0,eth1, now 10.0.0.2/24 eth0,eth2, false",
		"added: 10.0.0.3/24 eth0, true",
		"removed: 10.0.0.9/24 eth0, true",
	}
	var got []string
	for _, c := range publicaddr.Diff(before, after) {
		got = append(got, c.String()+map[bool]string{true: ", true", false: ", false"}[c.Kind.Reloads()])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Diff and Reloads (-want +got):\n%s", diff)
	}
	if changes := publicaddr.Diff(before, before); len(changes) != 0 {
		t.Errorf("a file differs from itself: %v", changes)
	}
}

func TestDiffOfNothing(t *testing.T) {
	file := mustParse(t, "10.0.0.1/24 eth0\n")
	bad, _ := publicaddr.Parse("f", []byte("x"))
	for _, empty := range []*publicaddr.File{nil, {}, bad} {
		added, removed := publicaddr.Diff(empty, file), publicaddr.Diff(file, empty)
		if len(added) != 1 || added[0].Kind != publicaddr.Added || len(removed) != 1 || removed[0].Kind != publicaddr.Removed {
			t.Errorf("added %v, removed %v", added, removed)
		}
		data, err := json.Marshal(append(added, removed...))
		want := `[{"kind":"added","new":{"address":"10.0.0.1","mask":24,"interfaces":["eth0"],"line":1}},` +
			`{"kind":"removed","old":{"address":"10.0.0.1","mask":24,"interfaces":["eth0"],"line":1}}]`
		if diff := cmp.Diff(want, string(data)); err != nil || diff != "" {
			t.Errorf("JSON: %v (-want +got):\n%s", err, diff)
		}
	}
	if changes := publicaddr.Diff(nil, nil); len(changes) != 0 {
		t.Errorf("nothing differs from nothing: %v", changes)
	}
	if got := publicaddr.ChangeKind(9).String(); got != "ChangeKind(9)" {
		t.Errorf("an unknown kind is %q", got)
	}
}
