package text

import "strconv"

// Position is a place in a file, for messages. The zero value is no place at all.
type Position struct {
	// File is the name of the file.
	File string
	// Line and Col are counted from 1; Col counts bytes. 0 is unknown.
	Line, Col int
}

// String gives `nodes:3:5`, and leaves out what is unknown.
func (p Position) String() string {
	s := p.File
	for _, n := range []int{p.Line, p.Col} {
		if n == 0 {
			break
		}
		if s != "" {
			s += ":"
		}
		s += strconv.Itoa(n)
	}
	return s
}
