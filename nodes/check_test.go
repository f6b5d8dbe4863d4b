package nodes_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/nodes"
)

func TestCheckFor(t *testing.T) {
	const want = "want a numeric IPv4 or IPv6 address"
	const brackets = want + ` without brackets, which CTDB reads since 4.16, got "[fd00::1]"`
	tests := []struct {
		name, text string
		old, new   string // what 4.15.13 and 4.16.0 say
	}{
		{"empty", "", "", ""},
		{"plain", "10.0.0.1\nfd00::1\n# [fd00::2]\n", "", ""},
		{"brackets", "10.0.0.1\n\n [fd00::1] \n", "nodes:3:2: " + brackets, ""},
		{
			"brackets in a refused file", "[fd00::1]\nx\n",
			"nodes:1:1: " + brackets + "\n" +
				"nodes:2:1: " + want + `, got "x"`,
			"nodes:2:1: " + want + `, got "x"`,
		},
		{
			"brackets that nobody reads", "[10.0.0.1]\n",
			"nodes:1:1: " + want + `, got "[10.0.0.1]"`, "nodes:1:1: " + want + `, got "[10.0.0.1]"`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, parseErr := nodes.Parse("nodes", []byte(test.text))
			for _, check := range []struct {
				release release.Release
				want    string
			}{
				{release.Release{Major: 4, Minor: 15, Patch: 13}, test.old},
				{release.Release{Major: 4, Minor: 16}, test.new},
				{release.Release{}, test.new},
			} {
				err := file.CheckFor(check.release)
				if diff := cmp.Diff(check.want, message(err)); diff != "" {
					t.Errorf("CheckFor(%v) (-want +got):\n%s", check.release, diff)
				}
				if err == nil {
					continue
				}
				first, ok := errors.AsType[*nodes.ParseError](err)
				if !ok || !errors.Is(err, nodes.ErrAddress) {
					t.Errorf("CheckFor(%v): %v is no *ParseError that is ErrAddress", check.release, err)
				}
				if brackets := strings.Contains(first.Error(), "brackets"); errors.Is(first, nodes.ErrBrackets) != brackets {
					t.Errorf("CheckFor(%v): %v is ErrBrackets: %v", check.release, first, !brackets)
				}
			}
			if got := message(parseErr); got != test.new {
				t.Errorf("Parse: %v, want what the newest release says", parseErr)
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestCheckForTooLarge(t *testing.T) {
	file, err := nodes.Parse("nodes", make([]byte, nodes.MaxSize+1))
	for _, r := range []release.Release{{}, {Major: 4, Minor: 13}} {
		if got := file.CheckFor(r); !errors.Is(got, nodes.ErrTooLarge) || got.Error() != err.Error() {
			t.Errorf("CheckFor(%v) = %v, want %v", r, got, err)
		}
	}
}

func TestCheckForAfterEdits(t *testing.T) {
	old := release.Release{Major: 4, Minor: 13}
	file := mustParse(t, "[fd00::1]\n")
	if err := file.CheckFor(old); !errors.Is(err, nodes.ErrBrackets) {
		t.Errorf("error %v, want ErrBrackets", err)
	}
	if err := file.Delete(0); err != nil {
		t.Fatal(err)
	}
	if err := file.CheckFor(old); err != nil {
		t.Errorf("of a deleted node: %v", err)
	}
	var zero nodes.File
	if err := zero.CheckFor(old); err != nil {
		t.Errorf("of the zero File: %v", err)
	}
}
