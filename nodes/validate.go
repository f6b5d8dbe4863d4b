package nodes

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
)

// The identifiers of what [File.Validate] finds.
const (
	FindingTooLarge    = "nodes/too-large"    // error: the file is larger than MaxSize and was not looked at
	FindingAddress     = "nodes/address"      // error: ctdbd refuses the line, and so the file
	FindingNoNodes     = "nodes/no-nodes"     // error: there is no node
	FindingUnusable    = "nodes/unusable"     // error: no node can have that address
	FindingDuplicate   = "nodes/duplicate"    // error: two nodes have one address
	FindingLoopback    = "nodes/loopback"     // warning: other nodes can't reach it
	FindingProse       = "nodes/prose"        // warning: a comment, which is a deleted node
	FindingBlankLine   = "nodes/blank-line"   // warning: onnode counts it, ctdbd does not
	FindingIgnoredText = "nodes/ignored-text" // warning: text behind a carriage return or NUL

	FindingTrailingDeleted = "nodes/trailing-deleted" // note: the last numbers are those of deleted nodes
)

// maxFindings of a kind are reported one by one.
const maxFindings = 100

// Validate reports what ctdbd refuses, and what it accepts and people regret: comments that are deleted nodes, blank
// lines, addresses that no cluster works with. A note is about something that is no mistake: deleted nodes at the end,
// whose numbers can be used again. The findings are in the order of the file, at most 100 of an ID; one more at the head,
// without a line, says how many of an ID were left out.
func (f *File) Validate() []finding.Finding {
	v := validator{file: f, src: f.source(), count: map[string]int{}}
	v.refused()
	if !errors.Is(f.err, ErrTooLarge) {
		v.lines()
	}
	if f.err == nil {
		v.nodes()
	}
	v.omitted()
	finding.Sort(v.found)
	return v.found
}

type validator struct {
	file  *File
	src   *text.Source
	found []finding.Finding
	count map[string]int // findings of an ID, those that were left out too
}

// add adds a finding about a place, unless there are enough of its kind.
func (v *validator) add(id string, severity finding.Severity, at text.Position, message string, args ...any) {
	v.count[id]++
	if v.count[id] <= maxFindings {
		v.found = append(v.found, finding.Finding{
			ID: id, Severity: severity, File: at.File, Line: at.Line, Col: at.Col, Message: fmt.Sprintf(message, args...),
		})
	}
}

// warn adds a warning about the byte at offset.
func (v *validator) warn(id string, offset int, message string, args ...any) {
	v.add(id, finding.Warning, v.src.Position(offset), message, args...)
}

// omitted says how many findings were left out.
func (v *validator) omitted() {
	severity := map[string]finding.Severity{}
	for _, f := range v.found {
		severity[f.ID] = f.Severity
	}
	for _, id := range slices.Sorted(maps.Keys(v.count)) {
		if more := v.count[id] - maxFindings; more > 0 {
			v.found = append(v.found, finding.Finding{
				ID: id, Severity: severity[id], File: v.src.Name(), Message: fmt.Sprintf("and %d more of these", more),
			})
		}
	}
}

// refused reports the lines for which ctdbd refuses the file.
func (v *validator) refused() {
	for _, err := range finding.Refusals(v.file.err) {
		id := FindingAddress
		if errors.Is(err, ErrTooLarge) {
			id = FindingTooLarge
		}
		v.add(id, finding.Error, text.Position{File: err.Name, Line: err.Line, Col: err.Col}, "%s", err.Message())
	}
	if all, ok := errors.AsType[*ParseErrors](v.file.err); ok {
		v.count[FindingAddress] += all.More
	}
}

// lines looks at each line by itself.
func (v *validator) lines() {
	last := v.lastText()
	pnn := 0
	for i := range v.src.Lines() {
		line, seen := v.src.Line(i), content(v.src, i)
		v.ignoredText(line)
		switch node, isNode, err := parseLine(v.src.Text(seen)); {
		case !isNode && err == nil:
			if i < last {
				v.warn(FindingBlankLine, line.Start,
					"a blank line: ctdbd skips it, but onnode counts it and numbers the nodes below it differently")
			}
			continue
		case node.Deleted:
			if _, _, ok := node.former(); !ok {
				v.warn(FindingProse, seen.Start,
					"there are no comments in a nodes file: for ctdbd this is node %d, a deleted one", pnn)
			}
		}
		pnn++
	}
}

// ignoredText reports what stands behind a carriage return or NUL.
func (v *validator) ignoredText(line text.Span) {
	words := v.src.Text(line)
	cut := len(visible(words))
	if rest := strings.Trim(words[cut:], blanks+"\r\x00"); rest != "" {
		v.warn(FindingIgnoredText, line.Start+cut,
			"ctdbd ignores what is behind a carriage return or a NUL on a line, here %q", finding.Clip(rest))
	}
}

// lastText is the last line that is not blank.
func (v *validator) lastText() int {
	last := v.src.Lines() - 1
	for last >= 0 && content(v.src, last).IsEmpty() {
		last--
	}
	return last
}

// nodes looks at the nodes that are not deleted.
func (v *validator) nodes() {
	first := make(map[netip.Addr]PNN, v.file.Len())
	for node := range v.file.Active() {
		at := v.src.Position(v.file.contentOf(node).Start)
		if reason := unusable(node.Address); reason != "" {
			v.add(FindingUnusable, finding.Error, at, "%s", reason)
		}
		if other, ok := first[node.Address]; ok {
			v.add(FindingDuplicate, finding.Error, at, "%v is the address of node %v too", node.Address, other)
			continue
		}
		first[node.Address] = node.PNN
	}
	v.trailing(len(first) > 0)
	switch len(first) {
	case 0:
		v.add(FindingNoNodes, finding.Error, text.Position{File: v.src.Name()}, "there is no node, so ctdbd does not start")
	case 1:
		// A cluster of one may be on loopback.
	default:
		v.loopback()
	}
}

// trailing looks for deleted nodes behind the last node, if there is one.
func (v *validator) trailing(hasNodes bool) {
	all := v.file.nodes
	end := len(all)
	for end > 0 && all[end-1].Deleted {
		end--
	}
	if hasNodes && end < len(all) {
		v.add(FindingTrailingDeleted, finding.Note, v.src.Position(v.file.contentOf(all[end]).Start),
			"from number %d on all nodes are deleted: restoring one uses its number again, a new node gets number %d", end, len(all))
	}
}

// loopback looks at the nodes of a cluster of several.
func (v *validator) loopback() {
	for node := range v.file.Active() {
		if node.Address.IsLoopback() {
			v.warn(FindingLoopback, v.file.contentOf(node).Start,
				"other machines can't reach the loopback address %v", node.Address)
		}
	}
}
