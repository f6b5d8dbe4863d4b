package options

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/ctdb/release"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// The identifiers of what [File.Validate] finds.
const (
	FindingQuote     = "options/quote"           // a quote does not end; the shell refuses the file
	FindingTooLarge  = "options/too-large"       // the file was not read
	FindingNUL       = "options/nul"             // shells differ about it
	FindingUnread    = "options/unread"          // this package does not know what a shell makes of the rest of the file
	FindingDynamic   = "options/dynamic"         // only a shell can evaluate it
	FindingBlanks    = "options/blanks"          // NAME = WORD, which runs a command
	FindingMark      = "options/byte-order-mark" // the shell takes it for a part of the first word
	FindingReturn    = "options/carriage-return" // it is a part of the value, or a command
	FindingDuplicate = "options/duplicate"       // another assignment wins
	FindingUnknown   = "options/unknown"         // no script reads it
	FindingRelease   = "options/release"         // no script of this release reads it
	FindingWrongFile = "options/wrong-file"      // it is for another script
	FindingInternal  = "options/internal"        // scripts set it themselves
	FindingMoved     = "options/moved"           // it was for CTDB before 4.9
	FindingWord      = "options/word"            // scripts compare with other words
)

// Validate reports what a shell refuses, and what it accepts and people regret: variables that no script reads, or no
// script of this release, or not the script whose file it is; values that scripts do not know; blanks and bytes that
// make something else of an assignment. script is the name of the script whose file it is, as in [Options.ForScript],
// and "" for script.options. A release that is zero is the newest. The findings are in the order of the file; none is
// good news.
//
// The values of the variables of NAT gateway, LVS and policy routing are for [NATGateway.Validate] and so on.
func (f *File) Validate(r release.Release, script string) []finding.Finding {
	v := validator{file: f, src: f.source(), release: r, script: script, near: maxNear}
	v.refused()
	if v.src.Len() <= MaxSize {
		v.bytes()
	}
	for number, record := range f.records {
		switch {
		case record.dynamic == nil:
			v.assignment(number, record)
		case f.isOpaque(record):
			v.add(FindingUnread, finding.Warning, record.span.Start,
				"this is not looked at from here on: only a shell can tell what it does")
		default:
			v.dynamic(record)
		}
	}
	finding.Sort(v.found)
	return v.found
}

// isOpaque tells the entry that is the rest of a file.
func (f *File) isOpaque(r record) bool {
	return f.lines[r.command].end < 0 && r.command == len(f.lines)-1
}

type validator struct {
	file    *File
	src     *text.Source
	release release.Release
	script  string
	near    int // names for which it may still be said what was meant
	found   []finding.Finding
}

// add adds a finding at an offset of the text.
func (v *validator) add(id string, severity finding.Severity, offset int, format string, args ...any) {
	at := v.src.Position(offset)
	v.found = append(v.found, finding.Finding{
		ID: id, Severity: severity, File: at.File, Line: at.Line, Col: at.Col, Message: fmt.Sprintf(format, args...),
	})
}

// refused reports why the shell refuses the file.
func (v *validator) refused() {
	for _, err := range finding.Refusals(v.file.err) {
		id := FindingQuote
		if errors.Is(err, ErrTooLarge) {
			id = FindingTooLarge
		}
		v.found = append(v.found, finding.Finding{
			ID: id, Severity: finding.Error, File: err.Name, Line: err.Line, Col: err.Col, Message: err.Message(),
		})
	}
}

// mark is what some editors of other systems write first.
const mark = "\xef\xbb\xbf"

// bytes looks at bytes that are wrong wherever they are.
func (v *validator) bytes() {
	all := v.src.String()
	if strings.HasPrefix(all, mark) {
		v.add(FindingMark, finding.Error, 0, "the shell takes the byte order mark for a part of the first word")
	}
	if i := strings.IndexByte(all, 0); i >= 0 {
		v.add(FindingNUL, finding.Error, i, "there is a NUL, and shells differ about what that means")
	}
}

