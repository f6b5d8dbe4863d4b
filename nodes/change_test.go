package nodes_test

import (
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/nodes"
)

func TestDiff(t *testing.T) {
	tests := []struct {
		name, before, after string
		want                []string
		forbidden           bool
	}{
		{"nothing", "", "", nil, false},
		{"blanks, blank lines, comments", "10.0.0.1\n#x\n", "\n 10.0.0.1\r\n\n# 10.0.0.2", nil, false},
		{"another way to write it", "fd00::1\n::ffff:10.0.0.1\n", "[FD00:0::1]\n10.0.0.1\n", nil, false},
		{"duplicates that stay", "10.0.0.1\n10.0.0.1\n", "10.0.0.1\n10.0.0.1\n", nil, false},

		{"the first node", "", "10.0.0.1\n", []string{"node 0 added: 10.0.0.1"}, false},
		{"appended", "10.0.0.1\n", "10.0.0.1\n10.0.0.2\n#\n", []string{
			"node 1 added: 10.0.0.2", "node 2 added, a deleted one",
		}, false},
		{"deleted", "10.0.0.1\n10.0.0.2\n", "10.0.0.1\n#\n", []string{"node 1 deleted, was 10.0.0.2"}, false},
		{"restored", "10.0.0.1\n#10.0.0.2\n", "10.0.0.1\n10.0.0.2\n", []string{"node 1 restored: 10.0.0.2"}, false},
		{"restored with another address", "#10.0.0.2\n", "fd00::1\n", []string{"node 0 restored: fd00::1"}, false},
		{"deleted and appended", "10.0.0.1\n10.0.0.2\n", "#10.0.0.1\n10.0.0.2\n10.0.0.1\n", []string{
			"node 0 deleted, was 10.0.0.1", "node 2 added: 10.0.0.1",
		}, false},
		{"deleted here, restored there", "10.0.0.1\n#\n", "#10.0.0.1\n10.0.0.1\n", []string{
			"node 0 deleted, was 10.0.0.1", "node 1 restored: 10.0.0.1",
		}, false},
		{"a duplicate appended", "10.0.0.1\n", "10.0.0.1\n10.0.0.1\n", []string{"node 1 added: 10.0.0.1"}, false},
		{"a duplicate deleted", "10.0.0.1\n10.0.0.1\n", "#\n10.0.0.1\n", []string{"node 0 deleted, was 10.0.0.1"}, false},

		{"address changed in place", "10.0.0.1\n10.0.0.2\n", "10.0.0.1\n10.0.0.9\n", []string{
			"node 1 readdressed: was 10.0.0.2, now 10.0.0.9",
		}, true},
		{"line vanished at the end", "10.0.0.1\n10.0.0.2\n", "10.0.0.1\n", []string{"node 1 vanished, was 10.0.0.2"}, true},
		{"line vanished in the middle", "10.0.0.1\n10.0.0.2\n10.0.0.3\n", "10.0.0.1\n10.0.0.3\n", []string{
			"node 1 vanished, was 10.0.0.2", "node 2 shifted to 1: 10.0.0.3",
		}, true},
		{"all lines vanished", "10.0.0.1\n#\n", "", []string{
			"node 0 vanished, was 10.0.0.1", "node 1 vanished, a deleted one",
		}, true},
		{"deleted slot vanished at the end", "10.0.0.1\n#10.0.0.2\n", "10.0.0.1\n", []string{
			"node 1 vanished, a deleted one",
		}, true},
		{"deleted slot vanished in the middle", "#10.0.0.1\n10.0.0.2\n", "10.0.0.2\n", []string{
			"node 1 shifted to 0: 10.0.0.2",
		}, true},
		{"swap of two lines", "10.0.0.1\n10.0.0.2\n", "10.0.0.2\n10.0.0.1\n", []string{
			"node 0 shifted to 1: 10.0.0.1", "node 1 shifted to 0: 10.0.0.2",
		}, true},
		{"insertion in the middle", "10.0.0.1\n10.0.0.2\n10.0.0.3\n", "10.0.0.1\n10.0.0.9\n10.0.0.2\n10.0.0.3\n", []string{
			"node 1 shifted to 2: 10.0.0.2", "node 1 added: 10.0.0.9", "node 2 shifted to 3: 10.0.0.3",
		}, true},
		{"a comment put at the top", "10.0.0.1\n", "# my cluster\n10.0.0.1\n", []string{
			"node 0 deleted, was 10.0.0.1", "node 1 added: 10.0.0.1", // which is what ctdb reloadnodes says, too
		}, false},
		{"a comment put before two", "10.0.0.1\n10.0.0.2\n", "# my cluster\n10.0.0.1\n10.0.0.2\n", []string{
			"node 0 deleted, was 10.0.0.1", "node 1 shifted to 2: 10.0.0.2", "node 1 added: 10.0.0.1",
		}, true},
		{"duplicate made in place", "10.0.0.1\n10.0.0.2\n", "10.0.0.1\n10.0.0.1\n", []string{
			"node 1 readdressed: was 10.0.0.2, now 10.0.0.1",
		}, true},
		{"duplicate resolved in place", "10.0.0.1\n10.0.0.1\n", "10.0.0.1\n10.0.0.2\n", []string{
			"node 1 readdressed: was 10.0.0.1, now 10.0.0.2",
		}, true},
		{"duplicate vanished", "10.0.0.1\n10.0.0.1\n", "10.0.0.1\n", []string{"node 1 vanished, was 10.0.0.1"}, true},
		{"duplicates shifted", "10.0.0.1\n10.0.0.1\n10.0.0.2\n", "10.0.0.2\n10.0.0.1\n10.0.0.1\n", []string{
			"node 0 shifted to 2: 10.0.0.1", "node 2 shifted to 0: 10.0.0.2",
		}, true},
		{"shifted into a deleted slot", "#10.0.0.1\n10.0.0.2\n10.0.0.3\n", "10.0.0.2\n10.0.0.9\n10.0.0.3\n", []string{
			"node 1 shifted to 0: 10.0.0.2", "node 1 added: 10.0.0.9",
		}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			forbidden := false
			for _, c := range nodes.Diff(mustParse(t, test.before), mustParse(t, test.after)) {
				got = append(got, c.String())
				forbidden = forbidden || c.Kind.Forbidden()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Diff (-want +got):\n%s", diff)
			}
			if forbidden != test.forbidden {
				t.Errorf("forbidden: %v, want %v", forbidden, test.forbidden)
			}
		})
	}
}

