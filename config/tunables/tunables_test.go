package tunables_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/config/tunables"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func minor(n int) release.Release { return release.Release{Major: 4, Minor: n} }

// releases has one for each set of rules.
var releases = []release.Release{minor(8), minor(9), minor(11), minor(12), minor(16), minor(17), minor(23), {}}

func mustParse(t testing.TB, text string) *tunables.File {
	t.Helper()
	f, err := tunables.Parse("f", []byte(text))
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return f
}

// show prints values in the order of their names.
func show(values tunables.Values) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all = append(all, fmt.Sprintf("%s=%d", name, values[name]))
	}
	return strings.Join(all, " ")
}

// reasons gives the places and reasons of an error, as "1:3 value".
func reasons(err error) string {
	names := []struct {
		err  error
		name string
	}{
		{tunables.ErrSyntax, "syntax"}, {tunables.ErrSection, "section"}, {tunables.ErrNoValue, "no-value"},
		{tunables.ErrUnknown, "unknown"}, {tunables.ErrObsolete, "obsolete"}, {tunables.ErrValue, "value"},
		{tunables.ErrTooLarge, "too-large"},
	}
	var all []string
	for _, e := range finding.Refusals(err) {
		for _, n := range names {
			if errors.Is(e, n.err) {
				all = append(all, fmt.Sprintf("%d:%d %s", e.Line, e.Col, n.name))
			}
		}
	}
	return strings.Join(all, ", ")
}

