package publicaddr_test

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/publicaddr"
)

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }

func TestEdits(t *testing.T) {
	add := func(prefix string, interfaces ...string) func(*publicaddr.File) error {
		return func(f *publicaddr.File) error { return f.Add(entry(prefix, interfaces...)) }
	}
	remove := func(text string) func(*publicaddr.File) error {
		return func(f *publicaddr.File) error { return f.Remove(addr(text)) }
	}
	set := func(text string, interfaces ...string) func(*publicaddr.File) error {
		return func(f *publicaddr.File) error { return f.SetInterfaces(addr(text), interfaces...) }
	}
	tests := []struct {
		name, before string
		edit         func(*publicaddr.File) error
		after        string
	}{
		{"add to nothing", "", add("10.0.0.1/24", "eth0", "eth1"), "10.0.0.1/24 eth0,eth1\n"},
		{"add to comments", "# head\n\n", add("fd00::1/64", "eth0"), "# head\n\nfd00::1/64 eth0\n"},
		{"add to a comment without newline", "# head", add("10.0.0.1/24", "eth0"), "# head\n10.0.0.1/24 eth0\n"},
		{
			"add behind the last", "10.0.0.1/24 eth0 # web\n# tail\n\n", add("10.0.0.2/24", "eth0"),
			"10.0.0.1/24 eth0 # web\n10.0.0.2/24 eth0\n# tail\n\n",
		},
		{
			"add behind a last line without newline", "10.0.0.1/24 eth0", add("10.0.0.2/24", "eth0"),
			"10.0.0.1/24 eth0\n10.0.0.2/24 eth0\n",
		},
		{
			"add to lines with carriage returns", "10.0.0.1/24 eth0\r\n", add("10.0.0.2/24", "eth0"),
			"10.0.0.1/24 eth0\r\n10.0.0.2/24 eth0\n",
		},
		{
			"add what is a comment", "#10.0.0.2/24 eth0\n10.0.0.1/24 eth0\n", add("10.0.0.2/24", "eth0"),
			"#10.0.0.2/24 eth0\n10.0.0.1/24 eth0\n10.0.0.2/24 eth0\n",
		},
		{"add a mapped address", "", func(f *publicaddr.File) error {
			return f.Add(publicaddr.Entry{Address: addr("::ffff:10.0.0.1"), Mask: 24, Interfaces: []string{"eth0"}, Text: "x", Line: 9})
		}, "10.0.0.1/24 eth0\n"},
		{"remove the only one", "10.0.0.1/24 eth0", remove("10.0.0.1"), ""},
		{"remove with its comment", "# a\n \t10.0.0.1/24 eth0 # b\r\n# c\n", remove("10.0.0.1"), "# a\n# c\n"},
		{"remove the middle", "10.0.0.1/24 a\n10.0.0.2/24 b\n10.0.0.3/24 c", remove("10.0.0.2"), "10.0.0.1/24 a\n10.0.0.3/24 c"},
		{"remove in brackets", "[FD00::1]/64 a\nfd00::2/64 a\n", remove("fd00::1"), "fd00::2/64 a\n"},
		{"remove a mapped address", "::ffff:10.0.0.1/24 a\n", remove("::ffff:10.0.0.1"), ""},
		{
			"set", " 10.0.0.1/24  eth0\t# web\r\n10.0.0.2/24 eth0\n", set("10.0.0.1", "bond0.100", "eth1"),
			" 10.0.0.1/24  bond0.100,eth1\t# web\r\n10.0.0.2/24 eth0\n",
		},
		{"set commas right", "10.0.0.1/24 ,eth0,,eth1\x00x\n", set("10.0.0.1", "eth1"), "10.0.0.1/24 eth1\x00x\n"},
		{"set none", "10.0.0.1/24 ,\n", set("10.0.0.1", "eth1"), "10.0.0.1/24 eth1\n"},
		{"set the same", "10.0.0.1/24 ,eth0,,eth1\n", set("10.0.0.1", "eth0", "eth1"), "10.0.0.1/24 ,eth0,,eth1\n"},
		{"set bytes", "10.0.0.1/24 eth0\n", func(f *publicaddr.File) error {
			return f.SetBytes([]byte("10.0.0.9/24 eth9"))
		}, "10.0.0.9/24 eth9"},
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
			if diff := publicaddr.Diff(file, mustParse(t, test.after)); len(diff) != 0 {
				t.Errorf("the entries are not those of the bytes: %v", diff)
			}
		})
	}
}

