package config

import "github.com/go-ctdb/go-ctdb/nodes"

// NodesList is where ctdbd and the ctdb program find the nodes of the cluster, since 4.22. It is a plain value and
// compares with ==. The zero value is the file "nodes" in the directory of the configuration, the only place that older
// releases know.
//
// To read the list, give its String to [nodes.ReadList].
//
// Similar to: "nodes list" in ctdb.conf(5).
type NodesList struct {
	// File is a file. A relative path starts at the working directory of whoever reads it.
	File string
	// Command is a program with its arguments that prints the list, without the "!" that marks it. It is split at
	// spaces and tabs; there is no shell, and quotes are ordinary characters. The program is named by its path: CTDB
	// does not search $PATH.
	Command string
}

// ParseNodesList reads a nodes list as CTDB does: a text that begins with a "!" is a command, an empty one the default,
// and any other a file. A "!" without a command is [nodes.ErrNoCommand]: on it, the ctdb program crashes.
func ParseNodesList(s string) (NodesList, error) {
	file, command, ok := cutSource(s)
	if !ok {
		return NodesList{}, nodes.ErrNoCommand
	}
	return NodesList{File: file, Command: command}, nil
}

// Argv gives the program and its arguments as CTDB runs them, nil if the list is a file.
func (l NodesList) Argv() []string { return words(l.Command) }

// String gives the list as ctdb.conf has it: FILE, or "!" and the words of the command, or "" for the default.
func (l NodesList) String() string { return joinSource(l.File, l.Command) }

// text gives what String gives, if CTDB would read that as the same list.
func (l NodesList) text() (string, error) { return sourceText("nodes list", l.File, l.Command) }

// MarshalText gives what String gives. The error is [ErrUnwritable] if CTDB would not read that as the same list: if
// there is a file and a command, or a file whose name begins with a "!".
func (l NodesList) MarshalText() ([]byte, error) {
	text, err := l.text()
	return []byte(text), err
}

// UnmarshalText reads what [ParseNodesList] reads. On error l stays as it was.
func (l *NodesList) UnmarshalText(text []byte) error {
	parsed, err := ParseNodesList(string(text))
	if err == nil {
		*l = parsed
	}
	return err
}
