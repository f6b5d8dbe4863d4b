package group_test

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes/group"
)

func add(text string, neverLeads bool, r release.Release) func(*group.File) error {
	return func(f *group.File) error { return f.Add(addr(text), neverLeads, r) }
}

func remove(text string) func(*group.File) error {
	return func(f *group.File) error { return f.Remove(addr(text)) }
}

func set(text string, neverLeads bool, r release.Release) func(*group.File) error {
	return func(f *group.File) error { return f.SetFollowerOnly(addr(text), neverLeads, r) }
}

func translate(r release.Release) func(*group.File) error {
	return func(f *group.File) error { return f.Translate(r) }
}

func TestEdits(t *testing.T) {
	tests := []struct {
		name, before string
		edit         func(*group.File) error
		after        string
	}{
		{"add to nothing", "", add("10.0.0.1", false, newest), "10.0.0.1\n"},
		{"add to a comment", "# a", add("10.0.0.1", true, newest), "# a\n10.0.0.1 follower-only\n"},
		{"add for an old release", "10.0.0.1\n# b\n", add("fd00::1", true, oldRelease), "10.0.0.1\nfd00::1 slave-only\n# b\n"},
		{"add behind no newline", "10.0.0.1", add("::ffff:10.0.0.2", false, newest), "10.0.0.1\n10.0.0.2\n"},
		{"add behind carriage returns", "10.0.0.1\r\n", add("10.0.0.1", false, newest), "10.0.0.1\r\n10.0.0.1\n"},
		{"remove", "# a\n 10.0.0.1 slave-only \n10.0.0.2", remove("10.0.0.1"), "# a\n10.0.0.2"},
		{"remove both", "10.0.0.1\n10.0.0.2\n10.0.0.1 slave-only", remove("10.0.0.1"), "10.0.0.2\n"},
		{"set", "10.0.0.1 \n10.0.0.2\n", set("10.0.0.1", true, newest), "10.0.0.1 follower-only \n10.0.0.2\n"},
		{"set for an old release", "10.0.0.1", set("10.0.0.1", true, oldRelease), "10.0.0.1 slave-only"},
		{"set what is set", "10.0.0.1 slave-only\n", set("10.0.0.1", true, newest), "10.0.0.1 slave-only\n"},
		{"unset", " 10.0.0.1 \tslave-only \n", set("10.0.0.1", false, newest), " 10.0.0.1 \n"},
		{"unset one of two", "10.0.0.1 slave-only\n10.0.0.1\n", set("10.0.0.1", false, newest), "10.0.0.1\n10.0.0.1\n"},
		{
			"translate", "10.0.0.1  slave-only \nx follower-only\n# slave-only\n10.0.0.2\n", translate(newest),
			"10.0.0.1  follower-only \nx follower-only\n# slave-only\n10.0.0.2\n",
		},
		{"translate back", "10.0.0.1 follower-only", translate(oldRelease), "10.0.0.1 slave-only"},
		{"set bytes", "10.0.0.1\n", func(f *group.File) error { return f.SetBytes([]byte("10.0.0.2")) }, "10.0.0.2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, test.before)
			if err := test.edit(file); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.after, string(file.Bytes())); diff != "" {
				t.Errorf("bytes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEditsRefused(t *testing.T) {
	const before = "10.0.0.1 follower-only\n# x"
	tests := []struct {
		name string
		edit func(*group.File) error
		want error
	}{
		{"duplicate", add("10.0.0.1", false, newest), group.ErrDuplicate},
		{"duplicate, mapped", add("::ffff:10.0.0.1", false, newest), group.ErrDuplicate},
		{"zone", add("fe80::1%eth0", false, newest), group.ErrUnusable},
		{"unspecified", add("::", false, newest), group.ErrUnusable},
		{"multicast", add("224.0.0.1", false, newest), group.ErrUnusable},
		{"nothing", func(f *group.File) error { return f.Add(netip.Addr{}, false, newest) }, group.ErrUnusable},
		{"remove", remove("10.0.0.2"), group.ErrNoSuchMember},
		{"remove nothing", func(f *group.File) error { return f.Remove(netip.Addr{}) }, group.ErrNoSuchMember},
		{"set", set("10.0.0.2", true, newest), group.ErrNoSuchMember},
		{"bytes", func(f *group.File) error { return f.SetBytes([]byte("x y")) }, group.ErrOption},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, before)
			if err := test.edit(file); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if string(file.Bytes()) != before || file.Len() != 1 {
				t.Errorf("a refused edit changed the file: %q", file.Bytes())
			}
		})
	}
	file, _ := group.Parse("f", []byte("x y\n"))
	if err := file.Add(addr("10.0.0.1"), false, newest); !errors.Is(err, group.ErrOption) || string(file.Bytes()) != "x y\n" {
		t.Errorf("an edit of a refused file: %v", err)
	}
}
