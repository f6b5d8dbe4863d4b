package config

import (
	"errors"
	"strings"
)

// ErrNoHelper is the error about a cluster lock of "!" with no command behind it. ctdbd loads it, but no node can take
// the lock, so that the cluster has no leader and never works.
var ErrNoHelper = errors.New(`want the command of a helper behind the "!"`)

// Lock is the cluster lock: what makes sure that only one node can be the leader. It is a plain value and compares with
// ==. The zero value is no lock, with which two halves of a cluster may each go on by themselves.
//
// Up to 4.15 CTDB calls it the recovery lock.
//
// Similar to: "CLUSTER LOCK" in ctdb(7), "cluster lock" in ctdb.conf(5).
type Lock struct {
	// File is the file to lock, on storage that the nodes share. All of the text is the path, blanks and numbers too:
	// to have the file checked at another interval than each 5 seconds, use the Command
	// "/usr/libexec/ctdb/ctdb_mutex_fcntl_helper FILE SECONDS".
	File string
	// Command is a helper with its arguments, without the "!" that marks it. It is split at spaces and tabs; there is
	// no shell, and quotes are ordinary characters. The helper is named by its path: ctdbd does not search $PATH.
	Command string
}

// ParseLock reads a cluster lock as all releases of ctdbd do: a text that begins with a "!" is a command, an empty one
// no lock, and any other a file. The error is [ErrNoHelper].
func ParseLock(s string) (Lock, error) {
	file, command, ok := cutSource(s)
	if !ok {
		return Lock{}, ErrNoHelper
	}
	return Lock{File: file, Command: command}, nil
}

// Argv gives the helper and its arguments as ctdbd runs them, nil if the lock is a file or none.
func (l Lock) Argv() []string { return words(l.Command) }

// String gives the lock as ctdb.conf has it: FILE, or "!" and the words of the command, or "" for no lock.
func (l Lock) String() string { return joinSource(l.File, l.Command) }

// text gives what String gives, if ctdbd would read that as the same lock.
func (l Lock) text() (string, error) { return sourceText("cluster lock", l.File, l.Command) }

// MarshalText gives what String gives. The error is [ErrUnwritable] if ctdbd would not read that as the same lock: if
// there is a file and a command, or a file whose name begins with a "!".
func (l Lock) MarshalText() ([]byte, error) {
	text, err := l.text()
	return []byte(text), err
}

// UnmarshalText reads what [ParseLock] reads. On error l stays as it was.
func (l *Lock) UnmarshalText(text []byte) error {
	parsed, err := ParseLock(string(text))
	if err == nil {
		*l = parsed
	}
	return err
}

// cutSource splits what is a file or a "!command", which two options can be. It fails for a "!" without words.
func cutSource(s string) (file, command string, ok bool) {
	command, ok = strings.CutPrefix(s, "!")
	if !ok {
		return s, "", true
	}
	command = strings.Join(words(command), " ")
	return "", command, command != ""
}

// words splits a command as ctdbd does.
func words(command string) []string {
	all := strings.FieldsFunc(command, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(all) == 0 {
		return nil
	}
	return all
}

func joinSource(file, command string) string {
	if command == "" {
		return file
	}
	return "!" + strings.Join(words(command), " ")
}

// sourceText gives what joinSource gives, if that means the same.
func sourceText(what, file, command string) (string, error) {
	text := joinSource(file, command)
	if sameFile, _, ok := cutSource(text); !ok || sameFile != file {
		return "", unwritable("this "+what, text)
	}
	return text, nil
}
