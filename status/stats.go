package status

import (
	"fmt"
	"strings"
	"time"
)

const cmdStats = "ctdb stats"

// StatisticsHistory is what one node counted in each of its last periods, the latest first. A period is as long as the
// tunable StatHistoryInterval says, one second if nobody changed it. Similar to: ctdb stats.
type StatisticsHistory struct {
	// Form is the form of output that it was read from. The machine form lacks the buckets.
	Form Form `json:"form"`
	// Records has a Statistics for each period. Their Unparsed is empty: the lines are in that of the history.
	Records []Statistics `json:"records"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// String gives what "ctdb stats" prints. [ParseStats] reads it back.
func (h *StatisticsHistory) String() string {
	var b strings.Builder
	for i := range h.Records {
		b.WriteString(h.Records[i].String())
	}
	return b.String()
}

// ParseStats reads the output of "ctdb stats" in text or machine form, as [ParseStatistics] reads that of statistics.
// The tool prints one record more than it was asked for, if it has as many. Empty output is an empty history. Output that
// lost whole records looks like a shorter history; only the exit code tells.
func ParseStats(out []byte, loc *time.Location) (*StatisticsHistory, error) {
	p := statisticsParser{loc: loc}
	if err := p.parse(cmdStats, out); err != nil {
		return nil, err
	}
	if p.form == 0 {
		p.form = FormText
	}
	if p.records == nil {
		p.records = []Statistics{}
	}
	return &StatisticsHistory{Form: p.form, Records: p.records, Unparsed: p.unparsed}, nil
}

// statisticsParser reads an output of statistics, be it of one time or of many.
type statisticsParser struct {
	scanner
	loc     *time.Location
	form    Form
	records []Statistics

	counters counters // of the record being read
	heads    int      // how many lines of its head are read
	table    table
	columns  []statisticsColumn
}

// parse finds the first line that belongs to one of the forms, and reads on in that form.
func (p *statisticsParser) parse(command string, out []byte) error {
	if err := p.start(command, out); err != nil {
		return err
	}
	for {
		more, err := p.next()
		switch {
		case err != nil:
			return err
		case !more:
			return p.noForm()
		case p.isHeader():
			return p.parseMachine()
		case strings.HasPrefix(p.line, nameProtocol):
			return p.parseText()
		}
		if err := p.keepUnparsed(); err != nil {
			return err
		}
	}
}

// noForm ends output in which no form was found.
func (p *statisticsParser) noForm() error {
	if len(p.unparsed) == 0 {
		return nil
	}
	first := p.unparsed[0]
	return p.errLine(first.Number, fmt.Sprintf("want %q, got %s", nameProtocol, clip(first.Text)))
}

// maxRecords is how many records a history can have. CTDB keeps 100.
const maxRecords = 10_000

// begin begins a new record.
func (p *statisticsParser) begin() (*Statistics, error) {
	if len(p.records) == maxRecords {
		return nil, p.errAt(0, fmt.Sprintf("too many records; the limit is %d", maxRecords))
	}
	p.records = append(p.records, Statistics{Form: p.form})
	s := &p.records[len(p.records)-1]
	p.counters = counters{fields: s.fields(p.counters.fields[:0])}
	p.heads = 0
	return s, nil
}

// end ends the record being read. Its fields are not used any more, so that the records may move.
func (p *statisticsParser) end() error {
	if len(p.records) == 0 {
		return nil
	}
	if p.form == FormText && (p.heads != len(statisticsHeads) || !p.counters.complete()) {
		return p.errLine(p.num, "the output ends within statistics")
	}
	s := &p.records[len(p.records)-1]
	s.Missing, s.Extra = p.counters.missing(p.form), p.counters.extra
	return nil
}
