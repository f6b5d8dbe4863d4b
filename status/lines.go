package status

import "strings"

// each calls f for each line that is still to be read, until it fails.
func (s *scanner) each(f func() error) error {
	for {
		more, err := s.next()
		if err != nil || !more {
			return err
		}
		if err := f(); err != nil {
			return err
		}
	}
}

// countLines is an upper bound for the number of lines that are still to be read and have this length at least, so that
// room for them is made once. Shorter lines don't count, lest a few bytes each claim the room of a row.
func (s *scanner) countLines(shortest int) int {
	return min(strings.Count(s.rest, "\n"), len(s.rest)/shortest)
}

// headerOf finds out whether the current line is the header of a table that begins with these columns, and gives its
// separator, which may be empty.
func (s *scanner) headerOf(columns ...string) (sep string, ok bool) {
	if sep, ok = s.separator(columns[0]); !ok {
		return "", false
	}
	rest, ok := strings.CutPrefix(s.line, sep+strings.Join(columns, sep)+sep)
	return sep, ok && (rest == "" || strings.HasSuffix(rest, sep))
}

// noForm is the error about an output in which nothing was found that belongs to one of the forms.
func (s *scanner) noForm(want string) error {
	if len(s.unparsed) == 0 {
		return &ParseError{Command: s.command, Reason: "no output; want " + want}
	}
	first := s.unparsed[0]
	return s.errLine(first.Number, "want "+want+", got "+clip(first.Text))
}

// maxExtras is how many values that are unknown a parser keeps: each may take a hundred times the room of its text.
const maxExtras = 100_000

// keepExtra keeps a value that is unknown, by its name. The value stands at an offset of the current line.
func (s *scanner) keepExtra(extra *map[string]string, name string, value cell) error {
	if _, ok := (*extra)[name]; ok {
		return s.errAt(value.offset, "a second "+clip(name))
	}
	if s.extras++; s.extras > maxExtras {
		return s.errAt(value.offset, "too many values that are unknown, up to "+clip(name))
	}
	if *extra == nil {
		*extra = make(map[string]string, 1)
	}
	(*extra)[strings.Clone(name)] = strings.Clone(value.text)
	return nil
}
