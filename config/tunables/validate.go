package tunables

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// The identifiers of what [File.Validate] finds. Those that say "before 4.17" are found for such releases only.
const (
	FindingTooLarge  = "tunables/too-large"       // the file was not read
	FindingNotRead   = "tunables/not-read"        // before 4.9: there is no such file; and the directory before 4.23
	FindingSyntax    = "tunables/syntax"          // a line that begins with =, or a header without an end
	FindingSection   = "tunables/section"         // the header of a section
	FindingNoValue   = "tunables/no-value"        // a name without a value
	FindingUnknown   = "tunables/unknown"         // no tunable has the name
	FindingObsolete  = "tunables/obsolete"        // CTDB has no use for the tunable
	FindingValue     = "tunables/value"           // the value is no number
	FindingDuplicate = "tunables/duplicate"       // a tunable is set again; the last one counts
	FindingOctal     = "tunables/octal"           // a number with a leading zero
	FindingHex       = "tunables/hexadecimal"     // a number that begins with 0x
	FindingTruncated = "tunables/truncated"       // a number of more than 32 bits
	FindingTrailing  = "tunables/ignored-text"    // before 4.17: what follows the number
	FindingRange     = "tunables/range"           // a number without a meaning for the tunable
	FindingOff       = "tunables/off"             // a value that switches off what every cluster needs
	FindingSample    = "tunables/sample"          // the tunable in the packaged sample, which does not exist
	FindingBlanks    = "tunables/blanks"          // before 4.17: blanks around a name
	FindingBlankLine = "tunables/blank-line"      // before 4.17: a line of nothing but blanks
	FindingComment   = "tunables/comment"         // before 4.17: a comment with ; or with blanks before it
	FindingContinued = "tunables/continued"       // before 4.17: a comment that goes on in the next line
	FindingReturn    = "tunables/carriage-return" // before 4.17: at the end of a line
	FindingNoNewline = "tunables/no-newline"      // before 4.17: the last line is not read
	FindingOverride  = "tunables/override"        // by a later file: see [Files.Validate]
)

// Validate reports what a release of CTDB refuses in the file, and what it takes and people regret. A release that is
// zero is the newest. The findings are in the order of the file; none is good news. Of what CTDB refuses, all but
// obsolete tunables are errors, though from 4.17 ctdbd starts in spite of them.
func (f *File) Validate(r release.Release) []finding.Finding {
	v := &validator{rules: rulesFor(r), src: f.source(), set: map[int]int{}}
	v.line.src = v.src
	switch {
	case errors.Is(f.err, ErrTooLarge):
		v.add(FindingTooLarge, finding.Error, MaxSize, "%v", ErrTooLarge)
		return v.found
	case v.unread && len(f.settings) > 0:
		v.add(FindingNotRead, finding.Warning, f.settings[0].span.Start, "CTDB reads this file since 4.9, and not in %v", r)
	}
	for l := range v.view(v.src) {
		if l.skip {
			v.skipped(l)
			continue
		}
		verdict := v.judge(l)
		if verdict.err != nil {
			v.refused(l, verdict)
			continue
		}
		v.number(l, verdict)
		v.value(l, verdict)
	}
	finding.Sort(v.found)
	return v.found
}

type validator struct {
	rules
	src       *text.Source
	line      counter
	set       map[int]int // by tunable, the number of the last line that sets it
	suggested int
	found     []finding.Finding
}

// add adds a finding at an offset of the text.
func (v *validator) add(id string, severity finding.Severity, offset int, format string, args ...any) {
	at := v.src.Position(offset)
	v.found = append(v.found, finding.Finding{
		ID: id, Severity: severity, File: at.File, Line: at.Line, Col: at.Col, Message: fmt.Sprintf(format, args...),
	})
}

// skipped looks at what the release does not read.
func (v *validator) skipped(l line) {
	written := v.src.Text(l.span)
	first, last := l.lines(v.src)
	if name, _ := shownIn(written); sameName(name, "MutexEnabled") {
		v.add(FindingSample, finding.Note, l.span.Start,
			"no release has a tunable MutexEnabled, which the packaged sample shows; TDBMutexEnabled is obsolete")
	}
	if !v.script {
		return
	}
	switch {
	case l.span.End == v.src.Len():
		if v.wouldCount(written) {
			v.add(FindingNoNewline, finding.Warning, l.span.Start,
				"the last line does not end with a newline: CTDB does not read it")
		}
	case first < last:
		v.add(FindingContinued, finding.Warning, l.span.Start,
			"a backslash at the end makes the next line a part of the comment")
	case l.name == "" && written != "":
		v.add(FindingSyntax, finding.Warning, l.span.Start,
			"a line without a name is ignored, and newer releases stop reading there")
	}
}

// wouldCount tells whether text is a setting to somebody.
func (v *validator) wouldCount(written string) bool {
	for l := range daemonLines(text.NewSource("", []byte(written))) {
		if !l.skip {
			return true
		}
	}
	return false
}

// consequence says what becomes of a line that is refused.
func (v *validator) consequence() string {
	if v.script {
		return "the node does not start"
	}
	return "ctdbd starts without it"
}