// readings are files and what releases take from them; the real programs were asked about all of these.
var readings = []struct {
	name, text string
	daemon     string // what releases from 4.17 take
	refused    string // and what they refuse
	script     string // what 4.16 takes
	stops      string // or why it does not start
}{
	{"empty", "", "", "", "", ""},
	{"plain", "# c\n\nRecoverTimeout=41\nKeepaliveLimit=9\n", "KeepaliveLimit=9 RecoverTimeout=41", "", "KeepaliveLimit=9 RecoverTimeout=41", ""},
	{"case", "recovertimeout=41\nKEEPALIVELIMIT=9\n", "KeepaliveLimit=9 RecoverTimeout=41", "", "KeepaliveLimit=9 RecoverTimeout=41", ""},
	{"the last counts", "RecoverTimeout=41\nrecoverTimeout=42\n", "RecoverTimeout=42", "", "RecoverTimeout=42", ""},
	{"no newline", "KeepaliveLimit=9\nRecoverTimeout=41", "KeepaliveLimit=9 RecoverTimeout=41", "", "KeepaliveLimit=9", ""},
	{"blanks", "RecoverTimeout = 41\n", "RecoverTimeout=41", "", "", "1:1 unknown"},
	{"blanks before the value", "RecoverTimeout=\t 41\n", "RecoverTimeout=41", "", "RecoverTimeout=41", ""},
	{"indented", " RecoverTimeout=41\n", "RecoverTimeout=41", "", "", "1:1 unknown"},
	{"blank line", "KeepaliveLimit=9\n \t\n", "KeepaliveLimit=9", "", "", "2:1 unknown"},
	{"semicolon", ";RecoverTimeout=41\n", "", "", "", "1:1 unknown"},
	{"indented comment", " # c\n", "", "", "", "1:1 unknown"},
	{"comment behind", "RecoverTimeout=41 # c\n", "", "1:16 value", "RecoverTimeout=41", ""},
	{"CRLF", "RecoverTimeout=41\r\n", "RecoverTimeout=41", "", "RecoverTimeout=41", ""},
	{"CRLF, empty line", "\r\nRecoverTimeout=41\r\n", "RecoverTimeout=41", "", "", "1:1 unknown"},
	{"continued", "Recover\\\nTimeout=4\\\n1\n", "RecoverTimeout=41", "", "RecoverTimeout=41", ""},
	{"continued, blank", "RecoverTimeout=4\\ \nKeepaliveLimit=9\n", "", "1:16 value", "KeepaliveLimit=9 RecoverTimeout=4", ""},
	{"continued comment", "# c\\\nRecoverTimeout=41\n", "RecoverTimeout=41", "", "", ""},
	{"escaped comment", "\\# c\nRecoverTimeout=41\n", "RecoverTimeout=41", "1:1 no-value", "RecoverTimeout=41", ""},
	{"NUL", "RecoverTimeout=4\x001\n", "RecoverTimeout=4", "", "RecoverTimeout=41", ""},
	{"several equals", "RecoverTimeout=41=\nKeepaliveLimit=9=5\n", "", "1:16 value, 2:16 value", "KeepaliveLimit=9 RecoverTimeout=41", ""},
	{"an equals as the value", "RecoverTimeout==\n", "", "1:16 value", "", "1:1 no-value"},
	{"section", "RecoverTimeout=41\n[b]\nKeepaliveLimit=9\n", "KeepaliveLimit=9 RecoverTimeout=41", "2:1 section", "", "2:1 unknown"},
	{"open section", "RecoverTimeout=41\n[b\nKeepaliveLimit=9\n", "RecoverTimeout=41", "2:1 syntax", "", "2:1 unknown"},
	{"no name", "RecoverTimeout=41\n=5\nKeepaliveLimit=9\n", "RecoverTimeout=41", "2:1 syntax", "KeepaliveLimit=9 RecoverTimeout=41", ""},
	{"no value", "RecoverTimeout=\nKeepaliveLimit=9\n", "KeepaliveLimit=9", "1:1 no-value", "", "1:1 no-value"},
	{"word", "RecoverTimeout\nKeepaliveLimit=9\n", "KeepaliveLimit=9", "1:1 no-value", "", "1:1 no-value"},
	{"unknown", "Nope=1\nKeepaliveLimit=9\n", "KeepaliveLimit=9", "1:1 unknown", "", "1:1 unknown"},
	{"not ASCII", "\u212aeepaliveLimit=9\n", "", "1:1 unknown", "", "1:1 unknown"},
	{"obsolete", "LCP2PublicIPs=1\nKeepaliveLimit=9\nvacuumlimit=5\n", "KeepaliveLimit=9", "1:1 obsolete, 3:1 obsolete", "", "1:1 obsolete"},
	{"a bad one later", "KeepaliveLimit=9\nKeepaliveLimit=x\n", "KeepaliveLimit=9", "2:16 value", "", "2:16 value"},
	{"option", "KeepaliveLimit=-5\n-x=3\n", "", "1:16 value, 2:1 unknown", "", "1:16 value"},
	{"hexadecimal", "KeepaliveLimit=0x1F\nRecoverTimeout=0X2a\n", "KeepaliveLimit=31 RecoverTimeout=42", "", "KeepaliveLimit=31 RecoverTimeout=42", ""},
	{"octal", "KeepaliveLimit=010\n", "KeepaliveLimit=8", "", "KeepaliveLimit=8", ""},
	{"not octal", "KeepaliveLimit=09\n", "", "1:16 value", "KeepaliveLimit=0", ""},
	{"0x", "KeepaliveLimit=0x\n", "", "1:16 value", "KeepaliveLimit=0", ""},
	{"plus", "KeepaliveLimit=+5\n", "KeepaliveLimit=5", "", "KeepaliveLimit=5", ""},
	{"plus and blank", "KeepaliveLimit=+ 5\n", "", "1:16 value", "", "1:16 value"},
	{"minus", "KeepaliveLimit= -5\n", "", "1:17 value", "", "1:16 value"},
	{"minus behind", "KeepaliveLimit=5-1\n", "", "1:16 value", "KeepaliveLimit=5", ""},
	{"32 bits", "KeepaliveLimit=4294967295\n", "KeepaliveLimit=4294967295", "", "KeepaliveLimit=4294967295", ""},
	{"33 bits", "KeepaliveLimit=4294967301\n", "KeepaliveLimit=5", "", "KeepaliveLimit=5", ""},
	{"64 bits", "KeepaliveLimit=18446744073709551615\n", "KeepaliveLimit=4294967295", "", "KeepaliveLimit=4294967295", ""},
	{"65 bits", "KeepaliveLimit=18446744073709551616\n", "", "1:16 value", "", "1:16 value"},
	{"words", "KeepaliveLimit=1.5\nRecoverTimeout=\"5\"\n", "", "1:16 value, 2:16 value", "", "2:16 value"},
}

