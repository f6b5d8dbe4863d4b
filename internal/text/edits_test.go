package text_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

func TestApply(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src  string
		edit func(e *text.Edits, src *text.Source)
		want string
	}{
		"nothing": {"a\r\n\x00", func(*text.Edits, *text.Source) {}, "a\r\n\x00"},
		"replace": {"abc", func(e *text.Edits, _ *text.Source) { e.Replace(text.Span{Start: 1, End: 2}, "xyz") }, "axyzc"},
		"out of order": {"abcdef", func(e *text.Edits, _ *text.Source) {
			e.Replace(text.Span{Start: 4, End: 5}, "E")
			e.Replace(text.Span{Start: 0, End: 1}, "A")
			e.Replace(text.Span{Start: 1, End: 3}, "")
		}, "AdEf"},
		"insert around a replaced span": {"abc", func(e *text.Edits, _ *text.Source) {
			e.Replace(text.Span{Start: 1, End: 2}, "B")
			e.Insert(2, ">")
			e.Insert(1, "<")
		}, "a<B>c"},
		"inserts at one place keep their order": {"ab", func(e *text.Edits, _ *text.Source) {
			e.Insert(1, "3")
			e.Insert(0, "1")
			e.Insert(1, "4")
			e.Insert(0, "2")
		}, "12a34b"},
		"deletions unite": {"abcdef", func(e *text.Edits, _ *text.Source) {
			e.Delete(text.Span{Start: 1, End: 5})
			e.Delete(text.Span{Start: 2, End: 3})
			e.Delete(text.Span{Start: 4, End: 6})
		}, "a"},
		"line before": {"a\nb\n", func(e *text.Edits, src *text.Source) { e.InsertLine(src, 1, "x") }, "a\nx\nb\n"},
		"line behind": {"a\nb\n", func(e *text.Edits, src *text.Source) { e.InsertLine(src, 2, "x") }, "a\nb\nx\n"},
		"lines in an empty file": {"", func(e *text.Edits, src *text.Source) {
			e.InsertLine(src, 0, "x")
			e.InsertLine(src, 0, "y")
		}, "x\ny\n"},
		"CRLF habit": {"a\r\nb\r\n", func(e *text.Edits, src *text.Source) { e.InsertLine(src, 2, "x") }, "a\r\nb\r\nx\r\n"},
		"no final newline": {"a\r\nb", func(e *text.Edits, src *text.Source) {
			e.InsertLine(src, 2, "x")
			e.InsertLine(src, 2, "y")
		}, "a\r\nb\r\nx\r\ny"},
		"before the last without newline": {"a\nb", func(e *text.Edits, src *text.Source) {
			e.InsertLine(src, 1, "x")
		}, "a\nx\nb"},
		"last line exchanged": {"a\nb", func(e *text.Edits, src *text.Source) {
			e.DeleteLine(src, 1)
			e.InsertLine(src, 2, "x")
		}, "a\nx"},
		"all lines exchanged": {"a\nb", func(e *text.Edits, src *text.Source) {
			e.InsertLine(src, 2, "x")
			e.DeleteLine(src, 0)
			e.DeleteLine(src, 1)
		}, "x"},
		"line deleted twice": {"a\nb\nc", func(e *text.Edits, src *text.Source) {
			e.DeleteLine(src, 1)
			e.DeleteLine(src, 1)
		}, "a\nc"},
		"last line deleted": {"a\nb", func(e *text.Edits, src *text.Source) { e.DeleteLine(src, 1) }, "a\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := text.NewSource("nodes", []byte(test.src))
			var edits text.Edits
			test.edit(&edits, src)
			for range 2 { // Apply changes nothing
				got, err := edits.Apply(src)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, string(got)); diff != "" {
					t.Errorf("edits of %q (-want +got):\n%s", test.src, diff)
				}
			}
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		edit func(e *text.Edits, src *text.Source)
		want error
		text string
	}{
		"overlap": {func(e *text.Edits, _ *text.Source) {
			e.Replace(text.Span{Start: 0, End: 2}, "x")
			e.Replace(text.Span{Start: 1, End: 3}, "y")
		}, text.ErrOverlap, "nodes:1:2: two edits overlap"},
		"one span twice": {func(e *text.Edits, _ *text.Source) {
			e.Replace(text.Span{Start: 3, End: 4}, "x")
			e.Replace(text.Span{Start: 3, End: 4}, "x")
		}, text.ErrOverlap, "nodes:2:1: two edits overlap"},
		"insertion inside": {func(e *text.Edits, _ *text.Source) {
			e.Insert(1, "x")
			e.Delete(text.Span{Start: 0, End: 2})
		}, text.ErrOverlap, "nodes:1:2: two edits overlap"},
		"replaced and deleted": {func(e *text.Edits, _ *text.Source) {
			e.Replace(text.Span{Start: 3, End: 4}, "x")
			e.Delete(text.Span{Start: 3, End: 4})
		}, text.ErrOverlap, "nodes:2:1: two edits overlap"},
		"inside a deletion behind a shorter one": {func(e *text.Edits, _ *text.Source) {
			e.Delete(text.Span{Start: 0, End: 4})
			e.Delete(text.Span{Start: 1, End: 2})
			e.Replace(text.Span{Start: 3, End: 4}, "x")
		}, text.ErrOverlap, "nodes:2:1: two edits overlap"},
		"behind the end":     {func(e *text.Edits, _ *text.Source) { e.Insert(6, "x") }, text.ErrRange, ""},
		"before the start":   {func(e *text.Edits, _ *text.Source) { e.Insert(-1, "x") }, text.ErrRange, ""},
		"end before start":   {func(e *text.Edits, _ *text.Source) { e.Delete(text.Span{Start: 2, End: 1}) }, text.ErrRange, ""},
		"no such line":       {func(e *text.Edits, src *text.Source) { e.DeleteLine(src, 2) }, text.ErrRange, ""},
		"negative line":      {func(e *text.Edits, src *text.Source) { e.DeleteLine(src, -1) }, text.ErrRange, ""},
		"line far behind":    {func(e *text.Edits, src *text.Source) { e.InsertLine(src, 3, "x") }, text.ErrRange, ""},
		"line before line 0": {func(e *text.Edits, src *text.Source) { e.InsertLine(src, -1, "x") }, text.ErrRange, ""},
		"line break":         {func(e *text.Edits, src *text.Source) { e.InsertLine(src, 0, "x\ny") }, text.ErrLineBreak, ""},
		"carriage return":    {func(e *text.Edits, src *text.Source) { e.InsertLine(src, 0, "x\r") }, text.ErrLineBreak, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := text.NewSource("nodes", []byte("ab\ncd"))
			var edits text.Edits
			test.edit(&edits, src)
			got, err := edits.Apply(src)
			if got != nil || !errors.Is(err, test.want) {
				t.Errorf("Apply gives %q and the error %v, want %v", got, err, test.want)
			}
			if test.text != "" && err.Error() != test.text {
				t.Errorf("the error is %q, want %q", err, test.text)
			}
			e, ok := errors.AsType[*text.EditError](err)
			if !ok {
				t.Fatalf("the error is a %T", err)
			}
			if file, line, col := e.Position(); file != "nodes" || line < 1 || col < 1 {
				t.Errorf("the error is at %s:%d:%d", file, line, col)
			}
		})
	}
}

// TestApplyIsLinear counts what Apply allocates: one result, however many edits.
func TestApplyIsLinear(t *testing.T) {
	src := text.NewSource("nodes", []byte(strings.Repeat("10.0.0.1\n", 10_000)))
	var edits text.Edits
	for i := range src.Lines() {
		edits.Replace(src.Line(i), "#10.0.0.1")
	}
	allocs := testing.AllocsPerRun(5, func() {
		if _, err := edits.Apply(src); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 2 {
		t.Errorf("%v allocations for 10,000 edits", allocs)
	}
}
