package status

import (
	"fmt"
	"slices"
	"strings"
)

// table reads the machine form of a command: a header with the names of columns, and rows of cells. Before, between and
// behind them there is a separator.
type table struct {
	sep    string
	bare   bool   // there is no separator before the first cell: statistics
	repeat string // the name that several columns may have: gettickles has two called Port
	names  []string
	wide   int    // the column whose cells may hold the separator, -1 for none
	cells  []cell // of the row being read
}

// maxColumns is how many columns a table can have. The widest that is known has 57.
const maxColumns = 2000

// cell is a cell and where it begins in its line.
type cell struct {
	text   string
	offset int
}

// separator finds the separator of a table in its header, which is the current line: what stands before the name of
// its first column. It may be empty.
func (s *scanner) separator(first string) (string, bool) {
	at := strings.Index(s.line, first)
	if at < 0 || !strings.HasPrefix(s.line[at+len(first):], s.line[:at]) {
		return "", false
	}
	return s.line[:at], true
}

// header takes the current line as the header. The separator is known. The cells of the column that is called wide may
// hold the separator: an IPv6 address does, if that is a colon.
func (t *table) header(s *scanner, wide string) error {
	if t.sep == "" {
		return s.errAt(0, "a table without a separator: its columns can't be told apart")
	}
	t.wide = -1
	names := strings.TrimSuffix(strings.TrimPrefix(s.line, t.sep), t.sep)
	count := strings.Count(names, t.sep) + 1
	if count > maxColumns {
		return s.errAt(0, fmt.Sprintf("a table of %d columns; the limit is %d", count, maxColumns))
	}
	t.names = make([]string, 0, count)
	for name := range strings.SplitSeq(names, t.sep) {
		if (name == "" || name != t.repeat) && slices.Contains(t.names, name) {
			return s.errAt(0, "a second column "+clip(name))
		}
		if name == wide {
			t.wide = len(t.names)
		}
		t.names = append(t.names, name)
	}
	t.cells = make([]cell, len(t.names))
	return nil
}

// row splits the current line into cells. A line without a separator before it is no row.
func (t *table) row(s *scanner) (bool, error) {
	text, offset := s.line, 0
	if !t.bare {
		var ok bool
		if text, ok = strings.CutPrefix(text, t.sep); !ok {
			return false, nil
		}
		offset = len(t.sep)
	}
	text, ok := strings.CutSuffix(text, t.sep)
	if !ok {
		return false, s.errAt(len(s.line), "want "+clip(t.sep)+" behind the last column")
	}
	surplus := strings.Count(text, t.sep) + 1 - len(t.names)
	if surplus < 0 || surplus > 0 && t.wide < 0 {
		return false, s.errAt(0, fmt.Sprintf("want %d columns as in the header, got %d", len(t.names), len(t.names)+surplus))
	}
	for i := range t.cells {
		extra := 0
		if i == t.wide {
			extra = surplus
		}
		end := t.cellEnd(text, extra)
		t.cells[i] = cell{text[:end], offset}
		offset += end + len(t.sep)
		text = text[min(end+len(t.sep), len(text)):]
	}
	return true, nil
}

// cellEnd gives where the first cell of a text ends if that many separators belong to it.
func (t *table) cellEnd(text string, separators int) int {
	end := 0
	for {
		at := strings.Index(text[end:], t.sep)
		if at < 0 {
			return len(text)
		}
		end += at
		if separators == 0 {
			return end
		}
		separators--
		end += len(t.sep)
	}
}
