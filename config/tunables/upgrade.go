package tunables

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// Change is an edit of one line that another release of CTDB makes necessary.
type Change struct {
	// Line is the number of the first line that changes, counted from 1.
	Line int `json:"line"`
	// Old is what stands there, and New what is to stand there, both without the newline at the end. Lines that one
	// continues on the next come together.
	Old string `json:"old"`
	New string `json:"new"`
	// Reason is for people and may change.
	Reason string `json:"reason"`
}

// String gives "line 3: REASON".
func (c Change) String() string { return fmt.Sprintf("line %d: %s", c.Line, c.Reason) }

// PlanUpgrade says what [File.Upgrade] would change, in the order of the file.
func (f *File) PlanUpgrade(from, to release.Release) []Change {
	u := f.upgrade(from, to)
	return u.changes
}

// Upgrade changes a file that one release reads so that another one, newer or older, takes the same values from it,
// and gives the changes that it made. Obsolete tunables, and what only the other release would read, become comments;
// values and names that the other one reads differently, or not with blanks around them, are written as NAME=VALUE;
// comments with ; or with blanks before the # get a # in the first column. Lines that the first release refuses stay,
// if they are not obsolete: [File.CheckFor] finds these.
//
// If the first release takes the whole file, the other one does afterwards. If [Parse] refuses the result, the file
// stays as it is and the error is that of Parse. Releases before 4.9 do not read the file: nothing changes for one as
// the second, and one as the first counts as the second.
func (f *File) Upgrade(from, to release.Release) ([]Change, error) {
	if errors.Is(f.err, ErrTooLarge) {
		return nil, f.err
	}
	u := f.upgrade(from, to)
	if len(u.changes) == 0 {
		return nil, nil
	}
	data, err := u.edit.Apply(u.src)
	if err != nil {
		return nil, err
	}
	if err := f.SetBytes(data); err != nil {
		return nil, err
	}
	return u.changes, nil
}

type upgrade struct {
	to      rules
	release release.Release // the one that to is for
	src     *text.Source
	edit    text.Edits
	changes []Change
}

func (f *File) upgrade(from, to release.Release) *upgrade {
	old := rulesFor(from)
	u := &upgrade{to: rulesFor(to), release: to, src: f.source()}
	if old.unread {
		old = u.to
	}
	if u.to.unread || u.src.Len() > MaxSize {
		return u
	}
	for l := range old.view(u.src) {
		u.line(old, l)
	}
	return u
}

// line looks at a line as the old release reads it.
func (u *upgrade) line(old rules, l line) {
	if l.skip {
		u.skipped(l)
		return
	}
	v := old.judge(l)
	i, known := find(l.name)
	switch {
	case known && l.err == nil && u.to.isObsolete(i):
		u.change(l, u.commented(l), fmt.Sprintf("%s is obsolete%s", table[i].Name, u.where()))
	case v.err == nil && !u.reads(l, v):
		u.change(l, table[i].Name+"="+u.number(l.value, v.value),
			"written so that the release reads it as it was"+u.where())
	}
}

// where names the release that a change is for.
func (u *upgrade) where() string {
	if u.release.IsZero() {
		return ""
	}
	return fmt.Sprintf(" in %v", u.release)
}

// number keeps a value as it is written, if that is read alike.
func (u *upgrade) number(written string, value uint32) string {
	written = strings.Trim(written, tini.Blanks)
	if again, err := (Setting{Text: written}).Value(); err == nil && again == value && !strings.Contains(written, "\n") {
		return written
	}
	return strconv.FormatUint(uint64(value), 10)
}

// probe is a line that shows whether the one before it ends where it should.
const probe = "SeqnumInterval=1\n"

// reads tells whether the new release takes the same from a line that is a setting.
func (u *upgrade) reads(l line, old verdict) bool {
	got, ok := u.found(u.full(l))
	if !ok || len(got) != 1 {
		return false
	}
	v := u.to.judge(got[0])
	return v.err == nil && v.tunable == old.tunable && v.value == old.value
}

// skips tells whether the new release takes nothing from a line.
func (u *upgrade) skips(l line) bool {
	got, ok := u.found(u.full(l))
	return ok && len(got) == 0
}

// found gives what the new release finds in lines of the file, and whether it sees their end where they end.
func (u *upgrade) found(written string) (got []line, ok bool) {
	terminated := strings.HasSuffix(written, "\n")
	if terminated {
		written += probe
	}
	for l := range u.to.view(text.NewSource("", []byte(written))) {
		if !l.skip {
			got = append(got, l)
		}
	}
	if !terminated {
		return got, true
	}
	last := len(got) - 1
	if last < 0 || got[last].name+"="+got[last].value+"\n" != probe {
		return nil, false
	}
	return got[:last], true
}

// full gives the lines of the file that a line has, and what ends them.
func (u *upgrade) full(l line) string {
	first, last := l.lines(u.src)
	return u.src.Text(text.Span{Start: u.src.FullLine(first).Start, End: u.src.FullLine(last).End})
}

// skipped looks at what the old release does not read.
func (u *upgrade) skipped(l line) {
	switch trimmed := strings.Trim(u.full(l), tini.Blanks+"\n"); {
	case u.skips(l):
	case trimmed == "":
		u.change(l, "", "an empty line without blanks"+u.where())
	case trimmed[0] == '#' || trimmed[0] == ';':
		u.change(l, u.commented(l), "a comment that the release reads as one"+u.where())
	default:
		u.change(l, u.commented(l), "the old release does not read it")
	}
}

// commented makes comments that all releases read as such.
func (u *upgrade) commented(l line) string {
	first, last := l.lines(u.src)
	var lines []string
	for i := first; i <= last; i++ {
		written := strings.TrimLeft(strings.ReplaceAll(u.src.Text(u.src.Line(i)), "\x00", ""), tini.Blanks)
		written = strings.TrimRight(written, `\`+tini.Blanks)
		switch {
		case strings.HasPrefix(written, "#"):
		case strings.HasPrefix(written, ";"):
			written = "#" + written[1:]
		default:
			written = strings.TrimRight("# "+written, tini.Blanks)
		}
		lines = append(lines, written)
	}
	return strings.Join(lines, "\n")
}

// change replaces the lines of the file that a line has. A last line gets the newline that the event script needs.
func (u *upgrade) change(l line, next, reason string) {
	first, last := l.lines(u.src)
	span := text.Span{Start: u.src.FullLine(first).Start, End: u.src.Line(last).End}
	u.changes = append(u.changes, Change{Line: first + 1, Old: u.src.Text(span), New: next, Reason: reason})
	if u.to.script {
		span.End = u.src.FullLine(last).End // a carriage return is no part of a newline there
		next += "\n"
	}
	u.edit.Replace(span, next)
}
