package status

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseError says where output could not be understood, and what was expected there.
type ParseError struct {
	Command string // whose output it is: "ctdb status"
	Line    int    // from 1; 0 when it is about the output as a whole
	Col     int    // in bytes, from 1; 0 when it is about the whole line
	Reason  string // what was expected and what was there
}

// Error gives "ctdb status:3:7: " and the reason; column and line are left out where they are 0.
func (e *ParseError) Error() string {
	var b strings.Builder
	b.WriteString(e.Command)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
		if e.Col > 0 {
			fmt.Fprintf(&b, ":%d", e.Col)
		}
	}
	b.WriteString(": ")
	b.WriteString(e.Reason)
	return b.String()
}

// Position gives the command whose output it is, the line and the column.
func (e *ParseError) Position() (command string, line, col int) { return e.Command, e.Line, e.Col }

// Line is a line of output that was kept as it stood.
type Line struct {
	Number int    `json:"line"` // from 1
	Text   string `json:"text"` // without its newline
}

// Lines are lines that a parser does not know.
type Lines []Line

// Err gives an error for the first of the lines, nil when there is none. It makes reading strict:
//
//	cluster, err := status.Parse(out)
//	if err == nil {
//		err = cluster.Unparsed.Err()
//	}
func (l Lines) Err() error {
	if len(l) == 0 {
		return nil
	}
	return &ParseError{Command: "ctdb", Line: l[0].Number, Reason: "unknown line " + clip(l[0].Text)}
}

// clip quotes text for a message, and shortens it: it may be anything, and long.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}
