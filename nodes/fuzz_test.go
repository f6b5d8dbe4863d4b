package nodes_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// FuzzParse holds the laws of Parse and of Validate. Its seeds are the recorded files and those in testdata/fuzz.
func FuzzParse(f *testing.F) {
	for _, r := range readRecorded(f) {
		f.Add(r.data())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := nodes.Parse("nodes", bytes.Clone(data))
		if !bytes.Equal(file.Bytes(), data) {
			t.Fatalf("Bytes() = %q, want %q", file.Bytes(), data)
		}
		checkFindings(t, data, file, err)
		switch {
		case err == nil:
			checkNodes(t, file)
		case file.Len() != 0:
			t.Errorf("%d nodes in a refused file", file.Len())
		case len(data) > nodes.MaxSize:
			if !errors.Is(err, nodes.ErrTooLarge) {
				t.Errorf("error %v for %d bytes", err, len(data))
			}
		default:
			checkPositions(t, data, err)
		}
	})
}

// checkFindings wants findings to be in the file and in its order, each error of Parse to be one, and an address to be
// reported as unusable if Append says so.
func checkFindings(t *testing.T, data []byte, file *nodes.File, err error) {
	t.Helper()
	findings := file.Validate()
	lines := bytes.SplitAfter(data, []byte("\n"))
	at := map[string]bool{} // "ID LINE:COL"
	last := finding.Finding{}
	for _, f := range findings {
		if f.Line != 0 && (f.Line > len(lines) || f.Col < 1 || f.Col > len(lines[f.Line-1])) || f.Line == 0 && f.Col != 0 {
			t.Errorf("%v is not in the file %q", f, clipped(data))
		}
		if f.Line < last.Line || f.Line == last.Line && f.Col < last.Col {
			t.Errorf("%v comes after %v", f, last)
		}
		if f.File != "nodes" || f.ID == "" || f.Message == "" || f.Severity == 0 {
			t.Errorf("%#v lacks something", f)
		}
		at[fmt.Sprintf("%s %d:%d", f.ID, f.Line, f.Col)] = true
		last = f
	}
	for _, e := range errorsIn(err) {
		id := nodes.FindingAddress
		if errors.Is(e, nodes.ErrTooLarge) {
			id = nodes.FindingTooLarge
		}
		if !at[fmt.Sprintf("%s %d:%d", id, e.Line, e.Col)] {
			t.Errorf("error %v is no finding", e)
		}
	}
	unusable := 0
	for node := range file.Active() {
		if _, err := new(nodes.File).Append(node.Address); errors.Is(err, nodes.ErrUnusable) {
			unusable++
		}
	}
	found := slices.DeleteFunc(findings, func(f finding.Finding) bool { return f.ID != nodes.FindingUnusable })
	if len(found) != unusable && unusable <= 100 {
		t.Errorf("%d unusable addresses in %q, and the findings %v", unusable, clipped(data), found)
	}
}

func clipped(data []byte) []byte { return data[:min(len(data), 200)] }

// errorsIn gives the single errors in the error of Parse.
func errorsIn(err error) []*nodes.ParseError {
	if list, ok := errors.AsType[*nodes.ParseErrors](err); ok {
		return list.Errors
	}
	if single, ok := errors.AsType[*nodes.ParseError](err); ok {
		return []*nodes.ParseError{single}
	}
	return nil
}

// checkPositions wants each error to point at its text in the file, in the order of the file.
func checkPositions(t *testing.T, data []byte, err error) {
	t.Helper()
	errs := errorsIn(err)
	if len(errs) == 0 {
		t.Fatalf("error %v has no *ParseError", err)
	}
	lines := bytes.Split(data, []byte("\n"))
	last := 0
	for _, e := range errs {
		if e.Line <= last || e.Line > len(lines) || e.Col < 1 || e.Col > len(lines[e.Line-1]) {
			t.Fatalf("error %v after line %d is not in the file", e, last)
		}
		text, _ := bytes.CutSuffix([]byte(e.Text), []byte("..."))
		if !bytes.HasPrefix(lines[e.Line-1][e.Col-1:], text) {
			t.Errorf("error %v does not point at its text", e)
		}
		if !errors.Is(e, nodes.ErrAddress) {
			t.Errorf("error %v is not ErrAddress", e)
		}
		last = e.Line
	}
}

func checkNodes(t *testing.T, file *nodes.File) {
	t.Helper()
	count, line := 0, 0
	for node := range file.All() {
		if node.PNN != nodes.PNN(count) {
			t.Errorf("node %d has the number %v", count, node.PNN)
		}
		if node.Line <= line {
			t.Errorf("node %v is on line %d, behind line %d", node, node.Line, line)
		}
		if node.Deleted == node.Address.IsValid() || node.Address.Zone() != "" || node.Address.Is4In6() {
			t.Errorf("node %v, deleted %v, has the address %v", node, node.Deleted, node.Address)
		}
		count, line = count+1, node.Line
	}
	if count != file.Len() {
		t.Errorf("%d nodes, Len() = %d", count, file.Len())
	}
}
