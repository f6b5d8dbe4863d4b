package status

import (
	"fmt"
	"strings"
)

const cmdCapabilities = "ctdb getcapabilities"

// Capabilities are the roles that a node may take. Similar to: ctdb getcapabilities, "CAPABILITIES" in ctdb(7).
type Capabilities struct {
	// Form is the form of output that it was read from.
	Form Form `json:"form"`
	// Leader tells whether the node may lead the cluster ("RECMASTER" up to 4.15).
	Leader bool `json:"leader"`
	// LMaster tells whether the node may be the location master of records.
	LMaster bool `json:"lmaster"`
	// Extra holds capabilities that this package does not know, by name, with what the tool says of them: YES or NO in
	// text, 1 or 0 in the machine form.
	Extra map[string]string `json:"extra,omitempty"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

const (
	capLeader    = "LEADER"
	capRecmaster = "RECMASTER" // up to 4.15
	capLMaster   = "LMASTER"
)

// capParser reads an output of getcapabilities.
type capParser struct {
	scanner
	result Capabilities
	seen   map[string]bool
	table  table
	rows   int
}

// ParseCapabilities reads the output of "ctdb getcapabilities" in text or machine form, of releases 4.9 to 4.25, and
// finds out which it is. Capabilities and lines that it does not know are kept; output that is malformed, incomplete or
// something else is a [*ParseError], and then there are no Capabilities.
//
// The result shares no memory with out.
func ParseCapabilities(out []byte) (*Capabilities, error) {
	p := capParser{seen: map[string]bool{}}
	if err := p.start(cmdCapabilities, out); err != nil {
		return nil, err
	}
	if err := p.each(p.parseLine); err != nil {
		return nil, err
	}
	if p.result.Form == 0 {
		return nil, p.noForm(`"LEADER:" and "LMASTER:", or a table with such columns`)
	}
	for _, name := range []string{capLeader, capLMaster} {
		if !p.seen[name] {
			return nil, p.errLine(p.num, "the output ends without "+name)
		}
	}
	p.result.Unparsed = p.unparsed
	return &p.result, nil
}

// parseLine reads the current line in the form that was found, or finds it.
func (p *capParser) parseLine() error {
	if p.result.Form == FormMachine {
		return p.machineRow()
	}
	name, value, ok := strings.Cut(p.line, ": ")
	switch {
	case ok && isWord(name):
		p.result.Form = FormText
		return p.capability(name, cell{value, len(name) + len(": ")})
	case p.result.Form == 0 && p.isHeader():
		p.result.Form = FormMachine
		return p.table.header(&p.scanner, "")
	}
	return p.keepUnparsed()
}

// isHeader tells whether the current line is the header of the table. It takes over the separator.
func (p *capParser) isHeader() (ok bool) {
	if p.table.sep, ok = p.headerOf(capRecmaster, capLMaster); !ok {
		p.table.sep, ok = p.headerOf(capLeader, capLMaster)
	}
	return ok
}

// machineRow reads "|1|0|".
func (p *capParser) machineRow() error {
	isRow, err := p.table.row(&p.scanner)
	switch {
	case err != nil:
		return err
	case !isRow:
		return p.keepUnparsed()
	}
	if p.rows++; p.rows > 1 {
		return p.errAt(0, "a second row")
	}
	for i, name := range p.table.names {
		if err := p.capability(name, p.table.cells[i]); err != nil {
			return err
		}
	}
	return nil
}

// capability reads what is said of a capability, in the words of either form. One that is not known is kept.
func (p *capParser) capability(name string, c cell) (err error) {
	if name == capRecmaster {
		name = capLeader
	}
	if p.seen[name] {
		return p.errAt(0, fmt.Sprintf("a second %s", name))
	}
	p.seen[name] = true
	switch name {
	case capLeader:
		p.result.Leader, err = p.yesOrNo(c)
	case capLMaster:
		p.result.LMaster, err = p.yesOrNo(c)
	default:
		err = p.keepExtra(&p.result.Extra, name, c)
	}
	return err
}

func (p *capParser) yesOrNo(c cell) (bool, error) {
	yes, no := "YES", "NO"
	if p.result.Form == FormMachine {
		yes, no = "1", "0"
	}
	if c.text != yes && c.text != no {
		return false, p.errAt(c.offset, "want "+yes+" or "+no+", got "+clip(c.text))
	}
	return c.text == yes, nil
}
