package release_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, version string
		want          release.Release
	}{
		{"Debian 11", "4.13.13-Debian\n", release.Release{Major: 4, Minor: 13, Patch: 13}},
		{"Debian 12", "4.17.12-Debian\n", release.Release{Major: 4, Minor: 17, Patch: 12}},
		{"Debian 13", "4.22.11-Debian-4.22.11+dfsg-0+deb13u1\n", release.Release{Major: 4, Minor: 22, Patch: 11}},
		{"Debian sid", "4.25.1-Debian-4.25.1+dfsg-1\n", release.Release{Major: 4, Minor: 25, Patch: 1}},
		{"Ubuntu", "4.15.13-Ubuntu", release.Release{Major: 4, Minor: 15, Patch: 13}},
		{"before 4.5", "CTDB version: 4.2.10\n", release.Release{Major: 4, Minor: 2, Patch: 10}},
		{"before 4.5, stand-alone", "CTDB version: 2.5.4\n", release.Release{Major: 2, Minor: 5, Patch: 4}},
		{"before 4.5, without blank", "CTDB version:2.5", release.Release{Major: 2, Minor: 5}},
		{"upstream", "4.19.4", release.Release{Major: 4, Minor: 19, Patch: 4}},
		{"release candidate", "4.25.0rc2", release.Release{Major: 4, Minor: 25}},
		{"git", "4.23.0pre1-GIT-0123456789a", release.Release{Major: 4, Minor: 23}},
		{"RHEL package", "4.19.4-3.el9", release.Release{Major: 4, Minor: 19, Patch: 4}},
		{"RHEL package with epoch", "0:4.19.4-3.el9_4.1", release.Release{Major: 4, Minor: 19, Patch: 4}},
		{"SUSE", "4.21.4-git.410.a3b0f5e1d7bSUSE-SLE_15", release.Release{Major: 4, Minor: 21, Patch: 4}},
		{"SUSE package", "4.21.4+git.410.a3b0f5e1d7b-150700.1.1", release.Release{Major: 4, Minor: 21, Patch: 4}},
		{"Debian package", "2:4.17.12+dfsg-0+deb12u4", release.Release{Major: 4, Minor: 17, Patch: 12}},
		{"Debian package of a candidate", "2:4.25.0~rc2+dfsg-1", release.Release{Major: 4, Minor: 25}},
		{"stand-alone", "1.0.114", release.Release{Major: 1, Minor: 0, Patch: 114}},
		{"four numbers", "1.0.114.5-3.el6", release.Release{Major: 1, Minor: 0, Patch: 114}},
		{"stand-alone 2", "2.5.4", release.Release{Major: 2, Minor: 5, Patch: 4}},
		{"two numbers", "1.13", release.Release{Major: 1, Minor: 13}},
		{"blanks around", " \t4.17.12-Debian \r\n", release.Release{Major: 4, Minor: 17, Patch: 12}},
		{"a suffix of words", "4.17.12 (built by hand)", release.Release{Major: 4, Minor: 17, Patch: 12}},
		{"the future", "5.0.0", release.Release{Major: 5}},
		{"six digits", "999999.999999.999999", release.Release{Major: 999999, Minor: 999999, Patch: 999999}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := release.Parse(test.version)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", test.version, diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	const wantNumbers = "want MAJOR.MINOR.PATCH"
	tests := []struct{ name, version, reason string }{
		{"nothing", "", wantNumbers},
		{"blanks", " \n", wantNumbers},
		{"a word", "unknown", wantNumbers},
		{"a message", "ctdb: command not found", wantNumbers},
		{"only a prefix", "CTDB version:", wantNumbers},
		{"only an epoch", "2:", wantNumbers},
		{"two epochs", "2:2:4.17.12", wantNumbers},
		{"one number", "4", wantNumbers},
		{"no minor", "4.", wantNumbers},
		{"no patch", "4.17.", wantNumbers},
		{"a word for a patch", "4.17.x", wantNumbers},
		{"a sign", "-4.17.12", wantNumbers},
		{"seven digits", "4.1000000.0", wantNumbers},
		{"a comma", "4.17,12", "unexpected text after the numbers"},
		{"two lines", "4.17.12-Debian\n4.22.11-Debian", "unexpected text after the numbers"},
		{"a NUL", "4.17.12\x00", "unexpected text after the numbers"},
		{"not ASCII", "4.17.12-é", "unexpected text after the numbers"},
		{"all zero", "0.0.0", "there is no release 0.0.0"},
		{"all zero with a suffix", "0.0-1", "there is no release 0.0.0"},
		{"too long", "4.17.12-" + strings.Repeat("x", 512), "it is too long"},
		{"too long, blank", strings.Repeat(" ", 1<<20), "it is too long"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := release.Parse(test.version)
			parseErr, ok := errors.AsType[*release.ParseError](err)
			if !ok {
				t.Fatalf("Parse(%q) = %v, %v, want a *ParseError", test.version, got, err)
			}
			if got != (release.Release{}) {
				t.Errorf("Parse(%q) = %v with an error, want the zero value", test.version, got)
			}
			if diff := cmp.Diff(test.reason, parseErr.Reason); diff != "" {
				t.Errorf("Reason (-want +got):\n%s", diff)
			}
			if len(err.Error()) > 400 {
				t.Errorf("the message has %d bytes: a long text must be cut", len(err.Error()))
			}
		})
	}
}

func TestParseErrorMessage(t *testing.T) {
	_, err := release.Parse("Connection refused\n")
	want := `"Connection refused\n" is not the version of a CTDB release: want MAJOR.MINOR.PATCH`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestText(t *testing.T) {
	type report struct {
		Release release.Release `json:"release"`
		Absent  release.Release `json:"absent"`
	}
	want := report{Release: release.Release{Major: 4, Minor: 17, Patch: 12}}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"release":"4.17.12","absent":""}`, string(text)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	got := report{Absent: release.Release{Major: 1}}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	appended, err := want.Release.AppendText([]byte("ctdb "))
	if err != nil || string(appended) != "ctdb 4.17.12" {
		t.Errorf("AppendText = %q, %v", appended, err)
	}
}

func TestUnmarshalTextKeepsValueOnError(t *testing.T) {
	got := release.Release{Major: 4, Minor: 17}
	err := got.UnmarshalText([]byte("4.x"))
	if _, ok := errors.AsType[*release.ParseError](err); !ok {
		t.Errorf("error %v, want a *ParseError", err)
	}
	if want := (release.Release{Major: 4, Minor: 17}); got != want {
		t.Errorf("the value became %v, want %v as before", got, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"4.17.12-Debian\n", "CTDB version: 4.2.10", "2:4.17.12+dfsg-0+deb12u4", "4.25.0rc2", "1.13", "0.0", "4.17,12",
		"99999999999999999999.1", "4..1", ":4.1", "4.17.12\n4.17.13",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, version string) {
		parsed, err := release.Parse(version)
		if err != nil {
			if parsed != (release.Release{}) || len(err.Error()) > 400 {
				t.Fatalf("Parse(%q) = %v and %d bytes of message", version, parsed, len(err.Error()))
			}
			return
		}
		if parsed.IsZero() {
			t.Fatalf("Parse(%q) gives the unknown release without an error", version)
		}
		again, err := release.Parse(parsed.String())
		if err != nil || again != parsed {
			t.Fatalf("Parse(%q) = %v, but reading that gives %v, %v", version, parsed, again, err)
		}
	})
}
