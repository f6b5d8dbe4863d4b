package nodes

import (
	"slices"
	"strings"
	"testing"
)

// TestSpansCoverSource holds what lossless edits will stand on: the lines and the newlines between them are the source.
func TestSpansCoverSource(t *testing.T) {
	for _, src := range []string{"", "\n", "a", "a\n", "a\nb", "\n\n", "a\r\n\n \x00\nb\n\n", "a\n\n\nb"} {
		var texts []string
		end := 0
		for i, line := range splitLines(src) {
			if i > 0 && int(line.start) != end+1 {
				t.Errorf("%q: line %d starts at %d, want %d", src, i+1, line.start, end+1)
			}
			end = int(line.end)
			texts = append(texts, line.in(src))
			content := line.content(src)
			if content.start < line.start || content.end > line.end || content.start > content.end {
				t.Errorf("%q: content %v is not in line %v", src, content, line)
			}
		}
		want := slices.Collect(strings.Lines(src))
		for i := range want {
			want[i] = strings.TrimSuffix(want[i], "\n")
		}
		if !slices.Equal(want, texts) {
			t.Errorf("lines of %q: %q, want %q", src, texts, want)
		}
	}
}

func TestContent(t *testing.T) {
	for line, want := range map[string]string{
		"":          "",
		" \t ":      "",
		"\t a b\t ": "a b",
		"a \r b":    "a",
		" a\x00b\r": "a",
		"\r a":      "",
		"\va\f":     "\va\f",
	} {
		src := "x\n" + line + "\ny"
		got := splitLines(src)[1].content(src).in(src)
		if got != want {
			t.Errorf("content of %q is %q, want %q", line, got, want)
		}
	}
}