func TestEditsRefused(t *testing.T) {
	const before = "10.0.0.1/24 eth0 # web\n# tail"
	add := func(prefix string, interfaces ...string) func(*publicaddr.File) error {
		return func(f *publicaddr.File) error { return f.Add(entry(prefix, interfaces...)) }
	}
	addMask := func(address string, mask int) func(*publicaddr.File) error {
		return func(f *publicaddr.File) error {
			return f.Add(publicaddr.Entry{Address: addr(address), Mask: mask, Interfaces: []string{"eth0"}})
		}
	}
	tests := []struct {
		name string
		edit func(*publicaddr.File) error
		want error
	}{
		{"duplicate", add("10.0.0.1/24", "eth0"), publicaddr.ErrDuplicate},
		{"duplicate with another mask", add("10.0.0.1/16", "eth1"), publicaddr.ErrDuplicate},
		{"duplicate, mapped", addMask("::ffff:10.0.0.1", 24), publicaddr.ErrDuplicate},
		{"no address", func(f *publicaddr.File) error { return f.Add(publicaddr.Entry{}) }, publicaddr.ErrUnusable},
		{"zone", addMask("fe80::1%eth0", 64), publicaddr.ErrUnusable},
		{"unspecified", addMask("0.0.0.0", 24), publicaddr.ErrUnusable},
		{"multicast", addMask("ff02::1", 64), publicaddr.ErrUnusable},
		{"long mask", addMask("10.0.0.2", 33), publicaddr.ErrPrefix},
		{"long IPv6 mask", addMask("fd00::1", 129), publicaddr.ErrPrefix},
		{"negative mask", addMask("10.0.0.2", -1), publicaddr.ErrPrefix},
		{"no interface", add("10.0.0.2/24"), publicaddr.ErrInterface},
		{"empty interface", add("10.0.0.2/24", "eth0", ""), publicaddr.ErrInterface},
		{"long interface", add("10.0.0.2/24", "abcdefghijklmnop"), publicaddr.ErrInterface},
		{"two in one", add("10.0.0.2/24", "eth0,eth1"), publicaddr.ErrInterface},
		{"blank", add("10.0.0.2/24", "eth0 eth1"), publicaddr.ErrInterface},
		{"newline", add("10.0.0.2/24", "eth0\n#"), publicaddr.ErrInterface},
		{"NUL", add("10.0.0.2/24", "eth0\x00"), publicaddr.ErrInterface},
		{"alias", add("10.0.0.2/24", "eth0:1"), publicaddr.ErrInterface},
		{"path", add("10.0.0.2/24", "../eth0"), publicaddr.ErrInterface},
		{"dots", add("10.0.0.2/24", ".."), publicaddr.ErrInterface},
		{"remove", func(f *publicaddr.File) error { return f.Remove(addr("10.0.0.2")) }, publicaddr.ErrNoSuchAddress},
		{"remove nothing", func(f *publicaddr.File) error { return f.Remove(netip.Addr{}) }, publicaddr.ErrNoSuchAddress},
		{"set", func(f *publicaddr.File) error { return f.SetInterfaces(addr("10.0.0.2"), "eth0") }, publicaddr.ErrNoSuchAddress},
		{"set none", func(f *publicaddr.File) error { return f.SetInterfaces(addr("10.0.0.1")) }, publicaddr.ErrInterface},
		{"set a wrong one", func(f *publicaddr.File) error { return f.SetInterfaces(addr("10.0.0.1"), "a/b") }, publicaddr.ErrInterface},
		{"bytes", func(f *publicaddr.File) error { return f.SetBytes([]byte("x y")) }, publicaddr.ErrNoMask},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, before)
			if err := test.edit(file); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if string(file.Bytes()) != before || len(publicaddr.Diff(file, mustParse(t, before))) != 0 {
				t.Errorf("a refused edit changed the file: %q", file.Bytes())
			}
		})
	}
}

func TestEditOfRefusedFile(t *testing.T) {
	file, err := publicaddr.Parse("f", []byte("x y\n"))
	if err == nil {
		t.Fatal("accepted")
	}
	if got := file.Add(entry("10.0.0.1/24", "eth0")); !errors.Is(got, publicaddr.ErrNoMask) || string(file.Bytes()) != "x y\n" {
		t.Errorf("Add: %v, %q", got, file.Bytes())
	}
	if err := file.SetBytes([]byte("10.0.0.1/24 eth0\n")); err != nil || file.Len() != 1 {
		t.Errorf("SetBytes: %v, %d entries", err, file.Len())
	}
}
