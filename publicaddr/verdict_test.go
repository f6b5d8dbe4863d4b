package publicaddr_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

// verdict is what ctdbd makes of a public_addresses file.
type verdict struct {
	Loads   []string `json:"loads"`   // "ADDRESS INTERFACE,INTERFACE", in the order of the file here
	Refused string   `json:"refused"` // the words of its log
	Missing string   `json:"missing"` // refused since there was no such interface on that machine
	Line    int      `json:"line"`    // that it refuses
}

// recorded is a line of testdata/verdicts.jsonl: a file, and what CTDB 4.17.12, 4.22.11 and 4.25.1 made of it, always the
// same, on a machine with the interfaces p0 and p1. Old is what CTDB 4.13.13 made of it, if that was something else.
type recorded struct {
	Name, Input string
	verdict
	Old *verdict `json:"old"`
}

func readRecorded(t testing.TB) []recorded {
	t.Helper()
	data, err := os.ReadFile("testdata/verdicts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []recorded
	for line := range bytes.Lines(data) {
		var r recorded
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&r); err != nil {
			t.Fatalf("line %d: %v", len(all)+1, err)
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		t.Fatal("no verdicts")
	}
	return all
}

var releases = []release.Release{
	{Major: 4, Minor: 13, Patch: 13}, {Major: 4, Minor: 17, Patch: 12}, {Major: 4, Minor: 22, Patch: 11}, {Major: 4, Minor: 25, Patch: 1},
}

// TestRecordedVerdicts holds Parse and CheckFor against what each release did.
func TestRecordedVerdicts(t *testing.T) {
	for _, r := range readRecorded(t) {
		t.Run(r.Name, func(t *testing.T) {
			for i, version := range releases {
				want := r.verdict
				if i == 0 && r.Old != nil {
					want = *r.Old
				}
				checkVerdict(t, r.Input, version, want)
			}
		})
	}
}

func checkVerdict(t *testing.T, input string, version release.Release, want verdict) {
	t.Helper()
	file, _ := publicaddr.Parse("public_addresses", []byte(input))
	err := file.CheckFor(version)
	if want.Refused != "" {
		first, ok := errors.AsType[*publicaddr.ParseError](err)
		if !ok {
			t.Fatalf("%v: accepted, want %q in line %d", version, want.Refused, want.Line)
		}
		if words := daemonWords(first); words != want.Refused || first.Line != want.Line {
			t.Errorf("%v: %q in line %d, want %q in line %d", version, words, first.Line, want.Refused, want.Line)
		}
		return
	}
	if err != nil {
		t.Fatalf("%v: %v", version, err)
	}
	var got []string
	for entry := range file.All() {
		names := strings.Join(entry.Interfaces, ",")
		got = append(got, entry.Address.String()+" "+names)
		if entry.Line == want.Line && !strings.Contains(names, want.Missing) {
			t.Errorf("%v: the interfaces %q lack %s", version, names, want.Missing)
		}
	}
	if want.Missing == "" && strings.Join(got, "\n") != strings.Join(want.Loads, "\n") {
		t.Errorf("%v (-ctdbd +Parse):\n%s", version, cmp.Diff(want.Loads, got))
	}
}

// daemonWords gives the words of ctdbd's log for an error.
func daemonWords(err *publicaddr.ParseError) string {
	switch {
	case errors.Is(err, publicaddr.ErrNoInterface):
		return "No interface specified"
	case errors.Is(err, publicaddr.ErrDuplicate):
		return "Duplicate public IP address"
	default:
		return "Badly formed"
	}
}

// accepted are lines that ctdbd accepts, and what it makes of them. They were first seen with the real daemons, which
// TestReal asks again. NET stands for the first three bytes of an address, and ZEROS makes the word as long as it may be.
var accepted = []struct{ line, want string }{
	{"NET.1/24 lo", "NET.1/24 lo"},
	{"NET.2/+24 lo", "NET.2/24 lo"},
	{"NET.3/024 lo", "NET.3/24 lo"},
	{"NET.4/\v\f+24 lo", "NET.4/24 lo"},
	{"NET.5/33 lo", "NET.5/33 lo"},
	{"NET.6/0 lo", "NET.6/0 lo"},
	{"NET.7/256 lo", "NET.7/0 lo"},
	{"NET.8/280 lo", "NET.8/24 lo"},
	{"NET.9/4294967320 lo", "NET.9/24 lo"},
	{"NET.10/18446744073709551615 lo", "NET.10/255 lo"},
	{"NET.11/24 ,lo", "NET.11/24 lo"},
	{"NET.12/24 lo,,", "NET.12/24 lo"},
	{"NET.13/24 lo,,lo", "NET.13/24 lo,lo"},
	{"NET.14/24 lo, lo", "NET.14/24 lo"},
	{"NET.15/24\tlo\t# a comment", "NET.15/24 lo"},
	{"\t NET.16/24 \t lo \t ", "NET.16/24 lo"},
	{"NET.17/24 lo\r", "NET.17/24 lo"},
	{"NET.18/24 lo\rx", "NET.18/24 lo"},
	{"NET.19/24 lo\x00x", "NET.19/24 lo"},
	{"::ffff:NET.20/24 lo", "NET.20/24 lo"},
	{"FD00::00A/64 lo", "fd00::a/64 lo"},
	{"1:2:3:4:5:6:127.0.0.1/64 lo", "1:2:3:4:5:6:7f00:1/64 lo"},
	{"224.0.0.1/24 lo", "224.0.0.1/24 lo"},
	{"0.0.0.0/0 lo", "0.0.0.0/0 lo"},
	{"::/0 lo", "::/0 lo"},
	{"NET.21/ZEROS24 lo", "NET.21/24 lo"},
	{"# a comment", ""},
	{"\t # another", ""},
	{"#\rNET.30/24 lo", ""},
	{" \t ", ""},
	{"\rx", ""},
	{"\x00NET.31/24 lo", ""},
	{"", ""},
	{"NET.22/24 lo", "NET.22/24 lo"}, // without a newline
}

// longestWord is how many bytes an address and its mask have at most.
const longestWord = 63

// acceptedFile gives all of them, and the entries that are wanted.
func acceptedFile(network string) (text string, want []string) {
	var lines []string
	for _, a := range accepted {
		line := strings.ReplaceAll(a.line, "NET", network)
		word, _, _ := strings.Cut(line, " ")
		line = strings.ReplaceAll(line, "ZEROS", strings.Repeat("0", max(0, longestWord-len(word)+len("ZEROS"))))
		lines = append(lines, line)
		if a.want != "" {
			want = append(want, strings.ReplaceAll(a.want, "NET", network))
		}
	}
	return strings.Join(lines, "\n"), want
}

// refused are files that ctdbd refuses, and the first line that it refuses. They were first seen with the real daemons,
// which TestReal asks about some of them again.
var refused = []struct {
	name, text string
	line       int
	reason     error
	ask        bool // the real daemons
}{
	{"no interface", "NET.1/24 lo\nNET.2/24\n", 2, publicaddr.ErrNoInterface, true},
	{"no interface, a blank", "NET.1/24 \n", 1, publicaddr.ErrNoInterface, false},
	{"no interface for ctdbd", "NET.1/24\r lo\n", 1, publicaddr.ErrNoInterface, true},
	{"no interface for ctdbd, NUL", "NET.1/24\x00 lo\n", 1, publicaddr.ErrNoInterface, false},
	{"no blank", "NET.1/24\vlo\n", 1, publicaddr.ErrNoInterface, false},
	{"semicolon", ";comment\n", 1, publicaddr.ErrNoInterface, false},
	{"no comment", "\v#x\n", 1, publicaddr.ErrNoInterface, false},
	{"a sample of ctdb(7)", "192.168.1.98 eth2,eth3\n192.168.1.99 eth2,eth3\n", 1, publicaddr.ErrNoMask, true},
	{"blank before the slash", "NET.1 /24 lo\n", 1, publicaddr.ErrNoMask, false},
	{"no mask", "NET.1/ lo\n", 1, publicaddr.ErrMask, false},
	{"negative mask", "NET.1/-24 lo\n", 1, publicaddr.ErrMask, true},
	{"negative zero", "NET.1/-0 lo\n", 1, publicaddr.ErrMask, false},
	{"negative mask behind a blank", "NET.1/\v-3 lo\n", 1, publicaddr.ErrMask, false},
	{"only a blank", "NET.1/\v lo\n", 1, publicaddr.ErrMask, false},
	{"only a sign", "NET.1/+ lo\n", 1, publicaddr.ErrMask, false},
	{"two signs", "NET.1/++3 lo\n", 1, publicaddr.ErrMask, false},
	{"plus minus", "NET.1/+-3 lo\n", 1, publicaddr.ErrMask, false},
	{"hexadecimal mask", "NET.1/0x18 lo\n", 1, publicaddr.ErrMask, true},
	{"text behind the mask", "NET.1/24x lo\n", 1, publicaddr.ErrMask, false},
	{"a blank behind the mask", "NET.1/24\v lo\n", 1, publicaddr.ErrMask, false},
	{"underscore", "NET.1/1_0 lo\n", 1, publicaddr.ErrMask, false},
	{"Latin-1 blank", "NET.1/\x8524 lo\n", 1, publicaddr.ErrMask, false},
	{"huge mask", "NET.1/18446744073709551616 lo\n", 1, publicaddr.ErrMask, true},
	{"larger mask", "NET.1/99999999999999999999999 lo\n", 1, publicaddr.ErrMask, false},
	{"two masks", "NET.1/24/24 lo\n", 1, publicaddr.ErrAddress, false},
	{"mask in brackets", "[fd00::1/64] lo\n", 1, publicaddr.ErrMask, false},
	{"64 bytes", "127.0.0.1/" + strings.Repeat("0", 54) + " lo\n", 1, publicaddr.ErrAddress, true},
	{"no address", "/24 lo\n", 1, publicaddr.ErrAddress, false},
	{"short address", "NET/24 lo\n", 1, publicaddr.ErrAddress, false},
	{"leading zero", "NET.01/24 lo\n", 1, publicaddr.ErrAddress, true},
	{"host name", "localhost/8 lo\n", 1, publicaddr.ErrAddress, false},
	{"IPv4 in brackets", "[NET.1]/24 lo\n", 1, publicaddr.ErrAddress, true},
	{"zone", "fe80::1%lo/64 lo\n", 1, publicaddr.ErrAddress, true},
	{"mapped without dots", "::ffff:a00:1/24 lo\n", 1, publicaddr.ErrAddress, true},
	{"byte order mark", "\xef\xbb\xbfNET.1/24 lo\n", 1, publicaddr.ErrAddress, false},
	{"vertical tab", "\vNET.1/24 lo\n", 1, publicaddr.ErrAddress, false},
	{"duplicate", "NET.1/24 lo\n\n#\nNET.1/24 lo\n", 4, publicaddr.ErrDuplicate, true},
	{"duplicate, mapped", "NET.1/24 lo\n::ffff:NET.1/16 lo\n", 2, publicaddr.ErrDuplicate, true},
	{"duplicate, both without interfaces", "NET.1/24 ,\nNET.1/24 ,\n", 2, publicaddr.ErrDuplicate, false},
}

func TestAccepted(t *testing.T) {
	text, want := acceptedFile("10.9.0")
	file := mustParse(t, text)
	var got []string
	for entry := range file.All() {
		got = append(got, entry.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestRefused(t *testing.T) {
	for _, test := range refused {
		t.Run(test.name, func(t *testing.T) {
			file, err := publicaddr.Parse("public_addresses", []byte(strings.ReplaceAll(test.text, "NET", "10.9.0")))
			first, ok := errors.AsType[*publicaddr.ParseError](err)
			if !ok || !errors.Is(first, test.reason) || first.Line != test.line {
				t.Fatalf("error %v, want line %d: %v", err, test.line, test.reason)
			}
			if file.Len() != 0 {
				t.Errorf("a refused file has %d entries", file.Len())
			}
			for _, version := range releases {
				if got := file.CheckFor(version); fmt.Sprint(got) != err.Error() {
					t.Errorf("CheckFor(%v) = %v, want %v", version, got, err)
				}
			}
		})
	}
}
