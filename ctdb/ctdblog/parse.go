package ctdblog

import "cmp"

// Parse reads one entry: a header line, and lines that continue it. Of the options only Location, Newest and Path
// count. The Entry's Message and Raw are parts of line.
//
// If there is no header, the error is a *[ParseError] with the reason [ErrNoHeader], and the entry is in FormNone.
func Parse(line []byte, o Options) (Entry, error) {
	p := parser{clock: newClock(o)}
	h := head{Entry: Entry{File: o.name(), Raw: line, Line: 1}}
	headed := p.parse(line, &h)
	h.Message = withoutLineEnd(line[min(h.message, len(line)):])
	if !headed {
		return h.Entry, parseError(h.File, 0, ErrNoHeader, withoutLineEnd(line))
	}
	return h.Entry, nil
}

// name gives the name of a log that comes from a reader.
func (o Options) name() string { return cmp.Or(o.Path, "log") }
