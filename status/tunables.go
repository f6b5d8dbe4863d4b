package status

import (
	"fmt"
	"strings"
)

const (
	cmdListVars = "ctdb listvars"
	cmdGetVar   = "ctdb getvar"
)

// Tunable is a tunable of a node and the value that it has now.
type Tunable struct {
	Name  string `json:"name"`
	Value uint32 `json:"value"` // ctdb-tunables(7) says what it is and in which unit
}

// String gives the tunable as "ctdb listvars" prints it, without the newline.
func (t Tunable) String() string { return fmt.Sprintf("%-26s = %d", t.Name, t.Value) }

// Tunables are the tunables of a node. Similar to: ctdb listvars.
type Tunables struct {
	// Form is always FormText: the tool has no other form for it and ignores -X.
	Form Form `json:"form"`
	// Tunables are in the tool's order. It leaves out obsolete ones. Names that this package never heard of are there
	// like all others.
	Tunables []Tunable `json:"tunables"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// Value gives the value of the tunable with that name, in upper or lower case, as CTDB takes it.
func (t *Tunables) Value(name string) (uint32, bool) {
	for _, tunable := range t.Tunables {
		if strings.EqualFold(tunable.Name, name) {
			return tunable.Value, true
		}
	}
	return 0, false
}

// String gives what "ctdb listvars" prints. [ParseTunables] reads it back.
func (t *Tunables) String() string {
	var b strings.Builder
	for _, tunable := range t.Tunables {
		fmt.Fprintln(&b, tunable)
	}
	return b.String()
}

// ParseTunables reads the output of "ctdb listvars". Lines that it does not know are kept in Unparsed. Output that is
// malformed, cut off within a line or something else, and a tunable that is there twice, is a [*ParseError]. Output
// that lost whole lines looks like that of a release with fewer tunables; only the exit code tells. The result shares no
// memory with out.
func ParseTunables(out []byte) (*Tunables, error) {
	t, err := parseTunables(cmdListVars, out)
	if err == nil && len(t.Tunables) == 0 {
		return nil, &ParseError{Command: cmdListVars, Reason: `no output; want "NAME = VALUE"`}
	}
	return t, err
}

// ParseTunable reads the output of "ctdb getvar", which names the tunable as it was asked for. Output that is not one
// tunable is a [*ParseError].
func ParseTunable(out []byte) (Tunable, error) {
	t, err := parseTunables(cmdGetVar, out)
	if err == nil {
		err = t.Unparsed.Err()
	}
	switch {
	case err != nil:
		return Tunable{}, err
	case len(t.Tunables) != 1:
		return Tunable{}, &ParseError{Command: cmdGetVar, Reason: fmt.Sprintf("want one tunable, got %d", len(t.Tunables))}
	}
	return t.Tunables[0], nil
}

// maxTunables is how many tunables there can be. CTDB has 49 that are not obsolete.
const maxTunables = 10_000

func parseTunables(command string, out []byte) (*Tunables, error) {
	var s scanner
	if err := s.start(command, out); err != nil {
		return nil, err
	}
	t := &Tunables{Form: FormText, Tunables: []Tunable{}}
	seen := map[string]bool{}
	err := s.each(func() error {
		name, value, ok := strings.Cut(s.line, " = ")
		name = strings.TrimRight(name, " ")
		if !ok || name == "" || strings.Contains(name, " ") {
			return s.keepUnparsed()
		}
		n, err := s.uint32(value, len(s.line)-len(value), "a number from 0 to 4294967295")
		if err != nil {
			return err
		}
		switch {
		case seen[name]:
			return s.errAt(0, "a second tunable "+clip(name))
		case len(seen) == maxTunables:
			return s.errAt(0, fmt.Sprintf("too many tunables; the limit is %d", maxTunables))
		}
		name = strings.Clone(name)
		seen[name] = true
		t.Tunables = append(t.Tunables, Tunable{name, n})
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(t.Tunables) == 0 && len(s.unparsed) > 0:
		first := s.unparsed[0]
		return nil, s.errLine(first.Number, `want "NAME = VALUE", got `+clip(first.Text))
	}
	t.Unparsed = s.unparsed
	return t, nil
}
