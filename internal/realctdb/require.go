//go:build linux

package realctdb

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// A situation is all that decides whether tests against real daemons run.
type situation struct {
	short, root bool
	required    bool     // GOCTDB_REQUIRE_REAL=1
	wanted      []string // the names in GOCTDB_RELEASES
	installs    []Install
	unusable    error // about installs that were found but can't be used
	lacks       error // what this host lacks for the kind of cluster that is wanted
}

func isRequired() bool { return os.Getenv("GOCTDB_REQUIRE_REAL") == "1" }

// enforce skips the test, or fails it, or neither.
func (s situation) enforce(t testing.TB) {
	t.Helper()
	skip, err := s.judge()
	switch {
	case err != nil:
		t.Fatalf("real CTDB: %v", err)
	case skip != "":
		t.Skipf("real CTDB: %s", skip)
	}
}

// judge says why the test must be skipped, or why it fails, or neither.
func (s situation) judge() (skip string, err error) {
	var reason string
	switch {
	case s.short:
		reason = "-short"
	case !s.root:
		reason = "only root can start CTDB daemons"
	case len(s.installs) == 0:
		reason = "no CTDB is installed here"
		if s.unusable != nil {
			reason = s.unusable.Error()
		}
	case s.lacks != nil:
		reason = s.lacks.Error()
	}
	if !s.required {
		return reason, nil
	}
	if reason != "" {
		return "", fmt.Errorf("GOCTDB_REQUIRE_REAL=1, but: %s", reason)
	}
	return "", s.missing()
}

// missing is about each wanted release that is not installed.
func (s situation) missing() error {
	var missing error
	for _, name := range s.wanted {
		found, err := hasRelease(s.installs, name)
		if err == nil && !found {
			err = fmt.Errorf("GOCTDB_RELEASES wants %s, but only %v are here", name, s.installs)
		}
		missing = errors.Join(missing, err)
	}
	if missing != nil {
		missing = errors.Join(missing, s.unusable)
	}
	return missing
}

// hasRelease looks for a name: "4.17" is that series, "4.25+" is that one or any later one.
func hasRelease(installs []Install, name string) (bool, error) {
	series, orLater := strings.CutSuffix(name, "+")
	wanted, err := release.Parse(series)
	if err != nil {
		return false, fmt.Errorf("GOCTDB_RELEASES: %w", err)
	}
	return slices.ContainsFunc(installs, func(install Install) bool {
		have := release.Release{Major: install.Release.Major, Minor: install.Release.Minor}
		want := release.Release{Major: wanted.Major, Minor: wanted.Minor}
		return have == want || orLater && have.Compare(want) > 0
	}), nil
}
