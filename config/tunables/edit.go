package tunables

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// Why an edit of a [File] is refused, besides [ErrUnknown] and [ErrObsolete]. errors.Is finds them.
var (
	// ErrNotSet: the file does not set the tunable.
	ErrNotSet = errors.New("the file does not set it")
	// ErrContinued: lines with backslashes or zero bytes, which releases before and since 4.17 do not take for the same
	// lines, are in the way.
	ErrContinued = errors.New("a line that CTDB 4.16 and 4.17 join differently is in the way; take out its backslash")
)

// Set sets a tunable, named in upper or lower case, to a value. All releases take that value then, if they take the
// file.
//
// In a line that sets it already, the number is replaced and the rest stays; if several do, the last one is kept. A
// new line is NAME=VALUE. It takes the place of a comment that shows such a line ("# MonitorInterval=15"), the one with
// this value if there is one, else the last. Without such a comment it goes behind the last setting, or to the end of a
// file without settings; but before a last line without newline, which releases before 4.17 do not read, so that they
// still do not. If that line is the one to set, it is written anew, with a newline.
//
// Names that the newest release does not know ([ErrUnknown]) or no longer uses ([ErrObsolete]) are refused.
//
// A running ctdbd does not look at the file. Similar to: ctdb setvar, which lasts until ctdbd ends.
func (f *File) Set(name string, value uint32) error {
	t, ok := Lookup(release.Release{}, name)
	switch {
	case !ok:
		return fmt.Errorf("set %q: %w%s", finding.Clip(name), ErrUnknown, didYouMean(name))
	case t.Obsolete:
		return fmt.Errorf("set %s: %w", t.Name, ErrObsolete)
	}
	err := f.set(t.Name, strconv.FormatUint(uint64(value), 10), value)
	if err != nil {
		return fmt.Errorf("set %s: %w", t.Name, err)
	}
	return nil
}

func (f *File) set(name, number string, value uint32) error {
	settings := f.named(name)
	if len(settings) == 0 {
		return f.insert(name, number, value)
	}
	src, last := f.source(), settings[len(settings)-1]
	start, end := last.lines(src)
	terminated := !src.Ending(end).IsEmpty()
	if old, err := last.Value(); err == nil && old == value && len(settings) == 1 && terminated && last.isPlain(src) {
		return nil
	}
	var edit text.Edits
	for _, s := range settings[:len(settings)-1] {
		s.deleteFrom(&edit, src)
	}
	if terminated {
		edit.Replace(last.rewritten(src), number)
	} else { // with a newline, releases before 4.17 read it, and they keep blanks
		edit.Replace(text.Span{Start: src.FullLine(start).Start, End: src.Len()}, name+"="+number+src.Newline())
	}
	return f.apply(&edit, change{name: name, value: value, set: true})
}

// named gives the settings of a name.
func (f *File) named(name string) (found []setting) {
	for _, s := range f.settings {
		if sameName(s.Name, name) {
			found = append(found, s)
		}
	}
	return found
}

func (s setting) lines(src *text.Source) (first, last int) { return line{span: s.span}.lines(src) }

// isPlain tells whether all releases find the same lines here.
func (s setting) isPlain(src *text.Source) bool {
	return !strings.ContainsAny(src.Text(s.span), "\\\x00")
}

// rewritten is what a new value replaces: the old one, and what is behind a zero byte.
func (s setting) rewritten(src *text.Source) text.Span {
	span := s.value
	if strings.IndexByte(src.Text(text.Span{Start: span.End, End: s.span.End}), 0) >= 0 {
		span.End = s.span.End
	}
	return span
}

func (s setting) deleteFrom(edit *text.Edits, src *text.Source) {
	first, last := s.lines(src)
	for i := first; i <= last; i++ {
		edit.DeleteLine(src, i)
	}
}

// insert adds a line in the first place where all releases see it as one.
func (f *File) insert(name, number string, value uint32) error {
	done := change{name: name, value: value, set: true}
	if span, ok := f.comment(name, number); ok {
		was := f.text.Text(span)
		var edit text.Edits
		edit.Replace(span, name+"="+number)
		if err := f.apply(&edit, done); !errors.Is(err, ErrContinued) {
			f.remember(name, was, err)
			return err
		}
	}
	src, err := f.source(), error(nil)
	for _, behind := range f.places() {
		if behind == src.Lines() && !src.Terminated() {
			behind-- // the last line stays as it is: with a newline, old releases would read it
		}
		var edit text.Edits
		edit.Insert(src.FullLine(behind).Start, name+"="+number+src.Newline())
		if err = f.apply(&edit, done); !errors.Is(err, ErrContinued) {
			return err
		}
	}
	return err
}