func TestReadings(t *testing.T) {
	t.Parallel()
	for _, test := range readings {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, _ := tunables.Parse("f", []byte(test.text)) // CheckFor says more
			for _, r := range []release.Release{minor(17), minor(22), minor(25), {}} {
				values, err := f.Effective(r)
				if diff := cmp.Diff(test.daemon, show(values)); diff != "" || err != nil {
					t.Errorf("%v takes (-want +got):\n%s%v", r, diff, err)
				}
				if diff := cmp.Diff(test.refused, reasons(f.CheckFor(r))); diff != "" {
					t.Errorf("%v refuses (-want +got):\n%s", r, diff)
				}
			}
			for _, r := range []release.Release{minor(13), minor(16)} {
				values, err := f.Effective(r)
				if diff := cmp.Diff(test.script, show(values)); diff != "" {
					t.Errorf("%v takes (-want +got):\n%s", r, diff)
				}
				if diff := cmp.Diff(test.stops, reasons(err)); diff != "" {
					t.Errorf("%v refuses (-want +got):\n%s", r, diff)
				}
				if first, _, _ := strings.Cut(reasons(f.CheckFor(r)), ","); first != test.stops {
					t.Errorf("CheckFor of %v: %s", r, first)
				}
			}
			if values, err := f.Effective(minor(8)); len(values) > 0 || err != nil {
				t.Errorf("4.8 takes %v, %v", values, err)
			}
			checkGet(t, f)
		})
	}
}

// checkGet wants Get to be what the newest release takes.
func checkGet(t *testing.T, f *tunables.File) {
	t.Helper()
	values, _ := f.Effective(release.Release{}) // its error is about the size
	for tunable := range tunables.Known(release.Release{}) {
		got, ok := f.Get(strings.ToUpper(tunable.Name))
		if want, set := values.Lookup(tunable.Name); got != want || ok != set {
			t.Errorf("Get(%s) of %q = %d, %v, want %d, %v", tunable.Name, f.Bytes(), got, ok, want, set)
		}
	}
}

