package eventscript

import (
	"errors"
	"fmt"
	"path"
	"syscall"

	"github.com/go-ctdb/go-ctdb/config/finding"
)

// The identifiers of what List finds.
const (
	FindingDangling      = "eventscript/dangling"        // a link that leads nowhere; up to 4.17, events fail of it
	FindingTarget        = "eventscript/wrong-target"    // a link to something else than the installed script of that name
	FindingRelative      = "eventscript/relative-link"   // right, but ctdb event script list shows it as local
	FindingText          = "eventscript/link-text"       // likewise, by an absolute path that is not the one ctdb wants
	FindingNotExecutable = "eventscript/not-executable"  // a link to a script that its owner may not execute
	FindingNotFile       = "eventscript/not-file"        // a directory, a device or the like
	FindingName          = "eventscript/bad-name"        // CTDB does not take it for a script
	FindingOrder         = "eventscript/duplicate-order" // another script has the same number
	FindingCopy          = "eventscript/copy"            // a file in place of the installed script of that name
	FindingInterpreter   = "eventscript/interpreter"     // Linux can't run it
	FindingOwn           = "eventscript/own"             // through the ctdb tool: one of relative-link to copy
)

// judge finds what is wrong with an entry.
type judge struct {
	*lister
	entry
	script *Script
}

func (j judge) add(id string, severity finding.Severity, format string, args ...any) {
	j.script.add(id, severity, fmt.Sprintf(format, args...))
}

func (s *Script) add(id string, severity finding.Severity, message string) {
	s.Findings = append(s.Findings, finding.Finding{ID: id, Severity: severity, File: s.Path, Message: message})
}

// failing is the severity of what makes events fail in old releases, and is ignored in later ones. That was seen in
// 4.13 and 4.17, and not in 4.22 and 4.25.
func (j judge) failing() finding.Severity {
	if j.release.AtLeast(4, 22, 0) {
		return finding.Warning
	}
	return finding.Error
}

func (j judge) judge() {
	switch j.kind {
	case KindLink:
		j.link()
	case KindFile:
		if j.script.Installed {
			j.add(FindingCopy, finding.Note,
				"it is in the place of the script that came with CTDB, which an update does not change")
		}
	case KindOther:
		j.add(FindingNotFile, finding.Warning, "it is neither a file nor a link: CTDB does not run it")
	case KindNone:
	}
	if j.script.Enabled {
		j.interpreter()
	}
}

func (j judge) link() {
	switch err := j.runs(); {
	case errors.Is(err, ErrDangling):
		severity, why := j.failing(), "there is nothing"
		if errors.Is(j.lost, syscall.ELOOP) { // events fail in all releases
			severity, why = finding.Error, "that is a loop"
		}
		j.add(FindingDangling, severity, "it leads to %q: %s", clip(j.target), why)
		return
	case errors.Is(err, ErrNotFile):
		j.add(FindingNotFile, finding.Warning, "it leads to %q, which is no file: CTDB does not run it", clip(j.target))
		return
	case errors.Is(err, ErrNotExecutable):
		j.add(FindingNotExecutable, finding.Warning,
			"it leads to %q, which its owner may not execute: CTDB does not run it", clip(j.target))
	}
	j.text()
}

// text looks at where a link leads.
func (j judge) text() {
	if j.rules != suffixRules || j.target == j.listed(j.file) && j.script.Installed {
		return
	}
	switch other, ok := j.otherPackaged(); {
	case j.isPackaged(j.entry) && !path.IsAbs(j.target):
		j.add(FindingRelative, finding.Warning, "the link is relative: ctdb event script list shows it as a local script")
	case j.isPackaged(j.entry):
		j.add(FindingText, finding.Warning,
			"it leads to the installed script as %q: ctdb event script list shows it as a local script", clip(j.target))
	case ok:
		j.add(FindingTarget, finding.Warning, "it leads to the installed script %s", clip(other))
	case j.script.Installed:
		j.add(FindingTarget, finding.Warning, "it leads to %q and not to the script that came with CTDB", clip(j.target))
	}
}

// otherPackaged gives the script of another name that came with CTDB and that a link leads to.
func (j judge) otherPackaged() (name string, ok bool) {
	dir, file := path.Split(j.at)
	if path.Clean(dir) != j.installed {
		return "", false
	}
	name, _ = j.rules.script(file)
	_, ok = j.packaged[file]
	return name, ok
}

func (j judge) badName() {
	want := "NN.NAME.script, with two digits"
	switch j.rules {
	case dottedRules:
		want = "NN.NAME, with two digits and no other dot"
	case anyRules:
		want = "a name that does not end in ~"
	case suffixRules:
	}
	j.add(FindingName, finding.Warning, "CTDB does not take it for a script: want %s", want)
}

// findOrders finds scripts that run with the same number, unless all of them came so with CTDB.
func findOrders(scripts []Script) {
	groups := map[int][]int{}
	for i, s := range scripts {
		if s.Enabled && s.Order >= 0 {
			groups[s.Order] = append(groups[s.Order], i)
		}
	}
	for i := range scripts {
		s := &scripts[i]
		if group := groups[s.Order]; len(group) > 1 && s.Enabled && s.Origin == OriginLocal {
			other := group[0]
			if other == i {
				other = group[1]
			}
			s.add(FindingOrder, finding.Note, fmt.Sprintf(
				"it has the number of %s: their names decide which runs first", clip(scripts[other].Name)))
		}
	}
}
