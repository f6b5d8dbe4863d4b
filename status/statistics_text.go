package status

import (
	"fmt"
	"strings"
)

// statisticsHeads are the lines that statistics begin with.
var statisticsHeads = [...]struct {
	key   string
	parse func(p *statisticsParser, s *Statistics, text string, offset int) error
}{
	{nameProtocol, (*statisticsParser).textProtocol},
	{nameCurrent, (*statisticsParser).textCurrent},
	{nameCollected, (*statisticsParser).textCollected},
}

// parseText reads the text form, from the current line on.
func (p *statisticsParser) parseText() error {
	p.form = FormText
	for {
		if err := p.textLine(); err != nil {
			return err
		}
		more, err := p.next()
		if err != nil {
			return err
		}
		if !more {
			return p.end()
		}
	}
}

func (p *statisticsParser) textLine() error {
	if strings.HasPrefix(p.line, nameProtocol) {
		if err := p.end(); err != nil {
			return err
		}
		if _, err := p.begin(); err != nil {
			return err
		}
	}
	s := &p.records[len(p.records)-1]
	for i, head := range statisticsHeads {
		rest, ok := strings.CutPrefix(p.line, head.key)
		if !ok {
			continue
		}
		if i != p.heads {
			return p.errAt(0, fmt.Sprintf("want %q, got %s", statisticsHeads[min(p.heads, 2)].key, clip(p.line)))
		}
		p.heads++
		text := strings.TrimLeft(rest, " :")
		return head.parse(p, s, text, len(p.line)-len(text))
	}
	if known, err := p.counters.line(&p.scanner); known || err != nil {
		return err
	}
	return p.keepUnparsed()
}

func (p *statisticsParser) textProtocol(s *Statistics, text string, offset int) (err error) {
	s.Protocol, err = p.uint64(text, offset)
	return err
}

func (p *statisticsParser) textCurrent(s *Statistics, text string, offset int) (err error) {
	s.Current, err = p.ctime(text, offset, p.loc)
	return err
}

func (p *statisticsParser) textCollected(s *Statistics, text string, offset int) (err error) {
	s.Collected, s.Since, err = p.sinceThen(text, offset, p.loc)
	return err
}
