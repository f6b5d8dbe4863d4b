package nodes

import "strings"

// span is a range of bytes in the source of a File.
type span struct{ start, end uint32 } // MaxSize fits

func (s span) in(src string) string { return src[s.start:s.end] }

// splitLines gives the span of each line, without its newline. The spans and the newlines between them cover src.
func splitLines(src string) []span {
	if src == "" {
		return nil
	}
	lines := make([]span, 0, strings.Count(src, "\n")+1)
	for start := 0; start < len(src); {
		end := len(src)
		if i := strings.IndexByte(src[start:], '\n'); i >= 0 {
			end = start + i
		}
		lines = append(lines, span{uint32(start), uint32(end)})
		start = end + 1
	}
	return lines
}

// content is the part of a line that ctdbd looks at: up to the first carriage return or NUL, without the blanks around
// it.
func (s span) content(src string) span {
	text, _, _ := strings.Cut(s.in(src), "\r")
	text, _, _ = strings.Cut(text, "\x00")
	text = strings.TrimRight(text, " \t")
	end := s.start + uint32(len(text))
	text = strings.TrimLeft(text, " \t")
	return span{end - uint32(len(text)), end}
}

// countTexts is the number of lines that are not blank.
func countTexts(src string, lines []span) int {
	count := 0
	for _, line := range lines {
		if text := line.content(src); text.start < text.end {
			count++
		}
	}
	return count
}
