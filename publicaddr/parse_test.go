package publicaddr_test

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
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

var compareAddr = cmpopts.EquateComparable(netip.Addr{})

func mustParse(t testing.TB, text string) *publicaddr.File {
	t.Helper()
	file, err := publicaddr.Parse("public_addresses", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func entry(prefix string, interfaces ...string) publicaddr.Entry {
	p := netip.MustParsePrefix(prefix)
	return publicaddr.Entry{Address: p.Addr(), Mask: p.Bits(), Interfaces: interfaces}
}

func at(line int, text string, e publicaddr.Entry) publicaddr.Entry {
	e.Line, e.Text = line, text
	return e
}

func TestParse(t *testing.T) {
	tests := []struct {
		name, text string
		want       []publicaddr.Entry
	}{
		{"empty", "", nil},
		{"only comments", "# a\n\n\t# b", nil},
		{"the sample of ctdb(7)", "10.1.1.1/24 eth1\n10.1.1.2/24 eth1\n10.1.2.1/24 eth2\n10.1.2.2/24 eth2\n", []publicaddr.Entry{
			at(1, "", entry("10.1.1.1/24", "eth1")), at(2, "", entry("10.1.1.2/24", "eth1")),
			at(3, "", entry("10.1.2.1/24", "eth2")), at(4, "", entry("10.1.2.2/24", "eth2")),
		}},
		{"everything", "# head\r\n\n 10.0.0.1/24\teth0,eth1 \t# web  server \r\n[FD00::1]/64 ,eth0,, x y\r z\n", []publicaddr.Entry{
			at(3, "# web  server", entry("10.0.0.1/24", "eth0", "eth1")), at(4, "x y", entry("fd00::1/64", "eth0")),
		}},
		{"no interface between the commas", "10.0.0.1/24 ,,", []publicaddr.Entry{at(1, "", entry("10.0.0.1/24"))}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := mustParse(t, test.text)
			if diff := cmp.Diff(test.want, slices.Collect(file.All()), compareAddr, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("All (-want +got):\n%s", diff)
			}
			if file.Len() != len(test.want) {
				t.Errorf("Len() = %d, want %d", file.Len(), len(test.want))
			}
			for _, want := range test.want {
				if got, ok := file.Lookup(want.Address); !ok || cmp.Diff(want, got, compareAddr, cmpopts.EquateEmpty()) != "" {
					t.Errorf("Lookup(%v) = %v, %v, want %v", want.Address, got, ok, want)
				}
			}
			if got := string(file.Bytes()); got != test.text {
				t.Errorf("Bytes() = %q, want %q", got, test.text)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	text := "# head\n\t10.0.0.1 eth0\n10.0.0.2/24 eth0\n  10.0.0.3/24\n10.0.0.2/x eth0\n10.0.0.2/16 eth1\n" +
		strings.Repeat("x", 100) + "/1 y"
	file, err := publicaddr.Parse("dir/file", []byte(text))
	want := `dir/file:2:2: want a mask length behind the address, such as 10.0.0.1/24, got "10.0.0.1"
dir/file:4:3: want the names of interfaces behind the address, got "10.0.0.3/24"
dir/file:5:1: want a decimal mask length behind the slash, got "10.0.0.2/x"
dir/file:6:1: the address is there already, got "10.0.0.2/16"
dir/file:7:1: want a numeric IPv4 or IPv6 address before the slash of at most 63 bytes, got "` + strings.Repeat("x", 64) + `..."`
	if err == nil || cmp.Diff(want, err.Error()) != "" {
		t.Errorf("error (-want +got):\n%s", cmp.Diff(want, err.Error()))
	}
	for _, reason := range []error{
		publicaddr.ErrNoMask, publicaddr.ErrNoInterface, publicaddr.ErrMask, publicaddr.ErrDuplicate, publicaddr.ErrAddress,
	} {
		if !errors.Is(err, reason) {
			t.Errorf("errors.Is does not find %v", reason)
		}
	}
	if errors.Is(err, publicaddr.ErrTooLarge) {
		t.Error("errors.Is finds ErrTooLarge")
	}
	first, ok := errors.AsType[*publicaddr.ParseError](err)
	if !ok {
		t.Fatal("no *ParseError")
	}
	if name, line, col := first.Position(); name != "dir/file" || line != 2 || col != 2 {
		t.Errorf("position %s:%d:%d, want dir/file:2:2", name, line, col)
	}
	if string(file.Bytes()) != text || file.Len() != 0 {
		t.Errorf("the file has %d entries and the bytes %q", file.Len(), file.Bytes())
	}
}

func TestParseManyErrors(t *testing.T) {
	_, err := publicaddr.Parse("f", []byte(strings.Repeat("x\n", 150)))
	all, ok := errors.AsType[*publicaddr.ParseErrors](err)
	if !ok || len(all.Errors) != 100 || all.More != 50 || !strings.HasSuffix(err.Error(), "\nand 50 more bad lines") {
		t.Errorf("error %.200v, want 100 of 150", err)
	}
}

func TestParseTooLarge(t *testing.T) {
	data := []byte("10.0.0.1/24 eth0\n" + strings.Repeat("#", publicaddr.MaxSize))
	file, err := publicaddr.Parse("f", data)
	if !errors.Is(err, publicaddr.ErrTooLarge) || file.Len() != 0 || len(file.Bytes()) != len(data) {
		t.Errorf("error %v, %d entries, %d bytes", err, file.Len(), len(file.Bytes()))
	}
	if got := file.CheckFor(release.Release{}); !errors.Is(got, publicaddr.ErrTooLarge) {
		t.Errorf("CheckFor gives %v", got)
	}
	if _, err := publicaddr.Parse("f", data[:publicaddr.MaxSize]); err != nil {
		t.Errorf("MaxSize bytes: %v", err)
	}
}

func TestCheckForOld(t *testing.T) {
	file := mustParse(t, "fd00::1/64 eth0\n[fd00::2]/64 eth0\n")
	tests := []struct {
		version release.Release
		ok      bool
	}{
		{release.Release{Major: 4, Minor: 15, Patch: 13}, false},
		{release.Release{Major: 4, Minor: 16}, true},
		{release.Release{}, true},
	}
	for _, test := range tests {
		err := file.CheckFor(test.version)
		if test.ok != (err == nil) || !test.ok && !errors.Is(err, publicaddr.ErrBrackets) {
			t.Errorf("CheckFor(%v) = %v", test.version, err)
		}
	}
	bare, err := publicaddr.Parse("f", []byte("10.0.0.1/24\n"))
	if err == nil {
		t.Error("a line without interfaces is accepted")
	}
	if err := bare.CheckFor(release.Release{Major: 4, Minor: 8, Patch: 12}); err != nil {
		t.Errorf("CTDB 4.8 with a default interface: %v", err)
	}
	if err := bare.CheckFor(release.Release{Major: 4, Minor: 9}); !errors.Is(err, publicaddr.ErrNoInterface) {
		t.Errorf("CTDB 4.9: %v", err)
	}
}

func TestZeroFile(t *testing.T) {
	var file publicaddr.File
	if file.Len() != 0 || len(file.Bytes()) != 0 || len(file.Validate(nil)) != 0 || file.CheckFor(release.Release{}) != nil {
		t.Error("the zero File is not the empty file")
	}
	if err := file.Add(entry("10.0.0.1/24", "eth0")); err != nil || string(file.Bytes()) != "10.0.0.1/24 eth0\n" {
		t.Errorf("Add: %v, %q", err, file.Bytes())
	}
}

func TestEntry(t *testing.T) {
	file := mustParse(t, "10.0.0.1/24 eth0,eth1 # web\n10.0.0.2/33 eth0\nfd00::1/129 eth0\n10.0.0.3/0 ,\n")
	want := []string{
		`{"address":"10.0.0.1","mask":24,"interfaces":["eth0","eth1"],"text":"# web","line":1} 10.0.0.1/24 true`,
		`{"address":"10.0.0.2","mask":33,"interfaces":["eth0"],"line":2} invalid Prefix false`,
		`{"address":"fd00::1","mask":129,"interfaces":["eth0"],"line":3} invalid Prefix false`,
		`{"address":"10.0.0.3","mask":0,"interfaces":[],"line":4} 10.0.0.3/0 true`,
	}
	var got []string
	for e := range file.All() {
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		prefix, ok := e.Prefix()
		got = append(got, string(data)+" "+prefix.String()+map[bool]string{true: " true", false: " false"}[ok])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("JSON and Prefix (-want +got):\n%s", diff)
	}
}

func TestEntriesAreTheCallers(t *testing.T) {
	const text = "10.0.0.1/24 eth0,eth1\n10.0.0.2/24 eth2\n"
	data := []byte(text)
	file, err := publicaddr.Parse("f", data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	clear(file.Bytes())
	for e := range file.All() {
		e.Interfaces[0] = "changed"
		_ = append(e.Interfaces, "changed")
	}
	e, _ := file.Lookup(netip.MustParseAddr("10.0.0.1"))
	e.Interfaces[0] = "changed"
	var got []string
	for e := range file.All() {
		got = append(got, e.String())
	}
	if want := []string{"10.0.0.1/24 eth0,eth1", "10.0.0.2/24 eth2"}; cmp.Diff(want, got) != "" || string(file.Bytes()) != text {
		t.Errorf("the file changed: %q", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	file := mustParse(t, "10.0.0.1/24 eth0\n10.0.0.2/24 eth0 x\n")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for e := range file.All() {
				if _, ok := file.Lookup(e.Address); !ok {
					t.Errorf("%v is gone", e)
				}
			}
			if len(file.Validate(nil)) != 1 || file.CheckFor(releases[0]) != nil || len(publicaddr.Diff(file, file)) != 0 {
				t.Error("the file changed")
			}
		})
	}
	group.Wait()
}
