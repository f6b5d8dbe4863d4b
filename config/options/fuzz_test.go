package options_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/config/options"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

func addSeeds(f *testing.F, add func(data []byte)) {
	f.Helper()
	for _, c := range shellCases {
		add([]byte(c.text))
	}
	for _, c := range unclosed {
		add([]byte(c.text))
	}
	g := newGenerator(1)
	for range 50 {
		add(g.file())
	}
}

// FuzzParse holds the laws of reading: the bytes stay, entries, errors and findings are in the file and in order, and
// each assignment stands where its entry says and means the same by itself.
func FuzzParse(f *testing.F) {
	addSeeds(f, func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := options.Parse("f", bytes.Clone(data))
		if !bytes.Equal(file.Bytes(), data) {
			t.Fatalf("Bytes() = %q, want %q", file.Bytes(), data)
		}
		lines := bytes.SplitAfter(data, []byte("\n"))
		inside := func(line, col int) bool {
			return line >= 1 && line <= len(lines) && col >= 1 && col <= len(lines[line-1])
		}
		for _, found := range file.Validate(release.Release{}, "") {
			if !inside(found.Line, found.Col) {
				t.Errorf("the finding %v is not in the file", found)
			}
		}
		for _, e := range finding.Refusals(err) {
			text, _ := strings.CutSuffix(e.Text, "...")
			if !inside(e.Line, e.Col) || !bytes.HasPrefix(lines[e.Line-1][e.Col-1:], []byte(text)) {
				t.Errorf("the error %v does not point at its text", e)
			}
		}
		checkEntries(t, file, lines)
	})
}

func checkEntries(t *testing.T, file *options.File, lines [][]byte) {
	t.Helper()
	before := 0 // the offset behind the last entry
	offsets := make([]int, len(lines)+1)
	for i, line := range lines {
		offsets[i+1] = offsets[i] + len(line)
	}
	all := bytes.Join(lines, nil)
	for e := range file.All() {
		at := offsets[e.Line-1] + e.Col - 1
		if !bytes.HasPrefix(all[at:], []byte(e.Text)) || at < before && e.Name != "" || e.Text == "" && len(all) > 0 {
			t.Fatalf("the entry %+v is not at %d, or before %d", e, at, before)
		}
		before = max(before, at+len(e.Text))
		if e.EndLine < e.Line || e.EndLine > len(lines) {
			t.Errorf("the entry %+v ends in line %d", e, e.EndLine)
		}
		if e.Kind != options.Assignment {
			continue
		}
		alone, err := options.Parse("f", []byte(e.Text))
		if s := alone.Lookup(e.Name); err != nil || s.State != options.Literal || s.Value != e.Value {
			t.Errorf("%q by itself is %+v, %v, want %q", e.Text, s, err, e.Value)
		}
	}
}

// FuzzEdit holds the laws of edits: what was set is there, each edit touches the place of its variable only, what was
// added and removed again leaves no trace, and a refused edit changes nothing.
func FuzzEdit(f *testing.F) {
	addSeeds(f, func(data []byte) { f.Add(data, "A", "it's") })
	f.Add([]byte("# A=\"x y\"\nB=1"), "A", "x y")
	f.Add([]byte("A=1"), "CTDB_X", "a\nb")
	f.Fuzz(func(t *testing.T, data []byte, name, value string) {
		file, err := options.Parse("f", data)
		if err != nil {
			return
		}
		was := file.Lookup(name)
		if err := file.Set(name, value); err != nil {
			if !errors.Is(err, options.ErrElsewhere) || !bytes.HasSuffix(bytes.TrimRight(data, " \t\n"), []byte(`\`)) {
				checkRefused(t, err)
			}
			if !bytes.Equal(file.Bytes(), data) {
				t.Fatalf("a refused Set made %q of %q", file.Bytes(), data)
			}
			return
		}
		if got := file.Lookup(name); got.State != options.Literal || got.Value != value {
			t.Fatalf("set %q in %q, found %+v", value, data, got)
		}
		checkTouched(t, data, file.Bytes(), name)
		now := file.Bytes()
		if err := file.Set(name, value); err != nil || !bytes.Equal(file.Bytes(), now) {
			t.Errorf("set again, %q became %q, %v", now, file.Bytes(), err)
		}
		if was.State != options.Literal {
			if err := file.Unset(name); err != nil || !bytes.Equal(file.Bytes(), data) {
				t.Errorf("%q became %q and %q, %v", data, now, file.Bytes(), err)
			}
			return
		}
		checkUnset(t, file, name)
	})
}

func checkRefused(t *testing.T, err error) {
	t.Helper()
	for _, reason := range []error{options.ErrDynamic, options.ErrName, options.ErrValue, options.ErrNotSet, options.ErrTooLarge} {
		if errors.Is(err, reason) {
			return
		}
	}
	t.Errorf("refused with %v", err)
}

// checkTouched compares what is before and behind the first and the last byte that changed: the other assignments.
func checkTouched(t *testing.T, before, after []byte, name string) {
	t.Helper()
	old, err := options.Parse("f", before)
	if err != nil {
		t.Fatal(err)
	}
	now, err := options.Parse("f", after)
	if err != nil {
		t.Fatal(err)
	}
	list := func(f *options.File) (all []string) {
		for e := range f.All() {
			if e.Kind != options.Assignment || e.Name != name {
				all = append(all, e.Text)
			}
		}
		return all
	}
	if a, b := strings.Join(list(old), "\x00"), strings.Join(list(now), "\x00"); a != b && !strings.Contains(a, name) {
		t.Errorf("the other entries were %q and are %q", a, b)
	}
}

func checkUnset(t *testing.T, file *options.File, name string) {
	t.Helper()
	before := file.Bytes()
	if err := file.Unset(name); err != nil {
		if !errors.Is(err, options.ErrDynamic) || !bytes.Equal(file.Bytes(), before) {
			t.Errorf("Unset made %q of %q, %v", file.Bytes(), before, err)
		}
		return
	}
	if s := file.Lookup(name); s.State == options.Literal {
		t.Errorf("%+v is left in %q", s, file.Bytes())
	}
	if len(file.Bytes()) >= len(before) {
		t.Errorf("Unset made %q of %q", file.Bytes(), before)
	}
}
