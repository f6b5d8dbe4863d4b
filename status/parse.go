package status

import (
	"fmt"
	"strings"
)

// MaxOutput is how much output a parser takes, in bytes. A cluster of ten thousand nodes prints about half a megabyte, or
// five as JSON.
const MaxOutput = 16 << 20

// maxUnparsed is how many unknown lines a parser keeps before it takes the output for something else.
const maxUnparsed = 100

// The commands whose output is parsed, for messages.
const (
	cmdStatus     = "ctdb status"
	cmdNodeStatus = "ctdb nodestatus"
)

// Parse reads the output of "ctdb status" in text, machine (-X, -Y, -x) or JSON form, of releases 4.9 to 4.25, and finds
// out which it is. Lines that it does not know are kept in [Cluster.Unparsed], whose Err makes reading strict. Output
// that is malformed, incomplete or something else is a [*ParseError]; then there is no Cluster.
//
// The text form and JSON are complete or refused. A machine table that lost whole rows looks like that of fewer nodes;
// only the exit code tells.
//
// The result shares no memory with out.
func Parse(out []byte) (*Cluster, error) {
	p := parser{whole: true}
	return p.parse(cmdStatus, out)
}

// ParseNodeStatus reads the output of "ctdb nodestatus", of all nodes or of some, in text or machine form. It reports
// nodes and, for "all" in text form, their count. Empty output is no nodes: nodestatus prints nothing for a deleted one.
// The tool's exit code has the flags of all nodes that it printed: see [ParseNodeStatusExit].
//
// Output that lost whole rows looks like that of fewer nodes, but for the text form of "all", which has their count.
// Errors and unknown lines are treated as by [Parse].
func ParseNodeStatus(out []byte) (*Cluster, error) {
	var p parser
	return p.parse(cmdNodeStatus, out)
}

// parser reads an output about nodes.
type parser struct {
	scanner
	whole   bool // it is status: all of the text form has to be there, each node once
	cluster Cluster

	seen      map[string]bool // keys of the text form that came once and may not come again
	size      int             // what the line "Size:" said
	sizeLine  int
	countLine int

	table table // of the machine form
	cols  []column
	row   Node
}

func (p *parser) parse(command string, out []byte) (*Cluster, error) {
	if err := p.start(command, out); err != nil {
		return nil, err
	}
	p.cluster.Nodes = make([]Node, 0, p.countRows())
	if err := p.parseForm(); err != nil {
		return nil, err
	}
	p.cluster.Unparsed = p.unparsed
	return &p.cluster, nil
}

// parseForm finds the first line that belongs to one of the forms, and reads on in that form.
func (p *parser) parseForm() error {
	if strings.HasPrefix(strings.TrimLeft(p.rest, " \t\r\n"), "{") {
		return p.parseJSON()
	}
	for {
		more, err := p.next()
		switch {
		case err != nil:
			return err
		case !more:
			return p.noForm()
		case isTextLine(p.line):
			return p.parseText()
		case p.isHeader():
			return p.parseMachine()
		}
		if err := p.keepUnparsed(); err != nil {
			return err
		}
	}
}

// noForm ends output in which no form was found.
func (p *parser) noForm() error {
	if !p.whole && len(p.unparsed) == 0 {
		p.cluster.Form = FormText
		return nil
	}
	reason := `want "Number of nodes:", a table with the columns Node and IP, or JSON`
	if len(p.unparsed) == 0 {
		return &ParseError{Command: p.command, Reason: "no output; " + reason}
	}
	first := p.unparsed[0]
	return &ParseError{Command: p.command, Line: first.Number, Reason: reason + ", got " + clip(first.Text)}
}

// addNode takes a node that was read from the current line.
func (p *parser) addNode(n Node) error {
	if p.whole && len(p.cluster.Nodes) > 0 && n.PNN <= p.cluster.Nodes[len(p.cluster.Nodes)-1].PNN {
		return p.errAt(0, fmt.Sprintf("node %d after node %d", n.PNN, p.cluster.Nodes[len(p.cluster.Nodes)-1].PNN))
	}
	p.cluster.Nodes = append(p.cluster.Nodes, n)
	return nil
}

// minRow is the length of the shortest line of a node: "pnn:0 :: OK".
const minRow = len("|0|::|0|0|")

// countRows is an upper bound for the number of nodes, so that the slice is made once. Lines that are too short for a
// node don't count, lest a few bytes each claim the room of a node.
func (p *parser) countRows() int {
	return min(strings.Count(p.rest, "\n"), len(p.rest)/minRow)
}
