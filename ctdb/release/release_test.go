package release_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func TestCompare(t *testing.T) {
	ordered := []release.Release{
		{}, {1, 0, 114}, {1, 13, 0}, {2, 5, 4}, {4, 2, 0}, {4, 2, 10}, {4, 10, 0}, {4, 17, 9}, {4, 17, 12}, {5, 0, 0},
	}
	for i, a := range ordered {
		for j, b := range ordered {
			if got, want := sign(a.Compare(b)), sign(i-j); got != want {
				t.Errorf("%v.Compare(%v) = %d, want %d", a, b, got, want)
			}
		}
	}
	shuffled := slices.Clone(ordered)
	slices.Reverse(shuffled)
	slices.SortFunc(shuffled, release.Release.Compare)
	if diff := cmp.Diff(ordered, shuffled); diff != "" {
		t.Errorf("sorted (-want +got):\n%s", diff)
	}
}

func sign(n int) int { return max(-1, min(1, n)) }

func TestAtLeast(t *testing.T) {
	tests := []struct {
		name string
		r    release.Release
		want bool
	}{
		{"the release itself", release.Release{4, 21, 6}, true},
		{"newer patch", release.Release{4, 21, 7}, true},
		{"newer minor", release.Release{4, 22, 0}, true},
		{"newer major", release.Release{5, 0, 0}, true},
		{"older patch", release.Release{4, 21, 5}, false},
		{"older minor with larger patch", release.Release{4, 20, 9}, false},
		{"older major", release.Release{2, 99, 99}, false},
		{"unknown", release.Release{}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.r.AtLeast(4, 21, 6); got != test.want {
				t.Errorf("%v.AtLeast(4, 21, 6) = %v, want %v", test.r, got, test.want)
			}
		})
	}
}

func TestString(t *testing.T) {
	if got := (release.Release{4, 17, 12}).String(); got != "4.17.12" {
		t.Errorf("got %q", got)
	}
	if got := (release.Release{}).String(); got != "unknown" {
		t.Errorf("the zero value is %q", got)
	}
}

// TestFacts looks at the last release without and the first release with each fact, and at the unknown release.
func TestFacts(t *testing.T) {
	tests := []struct {
		name          string
		fact          func(release.Release) bool
		without, with []release.Release
	}{
		{"HasLeader", release.Release.HasLeader, []release.Release{{1, 0, 114}, {4, 15, 13}}, []release.Release{{4, 16, 0}}},
		{"HasUnknownFlag", release.Release.HasUnknownFlag, []release.Release{{4, 16, 11}}, []release.Release{{4, 17, 0}}},
		{"HasJSON", release.Release.HasJSON, []release.Release{{4, 24, 9}}, []release.Release{{4, 25, 0}}},
		{"ReadsBracketedIPv6", release.Release.ReadsBracketedIPv6,
			[]release.Release{{4, 13, 13}, {4, 15, 13}}, []release.Release{{4, 16, 0}, {4, 17, 12}}},
		{"HasNodesList", release.Release.HasNodesList, []release.Release{{4, 21, 9}}, []release.Release{{4, 22, 0}}},
		{"ToolReadsConf", release.Release.ToolReadsConf, []release.Release{{4, 21, 9}}, []release.Release{{4, 22, 0}}},
		{"HasShutdownTimeouts", release.Release.HasShutdownTimeouts,
			[]release.Release{{4, 20, 9}, {4, 21, 0}, {4, 21, 5}, {4, 22, 0}, {4, 22, 1}},
			[]release.Release{{4, 21, 6}, {4, 22, 2}, {4, 23, 0}, {5, 21, 0}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, r := range test.without {
				if test.fact(r) {
					t.Errorf("%v has it, want not", r)
				}
			}
			for _, r := range append(test.with, release.Release{4, 25, 1}, release.Release{}) {
				if !test.fact(r) {
					t.Errorf("%v does not have it", r)
				}
			}
		})
	}
}

func TestMachineSeparator(t *testing.T) {
	want := map[release.Release]string{{4, 4, 16}: ":", {1, 0, 114}: ":", {4, 5, 0}: "|", {4, 25, 1}: "|", {}: "|"}
	got := map[release.Release]string{}
	for r := range want {
		got[r] = r.MachineSeparator()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("separators (-want +got):\n%s", diff)
	}
}
