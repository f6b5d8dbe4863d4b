package status

import (
	"fmt"
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
	at := strings.Index(p.line, columnNode)
	if at < 0 {
		return false
	}
	p.sep = p.line[:at]
	ip, ok := strings.CutPrefix(p.line[at+len(columnNode):], p.sep+columnIP+p.sep)
	return ok && (ip == "" || strings.HasSuffix(ip, p.sep))
}

// parseMachine reads the machine form, from the header, which is the current line, on.
func (p *parser) parseMachine() error {
	p.cluster.Form = FormMachine
	if p.sep == "" {
		return p.errAt(0, "a table without a separator: its columns can't be told apart")
	}
	header := strings.TrimSuffix(strings.TrimPrefix(p.line, p.sep), p.sep)
	for name := range strings.SplitSeq(header, p.sep) {
		for _, c := range p.cols {
			if c.name == name {
				return p.errAt(0, "a second column "+clip(name))
			}
		}
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
	cells, ok := strings.CutPrefix(p.line, p.sep)
	if !ok {
		return p.keepUnparsed()
	}
	cells, ok = strings.CutSuffix(cells, p.sep)
	if !ok {
		return p.errAt(len(p.line), "want "+clip(p.sep)+" behind the last column")
	}
	// An address may hold the separator: an IPv6 one, if that is a colon.
	surplus := strings.Count(cells, p.sep) + 1 - len(p.cols)
	if surplus < 0 {
		return p.errAt(0, fmt.Sprintf("want %d columns as in the header, got %d", len(p.cols), len(p.cols)+surplus))
	}
	p.row = Node{}
	offset := len(p.sep)
	for _, c := range p.cols {
		extra := 0
		if c.name == columnIP {
			extra = surplus
		}
		end := p.cellEnd(cells, extra)
		if err := c.parse(p, &p.row, c, cells[:end], offset); err != nil {
			return err
		}
		offset += end + len(p.sep)
		cells = cells[min(end+len(p.sep), len(cells)):]
	}
	return p.addNode(p.row)
}

// cellEnd gives where the first cell ends if that many separators belong to it.
func (p *parser) cellEnd(cells string, separators int) int {
	end := 0
	for {
		at := strings.Index(cells[end:], p.sep)
		if at < 0 {
			return len(cells)
		}
		end += at
		if separators == 0 {
			return end
		}
		separators--
		end += len(p.sep)
	}
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
