package publicaddr_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/publicaddr"
)

func addSeeds(f *testing.F, add func(data []byte)) {
	f.Helper()
	for _, r := range readRecorded(f) {
		add([]byte(r.Input))
	}
	text, _ := acceptedFile("10.9.0")
	add([]byte(text))
	for _, r := range refused {
		add([]byte(strings.ReplaceAll(r.text, "NET", "10.9.0")))
	}
}

// FuzzParse holds the laws of reading: the bytes stay, errors and findings are in the file, an entry reads as itself.
func FuzzParse(f *testing.F) {
	addSeeds(f, func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := publicaddr.Parse("f", bytes.Clone(data))
		if !bytes.Equal(file.Bytes(), data) {
			t.Fatalf("Bytes() = %q, want %q", file.Bytes(), data)
		}
		if changes := publicaddr.Diff(file, file); len(changes) != 0 {
			t.Errorf("the file differs from itself: %v", changes)
		}
		lines := bytes.SplitAfter(data, []byte("\n"))
		inside := func(line, col int) bool {
			return line >= 1 && line <= len(lines) && col >= 1 && col <= len(lines[line-1])
		}
		for _, found := range file.Validate(nil) {
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
		if old := file.CheckFor(releases[0]); err != nil && old == nil {
			t.Errorf("an old release accepts what a new one refuses: %v", err)
		}
		checkEntries(t, file)
	})
}

func checkEntries(t *testing.T, file *publicaddr.File) {
	t.Helper()
	line := 0
	for e := range file.All() {
		found, ok := file.Lookup(e.Address)
		if !ok || found.Line != e.Line || e.Line <= line || e.Mask < 0 || e.Mask > 255 {
			t.Errorf("entry %v in line %d, behind line %d; found %v, %v", e, e.Line, line, found, ok)
		}
		line = e.Line
		if len(e.Interfaces) == 0 {
			continue
		}
		again, err := publicaddr.Parse("f", []byte(e.String()))
		if err != nil || again.Len() != 1 {
			t.Fatalf("%q is not read again: %v", e.String(), err)
		}
		if got, _ := again.Lookup(e.Address); got.String() != e.String() {
			t.Errorf("%q is read as %q", e.String(), got.String())
		}
	}
}

// FuzzEdit holds the laws of edits: each touches its own line only, what was added is found, what was removed is not, and
// a refused edit changes nothing.
func FuzzEdit(f *testing.F) {
	addSeeds(f, func(data []byte) { f.Add(data, "eth0", uint8(24)) })
	f.Add([]byte("10.0.0.1/24 eth0"), "a,b", uint8(200))
	f.Fuzz(func(t *testing.T, data []byte, name string, mask uint8) {
		file, err := publicaddr.Parse("f", data)
		if err != nil {
			return
		}
		added := publicaddr.Entry{Address: addr("203.0.113.77"), Mask: int(mask), Interfaces: []string{name}}
		if err := file.Add(added); err != nil {
			if !bytes.Equal(file.Bytes(), data) {
				t.Fatalf("a refused Add made %q of %q", file.Bytes(), data)
			}
		} else {
			got, ok := file.Lookup(added.Address)
			if !ok || got.String() != added.String() {
				t.Fatalf("added %v, found %v, %v", added, got, ok)
			}
			if rest, ok := cutOnce(file.Bytes(), data, added.String()+"\n"); !ok {
				t.Fatalf("Add made %q of %q", rest, data)
			}
			if err := file.CheckFor(releases[0]); err != nil && !errors.Is(err, publicaddr.ErrBrackets) {
				t.Errorf("an old release refuses it: %v", err)
			}
			if err := file.Remove(added.Address); err != nil {
				t.Fatal(err)
			}
		}
		for e := range file.All() {
			checkEditsOf(t, file.Bytes(), e)
		}
	})
}

// cutOnce tells whether new is old with the line put in somewhere, and perhaps a newline before it.
func cutOnce(now, old []byte, line string) (rest []byte, ok bool) {
	i := bytes.LastIndex(now, []byte(line))
	if i < 0 {
		return now, false
	}
	rest = append(bytes.Clone(now[:i]), now[i+len(line):]...)
	return rest, bytes.Equal(rest, old) || bytes.Equal(rest, append(bytes.Clone(old), '\n'))
}

func checkEditsOf(t *testing.T, data []byte, e publicaddr.Entry) {
	t.Helper()
	lines := bytes.SplitAfter(data, []byte("\n"))
	file, err := publicaddr.Parse("f", data)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.SetInterfaces(e.Address, "eth7", "eth8"); err != nil {
		t.Fatal(err)
	}
	after := bytes.SplitAfter(file.Bytes(), []byte("\n"))
	for i := range lines {
		if i != e.Line-1 && !bytes.Equal(lines[i], after[i]) {
			t.Errorf("SetInterfaces in line %d changed line %d", e.Line, i+1)
		}
	}
	if now, _ := file.Lookup(e.Address); strings.Join(now.Interfaces, ",") != "eth7,eth8" || now.Text != e.Text || now.Mask != e.Mask {
		t.Errorf("SetInterfaces made %+v of %+v", now, e)
	}
	if err := file.Remove(e.Address); err != nil {
		t.Fatal(err)
	}
	want := bytes.Join(append(append([][]byte{}, lines[:e.Line-1]...), lines[e.Line:]...), nil)
	if _, ok := file.Lookup(e.Address); ok || !bytes.Equal(file.Bytes(), want) {
		t.Errorf("Remove gave %q, want %q", file.Bytes(), want)
	}
}
