package status

import "strings"

// ipColumn is a column of the machine form, and what reads a cell of it.
type ipColumn struct {
	name  string
	parse func(p *ipParser, ip *PublicIP, name, cell string, offset int) error
}

const (
	columnPublicIP   = "Public IP"
	columnActive     = "ActiveInterfaces"
	columnActiveOld  = "ActiveInterface" // up to 4.4
	columnAvailable  = "AvailableInterfaces"
	columnConfigured = "ConfiguredInterfaces"
)

// ipColumnNamed finds out how a column is read. One that is not known is kept.
func ipColumnNamed(name string) ipColumn {
	switch name {
	case columnPublicIP:
		return ipColumn{name, (*ipParser).address}
	case columnNode:
		return ipColumn{name, (*ipParser).node}
	case columnActive, columnActiveOld:
		return ipColumn{name, (*ipParser).active}
	case columnAvailable:
		return ipColumn{name, (*ipParser).available}
	case columnConfigured:
		return ipColumn{name, (*ipParser).configured}
	}
	return ipColumn{strings.Clone(name), (*ipParser).extra}
}

// isHeader tells whether the current line is the header of the table. It takes over the separator.
func (p *ipParser) isHeader() bool {
	sep, ok := p.headerOf(columnPublicIP, columnNode)
	p.table.sep = sep
	return ok
}

func (p *ipParser) header() error {
	p.result.Form = FormMachine
	if err := p.table.header(&p.scanner, columnPublicIP); err != nil {
		return err
	}
	for _, name := range p.table.names {
		p.cols = append(p.cols, ipColumnNamed(name))
		switch name {
		case columnActive, columnActiveOld, columnAvailable, columnConfigured:
			p.result.Verbose = true
		}
	}
	return nil
}

func (p *ipParser) machineRow() error {
	isRow, err := p.table.row(&p.scanner)
	switch {
	case err != nil:
		return err
	case !isRow:
		return p.keepUnparsed()
	}
	p.row = PublicIP{}
	for i, c := range p.cols {
		cell := p.table.cells[i]
		if err := c.parse(p, &p.row, c.name, cell.text, cell.offset); err != nil {
			return err
		}
	}
	return p.add(p.row)
}

func (p *ipParser) address(ip *PublicIP, _, cell string, offset int) (err error) {
	ip.Address, err = p.addr(cell, offset)
	return err
}

func (p *ipParser) node(ip *PublicIP, _, cell string, offset int) (err error) {
	ip.Node, err = p.nodeOrNone(cell, offset, "")
	return err
}

func (p *ipParser) active(ip *PublicIP, _, cell string, offset int) (err error) {
	switch {
	case cell == "":
		return nil
	case strings.Contains(cell, ","):
		return p.errAt(offset, "want one interface that is active, got "+clip(cell))
	}
	ip.ActiveInterface, err = p.interfaceName(cell, offset)
	return err
}

func (p *ipParser) available(ip *PublicIP, _, cell string, offset int) (err error) {
	ip.AvailableInterfaces, err = p.interfaceNames(cell, offset)
	return err
}

func (p *ipParser) configured(ip *PublicIP, _, cell string, offset int) (err error) {
	ip.ConfiguredInterfaces, err = p.interfaceNames(cell, offset)
	return err
}

func (p *ipParser) extra(ip *PublicIP, name, text string, offset int) error {
	return p.keepExtra(&ip.Extra, name, cell{text, offset})
}

// interfaceNames reads names of interfaces joined by commas; CTDB allows none within a name.
func (p *ipParser) interfaceNames(text string, offset int) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	names := make([]string, 0, strings.Count(text, ",")+1)
	for word := range strings.SplitSeq(text, ",") {
		name, err := p.interfaceName(word, offset)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
		offset += len(word) + 1
	}
	return names, nil
}

func (p *ipParser) interfaceName(text string, offset int) (string, error) {
	if name, ok := p.names[text]; ok {
		return name, nil
	}
	if text == "" || strings.ContainsAny(text, " \t") {
		return "", p.errAt(offset, "want the name of an interface, got "+clip(text))
	}
	name := strings.Clone(text)
	p.names[name] = name
	return name, nil
}
