package status

import (
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

const cmdIfaces = "ctdb ifaces"

// Interfaces are the network interfaces that a node has public addresses for. Similar to: ctdb ifaces.
type Interfaces struct {
	// Form is the form of output that it was read from. A node without interfaces answers in text in either case.
	Form Form `json:"form"`
	// PNN is the node that was asked. Not in the machine form.
	PNN Value[nodes.PNN] `json:"pnn,omitzero"`
	// Interfaces are in the order of the output. Each name is there once.
	Interfaces []Interface `json:"interfaces"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// Interface is a network interface as CTDB sees it.
type Interface struct {
	Name string `json:"name"`
	// Up tells whether it has a link, as the event scripts found or "ctdb setifacelink" says.
	Up bool `json:"up"`
	// References counts the public addresses that the node hosts on it.
	References int `json:"references"`
	// Extra holds columns that this package does not know, by name.
	Extra map[string]string `json:"extra,omitempty"`
}

// Find gives the interface of that name.
func (i *Interfaces) Find(name string) (Interface, bool) {
	for _, iface := range i.Interfaces {
		if iface.Name == name {
			return iface, true
		}
	}
	return Interface{}, false
}

const (
	ifacesTitle = "Interfaces on node "
	ifacesNone  = "No interfaces configured on node "

	columnIfaceName  = "Name"
	columnLinkStatus = "LinkStatus"
	columnReferences = "References"
)

// ifacesParser reads an output of ifaces.
type ifacesParser struct {
	scanner
	result Interfaces
	none   bool
	seen   map[string]bool
	table  table
}

// ParseInterfaces reads the output of "ctdb ifaces" in text or machine form, of releases 4.9 to 4.25, and finds out
// which it is. Lines and columns that it does not know are kept; output that is malformed or something else is a
// [*ParseError], and then there are no Interfaces.
//
// Output that lost whole rows looks like that of fewer interfaces; only the exit code tells. The result shares no memory
// with out.
func ParseInterfaces(out []byte) (*Interfaces, error) {
	var p ifacesParser
	if err := p.start(cmdIfaces, out); err != nil {
		return nil, err
	}
	p.seen = map[string]bool{}
	p.result.Interfaces = []Interface{}
	if err := p.each(p.parseLine); err != nil {
		return nil, err
	}
	if p.result.Form == 0 {
		return nil, p.noForm(`"Interfaces on node", or a table with the columns Name, LinkStatus and References`)
	}
	p.result.Unparsed = p.unparsed
	return &p.result, nil
}

// parseLine reads the current line in the form that was found, or finds it.
func (p *ifacesParser) parseLine() error {
	rest, isTitle := strings.CutPrefix(p.line, ifacesTitle)
	if !isTitle {
		rest, p.none = strings.CutPrefix(p.line, ifacesNone)
		isTitle = p.none
	}
	switch {
	case isTitle && p.result.Form != 0:
		return p.errAt(0, "a second title")
	case isTitle:
		return p.title(rest)
	case p.result.Form == FormText && strings.HasPrefix(p.line, "name:"):
		return p.textRow()
	case p.result.Form == FormMachine:
		return p.machineRow()
	case p.result.Form == 0 && p.isHeader():
		p.result.Form = FormMachine
		return p.table.header(&p.scanner, columnIfaceName)
	}
	return p.keepUnparsed()
}

// title reads the number of the node behind the words of the title.
func (p *ifacesParser) title(number string) error {
	p.result.Form = FormText
	pnn, err := p.pnn(number, len(p.line)-len(number))
	p.result.PNN = Known(pnn)
	return err
}

// isHeader tells whether the current line is the header of the table. It takes over the separator.
func (p *ifacesParser) isHeader() bool {
	sep, ok := p.headerOf(columnIfaceName, columnLinkStatus, columnReferences)
	p.table.sep = sep
	return ok
}

func (p *ifacesParser) textRow() error {
	iface, active, err := p.interfaceWords(p.line, 0)
	if err == nil && active {
		err = p.errAt(0, "an interface that is active for an address, of which there is none here")
	}
	if err != nil {
		return err
	}
	return p.add(iface)
}

func (p *ifacesParser) machineRow() error {
	isRow, err := p.table.row(&p.scanner)
	switch {
	case err != nil:
		return err
	case !isRow:
		return p.keepUnparsed()
	}
	var iface Interface
	for i, name := range p.table.names {
		if err := p.interfaceValue(&iface, name, p.table.cells[i]); err != nil {
			return err
		}
	}
	return p.add(iface)
}

func (p *ifacesParser) add(iface Interface) error {
	if p.seen[iface.Name] {
		return p.errAt(0, "a second interface "+clip(iface.Name))
	}
	p.seen[iface.Name] = true
	p.result.Interfaces = append(p.result.Interfaces, iface)
	return nil
}
