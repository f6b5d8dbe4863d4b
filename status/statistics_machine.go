package status

import (
	"strconv"
	"strings"
	"time"
)

// statisticsColumn is a column of the machine form: a part of a field, or of the head, or unknown.
type statisticsColumn struct {
	part  statisticsPart
	field int // for parts of fields
	name  string
}

// statisticsPart tells what of a field stands in a column.
type statisticsPart int

const (
	partExtra statisticsPart = iota
	partProtocol
	partCurrent
	partSince
	partCounter
	partCount // of a latency, as what follows
	partMin
	partAvg
	partMax
)

var latencyParts = map[string]statisticsPart{"num": partCount, "min": partMin, "avg": partAvg, "max": partMax}

// isHeader tells whether the current line is the header of the table. It takes over the separator. Unlike other tables
// this one has no separator before its first column.
func (p *statisticsParser) isHeader() bool {
	rest, ok := strings.CutPrefix(p.line, nameProtocol)
	sep, _, found := strings.Cut(rest, nameCurrent)
	if !ok || !found {
		return false
	}
	p.table = table{sep: sep, bare: true}
	return strings.HasSuffix(p.line, p.table.sep)
}

// parseMachine reads the machine form, from the header, which is the current line, on.
func (p *statisticsParser) parseMachine() error {
	p.form = FormMachine
	if err := p.table.header(&p.scanner, ""); err != nil {
		return err
	}
	if err := p.findColumns(); err != nil {
		return err
	}
	for {
		more, err := p.next()
		if err != nil || !more {
			return err
		}
		if strings.TrimSpace(p.line) == "" {
			continue
		}
		if err := p.machineRow(); err != nil {
			return err
		}
	}
}

// findColumns finds out what the columns are.
func (p *statisticsParser) findColumns() error {
	fields := new(Statistics).fields(nil)
	heads := map[string]statisticsPart{nameProtocol: partProtocol, nameCurrent: partCurrent, nameCollected: partSince}
	found := 0
	for _, name := range p.table.names {
		part, ok := heads[name]
		if ok {
			found++
			p.columns = append(p.columns, statisticsColumn{part: part})
			continue
		}
		p.columns = append(p.columns, columnOf(fields, name))
	}
	if found != len(heads) {
		return p.errAt(0, "want the columns "+nameProtocol+", "+nameCurrent+" and "+nameCollected+", got "+clip(p.line))
	}
	return nil
}

// columnOf finds the field that a column is about: a counter by its name, a latency by "min_" and its name.
func columnOf(fields []field, name string) statisticsColumn {
	prefix, latency, _ := strings.Cut(name, "_")
	for i, f := range fields {
		switch f.to.(type) {
		case *uint64:
			if f.name == name {
				return statisticsColumn{part: partCounter, field: i}
			}
		case *Latency:
			if part, ok := latencyParts[prefix]; ok && f.machine == latency {
				return statisticsColumn{part: part, field: i}
			}
		}
	}
	return statisticsColumn{name: strings.Clone(name)}
}

// machineRow reads the current line as a record.
func (p *statisticsParser) machineRow() error {
	if _, err := p.table.row(&p.scanner); err != nil {
		return err
	}
	s, err := p.begin()
	if err != nil {
		return err
	}
	for i, c := range p.columns {
		if err := p.machineCell(s, c, p.table.cells[i]); err != nil {
			return err
		}
	}
	s.Collected = s.Current.Sub(s.Since)
	return p.end()
}

func (p *statisticsParser) machineCell(s *Statistics, c statisticsColumn, cell cell) (err error) {
	switch c.part {
	case partExtra:
		return p.counters.keep(&p.scanner, c.name, cell.text)
	case partProtocol:
		s.Protocol, err = p.uint64(cell.text, cell.offset)
	case partCurrent:
		s.Current, err = p.unixTime(cell.text, cell.offset)
	case partSince:
		s.Since, err = p.unixTime(cell.text, cell.offset)
	default:
		p.counters.seen |= 1 << c.field
		err = p.fieldCell(p.counters.fields[c.field].to, c.part, cell)
	}
	return err
}

// fieldCell reads a cell into the part of a field that it is about.
func (p *statisticsParser) fieldCell(to any, part statisticsPart, cell cell) (err error) {
	switch to := to.(type) {
	case *uint64:
		*to, err = p.uint64(cell.text, cell.offset)
	case *Latency:
		switch part {
		case partCount:
			to.Count, err = p.uint64(cell.text, cell.offset)
		case partMin:
			to.Min, err = p.seconds(cell.text, cell.offset)
		case partAvg:
			to.Avg, err = p.seconds(cell.text, cell.offset)
		default:
			to.Max, err = p.seconds(cell.text, cell.offset)
		}
	}
	return err
}

// unixTime reads a number of seconds since 1970.
func (p *statisticsParser) unixTime(text string, offset int) (time.Time, error) {
	const latest = 253402300799 // the end of 9999; later years have no standard form
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > latest {
		return time.Time{}, p.errAt(offset, "want a Unix time, got "+clip(text))
	}
	return time.Unix(n, 0).In(local(p.loc)), nil
}
