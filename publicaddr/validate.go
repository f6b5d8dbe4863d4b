package publicaddr

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-ctdb/go-ctdb/config/finding"
	"github.com/go-ctdb/go-ctdb/internal/text"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// The identifiers of what [File.Validate] finds.
const (
	FindingMalformed      = "public_addresses/malformed"       // ctdbd refuses the line, and so the file
	FindingTooLarge       = "public_addresses/too-large"       // the file was not read
	FindingDuplicate      = "public_addresses/duplicate"       // an address is there twice; ctdbd refuses the file
	FindingMask           = "public_addresses/mask"            // longer than the address, or 0
	FindingMaskText       = "public_addresses/mask-text"       // not the number that ctdbd makes of it
	FindingNetwork        = "public_addresses/network"         // the address of a network, or its broadcast address
	FindingUnspecified    = "public_addresses/unspecified"     // 0.0.0.0 or ::
	FindingMulticast      = "public_addresses/multicast"       // no node has such an address
	FindingLoopback       = "public_addresses/loopback"        // clients can't reach it
	FindingLinkLocal      = "public_addresses/link-local"      // clients need a zone for it
	FindingPrivate        = "public_addresses/private"         // a node's own address
	FindingNoInterfaces   = "public_addresses/no-interfaces"   // a list of nothing but commas
	FindingEmptyName      = "public_addresses/empty-name"      // a comma too many
	FindingInterfaceName  = "public_addresses/interface-name"  // no interface has such a name
	FindingInterfaceTwice = "public_addresses/interface-twice" // in one list
	FindingComma          = "public_addresses/comma"           // blanks around a comma; the rest is ignored
	FindingIgnoredText    = "public_addresses/ignored-text"    // ctdbd ignores it, a script does not
	FindingIndented       = "public_addresses/indented"        // a script takes its first word for an interface
	FindingReturn         = "public_addresses/carriage-return" // a script takes it for a part of a name
	FindingNoNewline      = "public_addresses/no-newline"      // scripts do not see the last line
)

// Validate reports what ctdbd refuses, and what it accepts and people regret: masks and addresses that no network has,
// names that no interface has, text that ctdbd ignores, and what event scripts read differently. private is the cluster's
// nodes file, whose addresses are not for clients; nil leaves that out. The findings are in the order of the file; none
// is good news. [ValidateCluster] compares the files of several nodes.
func (f *File) Validate(private *nodes.File) []finding.Finding {
	v := validator{src: f.source(), private: private}
	v.refused(f.err)
	if f.source().Len() <= MaxSize {
		for i := range v.src.Lines() {
			v.line(i)
		}
		v.end()
	}
	for _, entry := range f.entries {
		v.entry(entry)
	}
	finding.Sort(v.found)
	return v.found
}

type validator struct {
	src     *text.Source
	private *nodes.File
	found   []finding.Finding
}

// add adds a finding at an offset of the text.
func (v *validator) add(id string, severity finding.Severity, offset int, format string, args ...any) {
	at := v.src.Position(offset)
	v.found = append(v.found, finding.Finding{
		ID: id, Severity: severity, File: at.File, Line: at.Line, Col: at.Col, Message: fmt.Sprintf(format, args...),
	})
}

// refused reports why ctdbd refuses the file.
func (v *validator) refused(err error) {
	for _, err := range finding.Refusals(err) {
		id := FindingMalformed
		switch {
		case errors.Is(err, ErrTooLarge):
			id = FindingTooLarge
		case errors.Is(err, ErrDuplicate):
			id = FindingDuplicate
		}
		v.found = append(v.found, finding.Finding{
			ID: id, Severity: finding.Error, File: err.Name, Line: err.Line, Col: err.Col, Message: err.Message(),
		})
	}
}

// line looks at what scripts and people see in a line, whether it has an entry or not.
func (v *validator) line(number int) {
	all, full := v.src.Line(number), v.src.Text(v.src.FullLine(number))
	if strings.TrimRight(full, blanks+"\r\n") == "" {
		return
	}
	l := splitLine(v.src, number)
	isEntry := !l.address.IsEmpty()
	if first := full[0]; first == ' ' || first == '\t' {
		v.add(FindingIndented, finding.Warning, all.Start, "a line that starts with blanks: "+script)
	}
	if end := strings.IndexAny(full, "\r\x00"); end >= 0 && (isEntry || full[0] != '#') {
		v.unseen(all.Start+end, full[end:])
	}
	if isEntry {
		v.words(l)
	}
}

// script says what is wrong with lines that only ctdbd reads rightly.
const script = "the event script 10.interface takes its words for interfaces, and the node becomes unhealthy"

