package status

import (
	"fmt"
	"strings"
)

// MaxOutput is how much output a parser takes, in bytes. A cluster of ten thousand nodes prints about half a megabyte.
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
// The result shares no memory with out.
func Parse(out []byte) (*Cluster, error) {
	p := parser{command: cmdStatus, whole: true}
	return p.parse(out)
}

// ParseNodeStatus reads the output of "ctdb nodestatus", of all nodes or of some, in text or machine form. It reports
// nodes and, for "all" in text form, their count. Empty output is no nodes: nodestatus prints nothing for a deleted one.
// The tool's exit code has the flags of all nodes that it printed.
//
// Errors and unknown lines are treated as by [Parse].
func ParseNodeStatus(out []byte) (*Cluster, error) {
	p := parser{command: cmdNodeStatus}
	return p.parse(out)
}

// parser reads one output. Its methods return the reason of a failure; position adds the rest.
type parser struct {
	command string
	whole   bool // it is status: all of the text form has to be there, each node once
	cluster Cluster

	seen      map[string]bool // keys of the text form that came once and may not come again
	size      int             // what the line "Size:" said
	sizeLine  int
	countLine int

	sep  string // of the machine form
	cols []column
	row  Node

	rest string // what is still to be read
	line string // the line being read, without its end
	num  int    // its number, from 1
}

func (p *parser) parse(out []byte) (*Cluster, error) {
	if len(out) > MaxOutput {
		return nil, &ParseError{Command: p.command, Reason: fmt.Sprintf("output of %d bytes; the limit is %d", len(out), MaxOutput)}
	}
	p.rest = string(out) // one copy; all that is kept of it is cloned
	p.cluster.Nodes = make([]Node, 0, p.countRows())
	err := p.parseForm()
	if err != nil {
		return nil, err
	}
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
	if !p.whole && len(p.cluster.Unparsed) == 0 {
		p.cluster.Form = FormText
		return nil
	}
	reason := `want "Number of nodes:", a table with the columns Node and IP, or JSON`
	if len(p.cluster.Unparsed) == 0 {
		return &ParseError{Command: p.command, Reason: "no output; " + reason}
	}
	first := p.cluster.Unparsed[0]
	return &ParseError{Command: p.command, Line: first.Number, Reason: reason + ", got " + clip(first.Text)}
}

// next moves on to the next line. A line needs its newline: without it the output was cut off.
func (p *parser) next() (bool, error) {
	if p.rest == "" {
		return false, nil
	}
	end := strings.IndexByte(p.rest, '\n')
	p.num++
	if end < 0 {
		p.line = p.rest
		return false, p.errAt(len(p.line), "the output ends within the line "+clip(p.line))
	}
	p.line = strings.TrimSuffix(p.rest[:end], "\r") // a terminal between us and the tool adds it
	p.rest = p.rest[end+1:]
	return true, nil
}

// errAt is an error at a byte offset of the current line.
func (p *parser) errAt(offset int, reason string) error {
	return &ParseError{Command: p.command, Line: p.num, Col: offset + 1, Reason: reason}
}

// errLine is an error about a line as a whole.
func (p *parser) errLine(num int, reason string) error {
	return &ParseError{Command: p.command, Line: num, Reason: reason}
}

// keepUnparsed keeps the current line, unless it is blank.
func (p *parser) keepUnparsed() error {
	if strings.TrimSpace(p.line) == "" {
		return nil
	}
	if len(p.cluster.Unparsed) == maxUnparsed {
		return p.errAt(0, "too many lines that are unknown, up to "+clip(p.line))
	}
	p.cluster.Unparsed = append(p.cluster.Unparsed, Line{p.num, strings.Clone(p.line)})
	return nil
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
