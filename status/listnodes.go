package status

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/go-ctdb/go-ctdb/nodes"
)

const cmdListNodes = "ctdb listnodes"

// NodeList is what is in the nodes file of a host: what the tool reads there, without asking a daemon, or what a ctdbd would
// read now. Similar to: ctdb listnodes.
type NodeList struct {
	// Form is the form of output that it was read from. It is text if there are no nodes.
	Form Form `json:"form"`
	// Nodes are in the order of the nodes file, without those that are deleted.
	Nodes []ListedNode `json:"nodes"`
	// Deleted are the numbers of the nodes that are deleted. Only with FormSocket.
	Deleted []nodes.PNN `json:"deleted,omitempty"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// ListedNode is a node of the nodes file.
type ListedNode struct {
	// PNN is the node's number. Not in the text form, where it can't be counted either: deleted nodes leave no trace.
	PNN Value[nodes.PNN] `json:"pnn,omitzero"`
	// Address is the private address. The file may have the same one twice.
	Address netip.Addr `json:"address"`
}

// listParser reads an output of listnodes.
type listParser struct {
	scanner
	list NodeList
	sep  string
}

// ParseNodeList reads the output of "ctdb listnodes" in text or machine form, of releases 4.9 to 4.25, and finds out
// which it is. The machine form has no header; the separator is what stands before the number of the first node, and so
// is read only if it has no digits (and not at all if it is empty). Empty output is no nodes.
//
// Lines that it does not know are kept in Unparsed; output that is malformed is a [*ParseError], and then there is no
// NodeList. Output that lost whole rows looks like that of fewer nodes; only the exit code tells.
func ParseNodeList(out []byte) (*NodeList, error) {
	var p listParser
	if err := p.start(cmdListNodes, out); err != nil {
		return nil, err
	}
	p.list.Nodes = make([]ListedNode, 0, p.countLines(len("::\n")))
	if err := p.each(p.parseLine); err != nil {
		return nil, err
	}
	if p.list.Form == 0 {
		if len(p.unparsed) > 0 {
			return nil, p.noForm("an address or a table of nodes")
		}
		p.list.Form = FormText
	}
	p.list.Unparsed = p.unparsed
	return &p.list, nil
}

// parseLine reads the current line in the form that was found, or finds it.
func (p *listParser) parseLine() error {
	switch p.list.Form {
	case FormText:
		return p.textRow()
	case FormMachine:
		return p.machineRow()
	default:
		return p.firstRow()
	}
}

// firstRow finds out which form it is.
func (p *listParser) firstRow() error {
	if isAddressLike(p.line) {
		if _, err := p.addr(p.line, 0); err == nil {
			p.list.Form = FormText
			return p.textRow()
		}
	}
	digit := strings.IndexAny(p.line, "0123456789")
	if digit < 0 || !strings.HasSuffix(p.line, p.line[:digit]) {
		return p.keepUnparsed()
	}
	if p.sep = p.line[:digit]; p.sep == "" {
		return p.errAt(0, "want an address or a table of nodes with a separator, got "+clip(p.line))
	}
	p.list.Form = FormMachine
	return p.machineRow()
}

func (p *listParser) textRow() error {
	if !isAddressLike(p.line) {
		return p.keepUnparsed()
	}
	return p.add(Value[nodes.PNN]{}, p.line, 0)
}

// machineRow reads "|0|10.0.0.1|".
func (p *listParser) machineRow() error {
	rest, ok := strings.CutPrefix(p.line, p.sep)
	if !ok {
		return p.keepUnparsed()
	}
	number, address, ok := strings.Cut(rest, p.sep)
	address, ok2 := strings.CutSuffix(address, p.sep)
	if !ok || !ok2 {
		return p.errAt(len(p.line), fmt.Sprintf("want a number and an address, %s before, between and behind", clip(p.sep)))
	}
	pnn, err := p.pnn(number, len(p.sep))
	if err != nil {
		return err
	}
	if n := len(p.list.Nodes); n > 0 {
		if last, _ := p.list.Nodes[n-1].PNN.Get(); pnn <= last {
			return p.errAt(len(p.sep), fmt.Sprintf("node %d after node %d", pnn, last))
		}
	}
	return p.add(Known(pnn), address, len(p.line)-len(p.sep)-len(address))
}

func (p *listParser) add(pnn Value[nodes.PNN], address string, offset int) error {
	addr, err := p.addr(address, offset)
	if err != nil {
		return err
	}
	p.list.Nodes = append(p.list.Nodes, ListedNode{PNN: pnn, Address: addr})
	return nil
}
