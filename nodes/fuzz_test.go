package nodes_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// FuzzParse holds the laws of Parse. Its seeds are the recorded files and those in testdata/fuzz.
func FuzzParse(f *testing.F) {
	for _, r := range readRecorded(f) {
		f.Add(r.data())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := nodes.Parse("nodes", bytes.Clone(data))
		if !bytes.Equal(file.Bytes(), data) {
			t.Fatalf("Bytes() = %q, want %q", file.Bytes(), data)
		}
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

// checkPositions wants each error to point at its text in the file, in the order of the file.
func checkPositions(t *testing.T, data []byte, err error) {
	t.Helper()
	var errs []*nodes.ParseError
	if list, ok := errors.AsType[*nodes.ParseErrors](err); ok {
		errs = list.Errors
	} else if single, ok := errors.AsType[*nodes.ParseError](err); ok {
		errs = []*nodes.ParseError{single}
	}
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