func (v *validator) refused(l line, verdict verdict) {
	if v.script && v.foreign(l) {
		return
	}
	written, at, then := finding.Clip(v.src.Text(verdict.at)), verdict.at.Start, v.consequence()
	switch {
	case errors.Is(verdict.err, ErrSyntax):
		v.add(FindingSyntax, finding.Error, at, "neither a setting nor a comment: ctdbd reads no further, got %q", written)
	case errors.Is(verdict.err, ErrSection):
		v.add(FindingSection, finding.Error, at, "there are no sections in this file, got %q; %s", written, then)
	case errors.Is(verdict.err, ErrNoValue):
		v.add(FindingNoValue, finding.Error, at, "%v, got %q; %s", ErrNoValue, written, then)
	case errors.Is(verdict.err, ErrUnknown):
		v.add(FindingUnknown, finding.Error, at, "no tunable is called %q%s; %s", written, v.suggest(l.name), then)
	case errors.Is(verdict.err, ErrObsolete):
		severity := finding.Warning
		if v.script {
			severity = finding.Error
		}
		v.add(FindingObsolete, severity, at, "%s is obsolete; %s", written, then)
	default:
		v.add(FindingValue, finding.Error, at, "%v, got %q%s; %s", ErrValue, written, binary(l.value), then)
	}
}

// binary is about numbers that some builds read.
func binary(value string) string {
	digits, ok := strings.CutPrefix(fold(value), "0b")
	if !ok || digits == "" || strings.Trim(digits, "01") != "" {
		return ""
	}
	return ", which only builds with a newer C library take"
}

// suggest gives a better name, as long as there are not too many to look for.
func (v *validator) suggest(name string) string {
	const most = 100
	v.suggested++
	switch {
	case sameName(name, "MutexEnabled"):
		return ", though the packaged sample shows it"
	case v.suggested > most:
		return ""
	}
	return didYouMean(name)
}

// foreign finds what releases from 4.17 read, and those before do not.
func (v *validator) foreign(l line) bool {
	name := strings.Trim(l.name, tini.Blanks)
	_, known := find(name)
	switch {
	case name == "" && l.value == "":
		v.add(FindingBlankLine, finding.Error, l.span.Start,
			"CTDB takes a line of blanks for a name; the node does not start")
	case name != "" && (name[0] == ';' || name[0] == '#'):
		v.add(FindingComment, finding.Error, l.span.Start,
			"CTDB takes only # in the first column for a comment; the node does not start")
	case known && name != l.name:
		v.add(FindingBlanks, finding.Error, l.span.Start,
			"CTDB takes the blanks for a part of the name, got %q; the node does not start", finding.Clip(l.name))
	default:
		return false
	}
	return true
}

// number looks at how a number is written that is taken.
func (v *validator) number(l line, verdict verdict) {
	n, at := parseNumber(l.value), l.valueAt.Start
	rest := l.value[n.end:]
	digits := strings.TrimLeft(l.value[:n.end], tini.Blanks+"+-")
	decimal, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case n.end == 0 && l.value == "":
		v.add(FindingNoValue, finding.Warning, at, "CTDB takes a value that is missing for 0")
	case n.end == 0:
		v.add(FindingValue, finding.Warning, at, "CTDB takes %q for 0", finding.Clip(l.value))
	case rest == "\r":
		v.add(FindingReturn, finding.Note, at,
			"a carriage return at the end of the line, which CTDB ignores behind a number")
	case strings.Trim(rest, tini.Blanks) != "":
		v.add(FindingTrailing, finding.Warning, at, "CTDB takes %d and ignores %q", verdict.value, finding.Clip(rest))
	}
	switch {
	case n.negative || n.overflow || n.value > math.MaxUint32:
		v.add(FindingTruncated, finding.Warning, at, "CTDB keeps 32 bits of %s, which are %d",
			finding.Clip(digits), verdict.value)
	case len(digits) > 1 && lower(digits[1]) == 'x':
		v.add(FindingHex, finding.Note, at, "a hexadecimal number: %d", verdict.value)
	case err == nil && decimal != n.value:
		v.add(FindingOctal, finding.Warning, at, "a number with a leading zero is octal: CTDB takes %s for %d",
			finding.Clip(digits), verdict.value)
	}
}

// value looks at what a tunable is set to.
func (v *validator) value(l line, verdict verdict) {
	t, at := table[verdict.tunable], l.valueAt.Start
	number := v.line.of(l.span.Start)
	if before, again := v.set[verdict.tunable]; again {
		v.add(FindingDuplicate, finding.Warning, l.nameAt.Start,
			"%s is set again: what line %d sets does not count", t.Name, before)
	}
	v.set[verdict.tunable] = number
	switch {
	case t.Name == "EnableBans" && verdict.value == 0:
		v.add(FindingOff, finding.Warning, at, "no node is banned any more, however broken it is")
	case t.Name == "AllowClientDBAttach" && verdict.value == 0:
		v.add(FindingOff, finding.Warning, at, "clients such as smbd can't attach to any database")
	case t.Name == "IPAllocAlgorithm" && verdict.value > 2:
		v.add(FindingRange, finding.Warning, at, "there are the algorithms 0, 1 and 2: CTDB uses its default")
	case t.Unit == Switch && verdict.value > 1:
		v.add(FindingRange, finding.Note, at, "%s is a switch: want 0 or 1", t.Name)
	}
}
