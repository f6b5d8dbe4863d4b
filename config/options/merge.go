package options

import "strings"

// Merged is what a script sees of several files, each of which can override those before it. It is only read, so it is
// safe for concurrent use as long as nothing edits the files.
type Merged struct {
	script string
	files  []*File
}

// Merge puts files together in the order in which a script sources them: script.options first, then the one of the
// script, which wins. A file that is nil is one that is missing. The script is named as in [Options.ForScript]; "" is
// any.
func Merge(script string, files ...*File) *Merged {
	m := &Merged{script: script}
	for _, f := range files {
		if f != nil {
			m.files = append(m.files, f)
		}
	}
	return m
}

// Script is the name of the script, or "".
func (m *Merged) Script() string { return m.script }

// Lookup tells what the script sees in a variable. The last file that has it counts, or that makes it unknown. If a
// shell refuses one of the files, all are [Unknown].
func (m *Merged) Lookup(name string) Setting {
	found := Setting{Name: name}
	for _, f := range m.files {
		if s := f.Lookup(name); s.State != NotSet {
			found = s
		}
		if f.err != nil {
			return found
		}
	}
	return found
}

// name names the files in a message that is about none of them.
func (m *Merged) name() string {
	names := make([]string, len(m.files))
	for i, f := range m.files {
		names[i] = f.source().Name()
	}
	if len(names) == 0 {
		return DefaultPath
	}
	return strings.Join(names, ", ")
}
