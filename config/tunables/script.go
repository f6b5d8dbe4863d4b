package tunables

import (
	"iter"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// scriptLines reads as the event script 00.ctdb did up to 4.16, with the shell's read: a backslash takes away what the
// next byte means, and a newline altogether; zero bytes vanish; a last line without newline is not seen.
func scriptLines(src *text.Source) iter.Seq[line] {
	return func(yield func(line) bool) {
		s := src.String()
		for at := 0; at < len(s); {
			l := readShell(s, at)
			if !yield(l) {
				return
			}
			at = l.span.End + 1
		}
	}
}

// readShell reads a line. Its span ends before the newline.
func readShell(s string, start int) line {
	end := strings.IndexByte(s[start:], '\n')
	if end < 0 {
		end = len(s) - start
	}
	end += start
	if strings.ContainsAny(s[start:end], "\\\x00") {
		return readEscaped(s, start)
	}
	l := line{span: text.Span{Start: start, End: end}, name: s[start:end]}
	l.nameAt, l.valueAt = l.span, text.Span{Start: end, End: end}
	if name, value, ok := strings.Cut(l.name, "="); ok {
		l.name, l.value = name, value
		l.nameAt.End = start + len(name)
		l.valueAt.Start = l.nameAt.End + 1
		if strings.IndexByte(value, '=') == len(value)-1 && value != "" {
			l.value = value[:len(value)-1]
		}
	}
	l.skip = isSkipped(l.name) || end == len(s)
	return l
}

// isSkipped tells what the script passes over: comments, and what has no name.
func isSkipped(name string) bool { return name == "" || name[0] == '#' }

// readEscaped reads a line byte by byte.
func readEscaped(s string, start int) line {
	r := escapedReader{equals: -1}
	at := start
	for ; at < len(s); at++ {
		if s[at] == '\n' && !r.escaped {
			break
		}
		r.add(s[at], at)
	}
	l := line{span: text.Span{Start: start, End: at}, name: string(r.name), value: string(r.value)}
	l.nameAt, l.valueAt = l.span, text.Span{Start: at, End: at}
	if r.equals >= 0 {
		l.nameAt.End, l.valueAt.Start = r.equals, r.equals+1
	}
	if r.inValue == 1 && r.last {
		l.value = l.value[:len(l.value)-1]
	}
	l.skip = isSkipped(l.name) || at == len(s)
	return l
}

type escapedReader struct {
	name, value []byte
	equals      int  // where the first = is, or -1
	inValue     int  // how many = of the value count as such
	last        bool // the value ends with one
	escaped     bool
}

func (r *escapedReader) add(c byte, at int) {
	switch {
	case c == 0:
		return
	case r.escaped && c == '\n':
		r.escaped = false
		return
	case !r.escaped && c == '\\':
		r.escaped = true
		return
	case !r.escaped && c == '=' && r.equals < 0:
		r.equals = at
		return
	case r.equals < 0:
		r.name = append(r.name, c)
	default:
		r.last = c == '=' && !r.escaped
		if r.last {
			r.inValue++
		}
		r.value = append(r.value, c)
	}
	r.escaped = false
}
