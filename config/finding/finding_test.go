package finding_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

func TestSeverityText(t *testing.T) {
	for severity, want := range map[finding.Severity]string{
		finding.Note: "note", finding.Warning: "warning", finding.Error: "error",
	} {
		text, err := severity.MarshalText()
		if err != nil || string(text) != want || severity.String() != want {
			t.Errorf("severity %d is %q and %q, %v, want %q", uint8(severity), text, severity, err, want)
		}
		var got finding.Severity
		if err := got.UnmarshalText(text); err != nil || got != severity {
			t.Errorf("UnmarshalText(%q) gives %v, %v", text, got, err)
		}
	}
	for severity, want := range map[finding.Severity]string{0: "Severity(0)", 4: "Severity(4)", 255: "Severity(255)"} {
		if got := severity.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

func TestSeverityUnmarshalRefuses(t *testing.T) {
	for _, text := range []string{"", "Note", "warnings", "Severity(2)", "\x00"} {
		severity := finding.Warning
		if err := severity.UnmarshalText([]byte(text)); err == nil || severity != finding.Warning {
			t.Errorf("UnmarshalText(%q) gives %v, %v, want an error and no change", text, severity, err)
		}
	}
	var severity finding.Severity
	err := severity.UnmarshalText([]byte(strings.Repeat("x", 1<<20)))
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("the error about a long text has %d bytes", len(err.Error()))
	}
}

func TestSeverityOrder(t *testing.T) {
	if finding.Note >= finding.Warning || finding.Warning >= finding.Error {
		t.Error("the severities are not in order")
	}
}

func TestString(t *testing.T) {
	f := finding.Finding{ID: "nodes/x", Severity: finding.Warning, File: "dir/nodes", Message: "it is odd"}
	tests := []struct {
		line, col int
		want      string
	}{
		{3, 7, "dir/nodes:3:7: warning: it is odd (nodes/x)"},
		{3, 0, "dir/nodes:3: warning: it is odd (nodes/x)"},
		{0, 0, "dir/nodes: warning: it is odd (nodes/x)"},
		{0, 7, "dir/nodes: warning: it is odd (nodes/x)"}, // a column alone is no place
	}
	for _, test := range tests {
		f.Line, f.Col = test.line, test.col
		if got := f.String(); got != test.want {
			t.Errorf("String() = %q, want %q", got, test.want)
		}
		if file, line, col := f.Position(); file != "dir/nodes" || line != test.line || col != test.col {
			t.Errorf("Position() = %s, %d, %d", file, line, col)
		}
	}
}

// TestStringWithoutFile: what is about a cluster as a whole has no place.
func TestStringWithoutFile(t *testing.T) {
	f := finding.Finding{ID: "cluster/x", Severity: finding.Error, Message: "it is odd"}
	for file, want := range map[string]string{
		"":       "error: it is odd (cluster/x)",
		"node 3": "node 3: error: it is odd (cluster/x)",
	} {
		f.File = file
		if got := f.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	want := []finding.Finding{
		{ID: "nodes/x", Severity: finding.Error, File: "nodes", Line: 3, Col: 7, Message: "bad"},
		{ID: "nodes/y", Severity: finding.Note, File: "nodes", Message: "odd"},
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const wantText = `[{"id":"nodes/x","severity":"error","file":"nodes","line":3,"col":7,"message":"bad"},` +
		`{"id":"nodes/y","severity":"note","file":"nodes","message":"odd"}]`
	if diff := cmp.Diff(wantText, string(text)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	var got []finding.Finding
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	typeError := json.Unmarshal([]byte(`{"severity":3}`), &finding.Finding{})
	if _, ok := errors.AsType[*json.UnmarshalTypeError](typeError); !ok {
		t.Errorf("a severity that is a number gives %v", typeError)
	}
}

func TestSort(t *testing.T) {
	at := func(file string, line, col int, id string) finding.Finding {
		return finding.Finding{ID: id, File: file, Line: line, Col: col}
	}
	want := []finding.Finding{
		at("a", 9, 9, ""), at("b", 0, 0, ""), at("b", 1, 2, ""), at("b", 1, 10, "z"), at("b", 1, 10, "a"), at("b", 2, 1, ""),
	}
	got := []finding.Finding{want[5], want[3], want[1], want[0], want[4], want[2]}
	finding.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Sort (-want +got):\n%s", diff)
	}
	finding.Sort(nil)
}

func TestWorst(t *testing.T) {
	note, warning, bad := finding.Finding{Severity: finding.Note}, finding.Finding{Severity: finding.Warning},
		finding.Finding{Severity: finding.Error}
	tests := []struct {
		name     string
		findings []finding.Finding
		want     finding.Severity
	}{
		{"none", nil, 0},
		{"a note", []finding.Finding{note}, finding.Note},
		{"the first", []finding.Finding{bad, note, warning}, finding.Error},
		{"the last", []finding.Finding{note, warning}, finding.Warning},
	}
	for _, test := range tests {
		if got := finding.Worst(test.findings); got != test.want {
			t.Errorf("%s: Worst = %v, want %v", test.name, got, test.want)
		}
	}
}
