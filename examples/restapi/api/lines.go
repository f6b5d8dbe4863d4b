package api

import (
	"bytes"
	"strings"
)

// rewrite gives a file in which some lines are others, and which has more lines at its end. The lines are counted from
// 1; of those that are not named, every byte stays. A nil line is dropped.
//
// The packages of the files change one node or address at a time, and read the whole file after each, which takes a
// minute for ten thousand of them.
func rewrite(data []byte, lines map[int]*string, more []string) []byte {
	var out bytes.Buffer
	number := 0
	for line := range bytes.Lines(data) {
		number++
		switch text, ok := lines[number]; {
		case !ok:
			out.Write(line)
		case text != nil:
			out.WriteString(*text + "\n")
		}
	}
	if len(more) == 0 {
		return out.Bytes()
	}
	if out.Len() > 0 && !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
		out.WriteByte('\n')
	}
	out.WriteString(strings.Join(more, "\n") + "\n")
	return out.Bytes()
}
