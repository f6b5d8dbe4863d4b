package group_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/nodes/group"
)

// FuzzParse holds the laws of reading: the bytes stay, and errors and findings are in the file.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := group.Parse("f", bytes.Clone(data))
		if !bytes.Equal(file.Bytes(), data) {
			t.Fatalf("Bytes() = %q, want %q", file.Bytes(), data)
		}
		lines := bytes.SplitAfter(data, []byte("\n"))
		for _, found := range file.Validate(nil) {
			if found.Line == 0 && found.Col == 0 { // about the file
				continue
			}
			if found.Line > len(lines) || found.Col < 1 || found.Col > len(lines[found.Line-1]) {
				t.Errorf("the finding %v is not in the file", found)
			}
		}
		all, ok := errors.AsType[*group.ParseErrors](err)
		if single, one := errors.AsType[*group.ParseError](err); !ok && one {
			all = &group.ParseErrors{Errors: []*group.ParseError{single}}
		}
		if all != nil {
			for _, e := range all.Errors {
				text, _ := strings.CutSuffix(e.Text, "...")
				if e.Line > len(lines) || !bytes.HasPrefix(lines[e.Line-1][e.Col-1:], []byte(text)) {
					t.Errorf("the error %v does not point at its text", e)
				}
			}
		}
		if old := file.CheckFor(oldRelease); err != nil && old == nil {
			t.Errorf("an old release accepts what none does: %v", err)
		}
	})
}

// FuzzEdit holds the laws of edits: each touches its own lines only, what was added is found, and what was removed is not.
func FuzzEdit(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte, neverLeads bool) {
		file, err := group.Parse("f", data)
		if err != nil {
			return
		}
		const text = "203.0.113.77"
		if _, there := file.Lookup(addr(text)); there {
			return
		}
		if err := file.Add(addr(text), neverLeads, newest); err != nil {
			t.Fatal(err)
		}
		if m, ok := file.Lookup(addr(text)); !ok || m.FollowerOnly != neverLeads {
			t.Fatalf("added, found %v, %v", m, ok)
		}
		if err := file.SetFollowerOnly(addr(text), !neverLeads, oldRelease); err != nil {
			t.Fatal(err)
		}
		if m, ok := file.Lookup(addr(text)); !ok || m.FollowerOnly == neverLeads {
			t.Fatalf("set, found %v, %v", m, ok)
		}
		if err := file.Remove(addr(text)); err != nil {
			t.Fatal(err)
		}
		if now := file.Bytes(); !bytes.Equal(now, data) && !bytes.Equal(now, append(bytes.Clone(data), '\n')) {
			t.Fatalf("adding and removing made %q of %q", now, data)
		}
		if err := file.Translate(newest); err != nil {
			t.Fatal(err)
		}
		if err := file.CheckFor(newest); err != nil {
			t.Errorf("translated, and refused: %v", err)
		}
	})
}