// assignment looks at an assignment that is known.
func (v *validator) assignment(number int, r record) {
	at := r.span.Start
	if last := v.file.index[r.name]; last != number && v.file.records[last].dynamic == nil {
		line := v.src.Position(v.file.records[last].span.Start).Line
		v.add(FindingDuplicate, finding.Warning, at, "line %d sets %s again, and that counts", line, r.name)
	}
	known, ok := v.variable(r.name, at)
	if i := strings.IndexByte(v.src.Text(r.span), '\r'); i >= 0 {
		v.add(FindingReturn, finding.Error, at+i, "the carriage return is a part of the value of %s", finding.Clip(r.name))
		return
	}
	if ok && len(known.Values) > 0 && r.value != "" && !slices.Contains(known.Values, r.value) {
		v.add(FindingWord, finding.Warning, r.valueAt, "scripts compare %s with %s, so %q is the same as %q",
			r.name, strings.Join(known.Values, " and "), finding.Clip(r.value), known.Default)
	}
}

// dynamic looks at what only a shell can evaluate.
func (v *validator) dynamic(r record) {
	at, all := r.span.Start, v.src.Text(r.span)
	name := nameOf(all)
	rest := all[len(name):]
	behind := strings.TrimLeft(rest, " \t")
	switch {
	case r.name != "":
		v.variable(r.name, at)
	case strings.HasPrefix(all, mark):
		return
	case all[0] == '\r':
		v.add(FindingReturn, finding.Warning, at, "the shell takes the carriage return for a command, which there is not")
		return
	case name != "" && rest != behind && strings.HasPrefix(behind, "="):
		v.add(FindingBlanks, finding.Error, at, "there is a blank before the =, so the shell runs a command %s",
			finding.Clip(name))
		return
	case name != "" && (strings.HasPrefix(rest, "= ") || strings.HasPrefix(rest, "=\t")):
		v.add(FindingBlanks, finding.Error, at, "there is a blank behind the =, so the shell runs the next word as a command")
		return
	}
	what := "only a shell can evaluate this"
	if r.dynamic.all {
		what += ", and it may change any variable"
	}
	v.add(FindingDynamic, finding.Note, at, "%s", what)
}

// variable looks at a name, and gives the variable if the release has it.
func (v *validator) variable(name string, at int) (Variable, bool) {
	known, ok := Find(name, v.release)
	successor, old := moved[name]
	switch {
	case ok && known.In(v.release):
		if v.script != "" && !slices.Contains(known.Scripts, v.script) {
			v.add(FindingWrongFile, finding.Warning, at, "%s does not read %s, which is for %s", v.script, name,
				strings.Join(known.Scripts, " and "))
		}
		return known, true
	case ok:
		v.add(FindingRelease, finding.Warning, at, "no script of CTDB %v reads %s: %s", v.release, name, known.span())
	case old:
		v.add(FindingMoved, finding.Warning, at, "no script reads %s; since CTDB 4.9 there is %s instead", name, successor)
	case strings.HasPrefix(name, "CTDB_SET_"):
		v.add(FindingMoved, finding.Warning, at, "no script reads %s; tunables are in ctdb.tunables since CTDB 4.9",
			finding.Clip(name))
	case internal[name]:
		v.add(FindingInternal, finding.Warning, at, "%s is not for options: CTDB and its scripts set it", name)
	default:
		v.unknown(name, at)
	}
	return Variable{}, false
}

// span says in which releases a variable is.
func (v Variable) span() string {
	from := v.Since
	if from.IsZero() {
		from = first
	}
	if v.Until.IsZero() {
		return fmt.Sprintf("they do since %v", from)
	}
	return fmt.Sprintf("they did from %v on, until %v", from, v.Until)
}

// unknown is about a name that no release has.
func (v *validator) unknown(name string, at int) {
	meant, ok := "", false
	if v.near > 0 {
		meant, ok = finding.Nearest(name, knownNames(v.release))
	}
	switch {
	case ok:
		v.near--
		v.add(FindingUnknown, finding.Warning, at, "no script reads %s; is it %s?", finding.Clip(name), meant)
	case strings.HasPrefix(name, "CTDB_"):
		v.near--
		v.add(FindingUnknown, finding.Warning, at, "no script of CTDB reads %s", finding.Clip(name))
	}
}

// maxNear is for how many names it is said what was meant, so that a large file of unknown names does not take long.
const maxNear = 200

func knownNames(r release.Release) iter.Seq[string] {
	return func(yield func(string) bool) {
		for v := range Known(r) {
			if !yield(v.Name) {
				return
			}
		}
	}
}