// comment finds the comment that shows a setting of a name: the first one with that number, else the last one. One that
// has no newline does not count, since old releases would not read a setting there.
func (f *File) comment(name, number string) (span text.Span, found bool) {
	for l := range daemonLines(f.source()) {
		if !l.skip || l.span.End == f.text.Len() {
			continue
		}
		shown, has := shownIn(f.text.Text(l.span))
		if !sameName(shown, name) {
			continue
		}
		first, _ := l.lines(f.text)
		span, found = text.Span{Start: f.text.Line(first).Start, End: l.span.End}, true // releases before 4.17 keep blanks
		if has == number {
			return span, true
		}
	}
	return span, found
}

// remember keeps a comment whose place Set took.
func (f *File) remember(name, comment string, err error) {
	if err != nil {
		return
	}
	if f.shown == nil {
		f.shown = map[string]string{}
	}
	f.shown[fold(name)] = comment
}

// places gives the lines before which a new one may go, the best place first.
func (f *File) places() []int {
	src := f.source()
	var places []int
	if len(f.settings) > 0 {
		_, last := f.settings[len(f.settings)-1].lines(src)
		places = append(places, last+1)
	}
	return append(places, src.Lines(), 0)
}

// shownIn gives the name and the number in a comment that shows a setting, such as "# MonitorInterval=15".
func shownIn(comment string) (name, number string) {
	shown, ok := strings.CutPrefix(comment, "#")
	name, number, equals := strings.Cut(strings.TrimRight(shown, tini.Blanks), "=")
	name, number = strings.Trim(name, tini.Blanks), strings.TrimLeft(number, tini.Blanks)
	if !ok || !equals || number == "" || strings.Trim(number, "0123456789") != "" {
		return "", ""
	}
	return name, number
}

// Unset removes all lines that set a name, in upper or lower case; any name will do, known to CTDB or not. If there is
// none, the error is [ErrNotSet]. What Set added, Unset removes without a trace.
func (f *File) Unset(name string) error {
	was, shown := f.shown[fold(name)]
	if settings := f.named(name); shown && len(settings) == 1 && settings[0].isPlain(f.text) {
		var edit text.Edits
		edit.Replace(settings[0].span, was)
		if err := f.apply(&edit, change{name: name}); err == nil {
			delete(f.shown, fold(name))
			return nil
		}
	}
	return f.withdraw("unset", name, func(edit *text.Edits, src *text.Source, s setting) { s.deleteFrom(edit, src) })
}

// CommentOut makes comments of all lines that set a name, in upper or lower case, so that a reader sees what was set.
// If there is none, the error is [ErrNotSet].
func (f *File) CommentOut(name string) error {
	return f.withdraw("comment out", name, func(edit *text.Edits, src *text.Source, s setting) {
		first, last := s.lines(src)
		for i := first; i <= last; i++ {
			edit.Insert(src.FullLine(i).Start, "# ")
		}
	})
}

func (f *File) withdraw(what, name string, one func(*text.Edits, *text.Source, setting)) error {
	settings := f.named(name)
	if len(settings) == 0 {
		return fmt.Errorf("%s %q: %w", what, finding.Clip(name), ErrNotSet)
	}
	var edit text.Edits
	for _, s := range settings {
		one(&edit, f.source(), s)
	}
	if err := f.apply(&edit, change{name: name}); err != nil {
		return fmt.Errorf("%s %q: %w", what, finding.Clip(name), err)
	}
	return nil
}

// SetBytes gives the file other bytes altogether. If [Parse] refuses them, the file stays as it is and the error is
// that of Parse.
func (f *File) SetBytes(data []byte) error {
	next, err := Parse(f.source().Name(), data)
	if err != nil {
		return err
	}
	*f = *next
	return nil
}

// apply makes an edit, and reads the result again: it must be the change, and nothing else, in all releases.
func (f *File) apply(edit *text.Edits, c change) error {
	if f.err != nil {
		return fmt.Errorf("mend the file first: %w", f.err)
	}
	data, err := edit.Apply(f.source())
	if err != nil {
		return err
	}
	next, err := Parse(f.source().Name(), data)
	switch {
	case !c.isAll(f, next):
		return ErrContinued
	case err != nil:
		return err
	}
	next.shown = f.shown
	*f = *next
	return nil
}
