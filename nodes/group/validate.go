package group

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// The identifiers of what [File.Validate] finds.
const (
	FindingOption    = "group/option"     // the scripts refuse the line, and so the file
	FindingTooLarge  = "group/too-large"  // the file was not read
	FindingWords     = "group/words"      // of two eras; every release refuses the file
	FindingAddress   = "group/address"    // no address as CTDB prints it, so no node's
	FindingPattern   = "group/pattern"    // no address, and yet taken for one
	FindingNoNode    = "group/no-node"    // not in the nodes file
	FindingDuplicate = "group/duplicate"  // an address is there twice
	FindingNoLeader  = "group/no-leader"  // nobody may lead
	FindingNoMembers = "group/no-members" // there is nobody
)

// Validate reports what CTDB's scripts refuse, and what they accept and people regret: lines that are no node's, nodes
// that are not in the cluster, groups that nobody may lead. cluster is the cluster's nodes file; nil leaves that out. The
// findings are in the order of the file; none is good news.
func (f *File) Validate(cluster *nodes.File) []finding.Finding {
	v := validator{src: f.source(), cluster: cluster, file: f}
	v.refused()
	if f.err == nil {
		v.members()
		v.whole()
	}
	finding.Sort(v.found)
	return v.found
}

type validator struct {
	src     *text.Source
	cluster *nodes.File
	file    *File
	found   []finding.Finding
}

// add adds a finding at an offset of the text.
func (v *validator) add(id string, severity finding.Severity, offset int, format string, args ...any) {
	at := v.src.Position(offset)
	v.found = append(v.found, finding.Finding{
		ID: id, Severity: severity, File: at.File, Line: at.Line, Col: at.Col, Message: fmt.Sprintf(format, args...),
	})
}

func (v *validator) refused() {
	for _, err := range finding.Refusals(v.file.err) {
		id := FindingOption
		if errors.Is(err, ErrTooLarge) {
			id = FindingTooLarge
		}
		v.found = append(v.found, finding.Finding{
			ID: id, Severity: finding.Error, File: err.Name, Line: err.Line, Col: err.Col, Message: err.Message(),
		})
	}
}

// members looks at each line by itself.
func (v *validator) members() {
	lines := map[netip.Addr]int{}
	word := ""
	for _, m := range v.file.members {
		l := splitLine(v.src, m.Line-1)
		if m.Address.IsValid() {
			v.node(m, l.address.Start)
			if first, ok := lines[m.Address]; ok {
				v.add(FindingDuplicate, finding.Warning, l.address.Start, "%v is in line %d too", m.Address, first)
			} else {
				lines[m.Address] = m.Line
			}
		} else {
			v.noAddress(m, l.address.Start)
		}
		switch option := v.src.Text(l.option); {
		case word == "":
			word = option
		case option != "" && option != word:
			v.add(FindingWords, finding.Error, l.option.Start, "%s, where another line has %s: every release refuses one of them", option, word)
		}
	}
}

func (v *validator) node(m Member, offset int) {
	if v.cluster == nil {
		return
	}
	if _, ok := v.cluster.Lookup(m.Address); !ok {
		v.add(FindingNoNode, finding.Error, offset, "%v is no address of the cluster's nodes", m.Address)
	}
}

// noAddress is about a word that is no node's.
func (v *validator) noAddress(m Member, offset int) {
	meant, err := netip.ParseAddr(strings.Trim(m.Text, "\r[]"))
	switch {
	case err == nil && strings.HasSuffix(m.Text, "\r"):
		v.add(FindingAddress, finding.Error, offset, "CTDB takes the carriage return at the end of the line for a part of the address")
	case err == nil:
		v.add(FindingAddress, finding.Error, offset, "%q is no address as CTDB prints it, which is %v", finding.Clip(m.Text), meant.Unmap())
	default:
		v.add(FindingAddress, finding.Error, offset, "%q is no address", finding.Clip(m.Text))
	}
	if v.cluster == nil {
		return
	}
	for node := range v.cluster.Active() {
		if node.Address.Is4() && isMatch(m.Text, node.Address.String()) {
			v.add(FindingPattern, finding.Warning, offset, "CTDB takes %q for %v when it chooses a leader", finding.Clip(m.Text), node.Address)
		}
	}
}

// isMatch tells whether a text is an address if the address's dots stand for any character.
func isMatch(text, addr string) bool {
	if len(text) != len(addr) {
		return false
	}
	for i := range len(text) {
		if addr[i] != '.' && addr[i] != text[i] {
			return false
		}
	}
	return true
}

// whole looks at the group as a whole.
func (v *validator) whole() {
	some, leaders := 0, 0
	for _, m := range v.file.members {
		if m.Address.IsValid() {
			some++
			if !m.FollowerOnly {
				leaders++
			}
		}
	}
	about := finding.Finding{File: v.src.Name(), Severity: finding.Error}
	switch {
	case some == 0:
		about.ID, about.Severity, about.Message = FindingNoMembers, finding.Warning, "there is no node in the group"
	case leaders == 0:
		about.ID, about.Message = FindingNoLeader, "all nodes are follower-only: nobody may lead the group"
	default:
		return
	}
	v.found = append(v.found, about)
}