// unseen is about what is behind the end that ctdbd sees.
func (v *validator) unseen(offset int, rest string) {
	if strings.Trim(rest, "\r\n") != "" {
		v.add(FindingIgnoredText, finding.Warning, offset,
			"ctdbd ignores what follows a carriage return or a NUL: %q", finding.Clip(strings.TrimRight(rest, "\n")))
		return
	}
	v.add(FindingReturn, finding.Warning, offset,
		"a carriage return: the event script 10.interface takes it for a part of a name, and the node becomes unhealthy")
}

// words looks at the words of an entry.
func (v *validator) words(l line) {
	names, rest := v.src.Text(l.names), v.src.Text(l.rest)
	switch {
	case rest == "":
	case strings.HasSuffix(names, ",") || rest[0] == ',':
		v.add(FindingComma, finding.Warning, l.rest.Start,
			"ctdbd ignores what follows a blank, so this interface is none: %q; write the list without blanks", finding.Clip(rest))
	default:
		v.add(FindingIgnoredText, finding.Warning, l.rest.Start, "ctdbd ignores %q, but "+script, finding.Clip(rest))
	}
	seen := map[string]int{}
	offset, found := l.names.Start, false
	for name := range strings.SplitSeq(names, ",") {
		switch {
		case name == "":
		case !isInterface(name):
			v.add(FindingInterfaceName, finding.Error, offset, "no interface can have the name %q, and ctdbd refuses the file", finding.Clip(name))
		case seen[name] == 1:
			v.add(FindingInterfaceTwice, finding.Note, offset, "the interface %q is in the list already", name)
		}
		seen[name]++
		found = found || name != ""
		offset += len(name) + 1
	}
	switch {
	case names == "":
	case !found:
		v.add(FindingNoInterfaces, finding.Error, l.names.Start,
			"there is no interface between the commas: the address can't be hosted, and ctdb reloadips crashes")
	case seen[""] > 0 && rest == "":
		v.add(FindingEmptyName, finding.Note, l.names.Start, "there is a comma too many in %q", finding.Clip(names))
	}
}

// end looks at the end of the file.
func (v *validator) end() {
	last := v.src.Lines() - 1
	if !v.src.Terminated() && !splitLine(v.src, last).address.IsEmpty() {
		v.add(FindingNoNewline, finding.Warning, v.src.Line(last).Start,
			"the last line does not end with a newline: event scripts that drop all addresses do not see it")
	}
}

// entry looks at an address and its mask.
func (v *validator) entry(entry Entry) {
	word := splitLine(v.src, entry.Line-1).address
	written := v.src.Text(word)
	addr, bits := entry.Address, entry.Address.BitLen()
	if mask := written[strings.LastIndexByte(written, '/')+1:]; mask != strconv.Itoa(entry.Mask) {
		v.add(FindingMaskText, finding.Warning, word.Start, "ctdbd takes the mask length %q for %d", mask, entry.Mask)
	}
	switch {
	case addr.IsUnspecified():
		v.add(FindingUnspecified, finding.Error, word.Start, "no client can reach the address %v", addr)
	case addr.IsMulticast():
		v.add(FindingMulticast, finding.Error, word.Start, "%v is a multicast address", addr)
	case addr.IsLoopback():
		v.add(FindingLoopback, finding.Warning, word.Start, "clients can't reach the loopback address %v", addr)
	case addr.IsLinkLocalUnicast() && addr.Is6():
		v.add(FindingLinkLocal, finding.Warning, word.Start, "clients need a zone to reach the link-local address %v", addr)
	}
	switch {
	case entry.Mask > bits:
		v.add(FindingMask, finding.Error, word.Start,
			"the mask length of %v is at most %d: ctdbd loads this, and can't put the address on an interface", addr, bits)
	case entry.Mask == 0:
		v.add(FindingMask, finding.Warning, word.Start, "with a mask length of 0, every address is in the network of %v", addr)
	default:
		v.network(entry, word.Start)
	}
	if v.private == nil {
		return
	}
	if node, ok := v.private.Lookup(addr); ok {
		v.add(FindingPrivate, finding.Error, word.Start, "%v is the private address of node %v", addr, node.PNN)
	}
}

// network finds addresses that are not for a host. Networks of two addresses or of one have none of these.
func (v *validator) network(entry Entry, offset int) {
	prefix, ok := entry.Prefix()
	if !ok || entry.Address.BitLen()-entry.Mask < 2 {
		return
	}
	switch {
	case entry.Address == prefix.Masked().Addr():
		v.add(FindingNetwork, finding.Warning, offset, "%v is the address of the network %v itself", entry.Address, prefix.Masked())
	case entry.Address.Is4() && !prefix.Contains(entry.Address.Next()):
		v.add(FindingNetwork, finding.Warning, offset, "%v is the broadcast address of the network %v",
			entry.Address, prefix.Masked())
	}
}