// TestOldNumbers is about 4.9 and 4.10, which take anything for a number, and about VacuumLimit.
func TestOldNumbers(t *testing.T) {
	t.Parallel()
	f, _ := tunables.Parse("f", []byte("RecoverTimeout=\nKeepaliveLimit=x\nKeepaliveInterval= -1\nVacuumLimit=7\n"+
		"MonitorInterval=99999999999999999999\nRecdFailCount=5-1\n"))
	want := "KeepaliveInterval=4294967295 KeepaliveLimit=0 MonitorInterval=4294967295 RecdFailCount=5 RecoverTimeout=0 VacuumLimit=7"
	values, err := f.Effective(minor(10))
	if got := show(values); got != want || err != nil {
		t.Errorf("4.10 takes %s, %v", got, err)
	}
	if got := reasons(f.CheckFor(minor(11))); got != "1:1 no-value, 2:16 value, 3:19 value, 5:17 value" {
		t.Errorf("4.11 refuses %s", got)
	}
	if got := reasons(f.CheckFor(minor(12))); !strings.Contains(got, "4:1 obsolete") {
		t.Errorf("4.12 refuses %s", got)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	const text = "# c\n\tRecoverTimeout = 4\\\n1\nx\nNope=y z\n[s]\nKeepaliveLimit=9\n=\nMonitorInterval=1\n"
	f, err := tunables.Parse("f", []byte(text))
	if got := reasons(err); got != "4:1 no-value, 6:1 section, 8:1 syntax" {
		t.Errorf("refused: %s", got)
	}
	want := []tunables.Setting{
		{Name: "RecoverTimeout", Text: "41", Line: 2}, {Name: "Nope", Text: "y z", Line: 5}, {Name: "KeepaliveLimit", Text: "9", Line: 7},
	}
	if diff := cmp.Diff(want, slices.Collect(f.All())); diff != "" || f.Len() != len(want) {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	for range f.All() {
		break
	}
	if s, ok := f.Lookup("nOPE"); !ok || s != want[1] {
		t.Errorf("Lookup: %v, %v", s, ok)
	}
	if s, ok := f.Lookup("MonitorInterval"); ok {
		t.Errorf("Lookup behind the end: %v", s)
	}
	if string(f.Bytes()) != text {
		t.Errorf("Bytes: %q", f.Bytes())
	}
	for _, err := range []error{f.Set("MonitorInterval", 1), f.Unset("Nope"), f.CommentOut("Nope")} {
		if !errors.Is(err, tunables.ErrNoValue) || string(f.Bytes()) != text {
			t.Errorf("an edit of a refused file: %v", err)
		}
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	f, err := tunables.Parse("f", make([]byte, tunables.MaxSize+1))
	if !errors.Is(err, tunables.ErrTooLarge) || len(f.Bytes()) != tunables.MaxSize+1 {
		t.Errorf("Parse: %v", err)
	}
	if _, err := f.Effective(release.Release{}); !errors.Is(err, tunables.ErrTooLarge) {
		t.Errorf("Effective: %v", err)
	}
	if err := f.CheckFor(release.Release{}); !errors.Is(err, tunables.ErrTooLarge) {
		t.Errorf("CheckFor: %v", err)
	}
	if _, err := f.Upgrade(minor(9), minor(25)); !errors.Is(err, tunables.ErrTooLarge) {
		t.Errorf("Upgrade: %v", err)
	}
	if err := f.Set("MonitorInterval", 1); !errors.Is(err, tunables.ErrTooLarge) {
		t.Errorf("Set: %v", err)
	}
	if found := f.Validate(release.Release{}); len(found) != 1 || found[0].ID != tunables.FindingTooLarge {
		t.Errorf("Validate: %v", found)
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	for _, r := range releases {
		count, obsolete := 0, 0
		for tunable := range tunables.Known(r) {
			count++
			if tunable.Obsolete {
				obsolete++
			}
			if (tunable.Description == "") != tunable.Obsolete || tunable.Unit == "" {
				t.Errorf("%+v", tunable)
			}
			found, ok := tunables.Lookup(r, strings.ToLower(tunable.Name))
			if !ok || found != tunable {
				t.Errorf("Lookup(%s) = %+v, %v", tunable.Name, found, ok)
			}
		}
		want := 13
		if !r.AtLeast(4, 12, 0) {
			want = 12
		}
		if count != 62 || obsolete != want {
			t.Errorf("%v: %d tunables, %d of them obsolete", r, count, obsolete)
		}
	}
	for range tunables.Known(release.Release{}) {
		break
	}
	for _, name := range []string{"", "MutexEnabled", strings.Repeat("x", 1000), "\u212aeepaliveLimit"} {
		if found, ok := tunables.Lookup(release.Release{}, name); ok {
			t.Errorf("Lookup(%q) = %v", name, found)
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	values := tunables.Values{"RecoverTimeout": 41}
	all := values.WithDefaults(minor(11))
	if value, ok := all.Lookup("recovertimeout"); !ok || value != 41 || len(all) != 50 {
		t.Errorf("%d values, RecoverTimeout %d, %v", len(all), value, ok)
	}
	if value, ok := all.Lookup("vacuumLIMIT"); !ok || value != 5000 {
		t.Errorf("VacuumLimit %d, %v", value, ok)
	}
	if value, ok := all.Lookup("Nope"); ok {
		t.Errorf("Nope is %d", value)
	}
}
