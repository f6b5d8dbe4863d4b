package tunables

import (
	"iter"
	"strings"

	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// change is what an edit should do to a file: give a name a value, or none.
type change struct {
	name  string
	value uint32
	set   bool
}

// isAll tells whether the change is all that happened, to releases before and since 4.17. It is in files of plain
// lines: all releases see the same lines there.
func (c change) isAll(before, after *File) bool {
	if !strings.ContainsAny(before.source().String(), "\\\x00") {
		return true
	}
	if value, ok := after.lastOf(c.name); ok != c.set || value != c.value {
		return false
	}
	return c.isAllFor(daemonLines, before, after) && c.isAllFor(scriptLines, before, after)
}

// lastOf gives what the last setting of a name is, whether CTDB knows it or not.
func (f *File) lastOf(name string) (uint32, bool) {
	s, ok := f.Lookup(name)
	if !ok {
		return 0, false
	}
	value, err := s.Value()
	return value, err == nil
}

// isAllFor compares what one way of reading finds in two files.
func (c change) isAllFor(read func(*text.Source) iter.Seq[line], before, after *File) bool {
	next, stop := iter.Pull(c.others(read(before.source()), nil))
	defer stop()
	var last *line
	for l := range c.others(read(after.source()), &last) {
		old, ok := next()
		if !ok || old.name != l.name || old.value != l.value {
			return false
		}
	}
	if _, more := next(); more || (last != nil) != c.set {
		return false
	}
	if !c.set {
		return true
	}
	n := parseNumber(last.value)
	return n.end > 0 && !n.negative && !n.overflow && n.low32() == c.value
}

// others gives the lines that are for other names, and keeps the last one that is not.
func (c change) others(lines iter.Seq[line], last **line) iter.Seq[line] {
	return func(yield func(line) bool) {
		for l := range lines {
			if l.skip {
				continue
			}
			if !sameName(strings.Trim(l.name, tini.Blanks), c.name) {
				if !yield(l) {
					return
				}
				continue
			}
			if last != nil {
				kept := l
				*last = &kept
			}
		}
	}
}
