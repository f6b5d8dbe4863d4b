package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/internal/tini"
)

// The identifiers of what [File.Validate] finds. Those of the first group are what ctdb-config validate reports.
const (
	FindingValue          = "ctdb.conf/value"           // the release refuses a value, and its daemons do not start
	FindingUnknownSection = "ctdb.conf/unknown-section" // the section and all in it are ignored
	FindingUnknownOption  = "ctdb.conf/unknown-option"  // the setting is ignored
	FindingNoSection      = "ctdb.conf/no-section"      // a setting before the first header, or in an unknown section
	FindingWrongSection   = "ctdb.conf/wrong-section"   // the option belongs to another section; the setting is ignored
	FindingRetired        = "ctdb.conf/retired"         // the release does not know the option any more; it is ignored
	FindingNewer          = "ctdb.conf/newer"           // the release does not know the option yet; it is ignored

	FindingDropped        = "ctdb.conf/dropped"         // all settings of the file are dropped in silence
	FindingTooLarge       = "ctdb.conf/too-large"       // the file was not read
	FindingDeprecated     = "ctdb.conf/deprecated"      // still read; another option replaces it
	FindingDuplicate      = "ctdb.conf/duplicate"       // a later setting of the option counts
	FindingDefaultIgnored = "ctdb.conf/default-ignored" // the default does not replace an earlier setting
	FindingNoEquals       = "ctdb.conf/no-equals"       // a line without =, which is ignored
	FindingBehindHeader   = "ctdb.conf/behind-header"   // text behind the ], which is ignored
	FindingNUL            = "ctdb.conf/nul"             // what follows a NUL is ignored
	FindingByteOrderMark  = "ctdb.conf/byte-order-mark" // it is part of the first word
	FindingReturn         = "ctdb.conf/carriage-return" // it ends no line
	FindingCommentLike    = "ctdb.conf/comment-like"    // it is no comment
	FindingInlineComment  = "ctdb.conf/inline-comment"  // a comment that is part of the value
	FindingQuotes         = "ctdb.conf/quotes"          // quotes that are part of the value
	FindingNumber         = "ctdb.conf/number"          // read as another number than it looks like
	FindingNoLock         = "ctdb.conf/no-cluster-lock" // nothing keeps two halves of a cluster apart
	FindingTwoLocks       = "ctdb.conf/two-locks"       // cluster lock and recovery lock differ
	FindingLock           = "ctdb.conf/lock"            // a lock that can't be taken
	FindingNodesList      = "ctdb.conf/nodes-list"      // a list of nodes that can't be read
	FindingLocation       = "ctdb.conf/location"        // the log goes to another file than it looks like
	FindingRelative       = "ctdb.conf/relative"        // a path that depends on the daemon's working directory
)

// Validate reports what ctdb-config validate of that release reports, each with its place, and what it keeps to itself:
// settings that are dropped or ignored, and values that are hardly what was meant. Directories and scripts are looked
// for in env. A release that is zero is the newest. The findings are in the order of the file, those about the file as
// a whole first; none is good news.
//
// Similar to: ctdb-config validate.
func (f *File) Validate(r release.Release, env Env) []finding.Finding {
	l := newLoader(r, env)
	v := validator{src: f.source(), release: r, loader: l, last: map[name]step{}}
	if errors.Is(f.err, ErrTooLarge) {
		v.add(FindingTooLarge, finding.Error, MaxSize, "%v", ErrTooLarge)
		return v.found
	}
	if strings.HasPrefix(v.src.String(), "\ufeff") {
		v.add(FindingByteOrderMark, finding.Warning, 0,
			"the file begins with a byte order mark, which CTDB takes for a letter")
	}
	l.load(v.src, v.step)
	v.locks()
	finding.Sort(v.found)
	return v.found
}

type validator struct {
	src     *text.Source
	release release.Release
	loader  *loader
	last    map[name]step // that counts so far, defaults too
	dropped bool
	looked  int // for how many words near has looked
	found   []finding.Finding
}

// add adds a finding at an offset of the text.
func (v *validator) add(id string, severity finding.Severity, offset int, format string, args ...any) {
	at := v.src.Position(offset)
	v.found = append(v.found, finding.Finding{
		ID: id, Severity: severity, File: at.File, Line: at.Line, Col: at.Col, Message: fmt.Sprintf(format, args...),
	})
}

// step looks at a line.
func (v *validator) step(s step) {
	v.bytes(s)
	switch s.outcome {
	case unknownSection:
		v.unknownSection(s)
	case homeless, unknownOption:
		v.ignored(s)
	case refused, skipped, taken:
		v.known(s)
	case dropped:
		v.dropped = true
		v.add(FindingDropped, finding.Error, s.Span.Start, "%v", dropReason(s.Line))
	case knownSection, noSetting:
	}
	if s.Kind == tini.Word {
		v.add(FindingNoEquals, finding.Warning, s.NameSpan.Start,
			`a line without "=" is ignored, got %q`, finding.Clip(s.Name))
	}
}

