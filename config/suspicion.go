package config

import (
	"fmt"
	"iter"
	"path"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// ignored says why a setting is ignored, and what was probably meant.
func (v *validator) ignored(s step) {
	at, section, key := s.NameSpan.Start, v.loader.section, finding.Clip(s.Name)
	v.looks(s)
	if mark := commentMark(s.Name); mark != "" {
		v.add(FindingCommentLike, finding.Warning, at, "%q begins no comment; %s", mark, v.because(s, at,
			"# and ; do, at the beginning of a line"))
	}
	if s.outcome == homeless {
		v.add(FindingNoSection, finding.Error, at,
			"%q stands in no section that %s knows, and is ignored", key, called(v.release))
		return
	}
	o, ok := optionOf(s.Name)
	switch {
	case ok && o.Section == section:
		v.otherRelease(s, o)
	case ok && o.In(v.release):
		v.add(FindingWrongSection, finding.Error, at,
			"%q is an option of section [%s]; in [%s] it is ignored", key, o.Section, section)
	default:
		hint := ""
		if near, ok := v.near(s.Name, keysOf(v.release, section)); ok {
			hint = "; is it " + strconv.Quote(near) + "?"
		}
		v.add(FindingUnknownOption, finding.Error, at, "%s has no option %q in section [%s], and ignores it%s",
			called(v.release), key, section, hint)
	}
}

// optionOf gives the option of any release that has a key, which no two have.
func optionOf(key string) (Option, bool) {
	for i := range schema {
		if schema[i].Key == key {
			return schema[i], true
		}
	}
	return Option{}, false
}

// near looks for what a word was meant to be. It is not worth the time for many words.
func (v *validator) near(word string, known iter.Seq[string]) (string, bool) {
	const most = 100
	if v.looked++; v.looked > most {
		return "", false
	}
	return finding.Nearest(word, known)
}

// otherRelease reports an option that only an older or a newer release has.
func (v *validator) otherRelease(s step, o Option) {
	if o.wasIn(v.release) {
		v.add(FindingRetired, finding.Error, s.NameSpan.Start, "%q is ignored since CTDB %v; [%s] %s replaces it",
			o.Key, o.Until, o.Successor.Section, o.Successor.Key)
		return
	}
	v.add(FindingNewer, finding.Error, s.NameSpan.Start, "%s ignores %q, which is read since %s%s",
		called(v.release), o.Key, called(o.next(v.release)), v.former(o))
}

// wasIn tells whether releases before one had the option.
func (o Option) wasIn(r release.Release) bool {
	return !o.Until.IsZero() && r.AtLeast(o.Until.Major, o.Until.Minor, o.Until.Patch)
}

// next gives the first release from one on that has an option which this one does not have yet.
func (o Option) next(r release.Release) release.Release {
	if r.AtLeast(o.Since.Major, o.Since.Minor, o.Since.Patch) {
		return release.Release{Major: 4, Minor: 22, Patch: 2} // the only gap, see Option.In
	}
	return o.Since
}

// former says which option of the release an option replaces in later ones.
func (v *validator) former(o Option) string {
	for old := range Known(v.release) {
		if nameOf(old.Successor.Section, old.Successor.Key) == o.name() {
			return fmt.Sprintf("; until then it is [%s] %s", old.Section, old.Key)
		}
	}
	return ""
}

// commentMark gives the mark with which a key looks like a comment.
func commentMark(key string) string {
	for _, mark := range []string{"//", "/*", "--", "#", ";", "%", "!", "rem "} {
		if strings.HasPrefix(strings.ToLower(key), mark) {
			return mark
		}
	}
	return ""
}

// looks reports comments and quotes that are part of a value.
func (v *validator) looks(s step) {
	for i := range len(s.Value) {
		if (s.Value[i] == '#' || s.Value[i] == ';') && (i == 0 || tini.IsBlank(s.Value[i-1])) {
			at := v.place(s, i)
			v.add(FindingInlineComment, finding.Warning, at, "%q is part of the value; %s", finding.Clip(s.Value[i:]),
				v.because(s, at, "a comment needs a line of its own"))
			break
		}
	}
	if n := len(s.Value); n > 1 && (s.Value[0] == '"' || s.Value[0] == '\'') && s.Value[n-1] == s.Value[0] {
		v.add(FindingQuotes, finding.Warning, s.ValueSpan.Start, "the quotes are part of the value")
	}
}

// because says why there is no comment at an offset: a line of its own, too, may be joined to the one before it.
func (v *validator) because(s step, at int, usual string) string {
	before := v.src.Text(text.Span{Start: s.Span.Start, End: at})
	if strings.HasSuffix(strings.TrimRight(before, tini.Blanks), "\n") {
		return "the backslash at the end of the line before joins the two"
	}
	return usual
}

// place gives the offset in the source of a byte of a value that is no blank and no backslash. Only of those the value
// can have fewer than the source.
func (v *validator) place(s step, i int) int {
	source, start := v.src.Text(s.ValueSpan), 0
	for range strings.Count(s.Value[:i], s.Value[i:i+1]) {
		start += strings.IndexByte(source[start:], s.Value[i]) + 1
	}
	return s.ValueSpan.Start + start + strings.IndexByte(source[start:], s.Value[i])
}

// value looks at a value that the release takes.
func (v *validator) value(s step) {
	if _, exact, err := parseInteger(s.Value); s.option.Type == Integer && err == nil && !exact {
		v.add(FindingNumber, finding.Warning, s.ValueSpan.Start, "CTDB reads %q as %s", finding.Clip(s.Value), s.text)
	}
	switch s.option.Rule {
	case IsLock:
		lock, err := ParseLock(s.text)
		v.program(s, FindingLock, lock.File, lock.Argv(), err)
	case IsNodesList:
		list, err := ParseNodesList(s.text)
		v.program(s, FindingNodesList, list.File, list.Argv(), err)
	case IsDirectory:
		v.relative(s, s.text)
	case IsLocation:
		v.location(s)
	case IsLogLevel, IsTransport, IsAddress, IsPositive, IsScript: // there is nothing that CTDB does not say
	}
}

// location looks at where the log goes.
func (v *validator) location(s step) {
	location, err := ParseLocation(s.text)
	if err != nil || location.Backend != LogFile {
		return
	}
	v.relative(s, location.Path)
	if _, rest := cutPart(s.text); strings.TrimLeft(rest, ":") != location.Path {
		v.add(FindingLocation, finding.Warning, s.ValueSpan.Start, "CTDB logs to %q: a path ends before a colon",
			finding.Clip(location.Path))
	}
}

// program looks at what is a file or the command of a program.
func (v *validator) program(s step, id, file string, argv []string, err error) {
	switch {
	case err != nil:
		v.add(id, finding.Error, s.ValueSpan.Start, "%v", err)
	case len(argv) > 0:
		v.relative(s, argv[0])
		v.arguments(s)
	case file != "":
		v.relative(s, file)
	}
}

// arguments looks for quotes around the words of a command.
func (v *validator) arguments(s step) {
	for i := 1; i < len(s.Value); i++ {
		if c := s.Value[i]; (c == '"' || c == '\'') && (tini.IsBlank(s.Value[i-1]) || s.Value[i-1] == '!') {
			v.add(FindingQuotes, finding.Warning, v.place(s, i),
				"no shell runs the command: it is split at blanks, and the quotes are part of the words")
			return
		}
	}
}

// relative reports a path that does not begin with a slash.
func (v *validator) relative(s step, file string) {
	if !path.IsAbs(file) {
		v.add(FindingRelative, finding.Warning, s.ValueSpan.Start,
			"%q is relative to the directory that the daemon is started in", finding.Clip(file))
	}
}

// locks looks at the locks together.
func (v *validator) locks() {
	recovery, cluster := v.last[recoveryLockName], v.last[clusterLockName]
	switch {
	case !v.release.AtLeast(4, 9, 0): // it is set elsewhere
	case v.dropped || recovery.text == "" && cluster.text == "":
		key := clusterLockName.key
		if !v.release.HasLeader() {
			key = recoveryLockName.key
		}
		v.found = append(v.found, finding.Finding{
			ID: FindingNoLock, Severity: finding.Warning, File: v.src.Name(),
			Message: "there is no [cluster] " + key + ": nothing keeps two halves of a divided cluster apart",
		})
	case recovery.text != "" && cluster.text != "" && recovery.text != cluster.text:
		v.add(FindingTwoLocks, finding.Warning, recovery.ValueSpan.Start, "the cluster lock in line %d counts, not this one",
			v.line(cluster))
	}
}

// sectionsOf gives the sections of a release.
func sectionsOf(r release.Release) iter.Seq[string] {
	return func(yield func(string) bool) {
		last := ""
		for o := range Known(r) {
			if o.Section != last && !yield(o.Section) {
				return
			}
			last = o.Section
		}
	}
}

// keysOf gives the keys of a section.
func keysOf(r release.Release, section string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for o := range Known(r) {
			if o.Section == section && !yield(o.Key) {
				return
			}
		}
	}
}

// isSection tells whether a release has a section, in small letters.
func isSection(section string, r release.Release) bool {
	for i := range schema {
		if schema[i].Section == section && schema[i].In(r) {
			return true
		}
	}
	return false
}