func TestDiffOfNothing(t *testing.T) {
	file := mustParse(t, "10.0.0.1\n")
	refused, err := nodes.Parse("nodes", []byte("x"))
	if err == nil {
		t.Fatal("want an error")
	}
	added := []nodes.Change{{Kind: nodes.Added, New: netip.MustParseAddr("10.0.0.1")}}
	vanished := []nodes.Change{{Kind: nodes.Vanished, Old: netip.MustParseAddr("10.0.0.1")}}
	for name, nothing := range map[string]*nodes.File{"nil": nil, "zero": {}, "refused": refused} {
		if diff := cmp.Diff(added, nodes.Diff(nothing, file), compareAddr); diff != "" {
			t.Errorf("from %s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(vanished, nodes.Diff(file, nothing), compareAddr); diff != "" {
			t.Errorf("to %s (-want +got):\n%s", name, diff)
		}
	}
	if changes := nodes.Diff(nil, nil); changes != nil {
		t.Errorf("between nothing and nothing: %v", changes)
	}
}

func TestChangeJSON(t *testing.T) {
	want := nodes.Diff(mustParse(t, "10.0.0.1\n10.0.0.2\n10.0.0.3\n#\n"), mustParse(t, "#\nfd00::1\n10.0.0.2\n10.0.0.4\n#\n"))
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const wantText = `[{"kind":"deleted","pnn":0,"to":0,"old":"10.0.0.1"},` +
		`{"kind":"shifted","pnn":1,"to":2,"old":"10.0.0.2","new":"10.0.0.2"},` +
		`{"kind":"added","pnn":1,"to":1,"new":"fd00::1"},` +
		`{"kind":"vanished","pnn":2,"to":2,"old":"10.0.0.3"},` +
		`{"kind":"restored","pnn":3,"to":3,"new":"10.0.0.4"},` +
		`{"kind":"added","pnn":4,"to":4}]`
	if diff := cmp.Diff(wantText, string(text)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	var got []nodes.Change
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, compareAddr); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestChangeKindText(t *testing.T) {
	names := map[nodes.ChangeKind]string{
		nodes.Added: "added", nodes.Deleted: "deleted", nodes.Restored: "restored",
		nodes.Readdressed: "readdressed", nodes.Vanished: "vanished", nodes.Shifted: "shifted",
	}
	for kind, name := range names {
		text, err := kind.MarshalText()
		if err != nil || string(text) != name || kind.String() != name {
			t.Errorf("%v.MarshalText() = %q, %v, want %q", kind, text, err, name)
		}
		var got nodes.ChangeKind
		if err := got.UnmarshalText(text); err != nil || got != kind {
			t.Errorf("UnmarshalText(%q) gives %v, %v", text, got, err)
		}
	}
	for kind, want := range map[nodes.ChangeKind]string{0: "ChangeKind(0)", 7: "ChangeKind(7)", 255: "ChangeKind(255)"} {
		if got := kind.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
		if kind.Forbidden() {
			t.Errorf("%v is forbidden", kind)
		}
	}
	for _, text := range []string{"", "Added", "ChangeKind(1)"} {
		kind := nodes.Vanished
		if err := kind.UnmarshalText([]byte(text)); err == nil || kind != nodes.Vanished {
			t.Errorf("UnmarshalText(%q) gives %v, %v, want an error", text, kind, err)
		}
	}
}
