package group_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes/group"
)

var (
	compareAddr = cmpopts.EquateComparable(netip.Addr{})
	oldRelease  = release.Release{Major: 4, Minor: 13, Patch: 13}
	newest      release.Release
)

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }

func mustParse(t testing.TB, text string) *group.File {
	t.Helper()
	file, err := group.Parse("natgw_nodes", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func member(line int, text string, followerOnly bool) group.Member {
	m := group.Member{Text: text, FollowerOnly: followerOnly, Line: line}
	if a, err := netip.ParseAddr(text); err == nil && a.String() == text {
		m.Address = a
	}
	return m
}

func TestParse(t *testing.T) {
	tests := []struct {
		name, text string
		want       []group.Member
	}{
		{"empty", "", nil},
		{"only comments", "# a b\\c\n#\n\n \t\n#10.0.0.1 x", nil},
		{"the sample of ctdb(7)", "192.168.1.2\n192.168.1.3\n192.168.1.4 follower-only\n", []group.Member{
			member(1, "192.168.1.2", false), member(2, "192.168.1.3", false), member(3, "192.168.1.4", true),
		}},
		{"blanks, old word, no newline", "# a\n\t fd00::1 \t slave-only \n\n10.0.0.2\t", []group.Member{
			member(2, "fd00::1", true), member(4, "10.0.0.2", false),
		}},
		{"no addresses", "FD00::1\n[fd00::1]\n::ffff:10.0.0.1\n10.0.0.1\r\nfe80::1%eth0\nnode1 follower-only\n10.0.0.1/24\n", []group.Member{
			{Text: "FD00::1", Line: 1}, {Text: "[fd00::1]", Line: 2}, {Text: "::ffff:10.0.0.1", Line: 3},
			{Text: "10.0.0.1\r", Line: 4}, {Text: "fe80::1%eth0", Line: 5},
			{Text: "node1", FollowerOnly: true, Line: 6}, {Text: "10.0.0.1/24", Line: 7},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, test.text)
			if diff := cmp.Diff(test.want, slices.Collect(file.All()), compareAddr); diff != "" {
				t.Errorf("All (-want +got):\n%s", diff)
			}
			for _, want := range test.want {
				if got, ok := file.Lookup(want.Address); ok != want.Address.IsValid() || ok && got != want {
					t.Errorf("Lookup(%v) = %v, %v", want.Address, got, ok)
				}
			}
			if file.Len() != len(test.want) || string(file.Bytes()) != test.text {
				t.Errorf("Len() = %d, Bytes() = %q", file.Len(), file.Bytes())
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	text := "10.0.0.1 leader\n10.0.0.2 follower-only # x\n10.0.0.3 follower-only\r\n# a \\\n10\\.0.0.4\n10.0.0.5 \\\\\n"
	file, err := group.Parse("dir/f", []byte(text))
	want := `dir/f:1:10: want nothing behind the address, or follower-only, got "leader"
dir/f:2:10: want nothing behind the address, or follower-only, got "follower-only # x"
dir/f:3:10: want nothing behind the address, or follower-only, got "follower-only\r"
dir/f:4:1: want no backslash, got "# a \\"
dir/f:5:1: want no backslash, got "10\\.0.0.4"
dir/f:6:1: want no backslash, got "10.0.0.5 \\\\"`
	if err == nil || cmp.Diff(want, err.Error()) != "" {
		t.Errorf("error (-want +got):\n%s", cmp.Diff(want, err.Error()))
	}
	if !errors.Is(err, group.ErrOption) || !errors.Is(err, group.ErrBackslash) || errors.Is(err, group.ErrWord) {
		t.Errorf("errors.Is does not tell the reasons")
	}
	first, ok := errors.AsType[*group.ParseError](err)
	if !ok {
		t.Fatal("no *ParseError")
	}
	if name, line, col := first.Position(); name != "dir/f" || line != 1 || col != 10 {
		t.Errorf("position %s:%d:%d", name, line, col)
	}
	if string(file.Bytes()) != text || file.Len() != 0 {
		t.Errorf("%d members, bytes %q", file.Len(), file.Bytes())
	}
	_, err = group.Parse("f", []byte(strings.Repeat("x y\n", 150)))
	if all, ok := errors.AsType[*group.ParseErrors](err); !ok || len(all.Errors) != 100 || all.More != 50 {
		t.Errorf("many errors: %.100v", err)
	}
}

func TestParseTooLarge(t *testing.T) {
	file, err := group.Parse("f", make([]byte, group.MaxSize+1))
	if !errors.Is(err, group.ErrTooLarge) || file.Len() != 0 || !errors.Is(file.CheckFor(newest), group.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
}

func TestCheckFor(t *testing.T) {
	tests := []struct {
		text       string
		old, young bool
	}{
		{"10.0.0.1\n", true, true},
		{"10.0.0.1\n10.0.0.2 follower-only\n", false, true},
		{"10.0.0.1\n10.0.0.2 slave-only\n", true, false},
		{"10.0.0.1 slave-only\n10.0.0.2 follower-only\n", false, false},
	}
	for _, test := range tests {
		file := mustParse(t, test.text)
		for version, want := range map[release.Release]bool{
			oldRelease: test.old, {Major: 4, Minor: 14}: test.young, {}: test.young,
		} {
			err := file.CheckFor(version)
			if want != (err == nil) || err != nil && !errors.Is(err, group.ErrWord) {
				t.Errorf("%q: CheckFor(%v) = %v", test.text, version, err)
			}
		}
	}
}

func TestMember(t *testing.T) {
	data, err := json.Marshal(slices.Collect(mustParse(t, "10.0.0.1\nx slave-only\n").All()))
	want := `[{"address":"10.0.0.1","text":"10.0.0.1","follower_only":false,"line":1},{"text":"x","follower_only":true,"line":2}]`
	if diff := cmp.Diff(want, string(data)); err != nil || diff != "" {
		t.Errorf("JSON: %v (-want +got):\n%s", err, diff)
	}
	if got := member(1, "10.0.0.1", true).String(); got != "10.0.0.1 follower-only" {
		t.Errorf("String() = %q", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	file := mustParse(t, "10.0.0.1\n10.0.0.1 follower-only\n")
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for m := range file.All() {
				if _, ok := file.Lookup(m.Address); !ok {
					t.Error("a member is gone")
				}
			}
			if len(file.Validate(nil)) != 1 || file.CheckFor(oldRelease) == nil {
				t.Error("the file changed")
			}
		})
	}
	wait.Wait()
}
