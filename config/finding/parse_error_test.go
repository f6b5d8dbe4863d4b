package finding_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

func TestParseErrors(t *testing.T) {
	t.Parallel()
	reason := errors.New("want something else")
	var bad finding.ParseErrors
	if err := bad.Err(); err != nil || finding.Refusals(err) != nil {
		t.Errorf("no bad line gives %v", err)
	}
	bad.Add(finding.ParseError{Name: "nodes", Line: 3, Col: 5, Text: strings.Repeat("x", 100), Err: reason})
	want := `nodes:3:5: want something else, got "` + strings.Repeat("x", 64) + `..."`
	if diff := cmp.Diff(want, bad.Err().Error()); diff != "" {
		t.Errorf("one bad line: mismatch (-want +got)\n%s", diff)
	}
	single, ok := errors.AsType[*finding.ParseError](bad.Err())
	if !ok || !errors.Is(single, reason) || len(finding.Refusals(bad.Err())) != 1 {
		t.Errorf("one bad line gives %#v", bad.Err())
	}
	for line := range 150 {
		bad.Add(finding.ParseError{Name: "nodes", Line: 4 + line, Col: 1, Err: reason})
	}
	err := bad.Err()
	if _, ok := errors.AsType[*finding.ParseErrors](err); !ok || len(finding.Refusals(err)) != 100 || bad.More != 51 {
		t.Errorf("%d bad lines are kept and %d counted", len(finding.Refusals(err)), bad.More)
	}
	if first, ok := errors.AsType[*finding.ParseError](err); !ok || first != single || !errors.Is(err, reason) {
		t.Errorf("the first bad line is %v", first)
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 101 || lines[1] != "nodes:4:1: want something else" || lines[100] != "and 51 more bad lines" {
		t.Errorf("got %d lines, the second %q and the last %q", len(lines), lines[1], lines[len(lines)-1])
	}
}