// bytes looks for what CTDB takes for something else than people do, whatever the line is.
func (v *validator) bytes(s step) {
	line := v.src.Text(s.Span)
	if i := loneReturn(line); i >= 0 {
		v.add(FindingReturn, finding.Warning, s.Span.Start+i, "a carriage return is a blank; the line goes on behind it")
	}
	if i := strings.IndexByte(line, 0); i >= 0 && s.Kind != tini.Comment {
		v.add(FindingNUL, finding.Warning, s.Span.Start+i, "what follows a NUL is ignored")
	}
	if s.Kind == tini.Section {
		v.behindHeader(s)
	}
}

// behindHeader looks at the rest of a header's line. What looks like a comment does no harm, unless it joins a line.
func (v *validator) behindHeader(s step) {
	behind := strings.TrimLeft(v.src.Text(s.Ignored), tini.Blanks)
	at := s.Ignored.End - len(behind)
	behind = strings.TrimRight(behind, tini.Blanks)
	if behind == "" {
		return
	}
	severity := finding.Warning
	if (behind[0] == '#' || behind[0] == ';') && !strings.Contains(behind, "\n") {
		severity = finding.Note
	}
	v.add(FindingBehindHeader, severity, at, "what stands behind the header is ignored, got %q", finding.Clip(behind))
}

// loneReturn finds a carriage return in the middle of a line.
func loneReturn(lines string) int {
	start := 0
	for line := range strings.Lines(lines) {
		if i := strings.IndexByte(strings.TrimRight(line, tini.Blanks+"\n"), '\r'); i >= 0 {
			return start + i
		}
		start += len(line)
	}
	return -1
}

// unknownSection says which section was probably meant.
func (v *validator) unknownSection(s step) {
	hint := ""
	if near, ok := v.near(s.Name, sectionsOf(v.release)); ok {
		hint = fmt.Sprintf("; is it [%s]?", near)
	}
	v.add(FindingUnknownSection, finding.Error, s.NameSpan.Start,
		"%s has no section %q, and ignores what stands in it%s", called(v.release), finding.Clip(s.Name), hint)
}

// known looks at the setting of an option that the release has.
func (v *validator) known(s step) {
	if s.outcome == refused {
		v.refused(s)
	}
	v.looks(s)
	if d := s.option.Deprecated; !d.IsZero() && v.release.AtLeast(d.Major, d.Minor, d.Patch) {
		v.add(FindingDeprecated, finding.Warning, s.NameSpan.Start,
			"[%s] %s is deprecated since CTDB %v; [%s] %s replaces it",
			s.option.Section, s.option.Key, s.option.Deprecated, s.option.Successor.Section, s.option.Successor.Key)
	}
	if s.outcome != refused {
		v.value(s)
		v.again(s)
	}
}

// refused says why the release refuses a value.
func (v *validator) refused(s step) {
	got := ""
	if s.Value != "" {
		got = fmt.Sprintf(", got %q", finding.Clip(s.Value))
	}
	v.add(FindingValue, finding.Error, s.ValueSpan.Start, "%v: %v%s", s.option, s.err, got)
}

// again looks at several settings of an option.
func (v *validator) again(s step) {
	option := s.option.name()
	before, again := v.last[option]
	was, at := finding.Clip(before.Value), before.ValueSpan.Start
	switch {
	case !again:
	case s.outcome == skipped && before.outcome == taken:
		v.add(FindingDefaultIgnored, finding.Warning, s.ValueSpan.Start,
			"%q is the default and does not replace %q of line %d", finding.Clip(s.Value), was, v.line(before))
		return
	case s.text == before.text:
		v.add(FindingDuplicate, finding.Note, at, "%q is set again in line %d", was, v.line(s))
	default:
		v.add(FindingDuplicate, finding.Warning, at, "%q is overridden in line %d", was, v.line(s))
	}
	v.last[option] = s
}

// line gives the number of the line that a key stands in.
func (v *validator) line(s step) int { return v.src.Position(s.NameSpan.Start).Line }

// called names a release in a message.
func called(r release.Release) string {
	if r.IsZero() {
		return "the newest CTDB"
	}
	return "CTDB " + r.String()
}

// dropReason says why CTDB can't split a line.
func dropReason(line tini.Line) error {
	if line.Kind == tini.Unnamed {
		return ErrUnnamed
	}
	return ErrUnclosed
}
