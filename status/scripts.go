package status

import (
	"fmt"
	"strings"
)

const cmdScriptList = "ctdb event script list"

// EventScript is a script that CTDB runs at events, or could.
type EventScript struct {
	// Name is that of the script without ".script".
	Name string `json:"name"`
	// Enabled: CTDB runs it. A packaged script is enabled by a symbolic link to it; a local one by being executable.
	Enabled bool `json:"enabled"`
	// Local: it is in the directory of the events, not among the scripts that came with CTDB.
	Local bool `json:"local"`
}

// String gives the script's line in "ctdb event script list", without the newline.
func (s EventScript) String() string {
	if s.Enabled {
		return markEnabled + s.Name
	}
	return markDisabled + s.Name
}

// EventScripts are the event scripts of a component. Similar to: ctdb event script list.
type EventScripts struct {
	// Form is always FormText: the tool has no other form for it and ignores -X.
	Form Form `json:"form"`
	// Scripts has the packaged ones first, then the local ones. A name can be there in both, such as 10.interface that
	// an administrator copied instead of linking it: then the packaged one is not enabled, and the local one decides.
	//
	// CTDB prints the two as blocks with a blank line between. One block alone is taken for packaged scripts; it would
	// look the same with local ones if none came with CTDB.
	Scripts []EventScript `json:"scripts"`
	// Unparsed are lines that this package does not know.
	Unparsed Lines `json:"unparsed,omitempty"`
}

// The first two characters of a line.
const (
	markEnabled  = "* "
	markDisabled = "  "
)

// Enabled tells whether CTDB runs the script with that name.
func (e *EventScripts) Enabled(name string) bool {
	for _, s := range e.Scripts {
		if s.Name == name && s.Enabled {
			return true
		}
	}
	return false
}

// String gives what "ctdb event script list" prints. [ParseEventScripts] reads it back, unless all scripts are local.
func (e *EventScripts) String() string {
	var b strings.Builder
	for i, s := range e.Scripts {
		if s.Local && i > 0 && !e.Scripts[i-1].Local {
			b.WriteByte('\n')
		}
		fmt.Fprintln(&b, s)
	}
	return b.String()
}

// ParseEventScripts reads the output of "ctdb event script list". Empty output is no scripts. Lines that it does not
// know are kept in Unparsed. Output that is cut off within a line or something else, and a script that is there twice
// in one block, is a [*ParseError]. Output that lost whole lines looks like that of fewer scripts; only the exit code
// tells. The result shares no memory with out.
func ParseEventScripts(out []byte) (*EventScripts, error) {
	var s scanner
	if err := s.start(cmdScriptList, out); err != nil {
		return nil, err
	}
	e := &EventScripts{Form: FormText, Scripts: []EventScript{}}
	seen := map[EventScript]bool{}
	isLocal := false
	err := s.each(func() error {
		if s.line == "" {
			isLocal = isLocal || len(e.Scripts) > 0
			return nil
		}
		script, ok := scriptIn(s.line)
		if !ok {
			return s.keepUnparsed()
		}
		key := EventScript{Name: script.Name, Local: isLocal}
		switch {
		case seen[key]:
			return s.errAt(0, "a second script "+clip(script.Name))
		case len(e.Scripts) == maxScripts:
			return s.errAt(0, fmt.Sprintf("too many scripts; the limit is %d", maxScripts))
		}
		seen[key] = true
		script.Local = isLocal
		e.Scripts = append(e.Scripts, script)
		return nil
	})
	if err == nil {
		err = s.onlyUnknown(len(e.Scripts), `"* NAME" or "  NAME"`)
	}
	if err != nil {
		return nil, err
	}
	e.Unparsed = s.unparsed
	return e, nil
}

// scriptIn reads "* 00.ctdb" or "  00.ctdb".
func scriptIn(line string) (EventScript, bool) {
	name, enabled := strings.CutPrefix(line, markEnabled)
	if !enabled {
		var ok bool
		if name, ok = strings.CutPrefix(line, markDisabled); !ok {
			return EventScript{}, false
		}
	}
	// A usage text has indented lines too; the names of event scripts begin with two digits.
	if len(name) < 3 || !isDigit(name[0]) || !isDigit(name[1]) || name[2] != '.' {
		return EventScript{}, false
	}
	return EventScript{Name: strings.Clone(name), Enabled: enabled}, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
