package text_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// FuzzSource holds the laws of the index: lines and endings cover the source, and positions are in it and come back.
func FuzzSource(f *testing.F) {
	f.Add([]byte("10.0.0.1\n10.0.0.2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		src := text.NewSource("nodes", data)
		if !bytes.Equal(src.Bytes(), data) {
			t.Fatalf("Bytes() = %q, want %q", src.Bytes(), data)
		}
		var all strings.Builder
		for i := range src.Lines() {
			content, ending := src.Line(i), src.Ending(i)
			if content.End != ending.Start || content.Start > content.End || src.FullLine(i).IsEmpty() {
				t.Fatalf("line %d of %q is %v and %v", i, data, content, ending)
			}
			if strings.Contains(src.Text(content), "\n") {
				t.Errorf("line %d of %q has a newline in it", i, data)
			}
			all.WriteString(src.Text(content) + src.Text(ending))
		}
		if all.String() != string(data) {
			t.Errorf("the lines are %q, want %q", all.String(), data)
		}
		checkPositions(t, src)
	})
}

// checkPositions goes through all offsets and wants the positions that counting gives.
func checkPositions(t *testing.T, src *text.Source) {
	t.Helper()
	want := text.Position{File: "nodes", Line: 1, Col: 1}
	for offset := range src.Len() + 1 {
		got := src.Position(offset)
		if got != want {
			t.Fatalf("position of %d in %q is %v, want %v", offset, src, got, want)
		}
		if back, ok := src.Offset(got.Line, got.Col); !ok || back != offset {
			t.Fatalf("offset of %v in %q is %d, %v, want %d", got, src, back, ok, offset)
		}
		want.Col++
		if offset < src.Len() && src.String()[offset] == '\n' {
			want.Line, want.Col = want.Line+1, 1
		}
	}
}

// FuzzApply holds the law of edits: each edited span gives its text, each byte outside stays. The script has two bytes
// an edit, which are a distance from the last edit and the length of its span.
func FuzzApply(f *testing.F) {
	f.Add([]byte("10.0.0.1\n10.0.0.2\n"), []byte{0, 8, 1, 0}, "#")
	f.Fuzz(func(t *testing.T, data, script []byte, replacement string) {
		src := text.NewSource("nodes", data)
		var spans []text.Span
		for end := 0; len(script) >= 2; script = script[2:] {
			start := min(end+int(script[0]), len(data))
			end = min(start+int(script[1]), len(data))
			spans = append(spans, text.Span{Start: start, End: end})
		}
		var want strings.Builder
		end := 0
		for _, span := range spans {
			want.WriteString(string(data[end:span.Start]) + replacement)
			end = span.End
		}
		want.Write(data[end:])
		var forward text.Edits
		for _, span := range spans {
			forward.Replace(span, replacement)
		}
		got, err := forward.Apply(src)
		if err != nil {
			t.Fatalf("edits of %v: %v", spans, err)
		}
		if diff := cmp.Diff(want.String(), string(got)); diff != "" {
			t.Errorf("edits of %v in %q (-want +got):\n%s", spans, data, diff)
		}
		checkBackward(t, src, spans, replacement, got)
	})
}

// checkBackward wants the order in which edits were added not to matter. Insertions at one place are the exception.
func checkBackward(t *testing.T, src *text.Source, spans []text.Span, replacement string, want []byte) {
	t.Helper()
	var backward text.Edits
	for _, span := range slices.Backward(spans) {
		backward.Replace(span, replacement)
	}
	got, err := backward.Apply(src)
	if err != nil || !bytes.Equal(want, got) {
		t.Errorf("backward edits of %v give %q and %v, want %q", spans, got, err, want)
	}
}

// FuzzLines holds the law of whole lines: what comes out has the lines that a list of lines would have, and the file's
// habit at its end. The script has two bytes an edit: which line, and what to do there.
func FuzzLines(f *testing.F) {
	f.Add([]byte("10.0.0.1\n10.0.0.2\n"), []byte{1, 0, 0, 1})
	f.Fuzz(func(t *testing.T, data, script []byte) {
		src := text.NewSource("nodes", data)
		before := make([][]string, src.Lines()+1)
		deleted := make([]bool, src.Lines()+1)
		var edits text.Edits
		for n := 0; len(script) >= 2; n, script = n+1, script[2:] {
			i := int(script[0]) % (src.Lines() + 1)
			if script[1]%2 == 0 {
				line := strings.Repeat("x", n%4)
				edits.InsertLine(src, i, line)
				before[i] = append(before[i], line)
			} else if i < src.Lines() {
				edits.DeleteLine(src, i)
				deleted[i] = true
			}
		}
		var want []string
		for i := range before {
			want = append(want, before[i]...)
			if i < src.Lines() && !deleted[i] {
				want = append(want, src.Text(src.Line(i)))
			}
		}
		got, err := edits.Apply(src)
		if err != nil {
			t.Fatal(err)
		}
		checkLines(t, src, want, text.NewSource("nodes", got))
	})
}

func checkLines(t *testing.T, src *text.Source, want []string, got *text.Source) {
	t.Helper()
	var lines []string
	for i := range got.Lines() {
		lines = append(lines, got.Text(got.Line(i)))
	}
	for i := range want { // a CR that ends the last line becomes part of an ending
		want[i] = strings.TrimRight(want[i], "\r")
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "\r")
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("lines of %q (-want +got):\n%s", src, diff)
	}
	if src.Terminated() && !got.Terminated() {
		t.Errorf("%q ends with a newline and became %q", src, got)
	}
}
