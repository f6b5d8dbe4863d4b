//go:build linux

package realctdb

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func TestJudge(t *testing.T) {
	installed := func(versions ...string) (installs []Install) {
		for _, version := range versions {
			r, err := release.Parse(version)
			if err != nil {
				t.Fatal(err)
			}
			installs = append(installs, Install{Release: r})
		}
		return installs
	}
	all := installed("4.13.13", "4.17.12", "4.22.11", "4.26.0")
	tests := []struct {
		name string
		in   situation
		skip string // part of the reason to skip
		fail string // part of the error
	}{
		{name: "runs", in: situation{root: true, installs: all}},
		{name: "runs when required", in: situation{root: true, required: true, installs: all}},
		{name: "short", in: situation{short: true, root: true}, skip: "-short"},
		{name: "short, required", in: situation{short: true, root: true, required: true}, fail: "-short"},
		{name: "not root", in: situation{}, skip: "only root"},
		{name: "not root, required", in: situation{required: true}, fail: "only root"},
		{name: "nothing installed", in: situation{root: true}, skip: "no CTDB"},
		{name: "nothing installed, required", in: situation{root: true, required: true}, fail: "no CTDB"},
		{
			name: "nothing usable",
			in:   situation{root: true, unusable: errors.New("proc is not mounted")},
			skip: "proc is not mounted",
		},
		{
			name: "no namespaces",
			in:   situation{root: true, installs: all, lacks: errors.New("operation not permitted")},
			skip: "not permitted",
		},
		{
			name: "no namespaces, required",
			in:   situation{root: true, required: true, installs: all, lacks: errors.New("operation not permitted")},
			fail: "not permitted",
		},
		{
			name: "all wanted are there",
			in:   situation{root: true, required: true, installs: all, wanted: []string{"4.13", "4.17", "4.22", "4.25+"}},
		},
		{
			name: "later is the same",
			in:   situation{root: true, required: true, installs: all, wanted: []string{"4.26+"}},
		},
		{
			name: "later is older",
			in:   situation{root: true, required: true, installs: all, wanted: []string{"4.27+"}},
			fail: "wants 4.27+",
		},
		{
			name: "a series is missing",
			in:   situation{root: true, required: true, installs: all, wanted: []string{"4.17", "4.25"}},
			fail: "wants 4.25, but only [4.13 4.17 4.22 4.26]",
		},
		{
			name: "missing because unusable",
			in: situation{
				root: true, required: true, installs: all, wanted: []string{"4.18"},
				unusable: errors.New("proc is not mounted"),
			},
			fail: "proc is not mounted",
		},
		{
			name: "wanted but not required",
			in:   situation{root: true, installs: all, wanted: []string{"4.25"}},
		},
		{
			name: "not a release",
			in:   situation{root: true, required: true, installs: all, wanted: []string{"sid"}},
			fail: `"sid" is not the version of a CTDB release`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			skip, err := tt.in.judge()
			if (skip == "") != (tt.skip == "") || !strings.Contains(skip, tt.skip) {
				t.Errorf("skip: got %q, want %q in it", skip, tt.skip)
			}
			fail := ""
			if err != nil {
				fail = err.Error()
			}
			if (fail == "") != (tt.fail == "") || !strings.Contains(fail, tt.fail) {
				t.Errorf("error: got %q, want %q in it", fail, tt.fail)
			}
		})
	}
}
