package status

import (
	"net/netip"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

// The columns of the machine form that are not flags.
const (
	columnNode            = "Node"
	columnIP              = "IP"
	columnInactive        = "Inactive"
	columnPartiallyOnline = "PartiallyOnline"
	columnThisNode        = "ThisNode"
)

// column is a column of the machine form: what reads a cell of it, and for a flag, which.
type column struct {
	name  string
	flag  Flags
	parse func(p *parser, n *Node, c column, cell string, offset int) error
}

// columnNamed finds out how a column is read. One that is not known is kept.
func columnNamed(name string) column {
	switch name {
	case columnNode:
		return column{name: name, parse: (*parser).cellPNN}
	case columnIP:
		return column{name: name, parse: (*parser).cellAddress}
	case columnInactive:
		return column{name: name, parse: (*parser).cellInactive}
	case columnPartiallyOnline:
		return column{name: name, parse: (*parser).cellPartiallyOnline}
	case columnThisNode:
		return column{name: name, parse: (*parser).cellThisNode}
	}
	for _, f := range flagNames {
		if name == f.column {
			return column{name: name, flag: f.flag, parse: (*parser).cellFlag}
		}
	}
	return column{name: strings.Clone(name), parse: (*parser).cellExtra}
}

// isHeader tells whether the current line is the header of the table: columns with a separator before, between and
// behind them, Node and IP the first two. It takes over the separator.
func (p *parser) isHeader() bool {
	sep, ok := p.separator(columnNode)
	if !ok {
		return false
	}
	p.table.sep = sep
	ip, ok := strings.CutPrefix(p.line, sep+columnNode+sep+columnIP+sep)
	return ok && (ip == "" || strings.HasSuffix(ip, sep))
}

// parseMachine reads the machine form, from the header, which is the current line, on.
func (p *parser) parseMachine() error {
	p.cluster.Form = FormMachine
	if err := p.table.header(&p.scanner, columnIP); err != nil {
		return err
	}
	p.cols = make([]column, 0, len(p.table.names))
	for _, name := range p.table.names {
		p.cols = append(p.cols, columnNamed(name))
	}
	for {
		more, err := p.next()
		if err != nil || !more {
			return err
		}
		if err := p.machineRow(); err != nil {
			return err
		}
	}
}

// machineRow reads the current line as a row of the table.
func (p *parser) machineRow() error {
	isRow, err := p.table.row(&p.scanner)
	switch {
	case err != nil:
		return err
	case !isRow:
		return p.keepUnparsed()
	}
	p.row = Node{}
	for i, c := range p.cols {
		cell := p.table.cells[i]
		if err := c.parse(p, &p.row, c, cell.text, cell.offset); err != nil {
			return err
		}
	}
	return p.addNode(p.row)
}

func (p *parser) cellPNN(n *Node, _ column, cell string, offset int) error {
	pnn, err := p.uint32(cell, offset, "a node number")
	n.PNN = nodes.PNN(pnn)
	return err
}

func (p *parser) cellAddress(n *Node, _ column, cell string, offset int) (err error) {
	if n.Address, err = netip.ParseAddr(cell); err != nil {
		return p.errAt(offset, "want an address, got "+clip(cell))
	}
	return nil
}

func (p *parser) cellFlag(n *Node, c column, cell string, offset int) error {
	set, err := p.bit(c, cell, offset)
	if set {
		n.Flags |= c.flag
	}
	return err
}

// cellInactive checks a column that follows from those before it; where it doesn't, a flag is in force that this package
// does not know.
func (p *parser) cellInactive(n *Node, c column, cell string, offset int) error {
	set, err := p.bit(c, cell, offset)
	if set && !n.Flags.Inactive() {
		n.OtherFlags = append(n.OtherFlags, wordInactive)
	}
	return err
}

func (p *parser) cellPartiallyOnline(n *Node, c column, cell string, offset int) (err error) {
	n.PartiallyOnline, err = p.bit(c, cell, offset)
	return err
}

func (p *parser) cellThisNode(n *Node, c column, cell string, offset int) error {
	if cell != "Y" && cell != "N" {
		return p.errAt(offset, "want Y or N in column "+c.name+", got "+clip(cell))
	}
	n.ThisNode = cell == "Y"
	return nil
}

func (p *parser) cellExtra(n *Node, c column, cell string, _ int) error {
	if n.Extra == nil {
		n.Extra = make(map[string]string, 1)
	}
	n.Extra[c.name] = strings.Clone(cell)
	return nil
}

func (p *parser) bit(c column, cell string, offset int) (bool, error) {
	if cell != "0" && cell != "1" {
		return false, p.errAt(offset, "want 0 or 1 in column "+c.name+", got "+clip(cell))
	}
	return cell == "1", nil
}
